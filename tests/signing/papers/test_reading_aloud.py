"""What a screen reader is told of a document: in order, with headings and rows, every letter as it was written."""

from __future__ import annotations

from portal.signing.papers.text import Passage, PassageKind, passages_of, text_of
from tests.signing.papers.papers import contract_of, ordered

HEADING, ROW = PassageKind.HEADING, PassageKind.ROW


async def test_headings_paragraphs_and_rows_come_in_their_order() -> None:
    [first, *_] = await passages_of(contract_of(ordered()).pdf)

    title = first.index(Passage(HEADING, "Aneks k naročniškemu razmerju"))
    number = first.index(Passage(ROW, "Številka naročnika: 1000123"))
    ordered_ = first.index(Passage(HEADING, "1. Kaj ste naročili"))
    assert title < number < ordered_
    assert Passage(PassageKind.PARAGRAPH, "Anđa Žnidaršič Čeh Glavna ulica 1 1000 Ljubljana") in first
    assert first[ordered_ + 1] == Passage(ROW, "Paket L, Na mesec: 34,99\u202f€, Enkratno: –")


async def test_letters_of_home_are_whole_and_lines_are_joined() -> None:
    note = "Željko Ćopić, Đurđa in Čuš bodo prišli z najkvadratnejšim merilnikom šumečega ozadja " * 4
    its = ordered(terms={"notes": [note.strip(), "ffi fl fi"]})

    said = "\n".join(await text_of(contract_of(its).pdf))

    assert note.strip() in said.split("\n")
    assert "ffi fl fi" in said.split("\n")
    assert "\u00ad" not in said
    assert "  " not in said


async def test_what_stands_on_every_page_is_not_read_out() -> None:
    its = ordered(terms={"notes": [f"Opomba {n}" for n in range(50)]})
    pages = await text_of(contract_of(its).pdf)

    assert len(pages) > 1
    assert "Stran" not in "".join(pages)
    assert all(f"Opomba {n}" in "\n".join(pages).split("\n") for n in range(50))
