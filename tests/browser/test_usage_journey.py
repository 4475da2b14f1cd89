"""What a line has used, in a real browser: by line, call by call, as a file, and the limit to what may be spent."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.portal import Portal
from tests.browser.walking import DESK, PHONE, accessible, opened, sign_in, unfold, well_laid_out

ANA = "+38640000101"
AMOUNT = re.compile(r"\d+(,\d+)?\s[GM]B")
"""How much it is changes while the tests run: the demo's meter goes on."""


@pytest.mark.parametrize(
    ("size", "has_script"),
    [(PHONE, True), (DESK, True), (PHONE, False)],
    ids=["phone", "desk", "phone without JavaScript"],
)
async def test_ana_looks_at_her_use_and_at_her_mothers(
    browser: Browser, portal: Portal, size: dict[str, int], has_script: bool
) -> None:
    scheme = "light" if size == DESK else "dark"
    page = await signed_in(browser, portal, ANA, size, java_script_enabled=has_script, color_scheme=scheme)
    await page.goto(f"{portal.url}/usage")
    await expect(page.locator(".allowances li", has_text="20 GB")).to_contain_text(AMOUNT)
    await looked_at(page, has_script=has_script)

    await page.get_by_role("link", name="040 000 110").click()
    await expect(page.get_by_role("link", name="040 000 110")).to_have_attribute("aria-current", "true")
    await expect(page.get_by_role("main")).to_contain_text("Dodatnih 5 GB")
    await looked_at(page, has_script=has_script)

    await page.get_by_role("link", name="Posamezni klici").click()
    await page.get_by_label("Kaj").select_option(label="SMS")
    await page.get_by_role("button", name="Prikaži").click()
    await page.wait_for_url("**kind=sms*")
    await expect(page.locator("table.calls")).to_contain_text("SMS")
    await expect(page.locator("table.calls")).not_to_contain_text("Klic")
    await looked_at(page, has_script=has_script)
    await has_a_file(page)


async def has_a_file(page: Page) -> None:
    """With as many lines as the page counts of what the filter lets through."""
    counted = (await page.locator(".positions small").inner_text()).split()[0]
    async with page.expect_download() as begun:
        await page.get_by_role("link", name="Shrani CSV").click()
    file = await begun.value
    text = (await file.path()).read_text("utf-8-sig")
    assert file.suggested_filename.endswith(".csv")
    assert len(text.splitlines()) == 1 + int(counted)
    assert "***" in text


@pytest.mark.parametrize("has_script", [True, False], ids=["with JavaScript", "without"])
async def test_dejan_sets_a_limit_to_what_he_spends(browser: Browser, portal: Portal, has_script: bool) -> None:
    page = await signed_in(browser, portal, portal.another_dejan(), PHONE, java_script_enabled=has_script)
    await page.goto(f"{portal.url}/usage")
    await page.get_by_role("link", name="Nastavi omejitev").click()

    await page.get_by_role("button", name="Shrani omejitev").click()
    await expect(page.get_by_label("Največ nad paketom, v evrih")).to_have_attribute("aria-invalid", "true")
    await looked_at(page, has_script=has_script)
    await page.get_by_label("Največ nad paketom, v evrih").fill("15")
    await page.get_by_text("Izklop porabe nad paketom").click()
    await page.get_by_role("button", name="Shrani omejitev").click()

    await expect(page.get_by_role("main")).to_contain_text("15,00")
    await looked_at(page, has_script=has_script)


async def test_a_page_that_stays_open_says_that_its_figures_are_old(browser: Browser, portal: Portal) -> None:
    page = await signed_in(browser, portal, ANA, PHONE)
    await page.clock.install()
    await page.goto(f"{portal.url}/usage")
    age, old = page.locator("[data-only-for]"), page.get_by_text("Stran je odprta že dolgo")
    await expect(age).to_be_visible()
    await expect(old).to_be_hidden()

    await page.clock.fast_forward("02:00")
    await expect(age).to_be_hidden()
    await expect(old).to_be_hidden()

    await page.clock.fast_forward("01:00:00")
    await expect(old).to_be_visible()
    await looked_at(page, has_script=True)


async def signed_in(browser: Browser, portal: Portal, number: str, size: dict[str, int], **options: object) -> Page:
    page = await opened(browser, portal, size, **options)
    await sign_in(page, portal, number, is_checked=False)
    return page


async def looked_at(page: Page, *, has_script: bool) -> None:
    """Axe needs JavaScript."""
    if has_script:
        await unfold(page)
        await accessible(page)
    else:
        await well_laid_out(page)
