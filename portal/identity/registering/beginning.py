"""The first step: what only the customer knows, or has in the welcome letter."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import structlog

from portal import audit
from portal.audit import Event
from portal.customers.tables import Customer
from portal.database import transaction
from portal.identity import identifiers
from portal.identity.durations import REGISTERING_LIVES
from portal.identity.registering.guessing import stay_within_limits
from portal.identity.registering.refusals import NotOnRecord
from portal.identity.registering.welcome_keys import key_hash
from portal.identity.tables import RegisteredBy, Registration, WelcomeKey
from portal.statements import Slot, Statement
from portal.web import tokens

log = structlog.get_logger()


async def begin_by_record(customer_number: str, tax_number: str, address: str, *, at: datetime) -> str:
    """Returns the token that binds the registration to this browser. Both numbers are looked for together, so that
    neither the answer nor the database's work tells which one is unknown.
    """
    await stay_within_limits(RegisteredBy.RECORD, address, customer_number, at)
    customer = await ON_RECORD.first(number=customer_number, tax_number=tax_number)
    if customer is None:
        raise refused(customer_number, address)
    return await begin(customer.id, RegisteredBy.RECORD, None, address, at)


async def begin_by_letter(customer_number: str, key: str, address: str, *, at: datetime) -> str:
    """As above, with the one-time key of the welcome letter."""
    await stay_within_limits(RegisteredBy.LETTER, address, customer_number, at)
    found = await OF_A_LETTER.first(number=customer_number, key_hash=key_hash(key), at=at)
    if found is None:
        raise refused(customer_number, address)
    return await begin(found.customer, RegisteredBy.LETTER, found.id, address, at)


def refused(customer_number: str, address: str) -> NotOnRecord:
    """On the log, not on the trail: no stranger fills a table that is never emptied."""
    log.warning("registration refused", customer=identifiers.mask(customer_number), address=address)
    return NotOnRecord()


async def begin(customer: UUID, by: RegisteredBy, welcome_key: UUID | None, address: str, at: datetime) -> str:
    token = tokens.new_token()
    registration = Registration(
        browser_hash=tokens.hashed(token),
        customer=customer,
        by=by,
        welcome_key=welcome_key,
        created_at=at,
        expires_at=at + REGISTERING_LIVES,
    )
    async with transaction():
        await registration.save()
        await audit.note(Event.REGISTRATION_BEGUN, address=address, customer=str(customer), by=by)
    return token


async def begun_by(token: str | None, at: datetime) -> Registration | None:
    """The registration of the browser with this cookie, finished or not, while it may go on."""
    return await BEGUN.first(browser_hash=tokens.hashed(token or ""), at=at)


ON_RECORD = Statement(
    Customer.objects().where(Customer.number == Slot("number"), Customer.tax_number == Slot("tax_number")), Customer
)
OF_A_LETTER = Statement(
    WelcomeKey.objects().where(
        WelcomeKey.customer.number == Slot("number"),
        WelcomeKey.key_hash == Slot("key_hash"),
        WelcomeKey.used_at.is_null(),
        WelcomeKey.expires_at > Slot("at"),
    ),
    WelcomeKey,
)
BEGUN = Statement(
    Registration.objects().where(
        Registration.browser_hash == Slot("browser_hash"), Registration.expires_at > Slot("at")
    ),
    Registration,
)
