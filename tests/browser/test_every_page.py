"""Every page in every state that the demo's people are in, on a phone and on a desk, in light and in dark."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Literal

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, StorageState

from portal.sandbox.person import Person
from portal.sandbox.stories import PEOPLE
from tests.browser.portal import NADA, Portal
from tests.browser.signing import order_in_shop
from tests.browser.walking import (
    DESK,
    PHONE,
    accessible,
    axe_finds_nothing,
    complained_of_nothing,
    is_seen_first,
    opened,
    shape_of,
    sign_in,
    unfold,
    well_laid_out,
)

LOOKS: tuple[tuple[dict[str, int], Literal["light", "dark"]], ...] = ((DESK, "light"), (PHONE, "dark"))
TABS = 2
UUID, MOST_LINES = 36, 6
SORTS = (
    "Telefonski predal",
    "Preusmeritev",
    "Klici na 090",
    "Dodatnih 5 GB",
    "Gostovanje",
    "Zaščita",
    "TV Šport",
    "Drugi TV",
)
"""Free, set to a number, proven anew, bought once, planned, monthly, with what it needs, signed for."""
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
    "/usage",
    "/usage/days",
    "/usage/items",
    "/usage/items?from=x",
    "/usage/limit",
    "/services",
    "/account",
    "/account/number",
    "/account/email",
    "/account/messages",
    "/account/password",
    "/documents",
]
ORDERING = ("Ana Zupan", "Irena Vidmar")
PUBLIC = [
    "/sign-in",
    "/pay",
    "/verify",
    "/register",
    "/register/letter",
    "/register/record",
    "/sign/a-link-that-nobody-has",
    "/sandbox/shop",
    "/sandbox/tsa",
    "/signed-out",
    "/no-such-page",
    "/sandbox",
    "/sandbox/phone",
    "/sandbox/mail",
    "/sandbox/messages",
    "/sandbox/network",
    "/sandbox/network/+38640000102",
    "/sandbox/network/F00320417",
    "/sandbox/clock",
    "/sandbox/stripe",
    "/sandbox/components",
]


@pytest_asyncio.fixture(scope="module")
async def sessions(browser: Browser, portal: Portal) -> dict[str, StorageState]:
    """Everybody has signed in, all at a time: most of a sign-in is waiting for the code. Two have ordered something."""

    async def session_of(person: Person) -> StorageState:
        page = await opened(browser, portal, PHONE)
        await sign_in(page, portal, person.mobile, is_checked=False)
        state = await page.context.storage_state()
        await page.context.close()
        return state

    for name in ORDERING:
        await order_in_shop(browser, portal, name)
    states = await asyncio.gather(*(session_of(person) for person in REGISTERED))
    return dict(zip((person.mobile for person in REGISTERED), states, strict=True))


@pytest.mark.parametrize("person", REGISTERED, ids=lambda person: person.name.split()[0])
async def test_what_a_person_sees(
    browser: Browser, portal: Portal, sessions: dict[str, StorageState], person: Person
) -> None:
    await walk(browser, portal, sessions[person.mobile], looked_at, viewport=PHONE, reduced_motion="reduce")


@pytest.mark.parametrize("person", [REGISTERED[0], REGISTERED[1], REGISTERED[-1]], ids=["Ana", "Bojan", "Irena"])
async def test_what_a_person_sees_without_javascript(
    browser: Browser, portal: Portal, sessions: dict[str, StorageState], person: Person
) -> None:
    await walk(browser, portal, sessions[person.mobile], drawn_in_both_sizes, java_script_enabled=False)


async def walk(
    browser: Browser, portal: Portal, session: StorageState, look: Callable[[Page], Awaitable[None]], **options: Any
) -> None:
    """To every page of a person, in two tabs, because a machine has two cores at least."""
    context = await browser.new_context(storage_state=session, locale="sl-SI", **options)
    tabs = [await context.new_page() for _ in range(TABS)]
    ahead = [*PAGES, *await of_lines(tabs[0], portal), *await bills_and_payments(tabs[0], portal)]
    ahead += await documents_of(tabs[0], portal)

    async def go_on(tab: Page) -> None:
        while ahead:
            await tab.goto(portal.url + ahead.pop())
            await unfold(tab)
            await look(tab)

    async with asyncio.TaskGroup() as both:
        for tab in tabs:
            both.create_task(go_on(tab))
    await context.close()


async def drawn_in_both_sizes(page: Page) -> None:
    """The server does not know the size: one page is drawn in both."""
    for size in (PHONE, DESK):
        await page.set_viewport_size({"width": size["width"], "height": size["height"]})
        await drawn(page)


async def drawn(page: Page) -> None:
    await well_laid_out(page)
    await complained_of_nothing(page)


async def of_lines(page: Page, portal: Portal) -> list[str]:
    """Each line's use and services, of a fleet the first ones; and one service of each sort."""
    await page.goto(f"{portal.url}/services")
    links = page.locator("nav.line_choice a, form.line_choice option").and_(page.locator(":not([selected])"))
    lines = [
        (await link.get_attribute("value") or await link.get_attribute("href") or "")[-UUID:]
        for link in await links.all()
    ]
    services = [
        await row.get_attribute("href") or ""
        for name in SORTS
        for row in await page.locator("li.service a.row", has_text=name).all()
    ]
    return [f"{path}?line={line}" for line in lines[:MOST_LINES] for path in ("/usage", "/services")] + services


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


async def documents_of(page: Page, portal: Portal) -> list[str]:
    """What waits to be signed, the first document and the last, the consent, and declining it."""
    await page.goto(f"{portal.url}/documents")
    envelopes = [await row.get_attribute("href") or "" for row in await page.locator("main a.row").all()]
    return [f"{envelope}{more}" for envelope in envelopes for more in ("", "/1", "/2", "/signature", "/refusal")]


async def looked_at(page: Page) -> None:
    """On a desk in light and on a phone in dark: layout does not depend on the colours, nor they on it.

    Axe looks at each shape of a page once in each of the two, whoever sees it; what that leaves out, `shape_of` says.
    """
    is_new = is_seen_first(await shape_of(page))
    for size, scheme in LOOKS:
        await page.set_viewport_size({"width": size["width"], "height": size["height"]})
        await page.emulate_media(color_scheme=scheme)
        if is_new:
            await settled(page)
            await axe_finds_nothing(page)
        await drawn(page)
    await page.emulate_media(color_scheme="light")


async def settled(page: Page) -> None:
    """No colour is on its way to another. What moves for ever, as a place that waits does, is no such way."""
    await page.evaluate(COLOURS_ARRIVED)


async def test_what_somebody_without_a_line_sees(browser: Browser, portal: Portal) -> None:
    page = await opened(browser, portal, PHONE)
    await sign_in(page, portal, NADA, is_checked=False)
    for path in ("/", "/usage", "/services", "/bills"):
        await page.goto(portal.url + path)
        await looked_at(page)


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
