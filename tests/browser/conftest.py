"""A real Chromium against the portal as `bin/demo` runs it: pages and worker as processes of their own."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright

from tests.browser.portal import Portal, running

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
CHROMIUM = os.environ.get("PORTAL_BROWSER", "/usr/bin/chromium")


@pytest.fixture(scope="session")
def portal() -> Iterator[Portal]:
    with running() as portal:
        yield portal


@pytest_asyncio.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(autouse=True)
async def nothing_left_open(browser: Browser) -> AsyncIterator[None]:
    """Pages that look again by themselves would go on asking while others are tested."""
    yield
    for context in browser.contexts:
        await context.close()
