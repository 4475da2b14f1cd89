"""The fees on /overdue: which is still avoided and until when, which was added, which was taken off."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from portal import clock
from portal.billing.tables import ChargeKind
from portal.dunning.case_tables import Happened
from tests.dunning.case_rows import a_case, a_charge, happened
from tests.dunning.timeline.reading import lines, said
from tests.people import NOON, TODAY, Person, signed_in
from tests.visiting import Visitor


async def test_the_day_after_nothing_is_left_to_avoid_and_no_day_has_passed(visit: Visitor, bojan: Person) -> None:
    await a_case(bojan, "notice")

    with clock.stopped_at(NOON + timedelta(days=4)):
        await signed_in(visit, bojan, at=clock.now())
        page = await visit.get("/overdue")

    assert ("Sledi", "v sredo, 25. novembra", "Izklop odhodnih storitev") in lines(page)
    assert "se izognete dodatnemu strošku" not in page.text


async def test_midnight_is_slovenias(visit: Visitor, bojan: Person) -> None:
    await a_case(bojan, "notice")

    with clock.stopped_at(datetime(2026, 11, 24, 22, 59, tzinfo=UTC)):
        await signed_in(visit, bojan, at=clock.now())
        assert "se izognete dodatnemu strošku" in (await visit.get("/overdue")).text
    with clock.stopped_at(datetime(2026, 11, 24, 23, 0, tzinfo=UTC)):
        await signed_in(visit, bojan, at=clock.now())
        assert "se izognete dodatnemu strošku" not in (await visit.get("/overdue")).text


async def test_a_fee_taken_off_is_shown_as_taken_off(visit: Visitor, bojan: Person) -> None:
    case = await a_case(bojan, "outgoing_and_fixed")
    await a_charge(bojan, case.id, ChargeKind.SUSPENSION, 2_098, waived=True)
    await happened(case, Happened.FEE_WAIVED, TODAY, cents=2_098)

    page = await visit.get("/overdue")

    assert [said(node) for node in page.all(".timeline s")] == ["20,98 €"]
    assert "odpisano" in page.text
    assert "Zneska 20,98 € vam ni treba plačati." in page.text


async def test_after_the_end_of_the_contract_only_fees_that_were_charged_are_shown(
    visit: Visitor, bojan: Person
) -> None:
    case = await a_case(bojan, "termination")
    await a_charge(bojan, case.id, ChargeKind.RECONNECTION, 799)

    page = await visit.get("/overdue")

    assert "Ponovni priklop: 7,99 €" in page.text
    assert "20,98 €" not in page.text
