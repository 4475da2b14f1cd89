"""Non-payment as a case: one for an account, from its first overdue bill until everything is settled."""

from __future__ import annotations

import json
from datetime import date
from enum import StrEnum

from piccolo.columns import JSONB, BigInt, Boolean, Date, ForeignKey, SmallInt, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.constraints import Check
from piccolo.query import Objects
from piccolo.table import Table

from portal.billing.tables import Bill
from portal.customers.tables import Account
from portal.money import Money
from portal.rows import Identified, one_of


class CaseEnd(StrEnum):
    """`settled`: nothing undisputed is overdue any more."""

    SETTLED = "settled"


class DunningCase(Identified, Table, tablename="dunning_cases"):
    """One account on the ladder of one policy. At most one is open per account (a partial unique index).

    `bill` is the longest overdue one: days are counted from its issue and due day. `taken` and `last_days` are what
    `portal.dunning.schedule.Course` says of them, as JSON with ISO days. `next_on` is null while the next step waits
    for a notice to be delivered, and with `next_step` after the last step.
    """

    account = ForeignKey(Account, null=False, default=None, index=True, on_delete=OnDelete.restrict)
    policy = Varchar(40, default=None)
    bill = ForeignKey(Bill, null=False, default=None, on_delete=OnDelete.restrict)
    issued_on = Date(default=None)
    due_on = Date(default=None)
    taken = JSONB(default="{}")
    last_days = JSONB(default="{}")
    next_step = Varchar(40, null=True, default=None)
    next_on = Date(null=True, default=None)
    opened_on = Date(default=None)
    closed_at = Timestamptz(null=True, default=None)
    closed_because = Varchar(20, null=True, default=None)

    dunning_cases_end_has_a_reason = Check('("closed_at" IS NULL) = ("closed_because" IS NULL)')

    @classmethod
    def of(cls, account: Account) -> Objects[DunningCase]:
        return cls.objects().where(cls.account == account.id)


class Happened(StrEnum):
    """What a case's timeline tells."""

    OPENED = "opened"
    STEP = "step"
    DELIVERED = "delivered"
    """A notice reached the customer: `on_day` is when, `until` the last day to pay."""
    SENT_BY_POST = "sent_by_post"
    """An SMS did not arrive: the notice goes as a letter."""
    SUSPENDED_AGAIN = "suspended_again"
    RECONNECTED = "reconnected"
    DEFERRED = "deferred"
    DEFERRAL_ENDED = "deferral_ended"
    DISPUTED = "disputed"
    DISPUTE_UPHELD = "dispute_upheld"
    DISPUTE_REJECTED = "dispute_rejected"
    PROOF_SENT = "proof_sent"
    PROOF_ACCEPTED = "proof_accepted"
    PROOF_REFUSED = "proof_refused"
    PROOF_LAPSED = "proof_lapsed"
    FEE_WAIVED = "fee_waived"
    REVERSED = "reversed"
    """A termination or handover was taken back."""
    COUNTED_ANEW = "counted_anew"
    """The longest overdue bill was paid: days count from the next one."""
    SETTLED = "settled"


class Outcome(StrEnum):
    """What became of a step: `overtaken` when it had been paid, held or put off before it was carried out, `reversed`
    when a person took it back: then it may be taken again.
    """

    DONE = "done"
    OVERTAKEN = "overtaken"
    REVERSED = "reversed"


class CaseEvent(Identified, Table, tablename="case_events"):
    """One thing that happened to a case, with its reason and the amounts then. A step stands once (a unique index).

    Of a step the row is also the order to carry it out: `outcome` is null until a job did.
    """

    dunning_case = ForeignKey(DunningCase, null=False, default=None, index=True, on_delete=OnDelete.restrict)
    kind = Varchar(20, default=None)
    step = Varchar(40, null=True, default=None)
    on_day = Date(default=None)
    at = Timestamptz(default=None)
    overdue_cents = BigInt(default=None, help_text="what was overdue and not disputed then")
    cents = BigInt(null=True, default=None, help_text="the fee or other amount it is about")
    until = Date(null=True, default=None, help_text="the last day it gives")
    reason = Varchar(200, default=None)
    decided_by = Varchar(60, default=None)
    outcome = Varchar(10, null=True, default=None)

    case_events_kind_is_known = Check(one_of("kind", Happened))
    case_events_outcome_is_known = Check(f'"outcome" IS NULL OR {one_of("outcome", Outcome)}')

    @property
    def overdue(self) -> Money:
        return Money(self.overdue_cents)


class Notice(Identified, Table, tablename="notices"):
    """A warning about overdue bills, and the last day to avoid what it warns of.

    Its messages are told under `once = 'notice <id>'`, by SMS and letter, whichever arrives. `last_day` is what the
    message said until `delivered_on` makes it certain.
    """

    account = ForeignKey(Account, null=False, default=None, index=True, on_delete=OnDelete.restrict)
    bill = ForeignKey(Bill, null=False, default=None, on_delete=OnDelete.restrict)
    dunning_case = ForeignKey(
        DunningCase,
        null=True,
        default=None,
        index=True,
        on_delete=OnDelete.restrict,
        help_text="null before cases were kept",
    )
    policy = Varchar(40, default=None)
    step = Varchar(40, default="notice")
    at = Timestamptz(default=None)
    gives_days = SmallInt(default=0)
    last_day = Date(default=None)
    delivered_on = Date(null=True, default=None)
    posted_at = Timestamptz(null=True, default=None, help_text="when a letter was ordered because no SMS arrived")
    is_awaited = Boolean(default=True, help_text="whether its arrival is still looked for: not once its case is closed")


def days_of(written: str) -> dict[str, date]:
    """`taken` or `last_days` as days; Piccolo leaves JSON as text."""
    return {step: date.fromisoformat(day) for step, day in json.loads(written).items()}
