"""The timeline as it stands on a page, and what brings its stories about."""

from __future__ import annotations

from datetime import date, timedelta

from portal.billing.tables import Bill
from portal.dunning.case_tables import CaseEnd, DunningCase, Happened
from portal.dunning.tables import Suspension
from tests.dunning.case_rows import happened, noon
from tests.people import TODAY, Person
from tests.visiting import Page


def in_days(days: int) -> date:
    return TODAY + timedelta(days=days)


def lines(page: Page) -> list[tuple[str, str, str]]:
    """Each line of the timeline: its word, its day and its title."""
    return [
        (
            said(item.cssselect(".mark b")[0]),
            said(item.cssselect(".mark span")[0]) if item.cssselect(".mark span") else "",
            said(item.cssselect("h3")[0]),
        )
        for item in page.all(".timeline > li")
    ]


def said(node: object) -> str:
    return " ".join("".join(node.itertext()).replace("\xa0", " ").replace("\u202f", " ").split())  # type: ignore[attr-defined]


def titles(page: Page, word: str) -> list[str]:
    return [title for said_word, _, title in lines(page) if said_word == word]


async def in_english(person: Person) -> None:
    assert person.login is not None
    person.login.language = "en"
    await person.login.save()


async def close(case: DunningCase, day: date) -> None:
    await Bill.update({Bill.open_cents: 0}, force=True)
    await Suspension.update({Suspension.ended_at: noon(day)}, force=True)
    await DunningCase.update(
        {DunningCase.closed_at: noon(day), DunningCase.closed_because: CaseEnd.SETTLED}, force=True
    )
    await happened(case, Happened.SETTLED, day, 0)
