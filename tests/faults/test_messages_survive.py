"""A worker, the gateway or the database dies while messages leave by a real Kannel. We send each once; none is lost."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Iterator

import httpx
import pytest

from tests.faults.decide import number_of
from tests.faults.estate import Estate, until
from tests.kannel import Kannel, kannel_for
from tests.kannel_configuration import PASSWORD, TOKEN

MANY = 800
"""Seconds of work: what is struck in the middle has to be found there."""
PATIENCE = 120.0
TAKEN = {"sent", "delivered"}
"""Kannel said that it has them, or a receipt did."""
IN_HAND = 32
"""As many as are sent at once: a gateway that dies leaves no more than these without an answer."""


@pytest.fixture
def kannel(estate: Estate) -> Iterator[Kannel]:
    """The estate's way out, and its way back for receipts."""
    with kannel_for(estate.base) as kannel:
        estate.environment |= kannel.environment
        yield kannel
        estate.kill()
    for name in kannel.environment:
        del estate.environment[name]


async def decided(estate: Estate, count: int = MANY) -> None:
    async with estate.books() as books:
        await books.execute("DELETE FROM messages WHERE recipient LIKE '+38651%'; DELETE FROM pgqueuer")
    await asyncio.to_thread(estate.run, "tests.faults.decide", str(count))


async def states(estate: Estate) -> dict[str, str]:
    async with estate.books() as books:
        return {
            row["recipient"]: row["state"]
            for row in await books.fetch("SELECT recipient, state FROM messages WHERE recipient LIKE '+38651%'")
        }


async def more_left(kannel: Kannel) -> None:
    """A few more than had. Whoever waited for a pause between them would find all of them gone."""
    before = len(kannel.lines())

    async def have() -> bool:
        return len(kannel.lines()) > before + 10

    await until(have, "more messages leave")


async def is_half_done(estate: Estate) -> bool:
    return "queued" in (await states(estate)).values()


async def all_left_once(estate: Estate, kannel: Kannel, count: int = MANY) -> Counter[str]:
    """Every one arrived and is known to have, or its fate is shown as unknown and it did not. Returns the states."""

    async def are_settled() -> bool:
        return set((await states(estate)).values()) <= {"delivered", "unknown"}

    await until(are_settled, "every message is settled", PATIENCE)
    arrived = Counter(sms.to for sms in kannel.arrived())
    known = await states(estate)
    assert set(known) == {number_of(n) for n in range(count)}
    assert {number: arrived[number] for number in known} == {
        number: int(state == "delivered") for number, state in known.items()
    }
    return Counter(known.values())


async def test_the_worker_is_killed_while_the_gateway_is_slow_to_answer(estate: Estate, kannel: Kannel) -> None:
    await estate.serve()
    await decided(estate, 3)
    kannel.freeze("smsbox")
    await estate.work()

    async def is_in_mid_send() -> bool:
        return "sending" in (await states(estate)).values()

    await until(is_in_mid_send, "messages are being sent")
    estate.kill("worker")
    kannel.thaw("smsbox")
    await estate.work()

    await all_left_once(estate, kannel, 3)


async def test_the_worker_is_killed_at_any_moment(estate: Estate, kannel: Kannel) -> None:
    await estate.serve()
    await decided(estate)
    for _ in range(2):
        await estate.work()
        await more_left(kannel)
        estate.kill("worker")
        assert await is_half_done(estate)
    await estate.work()

    assert (await all_left_once(estate, kannel))["delivered"] >= MANY // 2


async def all_taken_arrived(estate: Estate, kannel: Kannel) -> tuple[dict[str, str], Counter[str]]:
    """Once nothing is under way any more: the states, and how often each SMS arrived."""

    async def are_settled() -> bool:
        return set((await states(estate)).values()) <= TAKEN | {"unknown"}

    async def is_empty() -> bool:
        return await kannel.holds() == 0

    async def is_there() -> bool:
        return {number for number, state in known.items() if state in TAKEN} <= {sms.to for sms in kannel.arrived()}

    await until(are_settled, "every message is settled", PATIENCE)
    await until(is_empty, "Kannel has handed on what it held", PATIENCE)
    known = await states(estate)
    await until(is_there, "what Kannel took has arrived", PATIENCE)
    return known, Counter(sms.to for sms in kannel.arrived())


