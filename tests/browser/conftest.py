"""A real server and a real Chromium. Swap `engine` for another to drive the same pages over it."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import desk
import pytest
from desk import Desk
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

sys.path.insert(0, str(Path(__file__).parent))
from serving import serving

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


WHOLE, SHELL = "chromium", "chromium-headless-shell"
"""Chromium as on a desk, and its engine without all that surrounds a page, which takes a third of the time."""


def chromium(*names: str) -> str:
    """The browser to drive, the first of these that is there or what TALASH_CHROMIUM names; a reason to skip,
    or to fail where a browser is required."""
    named = os.environ.get("TALASH_CHROMIUM")
    for name in (named,) if named else names:
        if found := shutil.which(name):
            return found
    reason = "no Chromium: install one, or name it in TALASH_CHROMIUM"
    if os.environ.get("TALASH_REQUIRE_BROWSER") == "1":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    desk.build_in(tmp_path_factory)
    return Desk()


@pytest.fixture(scope="session")
def site(engine: Desk) -> Iterator[str]:
    """The server of the whole session."""
    with serving(engine) as address:
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    executable = chromium(SHELL, WHOLE)
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def whole_browser(browser: Browser) -> Iterator[Browser]:
    """One that keeps pages whole for going back, which Playwright switches off, and the shell cannot."""
    launched = browser.browser_type.launch(
        executable_path=chromium(WHOLE),
        args=FLAGS,
        ignore_default_args=["--disable-back-forward-cache"],
    )
    yield launched
    launched.close()


@pytest.fixture(scope="session")
def contexts(browser: Browser) -> Callable[..., BrowserContext]:
    """Contexts by their options, one of each for the session: a new one costs a second."""
    made: dict[str, BrowserContext] = {}

    def get(**options: object) -> BrowserContext:
        key = repr(sorted(options.items()))
        if key not in made:
            made[key] = browser.new_context(**options)
        return made[key]

    return get


@pytest.fixture
def new_page(contexts: Callable[..., BrowserContext], site: str) -> Iterator[Callable[..., Page]]:
    """A page without cookies. At the end: no error in the console, no request to elsewhere."""
    pages: list[Page] = []
    complaints: list[str] = []

    def make(site: str = site, **options: object) -> Page:
        def elsewhere(url: str) -> bool:
            return not url.startswith((site + "/", "data:"))

        page = contexts(base_url=site, **options).new_page()
        pages.append(page)
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
    for page in pages:
        page.close()
        page.context.clear_cookies()
    assert complaints == []


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    return new_page(viewport={"width": 1280, "height": 900})
