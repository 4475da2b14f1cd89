"""What the page of the signed-in person shows of their sign-in, in one statement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from portal.refusals import NotFound
from portal.statements import Statement


@dataclass(frozen=True, slots=True)
class SignedInOn:
    """A live session and its device, beside what is the same for all of one login."""

    id: UUID
    seen_at: datetime
    address: str
    label: str
    password_set_at: datetime | None
    password_is_initial: bool | None
    enrolment_number: str | None
    enrolled_at: datetime | None

    @property
    def is_handheld(self) -> bool:
        return self.label.endswith(("Android", "iPhone", "iPad"))


@dataclass(frozen=True, slots=True)
class Profile:
    """`sessions`: the live ones, the one used last first; there is the asker's own at least."""

    sessions: list[SignedInOn]

    @property
    def password_set_at(self) -> datetime | None:
        return self.sessions[0].password_set_at

    @property
    def password_is_initial(self) -> bool | None:
        return self.sessions[0].password_is_initial

    @property
    def enrolment_number(self) -> str | None:
        return self.sessions[0].enrolment_number

    @property
    def enrolled_at(self) -> datetime | None:
        return self.sessions[0].enrolled_at


async def profile_of(login: UUID, at: datetime) -> Profile:
    """Raises NotFound when the asker's own session ended a moment ago."""
    sessions = await SIGNED_IN_ON.all(login=login, at=at)
    if not sessions:
        raise NotFound
    return Profile(sessions)


SIGNED_IN_ON = Statement(
    """
    SELECT s.id, s.seen_at, s.address, d.label,
           p.set_at AS password_set_at, p.is_initial AS password_is_initial,
           e.number AS enrolment_number, e.made_at AS enrolled_at
    FROM sessions s JOIN devices d ON d.id = s.device
    LEFT JOIN passwords p ON p.login = s.login LEFT JOIN enrolments e ON e.login = s.login
    WHERE s.login = $1 AND s.ended_at IS NULL AND s.idle_ends_at > $2 AND s.ends_at > $2
    ORDER BY s.seen_at DESC
    """,
    SignedInOn,
    ("login", "at"),
)
