"""Paid means connected again: asked once with the money, confirmed once by the network, told once by SMS."""

from __future__ import annotations

import asyncio
import uuid
from datetime import timedelta

from portal.audit import AuditEntry, Event
from portal.billing.tables import Charge
from portal.customers.tables import CustomerKind, Line, LineKind, PackageKind
from portal.database import transaction
from portal.dunning.reconnecting import confirm, reconnect_when_settled
from portal.dunning.tables import Suspension
from portal.messaging.tables import Message
from portal.network.barring import BARRING
from portal.network.sending import send
from portal.network.tables import OPEN, OUTGOING_BARRED, BarringOrder
from portal.sandbox.mailbox import SandboxMailbox
from portal.sandbox.network import Behaviour
from tests.dunning.barred_bojan import bojan
from tests.dunning.cases import is_confirmed, is_suspended, pays, reconnections, suspended
from tests.people import NOON, TODAY, Person, a_person, saved
from tests.working import work_off
from tests.world import Exchange, mails, texts

__all__ = ["bojan"]


REPEATS = 10


async def test_paying_connects_again_and_an_sms_says_so(bojan: Person, world: Exchange) -> None:
    payment = uuid.uuid4()

    assert await pays(bojan, payment=payment)
    assert not await is_confirmed()
    await work_off()

    [done] = await reconnections()
    [suspension] = await Suspension.objects()
    assert done.payment_id == payment
    assert suspension.ended_at == done.confirmed_at is not None
    assert await world.has(bojan.line.number) == OPEN
    [_, text] = await texts(bojan.line.number)
    assert "znova vklopljene" in text
    events = [entry.event for entry in await AuditEntry.objects().order_by(AuditEntry.id)]
    assert events == [Event.SUSPENDED, Event.RECONNECTION_ASKED, Event.RECONNECTED]


async def test_while_another_bill_is_overdue_nothing_is_connected(bojan: Person, world: Exchange) -> None:
    await bojan.bill(due=TODAY - timedelta(days=1))

    async with transaction():
        asked = await reconnect_when_settled(
            bojan.account.id, payment=None, reason="paid in part", decided_by="payments", at=NOON
        )
    await work_off()

    assert not asked
    assert await reconnections() == []
    assert await world.has(bojan.line.number) == OUTGOING_BARRED


async def test_a_bill_that_is_due_only_later_does_not_hold_it_up(bojan: Person) -> None:
    [overdue] = bojan.bills
    overdue.open_cents = 0
    await overdue.save()
    await bojan.bill(due=TODAY)

    async with transaction():
        assert await reconnect_when_settled(
            bojan.account.id, payment=None, reason="paid", decided_by="payments", at=NOON
        )


async def test_who_is_not_suspended_is_not_reconnected(world: Exchange) -> None:
    maja = await a_person("Maja Zupan")

    assert not await pays(maja)
    assert not await Charge.exists()


async def test_barred_anew_while_it_is_being_connected_it_is_connected_once_paid(
    bojan: Person, world: Exchange
) -> None:
    await world.behaves(bojan.line.number, Behaviour.SILENT)
    await pays(bojan)
    await work_off()
    [overtaken] = await reconnections()
    await world.behaves(bojan.line.number, Behaviour.AT_ONCE)
    bojan.bills = [await bojan.bill()]

    second = await suspended(bojan)
    await confirm(overtaken.id, NOON)
    await work_off()
    assert second.id != overtaken.suspension
    assert await world.has(bojan.line.number) == OUTGOING_BARRED
    assert not await Message.exists().where(Message.template == "reconnected")
    await pays(bojan)
    await work_off()

    assert await world.has(bojan.line.number) == OPEN
    assert not await is_suspended(bojan)


async def test_paying_again_asks_and_charges_no_second_time(bojan: Person) -> None:
    outcomes = await asyncio.gather(*(pays(bojan) for _ in range(REPEATS)))

    assert sorted(outcomes) == [False] * (REPEATS - 1) + [True]
    assert len(await reconnections()) == 1
    assert await Charge.count() == 1


