"""What is ordered, the documents it asks to be signed, and the evidence of how they were."""

from __future__ import annotations

from enum import StrEnum

from piccolo.columns import (
    JSONB,
    UUID,
    BigInt,
    Boolean,
    Bytea,
    Date,
    ForeignKey,
    Integer,
    SmallInt,
    Text,
    Timestamptz,
    Varchar,
)
from piccolo.columns.base import OnDelete
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from portal.customers.tables import Account, Contract, Customer, Line
from portal.identity.tables import Login, SentCode
from portal.money import Money
from portal.rows import Identified, one_of


class OrderKind(StrEnum):
    """An extension of a mobile commitment, a contract for fixed services, one for mobile services, a package or
    equipment that is delivered later, a purchase in the shop (Nakupovalnica), a form for a change.
    """

    EXTENSION = "extension"
    FIXED = "fixed"
    MOBILE = "mobile"
    ORDER = "order"
    PURCHASE = "purchase"
    CHANGE = "change"


class Identification(StrEnum):
    """Video identification, without which a new mobile customer does not sign. Missed: not done while they could."""

    NOT_NEEDED = "not_needed"
    AWAITED = "awaited"
    PASSED = "passed"
    FAILED = "failed"
    MISSED = "missed"


class Instead(StrEnum):
    """What becomes of an order whose documents were not signed in time."""

    COURIER = "courier"
    SHOP = "shop"
    CANCELLED = "cancelled"


class Order(Identified, Table, tablename="orders"):
    """What a customer ordered, as the operator's sales system or a page of ours told it. `number` is the source's."""

    number = Varchar(40, unique=True, default=None)
    kind = Varchar(12, default=None)
    source = Varchar(10, default=None, help_text="import, api or portal")
    digest = Bytea(default=None, help_text="SHA-256 of the order as it came: the same again is the same order")
    customer = ForeignKey(Customer, null=False, default=None, index=True, on_delete=OnDelete.restrict)
    account = ForeignKey(Account, null=True, default=None, on_delete=OnDelete.restrict)
    line = ForeignKey(Line, null=True, default=None, on_delete=OnDelete.restrict)
    contract = ForeignKey(Contract, null=True, default=None, on_delete=OnDelete.restrict, help_text="that it extends")
    switch = UUID(null=True, unique=True, default=None, help_text="the change of a service that waits for it")
    language = Varchar(2, default="sl")
    signatory = Varchar(120, default=None, help_text="the name of whoever is to sign")
    email = Varchar(254, default=None, help_text="where the link goes")
    contact_number = Varchar(16, null=True, default=None, help_text="E.164; where the link is announced")
    needs_signature = Boolean(default=True, help_text="a change without financial impact needs none")
    identification = Varchar(12, default=Identification.NOT_NEEDED)
    identified_at = Timestamptz(null=True, default=None)
    identified_as = Varchar(60, null=True, default=None, help_text="the reference of the identification")
    instead = Varchar(10, default=Instead.SHOP)
    amount_cents = BigInt(null=True, default=None, help_text="what it comes to in all, with VAT; NULL: nothing")
    committed_until = Date(null=True, default=None, help_text="the end of the commitment once it is signed")
    benefit_cents = BigInt(default=0, help_text="received for the commitment")
    terms = JSONB(default="{}", help_text="what its documents say: see docs/orders.md")
    placed_at = Timestamptz(default=None, help_text="from when its 24 hours run")
    received_at = Timestamptz(default=None, index=True)
    went_on_at = Timestamptz(null=True, default=None, help_text="when what was signed for was set off")

    orders_kind_is_known = Check(one_of("kind", OrderKind))
    orders_identification_is_one_of = Check(one_of("identification", Identification))
    orders_instead_is_known = Check(one_of("instead", Instead))
    orders_benefit_is_not_negative = Check(benefit_cents >= 0)

    @property
    def amount(self) -> Money | None:
        return None if self.amount_cents is None else Money(self.amount_cents)


class EnvelopeState(StrEnum):
    """`open` → `accepted` (the code was entered; a worker signs) → `signed`; or `open` → `declined` or `expired`."""

    OPEN = "open"
    ACCEPTED = "accepted"
    SIGNED = "signed"
    DECLINED = "declined"
    EXPIRED = "expired"


class Blocked(StrEnum):
    """Why an open envelope cannot be signed for now: staff looks into it."""

    NUMBER_CHANGED = "number_changed"
    SIM_CHANGED = "sim_changed"
    OTHER_NAME = "other_name"
    WRONG_CODES = "wrong_codes"


