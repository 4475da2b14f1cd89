"""Who is signed in and what they may see: one statement a request."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from portal.customers.tables import Account, CustomerKind
from portal.identity import durations
from portal.refusals import N_, Refusal
from portal.statements import Statement, row_of


class NoAccount(Refusal):
    status = 403
    message = N_("Your sign-in is not linked to any subscription yet. Call us and we will sort it out.")


@dataclass(frozen=True, slots=True)
class Seen:
    """One account that the login may see, as the session statement returns it."""

    session_id: UUID
    seen_at: datetime
    idle_ends_at: datetime
    is_remembered: bool
    stepped_up_at: datetime | None
    chosen_account: UUID | None
    login_id: UUID
    name: str
    language: str
    contact_number: str
    email: str | None
    contact_changed_at: datetime | None
    account_id: UUID | None
    account_number: str | None
    customer_id: UUID | None
    customer_number: str | None
    customer_name: str | None
    customer_kind: CustomerKind | None
    shares_our_number: bool


SEEN = Statement(
    """
    WITH still_here AS (
        UPDATE sessions SET seen_at = $2,
            idle_ends_at = $2 + CASE WHEN is_remembered THEN $5::interval ELSE $4::interval END
        WHERE token_hash = $1 AND ended_at IS NULL AND idle_ends_at > $2 AND ends_at > $2 AND seen_at <= $3
    )
    SELECT s.id AS session_id, s.seen_at, s.idle_ends_at, s.is_remembered, s.stepped_up_at,
           s.account AS chosen_account, l.id AS login_id, l.name, l.language, l.contact_number,
           l.email, l.contact_changed_at,
           a.id AS account_id, a.number AS account_number,
           c.id AS customer_id, c.number AS customer_number, c.name AS customer_name, c.kind AS customer_kind,
           coalesce(c.contact_number = l.contact_number, false) AS shares_our_number
    FROM sessions s
    JOIN logins l ON l.id = s.login
    LEFT JOIN accesses x ON x.login = l.id
    LEFT JOIN customers c ON c.id = x.customer
    LEFT JOIN accounts a ON a.customer = c.id
    WHERE s.token_hash = $1 AND s.ended_at IS NULL AND s.idle_ends_at > $2 AND s.ends_at > $2
    ORDER BY c.number, a.number
    """,
    Seen,
    ("token_hash", "at", "minute_ago", "idle", "remembered_idle"),
)
"""Also writes down, at most once a minute, that the session is in use, which puts off the end of its idle time."""


@dataclass(frozen=True, slots=True)
class Viewer:
    """A signed-in person: their login, the accounts they may see and the one they look at."""

    token_hash: bytes
    seen: list[Seen]

    @property
    def session_id(self) -> UUID:
        return self.seen[0].session_id

    @property
    def login_id(self) -> UUID:
        return self.seen[0].login_id

    @property
    def name(self) -> str:
        return self.seen[0].name

    @property
    def language(self) -> str:
        return self.seen[0].language

    @property
    def contact_number(self) -> str:
        return self.seen[0].contact_number

    @property
    def email(self) -> str | None:
        return self.seen[0].email

    @property
    def contact_changed_at(self) -> datetime | None:
        return self.seen[0].contact_changed_at

    def has_settled(self, at: datetime) -> bool:
        """Whether the contact data has stood so long that its owner would have objected to a stranger's change."""
        changed_at = self.contact_changed_at
        return changed_at is None or at - changed_at >= durations.CONTACT_SETTLES

    @property
    def is_remembered(self) -> bool:
        return self.seen[0].is_remembered

    def has_proven(self, at: datetime) -> bool:
        """Whether a code was entered so recently that a sensitive act need not ask for another."""
        proven_at = self.seen[0].stepped_up_at
        return proven_at is not None and at - proven_at < durations.PROOF_STAYS_FRESH

    @property
    def csrf_binding(self) -> bytes:
        return self.token_hash

    @property
    def accounts(self) -> list[Seen]:
        return [row for row in self.seen if row.account_id is not None]

    @property
    def customers(self) -> list[UUID]:
        """Also those that have no account yet."""
        return list(dict.fromkeys(row.customer_id for row in self.seen if row.customer_id is not None))

    @property
    def current(self) -> Seen:
        """The account looked at: the chosen one while it may be seen, else the first."""
        if not self.accounts:
            raise NoAccount
        chosen = (row for row in self.accounts if row.account_id == row.chosen_account)
        return next(chosen, self.accounts[0])

    @property
    def account(self) -> Account:
        """The owner from whom every query of a page starts."""
        row = self.current
        return row_of(Account, [("id", row.account_id), ("customer", row.customer_id), ("number", row.account_number)])


async def find_viewer(token_hash: bytes, at: datetime) -> Viewer | None:
    """The person behind a session's token, or None when it is unknown, ended or too long idle."""
    seen = await SEEN.all(
        token_hash=token_hash,
        at=at,
        minute_ago=at - durations.SEEN_EVERY,
        idle=durations.IDLE,
        remembered_idle=durations.REMEMBERED_IDLE,
    )
    return Viewer(token_hash, seen) if seen else None
