"""What pages send over the wire to a real Chromium, headers included, and whether they move while they load.

.venv/bin/python -m bench.wire
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import Browser, BrowserContext, ViewportSize
from rich.console import Console
from rich.table import Table

from bench.browsing import chromium, demo, signed_in
from tests.browser.portal import Portal

SIGN_IN, FIRST, LATER = 6_000, 24_000, 4_000
PHONE: ViewportSize = {"width": 360, "height": 740}
SHIFTED = """() => new Promise((done) => {
  let sum = 0;
  new PerformanceObserver((list) => { for (const e of list.getEntries()) sum += e.value; })
    .observe({type: 'layout-shift', buffered: true});
  setTimeout(() => done(sum), 300);
})"""


@dataclass
class Visit:
    """One page as it came."""

    name: str
    most: int
    sizes: dict[str, int] = field(default_factory=dict)
    elsewhere: list[str] = field(default_factory=list)
    shifted: float = 0

    @property
    def total(self) -> int:
        return sum(self.sizes.values())


def main() -> None:
    with demo() as portal:
        visits = asyncio.run(walk(portal))
    table = Table("page", "bytes", "target", "requests", "elsewhere", "shift (CLS)", "of which", box=None)
    for visit in visits:
        parts = ", ".join(f"{name} {size}" for name, size in sorted(visit.sizes.items(), key=lambda item: -item[1]))
        colour = "green" if visit.total <= visit.most else "red"
        facts = str(len(visit.sizes)), ", ".join(visit.elsewhere) or "none", f"{visit.shifted:.3f}"
        table.add_row(visit.name, f"[{colour}]{visit.total}", f"≤ {visit.most}", *facts, parts)
    Console(width=170).print(table)


async def walk(portal: Portal) -> list[Visit]:
    async with chromium() as browser:
        stranger = await browser.new_context(viewport=PHONE, locale="sl-SI")
        visits = [await visit(stranger, portal, "/sign-in", "/sign-in, first visit", SIGN_IN)]
        known = await signed_in_browser(browser, portal)
        for path in ("/bills", "/"):
            fresh = await with_nothing_kept(browser, known)
            visits.append(await visit(fresh, portal, path, f"{path}, first visit", FIRST))
        visits += [await visit(known, portal, path, f"{path}, later", LATER) for path in ("/", "/bills", "/account")]
        return visits


async def signed_in_browser(browser: Browser, portal: Portal) -> BrowserContext:
    context = await browser.new_context(viewport=PHONE, locale="sl-SI")
    await signed_in(await context.new_page(), portal)
    return context


async def with_nothing_kept(browser: Browser, known: BrowserContext) -> BrowserContext:
    """The same person with an empty cache."""
    return await browser.new_context(viewport=PHONE, locale="sl-SI", storage_state=await known.storage_state())


async def visit(context: BrowserContext, portal: Portal, path: str, name: str, most: int) -> Visit:
    page = await context.new_page()
    network = await context.new_cdp_session(page)
    await network.send("Network.enable")
    seen, urls = Visit(name, most), {}

    def asked(event: dict[str, Any]) -> None:
        urls[event["requestId"]] = event["request"]["url"]

    def came(event: dict[str, Any]) -> None:
        url = urls.get(event["requestId"], "")
        if url.startswith(portal.url):
            seen.sizes[url.removeprefix(portal.url).rpartition("/")[2][:24] or "/"] = int(event["encodedDataLength"])
        elif url.startswith("http"):
            seen.elsewhere.append(url)

    network.on("Network.requestWillBeSent", asked)
    network.on("Network.loadingFinished", came)
    await page.goto(f"{portal.url}{path}", wait_until="networkidle")
    seen.shifted = await page.evaluate(SHIFTED)
    seen.sizes = {name: size for name, size in seen.sizes.items() if size}
    await page.close()
    return seen


if __name__ == "__main__":
    main()
