"""Bojan has two overdue bills and money for one and a part of the other: he chooses, pays and keeps the receipt."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.portal import Portal
from tests.browser.walking import DESK, PHONE, accessible, complained_of_nothing, opened, sign_in, well_laid_out

PATIENCE = 30_000


@pytest.mark.parametrize(
    ("size", "has_script"),
    [(PHONE, True), (DESK, True), (PHONE, False), (DESK, False)],
    ids=["phone", "desk", "phone without JavaScript", "desk without JavaScript"],
)
async def test_bojan_pays_one_bill_and_a_part_of_another(
    browser: Browser, portal: Portal, size: dict[str, int], has_script: bool
) -> None:
    page = await opened(browser, portal, size, java_script_enabled=has_script)
    await sign_in(page, portal, portal.another_bojan(), is_checked=False)
    await page.goto(f"{portal.url}/bills")
    await page.get_by_role("link", name="Izberite, kaj boste plačali").click()
    await looked_at(page, is_checked=has_script)

    await page.get_by_label("Samo del računa").first.fill("20,50")
    await added_up(page, has_script=has_script)
    await expect(page.locator("#sum")).to_contain_text("45,49")
    await looked_at(page, is_checked=has_script)
    await page.get_by_role("button", name="Na plačilo").click()

    await expect(page.get_by_role("heading", level=1)).to_contain_text("45,49")
    await page.get_by_role("button", name="Plačaj s kartico").click()
    await page.wait_for_url("**/payments/*")
    await expect(page.get_by_role("main")).to_contain_text("40,96", timeout=PATIENCE)
    await looked_at(page, is_checked=has_script)

    await page.goto(f"{portal.url}/payments")
    newest = page.locator("main a.row").first
    await expect(newest).to_contain_text("45,49")
    await expect(newest).to_contain_text("20,50")
    await looked_at(page, is_checked=has_script)
    await newest.click()
    await page.get_by_role("link", name="Potrdilo").first.click()
    await expect(page.get_by_role("main")).to_contain_text("45,49")
    await looked_at(page, is_checked=has_script)

    await page.goto(f"{portal.url}/bills")
    await expect(page.get_by_role("button", name="Plačaj 40,96 €")).to_be_visible()


async def added_up(page: Page, *, has_script: bool) -> None:
    """By itself, or by a button."""
    if not has_script:
        await page.get_by_role("button", name="Preračunaj").click()


async def looked_at(page: Page, *, is_checked: bool) -> None:
    """Axe needs JavaScript."""
    if is_checked:
        await accessible(page)
    await well_laid_out(page)
    await complained_of_nothing(page)