class Envelope(Identified, Table, tablename="envelopes"):
    """What one order asks one person to sign, all of it or nothing. One UPDATE WHERE it is open decides its outcome."""

    order = ForeignKey(Order, null=False, unique=True, default=None, on_delete=OnDelete.restrict)
    state = Varchar(10, default=EnvelopeState.OPEN)
    opened_at = Timestamptz(default=None, help_text="when the documents were made")
    expires_at = Timestamptz(default=None, index=True, help_text="24 hours of elapsed time after the order")
    documents_sha256 = Bytea(default=None, help_text="of the hashes of all its documents, in order")
    wrong_codes = SmallInt(default=0)
    blocked_as = Varchar(20, null=True, default=None)
    blocked_at = Timestamptz(null=True, default=None)
    decided_at = Timestamptz(null=True, default=None, help_text="accepted, declined or expired")
    decided_by = ForeignKey(Login, null=True, default=None, on_delete=OnDelete.restrict)
    consent = Varchar(20, null=True, default=None, help_text="the version of the consent given")
    decline_reason = Varchar(20, null=True, default=None)
    decline_words = Varchar(1000, null=True, default=None)
    record = Bytea(null=True, default=None, help_text="JSON of the evidence up to the signature, whose hash it signs")
    signed_at = Timestamptz(null=True, default=None, help_text="the first trusted time stamp")
    certificate = Text(null=True, default=None, help_text="PEM of the one this was signed with")
    certificate_serial = Varchar(40, null=True, unique=True, default=None, help_text="hexadecimal, as /ocsp is asked")

    envelopes_state_is_known = Check(one_of("state", EnvelopeState))
    envelopes_block_is_known = Check(f"blocked_as IS NULL OR {one_of('blocked_as', Blocked)}")
    envelopes_count_wrong_codes = Check(wrong_codes >= 0)


class SigningLink(Identified, Table, tablename="signing_links"):
    """A link to an envelope that was sent: the letter and each reminder have their own. Only its hash is kept."""

    envelope = ForeignKey(Envelope, null=False, default=None, index=True, on_delete=OnDelete.restrict)
    token_hash = Bytea(unique=True, default=None)
    made_at = Timestamptz(default=None)


class DocumentKind(StrEnum):
    SUMMARY = "summary"
    CONTRACT = "contract"
    PRICES = "prices"
    TERMS = "terms"
    CHANGE = "change"


class Document(Identified, Table, tablename="documents"):
    """One document of an envelope, made once, and its signed copy. Neither is ever changed: a trigger holds it."""

    envelope = ForeignKey(Envelope, null=False, default=None, on_delete=OnDelete.restrict)
    position = SmallInt(default=None, help_text="1, 2, 3 …")
    kind = Varchar(10, default=None)
    title = Varchar(120, default=None, help_text="in the language of the order")
    edition = Varchar(20, default=None, help_text="of the template it was made from")
    pages = SmallInt(default=None)
    pdf = Bytea(default=None)
    sha256 = Bytea(default=None)
    signed_pdf = Bytea(null=True, default=None)
    signed_sha256 = Bytea(null=True, default=None, index=True)

    documents_kind_is_known = Check(one_of("kind", DocumentKind))
    documents_are_numbered = Unique([envelope, position])


class SigningCode(Identified, SentCode, Table, tablename="signing_codes"):
    """A code to sign exactly these documents with, never to sign in. Asking again makes the former one worthless."""

    envelope = ForeignKey(Envelope, null=False, default=None, index=True, on_delete=OnDelete.restrict)
    login = ForeignKey(Login, null=False, default=None, on_delete=OnDelete.restrict)
    session = UUID(default=None, help_text="the session that asked, the only one that can use it")
    number = Varchar(16, default=None, help_text="E.164; where it went")
    documents_sha256 = Bytea(default=None)
    amount_cents = BigInt(null=True, default=None, help_text="the amount that the SMS names")
    consent = Varchar(20, default=None, help_text="the version of the consent that was given")
    secret = Varchar(64, default=None)
    counter = Integer(default=0)
    created_at = Timestamptz(default=None)
    sent_at = Timestamptz(default=None)
    expires_at = Timestamptz(default=None)
    used_at = Timestamptz(null=True, default=None)


class EvidenceEntry(Identified, Table, tablename="evidence_entries"):
    """What happened, in one chain: each entry carries the hash of the one before. A trigger lets none change or go."""

    position = BigInt(unique=True, default=None)
    envelope = UUID(default=None, index=True)
    at = Timestamptz(default=None)
    event = Varchar(40, default=None)
    facts = Text(default=None, help_text="JSON as it was hashed (RFC 8785)")
    previous = Bytea(unique=True, default=None)
    hash = Bytea(unique=True, default=None)
