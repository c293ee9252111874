"""An archive under a path of its host, in a real Chromium: nothing it asks for is missing."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from serving import serving

pytestmark = [pytest.mark.browser, pytest.mark.long]


def test_everything_a_page_asks_for_is_there(browser, engine):
    with serving(engine, prefix="/archive") as address:
        page = browser.new_page()
        missing: list[str] = []
        page.on("response", lambda each: missing.append(each.url) if each.status >= 400 else None)
        # What the page itself breaks off, by going elsewhere, is not missing.
        page.on(
            "requestfailed",
            lambda each: each.failure == "net::ERR_ABORTED" or missing.append(each.url),
        )
        asked: list[str] = []
        page.on("request", lambda each: asked.append(each.url))
        page.goto(f"{address}/")
        box = page.locator('#search input[type="search"]')
        with page.expect_response("**/api/v1/suggest*"):
            box.press_sequentially("پولیس")
        box.press("Enter")
        page.wait_for_url("**/archive/?q=*")
        page.locator(".hits h2 a").first.click()
        page.wait_for_url("**/archive/documents/**")
        there = page.url
        page.locator("a.gear").click()
        page.locator('input[name="face"][value="naskh"]').check()
        page.locator('form[method="post"] button').click()
        page.wait_for_url(there)
        expect(page.locator("html")).to_have_attribute("data-face", "naskh")
        (cookie,) = page.context.cookies()
        assert cookie["path"] == "/archive"
        assert missing == []
        assert {each.startswith(address + "/") for each in asked if "favicon" not in each} == {True}
        page.close()