@pytest.mark.parametrize(("box", "most_repeated"), [("smsbox", 0), ("bearerbox", 1)])
async def test_the_gateway_is_restarted(estate: Estate, kannel: Kannel, box: str, most_repeated: int) -> None:
    """Receipts may die with either: their messages stay sent. Bearerbox hands over one SMS at a time, and again if it
    was killed before it had noted that.
    """
    await estate.serve()
    await decided(estate)
    await estate.work()
    await more_left(kannel)

    kannel.kill(box)
    assert await is_half_done(estate)
    kannel.up()

    known, arrived = await all_taken_arrived(estate, kannel)
    assert set(arrived) <= set(known) == {number_of(n) for n in range(MANY)}
    assert arrived.total() - len(arrived) <= most_repeated
    reached = Counter(known.values())
    assert reached["unknown"] <= IN_HAND
    assert reached["delivered"] >= MANY // 2


async def test_the_gateway_is_away_for_a_while(estate: Estate, kannel: Kannel) -> None:
    await estate.serve()
    kannel.kill("smsbox")
    await decided(estate, 5)
    await estate.work()

    async def was_tried() -> bool:
        return bool(await estate.ask("SELECT count(*) > 0 FROM messages WHERE state = 'queued' AND attempts > 0"))

    await until(was_tried, "messages wait for the gateway")
    kannel.up()

    assert await all_left_once(estate, kannel, 5) == {"delivered": 5}


async def test_the_database_is_restarted(estate: Estate, kannel: Kannel) -> None:
    await estate.serve()
    await decided(estate)
    await estate.work()
    await more_left(kannel)
    assert await is_half_done(estate)

    await asyncio.to_thread(estate.restart_database)

    assert (await all_left_once(estate, kannel))["delivered"] >= MANY // 2


class Browser:
    """Keeps the cookies that are for TLS or loopback; httpx takes TLS alone."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client
        self.cookies: dict[str, str] = {}

    async def ask(self, method: str, path: str, **fields: str) -> httpx.Response:
        headers = {"sec-fetch-site": "same-origin", "cookie": "; ".join(map("=".join, self.cookies.items()))}
        answer = await self.client.request(method, path, data=fields or None, headers=headers)
        for set_cookie in answer.headers.get_list("set-cookie"):
            name, _, value = set_cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer

    async def submit(self, path: str, **fields: str) -> httpx.Response:
        page = await self.ask("GET", path)
        [token, *_] = re.findall(r'name="csrf_token" value="([^"]+)"', page.text)
        return await self.ask("POST", path, csrf_token=token, **fields)


async def test_codes_and_passwords_stand_in_no_log(estate: Estate, kannel: Kannel, numbers: list[str]) -> None:
    await estate.serve()
    await estate.work()
    number = numbers.pop()
    async with httpx.AsyncClient(base_url=estate.base) as client:
        browser = Browser(client)
        assert (await browser.submit("/sign-in", identifier=number)).status_code == 303
        [sms] = [sms for sms in await kannel.arrives(1) if sms.to == number]
        [code] = re.findall(r"#(\d{6})", sms.text)
        wrong = f"{(int(code) + 1) % 1_000_000:06d}"
        assert (await browser.submit("/sign-in/code", code=wrong)).status_code == 400
        assert (await browser.submit("/sign-in/code", code=code)).headers["location"] == "/"
    estate.kill("worker", "serve")

    written = estate.log.read_text() + kannel.logs()
    assert "worker runs" in written
    assert [secret for secret in (code, wrong, PASSWORD, TOKEN) if secret in written] == []
