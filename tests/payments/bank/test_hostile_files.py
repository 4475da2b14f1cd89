"""Whatever is laid before us as a statement: refused whole, with a sentence, and nothing has changed."""

from __future__ import annotations

import gzip
import io
import resource
import zipfile

import pytest

from portal.payments.bank.refused import StatementRefused
from portal.payments.bank.tables import BankEntry, BankFile
from tests.payments.bank.conftest import ImportBytes
from tests.payments.bank.statements import Entry, Transfer, one, statement
from tests.people import Person

DECLARATION = b'<?xml version="1.0" encoding="UTF-8"?>\n'
GOOD = statement(one("B1", 100), one("B2", 200))
LAUGHS = b"".join(b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 10))
BILLION_LAUGHS = b'<!DOCTYPE d [<!ENTITY l0 "ha">' + LAUGHS + b"]>"
EXTERNAL = b'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
REMOTE = b'<!DOCTYPE d SYSTEM "http://127.0.0.1:9/evil.dtd">'
QUADRATIC = b'<!DOCTYPE d [<!ENTITY q "' + b"q" * 50_000 + b'">]>'


def with_type(doctype: bytes, used: bytes = b"&l9;") -> bytes:
    return GOOD.replace(DECLARATION, DECLARATION + doctype).replace(b"Bojan", used)


def zipped(content: bytes) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as opened:
        opened.writestr("statement.xml", content)
    return archive.getvalue()


HOSTILE = {
    "billion laughs": (with_type(BILLION_LAUGHS), "line 2: a document type"),
    "external entity": (with_type(EXTERNAL, b"&x;"), "line 2: a document type"),
    "remote document type": (with_type(REMOTE), "line 2: a document type"),
    "quadratic blow-up": (with_type(QUADRATIC, b"&q;" * 1_000), "line 2: a document type"),
    "behind a comment": (with_type(b"<!-- a -->\n" + EXTERNAL, b"&x;"), "line 3: a document type"),
    "an entity of nobody": (GOOD.replace(b"Bojan", b"&x;"), "broken or cut off"),
    "cut off": (GOOD[:-400], "broken or cut off"),
    "cut off before its end": (GOOD[:-3], "broken or cut off"),
    "two documents": (GOOD + GOOD.removeprefix(DECLARATION), "broken or cut off"),
    "not the encoding it says": (GOOD.replace(b"Bojan", b"Ko\xe8evar"), "broken or cut off"),
    "UTF-16": (GOOD.decode().encode("utf-16"), "the encoding is none"),
    "UTF-16 without a mark": (GOOD.decode().encode("utf-16-be"), "the encoding is none"),
    "UTF-7": (GOOD.replace(b"UTF-8", b"UTF-7"), "the encoding utf-7 is none"),
    "EBCDIC": (GOOD.decode().encode("cp500"), "this is no XML"),
    "gzip": (gzip.compress(GOOD), "gzip archive: unpack"),
    "zip": (zipped(GOOD), "zip archive: unpack"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(50), "this is no XML"),
    "JSON": (b'{"Document": {}}', "this is no XML"),
    "empty": (b"", "the file is empty"),
    "blank": (b" \n ", "the file is empty"),
    "a page": (b"<html><body>Not found</body></html>", "no camt.053"),
    "another message": (GOOD.replace(b"camt.053", b"pain.001"), "no camt.053"),
    "during the day": (GOOD.replace(b"camt.053", b"camt.052"), "not final"),
    "version 1": (statement(one("B1", 100), version=1), "version 1 of camt.053 is not known"),
    "version 99": (statement(one("B1", 100), version=99), "version 99 of camt.053 is not known"),
    "no statement": (GOOD[: GOOD.index(b"<Stmt>")] + b"</BkToCstmrStmt></Document>", "no statement in the file"),
    "somebody else's": (statement(one("B1", 100), iban="DE89370400440532013000"), "DE89370400440532013000 is none of"),
    "no account": (GOOD.replace(b"<Acct>", b"<Accx>").replace(b"</Acct>", b"</Accx>"), "of which account"),
    "a number too many": (statement(one("B1", 100), stated=(2, 100)), "TtlNtries/NbOfNtries: 2 is stated, 1 is there"),
    "a wrong sum": (statement(one("B1", 100), stated=(1, 101)), "TtlNtries/Sum: 1.01 is stated, 1.00 is there"),
    "a wrong balance": (statement(one("B1", 100), closing=100_101), "give 1001.00 EUR, the closing balance is 1001.01"),
    "a batch of another sum": (
        statement(Entry("B1", [Transfer(100), Transfer(200)], cents=301)),
        "Ntry: its transactions sum to 3.00, the entry is 3.01",
    ),
    "a batch of another number": (
        statement(Entry("B1", [Transfer(100), Transfer(200)], announced=3)),
        "3 transactions are announced, 2 are listed",
    ),
    "half a cent": (GOOD.replace(b">1.00<", b">1.005<"), "1.005 is not a whole number of cents"),
    "a negative amount": (GOOD.replace(b">1.00<", b">-1.00<"), "'-1.00' is no amount"),
    "an exponent": (GOOD.replace(b">1.00<", b">1e9<"), "'1e9' is no amount"),
    "no status": (GOOD.replace(b"<Sts><Cd>BOOK</Cd></Sts>", b""), "no status"),
    "no such day": (GOOD.replace(b"<Dt>2026-11-21</Dt></BookgDt>", b"<Dt>2026-02-30</Dt></BookgDt>"), "is no day"),
    "neither in nor out": (GOOD.replace(b"CRDT", b"BOTH"), "neither CRDT nor DBIT"),
    "a transaction of nothing": (GOOD[: GOOD.index(b"<Bk")] + b"<TxDtls/></Document>", "TxDtls: it stands where none"),
    "an entry in an entry": (
        GOOD.replace(b"<BkTxCd>", b"<Envlp><Ntry/></Envlp><BkTxCd>"),
        "Ntry: it stands where none",
    ),
    "a reference without end": (statement(one("B" * 71, 100)), "longer than any bank gives"),
    "spaces without end": (GOOD + b" " * (3 << 20), "larger than 1 MiB"),
    "very deep": (GOOD.replace(b"<BkTxCd>", b"<a>" * 300 + b"</a>" * 300 + b"<BkTxCd>"), "deep|broken"),
    "one huge element": (GOOD.replace(b"Bojan", b"B" * (9 << 20)), "larger than 1 MiB|broken"),
    "endless small elements": (GOOD.replace(b"<BkTxCd>", b"<a/>" * (3 << 20) + b"<BkTxCd>"), "larger than 1 MiB"),
}


