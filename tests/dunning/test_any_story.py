"""Any mix of bills, payments, disputes, deferrals, proofs, days and repeated runs keeps what customers are owed.

Never barred without a notice that arrived; never barred while nothing undisputed is overdue; each fee at most once in
a case; at most one deferral, during which nothing moves; all settled means everything open.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import uuid4

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal import clock
from portal.billing.tables import Bill
from portal.customers.tables import CustomerKind, PackageKind
from portal.database import connection
from portal.dunning import disputing, nightly
from portal.dunning.deferrals import deferring
from portal.dunning.owing import overdue_of
from portal.dunning.proofs import proving
from portal.dunning.relief_tables import AskedBy, Dispute, DisputeOutcome, Proof
from portal.messaging import gateways
from portal.money import Money
from portal.network.tables import OPEN
from portal.payments.booking import Received, book
from portal.payments.tables import AttemptState, Method, PaymentAttempt
from portal.refusals import Refusal
from portal.sandbox.phone import SandboxPhone
from tests.dunning.nights import ONE_DAY, happened, moment, night
from tests.people import TODAY, Person, a_person, saved
from tests.working import work_off
from tests.world import Exchange

PAID_BEFORE = 5


@dataclass
class Story:
    """One account, from a day on. `has_post`, `has_network`: whether letters and SMS arrive."""

    person: Person
    world: Exchange
    today: date = TODAY
    has_post: bool = True
    open_disputes: list[Dispute] = field(default_factory=list)

    async def bill(self, due_in: int) -> None:
        due = self.today + timedelta(days=due_in)
        await self.person.bill(3_000 + due_in, due=due, issued=due - timedelta(days=15))

    async def days(self, count: int) -> None:
        for _ in range(count):
            self.today += ONE_DAY
            await night(self.today)
            await barred_for_what_was_told(self.person, self.today)
            if self.has_post:
                await self.post()

    async def post(self) -> None:
        """The print house takes what lies there, without the printing of it."""
        async with connection() as connected:
            await connected.execute(TAKE_LETTERS, moment(self.today))

    async def again(self, runs: int) -> None:
        """The same night once more, also several at once: whatever was due has moved."""
        with clock.stopped_at(moment(self.today)):
            done = await asyncio.gather(*(nightly.run(self.today, moment(self.today)) for _ in range(runs)))
        assert sum(run.moved for run in done) <= 1, "what opened by day moves once"

    async def pay(self, share: float) -> None:
        """A part of all that is open, or everything."""
        if amount := int(await open_cents(self.person) * share):
            with clock.stopped_at(moment(self.today)):
                await pays(self.person, amount)

    async def dispute(self, undisputed: int | None) -> None:
        unpaid = await Bill.objects().where(Bill.account == self.person.account.id, Bill.open_cents > 0).first()
        if unpaid is not None:
            with suppress(Refusal), clock.stopped_at(moment(self.today)):
                part = None if undisputed is None else Money(undisputed)
                at = moment(self.today)
                self.open_disputes.append(
                    await disputing.dispute(unpaid, part, reason="calls abroad", opened_by="a story", at=at)
                )

    async def decide(self, outcome: DisputeOutcome) -> None:
        if self.open_disputes:
            with clock.stopped_at(moment(self.today)):
                which = self.open_disputes.pop().id
                at = moment(self.today)
                await disputing.decide(which, outcome, because="the calls were made", decided_by="a story", at=at)

    async def defer(self, askers: int) -> None:
        """By page and SMS at once."""
        at = moment(self.today)
        with clock.stopped_at(at):
            asked = [
                deferring.defer(
                    self.person.account, today=self.today, at=at, asked_by=AskedBy.PORTAL, decided_by="customer"
                )
                for _ in range(askers)
            ]
            granted = [one for one in await asyncio.gather(*asked, return_exceptions=True) if not is_refusal(one)]
        assert len(granted) <= 1

    async def prove(self, is_true: bool) -> None:
        """A proof is accepted; a true one is followed by the money, another one by nothing."""
        at = moment(self.today)
        proof = await saved(
            Proof(
                account=self.person.account.id,
                name="potrdilo.pdf",
                media_type="application/pdf",
                size=1,
                sha256=uuid4().hex,
                sent_at=at,
            )
        )
        with clock.stopped_at(at):
            await proving.accept(proof.id, decided_by="a story", at=at)
        if is_true:
            await self.pay(1)

    async def wait_for_bank(self, state: AttemptState) -> None:
        """A payment is under way; until it has come or failed, nothing moves."""
        await saved(an_attempt(self.person, 100, state))
        before = await happened(self.person, ["step"])
        await self.days(10)
        assert await happened(self.person, ["step"]) == before
        await PaymentAttempt.update({PaymentAttempt.state: AttemptState.FAILED}, force=True)

    async def arrival(self, of_sms: bool) -> None:
        """From now on SMS are said to have arrived, or not."""
        gateways.use_sms(SandboxPhone(gives_receipts=of_sms))

    async def letters(self, arrive: bool) -> None:
        self.has_post = arrive


async def barred_for_what_was_told(person: Person, today: date) -> None:
    """Whoever was barred today owes a bill that was overdue when a notice went out, and that notice ran out."""
    async with connection() as connected:
        unfair = await connected.fetch(UNFAIR, person.account.id, today)
    assert unfair == [], "barred for a bill of which no notice told"


def is_refusal(outcome: object) -> bool:
    if isinstance(outcome, BaseException) and not isinstance(outcome, Refusal):
        raise outcome
    return isinstance(outcome, Refusal)


async def open_cents(person: Person) -> int:
    async with connection() as connected:
        cents: int = await connected.fetchval(
            "SELECT coalesce(sum(open_cents), 0)::bigint FROM bills WHERE account = $1", person.account.id
        )
    return cents


async def pays(person: Person, cents: int) -> None:
    attempt = await saved(an_attempt(person, cents, AttemptState.OPEN))
    await book(attempt, Received(f"pi_{attempt.id}", Money(cents), Method.CARD), at=clock.now())


def an_attempt(person: Person, cents: int, state: AttemptState) -> PaymentAttempt:
    return PaymentAttempt(
        account=person.account.id,
        bill_set=uuid4().hex,
        amount_cents=cents,
        state=state,
        created_at=clock.now(),
        updated_at=clock.now(),
    )


async def holds(story: Story) -> None:
    """What must be so at every moment, once the work that was waiting is done."""
    with clock.stopped_at(moment(story.today)):
        await work_off()
    async with connection() as connected:
        found = await connected.fetchrow(FOUND, story.person.account.id, story.today)
        doubled = await connected.fetch(DOUBLED_FEES, story.person.account.id)
    profile = await story.world.has(story.person.line.number)
    owed = await overdue_of(story.person.account.id, story.today)
    assert found["deferrals"] <= 1
    assert found["open_cases"] <= 1
    assert doubled == [], "a fee twice in one case"
    assert found["steps_while_held"] == 0
    if not owed.is_positive and not found["claimed"]:
        assert found["suspensions"] == 0
        assert found["open_cases"] == 0
    if found["terminated"]:
        return
    if profile != OPEN:
        assert found["suspensions"] == 1, "barred by nothing"
        assert found["was_warned"], "barred without a notice that arrived and ran out"
        assert not found["was_hurried"], "barred before the last day that a notice had named"
    if not owed.is_positive:
        assert profile == OPEN, "barred although nothing undisputed is overdue"


FOUND = """
    SELECT
        (SELECT count(*) FROM deferrals WHERE account = $1 AND ended_at IS NULL AND until >= $2) AS deferrals,
        (SELECT count(*) FROM dunning_cases WHERE account = $1 AND closed_at IS NULL) AS open_cases,
        (SELECT count(*) FROM suspensions WHERE account = $1 AND ended_at IS NULL) AS suspensions,
        EXISTS (SELECT FROM terminations WHERE account = $1) AS terminated,
        (SELECT bool_and(EXISTS (
            SELECT FROM notices n WHERE n.dunning_case = s.dunning_case AND n.gives_days > 0
            AND n.delivered_on IS NOT NULL AND n.last_day < (s.started_at AT TIME ZONE 'Europe/Ljubljana')::date
         )) FROM suspensions s WHERE s.account = $1 AND s.ended_at IS NULL) AS was_warned,
        EXISTS (SELECT FROM suspensions s JOIN notices n ON n.dunning_case = s.dunning_case AND n.at < s.started_at
            WHERE s.account = $1 AND n.gives_days > 0
            AND n.last_day >= (s.started_at AT TIME ZONE 'Europe/Ljubljana')::date) AS was_hurried,
        EXISTS (SELECT FROM terminations t JOIN bills b ON b.id = t.claim
            WHERE t.account = $1 AND b.open_cents > 0) AS claimed,
        (SELECT count(*) FROM case_events e JOIN dunning_cases c ON c.id = e.dunning_case
         JOIN deferrals d ON d.dunning_case = c.id
         WHERE c.account = $1 AND e.kind = 'step' AND e.outcome = 'done' AND e.at > d.granted_at
         AND e.on_day <= d.until AND (d.ended_at IS NULL OR e.at < d.ended_at)) AS steps_while_held
