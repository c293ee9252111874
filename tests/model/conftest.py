"""What the tests of the real encoder share: it is opened (and converted, if need be) once."""

from __future__ import annotations

import pytest

from index.encoders import open_encoder
from index.local_encoder import LocalEncoder


@pytest.fixture(scope="session")
def encoder() -> LocalEncoder:
    opened = open_encoder("bundled", threads=2)
    assert isinstance(opened, LocalEncoder)
    return opened
