"""The trail of sign-ins, money and denials: written once, never changed."""

from __future__ import annotations

import uuid
from enum import StrEnum

from piccolo.columns import JSONB, UUID, Timestamptz, Varchar
from piccolo.table import Table

from portal import clock
from portal.rows import Identified


class AuditEntry(Identified, Table, tablename="audit_entries"):
    """Who did what, when and from where. Ids are plain values: an entry outlives what it speaks of."""

    at = Timestamptz(default=None, index=True)
    event = Varchar(40, default=None)
    login_id = UUID(null=True, default=None, index=True)
    account_id = UUID(null=True, default=None, index=True)
    address = Varchar(45, null=True, default=None)
    details = JSONB(default="{}")


class Event(StrEnum):
    SIGN_IN_ASKED = "sign_in_asked"
    SIGN_IN_REFUSED = "sign_in_refused"
    SIGNED_IN = "signed_in"
    SIGNED_OUT = "signed_out"
    SESSIONS_ENDED = "sessions_ended"
    ENROLLED = "enrolled"
    REGISTRATION_BEGUN = "registration_begun"
    REGISTERED = "registered"
    WELCOME_LETTER_MADE = "welcome_letter_made"
    PASSWORD_REFUSED = "password_refused"
    PASSWORD_SET = "password_set"
    PASSWORD_REMOVED = "password_removed"
    CUSTOMER_CORRECTED = "customer_corrected"
    SIM_EXCHANGED = "sim_exchanged"
    CONTACT_CHANGE_ASKED = "contact_change_asked"
    CONTACT_CHANGE_REFUSED = "contact_change_refused"
    CONTACT_CHANGED = "contact_changed"
    DENIED = "denied"
    PAYMENT_STARTED = "payment_started"
    PAYMENT_BOOKED = "payment_booked"
    PAYMENT_REFUSED = "payment_refused"
    PAYMENT_HELD = "payment_held"
    PAYMENT_REVERSED = "payment_reversed"
    CREDIT_USED = "credit_used"
    REFUND_ASKED = "refund_asked"
    REFUND_WITHDRAWN = "refund_withdrawn"
    REFUND_PAID = "refund_paid"
    REFUND_REFUSED = "refund_refused"
    SUSPENDED = "suspended"
    RECONNECTION_ASKED = "reconnection_asked"
    RECONNECTED = "reconnected"
    DEFERRAL_GRANTED = "deferral_granted"
    DEFERRAL_ASKED = "deferral_asked"
    DEFERRAL_REFUSED = "deferral_refused"
    DEFERRAL_WITHDRAWN = "deferral_withdrawn"
    PROOF_SENT = "proof_sent"
    PROOF_ACCEPTED = "proof_accepted"
    PROOF_REFUSED = "proof_refused"
    PROOF_LAPSED = "proof_lapsed"
    DISPUTED = "disputed"
    DISPUTE_DECIDED = "dispute_decided"
    FEE_WAIVED = "fee_waived"
    TERMINATED = "terminated"
    TERMINATION_REVERSED = "termination_reversed"
    HANDED_OVER = "handed_over"
    HANDOVER_REVERSED = "handover_reversed"
    HANDOVER_LEFT = "handover_left"
    HANDOVER_SETTLED = "handover_settled"
    DUNNING_RESUMED = "dunning_resumed"
    BARRING_REFUSED = "barring_refused"
    BARRING_RETRIED = "barring_retried"
    SERVICE_ORDER_REFUSED = "service_order_refused"
    SERVICE_ASKED = "service_asked"
    SERVICE_DONE = "service_done"
    SERVICE_REFUSED = "service_refused"
    SERVICE_CANCELLED = "service_cancelled"
    SERVICE_WITHDRAWN = "service_withdrawn"
    SERVICE_PUT_BACK = "service_put_back"
    MESSAGE_RESENT = "message_resent"
    LETTERS_HANDED_OVER = "letters_handed_over"
    BANK_FILE_IMPORTED = "bank_file_imported"
    BANK_ENTRY_ASSIGNED = "bank_entry_assigned"
    BANK_ENTRY_SET_ASIDE = "bank_entry_set_aside"
    SPENDING_LIMIT_SET = "spending_limit_set"
    SPENDING_LIMIT_REMOVED = "spending_limit_removed"


async def note(
    event: Event,
    *,
    login: uuid.UUID | None = None,
    account: uuid.UUID | None = None,
    address: str | None = None,
    **details: str | int | None,
) -> None:
    """Write an entry, in the running transaction if there is one. Details never hold codes, tokens or bodies."""
    await AuditEntry(
        at=clock.now(), event=event, login_id=login, account_id=account, address=address, details=details
    ).save()
