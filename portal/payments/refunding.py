"""Paying credit back: its customer asks for it, and a person sends it to their bank.

The money is taken from the credit as soon as it is asked for, so that it is neither used meanwhile nor asked twice.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from asyncpg import Connection

from portal.audit import Event, note
from portal.customers.locking import lock_account
from portal.customers.tables import Account
from portal.database import transaction
from portal.dunning.settling import owed_changed
from portal.money import ZERO, Money
from portal.payments.credit import LEFT, LESS_CREDIT, use_credit
from portal.payments.owing import NoAmount
from portal.payments.refund_requests import close_request, tell_paid, tell_refused
from portal.payments.reversing import give_back, insert_reversal
from portal.payments.tables import Payment, RefundRequest, RefundState, ReversalKind
from portal.refusals import N_, NotFound, Refusal
from portal.statements import row_of


class NoCredit(Refusal):
    message = N_("There is no credit to pay back.")


class MoreThanCredit(Refusal):
    message = N_("There is %(credit)s to your credit. Please ask for that or less.")


class RefundAsked(Refusal):
    message = N_("You have already asked for a refund. It waits for us.")


class NoRefundWaits(Refusal):
    message = N_("This request does not wait any more.")


async def ask(
    account: Account, amount: Money | None, *, iban: str, holder: str, login: UUID | None, at: datetime
) -> RefundRequest:
    """`amount` None: all of the credit. Raises NoCredit, NoAmount, MoreThanCredit or, while one waits, RefundAsked."""
    async with transaction() as connected:
        await lock_account(connected, account.id)
        await use_credit(account.id, at=at)
        left = [(row["payment"], Money(row["amount_cents"])) for row in await connected.fetch(LEFT, account.id)]
        request = RefundRequest(
            account=account.id,
            login=login,
            amount_cents=wished_of(amount, Money.sum(cents for _, cents in left)).cents,
            iban=iban,
            holder=holder,
            asked_at=at,
        )
        if not await RefundRequest.insert(request).on_conflict(action="DO NOTHING").returning(RefundRequest.id):
            raise RefundAsked
        await take_from_credit(connected, request, left, at)
        await note(
            Event.REFUND_ASKED, login=login, account=account.id, request=str(request.id), cents=request.amount_cents
        )
    return request


def wished_of(amount: Money | None, credit: Money) -> Money:
    if not credit.is_positive:
        raise NoCredit
    if amount is None:
        return credit
    if not amount.is_positive:
        raise NoAmount
    if amount > credit:
        raise MoreThanCredit(credit=credit)
    return amount


async def take_from_credit(
    connected: Connection, request: RefundRequest, left: list[tuple[UUID, Money]], at: datetime
) -> None:
    """From the oldest credit first."""
    wanted = request.amount
    for payment_id, credit in left:
        taken = min(wanted, credit)
        if taken.is_positive:
            payment = row_of(Payment, [("id", payment_id), ("account", request.account)])
            name = f"refund {request.id} {payment_id}"
            await insert_reversal(payment, ReversalKind.PAID_OUT, name, taken, at, request=request.id)
            await connected.execute(LESS_CREDIT, payment_id, taken.cents)
            wanted -= taken
    assert wanted == ZERO, "the credit was counted under the lock"


async def waiting(account: Account) -> RefundRequest | None:
    return await RefundRequest.objects().get(
        (RefundRequest.account == account.id) & (RefundRequest.state == RefundState.ASKED)
    )


async def withdraw(account: Account, *, login: UUID | None, at: datetime) -> None:
    """The customer takes the request back. Raises NoRefundWaits when it was decided meanwhile."""
    async with transaction() as connected:
        await lock_account(connected, account.id)
        request = await waiting(account)
        if request is None:
            raise NoRefundWaits
        await end(connected, request.id, RefundState.WITHDRAWN, decided_by="customer", at=at)
        await note(Event.REFUND_WITHDRAWN, login=login, account=account.id, request=str(request.id))


async def refuse(request_id: UUID, *, reason: str, decided_by: str, at: datetime) -> None:
    """`reason`: in words for the customer. Raises NotFound or NoRefundWaits."""
    async with transaction() as connected:
        await lock_account(connected, await account_of(connected, request_id))
        request = await end(connected, request_id, RefundState.REFUSED, decided_by=decided_by, reason=reason, at=at)
        await note(Event.REFUND_REFUSED, account=request.account, request=str(request.id), decided_by=decided_by)
        await tell_refused(request, at=at)


async def end(
    connected: Connection,
    request_id: UUID,
    state: RefundState,
    *,
    decided_by: str,
    reason: str | None = None,
    at: datetime,
) -> RefundRequest:
    """Without money: the credit is there again, and settles what has been opened meanwhile."""
    request = await close_request(connected, request_id, state, decided_by=decided_by, reason=reason, at=at)
    if request is None:
        raise NoRefundWaits
    await give_back(connected, request, at)
    because = "a refund was not carried out"
    await owed_changed(request.account, payment=None, reason=because, decided_by="payments", at=at)
    return request


async def mark_paid(request_id: UUID, *, decided_by: str, at: datetime) -> None:
    """It was sent to the customer's bank. Raises NotFound or NoRefundWaits."""
    async with transaction() as connected:
        await lock_account(connected, await account_of(connected, request_id))
        request = await close_request(connected, request_id, RefundState.PAID, decided_by=decided_by, at=at)
        if request is None:
            raise NoRefundWaits
        await note(
            Event.REFUND_PAID,
            account=request.account,
            request=str(request.id),
            cents=request.amount_cents,
            decided_by=decided_by,
        )
        await tell_paid(request, at=at)


async def account_of(connected: Connection, request_id: UUID) -> UUID:
    account: UUID | None = await connected.fetchval("SELECT account FROM refund_requests WHERE id = $1", request_id)
    if account is None:
        raise NotFound
    return account
