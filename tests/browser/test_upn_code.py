"""The UPN QR code on a real screen: read from it in light and in dark, copied, saved and handed to another app.

The browser is real; what it asks for is answered by the application in this process.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, Route, expect

from portal import clock
from tests.billing.test_upn_pages import payee
from tests.billing.upn_codes import scanned
from tests.browser.walking import DESK, PHONE, accessible
from tests.people import a_person, signed_in
from tests.pictures import grey
from tests.visiting import ORIGIN, Visitor

__all__ = ["payee"]

SUMMARY = "Plačilo s kodo UPN QR ali prek banke"
SHARING = """
navigator.canShare = ({ files }) => files[0].type === "image/png";
navigator.share = async ({ files }) => { document.title = `${files[0].name} ${files[0].type} ${files[0].size > 999}`; };
"""


@pytest_asyncio.fixture
async def overdue(visit: Visitor) -> Visitor:
    """Živa's browser, with two bills overdue."""
    ziva = await a_person("Živa Črešnjevec")
    await ziva.bill(4_350, due=clock.today() - timedelta(days=20))
    await ziva.bill(4_295, due=clock.today() - timedelta(days=9))
    return await signed_in(visit, ziva)


async def unfolded(browser: Browser, visit: Visitor, size: dict[str, int], script: str = "", **how: object) -> Page:
    context = await browser.new_context(viewport=size, locale="sl-SI", **how)  # type: ignore[arg-type]
    await context.add_init_script(script)
    page = await context.new_page()

    async def answer(route: Route) -> None:
        answered = await visit.client.get(route.request.url, headers={"sec-fetch-site": "same-origin"})
        kept = {name: value for name, value in answered.headers.items() if name != "content-encoding"}
        await route.fulfill(status=answered.status_code, headers=kept, body=answered.content)

    await page.route("**/*", answer)
    await page.goto(f"{ORIGIN}/")
    await page.get_by_text(SUMMARY).click()
    return page


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_a_camera_reads_the_code_from_the_screen(
    browser: Browser, overdue: Visitor, size: dict[str, int], scheme: str
) -> None:
    page = await unfolded(browser, overdue, size, color_scheme=scheme)
    code = page.locator(".upn img")
    await code.evaluate("image => image.decode()")

    said = scanned(grey(await code.screenshot())).text.split("\n")

    assert (said[0], said[8], said[12]) == ("UPNQR", "00000008645", "Plačilo zapadlih računov")
    assert await code.evaluate("image => [image.width, image.height]") == [255, 255]
    await accessible(page)


async def test_each_field_is_copied_as_a_bank_takes_it(browser: Browser, overdue: Visitor) -> None:
    page = await unfolded(browser, overdue, PHONE, permissions=["clipboard-read", "clipboard-write"])

    for name, copied in (("IBAN", "SI56191000000123438"), ("Znesek", "86,45"), ("Namen", "Plačilo zapadlih računov")):
        button = page.get_by_role("button", name=f"Kopiraj: {name}")
        await button.click()
        await expect(button).to_have_text("Kopirano")
        assert await page.evaluate("navigator.clipboard.readText()") == copied


async def test_the_picture_is_handed_to_the_app_of_the_bank(browser: Browser, overdue: Visitor) -> None:
    page = await unfolded(browser, overdue, PHONE, SHARING)

    await page.get_by_role("button", name="Pošlji v bančno aplikacijo").click()

    await expect(page).to_have_title("UPN-QR.png image/png true")


async def test_where_pictures_cannot_be_shared_no_button_says_so(browser: Browser, overdue: Visitor) -> None:
    page = await unfolded(browser, overdue, DESK, "navigator.canShare = undefined;")

    await expect(page.get_by_role("link", name="Shrani sliko kode")).to_be_visible()
    await expect(page.get_by_role("button", name="Pošlji v bančno aplikacijo")).to_have_count(0)


async def test_without_javascript_the_code_and_the_picture_are_there(browser: Browser, overdue: Visitor) -> None:
    page = await unfolded(browser, overdue, PHONE, java_script_enabled=False)

    async with page.expect_download() as saved:
        await page.get_by_role("link", name="Shrani sliko kode").click()

    assert (await saved.value).suggested_filename == "UPN QR Plačilo zapadlih računov.png"
    await expect(page.locator(".upn img")).to_be_visible()
    await expect(page.get_by_role("button", name="Kopiraj: IBAN")).to_have_count(0)
