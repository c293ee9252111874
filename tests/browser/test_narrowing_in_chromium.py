"""Filters and the chart of time in a real Chromium: by mouse, by keyboard, without JavaScript."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.long]

URDU = "پولیس"


def arguments(page):
    return parse_qs(urlsplit(page.url).query)


def count(name: str) -> int:
    """The number in the name of a bar: "March 2026: 12 articles"."""
    return int(re.search(r": ([\d,]+) ", name).group(1))


@pytest.mark.parametrize("javascript", [True, False])
def test_a_bar_narrows_to_its_month_and_back(new_page, javascript):
    page = new_page(viewport={"width": 1280, "height": 900}, java_script_enabled=javascript)
    page.goto("/?q=police&lang=ur")
    bar = page.locator(".bars a").nth(2)
    name = bar.get_attribute("aria-label")
    bars = page.locator(".bars a").count()
    bar.click()
    page.wait_for_url("**from=**")
    assert arguments(page)["lang"] == ["ur"]
    expect(page.locator(".found h1")).to_have_text(f"{count(name)} articles")
    assert page.locator(".bars a").count() == bars, "the rest of the time stays in sight"
    chosen = page.locator(".bars [aria-current]")
    expect(chosen).to_have_count(1)
    chosen.click()
    page.wait_for_url(lambda url: "from=" not in url)
    assert arguments(page) == {"q": ["police"], "lang": ["ur"]}


@pytest.mark.smoke
def test_the_chart_is_a_list_one_can_walk_with_tab(page):
    page.goto("/?q=police")
    chart = page.get_by_role("list", name="Articles by date")
    links = chart.get_by_role("link")
    links.first.focus()
    for at in range(links.count()):
        expect(links.nth(at)).to_be_focused()
        page.keyboard.press("Tab")
    expect(links.last).not_to_be_focused()
    links.nth(1).focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**from=2026-02-01&to=2026-02-28")


@pytest.mark.parametrize(("ui", "width"), [("en", 1280), ("ur", 1280), ("en", 360), ("ur", 360)])
def test_bars_are_wide_enough_and_time_runs_as_one_reads(new_page, ui, width):
    page = new_page(viewport={"width": width, "height": 900})
    page.goto(f"/?q={URDU}&ui={ui}")
    if width == 360:
        page.locator(".filters > summary").click()
    boxes = page.locator(".bars a").evaluate_all(
        "all => all.map(e => { const b = e.getBoundingClientRect(); return [b.x, b.width]; })"
    )
    assert min(width for _, width in boxes) >= 24
    places = [x for x, _ in boxes]
    assert places == sorted(places, reverse=ui == "ur")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_tags_are_chosen_together(page):
    page.goto("/?q=police")
    page.get_by_label("خبر").check()
    page.get_by_label("news").check()
    page.get_by_role("button", name="Apply").click()
    page.wait_for_url("**tag=**")
    assert arguments(page) == {"q": ["police"], "tag": ["news", "خبر"]}
    expect(page.locator(".chips li")).to_have_count(3)


@pytest.mark.parametrize("javascript", [True, False])
def test_apply_keeps_what_is_off_and_another_question_drops_it(new_page, javascript):
    page = new_page(viewport={"width": 1280, "height": 900}, java_script_enabled=javascript)
    page.goto("/?q=barish&off=rain&literal=1")
    page.get_by_label("Urdu").check()
    page.get_by_role("button", name="Apply").click()
    page.wait_for_url("**lang=ur**")
    assert (arguments(page)["off"], arguments(page)["literal"]) == (["rain"], ["1"])
    assert ("for" in arguments(page)) == (not javascript)
    box = page.locator('#search input[type="search"]')
    box.fill("police")
    box.press("Enter")
    page.wait_for_url("**q=police**")
    expect(page.locator(".found h1")).to_be_visible()
    assert page.locator('input[name="off"], input[name="literal"]').count() == 0
    assert page.locator('input[name="lang"][value="ur"]').is_checked(), "filters stay"
    assert ("off" in arguments(page)) == (not javascript), "in the address, but without effect"
