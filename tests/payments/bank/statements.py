"""Statements as banks write them, of every version: what a test says of its transfers, as the bytes of a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape

from tests.people import TODAY

OURS = "SI56192001234567892"
THEIRS = "SI56011006000001136"
ROOTS = {"camt.053": ("BkToCstmrStmt", "Stmt"), "camt.054": ("BkToCstmrDbtCdtNtfctn", "Ntfctn")}
FIRST_WITH_PARTIES = 8
FIRST_WITH_CODED_STATUS = 8


@dataclass(frozen=True)
class Transfer:
    """One transaction. `cents` below zero: it left our account. `bank`: the bank's own reference of it."""

    cents: int
    reference: str | None = None
    text: str | None = None
    payer: str | None = "Bojan Kralj"
    payer_iban: str | None = THEIRS
    end_to_end: str = "NOTPROVIDED"
    bank: str | None = None
    currency: str = "EUR"
    is_returned: bool = False


@dataclass(frozen=True)
class Entry:
    """One `Ntry`: a transfer, or several booked as one sum; without `is_listed` the bank tells of the sum only."""

    bank: str | None
    transfers: Sequence[Transfer]
    day: date = TODAY
    status: str = "BOOK"
    is_reversal: bool = False
    is_listed: bool = True
    cents: int | None = None
    announced: int | None = None

    @property
    def sum(self) -> int:
        return self.cents if self.cents is not None else sum(one.cents for one in self.transfers)


def one(bank: str | None, cents: int, reference: str | None = None, **more: object) -> Entry:
    """An entry of a single transfer; `day`, `status` and `is_reversal` are the entry's."""
    of_entry = {name: more.pop(name) for name in ("day", "status", "is_reversal", "is_listed") if name in more}
    return Entry(bank, [Transfer(cents, reference, **more)], **of_entry)  # type: ignore[arg-type]  # as the caller says


def statement(
    *entries: Entry,
    message: str = "camt.053",
    version: int = 8,
    iban: str = OURS,
    opening: int | None = 100_000,
    closing: int | None = None,
    stated: tuple[int, int] | None = None,
) -> bytes:
    """`stated`: number and sum of the entries as the file gives them; by itself what is right."""
    sums = Sums(opening, closing, stated)
    return "".join(written(entries, message, version, iban, sums)).encode()


@dataclass(frozen=True)
class Sums:
    """As the file gives them."""

    opening: int | None
    closing: int | None
    stated: tuple[int, int] | None


def written(entries: Iterable[Entry], message: str, version: int, iban: str, sums: Sums) -> Iterator[str]:
    entries = list(entries)
    root, name = ROOTS[message]
    space = f"urn:iso:std:iso:20022:tech:xsd:{message}.001.{version:02d}"
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="{space}">\n'
    yield f"<{root}><GrpHdr><MsgId>M1</MsgId><CreDtTm>2026-11-21T06:00:00+01:00</CreDtTm></GrpHdr>\n"
    yield f"<{name}><Id>S1</Id><CreDtTm>2026-11-21T06:00:00+01:00</CreDtTm><Acct><Id><IBAN>{iban}</IBAN></Id></Acct>\n"
    if message == "camt.053" and sums.opening is not None:
        booked = sum(entry.sum for entry in entries if entry.status == "BOOK")
        yield balance("OPBD", sums.opening)
        yield balance("CLBD", sums.opening + booked if sums.closing is None else sums.closing)
    number, total = sums.stated or (len(entries), sum(abs(entry.sum) for entry in entries))
    yield f"<TxsSummry><TtlNtries><NbOfNtries>{number}</NbOfNtries><Sum>{euros(total)}</Sum></TtlNtries></TxsSummry>\n"
    for entry in entries:
        yield from of_entry(entry, version)
    yield f"</{name}></{root}></Document>\n"


def balance(kind: str, cents: int) -> str:
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp>{amount(cents)}{side(cents)}"
        f"<Dt><Dt>2026-11-21</Dt></Dt></Bal>\n"
    )


def of_entry(entry: Entry, version: int) -> Iterator[str]:
    currency = entry.transfers[0].currency
    status = f"<Cd>{entry.status}</Cd>" if version >= FIRST_WITH_CODED_STATUS else entry.status
    yield f"<Ntry>{amount(entry.sum, currency)}{side(entry.sum)}"
    yield f"<RvslInd>{str(entry.is_reversal).lower()}</RvslInd><Sts>{status}</Sts>"
    yield f"<BookgDt><Dt>{entry.day}</Dt></BookgDt><ValDt><Dt>{entry.day}</Dt></ValDt>"
    yield tag("AcctSvcrRef", entry.bank)
    yield "<BkTxCd><Domn><Cd>PMNT</Cd></Domn></BkTxCd>"
    if len(entry.transfers) > 1 or entry.is_listed:
        yield "<NtryDtls>"
        if len(entry.transfers) > 1:
            yield f"<Btch><NbOfTxs>{entry.announced or len(entry.transfers)}</NbOfTxs></Btch>"
        if entry.is_listed:
            yield from (of_transfer(transfer, version) for transfer in entry.transfers)
        yield "</NtryDtls>"
    yield "</Ntry>\n"


def of_transfer(transfer: Transfer, version: int) -> str:
    """Version 2 has the amount of a transaction among its details only, later ones on top."""
    sum_ = amount(transfer.cents, transfer.currency)
    placed = f"{sum_}{side(transfer.cents)}" if version > 2 else f"<AmtDtls><TxAmt>{sum_}</TxAmt></AmtDtls>"
    name = tag("Nm", transfer.payer)
    payer = f"<Pty>{name}</Pty>" if version >= FIRST_WITH_PARTIES else name
    account = f"<DbtrAcct><Id><IBAN>{transfer.payer_iban}</IBAN></Id></DbtrAcct>" if transfer.payer_iban else ""
    structured = f"<Strd><CdtrRefInf><Ref>{transfer.reference}</Ref></CdtrRefInf></Strd>" if transfer.reference else ""
    return (
        f"<TxDtls><Refs>{tag('AcctSvcrRef', transfer.bank)}<EndToEndId>{transfer.end_to_end}</EndToEndId></Refs>"
        f"{placed}<RltdPties><Dbtr>{payer}</Dbtr>{account}</RltdPties>"
        f"<RmtInf>{tag('Ustrd', transfer.text)}{structured}</RmtInf>"
        f"{'<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf>' if transfer.is_returned else ''}</TxDtls>"
    )


def tag(name: str, text: str | None) -> str:
    return f"<{name}>{escape(text)}</{name}>" if text else ""


def amount(cents: int, currency: str = "EUR") -> str:
    return f'<Amt Ccy="{currency}">{euros(cents)}</Amt>'


def side(cents: int) -> str:
    return f"<CdtDbtInd>{'CRDT' if cents >= 0 else 'DBIT'}</CdtDbtInd>"


def euros(cents: int) -> str:
    return f"{abs(cents) // 100}.{abs(cents) % 100:02d}"
