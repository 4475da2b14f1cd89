"""The README's pictures: a phone of 360 pixels, by day and by night. `bin/screenshots` takes them."""

from __future__ import annotations

import asyncio

from playwright.async_api import Browser, ViewportSize

from bench.browsing import chromium, demo, signed_in
from portal.settings import ROOT
from tests.browser.portal import Portal
from tests.browser.signing import order_in_shop

IMAGES = ROOT / "docs" / "images"
SIZE: ViewportSize = {"width": 360, "height": 700}
PAGES = {"home": "/", "bills": "/bills"}
ANA = "+38640000101"


def main() -> None:
    IMAGES.mkdir(parents=True, exist_ok=True)
    with demo() as portal:
        asyncio.run(take(portal))


async def take(portal: Portal) -> None:
    async with chromium() as browser:
        for scheme in ("light", "dark"):
            await take_all(browser, portal, scheme)


async def take_all(browser: Browser, portal: Portal, scheme: str) -> None:
    context = await browser.new_context(viewport=SIZE, locale="sl-SI", color_scheme=scheme)  # type: ignore[arg-type]
    page = await context.new_page()
    await page.goto(f"{portal.url}/sign-in")
    await page.screenshot(path=IMAGES / f"sign-in-{scheme}.png")
    await signed_in(page, portal)
    for name, path in PAGES.items():
        await page.goto(f"{portal.url}{path}", wait_until="networkidle")
        await page.screenshot(path=IMAGES / f"{name}-{scheme}.png")
    await context.close()
    await take_signing(browser, portal, scheme)


async def take_signing(browser: Browser, portal: Portal, scheme: str) -> None:
    """Ana orders in the demo's shop, and reads."""
    context = await browser.new_context(viewport=SIZE, locale="sl-SI", color_scheme=scheme)  # type: ignore[arg-type]
    page = await context.new_page()
    await order_in_shop(browser, portal, "Ana Zupan")
    await signed_in(page, portal, ANA)
    await page.goto(f"{portal.url}/documents")
    await page.locator("main a.row").first.click()
    await page.locator("p.dock a").click()
    await page.wait_for_url("**/1")
    await page.wait_for_load_state("networkidle")
    await page.screenshot(path=IMAGES / f"reading-{scheme}.png")
    await context.close()


if __name__ == "__main__":
    main()
