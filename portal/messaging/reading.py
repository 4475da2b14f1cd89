"""What a person may read of the messages that were sent to them: those of the customer, and those of their sign-in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple, Self
from uuid import UUID

from portal.messaging.tables import Attachment, Message
from portal.statements import Statement

PAGE = 20


@dataclass(frozen=True, slots=True)
class Reader:
    """Whose messages: a login sees what was sent to itself, such as codes, and to the customer it looks at."""

    customer: UUID
    login: UUID


class Place(NamedTuple):
    """A place among somebody's messages: before the one of this moment and id."""

    at: datetime
    id: UUID

    @classmethod
    def read(cls, text: str) -> Self | None:
        """`20261121T110000000000.0192…`, as `str()` writes it; anything else: None."""
        at, _, message = text.partition(".")
        try:
            return cls(datetime.strptime(at, MICROSECONDS).replace(tzinfo=UTC), UUID(message))
        except ValueError:
            return None

    def __str__(self) -> str:
        return f"{self.at.astimezone(UTC).strftime(MICROSECONDS)}.{self.id}"


MICROSECONDS = "%Y%m%dT%H%M%S%f"
NEWEST = Place(datetime.max.replace(tzinfo=UTC), UUID(int=2**128 - 1))


@dataclass(frozen=True, slots=True)
class ListedFile:
    """A file that went with a message, without what is in it."""

    id: UUID
    name: str
    bytes: int

    @property
    def size(self) -> str:
        """`38 kB`, rounded up."""
        return f"{-(-self.bytes // 1024)}\u00a0kB"


async def messages_of(reader: Reader, before: Place) -> tuple[list[Message], Place | None]:
    """Twenty before a place, newest first, without their texts; and the place where the older ones go on."""
    rows = await LISTED.all(customer=reader.customer, login=reader.login, at=before.at, id=before.id, most=PAGE + 1)
    page = rows[:PAGE]
    return page, Place(page[-1].created_at, page[-1].id) if len(rows) > PAGE else None


async def message_of(reader: Reader, message: UUID) -> Message | None:
    """None: missing, or not theirs."""
    return await ONE.first(message=message, customer=reader.customer, login=reader.login)


async def files_of(message: Message) -> list[ListedFile]:
    return await FILES.all(message=message.id)


async def file_of(reader: Reader, attachment: UUID) -> Attachment | None:
    """None: missing, or not theirs."""
    return await FILE.first(attachment=attachment, customer=reader.customer, login=reader.login)


# Two indexes, one for each kind of owner, give the newest of theirs; what is both is one message.
SHOWN = "id, channel, recipient, template, state, created_at"
BEFORE = "(created_at, id) < ($3, $4) ORDER BY created_at DESC, id DESC LIMIT $5"
LISTED = Statement(
    f"""
    SELECT * FROM (
        (SELECT {SHOWN} FROM messages WHERE customer = $1 AND {BEFORE})
        UNION
        (SELECT {SHOWN} FROM messages WHERE login_id = $2 AND {BEFORE})
    ) AS theirs ORDER BY created_at DESC, id DESC LIMIT $5
    """,  # noqa: S608 - nothing in it is from outside
    Message,
    ("customer", "login", "at", "id", "most"),
)
ONE = Statement(
    "SELECT * FROM messages WHERE id = $1 AND (customer = $2 OR login_id = $3)",
    Message,
    ("message", "customer", "login"),
)
FILES = Statement(
    "SELECT id, name, octet_length(content) AS bytes FROM attachments WHERE message = $1 ORDER BY name",
    ListedFile,
    ("message",),
)
FILE = Statement(
    """
    SELECT f.* FROM attachments f JOIN messages m ON m.id = f.message
    WHERE f.id = $1 AND (m.customer = $2 OR m.login_id = $3)
    """,
    Attachment,
    ("attachment", "customer", "login"),
)
