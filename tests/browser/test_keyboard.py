"""Suggestions and shortcuts: a combobox as ARIA has it, and keys that can be turned off."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.long]

BOX = '#search input[type="search"]'
OPTIONS = '[role="option"]'


def type_slowly(page: Page, text: str) -> None:
    page.locator(BOX).focus()
    page.keyboard.type(text, delay=20)
    expect(page.locator(OPTIONS).first).to_be_visible()


def focused(page: Page) -> str:
    return page.evaluate("document.activeElement.closest('.hit')?.id ?? document.activeElement.id")


@pytest.mark.smoke
def test_suggestions_are_chosen_with_the_arrows(page):
    page.goto("/")
    type_slowly(page, "pol")
    box, first = page.locator(BOX), page.locator(OPTIONS).first
    expect(box).to_have_attribute("role", "combobox")
    expect(box).to_have_attribute("aria-expanded", "true")
    expect(page.get_by_role("status")).to_contain_text("Suggestions:")
    page.keyboard.press("ArrowDown")
    expect(first).to_have_attribute("aria-selected", "true")
    expect(box).to_have_attribute("aria-activedescendant", first.get_attribute("id"))
    expect(box).to_have_value(first.locator("bdi").inner_text())
    page.keyboard.press("ArrowUp")
    expect(box).to_have_value("pol")
    page.keyboard.press("ArrowUp")
    expect(page.locator(OPTIONS).last).to_have_attribute("aria-selected", "true")
    chosen = page.input_value(BOX)
    page.keyboard.press("Enter")
    page.wait_for_url("**q=**")
    expect(page.locator(BOX)).to_have_value(chosen)


def test_escape_takes_back_what_was_chosen_and_keeps_what_was_typed(page):
    page.goto("/")
    type_slowly(page, "pol")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    expect(page.locator(OPTIONS)).to_have_count(0)
    expect(page.locator(BOX)).to_have_value("pol")
    expect(page.locator(BOX)).to_have_attribute("aria-expanded", "false")


def test_a_suggestion_is_chosen_with_the_mouse(page):
    page.goto("/?q=x&lang=en")
    page.fill(BOX, "")
    type_slowly(page, "bud")
    text = page.locator(OPTIONS).nth(1).locator("bdi").inner_text()
    page.locator(OPTIONS).nth(1).click()
    page.wait_for_url("**lang=en**")
    expect(page.locator(BOX)).to_have_value(text)


def test_urdu_suggestions_read_from_the_right(page):
    page.goto("/")
    type_slowly(page, "پول")
    shown = page.locator(OPTIONS).first.locator("bdi")
    expect(shown).to_have_attribute("lang", "ur")
    assert shown.evaluate("e => getComputedStyle(e).fontFamily").startswith('"Noto Naskh')


def test_suggestions_go_when_the_box_is_left_and_come_for_two_letters(page):
    page.goto("/")
    page.locator(BOX).focus()
    page.keyboard.type("p")
    page.wait_for_timeout(300)
    expect(page.locator(OPTIONS)).to_have_count(0)
    type_slowly(page, "ol")
    page.keyboard.press("Tab")
    expect(page.locator(OPTIONS)).to_have_count(0)


def test_only_the_last_question_is_answered(page):
    page.clock.install()
    page.goto("/")
    asked: list[str] = []
    page.on("request", lambda each: asked.append(each.url) if "suggest" in each.url else None)
    page.locator(BOX).focus()
    page.clock.pause_at(datetime.now() + timedelta(hours=1))
    page.keyboard.type("police")
    page.clock.run_for(1_000)
    expect(page.locator(OPTIONS).first).to_be_visible()
    (only,) = asked
    assert "q=police" in only


def test_a_failing_suggester_does_not_disturb(new_page):
    page = new_page()
    page.route("**/api/v1/suggest**", lambda route: route.fulfill(status=204))
    page.goto("/")
    page.locator(BOX).focus()
    page.keyboard.type("police")
    page.wait_for_timeout(400)
    expect(page.locator(OPTIONS)).to_have_count(0)
    page.keyboard.press("Enter")
    page.wait_for_url("**q=police")


@pytest.mark.smoke
def test_from_result_to_result(page):
    page.goto("/?q=police")
    page.keyboard.press("j")
    assert focused(page) == "hit-1"
    page.keyboard.press("j")
    page.keyboard.press("ArrowDown")
    assert focused(page) == "hit-3"
    page.keyboard.press("k")
    page.keyboard.press("ArrowUp")
    assert focused(page) == "hit-1"
    page.keyboard.press("k")
    assert focused(page) == "hit-1", "there is none before the first"
    title = page.locator("#hit-1 h2").inner_text()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text(title)


def test_arrows_scroll_where_no_result_has_the_focus(page):
    page.goto("/?q=police")
    page.keyboard.press("ArrowDown")
    # Not wait_for_function: it evaluates text in the page, which the page's policy forbids.
    for _ in range(50):
        if page.evaluate("scrollY") > 0:
            break
        page.wait_for_timeout(100)
    assert page.evaluate("scrollY") > 0
    assert focused(page) == ""


def test_the_keys_of_an_urdu_keyboard(page):
    page.goto("/?q=police&ui=ur")
    press = """([key, code]) => document.body.dispatchEvent(
        new KeyboardEvent("keydown", { key, code, bubbles: true, cancelable: true }))"""
    page.evaluate(press, ["ج", "KeyJ"])
    assert focused(page) == "hit-1"
    page.evaluate(press, ["؟", "Slash"])
    expect(page.locator("#help")).to_be_visible()


def test_help_opens_and_closes(page):
    page.goto("/?q=police")
    page.keyboard.press("?")
    help_box = page.get_by_role("dialog", name="Keyboard")
    expect(help_box).to_be_visible()
    page.keyboard.press("j")
    assert focused(page) != "hit-1", "the keys rest while the list is open"
    page.keyboard.press("Escape")
    expect(help_box).to_be_hidden()
    page.keyboard.press("?")
    page.get_by_role("button", name="Close").click()
    expect(help_box).to_be_hidden()


def test_letters_typed_into_a_field_are_letters(page):
    page.goto("/?q=police")
    page.fill(BOX, "")
    page.locator(BOX).focus()
    page.keyboard.type("j?k/")
    expect(page.locator(BOX)).to_have_value("j?k/")
    expect(page.locator("#help")).to_be_hidden()


def test_keys_can_be_turned_off(new_page):
    page = new_page()
    page.goto("/settings")
    page.locator(".keys-off input").check()
    page.get_by_role("button", name="Save").click()
    page.goto("/?q=police")
    for key in ("j", "/", "?"):
        page.keyboard.press(key)
    assert focused(page) == ""
    expect(page.locator("#help")).to_be_hidden()
    page.keyboard.press("Control+j")
    assert page.locator(BOX).get_attribute("aria-keyshortcuts") is None
