"""Shows answers: the web page, the JSON API and the command line.

What a program needs stands here, and is imported when it is first asked for:

    from web import create_app, load
    app = create_app(load())
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from web.http.app import create_app as create_app
    from web.settings import Settings as Settings
    from web.settings import WebConfig as WebConfig
    from web.settings import load as load

_MODULES = {"create_app": "web.http.app"}
__all__ = ["Settings", "WebConfig", "create_app", "load"]


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_MODULES.get(name, "web.settings")), name)
