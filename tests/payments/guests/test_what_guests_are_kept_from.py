"""A link opens its own account, for who presses our own buttons, and is written down nowhere."""

from __future__ import annotations

import json

import pytest
import structlog

from portal.audit import AuditEntry
from portal.logs import shown_path
from portal.payments.tables import PaymentAttempt
from tests.payments.books import attempts
from tests.payments.guests.walking import choose, link, pay
from tests.payments.stand_in import StandIn
from tests.people import Person, a_person, signed_in
from tests.visiting import Visitor, portal_app


async def test_the_token_of_another_account_opens_none_of_this_ones_payments(
    visit: Visitor, bojan: Person, stripe: StandIn
) -> None:
    await bojan.bill()
    await pay(visit, stripe, bojan)
    [attempt] = await attempts()
    ana = await a_person("Ana Zupan")

    stranger = await visit.get(f"{link(ana)}/payments/{attempt.id}", status=404)
    missing = await visit.get(f"{link(ana)}/payments/{ana.account.id}", status=404)

    assert stranger.text == missing.text
    token = (await visit.get("/pay")).form.fields["csrf_token"]
    await visit.post(f"{link(ana)}/payments/{attempt.id}/retry", {"csrf_token": token}, status=404)


async def test_the_bill_of_another_account_cannot_be_paid_with_it(visit: Visitor, bojan: Person) -> None:
    ana = await a_person("Ana Zupan")
    theirs = await ana.bill()
    await bojan.bill()
    form = (await visit.get(link(bojan))).form

    await visit.submit(form, what=str(theirs.id), status=404)

    assert not await PaymentAttempt.exists()


async def test_a_form_that_is_not_ours_is_refused(visit: Visitor, bojan: Person) -> None:
    await bojan.bill()
    async with Visitor(portal_app()) as mallory:
        theirs = (await mallory.get(link(bojan))).form
    await visit.get("/pay")

    await visit.submit(theirs, status=403)
    await visit.post("/pay", {"reference": "R1", "customer_number": "1"}, status=403)
    form = (await visit.get(link(bojan))).form
    await visit.post(form.action, form.fields, headers={"origin": "https://evil.example"}, status=403)
    assert not await PaymentAttempt.exists()


@pytest.mark.parametrize(
    "extra",
    [{"amount": "1"}, {"what": "nonsense"}, {"what": ""}, {"what": "00000000-0000-0000-0000-00000000000g"}],
    ids=["unknown field", "nonsense", "nothing", "no id"],
)
async def test_the_form_holds_its_own_fields_and_sense(visit: Visitor, bojan: Person, extra: dict[str, str]) -> None:
    await bojan.bill()
    form = (await visit.get(link(bojan))).form

    await visit.post(form.action, form.fields | extra, status=400)

    assert not await PaymentAttempt.exists()


async def test_these_pages_are_for_no_search_engine_and_no_other_site(
    visit: Visitor, bojan: Person, stripe: StandIn
) -> None:
    await bojan.bill()
    progress = await pay(visit, stripe, bojan)
    answers = [
        await visit.get("/pay"),
        await visit.get(link(bojan)),
        await visit.get(f"{link(bojan)}x", status=404),
        progress,
    ]

    for page in answers:
        headers = page.response.headers
        assert headers["x-robots-tag"] == "noindex, nofollow"
        assert page.all("meta[name=robots][content^=noindex]")
        assert headers["cache-control"] == "no-store"
        assert headers["referrer-policy"] == "same-origin"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]


async def test_no_line_of_the_log_holds_a_token(
    visit: Visitor, bojan: Person, stripe: StandIn, capfd: pytest.CaptureFixture[str]
) -> None:
    await bojan.bill()
    await signed_in(visit, bojan)
    path = link(bojan)
    token = path.removeprefix("/p/")

    await pay(visit, stripe, bojan)
    await visit.get(f"{path}/payments/{bojan.account.id}", status=404)
    await visit.get(f"{path}x/", status=404)
    await visit.post(f"{path}/payment", {}, status=403)
    structlog.get_logger().warning("something", path=path)

    captured = capfd.readouterr()
    written = captured.out + captured.err
    lines = [json.loads(line) for line in captured.err.splitlines() if line.startswith("{")]
    assert {"/p/…", "/p/…/payment"} <= {line.get("path") for line in lines}
    letters = token.rpartition("-")[2]
    assert letters not in "\n".join(line for line in written.splitlines() if '"request"' in line)
    assert letters not in json.dumps([entry.details for entry in await AuditEntry.objects()])


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/p/2000413-k3v7q2mwzt5a", "/p/…"),
        ("/p/2000413-k3v7q2mwzt5a/", "/p/…/"),
        ("//p//2000413-k3v7q2mwzt5a", "//p//…"),
        ("/p/2000413-k3v7q2mwzt5a/payment", "/p/…/payment"),
        ("/p/2000413-k3v7q2mwzt5a/payments/7/retry", "/p/…/payments/7/retry"),
        ("/p/2000413-k3v7q2mwzt5a/else", "/p/…"),
        ("/payments/7", "/payments/7"),
        ("/pay", "/pay"),
    ],
)
def test_a_path_as_it_is_written_down(path: str, shown: str) -> None:
    assert shown_path(path) == shown


async def test_stripe_is_told_no_token(visit: Visitor, bojan: Person, stripe: StandIn) -> None:
    await bojan.bill()
    await choose(visit, await visit.get(link(bojan)))

    [session] = await stripe.sessions()

    told = str(session.params)
    assert "payments/return" in told
    assert link(bojan).rpartition("-")[2] not in told
