"""A deferral asked for from a telephone: which account it is for, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from portal.dunning.deferrals.deferring import defer, facts_of
from portal.dunning.deferrals.facts import Facts
from portal.dunning.deferrals.numbers import HeldAccount, accounts_of
from portal.dunning.deferrals.refusals import AlreadyRuns, NothingOverdue, NotPutOff
from portal.dunning.deferrals.rules import Possibility, short
from portal.dunning.relief_tables import AskedBy
from portal.money import Money


@dataclass(frozen=True, slots=True)
class Candidate:
    held: HeldAccount
    facts: Facts
    possibility: Possibility

    def rank(self, today: date) -> tuple[int, date]:
        """What was put off today comes first, so that asking twice costs once; then what can be, then what else is
        overdue. Of equals the longest overdue.
        """
        refusal = self.possibility.refusal
        if isinstance(refusal, AlreadyRuns):
            place = 0 if self.facts.last_granted_on == today else 2
        elif refusal is None:
            place = 1
        else:
            place = 4 if isinstance(refusal, NothingOverdue) else 3
        return place, self.facts.due_on or date.max


@dataclass(frozen=True, slots=True)
class Answer:
    """`until`: the day a deferral runs to, granted now or before; else `refusal` says why not.

    `is_one_of_several`: the number has more accounts, so the answer names this one.
    """

    held: HeldAccount
    is_one_of_several: bool
    until: date | None = None
    fee: Money | None = None
    refusal: NotPutOff | None = None


async def ask(number: str, *, asked_by: AskedBy, today: date, at: datetime) -> Answer | None:
    """Defer what the holder of an E.164 number can have deferred. None: the number is nobody's for certain."""
    candidates = [await candidate(held, today) for held in await accounts_of(number)]
    if not candidates:
        return None
    best = min(candidates, key=lambda candidate: candidate.rank(today))
    return await ask_for(best, asked_by, today, at, is_one_of_several=len(candidates) > 1)


async def candidate(held: HeldAccount, today: date) -> Candidate:
    facts = await facts_of(held.id, today)
    return Candidate(held, facts, short(facts, today))


async def ask_for(
    chosen: Candidate, asked_by: AskedBy, today: date, at: datetime, *, is_one_of_several: bool
) -> Answer:
    try:
        deferral = await defer(chosen.held.account, today=today, at=at, asked_by=asked_by, decided_by="customer")
    except AlreadyRuns as before:
        return Answer(chosen.held, is_one_of_several, until=before.until, fee=before.fee)
    except NotPutOff as refusal:
        return Answer(chosen.held, is_one_of_several, refusal=refusal)
    return Answer(chosen.held, is_one_of_several, until=deferral.until, fee=chosen.possibility.fee)
