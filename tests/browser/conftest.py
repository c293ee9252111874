"""A real server and a real Chromium. Swap `engine` for another to drive the same pages over it."""

from __future__ import annotations

import os
import shutil
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from web.app import create_app
from web.server import Server
from web.service import SearchService
from web.settings import Settings

sys.path.insert(0, str(Path(__file__).parents[1] / "unit" / "web"))
from fake_engine import FakeEngine

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def chromium() -> str:
    """The browser to drive; a reason to skip, or to fail where a browser is required."""
    found = os.environ.get("TALASH_CHROMIUM") or shutil.which("chromium")
    if found and Path(found).exists():
        return found
    reason = "no Chromium: install one, or name it in TALASH_CHROMIUM"
    if os.environ.get("TALASH_REQUIRE_BROWSER") == "1":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def engine() -> SearchService:
    return FakeEngine()


@pytest.fixture(scope="session")
def site(engine: SearchService) -> Iterator[str]:
    """The address of a server over `engine`, without the last slash."""
    server = Server(create_app(Settings(), engine), "127.0.0.1", 0, 4)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield server.url.rstrip("/")
    server.stop()
    thread.join(10)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    executable = chromium()
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture
def new_page(browser: Browser, site: str) -> Iterator[Callable[..., Page]]:
    """A page in a fresh context. At the end: no error in the console, no request to elsewhere."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def elsewhere(url: str) -> bool:
        return not url.startswith((site + "/", "data:"))

    def make(**options: object) -> Page:
        context = browser.new_context(base_url=site, **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on(
            "console",
            lambda m: complaints.append(m.text) if m.type in ("error", "warning") else None,
        )
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda r: complaints.append(r.url) if elsewhere(r.url) else None)
        return page

    make.complaints = complaints
    yield make
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    return new_page(viewport={"width": 1280, "height": 900})
