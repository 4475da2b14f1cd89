"""Asking for a longer deferral on the page, and an adviser's decision. Source: izklop-storitev.txt, III, 3."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from asyncpg import Connection

from portal.audit import Event, note
from portal.customers.locking import lock_account
from portal.customers.tables import Account
from portal.database import transaction
from portal.dunning.cases import open_case
from portal.dunning.deferrals.agreeing import agree, refuse_impossible
from portal.dunning.deferrals.refusals import AlreadyAsked, NotWaiting
from portal.dunning.deferrals.telling import tell_not_agreed
from portal.dunning.relief_tables import AskedBy, Deferral, DeferralRequest, RequestState
from portal.refusals import NotFound


@dataclass(frozen=True, slots=True)
class Wish:
    """`telephone` in E.164; `tax_number`: eight digits with a right check digit."""

    telephone: str
    tax_number: str
    until: date
    words: str = ""


async def latest_request(account: Account) -> DeferralRequest | None:
    """The last one of the case that is open, whatever became of it."""
    case = await open_case(account.id)
    if case is None:
        return None
    asked = DeferralRequest.of(account).where(DeferralRequest.dunning_case == case.id)
    return await asked.order_by(DeferralRequest.asked_at, DeferralRequest.id, ascending=False).first()


async def ask(account: Account, wish: Wish, *, login: UUID | None, today: date, at: datetime) -> DeferralRequest:
    """Raises a NotPutOff, DayOutside or AlreadyAsked: one waits per account."""
    async with transaction() as connected:
        await lock_account(connected, account.id)
        await refuse_impossible(account.id, wish.until, today)
        case = await open_case(account.id)
        assert case is not None, "without one nothing can be agreed on"
        request = DeferralRequest(
            account=account.id,
            dunning_case=case.id,
            login_id=login,
            telephone=wish.telephone,
            tax_number=wish.tax_number,
            wished_until=wish.until,
            words=wish.words,
            asked_at=at,
        )
        asked = await DeferralRequest.insert(request).on_conflict(action="DO NOTHING").returning(DeferralRequest.id)
        if not asked:
            raise AlreadyAsked
        await note(Event.DEFERRAL_ASKED, login=login, account=account.id, request=str(request.id))
    return request


async def withdraw(account: Account, *, login: UUID | None, at: datetime) -> None:
    """Take back the request that waits. Raises NotWaiting when it was decided meanwhile."""
    async with transaction() as connected:
        withdrawn = await connected.fetchval(WITHDRAW, account.id, at)
        if withdrawn is None:
            raise NotWaiting
        await note(Event.DEFERRAL_WITHDRAWN, login=login, account=account.id, request=str(withdrawn))


async def accept(
    request: UUID, until: date, *, decided_by: str, reason: str = "", with_fee: bool = False, at: datetime
) -> Deferral:
    """Grant a request that waits, up to a day of the adviser's choice. Raises NotWaiting, DayOutside, a NotPutOff."""
    async with transaction() as connected:
        account = await waiting_account(connected, request)
        await decide(connected, request, RequestState.GRANTED, until=until, decided_by=decided_by, reason=reason, at=at)
        return await agree(
            account,
            until,
            decided_by=decided_by,
            reason=reason or "asked for on the portal",
            asked_by=AskedBy.PORTAL,
            with_fee=with_fee,
            at=at,
        )


async def refuse(request: UUID, *, reason: str, decided_by: str, at: datetime) -> None:
    """`reason`: in words for the customer, who reads them on the page. Raises NotWaiting."""
    async with transaction() as connected:
        account = await waiting_account(connected, request)
        await decide(connected, request, RequestState.REFUSED, decided_by=decided_by, reason=reason, at=at)
        await note(Event.DEFERRAL_REFUSED, account=account, request=str(request), decided_by=decided_by)
        await tell_not_agreed(account, request, because=reason, at=at)


async def waiting_account(connected: Connection, request: UUID) -> UUID:
    """Its account, locked. Raises NotFound."""
    account: UUID | None = await connected.fetchval("SELECT account FROM deferral_requests WHERE id = $1", request)
    if account is None:
        raise NotFound
    await lock_account(connected, account)
    return account


async def decide(
    connected: Connection,
    request: UUID,
    state: RequestState,
    *,
    until: date | None = None,
    decided_by: str,
    reason: str,
    at: datetime,
) -> None:
    """The WHERE is the lock: two advisers, or an adviser and the customer, one decision."""
    if await connected.fetchval(DECIDE, request, state, until, at, decided_by, reason) is None:
        raise NotWaiting


WITHDRAW = """
    UPDATE deferral_requests SET state = 'withdrawn', decided_at = $2, decided_by = 'customer'
    WHERE account = $1 AND state = 'asked' RETURNING id
"""
DECIDE = """
    UPDATE deferral_requests SET state = $2, granted_until = $3, decided_at = $4, decided_by = $5, reason = $6
    WHERE id = $1 AND state = 'asked' RETURNING id
"""
