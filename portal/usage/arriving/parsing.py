"""From the bytes of one line to a measurement that is right in itself, or a reason why it is not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from portal import clock
from portal.ndjson import parsing
from portal.ndjson.parsing import BadRow
from portal.usage.arriving.feed import ROW, Allowance, Record, Row, Spending
from portal.usage.months import ALLOWANCES, RECORDS, SPENDING, Monthly
from portal.usage.policy import policy

LONGEST = timedelta(days=366)
"""Of a period."""
RESERVED = frozenset({"spending", "roaming"})
"""Warnings that are about no allowance go by these names: tables.UsageWarning."""


class Reading:
    """What the rows that come at a moment are held against; worked out once and not for each."""

    def __init__(self, at: datetime) -> None:
        today = clock.day_of(at)
        self.latest = at + policy().measured.ahead
        self.oldest = midnight(RECORDS.begins(today))
        self.allowances, self.spending = days(ALLOWANCES, today), days(SPENDING, today)

    def read(self, row: bytes | None) -> Row:
        """Raises BadRow with the first thing that is wrong. None: the row was too long to be read."""
        made = parsing.parse(row, ROW.validate_json)
        for fault in self.faults(made):
            raise BadRow(fault)
        return made

    def faults(self, row: Row) -> Iterator[str]:
        """What is wrong although each field by itself is right."""
        match row:
            case Record():
                return self.faults_of_record(row)
            case Spending():
                return self.faults_of_spending(row)
            case Allowance():
                return self.faults_of_allowance(row)

    def faults_of_record(self, row: Record) -> Iterator[str]:
        if row.began_at < self.oldest:
            yield f"began_at lies before {self.oldest:%Y-%m-%d}, from which on records are kept"
        if row.began_at > self.latest:
            yield "began_at lies ahead"

    def faults_of_spending(self, row: Spending) -> Iterator[str]:
        yield from self.faults_of_period(row, self.spending)
        if row.roaming > row.spent:
            yield "roaming is part of spent, and here it is more"

    def faults_of_allowance(self, row: Allowance) -> Iterator[str]:
        yield from self.faults_of_period(row, self.allowances)
        if row.code in RESERVED:
            yield "code: spending and roaming are no codes of allowances"
        if (row.name_sl is None) != (row.name_en is None):
            yield "name_sl and name_en stand together"
        if (row.shared_by is None) != (row.own_used is None):
            yield "shared_by and own_used stand together"
        if row.own_used is not None and row.own_used > row.used:
            yield "own_used is part of used, and here it is more"

    def faults_of_period(self, row: Allowance | Spending, kept: tuple[date, date]) -> Iterator[str]:
        first, last = kept
        if not first <= row.period_from <= last:
            yield f"period_from lies before {first}, from which on it is kept, or after {last}"
        if not row.period_from <= row.period_to <= row.period_from + LONGEST:
            yield "the period ends before it begins or is longer than a year"
        if row.measured_at > self.latest:
            yield "measured_at lies ahead"


def days(monthly: Monthly, today: date) -> tuple[date, date]:
    """The first and the last on which something may begin that is kept."""
    return monthly.begins(today), monthly.ends(today) - timedelta(days=1)


def midnight(day: date) -> datetime:
    """Months of records are those of UTC."""
    return datetime.combine(day, time(), UTC)
