"""One letter on its way to paper: its PDF, or the reason why there is none."""

from __future__ import annotations

import re
from collections.abc import Sequence

import jinja2
import structlog
import typst

from portal import failures
from portal.database import connection, transaction
from portal.messaging.gateways import MessageRefused
from portal.messaging.letters import letter_of, number_of, pdf_of
from portal.messaging.tables import LONGEST_REASON, Attachment, Message
from portal.messaging.wording import title

log = structlog.get_logger()

UNWRITABLE = (
    *(jinja2.TemplateError, typst.TypstError, FileNotFoundError),
    *(ValueError, TypeError, LookupError, AttributeError),
)
"""What writing and setting a letter answer to words and values that do not fit, today as tomorrow. Anything else
passes, a full memory or too many open files, and no letter is refused for it."""
OF_THE_SYSTEM = re.compile(r"\(os error \d+\)")
"""Typst calls that an error too."""
LINES = range(3, 8)
TOWN = re.compile(r"\d.*[^\W\d_]{2}|[^\W\d_]{2}.*\d")
"""A postcode with its town, in the order of any country."""


async def rendered(message: Message) -> bytes | None:
    """Its PDF, which is kept with it, so that it is the same when it is asked for again. None: it was refused.

    Raises what will pass, after which the batch is tried again.
    """
    kept = await Attachment.objects().get(Attachment.message == message.id)
    if kept is not None:
        return kept.content
    try:
        check_address(message.recipient.splitlines())
        letter, name = letter_of(message), file_name(message)
        pdf = await pdf_of(letter)
    except MessageRefused as fault:
        await refuse(message, str(fault))
    except UNWRITABLE as fault:
        if OF_THE_SYSTEM.search(str(fault)):
            raise
        await refuse(message, failures.words(fault))
    else:
        if not message.is_secret:
            await keep(message, letter.writing.text, name, pdf)
        return pdf
    return None


def check_address(lines: Sequence[str]) -> None:
    """Raises MessageRefused where the post could not find anybody: name, street, and a town with its postcode."""
    if len(lines) not in LINES or not all(line.strip() for line in lines):
        raise MessageRefused("the address is incomplete: it needs a name, a street, and a postcode with its town")
    if not any(TOWN.search(line) for line in lines[2:]):
        raise MessageRefused("the address has no postcode with its town")


def file_name(message: Message) -> str:
    """As the customer sees it."""
    return f"{title(message.template, message.language)} {number_of(message.id)}.pdf"


async def keep(message: Message, text: str, name: str, pdf: bytes) -> None:
    """Once: a run that lost its lock may set the same letter at the same time."""
    async with transaction():
        file = Attachment(message=message.id, name=name, media_type="application/pdf", content=pdf)
        await Attachment.insert(file).on_conflict((Attachment.message, Attachment.name), "DO NOTHING")
        await Message.update({Message.body: text}).where(Message.id == message.id)


async def refuse(message: Message, reason: str) -> None:
    log.warning("letter refused", message=str(message.id), template=message.template, reason=reason)
    async with connection() as connected:
        await connected.execute(REFUSE, message.id, reason[:LONGEST_REASON])


REFUSE = """
    UPDATE messages SET
        state = 'refused', reason = $2, batch = NULL,
        "values" = CASE WHEN is_secret THEN '{}' ELSE "values" END
    WHERE id = $1 AND state = 'queued'
"""
