"""Services switched on a line in a real browser, with the worker and the sandbox's network behind it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from portal import clock
from portal.sandbox.network import Behaviour
from tests.browser.portal import Portal
from tests.browser.walking import DESK, PHONE, accessible, opened, sign_in, well_laid_out

PATIENCE = 30_000
HIDDEN, SECURITY, ROAMING = "Skrita številka", "Zaščita na spletu", "Gostovanje v tujini"


@pytest.mark.parametrize("has_script", [True, False], ids=["with JavaScript", "without"])
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
async def test_dejan_switches_services(
    browser: Browser, portal: Portal, size: dict[str, int], has_script: bool
) -> None:
    number, scheme = portal.another_dejan(), "light" if size == DESK else "dark"
    page = await at_services(browser, portal, number, size, java_script_enabled=has_script, color_scheme=scheme)

    await network_takes_orders(browser, portal, number, Behaviour.SLOW)
    await row_of(page, HIDDEN).get_by_role("switch").click()
    await expect(row_of(page, HIDDEN)).to_contain_text("vklapljamo …")
    await looked_at(page, has_script=has_script)
    await becomes(page, HIDDEN, "vklopljeno", has_script=has_script)
    await network_takes_orders(browser, portal, number, Behaviour.AT_ONCE)

    await buys(page, has_script=has_script)
    await withdraws(page, has_script=has_script)
    await plans_and_cancels(page, has_script=has_script)


async def buys(page: Page, *, has_script: bool) -> None:
    """A paid one asks for the price to be confirmed, and tells of the right to withdraw."""
    await page.get_by_role("link", name=SECURITY).click()
    await expect(page.get_by_role("main")).to_contain_text("14 dni")
    await looked_at(page, has_script=has_script)
    await page.get_by_role("checkbox").check()
    await page.get_by_role("button", name="Vklopi za 1,99 € na mesec").click()
    await page.wait_for_url("**/services/security?*")
    await page.get_by_role("link", name="Vse storitve").click()
    await becomes(page, SECURITY, "vklopljeno", has_script=has_script)


async def withdraws(page: Page, *, has_script: bool) -> None:
    """From what was just bought, on the page of the service."""
    await page.get_by_role("link", name=SECURITY).click()
    await page.get_by_role("link", name="Odstopite od pogodbe tukaj").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Odstop od nakupa")
    await looked_at(page, has_script=has_script)
    await page.get_by_role("button", name="Potrdi odstop").click()
    await expect(page.get_by_role("main")).to_contain_text("Od nakupa ste odstopili")
    await looked_at(page, has_script=has_script)
    await page.get_by_role("link", name="Vse storitve").click()
    await becomes(page, SECURITY, "izklopljeno", has_script=has_script)


async def plans_and_cancels(page: Page, *, has_script: bool) -> None:
    await page.get_by_role("link", name=ROAMING).click()
    await page.get_by_text("Na izbrani dan").click()
    await page.get_by_label("Dan", exact=True).fill((clock.today() + timedelta(days=5)).isoformat())
    await page.get_by_role("button", name="Izklopi").click()
    await expect(page.get_by_role("button", name="Prekliči načrtovano")).to_be_visible()
    await looked_at(page, has_script=has_script)
    await page.get_by_role("button", name="Prekliči načrtovano").click()
    await expect(page.get_by_role("main")).to_contain_text("Načrtovano je preklicano")
    await expect(page.get_by_role("main")).to_contain_text("vklopljeno")


async def test_what_the_network_refuses_is_said_with_its_reason(browser: Browser, portal: Portal) -> None:
    number = portal.another_dejan()
    page = await at_services(browser, portal, number, PHONE)
    await network_takes_orders(browser, portal, number, Behaviour.REFUSING, "not_supported")

    await row_of(page, HIDDEN).get_by_role("switch").click()

    await expect(row_of(page, HIDDEN)).to_contain_text("te storitve ne podpira", timeout=PATIENCE)
    await expect(row_of(page, HIDDEN)).to_contain_text("izklopljeno")
    await expect(row_of(page, HIDDEN)).to_contain_text("Ničesar ne zaračunamo")
    await accessible(page)


async def test_while_the_network_is_down_nothing_is_said_to_be_done(browser: Browser, portal: Portal) -> None:
    page = await at_services(browser, portal, portal.another_dejan(), PHONE)
    staff = await browser.new_page(locale="sl-SI")
    await staff.goto(f"{portal.url}/sandbox/network")
    await staff.locator("button[name=down]").click()

    await row_of(page, HIDDEN).get_by_role("switch").click()
    await expect(row_of(page, HIDDEN)).to_contain_text("vklapljamo …")
    await staff.locator("button[name=down][value=no]").click()

    await expect(row_of(page, HIDDEN)).to_contain_text("vklopljeno", timeout=PATIENCE)


async def at_services(browser: Browser, portal: Portal, number: str, size: dict[str, int], **options: object) -> Page:
    page = await opened(browser, portal, size, **options)
    await sign_in(page, portal, number, is_checked=False)
    await page.goto(f"{portal.url}/services")
    return page


async def network_takes_orders(
    browser: Browser, portal: Portal, number: str, behaviour: Behaviour, reason: str | None = None
) -> None:
    staff = await browser.new_page(locale="sl-SI")
    await staff.goto(f"{portal.url}/sandbox/network/{number}")
    await staff.locator("#behaviour").select_option(behaviour)
    if reason:
        await staff.locator("#reason").select_option(reason)
    await staff.locator("form[action$='/behaviour'] button").click()
    await staff.close()


def row_of(page: Page, service: str) -> Locator:
    return page.locator("li.service", has_text=service)


async def becomes(page: Page, service: str, state: str, *, has_script: bool) -> None:
    """The list looks again by itself; without JavaScript whoever waits does."""
    for _ in range(1 if has_script else 30):
        if has_script:
            break
        if state in await row_of(page, service).inner_text():
            break
        await page.wait_for_timeout(500)
        await page.reload()
    await expect(row_of(page, service)).to_contain_text(state, timeout=PATIENCE)


async def looked_at(page: Page, *, has_script: bool) -> None:
    """Axe needs JavaScript."""
    await (accessible(page) if has_script else well_laid_out(page))
