from __future__ import annotations

import pytest
from fake_engine import FakeEngine
from flask import Flask
from flask.testing import FlaskClient

from web import context
from web.http.app import create_app
from web.settings import Settings


@pytest.fixture(scope="session")
def _app() -> Flask:
    """One app for all tests: its templates are compiled once."""
    return create_app(Settings(), FakeEngine())


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine()


@pytest.fixture
def app(_app: Flask, engine: FakeEngine) -> Flask:
    """The app, serving this test's own engine."""
    _app.extensions[context.KEY] = (Settings(), engine)
    return _app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()
