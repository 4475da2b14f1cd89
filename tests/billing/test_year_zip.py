"""A year of bills as one file: whole, named for people, the same whenever it is saved, and small in memory."""

from __future__ import annotations

import io
import tracemalloc
import zipfile
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from portal import clock
from portal.billing.file_limits import YEARS_SAVED
from portal.billing.pdf.year_zip import Entry, size_of, zipped
from portal.billing.tables import Bill, BillKind, BillLineKind, BillPdf
from portal.identity.tables import Login
from tests.billing.bill_rows import a_bill_of, line_of
from tests.people import Person, a_person, signed_in
from tests.visiting import Visitor, portal_app

JUNE = date(2026, 6, 5)
MB = 1024 * 1024


@pytest.fixture
async def ana(visit: Visitor) -> Person:
    ana = await a_person("Ana Zupan")
    await signed_in(visit, ana)
    return ana


async def issued(ana: Person, day: date, cents: int = 1_000, kind: BillKind = BillKind.BILL) -> Bill:
    bill = await a_bill_of(ana, line_of(BillLineKind.OTHER, "Postavka", cents), kind=kind)
    await Bill.update({Bill.issued_on: day}).where(Bill.id == bill.id)
    return bill


async def test_it_holds_every_document_of_the_year_by_its_name(visit: Visitor, ana: Person) -> None:
    last_year = await issued(ana, date(2025, 12, 31))
    bills = [await issued(ana, date(2026, 1, 1)), await issued(ana, date(2026, 12, 31))]
    note = await issued(ana, JUNE, -500, BillKind.CREDIT_NOTE)
    await issued(await a_person("Bojan Kralj"), JUNE)

    saved = (await visit.get("/bills/2026.zip")).response

    archive = zipfile.ZipFile(io.BytesIO(saved.content))
    assert archive.namelist() == [
        f"Račun {bills[0].number}.pdf",
        f"Dobropis {note.number}.pdf",
        f"Račun {bills[1].number}.pdf",
    ]
    assert archive.testzip() is None
    assert not any(last_year.number in name for name in archive.namelist())
    for bill, name in ((bills[0], 0), (note, 1), (bills[1], 2)):
        alone = (await visit.get(f"/bills/{bill.id}.pdf")).response.content
        assert archive.read(archive.namelist()[name]) == alone


async def test_it_is_sent_as_a_file_whose_size_is_known(visit: Visitor, ana: Person) -> None:
    await issued(ana, JUNE)

    saved = (await visit.get("/bills/2026.zip", headers={"accept-encoding": "zstd, br"})).response

    assert saved.headers["content-type"] == "application/zip"
    assert "filename*=UTF-8''Ra%C4%8Duni%202026.zip" in saved.headers["content-disposition"]
    assert saved.headers["content-disposition"].startswith("attachment; ")
    assert saved.headers["content-length"] == str(len(saved.content))
    assert "content-encoding" not in saved.headers
    assert "content-security-policy" in saved.headers


async def test_saved_again_it_is_the_same_file(visit: Visitor, ana: Person) -> None:
    for month in (1, 2, 3):
        await issued(ana, JUNE.replace(month=month))

    first, second = [(await visit.get("/bills/2026.zip")).response.content for _ in range(2)]

    assert first == second
    assert await BillPdf.count() == 3


async def test_in_english_its_files_are_english(visit: Visitor, ana: Person) -> None:
    assert ana.login is not None
    await Login.update({Login.language: "en"}).where(Login.id == ana.login.id)
    bill = await issued(ana, JUNE)

    saved = (await visit.get("/bills/2026.zip")).response

    assert 'filename="Bills 2026.zip"' in saved.headers["content-disposition"]
    assert zipfile.ZipFile(io.BytesIO(saved.content)).namelist() == [f"Bill {bill.number}.pdf"]


async def test_a_number_with_signs_of_its_own_makes_no_folder(visit: Visitor, ana: Person) -> None:
    bill = await issued(ana, JUNE)
    await Bill.update({Bill.number: "../2026/417"}).where(Bill.id == bill.id)

    saved = (await visit.get("/bills/2026.zip")).response

    [name] = zipfile.ZipFile(io.BytesIO(saved.content)).namelist()
    assert name == "Račun ..-2026-417.pdf"


@pytest.mark.parametrize("year", ["2025", "2099", "1999", "20266"])
async def test_there_is_no_file_of_a_year_without_bills(visit: Visitor, ana: Person, year: str) -> None:
    await issued(ana, JUNE)
    await issued(await a_person("Bojan Kralj"), JUNE.replace(year=2025))

    await visit.get(f"/bills/{year}.zip", status=404)


async def test_who_saves_it_all_the_time_is_asked_to_wait(visit: Visitor, ana: Person) -> None:
    await issued(ana, JUNE)
    assert ana.login is not None
    for _ in range(YEARS_SAVED.most):
        await YEARS_SAVED.take(str(ana.login.id), clock.now())

    page = await visit.get("/bills/2026.zip", status=429)

    assert "čez eno uro" in page.text


async def test_what_cannot_be_made_is_an_error_page_and_no_file(
    visit: Visitor, ana: Person, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for month in (1, 2):
        await issued(ana, JUNE.replace(month=month))
    monkeypatch.setattr("portal.billing.pdf.typesetting.TEMPLATE", tmp_path)

    page = await visit.get("/bills/2026.zip", status=500)

    assert page.response.headers["content-type"].startswith("text/html")


async def test_a_file_that_is_cut_off_is_no_whole_one(
    visit: Visitor, ana: Person, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for month in (1, 2, 3):
        await issued(ana, JUNE.replace(month=month))
    whole = (await visit.get("/bills/2026.zip")).response.content

    async def lose_the_rest() -> None:
        await BillPdf.delete(force=True)
        monkeypatch.setattr("portal.billing.pdf.typesetting.TEMPLATE", tmp_path)

    meddled = Meddled(portal_app(), lose_the_rest)
    async with Visitor(meddled) as other:
        await signed_in(other, ana)
        part = (await other.get("/bills/2026.zip")).response

    assert meddled.has_failed, "the server is told, and breaks the connection off"
    assert not meddled.has_ended
    assert part.headers["content-length"] == str(len(whole))
    assert 0 < len(part.content) < len(whole)
    with pytest.raises(zipfile.BadZipFile):
        zipfile.ZipFile(io.BytesIO(part.content))


class Meddled:
    """The portal, and what happens as soon as a first piece of an answer has left."""

    def __init__(self, app: Any, happening: Callable[[], Awaitable[None]]) -> None:
        self.app = app
        self.happening = happening
        self.has_failed = self.has_ended = self.has_begun = False

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        async def sending(message: Any) -> None:
            await send(message)
            if message["type"] == "http.response.body":
                self.has_ended = not message.get("more_body")
                if not self.has_begun:
                    self.has_begun = True
                    await self.happening()

        try:
            await self.app(scope, receive, sending)
        except Exception:
            self.has_failed = True
            raise


async def test_of_its_content_only_one_file_is_in_memory() -> None:
    entries = [Entry(f"{n}.pdf", JUNE, 2 * MB) for n in range(24)]

    async def files() -> AsyncIterator[tuple[Entry, bytes]]:
        for n, entry in enumerate(entries):
            yield entry, bytes([n]) * entry.size

    length = 0
    tracemalloc.start()
    async for piece in zipped(files()):
        length += len(piece)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert length == size_of(entries) > 48 * MB
    assert peak < 12 * MB