async def test_confirmed_ten_times_at_once_it_ends_and_tells_once(bojan: Person) -> None:
    await pays(bojan)
    [asked] = await reconnections()
    for order in await BarringOrder.objects().where(BarringOrder.occasion == asked.id):
        await send(BARRING, order.id, NOON)

    await asyncio.gather(*(confirm(asked.id, NOON) for _ in range(REPEATS)))
    await work_off()

    assert await AuditEntry.count().where(AuditEntry.event == Event.RECONNECTED) == 1
    assert not await is_suspended(bojan)
    assert len(await texts(bojan.line.number)) == 2


async def test_until_every_line_is_open_the_suspension_goes_on(bojan: Person, world: Exchange) -> None:
    tablet = await saved(
        Line(account=bojan.account.id, contract=bojan.contract.id, kind=LineKind.MOBILE, number="+38641999001")
    )
    await world.behaves(tablet.number, Behaviour.SILENT)

    await pays(bojan)
    await work_off()
    assert await is_suspended(bojan)
    assert len(await texts(bojan.line.number)) == 1
    await world.behaves(tablet.number, Behaviour.AT_ONCE)
    await work_off(later=True)

    assert not await is_suspended(bojan)
    assert len(await texts(bojan.line.number)) == 2


async def test_a_network_that_did_it_and_did_not_answer(bojan: Person, world: Exchange) -> None:
    await world.behaves(bojan.line.number, Behaviour.SILENT_BUT_DONE)

    await pays(bojan)
    await work_off()
    assert not await is_confirmed()
    await work_off(later=True)

    assert await is_confirmed()
    assert await world.applied(bojan.line.number) == 2


async def test_a_refusing_network_leaves_the_suspension_open_and_nobody_is_told(bojan: Person, world: Exchange) -> None:
    await world.behaves(bojan.line.number, Behaviour.REFUSING)

    await pays(bojan)
    await work_off()
    await work_off(later=True)

    assert not await is_confirmed()
    assert len(await texts(bojan.line.number)) == 1


async def test_who_was_reconnected_can_be_suspended_and_reconnected_again(bojan: Person, world: Exchange) -> None:
    await pays(bojan)
    await work_off()
    bojan.bills = [await bojan.bill()]

    await suspended(bojan)
    await pays(bojan)
    await work_off()

    assert len(await reconnections()) == 2
    assert await world.has(bojan.line.number) == OPEN
    assert len(await texts(bojan.line.number)) == 4


async def test_a_fixed_customer_is_told_on_the_contact_number(world: Exchange) -> None:
    irena = await a_person("Irena Golob", package=PackageKind.KOMBO)
    await suspended(irena, step=2, kind=PackageKind.KOMBO)

    await pays(irena)
    await work_off()

    assert irena.customer.contact_number is not None
    assert len(await texts(irena.customer.contact_number)) == 1


async def test_who_has_no_mobile_number_at_all_is_told_by_e_mail(world: Exchange, mailbox: SandboxMailbox) -> None:
    irena = await without_mobile_number(email="irena@example.test")

    await pays(irena)
    await work_off()

    assert await is_confirmed()
    assert await texts("+38612345678") == []
    [_, mail] = await mails("irena@example.test")
    assert mail.subject == "Storitve so znova vklopljene"
    assert "28,97" in mail.text


async def test_who_has_no_address_either_is_reconnected_and_gets_no_letter_days_later(world: Exchange) -> None:
    irena = await without_mobile_number(email=None)

    await pays(irena)
    await work_off()

    assert await is_confirmed()
    assert not await Message.exists().where(Message.template == "reconnected")


async def without_mobile_number(email: str | None) -> Person:
    """A suspended fixed customer whose contact number no SMS reaches."""
    irena = await a_person("Irena Golob", package=PackageKind.KOMBO)
    irena.customer.contact_number, irena.customer.email = "+38612345678", email
    await irena.customer.save()
    await suspended(irena, step=2, kind=PackageKind.KOMBO)
    return irena


async def test_a_company_with_many_lines_is_connected_as_one(world: Exchange) -> None:
    company = await a_person("Kovinar d.o.o.", kind=CustomerKind.COMPANY)
    for n in range(12):
        await saved(
            Line(
                account=company.account.id,
                contract=company.contract.id,
                kind=LineKind.MOBILE,
                number=f"+38640777{n:03d}",
            )
        )
    await suspended(company)

    await pays(company)
    await work_off()

    assert len(await reconnections()) == 1
    assert len(await texts(company.line.number)) == 2
    assert all([await world.has(line.number) == OPEN for line in await Line.objects()])
