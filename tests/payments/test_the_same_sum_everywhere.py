"""What one customer has to pay is the same sum on every page that says it, and nothing disputed is asked for."""

from __future__ import annotations

from portal import clock
from portal.billing.pay_links import pay_link
from portal.dunning.view.standing import standing_of
from tests.payments.money import LATER, by_bank, hold_back, summed
from tests.people import Person
from tests.visiting import ORIGIN, Visitor


def guest_path(person: Person) -> str:
    return pay_link(person.account.number, clock.now()).removeprefix(ORIGIN)


async def test_what_is_overdue_is_asked_for_without_what_is_disputed(visit: Visitor, bojan: Person) -> None:
    """50.03 of which 20.01 is disputed, 15.07 left of a bill paid in part, 31.17, and 70.11 that is not due yet."""
    disputed, part, _, later = [
        await bojan.bill(5_003),
        await bojan.bill(4_007),
        await bojan.bill(3_117),
        await bojan.bill(7_011, due=LATER),
    ]
    await hold_back(disputed, 2_001)
    await by_bank(bojan, 2_500, part)

    assert (await standing_of(bojan.account, clock.today())).owed.cents == 7_626
    for path in ("/", "/overdue", "/bills", "/payments/new", guest_path(bojan)):
        page = await visit.get(path)
        assert "76,26 €" in page.text, path
        for wrong in ("96,27 €", "71,19 €"):
            assert wrong not in page.text, f"{path} says {wrong}"
    for bill, asked in ((disputed, "30,02 €"), (part, "15,07 €"), (later, "70,11 €")):
        page = await visit.get(f"/bills/{bill.id}")
        assert f"Plačaj {asked}" in page.text
        assert "Skupaj je zapadlo 76,26 €." in page.text


async def test_where_all_is_disputed_nothing_is_asked_for_and_credit_stays(visit: Visitor, bojan: Person) -> None:
    await by_bank(bojan, 1_234)
    await hold_back(await bojan.bill(5_003), 5_003)

    for path in ("/", "/overdue", "/bills"):
        assert not (await visit.get(path)).all("main form.dock"), f"{path} asks for money"
    assert summed(await visit.get("/payments/new")) == "Skupaj: 0,00 €"
    assert "12,34 €" in (await visit.get("/")).text
    assert "50,03" not in (await visit.get(guest_path(bojan))).text
