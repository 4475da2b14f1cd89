"""Putting a suspension off for ten days: what is written, told and held. Source: izklop-storitev.txt, III."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.audit import AuditEntry, Event
from portal.billing.tables import Charge, ChargeKind
from portal.dunning.case_tables import CaseEvent, Happened, Notice
from portal.dunning.holds import is_held
from portal.dunning.relief_tables import DeferralKind
from portal.messaging.tables import Channel, Message, MessageState
from portal.money import Money
from tests.dunning.case_rows import a_case
from tests.dunning.deferrals import TEN_DAYS_ON, asked, deferrals_of, deferred, paid_before, warned
from tests.messaging.inbox import sent
from tests.people import TODAY, Person, a_person

pytestmark = pytest.mark.usefixtures("database")


async def test_ten_days_for_2_99() -> None:
    bojan = await warned()

    possible = await asked(bojan)
    deferral = await deferred(bojan)

    assert possible.is_possible
    assert (possible.until, possible.fee, possible.days) == (TEN_DAYS_ON, Money(299), 10)
    assert possible.pay_by == TODAY + timedelta(days=3)
    assert (deferral.until, deferral.kind) == (TEN_DAYS_ON, DeferralKind.SHORT)
    [charge] = await Charge.objects().where(Charge.account == bojan.account.id)
    assert (charge.kind, charge.amount, charge.policy, charge.occasion, charge.incurred_on) == (
        ChargeKind.DEFERRAL,
        Money(299),
        "mobile-2",
        deferral.id,
        TODAY,
    )


async def test_it_stands_on_the_timeline_and_on_the_trail_and_holds_the_ladder() -> None:
    bojan = await warned()

    await deferred(bojan)

    [event] = await CaseEvent.objects().where(CaseEvent.kind == Happened.DEFERRED)
    assert (event.until, event.cents, event.overdue, event.decided_by) == (TEN_DAYS_ON, 299, Money(8_645), "customer")
    assert await AuditEntry.exists().where(
        AuditEntry.event == Event.DEFERRAL_GRANTED, AuditEntry.account_id == bojan.account.id
    )
    assert await is_held(bojan.account.id, TEN_DAYS_ON)
    assert not await is_held(bojan.account.id, TEN_DAYS_ON + timedelta(days=1))


async def test_the_customer_gets_the_day_and_the_bills_by_sms_and_e_mail() -> None:
    bojan = await warned()

    deferral = await deferred(bojan)

    messages = await Message.objects().where(Message.once == f"deferral {deferral.id}")
    assert {(message.channel, message.template, message.recipient) for message in messages} == {
        (Channel.SMS, "deferral_granted", bojan.customer.contact_number),
        (Channel.EMAIL, "deferral_granted", bojan.customer.email),
    }


@pytest.mark.parametrize(
    ("state", "is_possible"),
    [(MessageState.DELIVERED, True), (MessageState.SENT, False), (MessageState.FAILED, False)],
)
async def test_an_sms_that_arrived_a_minute_ago_counts_before_the_night_notes_it(
    state: MessageState, is_possible: bool
) -> None:
    bojan = await a_person("Bojan Kralj")
    await paid_before(bojan, 4)
    case = await a_case(bojan, "notice", delivered=False)
    await the_sms_of_the_notice(bojan, case.id, state)

    assert (await asked(bojan)).is_possible is is_possible


async def the_sms_of_the_notice(person: Person, case: object, state: MessageState) -> None:
    notice = await Notice.objects().get((Notice.dunning_case == case) & (Notice.step == "notice"))
    assert notice is not None
    await sent(person, state=state, once=f"notice {notice.id}")


async def test_another_customer_s_deferral_is_nobody_else_s() -> None:
    bojan, maja = await warned(), await warned("Maja Kralj")
    await deferred(bojan)

    assert (await asked(maja)).is_possible
    assert await deferrals_of(maja) == []
