"""Documents signed by somebody who never signed in before, in the twelve steps of the operator's description."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, expect

from portal.signing.tables import OrderKind
from tests.browser.portal import Portal
from tests.browser.signing import Journey
from tests.browser.walking import DESK, PHONE, opened

OWN = "zelena jabolka na mizi"
AMOUNT = "1.250,26 €"


@pytest.mark.parametrize("has_script", [True, False], ids=["with JavaScript", "without"])
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
async def test_eva_registers_and_signs_in_twelve_steps(
    browser: Browser, portal: Portal, size: dict[str, int], has_script: bool
) -> None:
    scheme = "light" if size == DESK else "dark"
    page = await opened(browser, portal, size, java_script_enabled=has_script, color_scheme=scheme)
    eva = Journey(browser, portal, portal.another_eva(), page, has_script)
    await eva.order(OrderKind.FIXED)

    # 1: the link of the e-mail
    await eva.open_link()
    # 2: she is here for the first time
    await eva.follow("Tukaj sem prvič")
    await eva.headed("Registracija")
    await eva.looked_at()
    # 3: what only she knows
    await says_who_she_is(eva)
    # 4: her data on record, masked, and 5: the terms of use
    await accepts_the_terms(eva)
    # 6: the password from the SMS
    await enters_the_sent_password(eva)
    # 7: the code from the SMS
    await eva.headed("Vpišite kodo")
    await page.get_by_role("textbox").fill(await eva.sms_code(nth=1))
    await eva.press("Prijava")
    # 8: a password of her own
    await chooses_a_password(eva)
    # 9: the documents, read
    await eva.headed("Pogodba za fiksne storitve")
    await eva.looked_at()
    read = await eva.reads_everything()
    # 10: the consent
    await eva.agrees()
    # 11: the code for signing
    await eva.enters_the_code(nth=2, amount=AMOUNT)
    # 12: signed
    await eva.waits_until_signed()
    await eva.has_copies(read)
    await page.goto(f"{portal.url}/account")
    await expect(page.get_by_role("main")).to_contain_text("A1 certifikat")
    await eva.looked_at()

    await next_time_it_is_short(eva)


async def says_who_she_is(eva: Journey) -> None:
    """The wrong number first: the page says no more than that they do not belong together."""
    numbers = eva.page.get_by_role("main").get_by_role("textbox")
    for tax_number in ("10000001", f"{10_000_000 + eva.person.serial}"):
        await numbers.nth(0).fill(eva.customer_number)
        await numbers.nth(1).fill(tax_number)
        await eva.press("Nadaljuj")
        if tax_number == "10000001":
            await expect(eva.page.get_by_role("alert").first).to_be_visible()
            await eva.looked_at()


async def accepts_the_terms(eva: Journey) -> None:
    await eva.headed("So to vaši podatki?")
    shown = await eva.page.get_by_role("main").inner_text()
    assert eva.person.mobile[-6:] not in shown.replace(" ", "")
    assert eva.email not in shown
    assert eva.person.name.split()[1] not in shown
    await eva.page.get_by_text("Pogoji uporabe", exact=True).click()
    await eva.looked_at()
    await eva.page.get_by_role("checkbox").check()
    await eva.press("Potrdi in pošlji geslo")


async def enters_the_sent_password(eva: Journey) -> None:
    await eva.headed("Geslo iz SMS-a")
    await eva.looked_at()
    sent = await eva.portal.text(eva.browser, eva.person.mobile, "je geslo")
    await eva.page.get_by_role("textbox").fill(sent.split()[0])
    await eva.press("Nadaljuj")


async def chooses_a_password(eva: Journey) -> None:
    await eva.headed("Izberite svoje geslo")
    await eva.looked_at()
    for label in ("Novo geslo", "Še enkrat isto geslo"):
        await eva.page.get_by_label(label).fill(OWN)
    await eva.press("Shrani geslo")


async def next_time_it_is_short(eva: Journey) -> None:
    """Link, code and password: straight to the documents."""
    await eva.order(OrderKind.ORDER)
    await eva.page.context.clear_cookies()
    await eva.open_link(nth=2)
    await eva.follow("Prijava")
    await eva.sign_in(nth=3, password=OWN)

    await eva.headed("Naročilo paketa ali opreme")
