"""Lighthouse's four scores of the sign-in page and of pages behind it. `bench/lighthouse` runs it."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from bench.browsing import chromium, demo, signed_in
from portal.settings import ROOT
from tests.browser.conftest import CHROMIUM
from tests.browser.portal import Portal

LIGHTHOUSE = ROOT / "var" / "lighthouse" / "node_modules" / ".bin" / "lighthouse"
SCORES = ("performance", "accessibility", "best-practices", "seo")
LEAST = 95
PAGES = ("/sign-in", "/", "/bills", "/account")
FLAGS = "--headless=new --no-sandbox --disable-gpu"


def main() -> None:
    with demo() as portal:
        cookies = asyncio.run(cookies_of_bojan(portal))
        table = Table("page", *SCORES, box=None)
        for path in PAGES:
            table.add_row(path, *(coloured(score) for score in ask(portal, path, cookies)))
    Console().print(table)


async def cookies_of_bojan(portal: Portal) -> str:
    async with chromium() as browser:
        page = await signed_in(await browser.new_page(locale="sl-SI"), portal)
        return "; ".join(f"{cookie['name']}={cookie['value']}" for cookie in await page.context.cookies())


def ask(portal: Portal, path: str, cookies: str) -> Sequence[float]:
    headers = {"Accept-Language": "sl"} | ({} if path == "/sign-in" else {"Cookie": cookies})
    report = subprocess.run(
        [
            *(LIGHTHOUSE, f"{portal.url}{path}", "--quiet", "--output=json", f"--chrome-flags={FLAGS}"),
            *(f"--only-categories={','.join(SCORES)}", f"--extra-headers={json.dumps(headers)}"),
        ],
        env=os.environ | {"CHROME_PATH": CHROMIUM},
        stdout=subprocess.PIPE,
        check=True,
    )
    found = json.loads(report.stdout)
    for audit in found["audits"].values():
        if audit.get("score") is not None and audit["score"] < 0.9 and audit["scoreDisplayMode"] != "informative":
            print(f"{path}: {audit['id']}: {audit['title']}")
    return [found["categories"][name]["score"] * 100 for name in SCORES]


def coloured(score: float) -> str:
    return f"[{'green' if score >= LEAST else 'red'}]{score:.0f}"


if __name__ == "__main__":
    main()
