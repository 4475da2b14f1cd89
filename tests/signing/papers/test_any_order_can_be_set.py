"""Whatever an order brings can be printed: nothing of it is markup, nothing stands where the signatures will."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from portal.customers.tables import Customer
from portal.money import Money
from portal.signing.papers.characters import NOT_SHOWN, printable
from portal.signing.papers.text import read
from portal.signing.tables import OrderKind
from tests.signing.papers.papers import ANDA, USUAL, contract_of, in_the_boxes, ordered, papers_of, said_by, squeezed

MARKUP = "*Ana* #panic() [x](https://zlo.example) $y$ @z <b> \\u{41} `#1` _e_ = // -- ~"
NAMES = (
    st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=120).filter(
        str.strip
    )
    | st.just("Predolgoime" * 10)
    | st.just(MARKUP)
)
LETTERS = st.characters(exclude_categories=["Cc", "Cs"])
WORDS = st.text(LETTERS, min_size=1, max_size=200).filter(str.strip) | st.just("W" * 200)
AMOUNTS = st.integers(-99_999_999, 99_999_999).map(lambda cents: Money(cents).plain)
MEGABITS = st.integers(0, 1_000_000)
TERMS = st.fixed_dictionaries(
    {},
    optional={
        "package": st.fixed_dictionaries({"name": WORDS, "monthly": AMOUNTS}),
        "commitment_months": st.integers(1, 60),
        "benefit": st.fixed_dictionaries({"what": WORDS, "amount": AMOUNTS}),
        "equipment": st.lists(
            st.fixed_dictionaries(
                {"name": WORDS, "price": AMOUNTS}, optional={"instalments": st.integers(1, 60), "instalment": AMOUNTS}
            ),
            max_size=9,
        ),
        "services": st.lists(st.fixed_dictionaries({"name": WORDS, "monthly": AMOUNTS}), max_size=50),
        "speeds": st.fixed_dictionaries(
            {f"{way}_{which}": MEGABITS for way in ("down", "up") for which in ("min", "usual", "max")}
        ),
        "installation_address": WORDS,
        "changes": st.lists(
            st.fixed_dictionaries({"what": WORDS}, optional={"before": WORDS, "after": WORDS}), max_size=9
        ),
        "delivery": WORDS,
        "notes": st.lists(st.text(LETTERS, min_size=1, max_size=1000).filter(str.strip), max_size=12),
    },
)


@given(st.sampled_from(OrderKind), TERMS, NAMES, st.sampled_from(["sl", "en"]), st.none() | st.integers(0, 99_999_999))
@settings(max_examples=25, deadline=None)
@example(OrderKind.EXTENSION, {"notes": ["M" * 1000] * 50}, "Ž" * 120, "sl", 1)
def test_it_can_be_set_and_the_two_places_stay_free(
    kind: OrderKind, terms: dict[str, Any], name: str, language: str, cents: int | None
) -> None:
    customer = Customer(**{**ANDA.to_dict(), "name": name})

    for paper in papers_of(ordered(kind, terms, customer=customer, language=language, amount_cents=cents)):
        assert in_the_boxes(paper.pdf) == ""
        assert paper.pages == len(read(paper.pdf))
        assert squeezed(printable(name)) in squeezed(said_by(paper.pdf))


@pytest.mark.parametrize("kind", [OrderKind.EXTENSION, OrderKind.PURCHASE, OrderKind.CHANGE])
@pytest.mark.parametrize("count", range(0, 50, 4))
def test_however_much_there_is_the_signatures_stand_at_the_foot_and_not_alone(kind: OrderKind, count: int) -> None:
    terms = USUAL[kind] | {"services": [{"name": f"Storitev {n}", "monthly": "1.00"} for n in range(count)]}

    for paper in papers_of(ordered(kind, terms)):
        *_, last = read(paper.pdf)
        assert in_the_boxes(paper.pdf) == ""
        assert len(last) > 3, "more than what belongs to the signatures"
        assert last[-2].text.startswith("Naročnik")
        assert last[-1].text.startswith("Operater")


def test_customers_words_are_no_markup() -> None:
    its = ordered(terms={"package": {"name": MARKUP, "monthly": "1.00"}, "notes": [MARKUP]})

    assert said_by(contract_of(its).pdf).count(MARKUP) == 2


def test_every_amount_of_the_order_stands_in_its_contract_as_it_came() -> None:
    amounts = [f"{n}.{n:02d}" for n in range(11, 18)]
    package, benefit, price, instalment, monthly, once, cash = amounts
    terms = {
        "package": {"name": "Paket", "monthly": package},
        "commitment_months": 24,
        "benefit": {"what": "Popust", "amount": benefit},
        "equipment": [
            {"name": "Telefon", "price": price, "instalments": 2, "instalment": instalment},
            {"name": "Ovitek", "price": cash},
        ],
        "services": [{"name": "Storitev", "monthly": monthly}],
        "once": [{"what": "Priklop", "amount": once}],
    }

    said = said_by(contract_of(ordered(terms=terms, amount_cents=1_818)).pdf)

    counted = {amount: said.count(Money.parse(amount).format("sl")) for amount in [*amounts, "18.18"]}
    assert counted == dict.fromkeys(amounts, 1) | {benefit: 2, "18.18": 2}, (
        "the total above and below, the benefit twice"
    )


def test_what_has_no_shape_is_seen_to_be_missing() -> None:
    assert printable("Ana 日本 👩 Čuš") == f"Ana {NOT_SHOWN * 2} {NOT_SHOWN} Čuš"
    assert printable("za\u202edaj \u200bin \x00nič") == "zadaj in nič"
    assert printable({"e\u0301": ["e\u0301", 1, None]}) == {"e\u0301": ["é", 1, None]}


@given(st.text(max_size=60))
@settings(max_examples=40, deadline=None)
def test_what_is_printable_stays_so(text: str) -> None:
    assert printable(printable(text)) == printable(text)
