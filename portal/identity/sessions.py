"""Sessions of signed-in browsers: each begins with a new token, and ends in the table, not only in the cookie."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from portal import audit
from portal.audit import Event
from portal.database import transaction
from portal.identity import durations
from portal.identity.browsers import Browser, recognise
from portal.identity.enrolling import enrol
from portal.identity.registering.telling import tell_of_registration
from portal.identity.tables import Session
from portal.refusals import NotFound
from portal.web import tokens


@dataclass(frozen=True, slots=True)
class Started:
    """The tokens that the browser keeps."""

    session: str
    device: str


async def start_session(login: UUID, browser: Browser, *, is_remembered: bool, at: datetime) -> Started:
    """Sign a browser in. Whatever session token it carried before is worth nothing afterwards."""
    token = tokens.new_token()
    idle, absolute = durations.of_session(is_remembered)
    async with transaction():
        await end_former(browser, at)
        device, known_by = await recognise(browser, login, at)
        await Session(
            token_hash=tokens.hashed(token),
            login=login,
            device=device.id,
            is_remembered=is_remembered,
            address=browser.address,
            created_at=at,
            seen_at=at,
            idle_ends_at=at + idle,
            ends_at=at + absolute,
            stepped_up_at=at,
        ).save()
        await audit.note(Event.SIGNED_IN, login=login, address=browser.address, device=device.label)
        if await enrol(login, at):
            await tell_of_registration(login, at)
    return Started(token, known_by)


async def end_former(browser: Browser, at: datetime) -> None:
    """The session that this browser still carries, whoever's it is."""
    await Session.update({Session.ended_at: at}).where(
        Session.token_hash == tokens.hashed(browser.session or ""), Session.ended_at.is_null()
    )


async def step_up(session: UUID, at: datetime) -> str:
    """The person has just proven again who they are. Returns the session's new token; the old one is dead."""
    token = tokens.new_token()
    renewed = await (
        Session.update({Session.token_hash: tokens.hashed(token), Session.stepped_up_at: at})
        .where(Session.id == session, Session.ended_at.is_null())
        .returning(Session.id)
    )
    if not renewed:
        raise NotFound
    return token


async def sign_out(session: UUID, login: UUID, address: str, at: datetime) -> None:
    async with transaction():
        await Session.update({Session.ended_at: at}).where(Session.id == session, Session.ended_at.is_null())
        await audit.note(Event.SIGNED_OUT, login=login, address=address)


async def end_one(session: UUID, login: UUID, address: str, at: datetime) -> None:
    """End a session of this login; somebody else's is as missing as one that ended before."""
    async with transaction():
        ended = await (
            Session.update({Session.ended_at: at})
            .where(Session.id == session, Session.login == login, Session.ended_at.is_null())
            .returning(Session.id)
        )
        if not ended:
            raise NotFound
        await audit.note(Event.SESSIONS_ENDED, login=login, address=address, sessions=1)


async def end_others(kept: UUID, login: UUID, address: str, at: datetime) -> None:
    """End every session of this login but the one that asks."""
    async with transaction():
        ended = await (
            Session.update({Session.ended_at: at})
            .where(Session.id != kept, Session.login == login, Session.ended_at.is_null())
            .returning(Session.id)
        )
        await audit.note(Event.SESSIONS_ENDED, login=login, address=address, sessions=len(ended))


async def look_at(account: UUID, session: UUID) -> None:
    await Session.update({Session.account: account}).where(Session.id == session)
