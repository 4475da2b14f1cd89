"""Anybody shows a PDF on `/verify` and reads in plain words what it is."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest

from portal.database import connection
from portal.limits import Limit
from portal.signing.pades.signing import Signed
from portal.signing.verifying import pages
from portal.signing.verifying.finding import LARGEST
from portal.web.wording import moment
from tests.signing.evidence.test_meddling_is_found import behind_the_portals_back, signed_envelope
from tests.signing.pades.cut import parts, revisions
from tests.signing.verifying.showing import locked, show, signed_by_somebody_else
from tests.visiting import Page, Visitor, portal_app


def facts(answer: Page) -> dict[str, str]:
    names, values = (["".join(one.itertext()) for one in answer.all(f"dl.facts {tag}")] for tag in ("dt", "dd"))
    return {name: value.replace("\xa0", " ") for name, value in zip(names, values, strict=True)}


async def test_ours_and_unchanged(visit: Visitor, copy: bytes, signed: Signed) -> None:
    answer = await show(visit, copy)

    assert answer.one("[role=status] h2") is not None
    assert "Podpisan tukaj in od takrat nespremenjen" in answer.text
    told = facts(answer)
    assert (told["Dokument"], told["Podpisnik"], told["Žig"]) == ("Pogodba", "Ana Češnjevar Žižek", "Moj A1")
    assert told["Čas podpisa"] == moment(signed.at, "sl").replace("\xa0", " ")
    assert "ni do bajta enak izvod" in answer.text
    assert "predstavitev" in answer.text


async def test_the_very_file_that_we_keep(visit: Visitor, copy: bytes) -> None:
    await keep(copy)

    answer = await show(visit, copy)

    assert "natanko datoteka, ki jo hranimo" in answer.text
    assert "N1" not in answer.text, "what only the database knows is told to nobody"


async def keep(copy: bytes) -> None:
    await signed_envelope()
    async with behind_the_portals_back() as connected:
        await connected.execute("UPDATE documents SET signed_sha256 = $1", hashlib.sha256(copy).digest())


@pytest.mark.parametrize("part", [0, 1, 2], ids=["under the seal", "under the signature", "under the time stamp"])
async def test_ours_with_one_bit_turned(visit: Visitor, copy: bytes, part: int) -> None:
    place = parts(copy)[part].begins - 400
    turned = copy[:place] + bytes([copy[place] ^ 1]) + copy[place + 1 :]

    answer = await show(visit, turned)

    assert answer.one("[role=alert] h2") is not None
    assert "Podpisan tukaj in od takrat nespremenjen" not in answer.text


async def test_ours_with_something_added(visit: Visitor, copy: bytes) -> None:
    answer = await show(visit, copy + b"\n1 0 obj\n<<>>\nendobj\n")

    assert "To ni več dokument, ki je bil podpisan" in answer.text
    assert answer.all("[role=alert] li")


async def test_ours_without_the_customers_signature(visit: Visitor, copy: bytes) -> None:
    _, sealed, *_ = revisions(copy)

    answer = await show(visit, sealed)

    assert "Naš, a brez podpisa stranke" in answer.text
    assert "Ana" not in answer.text


async def test_signed_by_somebody_else_who_calls_themselves_us(visit: Visitor, paper: bytes) -> None:
    answer = await show(visit, await signed_by_somebody_else(paper))

    assert "ni naš Podpisan, a ne na tem portalu" in answer.text


async def test_not_signed(visit: Visitor, paper: bytes) -> None:
    assert "V tem dokumentu PDF ni podpisa" in (await show(visit, paper)).text


async def test_locked(visit: Visitor, paper: bytes) -> None:
    assert "zaklenjen z geslom" in (await show(visit, locked(paper))).text


async def test_no_pdf_whatever_its_name_says(visit: Visitor) -> None:
    assert "Ta datoteka ni dokument PDF" in (await show(visit, b"PK\x03\x04 a zip", "pogodba.pdf")).text


async def test_a_damaged_one(visit: Visitor, copy: bytes) -> None:
    assert "Te datoteke nismo mogli prebrati" in (await show(visit, copy[: len(copy) // 3])).text


async def test_too_large(visit: Visitor) -> None:
    answer = await show(visit, b"%PDF-1.7" + bytes(LARGEST), status=413)

    assert "največ 10 MB" in answer.text


async def test_an_empty_file(visit: Visitor) -> None:
    assert "Najprej izberite" in (await show(visit, b"", status=400)).text


async def test_one_address_checks_so_many_and_not_more(visit: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "FROM_AN_ADDRESS", Limit("verify_address", 1, timedelta(minutes=15)))
    await show(visit, b"one")

    assert "čez četrt ure" in (await show(visit, b"another", status=429)).text


async def test_a_household_of_ipv6_is_one_address(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "FROM_AN_ADDRESS", Limit("verify_address", 1, timedelta(minutes=15)))
    for address, status in (("2001:db8::1", 200), ("2001:db8::2", 429), ("2001:db8:0:1::1", 200)):
        async with Visitor(portal_app(), address=address) as visit:
            await show(visit, b"one", status=status)


async def test_who_comes_when_all_places_are_taken_is_told_so(visit: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages.QUEUE, "waiting", 4)

    assert "čez minuto" in (await show(visit, b"one", status=503)).text


async def test_nothing_of_a_file_is_kept(visit: Visitor, copy: bytes, capfd: pytest.CaptureFixture[str]) -> None:
    before = await rows()
    await show(visit, copy, "skrivno-ime.pdf")

    said = capfd.readouterr()
    assert await rows() == before
    assert "skrivno-ime" not in said.out + said.err
    assert "Ana" not in said.out + said.err


async def rows() -> dict[str, int]:
    """How many there are in each table."""
    async with connection() as connected:
        tables = await connected.fetch(TABLES)
        return {name: await connected.fetchval(f'SELECT count(*) FROM "{name}"') for (name,) in tables}


TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'limit_counters'"
