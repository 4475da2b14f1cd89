"""The portal's main job in a real browser: cut off, signed in by SMS code, paid, connected again."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.portal import Portal
from tests.browser.walking import DESK, PHONE, accessible, opened, sign_in

PATIENCE = 30_000


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_bojan_pays_and_is_connected_again(
    browser: Browser, portal: Portal, size: dict[str, int], scheme: str
) -> None:
    page = await opened(browser, portal, size, color_scheme=scheme)
    number = portal.another_bojan()
    await sign_in(page, portal, number, is_checked=True)

    await expect(page.get_by_role("heading", level=1)).to_have_text("Vaše odhodne storitve so izklopljene")
    await expect(page.get_by_role("main")).to_contain_text("112")
    await accessible(page)
    await page.get_by_role("button", name="Plačaj 86,45 €").click()

    await expect(page.get_by_role("heading", level=1)).to_contain_text("86,45")
    await accessible(page)
    await page.get_by_role("button", name="Plačaj s kartico").click()

    await page.wait_for_url("**/payments/*")
    await accessible(page)
    await expect(page.locator(".steps li.done")).to_have_count(4, timeout=PATIENCE)
    await expect(page.get_by_role("main")).to_contain_text("znova")
    await accessible(page)

    await is_in_order_again(page, portal, number)
    await accessible(page)


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
async def test_bojan_does_it_all_without_javascript(browser: Browser, portal: Portal, size: dict[str, int]) -> None:
    page = await opened(browser, portal, size, java_script_enabled=False)
    number = portal.another_bojan()
    await sign_in(page, portal, number, is_checked=False)

    await page.get_by_role("button", name="Plačaj 86,45 €").click()
    await page.get_by_role("button", name="Plačaj s kartico").click()

    await page.wait_for_url("**/payments/*")
    await expect(page.locator(".steps li.done")).to_have_count(4, timeout=PATIENCE)
    await is_in_order_again(page, portal, number)


async def test_bojan_reads_english(browser: Browser, portal: Portal) -> None:
    page = await opened(browser, portal, PHONE)
    await page.goto(f"{portal.url}/sign-in")
    await page.get_by_role("button", name="English").click()

    await expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    await expect(page.locator("html")).to_have_attribute("lang", "en")


async def test_a_declined_card_costs_nothing_and_another_try_succeeds(browser: Browser, portal: Portal) -> None:
    page = await opened(browser, portal, PHONE)
    number = portal.another_bojan()
    await sign_in(page, portal, number, is_checked=False)
    await page.get_by_role("button", name="Plačaj 86,45 €").click()

    await page.get_by_role("button", name="Kartica je zavrnjena").click()
    await expect(page.get_by_role("alert")).to_contain_text("Nič ni bilo zaračunano")
    await page.get_by_role("button", name="Plačaj s kartico").click()

    await expect(page.locator(".steps li.done")).to_have_count(4, timeout=PATIENCE)


async def is_in_order_again(page: Page, portal: Portal, number: str) -> None:
    assert "storitve so znova vklopljene" in await portal.texts(number)
    receipt = page.url + "/receipt"
    await page.goto(portal.url)
    await expect(page.get_by_role("heading", level=1)).to_have_text("Vse je plačano")
    await expect(page.get_by_role("main")).to_contain_text("7,99")
    await page.goto(receipt)
    await expect(page.get_by_role("main")).to_contain_text("86,45")
