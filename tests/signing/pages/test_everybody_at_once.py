"""Two taps that sign, two that decline and the end of the time, all in one instant: one outcome, on the page too."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial
from itertools import permutations

import pytest

from portal import clock
from portal.signing.envelopes.expiring import expire
from portal.signing.tables import Envelope
from tests.people import Person, signed_in
from tests.signing.envelopes.signing import events, told
from tests.signing.pages.walking import asks_for_code, code_for
from tests.visiting import FormOnPage, Visitor
from tests.working import waiting as jobs_waiting

HEADINGS = {
    "accepted": "Podpisujemo …",
    "declined": "Dokumente ste zavrnili",
    "expired": "Čas za podpis je potekel",
}
TOLD = {"accepted": [], "declined": ["documents_declined"], "expired": ["documents_expired"]}


@pytest.mark.parametrize("order", list(permutations(range(3))), ids=str)
async def test_there_is_one_outcome(visit: Visitor, ana: Person, waiting: Envelope, order: tuple[int, ...]) -> None:
    last = waiting.expires_at - timedelta(microseconds=1)
    with clock.stopped_at(last):
        await signed_in(visit, ana, at=last)
        code = (await asks_for_code(visit, waiting)).form_to(f"/documents/{waiting.id}/signature/code")
        refusal = (await visit.get(f"/documents/{waiting.id}/refusal")).form
        signing = code.fill(code=await code_for(waiting))
        declining = refusal.fill(reason="price")
        acts: list[Callable[[], Awaitable[object]]] = [
            partial(sends, visit, signing),
            partial(sends, visit, declining),
            partial(expire, waiting.id, waiting.expires_at),
        ]

        await asyncio.gather(*(acts[n]() for n in (*order, *order)))

    now = await Envelope.objects().get(Envelope.id == waiting.id)
    assert now is not None
    assert [one for one in await events(waiting) if one in HEADINGS] == [now.state]
    assert await jobs_waiting("signing.finish") == ["signing.finish"] * (now.state == "accepted")
    assert (await told(ana))[1:] == TOLD[now.state]
    with clock.stopped_at(last):
        assert (await visit.get(f"/documents/{waiting.id}")).one("h1").text == HEADINGS[now.state]


async def sends(visit: Visitor, form: FormOnPage) -> None:
    answer = await visit.client.post(form.action, data=form.fields, headers={"sec-fetch-site": "same-origin"})
    assert answer.status_code == 303, answer.text
