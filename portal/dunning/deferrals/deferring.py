"""Putting a suspension off by the policy's days, once in an episode: asked for on the page, by SMS or by telephone.

Source: izklop-storitev.txt, III.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from asyncpg import Connection

from portal.audit import Event, note
from portal.billing.open_items import owed_cents
from portal.billing.tables import Charge
from portal.clock import day_of
from portal.customers.locking import lock_account
from portal.customers.tables import Account
from portal.database import transaction
from portal.dunning.case_tables import DunningCase, Happened
from portal.dunning.cases import NIGHTLY, note_event, open_case, policy_of
from portal.dunning.deferrals.facts import FACTS, Facts
from portal.dunning.deferrals.refusals import AlreadyRuns
from portal.dunning.deferrals.rules import Possibility, short
from portal.dunning.deferrals.telling import tell_granted
from portal.dunning.relief_tables import AskedBy, Deferral, DeferralKind
from portal.money import Money

CHUNK = 5000


async def facts_of(account: UUID, today: date) -> Facts:
    facts = await FACTS.first(account=account, today=today)
    assert facts is not None, "an account is never deleted"
    return facts


async def possibility(account: Account, today: date) -> Possibility:
    """What asking would bring now."""
    return short(await facts_of(account.id, today), today)


async def defer(account: Account, *, today: date, at: datetime, asked_by: AskedBy, decided_by: str) -> Deferral:
    """Put the suspension off. Raises a NotPutOff; whoever asks a second time gets AlreadyRuns with its last day.

    Asked by SMS, the answer to that SMS tells of it; in every other way the customer gets one besides.
    """
    async with transaction() as connected:
        await lock_account(connected, account.id)
        found, case = await possibility(account, today), await open_case(account.id)
        if found.refusal is not None:
            raise found.refusal
        assert case is not None
        assert found.until is not None, "without terms it is refused"
        deferral = Deferral(
            account=account.id,
            dunning_case=case.id,
            kind=DeferralKind.SHORT,
            asked_by=asked_by,
            until=found.until,
            granted_at=at,
            decided_by=decided_by,
            reason=f"asked for by {asked_by}",
        )
        await grant(connected, case, deferral, fee=found.fee)
        if asked_by != AskedBy.SMS:
            await tell_granted(deferral, found.fee, today=today, at=at)
    return deferral


async def grant(connected: Connection, case: DunningCase, deferral: Deferral, *, fee: Money | None) -> None:
    """Write it with its fee, on the timeline and on the trail. The unique index has the last word: one runs."""
    inserted = await Deferral.insert(deferral).on_conflict(action="DO NOTHING").returning(Deferral.id)
    if not inserted:
        raise AlreadyRuns(await connected.fetchval(RUNNING, deferral.account))
    if fee is not None:
        await charge(case, deferral, fee)
    await note_event(
        case,
        Happened.DEFERRED,
        at=deferral.granted_at,
        reason=deferral.reason,
        decided_by=deferral.decided_by,
        cents=fee.cents if fee else None,
        until=deferral.until,
    )
    await note(
        Event.DEFERRAL_GRANTED,
        account=deferral.account,
        deferral=str(deferral.id),
        until=deferral.until.isoformat(),
        decided_by=deferral.decided_by,
    )


async def charge(case: DunningCase, deferral: Deferral, fee: Money) -> None:
    """It waits for the next bill."""
    policy = policy_of(case)
    assert policy.deferral is not None, "without terms there is no fee"
    await Charge(
        account=deferral.account,
        kind=policy.deferral.fee,
        amount_cents=fee.cents,
        policy=policy.version,
        occasion=deferral.id,
        incurred_on=day_of(deferral.granted_at),
    ).save()


async def end_lapsed(today: date, at: datetime, only: Sequence[UUID] | None = None) -> int:
    """End every deferral whose last day has passed, or `only` those of these accounts, in chunks that each commit: the
    ladder goes on. Returns how many ended.
    """
    count = 0
    while True:
        async with transaction() as connected:
            ended: int = await connected.fetchval(END_LAPSED, today, at, CHUNK, only, NIGHTLY)
        count += ended
        if ended < CHUNK:
            return count


RUNNING = "SELECT until FROM deferrals WHERE account = $1 AND ended_at IS NULL"
END_LAPSED = f"""
    WITH lapsed AS (
        SELECT id FROM deferrals
        WHERE ended_at IS NULL AND until < $1 AND ($4::uuid[] IS NULL OR account = ANY ($4))
        LIMIT $3 FOR UPDATE SKIP LOCKED
    ), ended AS (
        UPDATE deferrals d SET ended_at = $2 FROM lapsed WHERE d.id = lapsed.id
        RETURNING d.account, d.dunning_case, d.until
    ), noted AS (
        INSERT INTO case_events (id, dunning_case, kind, on_day, at, overdue_cents, until, reason, decided_by)
        SELECT gen_random_uuid(), e.dunning_case, 'deferral_ended', $1, $2,
               {owed_cents("e.account", "$1")}, e.until, 'its last day has passed', $5
        FROM ended e
    )
    SELECT count(*) FROM ended
"""  # noqa: S608 - our own words
