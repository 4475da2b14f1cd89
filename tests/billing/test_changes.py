"""What changed from one bill to the next, and why; whatever is told sums to the difference of the bills."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from portal.billing.showing.change_words import why
from portal.billing.showing.changes import Way, changes
from portal.billing.tables import BillLine, BillLineKind
from portal.money import Money
from tests.billing.bill_rows import Kind, line_of

ANA, BOJAN = UUID(int=1), UUID(int=2)


def told(now: Sequence[BillLine], then: Sequence[BillLine]) -> list[tuple[Way, str | None, int]]:
    return [(change.way, change.what, change.difference.cents) for change in changes(now, then)]


def test_nothing_changed() -> None:
    same = [line_of(Kind.SUBSCRIPTION, "Naročnina Mobilni M", 3_499, ANA)]

    assert changes(same, same) == []


def test_what_is_new_and_what_ended_is_told_by_its_name() -> None:
    now = [line_of(Kind.ONE_OFF, "Aktivacija", 1_500, ANA)]
    then = [line_of(Kind.DISCOUNT, "Popust za e-račun", -100, ANA)]

    assert told(now, then) == [(Way.NEW, "Aktivacija", 1_500), (Way.ENDED, "Popust za e-račun", 100)]


def test_use_is_one_sum_a_number_and_kind() -> None:
    now = [line_of(Kind.ROAMING, "Klici v gostovanju", 900, ANA), line_of(Kind.ROAMING, "Podatki", 500, ANA)]
    then = [line_of(Kind.ROAMING, "Klici v gostovanju", 160, ANA)]

    [change] = changes(now, then)

    assert (change.way, change.what, change.difference) == (Way.DEARER, None, Money(1_240))
    assert why(change) == "Use abroad cost more than the last time."


def test_the_next_instalment_is_no_change_and_the_last_one_ends() -> None:
    sixth = line_of(Kind.INSTALMENT, "Obrok 6 od 24, telefon", 2_499, ANA, (6, 24))
    seventh = line_of(Kind.INSTALMENT, "Obrok 7 od 24, telefon", 2_499, ANA, (7, 24))

    assert told([seventh], [sixth]) == []
    assert told([], [seventh]) == [(Way.ENDED, "Obrok 7 od 24, telefon", -2_499)]


def test_instalments_of_two_things_do_not_follow_each_other() -> None:
    telephone = line_of(Kind.INSTALMENT, "Obrok 24 od 24, telefon", 2_499, ANA, (24, 24))
    watch = line_of(Kind.INSTALMENT, "Obrok 1 od 24, ura", 1_000, ANA, (1, 24))

    assert {way for way, _, _ in told([watch], [telephone])} == {Way.NEW, Way.ENDED}


def test_another_package_stands_instead_of_the_one_before() -> None:
    now = [line_of(Kind.SUBSCRIPTION, "Naročnina Mobilni M", 3_499, ANA)]
    then = [line_of(Kind.SUBSCRIPTION, "Naročnina Mobilni S", 1_499, ANA)]

    [change] = changes(now, then)

    assert (change.way, change.what, change.before) == (Way.REPLACED, "Naročnina Mobilni M", "Naročnina Mobilni S")
    assert change.difference == Money(2_000)


def test_another_package_at_the_same_price_is_told_too() -> None:
    now = [line_of(Kind.SUBSCRIPTION, "Naročnina Novi", 1_499, ANA)]
    then = [line_of(Kind.SUBSCRIPTION, "Naročnina Stari", 1_499, ANA)]

    assert told(now, then) == [(Way.REPLACED, "Naročnina Novi", 0)]


def test_packages_of_two_numbers_do_not_replace_each_other() -> None:
    now = [line_of(Kind.SUBSCRIPTION, "Naročnina Mobilni M", 3_499, ANA)]
    then = [line_of(Kind.SUBSCRIPTION, "Naročnina Mobilni S", 1_499, BOJAN)]

    assert told(now, then) == [(Way.NEW, "Naročnina Mobilni M", 3_499), (Way.ENDED, "Naročnina Mobilni S", -1_499)]


def test_a_discount_that_grew_makes_the_bill_cheaper() -> None:
    now = [line_of(Kind.DISCOUNT, "Zvestoba", -300, ANA)]
    then = [line_of(Kind.DISCOUNT, "Zvestoba", -100, ANA)]

    [change] = changes(now, then)

    assert (change.way, why(change)) == (Way.CHEAPER, "The discount is larger than the last time.")


def test_what_changed_alike_on_many_numbers_is_told_once() -> None:
    numbers = [UUID(int=n) for n in range(1, 101)]
    now = [line_of(Kind.SUBSCRIPTION, "Naročnina Mobilni S", 1_599, line) for line in numbers]
    then = [line_of(Kind.SUBSCRIPTION, "Naročnina Mobilni S", 1_499, line) for line in numbers]

    [change] = changes(now, then)

    assert (len(change.lines), change.difference) == (100, Money(10_000))


def test_the_largest_change_stands_first() -> None:
    now = [line_of(Kind.FEE, "Ponovni priklop", 799, ANA), line_of(Kind.ONE_OFF, "Aktivacija", 1_500, ANA)]
    then = [line_of(Kind.USAGE, "Klici", 2_000, ANA)]

    assert [cents for _, _, cents in told(now, then)] == [-2_000, 1_500, 799]


def test_a_reason_says_no_more_than_the_bills_do() -> None:
    """That a sum is larger does not say that more was used, nor a charge beside the package that it ran out."""
    then = [line_of(Kind.SUBSCRIPTION, "Naročnina Mobilni S", 1_499, ANA)]
    abroad = line_of(Kind.USAGE, "Klici v tujino", 300, ANA)
    dearer = line_of(Kind.USAGE, "Klici v tujino", 500, ANA)
    watch = line_of(Kind.SUBSCRIPTION, "Druga številka na uri", 399, ANA)

    assert [why(change) for change in changes([*then, abroad], then)] == [
        "This time there was use that the package does not include."
    ]
    assert [why(change) for change in changes(then, [*then, abroad])] == ["This time there was no such use."]
    assert [why(change) for change in changes([dearer], [abroad])] == [
        "Use beyond the package cost more than the last time."
    ]
    assert [why(change) for change in changes([*then, watch], then)] == ["It was not on the last bill."]
    assert [why(change) for change in changes(then, [*then, watch])] == ["It is not on this bill any more."]


def test_every_change_has_a_reason() -> None:
    for kind in BillLineKind:
        for now, then in ((5, 0), (0, 5), (5, 3), (3, 5)):
            made = changes(
                [line_of(kind, "Nekaj", now, ANA)] if now else [], [line_of(kind, "Nekaj", then, ANA)] if then else []
            )
            assert all(why(change) for change in made), kind


positions = st.lists(
    st.builds(
        line_of,
        st.sampled_from(BillLineKind),
        st.sampled_from(["Naročnina S", "Naročnina M", "Klici", "Obrok 1 od 3", "Obrok 2 od 3"]),
        st.integers(-(10**6), 10**6),
        st.sampled_from([None, ANA, BOJAN]),
    ),
    max_size=25,
)


@given(positions, positions)
def test_the_changes_sum_to_the_difference_of_the_bills(now: list[BillLine], then: list[BillLine]) -> None:
    told = changes(now, then)

    difference = Money.sum(line.amount for line in now) - Money.sum(line.amount for line in then)
    assert Money.sum(change.difference for change in told) == difference
    assert all(change.difference or change.way == Way.REPLACED for change in told)


@given(positions, st.randoms(use_true_random=False))
def test_the_order_of_positions_changes_nothing(lines: list[BillLine], chance: object) -> None:
    shuffled = list(lines)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]

    assert Money.sum(change.difference for change in changes(shuffled, lines)) == Money(0)
    assert all(change.way == Way.REPLACED for change in changes(shuffled, lines))
