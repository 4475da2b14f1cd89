"""What was sent to a person, as they see it listed: what, where, when, and whether it arrived."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from bench.queries import counting
from portal.messaging.reading import NEWEST, PAGE, Place
from tests.messaging.inbox import MESSAGES, sent, titles
from tests.people import NOON, Person
from tests.visiting import Visitor


async def test_bojan_sees_what_came_where_when_and_whether_it_arrived(his: Visitor, bojan: Person) -> None:
    await sent(bojan)

    page = await his.get(MESSAGES)

    row = page.one("main .row")
    text = " ".join("".join(row.itertext()).replace("\u00a0", " ").split())
    assert text == "Obvestilo pred izklopom SMS · 041 ••• •56 21. 11. 2026 ob 11.00 dostavljeno"
    assert len(row.cssselect(".icon")) == 3
    assert page.one("nav [aria-current]").get("href") == "/account"
    assert (await his.get("/account")).all(f'a[href="{MESSAGES}"]')


async def test_the_newest_stands_first(his: Visitor, bojan: Person) -> None:
    for hours, template in ((3, "suspended"), (1, "reconnected"), (2, "pre_suspension")):
        await sent(bojan, template=template, created_at=NOON - timedelta(hours=hours))

    page = await his.get(MESSAGES)

    assert titles(page) == ["Storitve so znova vklopljene", "Obvestilo pred izklopom", "Storitve so izklopljene"]


async def test_pages_lose_none_and_repeat_none(his: Visitor, bojan: Person) -> None:
    at = NOON - timedelta(days=1)
    made = {str((await sent(bojan, created_at=at)).id) for _ in range(PAGE)}
    made |= {str((await sent(bojan, created_at=at - timedelta(minutes=n // 2))).id) for n in range(PAGE + 3)}

    seen: list[str] = []
    page = await his.get(MESSAGES)
    while True:
        seen += [(node.get("href") or "").rpartition("/")[2] for node in page.all("main a.row")]
        older = page.all("a[rel=next]")
        if not older:
            break
        await sent(bojan)  # what comes in the meantime shifts nothing
        page = await his.get(older[0].get("href") or "")

    assert len(seen) == len(made) == 2 * PAGE + 3
    assert set(seen) == made


@pytest.mark.parametrize("text", ["", "x", "20261121T110000000000", "20261121T110000000000.1", "99.01", "'"])
async def test_what_is_no_place_is_the_beginning(his: Visitor, bojan: Person, text: str) -> None:
    await sent(bojan)

    assert len(titles(await his.get(f"{MESSAGES}?before={text}"))) == 1


def test_a_place_reads_what_it_wrote() -> None:
    for place in (Place(NOON, UUID(int=7)), NEWEST):
        assert Place.read(str(place)) == place


async def test_a_message_outlives_its_template(his: Visitor, bojan: Person) -> None:
    message = await sent(bojan, template="of_long_ago")

    assert titles(await his.get(MESSAGES)) == ["Sporočilo"]
    assert (await his.get(f"{MESSAGES}/{message.id}")).one("h1").text == "Sporočilo"


async def test_an_empty_page_says_what_will_be_here(his: Visitor) -> None:
    page = await his.get(MESSAGES)

    assert "Sporočil še ni" in page.text
    assert not page.all("main .rows")


async def test_the_pages_ask_the_database_briefly_and_leave_the_texts_there(his: Visitor, bojan: Person) -> None:
    for n in range(PAGE):
        message = await sent(bojan, created_at=NOON - timedelta(hours=n))
    for path, most in ((MESSAGES, 2), (f"{MESSAGES}/{message.id}", 3), ("/account", 2)):
        await his.get(path)
        with counting() as asked:
            await his.get(path)
        assert len(asked) <= most, f"{path} sends {len(asked)} statements"
        assert path != MESSAGES or not any("body" in sql or "content" in sql for sql in asked)