@pytest.mark.parametrize("name", HOSTILE)
async def test_it_is_refused_whole(name: str, bojan: Person, import_bytes: ImportBytes) -> None:
    content, words = HOSTILE[name]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    with pytest.raises(StatementRefused, match=words):
        await import_bytes(content)

    assert await BankFile.count() == await BankEntry.count() == 0
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100 << 10


async def test_what_is_wrong_at_the_end_stops_the_beginning(bojan: Person, import_bytes: ImportBytes) -> None:
    bill = await bojan.bill(3_246)
    entries = [one("B1", 3_246, bill.reference), *(one(f"X{n}", 100) for n in range(1_200))]
    content = statement(*entries)
    broken = content[: content.rindex(b"<Ntry>") + 20]

    for wrong in (broken, statement(*entries, closing=1)):
        with pytest.raises(StatementRefused):
            await import_bytes(wrong)

    assert await BankEntry.count() == 0
    assert (await import_bytes(content)).booked.count == 1


async def test_the_line_of_the_mistake_is_named(bojan: Person, import_bytes: ImportBytes) -> None:
    content = statement(one("B1", 100), one("B2", 200)).replace(b">2.00<", b">2.001<")
    line = content[: content.index(b">2.001<")].count(b"\n") + 1

    with pytest.raises(StatementRefused, match=f"^line {line}, Ntry: 2.001 is not a whole number of cents"):
        await import_bytes(content)


async def test_without_an_account_of_ours_nothing_is_imported(
    bojan: Person, import_bytes: ImportBytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    from portal.settings import settings

    monkeypatch.delenv("BANK_IBANS")
    settings.cache_clear()

    with pytest.raises(StatementRefused, match="set BANK_IBANS"):
        await import_bytes(GOOD)
