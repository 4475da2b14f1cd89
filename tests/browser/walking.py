"""How a person moves through the portal in a browser, and what every page they see keeps to."""

from __future__ import annotations

from axe_playwright_python.async_playwright import Axe
from axe_playwright_python.base import AxeResults
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
    """Axe finds nothing, the page is laid out well, and the browser complains of nothing."""
    await axe_finds_nothing(page)
    await well_laid_out(page)
    await complained_of_nothing(page)


async def accessible_once(page: Page) -> None:
    """As `accessible`, with axe on the first of each shape in each look, because it takes a second."""
    look = await page.evaluate("`${innerWidth} ${matchMedia('(prefers-color-scheme: dark)').matches}`")
    if is_seen_first(f"{look} {await shape_of(page)}"):
        await axe_finds_nothing(page)
    await well_laid_out(page)
    await complained_of_nothing(page)


def is_seen_first(shape: str, seen: set[str] = set()) -> bool:  # noqa: B006 - it is what the whole run has seen
    is_new = shape not in seen
    seen.add(shape)
    return is_new


async def axe_finds_nothing(page: Page) -> None:
    """Its script is half a megabyte: a document gets it once, however often it is looked at."""
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(AXE)
    found = AxeResults(await page.evaluate("axe.run({resultTypes: ['violations']})"))
    assert not found.response["violations"], f"{page.url}\n{found.generate_report()}"


async def well_laid_out(page: Page) -> None:
    """Nothing scrolls sideways, and a thumb hits everything that is to be pressed. Needs no JavaScript of the page."""
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{page.url} scrolls sideways"
    small = await page.evaluate(SMALL_TARGETS)
    assert not small, f"{page.url} has targets lower than 48 px: {small}"


async def complained_of_nothing(page: Page) -> None:
    """No error in a script and nothing that the content security policy refused; refusals of ours are no fault."""
    said = [message.text for message in await page.console_messages() if message.type == "error"]
    faults = [text for text in said if not text.startswith("Failed to load resource")]
    faults += [str(error) for error in await page.page_errors()]
    assert not faults, f"{page.url}: {faults}"


async def unfold(page: Page) -> None:
    """Open whatever can be unfolded."""
    closed = page.locator("details:not([open]) > summary")
    while await closed.count():
        await closed.first.click()


async def shape_of(page: Page) -> str:
    """What a page is made of without its words, each sort of sibling once, with all that decides on its colours.

    Pages of one shape differ by names, amounts and how many rows there are. So where axe looks at one of them only,
    nobody looks on the others at what words and numbers alone can break: an id that stands twice, a label or an
    `aria-labelledby` that points nowhere, two links of one name to different places, the inside of a drawing.
    """
    shape: str = await page.evaluate(SHAPE)
    return shape


AXE = Axe().axe_script
SHAPE = """
(() => {
  const plain = ["class", "role", "type", "hidden", "open", "disabled", "lang", "tabindex", "scope", "autocomplete",
    "checked", "data-tone"];
  const worded = ["aria-label", "aria-labelledby", "aria-describedby", "aria-controls", "aria-valuenow",
    "aria-valuetext", "aria-valuemax", "alt", "title", "href", "id", "for"];
  const told = ({name, value}) => worded.includes(name) ? `${name}${value ? "" : " empty"}`
    : plain.includes(name) || name.startsWith("aria-") ? `${name}=${value}` : "";
  const shape = (element) => {
    const own = [element.tagName, ...[...element.attributes].map(told).filter(Boolean).sort()].join(" ");
    const words = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim()) ? "…" : "";
    const parts = element.tagName === "svg" ? [] : [...element.children].map(shape);
    return `${own}${words}(${[...new Set(parts)].join()})`;
  };
  return shape(document.body);
})()
"""
SMALL_TARGETS = """
[...document.querySelectorAll("button, .button, a.row, summary, select, input.input")]
  .filter((target) => target.checkVisibility() && target.getBoundingClientRect().height < 47.5)
  .map((target) => target.outerHTML.slice(0, 80))
"""
