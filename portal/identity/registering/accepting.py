"""The second step: the terms are accepted, and a password goes by SMS to the number on record."""

from __future__ import annotations

from datetime import datetime

from portal import audit, phone
from portal.audit import Event
from portal.customers.tables import Customer
from portal.database import transaction
from portal.identity.durations import RESEND_AFTER
from portal.identity.registering.accesses import give_access
from portal.identity.registering.guessing import stay_within_sendings
from portal.identity.registering.refusals import NoMobileNumber, RegistrationOver
from portal.identity.tables import Login, RegisteredBy, Registration
from portal.jobs import URGENT, enqueue
from portal.statements import Statement


async def accept(registration: Registration, customer: Customer, typed: str | None, terms: str, at: datetime) -> bool:
    """Send the password; True when none is needed, because the number on record signs in already.

    `typed`: the number that a letter's reader wants codes at; about that number nothing is told, whoever has it.
    """
    number = typed if registration.by == RegisteredBy.LETTER else customer.contact_number
    if number is None or not phone.is_slovenian_mobile(number):
        raise NoMobileNumber
    known = await LET_IN_ALREADY.first(number=number, customer=customer.id)
    if registration.by == RegisteredBy.RECORD and known is not None:
        await join(registration, customer, known, terms, at)
        return True
    await send_password(registration, number, terms, at)
    return False


async def join(registration: Registration, customer: Customer, login: Login, terms: str, at: datetime) -> None:
    """The person behind the number sees this customer as well."""
    async with transaction() as connected:
        done = await connected.fetchval(JOIN, registration.id, login.contact_number, terms, at, login.id)
        if done is None:
            raise RegistrationOver
        await give_access(login.id, customer.id, at)
        await audit.note(Event.REGISTERED, login=login.id, customer=customer.number, by=registration.by)


async def send_password(registration: Registration, number: str, terms: str, at: datetime) -> None:
    """Have a new one made and sent; earlier ones no longer count. The WHERE is the lock: two taps, one SMS."""
    is_of_a_letter = registration.by == RegisteredBy.LETTER
    if number == registration.number and at < resend_at(registration):
        return
    await stay_within_sendings(registration.customer, number, at, is_of_a_letter=is_of_a_letter)
    async with transaction() as connected:
        sending = await connected.fetchval(SEND, registration.id, number, terms, at, at - RESEND_AFTER)
        if sending is not None:
            await enqueue(
                "identity.send_password", priority=URGENT, registration=str(registration.id), sending=str(sending)
            )


def resend_at(registration: Registration) -> datetime:
    sent_at: datetime = registration.sent_at or registration.created_at - RESEND_AFTER
    return sent_at + RESEND_AFTER


# Who forgot the password of a login that sees this customer gets a new one. Any other login that stands keeps what it
# has: knowing one customer's data must not reset what guards another's.
LET_IN_ALREADY = Statement(
    """
    SELECT * FROM logins l WHERE contact_number = $1 AND NOT (
        EXISTS (SELECT FROM passwords WHERE login = l.id)
        AND EXISTS (SELECT FROM accesses WHERE login = l.id AND customer = $2)
    )
    """,
    Login,
    ("number", "customer"),
)
JOIN = """
    UPDATE registrations SET number = $2, terms = $3, accepted_at = $4, login = $5
    WHERE id = $1 AND login IS NULL AND expires_at > $4 RETURNING id
"""
SEND = """
    UPDATE registrations SET
        number = $2, terms = $3, accepted_at = $4, sent_at = $4, sendings = sendings + 1, password_hash = NULL
    WHERE id = $1 AND login IS NULL AND expires_at > $4
      AND (sent_at IS NULL OR sent_at <= $5 OR number IS DISTINCT FROM $2)
    RETURNING sendings
"""
