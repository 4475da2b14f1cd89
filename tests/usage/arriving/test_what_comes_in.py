"""What was measured comes in; of the same thing what is newest stays, in whatever order it comes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from portal import clock
from portal.ndjson.rows import Row as FileRow
from portal.usage.arriving import importing
from tests.people import NOON, a_person
from tests.usage.arriving.feeds import Row, a_record, allowances, an_allowance, bring_in, records, spending, spendings

pytestmark = pytest.mark.usefixtures("database")

LATER, EARLIER = "2026-11-21T11:55:00+01:00", "2026-11-21T11:45:00+01:00"


async def test_an_allowance_with_everything_on_it() -> None:
    ana = await a_person("Ana Zupan")
    names = {"name_sl": "Družinski podatki", "name_en": "Family data"}
    row = an_allowance(ana.line, 41_000, code="family", **names, shared_by=3, own_used=6_200)

    done = await bring_in(row)

    assert (done.arrived, done.already, done.set_aside) == (1, 0, [])
    assert await allowances() == [
        {
            "line": ana.line.id,
            "code": "family",
            "kind": "data",
            **names,
            "period_from": date(2026, 11, 1),
            "period_to": date(2026, 11, 30),
            "used": 41_000,
            "included": 20 * 10**9,
            "shared_by": 3,
            "own_used": 6_200,
            "measured_at": datetime(2026, 11, 21, 10, 50, tzinfo=UTC),
            "source": "ocs-1",
            "sequence": row["sequence"],
        }
    ]


async def test_spending_and_a_record() -> None:
    ana = await a_person("Ana Zupan")
    call = a_record(ana.line, other_party="+4366412345678", place="Avstrija", amount="1.66", abroad=True)

    done = await bring_in(spending(ana.line, "12.40", roaming="5.00"), call)

    assert (done.arrived, done.set_aside) == (2, [])
    (spent,), (record,) = await spendings(), await records()
    assert (spent["line"], spent["spent_cents"], spent["roaming_cents"]) == (ana.line.id, 1_240, 500)
    assert (record["line"], record["record"], record["quantity"]) == (ana.line.id, call["record"], 205)
    assert (record["amount_cents"], record["is_abroad"], record["is_taken_back"]) == (166, True, False)
    assert record["began_at"] == datetime(2026, 11, 20, 17, 20, 5, tzinfo=UTC)


async def test_of_a_number_called_the_last_three_digits_are_not_kept() -> None:
    ana = await a_person("Ana Zupan")

    await bring_in(*(a_record(ana.line, other_party=number) for number in ("+38640123456", "113", "+38640123***")))

    assert {row["other_party"] for row in await records()} == {"+38640123***", "***"}


async def test_given_again_nothing_changes() -> None:
    ana = await a_person("Ana Zupan")
    rows = [an_allowance(ana.line), spending(ana.line), a_record(ana.line)]
    await bring_in(*rows)

    done = await bring_in(*rows)

    assert (done.arrived, done.already) == (0, 3)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
@pytest.mark.parametrize("together", [True, False])
async def test_what_was_measured_later_stays_also_when_it_comes_first(
    order: tuple[int, int], *, together: bool
) -> None:
    ana = await a_person("Ana Zupan")
    early = [an_allowance(ana.line, 1, measured_at=EARLIER), spending(ana.line, "1.00", measured_at=EARLIER)]
    late = [an_allowance(ana.line, 2, measured_at=LATER), spending(ana.line, "2.00", measured_at=LATER)]
    both = [(early, late)[n] for n in order]

    for rows in [both[0] + both[1]] if together else both:
        await bring_in(*rows)

    assert [row["used"] for row in await allowances()] == [2]
    assert [row["spent_cents"] for row in await spendings()] == [200]


async def test_of_what_was_measured_at_once_the_higher_sequence_stays() -> None:
    ana = await a_person("Ana Zupan")
    wrong = an_allowance(ana.line, 9 * 10**9)
    right = an_allowance(ana.line, 3 * 10**9)
    assert right["sequence"] > wrong["sequence"]

    await bring_in(right)
    done = await bring_in(wrong)

    assert (done.arrived, done.already) == (0, 1)
    assert [row["used"] for row in await allowances()] == [3 * 10**9]


async def test_a_source_that_counts_from_nought_again_is_heard() -> None:
    ana = await a_person("Ana Zupan")
    await bring_in(an_allowance(ana.line, 1, sequence=900_000))

    await bring_in(an_allowance(ana.line, 2, sequence=0, measured_at=LATER))
    await bring_in(an_allowance(ana.line, 3, source="ocs-2", sequence=7, measured_at=EARLIER))

    assert [row["used"] for row in await allowances()] == [2]


async def test_a_record_is_corrected_and_an_older_row_does_not_undo_it() -> None:
    ana, bojan = await a_person("Ana Zupan"), await a_person("Bojan Kralj")
    first = a_record(ana.line, record="r1", amount="5.00")
    second = a_record(bojan.line, record="r1", amount="0.50")

    await bring_in(first)
    await bring_in(second)
    await bring_in(first)

    assert [(row["line"], row["amount_cents"]) for row in await records()] == [(bojan.line.id, 50)]


async def test_a_record_that_was_taken_back_does_not_come_to_life_again() -> None:
    ana = await a_person("Ana Zupan")
    call = a_record(ana.line, record="r1")
    back = a_record(ana.line, record="r1", taken_back=True)

    await bring_in(back)
    done = await bring_in(call)

    assert (done.arrived, done.already) == (0, 1)
    assert [row["is_taken_back"] for row in await records()] == [True]


async def test_the_same_name_of_another_source_or_moment_is_another_record() -> None:
    ana = await a_person("Ana Zupan")

    await bring_in(
        a_record(ana.line, record="r1"),
        a_record(ana.line, record="r1", source="smsc"),
        a_record(ana.line, record="r1", began_at="2026-11-20T18:20:06+01:00"),
    )

    assert len(await records()) == 3


async def test_a_file_longer_than_a_chunk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "CHUNK", 3)
    ana = await a_person("Ana Zupan")
    rows = [an_allowance(ana.line, n, code=f"code{n % 4}", measured_at=LATER) for n in range(20)]

    done = await bring_in(*rows)

    assert (done.arrived + done.already, done.set_aside) == (20, [])
    assert [row["used"] for row in await allowances()] == [16, 17, 18, 19]


async def test_a_feed_that_trickles_comes_in_as_it_goes() -> None:
    ana = await a_person("Ana Zupan")

    def trickle() -> Iterator[FileRow]:
        for n in range(4):
            with clock.stopped_at(NOON + n * timedelta(seconds=1)):
                yield FileRow(n + 1, json.dumps(an_allowance(ana.line, n, code=f"code{n}")).encode())

    with clock.stopped_at(NOON):
        arrived = [chunk.arrived async for chunk in importing.import_usage(trickle(), lambda: NOON)]

    assert arrived == [3, 1]


async def test_a_dry_run_says_what_would_come_in_and_writes_nothing() -> None:
    ana = await a_person("Ana Zupan")
    await bring_in(an_allowance(ana.line, 1, measured_at=LATER), a_record(ana.line, record="r1", sequence=10))
    before = await allowances(), await records()
    rows: list[Row | str] = [
        *(an_allowance(ana.line, 2), an_allowance(ana.line, 3, code="other"), spending(ana.line)),
        *(a_record(ana.line, record="r1", sequence=11), a_record(ana.line, record="r1", sequence=9), "{}"),
    ]

    planned = await bring_in(*rows, is_dry=True)
    assert (await allowances(), await records()) == before
    done = await bring_in(*rows)

    assert (planned.arrived, planned.already) == (done.arrived, done.already) == (3, 2)
    assert planned.set_aside == done.set_aside
    assert [aside.line for aside in done.set_aside] == [6]


async def test_a_feed_that_goes_on_for_days_is_held_against_the_day_it_is() -> None:
    ana = await a_person("Ana Zupan")
    row = an_allowance(ana.line, measured_at="2026-11-22T09:00:00+01:00")

    early = await bring_in(row, at=NOON)
    late = await bring_in(row, at=datetime(2026, 11, 22, 8, tzinfo=UTC))

    assert [aside.reason for aside in early.set_aside] == ["measured_at lies ahead"]
    assert late.arrived == 1
