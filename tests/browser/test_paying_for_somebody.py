"""Bojan's telephone is cut off. His sister pays for him, with two things from his bill and without signing in."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.portal import Portal
from tests.browser.walking import DESK, PHONE, accessible, opened

PATIENCE = 30_000
STREET = "Kovaška cesta"


@pytest.mark.parametrize(
    ("size", "has_script", "scheme"),
    [(PHONE, True, "light"), (DESK, True, "dark"), (PHONE, False, "light")],
    ids=["phone", "desk", "phone without JavaScript"],
)
async def test_his_sister_pays_and_he_is_connected_again(
    browser: Browser, portal: Portal, size: dict[str, int], has_script: bool, scheme: str
) -> None:
    number = portal.another_bojan()
    reference, customer_number = portal.on_the_bill(number)
    sister = f"sestra{number[-3:]}@example.test"
    page = await opened(browser, portal, size, java_script_enabled=has_script, color_scheme=scheme)
    await page.get_by_role("link", name="Plačajte račun brez prijave").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Plačilo brez prijave")
    await looked_at(page, is_checked=has_script)

    await page.get_by_label("Sklic ali številka računa").fill(f"SI12 {reference[4:]}")
    await page.get_by_label("Številka naročnika").fill(customer_number)
    await page.get_by_role("button", name="Poišči znesek za plačilo").click()

    await page.wait_for_url("**/p/*")
    await expect(page.get_by_role("main")).to_contain_text("Storitve so izklopljene")
    await expect(page.get_by_role("radio").first).to_be_checked()
    await looked_at(page, is_checked=has_script)
    await tells_nothing(page, portal, number)
    await page.get_by_label("E-pošta za potrdilo o plačilu").fill(sister)
    await page.get_by_role("button", name="Plačaj s kartico").click()

    await expect(page.get_by_role("heading", level=1)).to_contain_text("86,45")
    await tells_nothing(page, portal, number)
    await page.get_by_role("button", name="Plačaj s kartico").click()

    await page.wait_for_url("**/p/*/payments/*")
    await tells_nothing(page, portal, number)
    await expect(page.locator(".steps li.done")).to_have_count(4, timeout=PATIENCE)
    await expect(page.get_by_role("heading", level=1)).to_have_text("Storitve so znova vklopljene")
    await looked_at(page, is_checked=has_script)
    await tells_nothing(page, portal, number)

    assert "storitve so znova vklopljene" in await portal.texts(number)
    await got_her_receipt(page, portal, number, sister)


async def looked_at(page: Page, *, is_checked: bool) -> None:
    """Axe needs JavaScript."""
    if is_checked:
        await accessible(page)


async def tells_nothing(page: Page, portal: Portal, number: str) -> None:
    """No name, number, address, bill or reference of his stands in what the server sent."""
    reference, customer_number = portal.on_the_bill(number)
    html = await page.content()
    shown = number.removeprefix("+386")
    serial = customer_number[1:4]
    private = [
        "Bojan",
        "Kralj",
        STREET,
        number,
        shown,
        customer_number,
        reference[4:],
        f"-{serial}023",
        f"-{serial}024",
    ]
    told = [value for value in private if value in html]
    assert not told, f"{page.url} tells {told}"


async def got_her_receipt(page: Page, portal: Portal, number: str, address: str) -> None:
    await page.goto(f"{portal.url}/sandbox/mail/{address}")
    await page.get_by_role("link", name="Potrdilo").first.click()
    await expect(page.get_by_role("main")).to_contain_text("86,45")
    await tells_nothing(page, portal, number)
