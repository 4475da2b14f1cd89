"""The third step: the password from the SMS is right, and the customer has somebody who signs in."""

from __future__ import annotations

from datetime import datetime

from portal import audit
from portal.audit import Event
from portal.customers.tables import Customer
from portal.database import connection, transaction
from portal.identity import caps, passwords
from portal.identity.password_setting import keep_initial
from portal.identity.refusals import TooManyPasswords, WrongPassword
from portal.identity.registering.accesses import give_access, has_password_and_access
from portal.identity.registering.logins import login_at
from portal.identity.registering.refusals import RegistrationOver
from portal.identity.registering.telling import tell_former
from portal.identity.tables import RegisteredBy, Registration


async def finish(registration: Registration, typed: str, language: str, address: str, *, at: datetime) -> None:
    """Counted first, then looked at; right once."""
    tries = f"registration:{registration.customer}"
    if not await caps.PASSWORDS.take(tries, at):
        raise TooManyPasswords(await caps.PASSWORDS.left_until(tries, at) or at)
    if not await passwords.fits(registration.password_hash, typed):
        await audit.note(Event.PASSWORD_REFUSED, address=address, customer=str(registration.customer))
        raise WrongPassword
    async with transaction():
        await use_up(registration, at)
        await register(registration, language, address, at)
        await caps.PASSWORDS.forget(tries)


async def use_up(registration: Registration, at: datetime) -> None:
    """The WHERE is the lock: of two tabs one goes on, and none when the password or the number on record was replaced
    meanwhile, or the letter by a newer one.
    """
    async with connection() as connected:
        if await connected.fetchval(USE_UP, registration.id, registration.password_hash, at) is None:
            raise RegistrationOver
        if registration.by == RegisteredBy.LETTER:
            if await connected.fetchval(USE_KEY, registration.welcome_key, at) is None:
                raise RegistrationOver
            await adopt_number(registration, at)


async def adopt_number(registration: Registration, at: datetime) -> None:
    """The number that was proven is the one on record from now on; the former one is told.

    The first one is no change: whoever has the letter and was in nobody's place may sign the same day.
    """
    customer = await Customer.objects().get(Customer.id == registration.customer)
    assert customer is not None, "customers are never deleted"
    former = customer.contact_number
    if former == registration.number:
        return
    since = None if former is None else at
    await Customer.update({Customer.contact_number: registration.number, Customer.contact_number_since: since}).where(
        Customer.id == customer.id
    )
    if former is not None:
        await tell_former(former, customer.email, customer.language, customer.id, at)


async def register(registration: Registration, language: str, address: str, at: datetime) -> None:
    """The login, what it sees and its first password.

    A login that stood before keeps what guards it, unless it forgot its password and proves its own customer's record.
    """
    customer = await Customer.objects().get(Customer.id == registration.customer)
    assert customer is not None, "customers are never deleted"
    login, is_new = await login_at(str(registration.number), customer, language, at)
    is_forgotten = registration.by == RegisteredBy.RECORD and await has_password_and_access(login, customer.id)
    await give_access(login, customer.id, at)
    if is_new or is_forgotten:
        await keep_initial(login, str(registration.password_hash), registration.sent_at, is_new=is_new, at=at)
    await Registration.update({Registration.login: login}).where(Registration.id == registration.id)
    await audit.note(
        Event.REGISTERED,
        login=login,
        address=address,
        customer=customer.number,
        by=registration.by,
        terms=registration.terms,
    )


USE_UP = """
    UPDATE registrations r SET password_hash = NULL
    WHERE id = $1 AND login IS NULL AND password_hash = $2 AND expires_at > $3
      AND (by = 'letter' OR number = (SELECT contact_number FROM customers WHERE id = r.customer))
    RETURNING id
"""
USE_KEY = "UPDATE welcome_keys SET used_at = $2 WHERE id = $1 AND used_at IS NULL AND expires_at > $2 RETURNING id"
