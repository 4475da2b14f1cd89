"""One real object for each parameter that stands in a path, for the matrix of strangers.

A route with a new parameter needs a line in FACTORIES; one whose form has fields that must be filled in needs a line
in FILLED_IN.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from uuid import UUID, uuid4

from portal.billing.pay_links import pay_token
from portal.clock import now
from portal.dunning.proofs.files import keep
from portal.dunning.relief_tables import Proof
from portal.identity.tables import Session
from portal.messaging.tables import Attachment, Channel, Message, MessageState
from portal.network.tables import ServicesRead
from portal.payments.tables import AttemptState, Method, Payment, PaymentAttempt
from portal.services.tables import Billed, Switch, SwitchState
from tests.people import NOON, Person, saved, signed_in
from tests.signing import people
from tests.visiting import Visitor, portal_app


async def a_bill(owner: Person) -> str:
    return str((await owner.bill()).id)


async def a_paid_attempt(owner: Person) -> str:
    attempt = await saved(
        PaymentAttempt(
            account=owner.account.id,
            bill_set="0" * 64,
            amount_cents=1_000,
            state=AttemptState.PAID,
            created_at=NOON,
            updated_at=NOON,
        )
    )
    await saved(
        Payment(
            account=owner.account.id,
            attempt=attempt.id,
            method=Method.CARD,
            external_id=f"pi_{uuid4().hex}",
            amount_cents=1_000,
            booked_at=NOON,
        )
    )
    return str(attempt.id)


async def a_bank_payment(owner: Person) -> str:
    payment = Payment(
        account=owner.account.id,
        method=Method.BANK,
        external_id=f"bank {uuid4().hex}",
        amount_cents=1_000,
        booked_at=NOON,
    )
    return str((await saved(payment)).id)


async def a_proof(owner: Person) -> str:
    proof = Proof(
        account=owner.account.id,
        name="potrdilo.pdf",
        media_type="application/pdf",
        size=5,
        sha256=uuid4().hex * 2,
        sent_at=NOON,
    )
    await keep(proof.id, b"%PDF-", NOON)
    return str((await saved(proof)).id)


async def another_session(owner: Person) -> str:
    async with Visitor(portal_app()) as elsewhere:
        await signed_in(elsewhere, owner)
    session = await Session.objects().order_by(Session.id, ascending=False).first()
    assert session is not None
    return str(session.id)


async def a_message(owner: Person) -> str:
    message = Message(
        channel=Channel.LETTER,
        recipient="Ana Kovač\nGlavna ulica 1\n1000 Ljubljana",
        template="reconnected",
        language="sl",
        customer=owner.customer.id,
        state=MessageState.PRINTED,
        created_at=NOON,
    )
    return str((await saved(message)).id)


async def an_attachment(owner: Person) -> str:
    attachment = Attachment(
        message=UUID(await a_message(owner)), name="Pismo.pdf", media_type="application/pdf", content=b"%PDF-"
    )
    return str((await saved(attachment)).id)


async def a_token(owner: Person) -> str:
    return pay_token(owner.account.number, now())


async def a_line(owner: Person) -> str:
    """With everything read from the network and known to be off."""
    await saved(ServicesRead(line=owner.line.id, read_at=now()))
    return str(owner.line.id)


async def a_service(_: Person) -> str:
    return "security"


async def a_purchase(owner: Person) -> str:
    switch = Switch(
        line=owner.line.id,
        occasion=uuid4(),
        service=await a_service(owner),
        is_on=True,
        state=SwitchState.DONE,
        catalogue="1",
        billed=Billed.MONTHLY,
        price_cents=199,
        asked_at=now(),
        asked_by=owner.login,
        ended_at=now(),
    )
    return str((await saved(switch)).id)


async def an_envelope(owner: Person) -> str:
    return str((await people.an_envelope(owner, at=now())).id)


async def a_paper(_: Person) -> str:
    return "1"


async def a_picture(_: Person) -> str:
    return "1.png"


FACTORIES: dict[str, Callable[[Person], Awaitable[str]]] = {
    "bill_id": a_bill,
    "code": a_service,
    "document": a_bill,
    "envelope_id": an_envelope,
    "attempt_id": a_paid_attempt,
    "attachment_id": an_attachment,
    "line_id": a_line,
    "message_id": a_message,
    "paper": a_paper,
    "payment_id": a_bank_payment,
    "picture": a_picture,
    "proof_id": a_proof,
    "session_id": another_session,
    "switch_id": a_purchase,
    "token": a_token,
}

FILLED_IN: dict[str, dict[str, str]] = {"/lines/{line_id}/services/{code}": {"on": "yes"}}
