"""What the current app serves with: its settings and its engine. One pair for each app."""

from __future__ import annotations

from typing import cast

from flask import current_app

from web.service import SearchService
from web.settings import Settings

KEY = "talash"


def settings() -> Settings:
    """The settings of the app that is handling this request."""
    return cast("tuple[Settings, SearchService]", current_app.extensions[KEY])[0]


def engine() -> SearchService:
    """The engine of the app that is handling this request."""
    return cast("tuple[Settings, SearchService]", current_app.extensions[KEY])[1]
