"""The demo's processes on a database of the tests' own, with as many of its people as journeys use up."""

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

BOJANS, DEJANS, ANAS, EVAS = 17, 8, 7, 4
FIRST_SERIAL = 102
NADAS, NADA = 199, "+38640000140"
ORDERS_TOKEN = "orders-of-the-tests"


@dataclass
class Portal:
    """Where it is, and whom journeys may use up."""

    url: str
    database: str
    bojans: list[str]
    dejans: list[str]
    anas: list[Person]
    evas: list[Person]

    def another_bojan(self) -> str:
        """The number of someone whose outgoing calls are barred since three days, with two overdue bills."""
        return self.bojans.pop()

    def another_dejan(self) -> str:
        """The number of someone on the small package whose services are not barred."""
        return self.dejans.pop()

    def another_ana(self) -> Person:
        """Someone whose commitment ends in two months, and who owes nothing."""
        return self.anas.pop()

    def another_eva(self) -> Person:
        """A customer who never registered."""
        return self.evas.pop()

    def on_the_bill(self, number: str) -> tuple[str, str]:
        """The reference of such a Bojan's newest bill, and his customer number."""
        serial = int(number[-3:]) - 50
        return si12(100_000_000_000 + serial * 1000 + 24), f"1{serial:03d}000"

    async def texts(self, number: str) -> str:
        """What stands on the screen of a telephone."""
        async with httpx.AsyncClient() as client:
            return (await client.get(f"{self.url}/sandbox/phone/{number.removeprefix('+')}")).text

    async def code(self, browser: Browser, number: str, *, nth: int = 1) -> str:
        """The newest of so many codes on the screen of a telephone, which shows them by itself when they were sent."""
        return (await self.text(browser, number, "#", nth=nth))[-6:]

    async def text(self, browser: Browser, number: str, words: str, *, nth: int = 1) -> str:
        """The newest SMS with these words, once there are so many of them."""
        telephone = await browser.new_page()
        await telephone.goto(f"{self.url}/sandbox/phone/{number.removeprefix('+')}")
        found = telephone.locator(".bubble", has_text=words)
        await found.nth(nth - 1).wait_for(timeout=20_000)
        text = await found.first.inner_text()
        await telephone.close()
        return text


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
        those = people()
        bojans, dejans, anas, evas = those["bojan"], those["dejan"], those["ana"], those["eva"]
        yield Portal(
            environment["PORTAL_URL"],
            environment["DATABASE_URL"],
            [person.mobile for person in bojans],
            [person.mobile for person in dejans],
            anas,
            evas,
        )


def surroundings(port: int) -> dict[str, str]:
    url = f"http://127.0.0.1:{port}"
    return os.environ | {
        "PORTAL_SANDBOX": "1",
        "PORTAL_URL": url,
        "DATABASE_URL": embedded_url(POSTGRES, f"{os.environ.get('TEST_DATABASE', 'test')}_browser"),
        "STRIPE_API_BASE": f"{url}/sandbox/stripe",
        "PAYEE_IBAN": "SI56191000000123438",
        "SIGNING_TSA_URL": f"{url}/sandbox/tsa",
        "ORDERS_TOKEN": ORDERS_TOKEN,
        "STAFF_EMAIL": "prodaja@moj.example",
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
    somebody = [Person(NADAS, "Nada Prazna", NADA, "has nothing connected", nada)]
    async with open_database(url, 2):
        await demo.seed(clock.today(), sum(people().values(), somebody))


def people() -> dict[str, list[Person]]:
    """Whom journeys may use up, by the name of the story that each of them is in."""
    models = {person.story: person for person in stories.PEOPLE}
    wanted = [stories.bojan] * BOJANS + [stories.dejan] * DEJANS + [stories.ana] * ANAS + [stories.eva] * EVAS
    made = [another(models[story], n) for n, story in enumerate(wanted)]
    return {story.__name__: [one for one in made if one.story == story] for story in wanted}


def another(model: Person, n: int) -> Person:
    return replace(model, serial=FIRST_SERIAL + n, name=model.name.replace(" ", f"{n} "), mobile=number_of(n))


if __name__ == "__main__":
    asyncio.run(add_people(os.environ["DATABASE_URL"]))
