"""Back: the boxes and the list are those of the question in the address."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.long]


def narrow(page: Page) -> None:
    """Ask, then tick and choose and fill in, and apply it."""
    page.goto("/?q=police")
    page.get_by_label("خبر").check()
    page.get_by_label("Order").select_option("oldest")
    page.get_by_label("From", exact=True).fill("2026-01-02")
    page.get_by_role("searchbox").or_(page.get_by_role("combobox", name="Search")).first.fill(
        "پولیس"
    )
    page.get_by_role("button", name="Apply").click()
    page.wait_for_url("**tag=**")


def expect_as_asked(page: Page) -> None:
    expect(page).to_have_url(re.compile(r"/\?q=police$"))
    expect(page.get_by_label("خبر")).not_to_be_checked()
    expect(page.get_by_label("Order")).to_have_value("relevance")
    expect(page.get_by_label("From", exact=True)).to_have_value("")
    expect(page.locator('#search input[name="q"]')).to_have_value("police")
    expect(page.locator(".chips")).to_have_count(0)


@pytest.mark.parametrize("javascript", [True, False])
def test_back_takes_the_filter_off_again(new_page, javascript):
    page = new_page(viewport={"width": 1280, "height": 900}, java_script_enabled=javascript)
    narrow(page)
    page.go_back()
    expect_as_asked(page)
    page.go_forward()
    page.wait_for_url("**tag=**")
    expect(page.get_by_label("خبر")).to_be_checked()
    expect(page.get_by_label("Order")).to_have_value("oldest")


def test_a_page_that_was_kept_whole_is_as_asked_too(whole_browser: Browser, site: str):
    page = whole_browser.new_page(base_url=site, viewport={"width": 1280, "height": 900})
    page.add_init_script(
        "addEventListener('pageshow', e => { if (e.persisted) window.kept = true; });"
    )
    narrow(page)
    page.go_back(wait_until="commit")  # a page that was kept is not loaded
    page.wait_for_function("window.kept")
    expect_as_asked(page)
    page.close()
