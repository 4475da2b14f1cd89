"""A suspension bars what its step says, tells the customer and happens once, never after the payment."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from portal.audit import AuditEntry, Event
from portal.billing.tables import Bill
from portal.customers.locking import lock_account
from portal.customers.tables import CustomerKind, Line, LineKind, PackageKind
from portal.database import DB, pool, transaction
from portal.dunning.carrying_out import carry_out
from portal.dunning.case_tables import CaseEvent, Outcome
from portal.dunning.tables import Suspension
from portal.network.tables import ALL_BARRED, OPEN, OUTGOING_BARRED
from tests.dunning.cases import suspended, taken
from tests.people import NOON, TODAY, a_person, saved
from tests.working import waiting, work_off
from tests.world import Exchange, texts


async def test_outgoing_services_go_off_and_an_sms_says_how_to_avoid_the_fee(world: Exchange) -> None:
    bojan = await a_person("Bojan Kralj")

    suspension = await suspended(bojan, issued=TODAY - timedelta(days=20))

    assert await world.has(bojan.line.number) == OUTGOING_BARRED
    [text] = await texts(bojan.line.number)
    assert "20,98 EUR" in text
    assert "do vključno 28. 11. 2026" in text
    [entry] = await AuditEntry.objects().where(AuditEntry.event == Event.SUSPENDED)
    assert entry.account_id == bojan.account.id
    assert suspension.policy == "mobile-2"


async def test_the_text_follows_the_customers_language(world: Exchange) -> None:
    john = await a_person("John Smith")
    john.customer.language = "en"
    await john.customer.save()

    await suspended(john)

    [text] = await texts(john.line.number)
    assert text.startswith("Dear customer")


async def test_where_no_further_fee_can_be_avoided_the_text_says_what_the_next_bill_will_hold(world: Exchange) -> None:
    irena, mobile = await a_person("Irena Golob", package=PackageKind.KOMBO), await a_person("Irena Golob")
    mobile.account.customer = irena.customer.id
    await mobile.account.save()

    await suspended(irena, step=2, kind=PackageKind.KOMBO)

    [text] = await texts(irena.customer.contact_number or "")
    assert "Ob ponovnem priklopu vam bomo na naslednjem računu zaračunali 28,97 EUR" in text


async def test_a_fixed_connection_goes_off_whole(world: Exchange) -> None:
    irena = await a_person("Irena Golob", package=PackageKind.KOMBO)

    await suspended(irena, step=2, kind=PackageKind.KOMBO)

    assert await world.has(irena.line.number) == ALL_BARRED


async def test_each_line_of_an_account_is_barred_as_its_kind_asks(world: Exchange) -> None:
    bojan = await a_person("Bojan Kralj")
    fixed = await saved(
        Line(account=bojan.account.id, contract=bojan.contract.id, kind=LineKind.FIXED, number="F-DOMA")
    )

    await suspended(bojan, step=1, issued=TODAY - timedelta(days=28))
    assert await world.has(fixed.number) == OPEN
    await suspended(bojan, step=2)

    assert await world.has(bojan.line.number) == OUTGOING_BARRED
    assert await world.has(fixed.number) == ALL_BARRED
    [first, second] = await texts(bojan.line.number)
    assert "smo izklopili odhodne storitve." in first
    assert "smo izklopili storitve." in second


async def test_at_the_second_step_a_mobile_customer_still_receives_calls_and_avoids_the_third_steps_fee(
    world: Exchange,
) -> None:
    bojan = await a_person("Bojan Kralj")

    await suspended(bojan, step=2, issued=TODAY - timedelta(days=28))

    [text] = await texts(bojan.line.number)
    assert "smo izklopili odhodne storitve." in text
    assert "do vključno 11. 12. 2026, ne bo dodatnega stroška 34,99 EUR" in text


async def test_a_company_is_suspended_the_same_way(world: Exchange) -> None:
    company = await a_person("Kovinar d.o.o.", kind=CustomerKind.COMPANY)

    await suspended(company, step=3)

    assert await world.has(company.line.number) == ALL_BARRED


async def test_a_later_step_raises_the_suspension_that_is_in_force(world: Exchange) -> None:
    bojan = await a_person("Bojan Kralj")

    first = await suspended(bojan, step=1, issued=TODAY - timedelta(days=28))
    second = await suspended(bojan, step=2)

    assert (second.id, second.step) == (first.id, 2)
    assert second.started_at == first.started_at, "off since the first step"


async def test_ten_at_once_suspend_once(world: Exchange) -> None:
    bojan = await a_person("Bojan Kralj")
    await bojan.bill()
    step = await taken(bojan)

    await asyncio.gather(*(carry_out(step.id, NOON) for _ in range(8)))
    await work_off()

    assert await Suspension.count() == 1
    assert len(await texts(bojan.line.number)) == 1


async def test_who_has_paid_is_not_suspended(world: Exchange) -> None:
    bojan = await a_person("Bojan Kralj")
    await bojan.bill(open_cents=0)

    await carry_out((await taken(bojan)).id, NOON)

    assert not await Suspension.exists()
    assert await waiting() == []


async def test_a_bill_that_is_not_due_yet_suspends_nobody(world: Exchange) -> None:
    bojan = await a_person("Bojan Kralj")
    await bojan.bill(due=TODAY)

    await carry_out((await taken(bojan)).id, NOON)

    assert not await Suspension.exists()


async def test_somebody_elses_debt_suspends_nobody(world: Exchange) -> None:
    bojan, maja = await a_person("Bojan Kralj"), await a_person("Maja Zupan")
    await maja.bill()
    await bojan.bill(open_cents=0)

    await carry_out((await taken(bojan)).id, NOON)

    assert not await Suspension.exists()


async def test_a_payment_that_is_being_booked_comes_first(world: Exchange) -> None:
    bojan = await a_person("Bojan Kralj")
    bill = await bojan.bill()
    step = await taken(bojan)
    async with transaction() as booking:
        await lock_account(booking, bojan.account.id)
        suspending = asyncio.create_task(outside(step))
        await standing_in_line(suspending)
        await Bill.update({Bill.open_cents: 0}).where(Bill.id == bill.id)

    await suspending
    assert not await Suspension.exists()
    assert await CaseEvent.exists().where(CaseEvent.id == step.id, CaseEvent.outcome == Outcome.OVERTAKEN)


async def standing_in_line(task: asyncio.Task[None]) -> None:
    """Until it waits for a lock; what never waits is done soon, and the story fails."""
    async with asyncio.timeout(5), pool().acquire() as looking:
        while not task.done() and not await looking.fetchval(SOMEBODY_WAITS):  # noqa: ASYNC110 - no event for it
            await asyncio.sleep(0)


SOMEBODY_WAITS = "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND pid <> pg_backend_pid())"


async def outside(step: CaseEvent) -> None:
    """In a transaction of its own, although it was started in one."""
    DB.current_transaction.set(None)
    await carry_out(step.id, NOON)
