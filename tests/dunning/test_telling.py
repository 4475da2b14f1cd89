"""How a customer is told of a suspension: by SMS or by post as the ladder says, and by e-mail as well."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from portal.customers.tables import Customer, CustomerKind, LineKind, PackageKind
from portal.dunning.policies import policies
from portal.messaging import values
from portal.messaging.letters import letter_of
from portal.messaging.tables import Channel, Message
from portal.messaging.templates import template
from portal.money import Money
from portal.sandbox.mailbox import SandboxMailbox
from tests.dunning.cases import suspended
from tests.dunning.nights import night
from tests.messaging.filling import in_channel
from tests.people import TODAY, Person, a_person
from tests.world import Exchange, mails, texts

LADDER = [
    (policy.packages[0], step.suspension)
    for policy in policies().values()
    if CustomerKind.PERSON in policy.customers
    for step in policy.suspensions
]


async def letters() -> list[Message]:
    return await Message.objects().where(Message.channel == Channel.LETTER)


async def with_email(person: Person, email: str | None) -> Person:
    person.customer.email = email
    await Customer.update({Customer.email: email}).where(Customer.id == person.customer.id)
    return person


@pytest.mark.parametrize("kind", [CustomerKind.PERSON, CustomerKind.COMPANY])
async def test_who_has_fixed_services_only_is_written_to_by_post(world: Exchange, kind: CustomerKind) -> None:
    irena = await a_person("Irena Golob", package=PackageKind.KOMBO, kind=kind)
    first = await irena.bill(4_990, due=TODAY - timedelta(days=40), issued=TODAY - timedelta(days=54))
    second = await irena.bill(1_010, due=TODAY - timedelta(days=10))
    await irena.bill(9_999, due=TODAY)

    await suspended(irena, step=2, kind=PackageKind.KOMBO)

    [letter] = await letters()
    assert letter.recipient == "Irena Golob\nGlavna ulica 1\n1000 Ljubljana"
    assert letter.template == "suspended"
    told = values.load(letter.values)
    assert [bill["number"] for bill in told["bills"]] == [first.number, second.number]
    assert (told["total"], told["cost"]) == (Money(6_000), Money(2_897))
    assert told["terminated_on"] == TODAY + timedelta(days=30)
    assert await texts(irena.customer.contact_number or "") == []


async def test_so_is_a_customer_whom_no_sms_reaches(world: Exchange) -> None:
    irena = await a_person("Irena Golob", package=PackageKind.FLEX)
    irena.customer.contact_number, irena.line.number = "+38612345678", "F-DOMA"
    irena.line.kind = LineKind.FIXED
    await irena.customer.save()
    await irena.line.save()

    await suspended(irena, step=2, kind=PackageKind.FLEX)

    assert len(await letters()) == 1
    assert await texts(irena.customer.contact_number or "") == []


async def test_who_has_a_mobile_line_gets_an_sms_and_no_letter(world: Exchange) -> None:
    bojan = await a_person("Bojan Kralj")

    await suspended(bojan, step=2)

    assert len(await texts(bojan.line.number)) == 1
    assert await letters() == []


@pytest.mark.parametrize("kind", [CustomerKind.PERSON, CustomerKind.COMPANY])
async def test_the_third_step_is_a_notice_by_post_of_the_whole_debt_and_what_follows(
    world: Exchange, kind: CustomerKind
) -> None:
    bojan = await a_person("Bojan Kralj", kind=kind)

    await suspended(bojan, step=3, issued=TODAY - timedelta(days=49))

    assert await texts(bojan.line.number) == []
    [letter] = await letters()
    assert letter.template == "termination_notice"
    said = letter_of(letter).writing.text.replace("\u202f", " ").replace("\xa0", " ")
    for amount in ("34,99 €", "20,98 €", "7,99 €", "63,96 €"):
        assert amount in said
    assert "20. 12. 2026" in said
    assert "21. 12. 2026" in said
    assert bojan.bills[0].number in said


async def test_a_late_third_step_ends_the_contract_thirty_days_after_itself(world: Exchange) -> None:
    bojan = await a_person("Bojan Kralj")

    await suspended(bojan, step=3, issued=TODAY - timedelta(days=90))

    [letter] = await letters()
    told = values.load(letter.values)
    assert (told["last_day"], told["terminated_on"]) == (date(2026, 12, 20), date(2026, 12, 21))


@pytest.mark.parametrize(("step", "subject"), [(1, "Storitve so izklopljene"), (3, "Obvestilo o izklopu pred")])
async def test_the_e_mail_comes_beside_and_has_the_references(
    world: Exchange, mailbox: SandboxMailbox, step: int, subject: str
) -> None:
    bojan = await with_email(await a_person("Bojan Kralj"), "bojan@example.test")

    await suspended(bojan, step=step)

    [mail] = await mails("bojan@example.test")
    assert mail.subject.startswith(subject)
    assert bojan.bills[0].reference[4:] in mail.text
    assert "112" in mail.text


async def test_without_an_address_there_is_no_e_mail(world: Exchange) -> None:
    bojan = await with_email(await a_person("Bojan Kralj"), None)

    await suspended(bojan)

    assert not await Message.exists().where(Message.channel == Channel.EMAIL)
    assert len(await texts(bojan.line.number)) == 1


async def test_a_warning_comes_by_sms_and_by_e_mail(world: Exchange, mailbox: SandboxMailbox) -> None:
    bojan = await with_email(await a_person("Bojan Kralj"), "bojan@example.test")
    bill = await bojan.bill(18_645, due=TODAY - timedelta(days=5))
    await night(TODAY - timedelta(days=1))

    await night(TODAY + timedelta(days=1))

    [_, text], [_, mail] = await texts(bojan.line.number), await mails("bojan@example.test")
    assert "186,45 EUR" in text
    assert mail.subject == "Še 3 dni do izklopa storitev"
    assert bill.number in mail.text


@pytest.mark.parametrize(("kind", "step"), LADDER)
@pytest.mark.parametrize("mobile", [True, False], ids=["mobile", "fixed only"])
async def test_every_step_of_every_policy_fills_its_texts(
    world: Exchange, kind: PackageKind, step: int, mobile: bool
) -> None:
    person = await a_person("Oseba", package=PackageKind.MOBILE if mobile else PackageKind.KOMBO)

    await suspended(person, step=step, kind=kind)

    told = await Message.objects()
    assert Channel.EMAIL in {message.channel for message in told}
    assert len(told) == 2
    for message in told:
        for language in ("sl", "en"):
            assert in_channel(
                template(message.template), Channel(message.channel), language, values.load(message.values)
            )
