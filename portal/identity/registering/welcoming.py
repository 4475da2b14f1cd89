"""The welcome letter of fixed customers: customer number and a one-time key.

The key stands in the letter's values until the letter is printed, and then only on paper and in the print house's
folder: the table keeps its hash, and of a secret letter neither words nor PDF are kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from portal import audit, clock
from portal.audit import Event
from portal.database import connection, transaction
from portal.identity.durations import WELCOME_KEY_LIVES
from portal.identity.registering.welcome_keys import key_hash, new_key
from portal.identity.tables import WelcomeKey
from portal.messaging.sending import Told, send_letter
from portal.statements import Statement


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A customer with a fixed connection for whom nobody signs in yet. `last_key_at`: when the last letter was made."""

    id: UUID
    number: str
    name: str
    street: str
    postcode: str
    city: str
    language: str
    last_key_at: datetime | None

    @property
    def address(self) -> list[str]:
        return [self.name, self.street, f"{self.postcode} {self.city}"]


async def newcomers(number: str | None = None) -> list[Newcomer]:
    """One customer, whether or not there was a letter; or all who had none."""
    return await NEWCOMERS.all(number=number)


async def welcome(newcomer: Newcomer, at: datetime) -> None:
    """Have a letter with a new key printed. Former keys open nothing any more, and a letter that was not printed yet
    is not printed.
    """
    key, until = new_key(), at + WELCOME_KEY_LIVES
    async with transaction() as connected:
        await connected.execute("SELECT FROM customers WHERE id = $1 FOR UPDATE", newcomer.id)  # one letter at a time
        await end_letters(newcomer.id, at)
        await WelcomeKey(customer=newcomer.id, key_hash=key_hash(key), made_at=at, expires_at=until).save()
        values = {"customer_number": newcomer.number, "key": key, "last_day": clock.day_of(until)}
        told = Told("welcome", newcomer.language, values, customer=newcomer.id, is_secret=True, expires_at=until)
        await send_letter(told, newcomer.address, at=at)
        await audit.note(Event.WELCOME_LETTER_MADE, customer=newcomer.number)


async def end_letters(customer: UUID, at: datetime) -> None:
    async with connection() as connected:
        await connected.execute(END_KEYS, customer, at)
        await connected.execute(END_LETTERS, customer, at)


NEWCOMERS = Statement(
    """
    SELECT c.id, c.number, c.name, c.street, c.postcode, c.city, c.language,
           (SELECT max(made_at) FROM welcome_keys WHERE customer = c.id) AS last_key_at
    FROM customers c
    WHERE (c.number = $1 OR $1::text IS NULL AND NOT EXISTS (SELECT FROM welcome_keys WHERE customer = c.id))
      AND NOT EXISTS (SELECT FROM accesses WHERE customer = c.id)
      AND EXISTS (
        SELECT FROM accounts a JOIN contracts k ON k.account = a.id JOIN packages p ON p.id = k.package
        WHERE a.customer = c.id AND k.ended_on IS NULL AND p.kind IN ('kombo', 'legacy_fixed')
      )
    ORDER BY c.number
    """,
    Newcomer,
    ("number",),
)
END_KEYS = "UPDATE welcome_keys SET expires_at = $2 WHERE customer = $1 AND used_at IS NULL AND expires_at > $2"
END_LETTERS = """
    UPDATE messages SET expires_at = $2
    WHERE customer = $1 AND template = 'welcome' AND state = 'queued' AND batch IS NULL
"""
