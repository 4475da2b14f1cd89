"""Who is told that a bill came: by e-mail, else by SMS, in their language, by day, once."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from portal import clock
from portal.billing.arriving.announcing import announce_each
from portal.billing.pay_links import pay_link
from portal.customers.tables import Customer
from portal.database import transaction
from portal.messaging.daytime import until_morning
from portal.messaging.sending import Told, send_email
from portal.messaging.tables import Channel, Message
from portal.money import Money
from portal.payments.booking import Received, book_for
from portal.payments.tables import Method
from tests.billing.arriving.documents import Document, a_credit_note, a_document, a_line, bill, bring_in
from tests.people import NOON, TODAY, Person, a_person
from tests.working import waiting, work_off
from tests.world import exchange, mailbox, mails, phone, texts

__all__ = ["exchange", "mailbox", "phone"]

pytestmark = pytest.mark.usefixtures("database", "mailbox", "phone")

NIGHT = datetime(2026, 11, 21, 22, 30, tzinfo=UTC)


async def told(*documents: Document, at: datetime = NOON) -> list[Message]:
    await bring_in(*documents, at=at)
    with clock.stopped_at(at):
        await work_off()
    return await Message.objects().order_by(Message.id)


async def without_email(person: Person, number: str | None = None) -> None:
    person.customer.email = None
    person.customer.contact_number = number or person.customer.contact_number
    await person.customer.save()


async def test_by_email_with_the_amount_the_day_and_both_links() -> None:
    ana = await a_person("Ana Zupan")
    document = a_document(ana.account)

    [message] = await told(document)

    assert (message.channel, message.template, message.customer) == (Channel.EMAIL, "bill_issued", ana.customer.id)
    [mail] = await mails(ana.customer.email)
    assert mail.subject == f"Nov račun {document['number']}: za plačilo 32,46\u202f€"
    assert "do 8. 12. 2026" in mail.text.replace("\u00a0", " ")
    assert pay_link(ana.account.number, NOON) in mail.text
    assert f"https://moj.test/bills/{(await bill(document)).id}" in mail.text


async def test_by_sms_to_who_has_no_address() -> None:
    ana = await a_person("Ana Zupan")
    await without_email(ana)

    [message] = await told(a_document(ana.account))

    assert message.channel == Channel.SMS
    [text] = await texts(ana.line.number)
    assert "32,46 EUR" in text
    assert pay_link(ana.account.number, NOON) in text


async def test_in_english_to_who_reads_english() -> None:
    ana = await a_person("Ana Zupan")
    await Customer.update({Customer.language: "en"}).where(Customer.id == ana.customer.id)

    document = a_document(ana.account)
    await told(document)

    [mail] = await mails(ana.customer.email)
    assert mail.subject == f"New bill {document['number']}: €32.46 to pay"


async def test_nobody_who_can_be_reached_is_no_failure() -> None:
    ana = await a_person("Ana Zupan")
    await without_email(ana, "+38614742000")

    assert await told(a_document(ana.account)) == []


async def test_a_credit_note_in_its_own_words() -> None:
    ana = await a_person("Ana Zupan")
    first = a_document(ana.account, notify=False)
    note = a_credit_note(ana.account, corrects=first["number"])

    [message] = await told(first, note)

    [mail] = await mails(ana.customer.email)
    assert "Dobropis" in mail.subject
    assert f"popravili smo račun {first['number']}" in mail.text
    assert "/p/" not in mail.text
    assert message.once == f"bill {(await bill(note)).id}"


async def test_a_bill_that_credit_has_paid_asks_for_nothing() -> None:
    ana = await a_person("Ana Zupan")
    await book_for(ana.account.id, Received("too-much", Money(9_000), Method.BANK), [], at=NOON)

    await told(a_document(ana.account))

    [mail] = await mails(ana.customer.email)
    assert "že poravnan" in mail.subject
    assert "/p/" not in mail.text


async def test_a_bill_that_came_late_names_no_day_to_pay_by() -> None:
    ana, bojan = await a_person("Ana Zupan"), await a_person("Bojan Kralj")
    await without_email(bojan)

    await told(*(a_document(who.account, issued_on="2026-11-01", due_on="2026-11-20") for who in (ana, bojan)))

    [mail] = await mails(ana.customer.email)
    assert "Rok plačila je bil 20. 11. 2026. Prosimo, plačajte 32,46 € čim prej." in readable(mail.text)
    assert pay_link(ana.account.number, NOON) in mail.text
    [text] = await texts(bojan.line.number)
    assert "32,46 EUR, rok je bil 20. 11. 2026." in readable(text)
    assert pay_link(bojan.account.number, NOON) in text


async def test_on_the_last_day_it_is_not_late() -> None:
    ana = await a_person("Ana Zupan")

    await told(a_document(ana.account, issued_on="2026-11-01", due_on=TODAY.isoformat()))

    [mail] = await mails(ana.customer.email)
    assert "Prosimo, plačajte ga do 21. 11. 2026" in readable(mail.text)


async def test_a_debit_note_says_to_which_bill() -> None:
    ana = await a_person("Ana Zupan")
    first = a_document(ana.account, notify=False)

    await told(first, a_document(ana.account, "4.99", kind="debit_note", corrects=first["number"]))

    [mail] = await mails(ana.customer.email)
    assert f"To je bremepis k računu {first['number']}." in mail.text


def readable(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ").replace("**", "")


async def test_of_nothing_of_history_and_of_what_is_not_to_be_told_nobody_is_told() -> None:
    ana = await a_person("Ana Zupan")

    messages = await told(
        a_document(ana.account, "0.00", lines=[a_line("9.99"), a_line("-9.99")]),
        a_document(ana.account, paid={"amount": "32.46", "on": "2026-11-21"}),
        a_document(ana.account, notify=False),
    )

    assert messages == []
    assert await waiting("billing.announce") == []


async def test_once_however_often_the_file_or_the_job_comes() -> None:
    ana = await a_person("Ana Zupan")
    document = a_document(ana.account)
    await told(document)
    await told(document)

    await announce_each([(await bill(document)).id], NOON)

    assert len(await mails(ana.customer.email)) == 1
    assert await Message.count() == 1


async def test_every_other_message_passes_it() -> None:
    """Of a month's bills there are a hundred thousand; whoever paid hears at once that they are connected again."""
    ana = await a_person("Ana Zupan")
    document = a_document(ana.account)
    await bring_in(document)
    await announce_each([(await bill(document)).id], NOON)
    async with transaction() as connected:
        await send_email(Told("reconnected", "sl"), "bojan@example.si", at=NOON)
        queued = await connected.fetch("SELECT payload FROM pgqueuer ORDER BY priority DESC, id")

    first = json.loads(queued[0]["payload"])["message"]
    assert [row.template for row in await Message.objects().where(Message.id == first)] == ["reconnected"]


