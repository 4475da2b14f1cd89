"""The demo's processes on a database of the tests' own, with as many Bojans and Dejans as there are journeys."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import date

import httpx
from playwright.async_api import Browser

from portal import clock
from portal.database import open_database
from portal.embedded import embedded_url
from portal.reference import si12
from portal.sandbox import demo, stories
from portal.sandbox.household import Household
from portal.sandbox.person import Person
from tests.conftest import POSTGRES

BOJANS, DEJANS = 17, 8
FIRST_SERIAL = 102
NADAS, NADA = 140, "+38640000140"


@dataclass
class Portal:
    """Where it is, and whom journeys may use up."""

    url: str
    bojans: list[str]
    dejans: list[str]

    def another_bojan(self) -> str:
        """The number of someone whose outgoing calls are barred since three days, with two overdue bills."""
        return self.bojans.pop()

    def another_dejan(self) -> str:
        """The number of someone on the small package whose services are not barred."""
        return self.dejans.pop()

    def on_the_bill(self, number: str) -> tuple[str, str]:
        """The reference of such a Bojan's newest bill, and his customer number."""
        serial = int(number[-3:]) - 50
        return si12(100_000_000_000 + serial * 1000 + 24), f"1{serial:03d}000"

    async def texts(self, number: str) -> str:
        """What stands on the screen of a telephone."""
        async with httpx.AsyncClient() as client:
            return (await client.get(f"{self.url}/sandbox/phone/{number.removeprefix('+')}")).text

    async def code(self, browser: Browser, number: str) -> str:
        """The code on the screen of a telephone, which shows it by itself when the worker has sent it."""
        telephone = await browser.new_page()
        await telephone.goto(f"{self.url}/sandbox/phone/{number.removeprefix('+')}")
        text = await telephone.locator(".bubble", has_text="#").first.inner_text(timeout=20_000)
        await telephone.close()
        return text[-6:]


@contextmanager
def running() -> Iterator[Portal]:
    port = free_port()
    environment = surroundings(port)
    subprocess.run([sys.executable, "-m", "portal.cli", "demo", "seed", "--reset"], env=environment, check=True)
    subprocess.run([sys.executable, "-m", "tests.browser.portal"], env=environment, check=True)
    with ExitStack() as processes:
        processes.enter_context(process(environment, "serve", "--workers", "1", "--port", str(port)))
        processes.enter_context(process(environment, "worker"))
        wait_for(environment["PORTAL_URL"])
        numbers = [number_of(n) for n in range(BOJANS + DEJANS)]
        yield Portal(environment["PORTAL_URL"], numbers[:BOJANS], numbers[BOJANS:])


def surroundings(port: int) -> dict[str, str]:
    url = f"http://127.0.0.1:{port}"
    return os.environ | {
        "PORTAL_SANDBOX": "1",
        "PORTAL_URL": url,
        "DATABASE_URL": embedded_url(POSTGRES, f"{os.environ.get('TEST_DATABASE', 'test')}_browser"),
        "STRIPE_API_BASE": f"{url}/sandbox/stripe",
        "PAYEE_IBAN": "SI56191000000123438",
    }


@contextmanager
def process(environment: dict[str, str], *command: str) -> Iterator[None]:
    started = subprocess.Popen([sys.executable, "-m", "portal.cli", *command], env=environment)
    try:
        yield
    finally:
        started.terminate()
        started.wait(10)


def wait_for(url: str) -> None:
    for attempt in range(200):
        try:
            if httpx.get(f"{url}/health/ready", timeout=1).status_code == httpx.codes.OK:
                return
        except httpx.TransportError:
            assert attempt < 199, "the portal did not start"
            time.sleep(0.1)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def number_of(n: int) -> str:
    return f"+38640000{FIRST_SERIAL + n + 50:03d}"


def nada(person: Person, today: date) -> Household:
    """A customer whose account has no line."""
    house = person.household("Prazna ulica 1", today)
    house.account()
    return house


async def add_people(url: str) -> None:
    """Runs as a process of its own, because the tests' process has its own database open."""
    bojan, dejan = (person for person in stories.PEOPLE if person.story in (stories.bojan, stories.dejan))
    people = [Person(NADAS, "Nada Prazna", NADA, "has nothing connected", nada)] + [
        replace(model, serial=FIRST_SERIAL + n, name=model.name.replace(" ", f"{n} "), mobile=number_of(n))
        for n, model in enumerate([bojan] * BOJANS + [dejan] * DEJANS)
    ]
    async with open_database(url, 2):
        await demo.seed(clock.today(), people)


if __name__ == "__main__":
    asyncio.run(add_people(os.environ["DATABASE_URL"]))
