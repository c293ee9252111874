from __future__ import annotations

import desk
import pytest
from desk import Desk
from flask import Flask
from flask.testing import FlaskClient

from web import context
from web.http.app import create_app
from web.settings import Settings


@pytest.fixture(scope="session", autouse=True)
def archive(tmp_path_factory: pytest.TempPathFactory) -> None:
    desk.build_in(tmp_path_factory)


@pytest.fixture(scope="session")
def _app(archive: None) -> Flask:
    """One app for all tests: its templates are compiled once."""
    return create_app(Settings(), Desk())


@pytest.fixture
def engine() -> Desk:
    return Desk()


@pytest.fixture
def app(_app: Flask, engine: Desk) -> Flask:
    """The app, serving this test's own engine."""
    _app.extensions[context.KEY] = (Settings(), engine)
    return _app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()
