"""The period that runs."""

from __future__ import annotations

from datetime import date, timedelta

LONGEST_PERIOD = timedelta(days=62)
"""A period that runs began within these days. The feed takes longer ones too; of those nobody is warned, because
to look into all the months kept would cost each import several times as much.
"""


def earliest_start(today: date) -> date:
    return today - LONGEST_PERIOD
