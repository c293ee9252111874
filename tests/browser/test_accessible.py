"""WCAG as far as a machine can tell: axe finds nothing serious on any state of the pages."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.long]

BOX = '#search input[type="search"]'
PHONE = {"width": 360, "height": 740}
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
STATES = {
    "home": ("/", {}),
    "home-ur": ("/?ui=ur", {}),
    "results": ("/?q=police", {}),
    "results-ur": ("/?q=پولیس&ui=ur", {}),
    "results-dark": ("/?q=police", {"color_scheme": "dark"}),
    "results-ur-dark-phone": ("/?q=پولیس&ui=ur", {"color_scheme": "dark", "viewport": PHONE}),
    "results-phone": ("/?q=police&lang=ur", {"viewport": PHONE}),
    "understood": ("/?q=barish+citizens&off=rain", {}),
    "nothing": ("/?q=zzzz", {}),
    "document": ("/documents/en/0-1.html?q=police", {}),
    "document-ur-dark": ("/documents/اردو/story%200%233.txt?ui=ur", {"color_scheme": "dark"}),
    "settings": ("/settings", {}),
    "settings-ur": ("/settings?ui=ur", {"viewport": PHONE}),
}


def serious(page: Page) -> list[str]:
    """What axe finds that keeps somebody out, with the place."""
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": TAGS}}).response
    return [
        f"{each['impact']}: {each['id']}: {node['html'][:160]}"
        for each in found["violations"]
        if each["impact"] in ("serious", "critical")
        for node in each["nodes"][:3]
    ]


@pytest.fixture
def open_page(new_page: Callable[..., Page]) -> Callable[..., Page]:
    """A page that lets axe in: our policy allows no script but our own files."""

    def make(address: str, **options: object) -> Page:
        page = new_page(bypass_csp=True, **options)
        page.goto(address)
        return page

    return make


SMOKE = "results-ur-dark-phone"


@pytest.mark.parametrize(
    "state",
    [pytest.param(each, marks=[pytest.mark.smoke] if each == SMOKE else []) for each in STATES],
)
def test_pages(open_page, state):
    address, options = STATES[state]
    page = open_page(address, **options)
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
    assert serious(page) == []


def test_an_error(open_page, new_page):
    page = open_page("/?q=police&from=2026-13")
    assert serious(page) == []
    assert all("status of 400" in each for each in new_page.complaints)
    new_page.complaints.clear()


@pytest.mark.parametrize("ui", ["en", "ur"])
def test_suggestions_open(open_page, ui):
    page = open_page(f"/?ui={ui}")
    page.locator(BOX).focus()
    page.keyboard.type("پول")
    expect(page.locator('[role="option"]').first).to_be_visible()
    page.keyboard.press("ArrowDown")
    assert serious(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_help_open(open_page, scheme):
    page = open_page("/?q=police", color_scheme=scheme)
    page.keyboard.press("?")
    expect(page.locator("#help")).to_be_visible()
    assert serious(page) == []


def test_axe_sees_what_is_wrong(open_page):
    """The tests above are worth what it finds."""
    page = open_page("/")
    page.evaluate("document.querySelector('input').removeAttribute('aria-label')")
    page.evaluate("document.querySelector('input').removeAttribute('placeholder')")
    page.evaluate("document.querySelector('.tagline').style.color = '#ddd'")
    assert {each.split(": ")[1] for each in serious(page)} == {"label", "color-contrast"}
