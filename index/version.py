"""The version of this program, looked up once."""

from __future__ import annotations

from importlib import metadata

try:
    VERSION = metadata.version("talash")
except metadata.PackageNotFoundError:  # run from its source, without being installed
    VERSION = "unknown"
