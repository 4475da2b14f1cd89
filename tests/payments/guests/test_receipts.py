"""Who gave an address gets one receipt, in the language they paid in, and it tells nothing of whose bills they were."""

from __future__ import annotations

from portal.clock import now
from portal.messaging.tables import Message
from portal.payments.guests.receipts import send_receipt
from portal.payments.tables import PaymentAttempt
from portal.sandbox.mailbox import SandboxMailbox
from tests.payments.books import attempts, payments
from tests.payments.guests.walking import link, pay, tells_nothing_of
from tests.payments.stand_in import StandIn
from tests.people import Person
from tests.visiting import Visitor
from tests.working import waiting, work_off
from tests.world import mails

SISTER = "sestra@example.test"


async def test_it_comes_once_with_number_amount_day_and_initials(
    visit: Visitor, bojan: Person, stripe: StandIn, mailbox: SandboxMailbox
) -> None:
    await bojan.bill(8_645)

    page = await pay(visit, stripe, bojan, email=" Sestra@Example.test ")

    assert "s•••••@example.test" in page.text
    await stripe.tell(times=3)
    await work_off()
    [payment] = await payments()
    await send_receipt(payment.id, at=now())
    await work_off()
    [mail] = await mails(SISTER)
    number = f"P-{payment.booked_at.year}-{payment.number:06d}"
    for told in (number, "86,45", "B. K.", "Moj A1"):
        assert told in mail.subject + mail.text
    assert tells_nothing_of(bojan, mail.text + mail.subject)
    [message] = await Message.objects().where(Message.template == "payment_receipt")
    assert message.customer is None


async def test_it_is_written_in_the_language_of_the_payment(
    visit: Visitor, bojan: Person, stripe: StandIn, mailbox: SandboxMailbox
) -> None:
    await bojan.bill()
    visit.client.headers["accept-language"] = "en"

    await pay(visit, stripe, bojan, email=SISTER)
    await work_off()

    [mail] = await mails(SISTER)
    assert mail.subject.startswith("Receipt P-")


async def test_without_an_address_there_is_none(visit: Visitor, bojan: Person, stripe: StandIn) -> None:
    await bojan.bill()

    page = await pay(visit, stripe, bojan)

    assert "Številka potrdila" in page.text
    assert not await waiting("payments.send_receipt")


async def test_a_payment_that_fails_has_none(visit: Visitor, bojan: Person, stripe: StandIn) -> None:
    await bojan.bill()

    await pay(visit, stripe, bojan, outcome="left", email=SISTER)

    assert not await waiting("payments.send_receipt")


async def test_two_who_pay_get_pages_of_their_own(visit: Visitor, bojan: Person, stripe: StandIn) -> None:
    """The second one's receipt does not go to the first one's address."""
    await bojan.bill()
    await pay(visit, stripe, bojan, outcome="left", email="prvi@example.test")

    await visit.submit((await visit.get(link(bojan))).form, email=SISTER, status=303, follow=False)

    assert [attempt.receipt_email for attempt in await attempts()] == ["prvi@example.test", SISTER]
    assert await PaymentAttempt.count().where(PaymentAttempt.state == "open") == 1
