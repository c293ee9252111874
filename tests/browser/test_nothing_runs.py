"""The cross-site scripting corpus in a real Chromium, over the served app and a real index."""

from __future__ import annotations

import sys
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page

sys.path.insert(0, str(Path(__file__).parents[1]))
import hostile
from serving import serving

from search.models import SearchRequest

pytestmark = [pytest.mark.browser, pytest.mark.long]
WATCH = "window.ran = (n) => { (window.hits ??= []).push(n); }; window.onerror = null;"
FOREIGN = """() => [...document.querySelectorAll('*')].filter((e) =>
  ['IFRAME', 'OBJECT', 'EMBED', 'BASE', 'STYLE', 'IMG', 'VIDEO', 'AUDIO', 'MARQUEE', 'MATH', 'TEMPLATE',
   'NOSCRIPT'].includes(e.tagName.toUpperCase()) || (e.tagName === 'SCRIPT' && !e.src)
  || [...e.attributes].some((a) => a.name.startsWith('on') || a.name === 'style'
     || /^\\s*(javascript|data|vbscript):/i.test(a.value) && ['href', 'src', 'action'].includes(a.name))
).map((e) => e.outerHTML.slice(0, 120))"""


@pytest.fixture(scope="module")
def poisoned(tmp_path_factory: pytest.TempPathFactory):
    room = hostile.Newsroom(tmp_path_factory.mktemp("poisoned"))
    published = room.publish(hostile.poisoned())
    with serving(published.engine) as address:
        yield address, published
    room.close()


@pytest.fixture
def watched(browser: Browser, poisoned):
    """A page, and what it did that no page of ours does."""
    address, _ = poisoned
    did: list[str] = []
    context = browser.new_context(base_url=address)
    context.add_init_script(WATCH)
    page = context.new_page()
    page.set_default_timeout(15_000)
    page.on("dialog", lambda dialog: (did.append(f"dialog {dialog.message}"), dialog.dismiss()))
    page.on(
        "console", lambda m: did.append(m.text) if "Content Security Policy" in m.text else None
    )
    page.on("request", lambda r: did.append(r.url) if not r.url.startswith(address) else None)
    page.on("pageerror", lambda error: did.append(str(error)))
    yield page, did
    context.close()


def look(page: Page, did: list[str], path: str) -> None:
    page.goto(path)
    assert page.evaluate("window.hits ?? []") == [], path
    assert page.evaluate(FOREIGN) == [], path
    assert did == [], path


def test_results_and_documents(watched, poisoned) -> None:
    page, did = watched
    for number in (1, 2):
        look(
            page,
            did,
            f"/?q={quote('سیلاب OR flood OR script OR onerror OR img')}&size=50&page={number}",
        )
        assert page.locator(".hit").count() >= 10
        assert page.locator("mark").count() >= 10, "marks split the payloads"
    for details in page.locator("details").all()[:20]:
        details.evaluate("(each) => { each.open = true; }")
    page.locator("h1").hover()
    assert page.evaluate("window.hits ?? []") == []
    hits = poisoned[1].engine.search(SearchRequest("سیلاب", size=100)).hits
    for hit in hits[::8]:
        name = quote(hit.id, safe="", errors="replace")
        look(page, did, f"/documents/{name}?q={quote('سیلاب ran onerror')}")


def test_queries_settings_and_errors(watched) -> None:
    page, did = watched
    for payload in hostile.payloads()[::3]:
        look(page, did, f"/?q={quote(payload)}")
    for payload in hostile.payloads()[::12]:
        look(page, did, f"/settings?back={quote(payload)}")
        page.goto(f"/?q=x&sort={quote(payload)}")
        assert page.evaluate("window.hits ?? []") == []
        page.goto(f"/documents/{quote(payload, safe='')}")
        assert page.evaluate(FOREIGN) == []
    assert did == []


def test_suggestions_are_text(watched) -> None:
    page, did = watched
    page.goto("/")
    for typed in ("سیلاب", "scr", "onerr", "java"):
        with page.expect_response("**/api/v1/suggest*"):
            page.fill('#search input[type="search"]', typed)
        page.wait_for_timeout(100)
        assert page.evaluate(FOREIGN) == []
    assert page.evaluate("window.hits ?? []") == []
    assert did == []


def test_a_feed_and_an_export_are_no_pages(watched, poisoned) -> None:
    page, did = watched
    address, _ = poisoned
    for path in ("/feed.atom", "/api/v1/search"):
        page.goto(f"{address}{path}?q={quote('سیلاب')}")
        assert page.evaluate("window.hits ?? []") == []
    assert [each for each in did if "elsewhere" in each or "dialog" in each] == []
