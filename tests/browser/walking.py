"""How a person moves through the portal in a browser, and what every page they see keeps to."""

from __future__ import annotations

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect

from tests.browser.portal import Portal

PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 900}


async def opened(browser: Browser, portal: Portal, size: dict[str, int], **options: object) -> Page:
    context = await browser.new_context(viewport=size, locale="sl-SI", **options)  # type: ignore[arg-type]
    page = await context.new_page()
    await page.goto(portal.url)
    return page


async def sign_in(page: Page, portal: Portal, number: str, *, is_checked: bool) -> None:
    await expect(page).to_have_url(f"{portal.url}/sign-in")
    if is_checked:
        await accessible(page)
    await page.get_by_role("textbox").fill(number.replace("+386", "0"))
    await page.get_by_role("button", name="Pošlji kodo").click()
    await page.wait_for_url("**/sign-in/code")
    if is_checked:
        await accessible(page)
    await page.get_by_role("textbox").fill(await portal.code(browser_of(page), number))
    await page.get_by_role("button", name="Prijava").click()
    await page.wait_for_url(f"{portal.url}/")


def browser_of(page: Page) -> Browser:
    assert page.context.browser is not None
    return page.context.browser


async def accessible(page: Page) -> None:
    """Axe finds nothing, nothing scrolls sideways, and nothing came from elsewhere."""
    found = await Axe().run(page)
    assert not found.response["violations"], found.generate_report()
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{page.url} scrolls sideways"
