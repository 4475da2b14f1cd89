"""One movement of money as the bank tells of it, in whichever version of the message."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from portal.payments.bank.elements import Leaves, first
from portal.payments.bank.tables import Why
from portal.payments.bank.values import Amount, Unreadable, amount_of, cents_of, day_of, is_credit, is_yes

EURO = "EUR"
WHOLE = -1
"""The part of an entry that stands for all its transactions, which the bank did not list."""
DERIVED = "~"
"""Begins an identity that the bank did not give."""
NO_REFERENCE = frozenset({"NOTPROVIDED", "NOT PROVIDED", "NONREF", "NOREF", "N/A", "0", "-"})
"""What banks write where they have none."""
LONGEST_NAME, LONGEST_REFERENCE, LONGEST_ACCOUNT = 140, 35, 34
LONGEST_IDENTITY = 70
"""Twice what the standard allows; what tells apart those with the same one has to find room behind it."""

TRANSACTION_AMOUNTS = ("Amt", "AmtDtls/TxAmt/Amt", "AmtDtls/CntrValAmt/Amt", "AmtDtls/InstdAmt/Amt")
PAYERS = ("RltdPties/UltmtDbtr/Nm", "RltdPties/UltmtDbtr/Pty/Nm", "RltdPties/Dbtr/Nm", "RltdPties/Dbtr/Pty/Nm")
PAYER_ACCOUNTS = ("RltdPties/DbtrAcct/Id/IBAN", "RltdPties/DbtrAcct/Id/Othr/Id")
STRUCTURED = "RmtInf/Strd/CdtrRefInf/Ref"
STRUCTURED_1 = "RmtInf/Strd/CdtrRefInf/CdtrRef"


@dataclass(frozen=True, slots=True)
class Entry:
    """What one `Ntry` says of all its transactions."""

    iban: str
    reference: str | None
    amount: Amount
    is_credit: bool
    is_reversal: bool
    is_booked: bool
    is_dated: bool
    booked_on: date
    valued_on: date | None
    charges: int

    @property
    def sign(self) -> int:
        return 1 if self.is_credit else -1


@dataclass(frozen=True, slots=True)
class Movement:
    """What becomes a row of `bank_entries`. `why`: it waits for a person whatever its reference says.

    `part`: which of those with the same identity; `WHOLE`: an entry without its transactions.
    """

    iban: str
    identity: str
    part: int
    entry: str | None
    fingerprint: str
    booked_on: date
    valued_on: date | None
    cents: int
    currency: str
    is_taken_back: bool
    references: tuple[str, ...]
    text: str | None
    payer: str | None
    payer_iban: str | None
    end_to_end: str | None
    why: Why | None

    @property
    def is_derived(self) -> bool:
        return self.identity.startswith(DERIVED)


def entry_of(found: Leaves, iban: str, told_on: date | None) -> Entry:
    """Of an `Ntry` without its transactions. `told_on`: the day it has where it gives none, if it may do so."""
    status = first(found, "Sts/Cd", "Sts/Prtry", "Sts")
    if status is None:
        raise Unreadable("no status (Sts) is given")
    booked_on = day_of(found, "BookgDt")
    valued_on = day_of(found, "ValDt")
    if (day := booked_on or valued_on or told_on) is None:
        raise Unreadable("neither the booking day nor the value day is given")
    return Entry(
        iban=iban,
        reference=given(first(found, "AcctSvcrRef")),
        amount=amount_of(found),
        is_credit=is_credit(found),
        is_reversal=is_yes(first(found, "RvslInd")),
        is_booked=status == "BOOK",
        is_dated=bool(booked_on or valued_on),
        booked_on=day,
        valued_on=valued_on,
        charges=charges_of(found),
    )


def charges_of(found: Leaves) -> int:
    """What the bank kept of the sum, in cents. Version 2 lists them one by one, later ones give their total too."""
    paths = ("Chrgs/TtlChrgsAndTaxAmt", "Chrgs/Rcrd/Amt", "Chrgs/Amt")
    path = next((path for path in paths if path in found), None)
    return sum(map(cents_of, found[path])) if path else 0


def given(written: str | None) -> str | None:
    """None for the words by which banks say that there is nothing."""
    if written is None or written.upper() in NO_REFERENCE:
        return None
    if len(written) > LONGEST_IDENTITY:
        raise Unreadable("a reference is longer than any bank gives")
    return written


def transaction_amount(found: Leaves, entry: Entry, *, is_alone: bool) -> Amount | None:
    """What came to our account: in its currency where that is given. A transaction that is alone brought the entry's
    amount; of several, one that is given in another currency only keeps that. None: none is given.
    """
    if is_alone:
        return entry.amount
    amounts = [amount_of(found, path) for path in TRANSACTION_AMOUNTS if path in found]
    in_ours = (amount for amount in amounts if amount.currency == entry.amount.currency)
    return next(in_ours, amounts[0] if amounts else None)


def references_of(found: Leaves) -> list[str]:
    """The structured ones, as they are written."""
    return [*found.get(STRUCTURED, ()), *found.get(STRUCTURED_1, ())]


def free_text(found: Leaves) -> str | None:
    words = [*found.get("RmtInf/Ustrd", ()), *found.get("RmtInf/Strd/AddtlRmtInf", ()), *found.get("AddtlNtryInf", ())]
    return " ".join(words) or None


def is_returned(found: Leaves) -> bool:
    """Whether money went back to where it came from."""
    return any(path.startswith("RtrInf/") for path in found)
