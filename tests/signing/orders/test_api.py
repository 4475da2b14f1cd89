"""`/api/orders`: what the sales system is answered, and what anybody else is not."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta

import httpx
import pytest

from portal.clock import stopped_at
from portal.settings import settings
from portal.signing.orders import pages
from portal.signing.pki.authority import authority
from portal.signing.tables import Envelope, Order
from tests.people import NOON, Person
from tests.signing.orders.conftest import TOKEN
from tests.signing.orders.rows import change, messages, of, of_newcomer, packed
from tests.visiting import Visitor

PATH = "/api/orders"


async def test_an_order_is_taken_and_says_how_far_it_is(sales: httpx.AsyncClient, ana: Person) -> None:
    row = of(ana)

    answer = await sales.post(PATH, content=packed(row))

    told = answer.json()
    assert answer.status_code == 201
    assert (told["number"], told["state"], told["outcome"]) == (row["number"], "open", None)
    assert told["expires_at"] == "2026-11-22T10:00:00Z"
    assert told["amount"] == "1319.76"
    assert await messages(ana.customer.email) == ["documents_to_sign"]


async def test_no_link_stands_in_an_answer(sales: httpx.AsyncClient, ana: Person) -> None:
    answer = await sales.post(PATH, content=packed(of(ana)))

    assert "sign/" not in answer.text
    assert ana.customer.email not in answer.text


async def test_the_same_again_is_answered_the_same(sales: httpx.AsyncClient, ana: Person) -> None:
    row = of(ana)
    first = await sales.post(PATH, content=packed(row))

    again = await sales.post(PATH, content=json.dumps(row, indent=2, sort_keys=True))

    assert again.status_code == 200
    assert again.json() == first.json()
    assert await Order.count() == 1


async def test_the_same_again_two_days_later_tells_its_outcome(sales: httpx.AsyncClient, ana: Person) -> None:
    row = of(ana)
    await sales.post(PATH, content=packed(row))

    with stopped_at(NOON + timedelta(days=2)):
        again = await sales.post(PATH, content=packed(row))

    assert again.status_code == 200
    assert (again.json()["outcome"], again.json()["instead"]) == ("expired", "shop")
    assert again.json()["ended_at"] == "2026-11-22T10:00:00Z"


async def test_ten_at_once_are_one_order_one_envelope_and_one_mail(sales: httpx.AsyncClient, ana: Person) -> None:
    row = packed(of(ana))

    answers = await asyncio.gather(*(sales.post(PATH, content=row) for _ in range(10)))

    assert sorted(answer.status_code for answer in answers) == [200] * 9 + [201]
    assert await Order.count() == await Envelope.count() == 1
    assert await messages(ana.customer.email) == ["documents_to_sign"]


async def test_other_content_of_a_known_number_is_a_conflict(sales: httpx.AsyncClient, ana: Person) -> None:
    row = of(ana)
    await sales.post(PATH, content=packed(row))

    answer = await sales.post(PATH, content=packed(row | {"email": "somebody@example.test"}))

    assert answer.status_code == 409
    assert "never changed" in answer.json()["error"]


async def test_faults_are_told_by_field(sales: httpx.AsyncClient, ana: Person) -> None:
    answer = await sales.post(PATH, content=packed(of(ana, amount=5, colour="red", contact_number="041")))

    faults = {fault["field"]: fault["fault"] for fault in answer.json()["faults"]}
    assert answer.status_code == 422
    assert set(faults) == {"amount", "colour", "contact_number"}
    assert "never a number" in faults["amount"]


async def test_faults_against_what_is_here_are_told_in_the_same_way(sales: httpx.AsyncClient, ana: Person) -> None:
    answer = await sales.post(PATH, content=packed(of(ana, line="+38641555555")))

    assert answer.status_code == 422
    assert answer.json()["faults"] == [{"field": "line", "fault": "the customer has no such line"}]


@pytest.mark.parametrize(
    "sent",
    [None, "", "Bearer", "Bearer ", f"Bearer {TOKEN}x", f"Bearer {TOKEN[:-1]}", f"Basic {TOKEN}", TOKEN, "Bearer č"],
)
async def test_without_the_token_nothing_is_said(sales: httpx.AsyncClient, ana: Person, sent: str | None) -> None:
    row = of(ana)
    await sales.post(PATH, content=packed(row))
    sales.headers.pop("authorization")
    headers = httpx.Headers({} if sent is None else {b"authorization": sent.encode()})

    for answer in (
        await sales.post(PATH, content=packed(of(ana)), headers=headers),
        await sales.get(f"{PATH}/{row['number']}", headers=headers),
        await sales.get(f"{PATH}/N-none", headers=headers),
        await sales.post(f"{PATH}/{row['number']}/identification", content=b"{}", headers=headers),
    ):
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"
        assert answer.json() == {"error": "Unauthorized"}
    assert await Order.count() == 1


async def test_the_token_is_never_repeated(sales: httpx.AsyncClient, caplog: pytest.LogCaptureFixture) -> None:
    answer = await sales.post(PATH, content=b"{}", headers={"authorization": "Bearer wrong-but-secret"})

    assert "wrong-but-secret" not in answer.text + caplog.text


async def test_a_session_is_no_token(visit: Visitor, ana: Person) -> None:
    answer = await visit.client.post(PATH, content=packed(of(ana)), headers={"content-type": "application/json"})

    assert answer.status_code == 404, "ORDERS_TOKEN is not set"
    assert answer.json() == {"error": "Not Found"}


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "text/plain", "multipart/form-data", ""])
async def test_only_json_is_read(sales: httpx.AsyncClient, ana: Person, kind: str) -> None:
    answer = await sales.post(PATH, content=packed(of(ana)), headers={"content-type": kind})

    assert answer.status_code == 415
    assert await Order.count() == 0


async def test_a_charset_may_be_named(sales: httpx.AsyncClient, ana: Person) -> None:
    kind = {"content-type": "application/json; charset=utf-8"}

    answer = await sales.post(PATH, content=packed(of(ana)), headers=kind)

    assert answer.status_code == 201


async def test_what_is_too_large_is_refused(sales: httpx.AsyncClient, ana: Person) -> None:
    answer = await sales.post(PATH, content=packed(of(ana, signatory="a" * 70_000)))

    assert answer.status_code == 413
    assert await Order.count() == 0


@pytest.mark.parametrize("content", [b"", b"{", b"null", b"[" * 5_000, b"\xff", b'"' + b"\x00" * 9 + b'"'])
async def test_what_is_no_order_is_no_crash(sales: httpx.AsyncClient, content: bytes) -> None:
    answer = await sales.post(PATH, content=content)

    assert answer.status_code == 422


async def test_an_order_is_asked_after(sales: httpx.AsyncClient, ana: Person) -> None:
    row = change(ana)
    await sales.post(PATH, content=packed(row))

    answer = await sales.get(f"{PATH}/{row['number']}")

    assert answer.status_code == 200
    assert (answer.json()["state"], answer.json()["outcome"]) == ("without_signature", "without_signature")
    missing = await sales.get(f"{PATH}/N-none")
    assert (missing.status_code, missing.json()) == (404, {"error": "there is no such order"})


async def test_identification_is_reported(sales: httpx.AsyncClient) -> None:
    row = of_newcomer()
    waiting = await sales.post(PATH, content=packed(row))
    assert waiting.json()["state"] == "awaits_identification"
    path, report = f"{PATH}/{row['number']}/identification", {"passed": True, "reference": "VID-7"}

    first = await sales.post(path, json=report)
    again = await sales.post(path, json=report)

    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json() == again.json()
    assert (first.json()["state"], first.json()["identified_as"]) == ("open", "VID-7")
    other = await sales.post(path, json=report | {"passed": False})
    assert other.status_code == 409
    missing = await sales.post(f"{PATH}/N-none/identification", json=report)
    assert missing.status_code == 404


@pytest.mark.parametrize("report", [{}, {"passed": "yes", "reference": "VID"}, {"passed": True, "reference": ""}])
async def test_a_report_that_is_wrong(sales: httpx.AsyncClient, report: dict[str, object]) -> None:
    row = of_newcomer()
    await sales.post(PATH, content=packed(row))

    answer = await sales.post(f"{PATH}/{row['number']}/identification", json=report)

    assert answer.status_code == 422
    assert (await sales.get(f"{PATH}/{row['number']}")).json()["state"] == "awaits_identification"


async def test_without_keys_nothing_is_taken(
    sales: httpx.AsyncClient, ana: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SIGNING_KEYS_DIR")
    monkeypatch.delenv("SIGNING_KEYS_PASSPHRASE")
    settings.cache_clear()
    authority.cache_clear()
    try:
        answer = await sales.post(PATH, content=packed(of(ana)))
    finally:
        authority.cache_clear()

    assert answer.status_code == 503
    assert await Order.count() == 0


@pytest.mark.parametrize(("failure", "status"), [(RuntimeError("12345678"), 500), (TimeoutError("12345678"), 503)])
async def test_whatever_breaks_is_said_as_json_and_gives_nothing_away(
    sales: httpx.AsyncClient, ana: Person, monkeypatch: pytest.MonkeyPatch, failure: Exception, status: int
) -> None:
    async def breaks(*_: object, **__: object) -> None:
        raise failure

    monkeypatch.setattr(pages, "take", breaks)
    monkeypatch.setattr(pages, "seen", breaks)

    for answer in (await sales.post(PATH, content=packed(of(ana))), await sales.get(f"{PATH}/N-1")):
        assert answer.status_code == status
        assert answer.headers["content-type"] == "application/json"
        assert "12345678" not in answer.text
        assert answer.json()["error"]


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"placed_at": "9999-12-31T23:59:59Z"}, "placed_at"),
        ({"placed_at": "2200-01-01T00:00:00Z"}, "placed_at"),
        ({"terms": {"commitment_months": 24, "commitment_from": "9999-12-01"}}, "terms.commitment_from"),
        ({"number": "N/1"}, "number"),
        ({"number": "N-1\n"}, "number"),
    ],
)
async def test_what_could_not_be_reckoned_with_or_asked_after_is_a_fault(
    sales: httpx.AsyncClient, ana: Person, more: dict[str, object], field: str
) -> None:
    answer = await sales.post(PATH, content=packed(of(ana, **more)))

    assert answer.status_code == 422
    assert [fault["field"] for fault in answer.json()["faults"]] == [field]


async def test_a_number_that_no_database_reads_is_no_order_s(sales: httpx.AsyncClient) -> None:
    asked = await sales.get(f"{PATH}/N%00")
    told = await sales.post(f"{PATH}/N%00/identification", content=b'{"passed": true, "reference": "V"}')

    assert (asked.status_code, told.status_code) == (404, 404)
