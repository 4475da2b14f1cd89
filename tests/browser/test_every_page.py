"""Every page in every state that the demo's people are in: no violation found by axe, in light and in dark."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser

from portal.sandbox.stories import PEOPLE, Person
from tests.browser.portal import Portal
from tests.browser.walking import PHONE, accessible, opened, sign_in

REGISTERED = [person for person in PEOPLE if person.registered]
PUBLIC = [
    "/sign-in",
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


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("person", REGISTERED, ids=lambda person: person.name.split()[0])
async def test_what_a_person_sees(browser: Browser, portal: Portal, person: Person, scheme: str) -> None:
    page = await opened(browser, portal, PHONE, color_scheme=scheme)
    await sign_in(page, portal, person.mobile, is_checked=False)

    for path in (
        "/",
        "/bills",
        "/overdue",
        "/overdue/proof",
        "/account",
        "/account/number",
        "/account/email",
        "/account/messages",
    ):
        await page.goto(portal.url + path)
        await accessible(page)
    await page.goto(f"{portal.url}/bills")
    await page.locator("a.row").first.click()
    await accessible(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PUBLIC)
async def test_what_everybody_sees(browser: Browser, portal: Portal, path: str, scheme: str) -> None:
    page = await opened(browser, portal, PHONE, color_scheme=scheme)
    await page.goto(portal.url + path)

    await accessible(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_what_a_change_of_number_shows(browser: Browser, portal: Portal, scheme: str) -> None:
    """The form gone wrong, the code, the change, what waits afterwards, and the messages it left."""
    page = await opened(browser, portal, PHONE, color_scheme=scheme)
    await sign_in(page, portal, portal.another_bojan(), is_checked=False)
    new = f"+3864088800{len(portal.bojans)}"
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
