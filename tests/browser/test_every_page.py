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
    "/sandbox/network",
    "/sandbox/stripe",
    "/sandbox/components",
]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("person", REGISTERED, ids=lambda person: person.name.split()[0])
async def test_what_a_person_sees(browser: Browser, portal: Portal, person: Person, scheme: str) -> None:
    page = await opened(browser, portal, PHONE, color_scheme=scheme)
    await sign_in(page, portal, person.mobile, is_checked=False)

    for path in ("/", "/bills", "/account"):
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
