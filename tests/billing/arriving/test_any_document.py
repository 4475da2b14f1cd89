"""Whatever the billing system writes by the rules comes in and comes out the same; what breaks a rule does not."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal import reference
from portal.billing.arriving.document import Document
from portal.billing.arriving.parsing import parse
from portal.billing.tables import BillKind, BillLineKind
from portal.customers.quantities import AllowanceKind, CallKind
from portal.money import Money
from portal.ndjson.parsing import BadRow
from tests.people import TODAY

ANY = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])

words = st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1, max_size=60)
cents = st.integers(-(10**9), 10**9)
days = st.dates(date(2001, 1, 1), TODAY)
lines_of_accounts = st.none() | st.sampled_from(["+38641000001", "F001"])
counts = st.integers(0, 2**53 - 1)


def written(value: dict[str, Any]) -> dict[str, Any]:
    """Without what is left out."""
    return {name: inner for name, inner in value.items() if inner is not None}


@st.composite
def positions(draw: st.DrawFn) -> dict[str, Any]:
    of = draw(st.none() | st.integers(1, 48))
    return written(
        {
            "kind": str(draw(st.sampled_from(BillLineKind))),
            "description": draw(words),
            "amount": Money(draw(cents)).plain,
            "vat": draw(st.sampled_from(["22", "9.5", "5", "0", "20.0"])),
            "line": draw(lines_of_accounts),
            "instalment": of and {"number": draw(st.integers(1, of)), "of": of},
        }
    )


@st.composite
def calls(draw: st.DrawFn, before: date) -> dict[str, Any]:
    began = draw(st.datetimes().map(lambda at: at.time().replace(microsecond=0)))
    return written(
        {
            "kind": str(draw(st.sampled_from(CallKind))),
            "line": draw(lines_of_accounts),
            "began_at": f"{draw(st.dates(date(2000, 1, 2), before))}T{began}{draw(st.sampled_from(['Z', '+02:00']))}",
            "other_party": draw(st.none() | st.from_regex(r"\+?[0-9]{3,18}", fullmatch=True)),
            "place": draw(st.none() | words),
            "quantity": draw(counts),
            "amount": Money(draw(cents)).plain,
        }
    )


allowances = st.builds(
    lambda kind, line, used, included: written({"kind": str(kind), "line": line, "used": used, "included": included}),
    *(st.sampled_from(AllowanceKind), lines_of_accounts, counts, st.none() | counts),
)


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    lines = draw(st.lists(positions(), max_size=6))
    total = Money(sum(int(line["amount"].replace(".", "")) for line in lines))
    issued, since = draw(days), draw(days)
    kind = BillKind.CREDIT_NOTE if total.cents < 0 else draw(st.sampled_from((BillKind.BILL, BillKind.DEBIT_NOTE)))
    paid = total.is_positive and draw(st.booleans())
    return written(
        {
            "number": draw(st.from_regex(r"[A-Za-z0-9][A-Za-z0-9./_-]{0,19}", fullmatch=True)),
            "kind": str(kind),
            "corrects": None if kind == BillKind.BILL else draw(st.none() | st.just("earlier")),
            "account": "2000001",
            "reference": reference.si12(draw(st.integers(0, 799_999_999_999))),
            "issued_on": issued.isoformat(),
            "due_on": (issued + timedelta(days=draw(st.integers(0, 366)))).isoformat(),
            "period_from": since.isoformat(),
            "period_to": (since + timedelta(days=draw(st.integers(0, 366)))).isoformat(),
            "total": total.plain,
            "lines": lines,
            "allowances": draw(st.lists(allowances, max_size=4, unique_by=lambda one: (one["kind"], one.get("line")))),
            "calls": draw(st.lists(calls(issued), max_size=3)),
            "paid": {"amount": total.plain, "on": issued.isoformat()} if paid else None,
            "notify": draw(st.booleans()),
        }
    )


def read(document: Any) -> Document:
    return parse(json.dumps(document).encode(), TODAY)


def said_again(document: Document) -> dict[str, Any]:
    """As the billing system would write what was read."""
    came: dict[str, Any] = json.loads(document.model_dump_json(by_alias=True, exclude_none=True))
    came["total"] = Money(came["total"]).plain
    for part in (*came["lines"], *came["calls"], *([came["paid"]] if "paid" in came else [])):
        part["amount"] = Money(part["amount"]).plain
    for line in came["lines"]:
        line["vat"] = f"{line['vat'] / 10:g}"
    return came


@ANY
@given(documents())
def test_it_comes_out_as_it_came_in(document: dict[str, Any]) -> None:
    came = said_again(read(document))

    for line in document["lines"]:
        line["vat"] = f"{float(line['vat']):g}"
    for call, ours in zip(document["calls"], came["calls"], strict=True):
        assert len(ours["began_at"]) == len("2026-11-03T17:20:05Z"), "in UTC, whole seconds"
        ours["began_at"] = call["began_at"]
        if "other_party" in call:
            call["other_party"] = call["other_party"][:-3] + "***"
    assert came == document


@ANY
@given(documents())
def test_it_is_known_again_by_its_content_alone(document: dict[str, Any]) -> None:
    shuffled = dict(sorted(document.items())) | {"notify": not document["notify"]}

    assert read(shuffled).digest == read(document).digest


def flipped(value: Any, draw: Callable[[st.SearchStrategy[Any]], Any]) -> Any:
    """Something else in the place of a value, of the same type or of another."""
    others = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=12)
    return draw(others.filter(lambda other: type(other) is not type(value) or other != value))


@st.composite
def mutations(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any]]:
    """A document, and the same with one field changed, added, left out or said of another part."""
    document = draw(documents())
    changed = json.loads(json.dumps(document))
    parts = [changed, *changed["lines"], *changed["allowances"], *changed["calls"]]
    part = draw(st.sampled_from(parts))
    match draw(st.sampled_from(("changed", "added", "left out"))):
        case "added":
            part[draw(words.filter(lambda name: name not in part))] = "something"
        case "left out":
            del part[draw(st.sampled_from(sorted(part)))]
        case _:
            name = draw(st.sampled_from(sorted(part)))
            part[name] = flipped(part[name], draw)
    return document, changed


DEFAULTS: dict[str, Any] = {"allowances": [], "calls": []}


@ANY
@given(mutations())
def test_a_mutation_is_refused_or_is_another_document(both: tuple[dict[str, Any], dict[str, Any]]) -> None:
    document, changed = both
    before = read(document)
    try:
        after = read(changed)
    except BadRow:
        return
    differs = {name: value for name, value in (DEFAULTS | changed).items() if name != "notify"} != {
        name: value for name, value in document.items() if name != "notify"
    }
    assert (after.digest != before.digest) == differs
