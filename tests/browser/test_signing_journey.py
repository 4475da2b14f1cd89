"""Documents signed by somebody who can sign in already, in the seven steps of the operator's description."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import pytest
from playwright.async_api import Browser, Page, expect

from portal import clock
from portal.sandbox.shop_offers import NEWCOMER
from portal.settings import settings
from portal.signing.pades import showing
from portal.signing.pades.signing import Wanted, signed
from portal.signing.pki import authority as pki
from portal.signing.pki.ceremony import Ceremony
from portal.signing.pki.profiles import Person as Signer
from portal.signing.tables import OrderKind
from tests.browser.portal import Portal
from tests.browser.signing import LINK, Journey
from tests.browser.walking import DESK, PHONE, accessible_once, opened

AMOUNT = "1.319,76 €"
DAY = re.compile(r"Vezava do (\d+)\. (\d+)\. (\d+)")
TABS = 60
THEIRS = b"the passphrase of somebody else"


@pytest.mark.parametrize("has_script", [True, False], ids=["with JavaScript", "without"])
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
async def test_ana_signs_in_seven_steps(
    browser: Browser, portal: Portal, size: dict[str, int], has_script: bool
) -> None:
    ana = await ana_on_the_way(browser, portal, size, has_script=has_script)
    await ana.order(OrderKind.EXTENSION)

    # 1: the link of the e-mail
    await ana.open_link()
    await ana.headed("Dokumenti za podpis")
    await ana.looked_at()
    # 2: signing in with the code from the SMS
    await ana.follow("Prijava")
    await ana.sign_in()
    # 3: straight to the documents
    await ana.headed("Podaljšanje vezave")
    await ana.looked_at()
    bound_until = await commitment(ana)
    # 4: reading them, the summary first
    read = await ana.reads_everything()
    # 5: the consent
    await ana.agrees()
    # 6: the code for signing
    await ana.enters_the_code(nth=2, amount=AMOUNT)
    # 7: signed
    await ana.waits_until_signed()
    copies = await ana.has_copies(read)

    assert await commitment(ana) > bound_until
    await ana.looked_at()
    await anybody_checks(ana, copies[0])


async def ana_on_the_way(browser: Browser, portal: Portal, size: dict[str, int], *, has_script: bool = True) -> Journey:
    """On a desk by day and on a phone by night, as test_every_page has it."""
    scheme = "light" if size == DESK else "dark"
    page = await opened(browser, portal, size, java_script_enabled=has_script, color_scheme=scheme)
    return Journey(browser, portal, portal.another_ana(), page, has_script)


async def commitment(ana: Journey) -> tuple[int, int, int]:
    """The day until which she is bound, as the page of her services says; then back."""
    here = ana.page.url
    await ana.page.goto(f"{ana.portal.url}/services")
    found = DAY.search(await ana.page.get_by_role("main").inner_text())
    assert found, "no commitment is shown"
    await ana.page.goto(here)
    day, month, year = map(int, found.groups())
    return year, month, day


async def anybody_checks(ana: Journey, copy: bytes) -> None:
    await ana.page.goto(f"{ana.portal.url}/verify")
    await upload(ana, copy, "Podpisan tukaj in od takrat nespremenjen")
    await expect(ana.page.get_by_role("main")).to_contain_text(ana.person.name)
    middle = len(copy) // 3
    await upload(ana, copy[:middle] + bytes([copy[middle] ^ 1]) + copy[middle + 1 :], "To ni več dokument")


async def upload(ana: Journey, pdf: bytes, heading: str) -> None:
    await ana.page.locator("input[type=file]").set_input_files(
        {"name": "dokument.pdf", "mimeType": "application/pdf", "buffer": pdf}
    )
    await ana.press("Preveri")
    await expect(ana.page.locator("#answer")).to_contain_text(heading)
    await ana.looked_at()


async def test_ana_signs_by_keyboard_alone(browser: Browser, portal: Portal, tmp_path: Path) -> None:
    ana = await ana_on_the_way(browser, portal, DESK)
    await ana.order(OrderKind.EXTENSION)
    await ana.open_link()

    await enter(ana.page, "Prijava")
    await tab_to(ana.page, "identifier")
    await ana.page.keyboard.type(ana.person.mobile.replace("+386", "0"))
    await enter(ana.page, "Pošlji kodo")
    await tab_to(ana.page, "code")
    await ana.page.keyboard.type(await ana.sms_code(nth=1))
    await enter(ana.page, "Prijava")
    await tab_to(ana.page, "Začni z branjem")
    unsigned = await ana.fetched(f"{ana.page.url.removeprefix(portal.url)}/1.pdf")
    for words in ("Začni z branjem", "Naprej", "Naprej", "Naprej", "Na podpis"):
        await enter(ana.page, words)
    await tab_to(ana.page, "agreed")
    await ana.page.keyboard.press("Space")
    await enter(ana.page, "Pošlji kodo")
    await tab_to(ana.page, "code")
    await ana.page.keyboard.type(await ana.sms_code(nth=2))
    await enter(ana.page, f"Podpiši, skupaj {AMOUNT}")

    await ana.waits_until_signed()
    await ana.page.goto(f"{portal.url}/verify")
    await upload(ana, await of_somebody_else(unsigned, portal, tmp_path), "Podpisan, a ne na tem portalu")


async def enter(page: Page, name: str) -> None:
    """Which leads to another page."""
    await tab_to(page, name)
    before = page.url
    await page.keyboard.press("Enter")
    await page.wait_for_url(lambda url: url != before)


async def tab_to(page: Page, name: str) -> None:
    """Tab by Tab, until what has the focus is so called or has these words."""
    for _ in range(TABS):
        focused = page.locator(":focus")
        if await focused.count():
            words = " ".join((await focused.inner_text()).split())
            if name in (words, await focused.get_attribute("name")):
                return
        await page.keyboard.press("Tab")
    pytest.fail(f"{page.url}: the keyboard does not reach «{name}»")


async def of_somebody_else(paper: bytes, portal: Portal, folder: Path) -> bytes:
    """Signed exactly as ours are, with the same names, by keys of somebody else."""
    Ceremony(folder / "keys", THEIRS, "Moj A1", "https://moj.test", is_demo=True).hold(datetime(2026, 1, 1, tzinfo=UTC))
    at, name = clock.now(), "Ana Zupan"
    wanted = Wanted(
        person=Signer("A1-7K2M-94QX", name),
        record=bytes(32),
        seal_stamp=showing.seal_stamp("sl", at),
        customer_stamp=showing.customer_stamp("sl", name, "N000017", at),
        names=showing.field_names("sl", name),
    )
    theirs = pki.read(folder / "keys", THEIRS, settings())
    return (await signed([paper], wanted, theirs, f"{portal.url}/sandbox/tsa", clock.now)).pdfs[0]


async def test_ana_declines_and_can_sign_no_more(browser: Browser, portal: Portal) -> None:
    ana = await ana_on_the_way(browser, portal, PHONE)
    await ana.order(OrderKind.EXTENSION)
    await ana.open_link()
    await ana.follow("Prijava")
    await ana.sign_in()
    await ana.headed("Podaljšanje vezave")

    await ana.follow("Ne želite podpisati")
    await ana.looked_at()
    await ana.press("Zavrni in prekliči naročilo")
    await expect(ana.page.get_by_role("alert").first).to_be_visible()
    await ana.looked_at()
    await ana.page.get_by_text("Cena mi ne ustreza").click()
    await ana.page.get_by_role("textbox").fill("Predrago je.")
    await ana.press("Zavrni in prekliči naročilo")

    await ana.headed("Dokumente ste zavrnili")
    await ana.looked_at()
    envelope = ana.page.url
    for path in ("/signature", "/signature/code", "/refusal"):
        await ana.page.goto(envelope + path)
        await expect(ana.page).to_have_url(envelope)


async def test_what_ana_does_not_sign_in_time(browser: Browser, portal: Portal) -> None:
    """The pages were open when the time ended: one says so by itself, on the others nothing can be done any more."""
    ana = await ana_on_the_way(browser, portal, PHONE)
    await ana.order(OrderKind.EXTENSION, instead="courier")
    await ana.open_link()
    await ana.follow("Prijava")
    await ana.sign_in()
    await ana.headed("Podaljšanje vezave")
    await ana.page.goto(f"{ana.page.url}/signature")
    await ana.page.get_by_role("checkbox").check()
    await time_passes_for(ana)

    await ana.press("Pošlji kodo")

    await ana.headed("Čas za podpis je potekel")
    await expect(ana.page.get_by_role("main")).to_contain_text("Dokumente bo ob dostavi prinesel kurir")
    await ana.looked_at()

    await ana.order(OrderKind.EXTENSION, instead="shop")
    await ana.open_link(nth=2)
    await ana.follow("Ne želite podpisati")
    await ana.page.get_by_text("Cena mi ne ustreza").click()
    await time_passes_for(ana)
    await ana.press("Zavrni in prekliči naročilo")

    await ana.headed("Čas za podpis je potekel")
    await expect(ana.page.get_by_role("main")).to_contain_text("na katerem koli našem prodajnem mestu")
    await ana.page.goto(f"{portal.url}/documents")
    await expect(ana.page.locator("section", has_text="Brez podpisa").locator("a.row")).to_have_count(2)
    await ana.looked_at()


async def time_passes_for(ana: Journey) -> None:
    """Until the documents that she looks at can no longer be signed."""
    connected = await asyncpg.connect(ana.portal.database)
    [envelope] = re.findall(r"/documents/([0-9a-f-]{36})", ana.page.url)
    await connected.execute("UPDATE envelopes SET expires_at = now() WHERE id = $1", envelope)
    await connected.close()


async def test_jure_signs_once_he_is_known_by_video(browser: Browser, portal: Portal) -> None:
    """A new mobile customer: before the identification there is nothing to open, afterwards the link comes."""
    page = await opened(browser, portal, PHONE)
    await page.goto(f"{portal.url}/sandbox/shop")
    await page.locator("ul.offers > li", has_text="Jure Petek").get_by_role("button").click()
    await expect(page.locator("#orders")).to_contain_text("čaka na videoidentifikacijo")
    await accessible_once(page)
    box = await browser.new_page(locale="sl-SI")
    await box.goto(f"{portal.url}/sandbox/mail/{NEWCOMER['email']}")
    await expect(box.locator("a.row", has_text=LINK)).to_have_count(0)

    await page.get_by_role("button", name="Videoidentifikacija je uspela").click()

    await expect(page.locator("#orders")).to_contain_text("čaka na podpis")
    await expect(box.locator("a.row", has_text=LINK)).to_have_count(1, timeout=45_000)
