"""Any plan, of any catalogue, from any standing: what holds after it, and that the money adds up."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.money import Money
from portal.network.tables import OFF, Setting
from portal.services import catalogue
from portal.services.catalogue import Catalogue
from portal.services.planning import Has, Plan, excluded_by, needed, of_month, plan

ON = Setting(is_on=True)
EDITION = catalogue.current(date(2026, 11, 21))
CODES = [f"s{n}" for n in range(7)]
ANY = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""Catalogues are slow to draw where the machine has other work."""


def service(code: str, needs: list[str], excludes: list[str], cents: int) -> dict[str, Any]:
    priced = {"billed": "monthly", "price": Money(cents).plain} if cents else {}
    words = {"sl": code, "en": code}
    known: dict[str, Any] = {"code": code, "group": "tv", "packages": ["kombo"], "name": words, "about": words}
    return known | {"needs": needs, "excludes": excludes} | priced


@st.composite
def catalogues(draw: st.DrawFn) -> Catalogue:
    """Needs point at earlier services only, and nobody excludes what they need; all else is drawn."""
    services: list[dict[str, Any]] = []
    needs_of: dict[str, set[str]] = {}
    for n, code in enumerate(CODES):
        needs = draw(st.lists(st.sampled_from(CODES[:n]), unique=True, max_size=2)) if n else []
        needs_of[code] = set(needs).union(*(needs_of[one] for one in needs))
        others = [one for one in CODES[:n] if one not in needs_of[code]]
        excludes = draw(st.lists(st.sampled_from(others), unique=True, max_size=2)) if others else []
        services.append(service(code, needs, excludes, draw(st.integers(0, 3000))))
    return reconciled(services)


def reconciled(services: list[dict[str, Any]]) -> Catalogue:
    """Exclusions that contradict a need are dropped, as a catalogue with them does not load."""
    why = {code: {"sl": code, "en": code} for code in EDITION.refusals}
    while True:
        try:
            return Catalogue.model_validate(
                {"edition": 1, "applies_from": date(2020, 1, 1), "refusals": why, "services": services}
            )
        except ValueError:
            last = next(one for one in reversed(services) if one["excludes"])
            last["excludes"] = []


@st.composite
def standings(draw: st.DrawFn) -> tuple[Catalogue, dict[str, Setting]]:
    """Any standing that switching can lead to."""
    made, has = draw(catalogues()), dict[str, Setting]()
    for code in draw(st.lists(st.sampled_from(CODES), max_size=8)):
        has = after(has, plan(made, has, code, draw(st.sampled_from([ON, OFF]))))
    return made, has


def after(has: Has, made: Plan, steps: int | None = None) -> dict[str, Setting]:
    changed = {change.service.code: change.setting for change in made.changes[:steps]}
    return {code: setting for code, setting in (dict(has) | changed).items() if setting.is_on}


def is_whole(made: Catalogue, has: Has) -> bool:
    """Everything has what it needs, and nothing is beside what it cannot be with."""
    return all(set(needed(made, code)) <= set(has) and not set(excluded_by(made, [code])) & set(has) for code in has)


wishes = st.tuples(standings(), st.sampled_from(CODES), st.sampled_from([ON, OFF]))


@ANY
@given(wishes)
def test_after_every_single_change_all_needs_hold_and_nothing_excludes(
    wish: tuple[tuple[Catalogue, Has], str, Setting],
) -> None:
    (made, has), code, target = wish
    planned = plan(made, has, code, target)

    assert all(is_whole(made, after(has, planned, steps)) for steps in range(len(planned.changes) + 1))
    assert after(has, planned).get(code, OFF) == target


@ANY
@given(wishes)
def test_nothing_changes_that_need_not(wish: tuple[tuple[Catalogue, Has], str, Setting]) -> None:
    """Each change besides is needed: without it the outcome would not be whole."""
    (made, has), code, target = wish
    planned = plan(made, has, code, target)

    for one in planned.besides:
        left = Plan(tuple(change for change in planned.changes if change is not one))
        assert not is_whole(made, after(has, left))
    assert all(change.setting != change.was for change in planned.changes)
    assert len({change.service.code for change in planned.changes}) == len(planned.changes)


@ANY
@given(wishes)
def test_what_is_reached_needs_no_plan(wish: tuple[tuple[Catalogue, Has], str, Setting]) -> None:
    (made, has), code, target = wish

    assert plan(made, after(has, plan(made, has, code, target)), code, target).is_empty


@ANY
@given(wishes)
def test_the_money_is_the_difference_of_what_is_on(wish: tuple[tuple[Catalogue, Has], str, Setting]) -> None:
    (made, has), code, target = wish
    planned = plan(made, has, code, target)

    assert planned.monthly == monthly(made, after(has, planned)) - monthly(made, has)
    assert planned.agreed == Money.sum(change.service.price for change in planned.changes if change.setting.is_on)


def monthly(made: Catalogue, has: Has) -> Money:
    return Money.sum(made.by_code[code].price for code in has)


@ANY
@given(st.integers(1, 100_000), st.dates(date(2024, 1, 1), date(2030, 12, 31)))
def test_on_and_off_on_one_day_is_one_day_and_a_whole_month_is_the_price(cents: int, day: date) -> None:
    price, length = Money(cents), monthrange(day.year, day.month)[1]
    with_day, after_it = of_month(price, day, is_day_counted=True), of_month(price, day, is_day_counted=False)

    assert of_month(price, day.replace(day=1), is_day_counted=True) == price
    assert of_month(price, day.replace(day=length), is_day_counted=False) == Money(0)
    assert abs((with_day - after_it).cents * length - cents) <= length
    assert Money(0) <= after_it <= with_day <= price


def test_the_next_bill_of_the_21st_of_november_has_ten_of_thirty_days() -> None:
    bill = plan(EDITION, {}, "tv_plus", ON).next_bill(date(2026, 11, 21))

    assert (bill.once, bill.share, bill.monthly) == (Money(0), Money(463), Money(1390))


def test_half_a_cent_is_rounded_up() -> None:
    """1.99 over 28 days: on the 15th fourteen are left, which is 99.5 cents."""
    assert of_month(Money(199), date(2027, 2, 15), is_day_counted=True) == Money(100)


def test_switching_off_spares_the_days_after() -> None:
    bill = plan(EDITION, {"tv_plus": ON}, "tv_plus", OFF).next_bill(date(2026, 11, 21))

    assert (bill.share, bill.monthly) == (Money(-417), Money(-1390))


def test_a_package_is_bought_once_whenever_it_is() -> None:
    second = plan(EDITION, {"data_5gb": Setting(is_on=True, value="1")}, "data_5gb", Setting(is_on=True, value="2"))

    bill = second.next_bill(date(2026, 11, 30) - timedelta(days=3))
    assert (bill.once, bill.share, bill.monthly, bill.total) == (Money(499), Money(0), Money(0), Money(499))


def test_changing_where_calls_go_costs_nothing_anew() -> None:
    here, there = Setting(is_on=True, value="+38641555100"), Setting(is_on=True, value="+38641555200")

    assert plan(EDITION, {"call_forwarding": here}, "call_forwarding", there).bought == []
