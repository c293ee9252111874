"""What the current app serves with: its settings and its engine. One pair for each app."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, cast

from flask import current_app

from web.settings import Settings

if TYPE_CHECKING:
    from search.live import LiveEngine

KEY = "talash"


def settings() -> Settings:
    """The settings of the app that is handling this request."""
    return cast("tuple[Settings, LiveEngine]", current_app.extensions[KEY])[0]


def today() -> date:
    """What day it is where the archive is at home."""
    return datetime.now(settings().index.timezone).date()


def engine() -> LiveEngine:
    """The engine of the app that is handling this request."""
    return cast("tuple[Settings, LiveEngine]", current_app.extensions[KEY])[1]
