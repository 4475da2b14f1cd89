"""A demo of its own and a real Chromium, for what is measured or pictured in a browser."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from playwright.async_api import Browser, Page, async_playwright

from portal import clock
from portal.cli.demo import private_folder
from portal.signing.pki.ceremony import Ceremony
from tests.browser.conftest import CHROMIUM, FLAGS
from tests.browser.portal import Portal, running
from tests.browser.walking import sign_in

BOJAN = "+38640000102"
STDERR = 2


@contextmanager
def demo() -> Iterator[Portal]:
    """Pages and worker with the demo's people, as the browser tests have them; their log goes to a file."""
    os.environ.setdefault("TEST_DATABASE", "bench")
    os.environ["XDG_RUNTIME_DIR"] = str(private_folder("run"))
    log = os.open(private_folder("run") / "browsing.log", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.dup2(log, STDERR)
    os.dup2(STDERR, log)
    keys, passphrase = Path(os.environ["SIGNING_KEYS_DIR"]), os.environ["SIGNING_KEYS_PASSPHRASE"]
    Ceremony(keys, passphrase.encode(), "Moj A1", "https://moj.test", is_demo=True).hold(clock.now())
    with running() as portal:
        yield portal


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        await browser.close()


async def signed_in(page: Page, portal: Portal, number: str = BOJAN) -> Page:
    await page.goto(f"{portal.url}/sign-in")
    await sign_in(page, portal, number, is_checked=False)
    return page
