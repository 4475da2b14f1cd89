"""Making the password for the first sign-in and sending it: it exists nowhere but in the SMS and as a hash."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from portal.customers.tables import Customer
from portal.database import transaction
from portal.identity import passwords
from portal.identity.tables import Registration
from portal.messaging.sending import Told, send_sms


async def send(registration: Registration, at: datetime) -> None:
    """Once for each sending: a job that comes again finds the password made, and the SMS decided with it."""
    password = passwords.new_initial()
    password_hash = await passwords.hashed(password)
    customer = await Customer.objects().get(Customer.id == registration.customer)
    assert customer is not None, "customers are never deleted"
    async with transaction() as connected:
        if await connected.fetchval(KEEP, registration.id, registration.sendings, password_hash, at) is None:
            return
        told = Told(
            "initial_password",
            customer.language,
            {"password": password},
            customer=customer.id,
            once=f"initial_password:{registration.id}:{registration.sendings}",
            is_secret=True,
            expires_at=registration.expires_at,
        )
        await send_sms(told, registration.number, at=at)


async def asked_for(registration: str, sending: int) -> Registration | None:
    """If that asking is still the latest, and nothing came of it yet."""
    return (
        await Registration.objects()
        .where(
            Registration.id == UUID(registration),
            Registration.sendings == sending,
            Registration.login.is_null(),
            Registration.password_hash.is_null(),
        )
        .first()
    )


KEEP = """
    UPDATE registrations SET password_hash = $3
    WHERE id = $1 AND sendings = $2 AND password_hash IS NULL AND login IS NULL AND expires_at > $4 RETURNING id
"""
