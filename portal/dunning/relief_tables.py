"""What holds the ladder: deferrals, disputed bills, proofs of payment."""

from __future__ import annotations

from enum import StrEnum

from piccolo.columns import JSONB, UUID, BigInt, Date, ForeignKey, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.constraints import Check, Unique
from piccolo.query import Objects
from piccolo.table import Table

from portal.billing.tables import Bill
from portal.customers.tables import Account
from portal.dunning.case_tables import DunningCase
from portal.money import Money
from portal.rows import Identified, one_of


class DeferralKind(StrEnum):
    """`short`: the policy's days, granted at once; `agreed`: a longer one, agreed with an adviser (a promise)."""

    SHORT = "short"
    AGREED = "agreed"


class AskedBy(StrEnum):
    """The way a deferral was asked for."""

    PORTAL = "portal"
    SMS = "sms"
    VOICE = "voice"
    ADVISER = "adviser"


class Deferral(Identified, Table, tablename="deferrals"):
    """Suspension put off up to and with a day. At most one runs per account (a partial unique index)."""

    account = ForeignKey(Account, null=False, default=None, index=True, on_delete=OnDelete.restrict)
    dunning_case = ForeignKey(DunningCase, null=False, default=None, index=True, on_delete=OnDelete.restrict)
    kind = Varchar(10, default=None)
    asked_by = Varchar(10, default=None)
    until = Date(default=None)
    granted_at = Timestamptz(default=None)
    decided_by = Varchar(60, default=None)
    reason = Varchar(200, default=None)
    ended_at = Timestamptz(null=True, default=None)

    deferrals_kind_is_known = Check(one_of("kind", DeferralKind))
    deferrals_way_is_known = Check(one_of("asked_by", AskedBy))

    @classmethod
    def of(cls, account: Account) -> Objects[Deferral]:
        return cls.objects().where(cls.account == account.id)


class RequestState(StrEnum):
    ASKED = "asked"
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class DeferralRequest(Identified, Table, tablename="deferral_requests"):
    """A wish for a longer deferral, which a person decides. At most one waits per account (a partial unique index)."""

    account = ForeignKey(Account, null=False, default=None, index=True, on_delete=OnDelete.restrict)
    dunning_case = ForeignKey(DunningCase, null=False, default=None, on_delete=OnDelete.restrict)
    login_id = UUID(null=True, default=None)
    telephone = Varchar(16, default=None)
    tax_number = Varchar(8, default=None)
    wished_until = Date(default=None)
    words = Varchar(500, default="")
    asked_at = Timestamptz(default=None)
    state = Varchar(10, default=RequestState.ASKED)
    granted_until = Date(null=True, default=None)
    decided_at = Timestamptz(null=True, default=None)
    decided_by = Varchar(60, null=True, default=None)
    reason = Varchar(200, null=True, default=None)

    deferral_requests_state_is_known = Check(one_of("state", RequestState))

    @classmethod
    def of(cls, account: Account) -> Objects[DeferralRequest]:
        return cls.objects().where(cls.account == account.id)


class VoiceCall(Identified, Table, tablename="voice_calls"):
    """A deferral asked for on the collections line. The voice system may ask again: `call` is its own id."""

    call = Varchar(80, unique=True, default=None)
    caller = Varchar(16, default=None, help_text="E.164")
    asked_at = Timestamptz(default=None)
    answer = JSONB(null=True, default=None, help_text="as it was given")


class DisputeOutcome(StrEnum):
    UPHELD = "upheld"
    REJECTED = "rejected"


class Dispute(Identified, Table, tablename="disputes"):
    """An objection to a bill. Nothing is barred for the disputed part; paying the rest keeps everything on.

    `undisputed_cents`: what has to be paid meanwhile. Source: ZEKom-2, objections to bills; see disputing.py.
    At most one is open per bill (a partial unique index); while it is, the bill holds its `disputed_cents`.
    """

    account = ForeignKey(Account, null=False, default=None, index=True, on_delete=OnDelete.restrict)
    bill = ForeignKey(Bill, null=False, default=None, on_delete=OnDelete.restrict)
    undisputed_cents = BigInt(default=None)
    reason = Varchar(200, default=None)
    opened_at = Timestamptz(default=None)
    opened_by = Varchar(60, default=None)
    outcome = Varchar(10, null=True, default=None)
    decided_at = Timestamptz(null=True, default=None)
    decided_by = Varchar(60, null=True, default=None)
    decided_because = Varchar(200, null=True, default=None)

    disputes_amount_is_not_negative = Check(undisputed_cents >= 0)
    disputes_outcome_is_known = Check("\"outcome\" IS NULL OR \"outcome\" IN ('upheld', 'rejected')")

    @property
    def undisputed(self) -> Money:
        return Money(self.undisputed_cents)


class ProofState(StrEnum):
    """`accepted` holds the ladder until `holds_until`; then it is `lapsed`, or `booked` when the money came."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    BOOKED = "booked"
    LAPSED = "lapsed"


class Proof(Identified, Table, tablename="proofs"):
    """A customer's proof that they paid elsewhere: a PDF or photo under PROOFS_DIR, named by its id."""

    account = ForeignKey(Account, null=False, default=None, index=True, on_delete=OnDelete.restrict)
    dunning_case = ForeignKey(DunningCase, null=True, default=None, on_delete=OnDelete.restrict)
    login_id = UUID(null=True, default=None)
    name = Varchar(120, default=None, help_text="of the file, as the customer called it")
    media_type = Varchar(40, default=None)
    size = BigInt(default=None, help_text="bytes")
    sha256 = Varchar(64, default=None)
    sent_at = Timestamptz(default=None)
    state = Varchar(10, default=ProofState.WAITING)
    holds_until = Date(null=True, default=None)
    decided_at = Timestamptz(null=True, default=None)
    decided_by = Varchar(60, null=True, default=None)
    reason = Varchar(200, null=True, default=None)

    proofs_state_is_known = Check(one_of("state", ProofState))
    proofs_are_sent_once = Unique([account, sha256])

    @classmethod
    def of(cls, account: Account) -> Objects[Proof]:
        return cls.objects().where(cls.account == account.id)
