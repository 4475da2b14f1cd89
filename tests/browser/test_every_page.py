"""Every page in every state that the demo's people are in, on a phone and on a desk, in light and in dark."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, Page

from portal.sandbox.stories import PEOPLE, Person
from tests.browser.portal import Portal
from tests.browser.walking import (
    DESK,
    PHONE,
    accessible,
    complained_of_nothing,
    opened,
    sign_in,
    unfold,
    well_laid_out,
)

REGISTERED = [person for person in PEOPLE if person.registered]
PAGES = [
    "/",
    "/bills",
    "/bills?state=paid&q=24,99",
    "/bills?q=xx",
    "/overdue",
    "/overdue/proof",
    "/payments",
    "/payments/new",
    "/payments/credit",
    "/payments/credit/refund",
    "/account",
    "/account/number",
    "/account/email",
    "/account/messages",
]
PUBLIC = [
    "/sign-in",
    "/pay",
    "/signed-out",
    "/no-such-page",
    "/sandbox",
    "/sandbox/phone",
    "/sandbox/mail",
    "/sandbox/messages",
    "/sandbox/network",
    "/sandbox/stripe",
    "/sandbox/components",
]


@pytest.mark.parametrize("person", REGISTERED, ids=lambda person: person.name.split()[0])
async def test_what_a_person_sees(browser: Browser, portal: Portal, person: Person) -> None:
    page = await opened(browser, portal, PHONE)
    await sign_in(page, portal, person.mobile, is_checked=False)

    for path in [*PAGES, *await bills_and_payments(page, portal)]:
        await page.goto(portal.url + path)
        await unfold(page)
        await looked_at(page)


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("person", [REGISTERED[0], REGISTERED[1], REGISTERED[-1]], ids=["Ana", "Bojan", "Irena"])
async def test_what_a_person_sees_without_javascript(
    browser: Browser, portal: Portal, person: Person, size: dict[str, int]
) -> None:
    page = await opened(browser, portal, size, java_script_enabled=False)
    await sign_in(page, portal, person.mobile, is_checked=False)

    for path in [*PAGES, *await bills_and_payments(page, portal)]:
        await page.goto(portal.url + path)
        await unfold(page)
        await well_laid_out(page)
        await complained_of_nothing(page)


async def bills_and_payments(page: Page, portal: Portal) -> list[str]:
    """One of each kind: the bill that stands first, a note, a claim, the itemised calls, the newest payment."""
    await page.goto(f"{portal.url}/bills")
    rows = page.locator("a.row[href^='/bills/']")
    bills = [await rows.first.get_attribute("href") or ""]
    for kind in ("Dobropis", "Vračilo prejete ugodnosti"):
        bills += [await row.get_attribute("href") or "" for row in await rows.filter(has_text=kind).all()][:1]
    await page.goto(f"{portal.url}/payments")
    paid = [await row.get_attribute("href") or "" for row in await page.locator("main a.row").all()][:1]
    return [*bills, f"{bills[0]}/calls", f"/payments/new?bill={bills[0].removeprefix('/bills/')}", *paid]


async def looked_at(page: Page) -> None:
    """On a desk in light and on a phone in dark: layout does not depend on the colours, nor they on it."""
    await page.set_viewport_size({"width": DESK["width"], "height": DESK["height"]})
    await settled(page)
    await accessible(page)
    await page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    await page.emulate_media(color_scheme="dark")
    await settled(page)
    await accessible(page)
    await page.emulate_media(color_scheme="light")


async def settled(page: Page) -> None:
    """No colour is on its way to another. What moves for ever, as a place that waits does, is no such way."""
    await page.evaluate(COLOURS_ARRIVED)


@pytest.mark.parametrize("path", PUBLIC)
async def test_what_everybody_sees(browser: Browser, portal: Portal, path: str) -> None:
    page = await opened(browser, portal, PHONE)
    await page.goto(portal.url + path)

    await looked_at(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_what_a_change_of_number_shows(browser: Browser, portal: Portal, scheme: str) -> None:
    """The form gone wrong, the code, the change, what waits afterwards, and the messages it left."""
    page = await opened(browser, portal, PHONE, color_scheme=scheme)
    await sign_in(page, portal, portal.another_bojan(), is_checked=False)
    new = f"+386408880{len(portal.bojans):02d}"
    await page.goto(f"{portal.url}/account/number")
    for typed in ("041 12", new):
        await page.get_by_label("Nova številka").fill(typed)
        await page.get_by_role("button", name="Pošlji kodo").click()
        await page.locator(".errors, .code").first.wait_for()
        await accessible(page)
    await page.get_by_role("textbox").fill(await portal.code(browser, new))
    await page.get_by_role("button", name="Potrdi spremembo").click()
    await page.wait_for_url(f"{portal.url}/account")

    for path in ("/account", "/account/email", "/account/messages"):
        await page.goto(portal.url + path)
        await accessible(page)
    for kind in ("Vaši kontaktni podatki so spremenjeni", "Koda za prijavo"):
        await page.goto(f"{portal.url}/account/messages")
        await page.locator("a.row", has_text=kind).first.click()
        await accessible(page)


COLOURS_ARRIVED = """
Promise.allSettled(
  document.getAnimations()
    .filter((moving) => moving.effect.getComputedTiming().endTime !== Infinity)
    .map((moving) => moving.finished)
)
"""
