"""A letter that cannot be printed, or is too late, is waited for no longer and holds up no other."""

from __future__ import annotations

from pathlib import Path

import pytest

from portal.messaging.printing import print_letters
from portal.messaging.tables import LetterBatch, Message, MessageState
from portal.messaging.undelivered import REFUSED, unsettled
from tests.messaging.post import a_letter, batches_in, names_in, states
from tests.people import NOON


@pytest.mark.parametrize(
    ("address", "said"),
    [
        (["Bojan Kralj"], "incomplete"),
        (["Bojan Kralj", "", "1000 Ljubljana"], "incomplete"),
        (["Bojan Kralj", "Glavna ulica 1", " Ljubljana"], "no postcode"),
        (["Bojan Kralj", "Glavna ulica 1", "1000 "], "no postcode"),
        (["Bojan Kralj", "Glavna ulica 1", "1000 Ljubljana", *["vrstica"] * 5], "incomplete"),
        (["Predolgoime" * 12, "Glavna ulica 1", "1000 Ljubljana"], "does not fit the window"),
    ],
)
async def test_a_letter_that_would_reach_nobody_is_refused(folder: Path, address: list[str], said: str) -> None:
    wrong, right = await a_letter(address), await a_letter()

    await print_letters(NOON)

    assert await states() == {wrong: MessageState.REFUSED, right: MessageState.PRINTED}
    [batch] = batches_in(folder)
    assert batch.messages == [right]
    [seen] = await unsettled(REFUSED, NOON)
    assert said in (seen.reason or "")


@pytest.mark.parametrize("broken", [{"values": {}}, {"name": "reconnected"}, {"name": "no_such_message", "values": {}}])
async def test_a_letter_that_cannot_be_written_holds_up_no_other(folder: Path, broken: dict[str, object]) -> None:
    wrong, right = await a_letter(**broken), await a_letter()  # type: ignore[arg-type]

    await print_letters(NOON)

    assert await states() == {wrong: MessageState.REFUSED, right: MessageState.PRINTED}
    assert batches_in(folder)[0].messages == [right]


async def test_without_a_printable_letter_there_is_no_batch(folder: Path) -> None:
    wrong = await a_letter(["Bojan Kralj"])

    assert await print_letters(NOON) == []

    assert await states() == {wrong: MessageState.REFUSED}
    assert names_in(folder) == []
    assert not await LetterBatch.exists()


@pytest.mark.usefixtures("folder")
async def test_a_refused_secret_is_forgotten() -> None:
    await a_letter(["Bojan Kralj"], name="welcome", is_secret=True)
    await print_letters(NOON)

    [message] = await Message.objects()
    assert (message.state, message.values) == (MessageState.REFUSED, "{}")


async def test_what_is_too_late_is_not_printed(folder: Path) -> None:
    late = await a_letter(name="welcome", is_secret=True, expires_at=NOON)
    await print_letters(NOON)

    assert await states() == {late: MessageState.EXPIRED}
    assert batches_in(folder) == []
