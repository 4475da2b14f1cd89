"""That a document was shown to somebody is evidence, too."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from portal.database import transaction
from portal.identity.browsers import Browser
from portal.identity.viewers import Viewer
from portal.limits import Limit
from portal.signing.envelopes.reading import DocumentSeen, EnvelopeSeen
from portal.signing.evidence.chain import Event, note

NOTED = Limit("document_shown", 1, timedelta(hours=1))
"""Who turns pages back and forth looks at a document once."""


async def note_shown(
    seen: EnvelopeSeen,
    document: DocumentSeen,
    shown_as: Literal["page", "pdf"],
    viewer: Viewer,
    browser: Browser,
    *,
    at: datetime,
) -> None:
    """At most once an hour for each document and login."""
    async with transaction():
        if not await NOTED.take(f"{seen.id}:{document.position}:{viewer.login_id}", at):
            return
        await note(
            seen.id,
            Event.SHOWN,
            at,
            position=document.position,
            sha256=document.sha256,
            is_signed=document.is_signed,
            shown_as=shown_as,
            login=str(viewer.login_id),
            session=str(viewer.session_id),
            address=browser.address,
            device=browser.label,
            user_agent=browser.user_agent,
        )
