"""What is ordered for a person, where its link comes, and how a person reads and signs in a browser."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Any

import httpx
from playwright.async_api import Browser, Page, expect

from portal import clock
from portal.sandbox.household import first_name
from portal.sandbox.person import Person
from portal.sandbox.shop_offers import OFFERS
from portal.signing.tables import OrderKind
from tests.browser.portal import ORDERS_TOKEN, Portal
from tests.browser.walking import accessible_once, well_laid_out

PATIENCE = 45_000
LINK, COPIES = "Dokumenti čakajo na vaš podpis", "podpisani"
_numbers = count(1)


@dataclass(frozen=True)
class Journey:
    """A person on the way: `page` is theirs, `has_script` whether it runs scripts."""

    browser: Browser
    portal: Portal
    person: Person
    page: Page
    has_script: bool

    @property
    def email(self) -> str:
        return f"{first_name(self.person.name)}@example.com"

    @property
    def customer_number(self) -> str:
        return f"1{self.person.serial:03d}000"

    async def looked_at(self) -> None:
        """Axe needs JavaScript."""
        await (accessible_once if self.has_script else well_laid_out)(self.page)

    async def press(self, name: str) -> None:
        await self.page.get_by_role("main").get_by_role("button", name=name).click()

    async def follow(self, name: str) -> None:
        await self.page.get_by_role("main").get_by_role("link", name=name).first.click()

    async def headed(self, words: str | re.Pattern[str]) -> None:
        await expect(self.page.get_by_role("heading", level=1)).to_have_text(words, timeout=PATIENCE)

    async def sms_code(self, *, nth: int) -> str:
        return await self.portal.code(self.browser, self.person.mobile, nth=nth)

    async def order(self, kind: OrderKind, **more: Any) -> None:
        """As the sales system brings it to `POST /api/orders`."""
        offer = next(offer for offer in OFFERS if offer.kind == kind)
        row = {
            "number": f"B-{next(_numbers):06d}",
            "kind": kind,
            "placed_at": (clock.now() - timedelta(minutes=1)).isoformat(),
            "customer": self.customer_number,
            "account": f"2{self.person.serial:03d}001",
            "signatory": self.person.name,
            "email": self.email,
            "amount": offer.amount.plain,
            "terms": offer.terms,
        }
        if kind == OrderKind.EXTENSION:
            row |= {"contract": f"P{self.person.mobile[-9:]}", "line": self.person.mobile}
        async with httpx.AsyncClient(headers={"Authorization": f"Bearer {ORDERS_TOKEN}"}, timeout=60) as client:
            answer = await client.post(f"{self.portal.url}/api/orders", json=row | more)
        assert answer.status_code == httpx.codes.CREATED, answer.text

    async def mail(self, subject: str, *, nth: int = 1) -> Page:
        """The newest e-mail with this subject, opened in the mailbox once there are so many."""
        box = await self.browser.new_page(locale="sl-SI")
        await box.goto(f"{self.portal.url}/sandbox/mail/{self.email}")
        found = box.locator("a.row", has_text=subject)
        await found.nth(nth - 1).wait_for(timeout=PATIENCE)
        await found.first.click()
        await box.wait_for_url("**/sandbox/mail/message/*")
        return box

    async def open_link(self, *, nth: int = 1) -> None:
        """The link of the e-mail, in the browser of whoever got it."""
        box = await self.mail(LINK, nth=nth)
        found = re.search(r"http\S+/sign/[\w-]+", await box.locator("pre").inner_text())
        assert found, "the e-mail has no link"
        await box.close()
        await self.page.goto(found[0])

    async def sign_in(self, *, nth: int = 1, password: str | None = None, is_looked_at: bool = True) -> None:
        await self.page.get_by_label("Telefonska številka").fill(self.person.mobile.replace("+386", "0"))
        await self.press("Pošlji kodo")
        await self.headed("Vpišite kodo")
        await self.page.get_by_role("textbox").fill(await self.sms_code(nth=nth))
        await self.press("Prijava")
        if password is None:
            return
        await self.headed("Vpišite geslo")
        if is_looked_at:
            await self.looked_at()
        await self.page.get_by_label("Geslo").fill(password)
        await self.press("Prijava")

    async def reads_everything(self) -> int:
        """Each document: its sheets as pictures, one of them enlarged, the real PDF, the text. How many there are."""
        await self.follow("Začni z branjem")
        read = 0
        while "/signature" not in self.page.url:
            read += 1
            await expect(self.page.get_by_role("main")).to_contain_text(f"Dokument {read} od ")
            await self.reads_one()
            await self.page.locator("p.dock a").click()
            await self.page.wait_for_url(re.compile(rf"/{read + 1}$|/signature$"))
        return read

    async def reads_one(self) -> None:
        await sheets_are_drawn(self.page)
        await self.page.get_by_text("Besedilo dokumenta").click()
        await expect(self.page.locator("section.words").first).to_be_visible()
        await self.looked_at()
        here = self.page.url
        await self.page.locator("ol.sheets a").first.click()
        await self.page.wait_for_url("**/1.png?w=2160*")
        await self.page.go_back()
        await self.page.wait_for_url(here)
        pdf = await self.fetched(await href_of(self.page, "Odpri PDF"))
        assert pdf.startswith(b"%PDF-")

    async def fetched(self, path: str) -> bytes:
        """What an address holds for whoever is signed in here."""
        answer = await self.page.request.get(f"{self.portal.url}{path}")
        assert answer.ok, path
        return await answer.body()

    async def agrees(self) -> None:
        await self.headed("Podpis")
        await self.looked_at()
        await self.press("Pošlji kodo")
        await expect(self.page.get_by_role("alert").first).to_be_visible()
        await self.looked_at()
        await self.page.get_by_role("checkbox").check()
        await self.press("Pošlji kodo")

    async def enters_the_code(self, *, nth: int, amount: str) -> None:
        """The SMS says what is signed and for how much; so does the button."""
        await self.headed("Podpišite s kodo")
        await self.looked_at()
        code = await self.sms_code(nth=nth)
        text = await self.portal.text(self.browser, self.person.mobile, "PODPIS")
        assert amount.removesuffix(" €").replace(".", "") in text.replace(".", "")
        await self.page.get_by_role("textbox").fill(code)
        await self.press(f"Podpiši, skupaj {amount}")

    async def waits_until_signed(self) -> None:
        """The page looks again by itself, with scripts and without."""
        await self.headed("Dokumenti so podpisani")
        await self.looked_at()

    async def has_copies(self, count_of_them: int) -> list[bytes]:
        """On the page of the documents, byte for byte as they came by e-mail."""
        here = self.page.url.removeprefix(self.portal.url)
        on_page = [await self.fetched(f"{here}/{n}.pdf") for n in range(1, count_of_them + 1)]
        assert sorted(on_page) == sorted(await self.attached())
        assert all(b"/ByteRange" in pdf for pdf in on_page)
        await self.page.goto(f"{self.portal.url}/documents")
        await expect(self.page.locator("section", has_text="Podpisano").locator("a.row").first).to_be_visible()
        await self.looked_at()
        return on_page

    async def attached(self) -> Sequence[bytes]:
        box = await self.mail(COPIES)
        links = await box.locator("a.row[href*='/files/']").all()
        files = [await box.request.get(f"{self.portal.url}{await link.get_attribute('href')}") for link in links]
        bodies = [await file.body() for file in files]
        await box.close()
        return bodies


async def order_in_shop(browser: Browser, portal: Portal, name: str) -> None:
    """Something to sign for. The shop leads to the mailbox that the link comes to."""
    page = await browser.new_page(locale="sl-SI")
    await page.goto(f"{portal.url}/sandbox/shop")
    await page.locator("ul.offers > li", has_text=name).get_by_role("button").click()
    await page.wait_for_url("**/sandbox/mail/*")
    await page.close()


async def sheets_are_drawn(page: Page) -> None:
    """Pictures come when they are scrolled to."""
    for picture in await page.locator("ol.sheets img").all():
        await picture.scroll_into_view_if_needed()
        await expect(picture).to_have_js_property("complete", value=True, timeout=PATIENCE)
        assert await picture.evaluate("drawn => drawn.naturalWidth > 0"), f"{page.url}: a picture is missing"


async def href_of(page: Page, name: str) -> str:
    return await page.get_by_role("link", name=name).get_attribute("href") or ""
