"""What a reader sees: three ways of typing, stories in both languages, her own settings, her fonts."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from desk import Desk, corpus
from playwright.sync_api import Page, expect
from serving import serving

pytestmark = [pytest.mark.browser, pytest.mark.long]

BOX = '#search input[type="search"]'
SHIFTS = """
window.shifts = 0;
new PerformanceObserver(list => {
  for (const each of list.getEntries()) if (!each.hadRecentInput) window.shifts += each.value;
}).observe({ type: "layout-shift", buffered: true });
"""


def fonts(page: Page) -> list[str]:
    """The font files that the page has asked for."""
    urls = page.evaluate("performance.getEntriesByType('resource').map(each => each.name)")
    return sorted({match[1] for url in urls if (match := re.search(r"noto-(\w+).*woff2", url))})


def settled(page: Page, address: str) -> Page:
    page.goto(address)
    page.evaluate("document.fonts.ready")
    return page


# --- searching ---


@pytest.mark.parametrize(
    ("typed", "resolved", "mark"),
    [("police", None, "Police"), ("پولیس", None, "پولیس"), ("barish", "بارش", "بارش")],
)
def test_three_ways_of_typing(page, typed, resolved, mark):
    page.goto("/")
    page.fill(BOX, typed)
    page.press(BOX, "Enter")
    page.wait_for_url("**q=**")
    expect(page.locator(".hit mark").filter(has_text=mark).first).to_be_visible()
    if resolved:
        expect(page.locator(".understood .resolved")).to_have_text(resolved)
    languages = page.locator(".hit h2").evaluate_all("all => all.map(each => each.lang)")
    assert set(languages) <= {"ur", "en"}


def test_marks_differ_by_more_than_colour_and_say_what_they_answer(page):
    page.goto("/?q=rain&size=50")
    line = "e => getComputedStyle(e).textDecorationStyle + getComputedStyle(e).textDecorationLine"
    exact = page.locator(".hit mark.exact:not([title])").first.evaluate(line)
    word = page.locator(".hit mark.meaning[title]").first
    assert exact == "solidnone"
    assert word.evaluate(line) == "dottedunderline"
    assert word.get_attribute("title").startswith("answers: ")
    word.evaluate("e => e.classList.add('faint')")
    assert word.evaluate("e => getComputedStyle(e).textDecorationThickness") == "1px"


@pytest.mark.smoke
def test_a_story_in_the_other_language_and_copies(page):
    page.goto("/?q=budget")
    copied = page.locator(".hit", has=page.locator(".copies")).first
    expect(copied.locator(".copies .other").first).to_be_hidden()
    copied.locator(".copies summary").click()
    expect(copied.locator(".copies .other")).to_have_count(2)
    page.goto("/?q=police")
    first = page.locator(".hit", has=page.locator(".told")).first
    told = first.locator(".told .other").first
    assert told.locator("a").get_attribute("lang") != first.locator("h2").get_attribute("lang")
    expect(first.locator(".told .label").first).to_contain_text("Also told in")
    title = told.locator("a").inner_text()
    told.locator("a").click()
    expect(page.locator("h1")).to_have_text(title)
    page.get_by_role("link", name=re.compile("Back to the results")).click()
    page.wait_for_url("**/?q=police")


def test_every_result_has_an_address(page):
    page.goto("/?q=police&page=2")
    page.locator(".anchor").nth(2).click()
    assert page.url.endswith("#hit-13")
    expect(page.locator("#hit-13")).to_be_in_viewport()


def test_other_spellings_are_offered(page):
    page.goto("/?q=polcie&tag=news")
    page.get_by_role("link", name="police", exact=True).click()
    page.wait_for_url("**q=police**")
    assert "tag=news" in page.url


def test_an_answer_can_be_taken_along(page):
    page.goto("/?q=police&lang=ur&page=2")
    links = page.locator(".along a").evaluate_all(
        "all => all.map(each => each.getAttribute('href'))"
    )
    asked = "?q=police&lang=ur"
    files = [f"/export.csv{asked}", f"/export.jsonl{asked}", f"/export.jsonl{asked}&body=1"]
    assert links == [f"/feed.atom{asked}", *files]
    for each in links:
        assert page.request.get(each).status == 200
    for each in files:
        assert page.request.get(each).headers["x-total-count"]


# --- an article ---


def test_an_article_and_its_story(page):
    page.goto("/documents/en/0-1.html?q=police")
    story = page.locator('section[aria-labelledby="story"] .other a')
    assert set(story.evaluate_all("all => all.map(each => each.lang)")) == {"ur"}
    for heading in ("The same story", "More like this"):
        expect(page.get_by_role("heading", name=heading)).to_be_visible()
    title = story.first.inner_text()
    story.first.click()
    expect(page.locator("h1")).to_have_text(title)
    expect(page.locator("h1")).to_have_attribute("dir", "rtl")


@pytest.mark.smoke
def test_a_citation_is_copied(new_page):
    page = new_page(permissions=["clipboard-read", "clipboard-write"])
    page.goto("/documents/en/0-1.html")
    page.locator(".cite summary").click()
    expect(page.locator(".citation pre").first).to_contain_text("“Police training programme")
    page.get_by_role("button", name="Copy").last.click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()").startswith("@misc{")


def test_a_citation_can_be_read_without_javascript(new_page):
    page = new_page(java_script_enabled=False)
    page.goto("/documents/en/0-1.html")
    page.locator(".cite summary").click()
    expect(page.locator(".citation pre")).to_have_count(3)
    expect(page.locator(".copy")).to_have_count(0)


# --- settings ---


@pytest.mark.smoke
@pytest.mark.parametrize("script", [True, False])
def test_settings_are_remembered_and_lead_back(new_page, script):
    page = new_page(java_script_enabled=script)
    page.goto("/?q=police&lang=ur")
    page.locator(".gear").click()
    for choice in ("face-naskh", "size-large", "theme-dark", "ui-ur"):
        page.locator(f".option.{choice} input").check()
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**/?q=police&lang=ur")
    root = page.locator("html")
    for name, value in {
        "lang": "ur",
        "dir": "rtl",
        "data-face": "naskh",
        "data-size": "large",
    }.items():
        expect(root).to_have_attribute(name, value)
    page.goto("/documents/en/0-1.html")
    expect(root).to_have_attribute("data-theme", "dark")
    page.goto("/?ui=en")
    expect(root).to_have_attribute("lang", "en")


def test_the_reader_s_theme_goes_before_the_device_s(new_page):
    for scheme, theme, dark in (("light", "dark", True), ("dark", "light", False)):
        page = new_page(color_scheme=scheme)
        page.goto("/")
        paper = "getComputedStyle(document.body).backgroundColor"
        before = page.evaluate(paper)
        page.context.add_cookies([{"name": "talash", "value": f"theme={theme}", "url": page.url}])
        page.reload()
        after = page.evaluate(paper)
        assert after != before
        assert (int(re.findall(r"\d+", after)[0]) < 100) is dark


# --- fonts ---


@pytest.mark.parametrize(
    ("address", "cookie", "wanted"),
    [
        ("/", "", []),
        ("/?q=police&lang=en", "", ["naskh", "nastaliq"]),  # Urdu sources and stories are on it
        ("/?q=police&lang=ur", "", ["naskh", "nastaliq"]),
        ("/?q=police&lang=ur", "face=naskh", ["naskh"]),
        ("/?q=police&lang=ur&ui=ur", "face=system", []),
        ("/?ui=ur", "", ["naskh"]),
    ],
)
def test_fonts_come_only_for_urdu(new_page, site, address, cookie, wanted):
    page = new_page()
    if cookie:
        page.context.add_cookies([{"name": "talash", "value": cookie, "url": site}])
    assert fonts(settled(page, address)) == wanted


def test_an_archive_without_urdu_fetches_no_font(new_page):
    english = [replace(each, source="Daily Sahar") for each in corpus() if each.lang == "en"]
    with serving(Desk(english)) as address:
        page = new_page(site=address)
        for path in ("/?q=police", "/?q=police&lang=en&page=2", "/documents/en/0-1.html?q=police"):
            assert fonts(settled(page, path)) == []


@pytest.mark.parametrize(
    "address", ["/", "/?q=police", "/?q=پولیس&lang=ur&ui=ur", "/documents/اردو/story%200%233.txt"]
)
@pytest.mark.parametrize("width", [360, 1280])
def test_nothing_moves_when_the_fonts_come(whole_browser, site, address, width):
    """Measured with letters drawn as on a desk."""
    page = whole_browser.new_page(base_url=site, viewport={"width": width, "height": 900})

    def late(route):
        page.wait_for_timeout(500)
        route.continue_()

    page.route("**/*.woff2", late)
    page.add_init_script(SHIFTS)
    settled(page, address)
    page.wait_for_timeout(300)
    assert page.evaluate("window.shifts") < 0.02
    page.close()


@pytest.mark.parametrize("ui", ["en", "ur"])
def test_ten_results_are_a_small_page(page, ui):
    answer = page.request.get(f"/?q=پولیس&ui={ui}")
    assert answer.text().count('class="hit"') == 10
    assert len(answer.body()) < 60_000