"""
UNFAIR = """
    SELECT s.id FROM suspensions s JOIN dunning_cases c ON c.id = s.dunning_case
    WHERE s.account = $1 AND s.ended_at IS NULL AND (s.started_at AT TIME ZONE 'Europe/Ljubljana')::date = $2
    AND NOT EXISTS (
        SELECT FROM notices n JOIN bills b ON b.account = n.account
        WHERE n.dunning_case = c.id AND n.gives_days > 0 AND n.delivered_on IS NOT NULL AND n.last_day < $2
        AND b.due_on < (n.at AT TIME ZONE 'Europe/Ljubljana')::date AND b.open_cents > b.disputed_cents
    )
"""
# A deferral costs once; a second one is for other bills, or it is refused.
DOUBLED_FEES = """
    SELECT kind FROM charges WHERE account = $1 GROUP BY occasion, kind HAVING count(*) > 1
    UNION ALL
    SELECT 'deferral' FROM deferrals d JOIN dunning_cases c ON c.id = d.dunning_case
    WHERE d.account = $1 AND d.kind = 'short' AND (d.granted_at AT TIME ZONE 'Europe/Ljubljana')::date > c.due_on
    GROUP BY c.id HAVING count(*) > 1
"""
TAKE_LETTERS = "UPDATE messages SET state = 'handed_over', sent_at = $1 WHERE channel = 'letter' AND state = 'queued'"

STEP = st.one_of(
    st.tuples(st.just("bill"), st.integers(-2, 8)),
    st.tuples(st.just("days"), st.integers(1, 12)),
    st.tuples(st.just("days"), st.integers(3, 30)),
    st.tuples(st.just("again"), st.integers(1, 3)),
    st.tuples(st.just("pay"), st.sampled_from([0.2, 0.7, 1, 1])),
    st.tuples(st.just("dispute"), st.none() | st.integers(0, 2_900)),
    st.tuples(st.just("decide"), st.sampled_from(DisputeOutcome)),
    st.tuples(st.just("defer"), st.integers(1, 3)),
    st.tuples(st.just("prove"), st.booleans()),
    st.tuples(st.just("wait_for_bank"), st.sampled_from([AttemptState.PENDING, AttemptState.HELD])),
    st.tuples(st.just("arrival"), st.booleans()),
    st.tuples(st.just("letters"), st.booleans()),
)


@given(st.sampled_from(PackageKind), st.sampled_from(CustomerKind), st.lists(STEP, min_size=3, max_size=12))
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
async def test_any_story_is_fair(
    world: Exchange, package: PackageKind, kind: CustomerKind, steps: list[tuple[str, object]]
) -> None:
    story = await begun(world, package, kind)

    for step, what in steps:
        await getattr(story, step)(what)
        await holds(story)
    await story.pay(1)

    await holds(story)


async def begun(world: Exchange, package: PackageKind, kind: CustomerKind) -> Story:
    """A customer of years, with a bill that has just fallen due."""
    gateways.use_sms(SandboxPhone(gives_receipts=True))
    bojan = await a_person("Bojan Kralj", package=package, kind=kind)
    for back in range(1, PAID_BEFORE + 1):
        due = TODAY - timedelta(days=30 * back)
        await bojan.bill(2_500, due=due, open_cents=0)
    await Bill.update({Bill.settled_at: moment(TODAY - timedelta(days=40))}).where(Bill.account == bojan.account.id)
    story = Story(bojan, world)
    await story.bill(-1)
    return story