async def test_at_night_it_waits_for_the_morning() -> None:
    ana = await a_person("Ana Zupan")

    assert await told(a_document(ana.account), at=NIGHT) == []
    assert await waiting("billing.announce") == ["billing.announce"]
    with clock.stopped_at(NIGHT + until_morning_of(NIGHT)):
        await work_off(later=True)

    assert len(await mails(ana.customer.email)) == 1


async def test_a_job_that_the_night_overtook_waits_too() -> None:
    ana = await a_person("Ana Zupan")
    await bring_in(a_document(ana.account))

    with clock.stopped_at(NIGHT):
        await work_off()

    assert await Message.count() == 0
    assert await waiting("billing.announce") == ["billing.announce"]


def until_morning_of(at: datetime) -> timedelta:
    wait = until_morning(at)
    assert wait is not None
    return wait


@pytest.mark.parametrize(
    ("at", "morning"),
    [
        (datetime(2026, 11, 21, 6, 59, tzinfo=UTC), datetime(2026, 11, 21, 7, 0, tzinfo=UTC)),
        (datetime(2026, 11, 21, 7, 0, tzinfo=UTC), None),
        (datetime(2026, 11, 21, 18, 59, tzinfo=UTC), None),
        (datetime(2026, 11, 21, 19, 0, tzinfo=UTC), datetime(2026, 11, 22, 7, 0, tzinfo=UTC)),
        (datetime(2026, 11, 21, 23, 30, tzinfo=UTC), datetime(2026, 11, 22, 7, 0, tzinfo=UTC)),
        (datetime(2027, 3, 27, 20, 0, tzinfo=UTC), datetime(2027, 3, 28, 6, 0, tzinfo=UTC)),
    ],
)
def test_the_day_is_slovenia_s_in_winter_and_in_summer(at: datetime, morning: datetime | None) -> None:
    wait = until_morning(at)

    assert (at + wait if wait else None) == morning
