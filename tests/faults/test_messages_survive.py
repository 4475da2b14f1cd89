"""A worker, the gateway or the database dies while messages leave by a real Kannel. Each leaves once; none is lost."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Iterator

import httpx
import pytest

from tests.faults.decide import number_of
from tests.faults.estate import Estate, until
from tests.kannel import PASSWORD, TOKEN, Kannel, kannel_for

MANY = 800
"""Seconds of work: what is struck in the middle has to be found there."""
PATIENCE = 60.0
LEFT = {"sent", "delivered", "unknown"}
IN_HAND = 32
"""As many as are sent at once."""


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


async def none_is_doubled(estate: Estate, kannel: Kannel) -> None:
    """Whatever Kannel held in its hands when its power was cut, an SMS or a receipt, died with it. The rest arrived."""

    async def have_left() -> bool:
        known = await states(estate)
        arrived = {sms.to for sms in kannel.arrived()}
        lost = [number for number, state in known.items() if state != "unknown" and number not in arrived]
        return set(known.values()) <= LEFT and len(lost) <= IN_HAND

    await until(have_left, "every message has left", PATIENCE)
    assert set(Counter(sms.to for sms in kannel.arrived()).values()) == {1}
    assert Counter((await states(estate)).values())["unknown"] <= IN_HAND


@pytest.mark.parametrize("box", ["smsbox", "bearerbox"])
async def test_the_gateway_is_restarted(estate: Estate, kannel: Kannel, box: str) -> None:
    await estate.serve()
    await decided(estate)
    await estate.work()
    await more_left(kannel)

    kannel.kill(box)
    assert await is_half_done(estate)
    kannel.up()

    await none_is_doubled(estate, kannel)


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
