"""What happened on each day that passed in the demo: who moved, who was written to, which letters were printed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import quote

from portal import phone
from portal.dunning.case_tables import Happened
from portal.dunning.policies import policy_named
from portal.dunning.policy import HandOverTo, Step
from portal.messaging.tables import Channel
from portal.messaging.wording import title
from portal.refusals import N_
from portal.statements import Statement
from portal.web.wording import say

MOST = 30
"""Of each kind on one day: a crowd would fill the page."""
BESIDES = {
    Happened.DEFERRAL_ENDED: N_("The deferral is over"),
    Happened.PROOF_LAPSED: N_("The wait for the payment is over"),
    Happened.SUSPENDED_AGAIN: N_("Services are off again"),
    Happened.SENT_BY_POST: N_("The notice goes by post"),
    Happened.SETTLED: N_("Everything is settled"),
}
TERMINATED = N_("The contract ended")
HANDED_OVER = {
    HandOverTo.AGENCY: N_("The debt goes to the collection agency"),
    HandOverTo.ENFORCEMENT: N_("The debt goes to enforcement"),
}


@dataclass(frozen=True, slots=True)
class Move:
    """A step that somebody's case took, or what else became of it. `of_day`: how many such rows its day has."""

    day: date
    name: str
    kind: Happened
    policy: str
    step: str | None
    of_day: int

    def words(self, language: str) -> str:
        if self.kind != Happened.STEP or self.step is None:
            return say(language, BESIDES[Happened(self.kind)])
        return step_words(policy_named(self.policy).step(self.step), language)


@dataclass(frozen=True, slots=True)
class Written:
    """A message that was decided."""

    day: date
    name: str
    channel: Channel
    recipient: str
    template: str
    of_day: int

    def words(self, language: str) -> str:
        return title(self.template, language)

    @property
    def path(self) -> str | None:
        """Where it arrived, if it can be looked at."""
        if self.channel == Channel.SMS:
            return f"/sandbox/phone/{self.recipient.removeprefix('+')}"
        return f"/sandbox/mail/{quote(self.recipient, safe='@')}" if self.channel == Channel.EMAIL else None

    @property
    def to(self) -> str:
        if self.channel == Channel.LETTER:
            return ", ".join(self.recipient.splitlines()[1:])
        return phone.show(self.recipient) if self.channel == Channel.SMS else self.recipient


@dataclass(frozen=True, slots=True)
class Printed:
    """A batch of letters in the hands of the print house."""

    day: date
    number: str
    letters: int


@dataclass(frozen=True, slots=True)
class Day:
    """One on which something happened."""

    day: date
    moves: Sequence[Move]
    written: Sequence[Written]
    printed: Sequence[Printed]

    @property
    def left_out(self) -> int:
        """What did not fit on the page."""
        return sum(rows[0].of_day - len(rows) for rows in (self.moves, self.written) if rows)


async def happened(after: datetime, until: datetime) -> list[Day]:
    """The days between the two moments, the latest first."""
    moves: dict[date, list[Move]] = defaultdict(list)
    written: dict[date, list[Written]] = defaultdict(list)
    printed: dict[date, list[Printed]] = defaultdict(list)
    for move in await MOVES.all(after=after, until=until, kinds=[Happened.STEP, *BESIDES], most=MOST):
        moves[move.day].append(move)
    for message in await WRITTEN.all(after=after, until=until, most=MOST):
        written[message.day].append(message)
    for batch in await PRINTED.all(after=after, until=until):
        printed[batch.day].append(batch)
    days = sorted({*moves, *written, *printed}, reverse=True)
    return [Day(day, moves[day], written[day], printed[day]) for day in days]


def step_words(step: Step, language: str) -> str:
    """What tells the customer is called as its message is; the others have no words of their own elsewhere."""
    if step.hands_over_to:
        return say(language, HANDED_OVER[step.hands_over_to])
    if step.terminates:
        return say(language, TERMINATED)
    return title(next(iter(step.tells.values())), language) if step.tells else step.name


MOVES = Statement(
    """
    SELECT day, name, kind, policy, step, of_day FROM (
        SELECT e.on_day AS day, c.name, e.kind, d.policy, e.step, e.at, e.id,
               count(*) OVER w AS of_day, row_number() OVER (w ORDER BY e.at, e.kind = 'step', c.number, e.id) AS n
        FROM case_events e
        JOIN dunning_cases d ON d.id = e.dunning_case
        JOIN accounts a ON a.id = d.account
        JOIN customers c ON c.id = a.customer
        WHERE e.at > $1 AND e.at <= $2 AND e.kind = ANY ($3) AND e.outcome IS DISTINCT FROM 'overtaken'
        WINDOW w AS (PARTITION BY e.on_day)
    ) counted WHERE n <= $4 ORDER BY day, n
    """,
    Move,
    ("after", "until", "kinds", "most"),
)
WRITTEN = Statement(
    """
    SELECT day, name, channel, recipient, template, of_day FROM (
        SELECT (m.created_at AT TIME ZONE 'Europe/Ljubljana')::date AS day, coalesce(c.name, '') AS name, m.channel,
               m.recipient, m.template, count(*) OVER w AS of_day,
               row_number() OVER (w ORDER BY m.created_at, c.number, m.channel DESC, m.id) AS n
        FROM messages m LEFT JOIN customers c ON c.id = m.customer
        WHERE m.created_at > $1 AND m.created_at <= $2 AND m.customer IS NOT NULL
        WINDOW w AS (PARTITION BY (m.created_at AT TIME ZONE 'Europe/Ljubljana')::date)
    ) counted WHERE n <= $3 ORDER BY day, n
    """,
    Written,
    ("after", "until", "most"),
)
PRINTED = Statement(
    """
    SELECT (b.made_at AT TIME ZONE 'Europe/Ljubljana')::date AS day, b.number,
           (SELECT count(*) FROM messages m WHERE m.batch = b.id)::int AS letters
    FROM letter_batches b WHERE b.made_at > $1 AND b.made_at <= $2 ORDER BY b.made_at, b.id
    """,
    Printed,
    ("after", "until"),
)
