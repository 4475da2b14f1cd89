"""Reading a statement (camt.053) or notification (camt.054) movement by movement, and holding it to its own sums.

Source: ISO 20022, camt.053.001.02 … .13 and camt.054.001.02 … .13. They differ, for what we read, in where names and
the status stand; both places are looked at, so that a version is known by its shape.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from portal.payments.bank.elements import Leaves, Readable, elements, first, leaves, local, take
from portal.payments.bank.movements import (
    DERIVED,
    EURO,
    LONGEST_ACCOUNT,
    LONGEST_NAME,
    LONGEST_REFERENCE,
    PAYER_ACCOUNTS,
    PAYERS,
    WHOLE,
    Entry,
    Movement,
    entry_of,
    free_text,
    given,
    is_returned,
    references_of,
    transaction_amount,
)
from portal.payments.bank.refused import StatementRefused, wrong
from portal.payments.bank.tables import Why
from portal.payments.bank.totals import Batch, Totals
from portal.payments.bank.values import Amount, Unreadable, cut, digest, is_credit, read_moment

NAMESPACE = re.compile(r"\Aurn:iso:std:iso:20022:tech:xsd:(camt\.05[234])\.001\.(\d\d)\Z")
OLDEST, NEWEST = 2, 13
STATEMENTS = ("Stmt", "Ntfctn")
HEADER, NOTIFICATION = "GrpHdr", "camt.054"
IBAN = re.compile(r"\A[A-Z]{2}\d{2}[A-Z0-9]{8,30}\Z")
PENDING, OUTGOING = "not booked yet", "outgoing"


class Reader:
    """Goes through a file once. `skipped`: what is none of ours to book, by why; `entries`: how many it has.

    A transaction is kept back until it is known whether it is alone in its entry.
    """

    def __init__(self, file: Readable, ours: frozenset[str]) -> None:
        self.file = file
        self.ours = ours
        self.message = ""
        self.entries = 0
        self.statements = 0
        self.skipped: Counter[str] = Counter()
        self.alike: Counter[str] = Counter()
        self.repeated: Counter[str] = Counter()
        self.told_of: set[int] = set()
        self.iban = ""
        self.created_on: date | None = None
        self.totals = Totals()
        self.begin_entry()

    def begin_entry(self) -> None:
        self.entry: Entry | None = None
        self.batch = Batch()
        self.kept: tuple[Any, Leaves] | None = None
        self.identities: Counter[str] = Counter()

    def __iter__(self) -> Iterator[Movement]:
        """Raises StatementRefused as soon as something is not as it has to be: later movements are not told."""
        for event, name, element in elements(self.file):
            if not self.message:
                self.message = message_of(element)
            try:
                yield from self.take(event, name, element)
            except Unreadable as no:
                raise wrong(element, str(no)) from None
        if not self.message:
            raise StatementRefused("this is no camt.053 and no camt.054")
        if not self.statements:
            raise StatementRefused("there is no statement in the file")

    def take(self, event: str, name: str, element: Any) -> Iterator[Movement]:
        if event == "start":
            self.start(name)
        elif name == "TxDtls":
            yield from self.transaction(element)
        elif name == "Ntry":
            yield from self.end_entry(element)
        else:
            self.end(name, element)

    def start(self, name: str) -> None:
        if name in STATEMENTS:
            self.iban, self.totals, self.statements = "", Totals(), self.statements + 1
        elif name == "Ntry":
            self.begin_entry()

    def end(self, name: str, element: Any) -> None:
        if name in STATEMENTS:
            self.account_known(element)
            self.totals.check()
        elif name == "Btch":
            self.batch.announce(leaves(element))
        elif name == "CreDtTm":
            self.created(element)
        elif name.endswith("Pgntn"):
            self.totals.page(leaves(element))
        elif is_child_of_statement(element):
            self.end_of_statement_part(name, element)

    def end_of_statement_part(self, name: str, element: Any) -> None:
        if name == "Acct":
            self.iban = self.own(element)
        elif name == "Bal":
            self.totals.balance(element, leaves(element))
        elif name == "TxsSummry":
            self.totals.summary(element, leaves(element))

    def own(self, element: Any) -> str:
        found = leaves(element)
        number = "".join((first(found, "Id/IBAN", "Id/Othr/Id", "Id/PrtryAcct/Id") or "").split()).upper()
        if number not in self.ours:
            raise wrong(element, f"{number[:LONGEST_ACCOUNT] or 'an account without a number'} is none of our accounts")
        return number

    def created(self, element: Any) -> None:
        """A notification tells of what is new, so that its day does for an entry without one; a statement of any day.

        It may also name the question that it answers, with a moment of its own.
        """
        if self.message.startswith(NOTIFICATION) and local(element.getparent().tag) in (HEADER, *STATEMENTS):
            self.created_on = read_moment(element.text or "")

    def account_known(self, element: Any) -> None:
        if not self.iban:
            raise wrong(element, "it does not say of which account it is")

    def header(self, ntry: Any) -> Entry:
        """What the entry says of itself, read when its first transaction ends: it stands before them."""
        if self.entry is None:
            if not is_child_of_statement(ntry):
                raise wrong(ntry, "it stands where none belongs")
            self.account_known(ntry)
            try:
                self.entry = entry_of(without_transactions(ntry), self.iban, self.created_on)
            except Unreadable as no:
                raise wrong(ntry, str(no)) from None
            self.entries += 1
            self.totals.add(self.entry)
        return self.entry

    def transaction(self, element: Any) -> Iterator[Movement]:
        ntry = next(element.iterancestors("{*}Ntry"), None)
        if ntry is None:
            raise wrong(element, "it stands where none belongs")
        entry = self.header(ntry)
        self.batch.listed += 1
        if self.kept is not None:
            yield from self.told(entry, *self.kept, is_alone=False)
        self.kept = (element, leaves(element))

    def end_entry(self, element: Any) -> Iterator[Movement]:
        entry = self.header(element)
        if self.kept is not None:
            yield from self.told(entry, *self.kept, is_alone=self.batch.listed == 1)
        if self.batch.has_only_the_sum:
            yield from self.whole(entry, without_transactions(element))
        self.batch.check(element, entry)
        self.begin_entry()

    def told(self, entry: Entry, element: Any, found: Leaves, *, is_alone: bool) -> Iterator[Movement]:
        """One that is alone went the way that its entry went, whatever it says: banks write the payer's there."""
        try:
            amount = transaction_amount(found, entry, is_alone=is_alone)
            came = entry.is_credit if is_alone else is_credit(found, entry.is_credit)
            if amount is None:
                self.batch.without_amount += 1
                return
            self.batch.add(amount, entry, is_credit=came)
            if self.is_ours_to_book(entry, found, came):
                yield self.movement(entry, found, amount, came)
        except Unreadable as no:
            raise wrong(element, str(no)) from None

    def whole(self, entry: Entry, found: Leaves) -> Iterator[Movement]:
        """An entry without its transactions. That of many payers waits for them, or for a person."""
        if not self.is_ours_to_book(entry, found, entry.is_credit):
            return
        told = self.movement(entry, found, entry.amount, entry.is_credit)
        yield replace(
            told,
            part=WHOLE if entry.reference else told.part,
            why=told.why or (Why.MANY_BILLS if self.batch.is_of_many else None),
        )

    def is_ours_to_book(self, entry: Entry, found: Leaves, came: bool) -> bool:
        if not entry.is_booked:
            self.skipped[PENDING] += 1
        elif not came and not entry.is_reversal and not is_returned(found):
            self.skipped[OUTGOING] += 1
        else:
            self.batch.has_ours = True
            return True
        return False

    def movement(self, entry: Entry, found: Leaves, amount: Amount, came: bool) -> Movement:
        references, text = references_of(found), free_text(found)
        end_to_end = given(first(found, "Refs/EndToEndId"))
        payer_iban = cut(first(found, *PAYER_ACCOUNTS), LONGEST_ACCOUNT)
        looks = (entry.iban, entry.booked_on, amount.cents, amount.currency, came, end_to_end, *references, payer_iban)
        payer = cut(first(found, *PAYERS), LONGEST_NAME)
        own = given(first(found, "Refs/AcctSvcrRef"))
        identity, part, is_new = self.identify(entry, own, (*looks, payer, text))
        return Movement(
            iban=entry.iban,
            identity=identity,
            part=part,
            entry=entry.reference,
            fingerprint=digest(*looks),
            booked_on=entry.booked_on,
            valued_on=entry.valued_on,
            cents=amount.cents,
            currency=amount.currency,
            is_taken_back=not came,
            references=tuple(references),
            text=text,
            payer=payer,
            payer_iban=payer_iban,
            end_to_end=cut(end_to_end, LONGEST_REFERENCE),
            why=why_it_waits(entry, found, amount, came) or (None if is_new else Why.PERHAPS_TWICE),
        )

    def identify(self, entry: Entry, own: str | None, looks: tuple[object, ...]) -> tuple[str, int, bool]:
        """The bank's reference of the transaction, else of its entry, and which of those in the entry it is; else what
        it looks like, and which of those in the file. False where it may be told of once more: the same reference of
        the bank for what looks the same, or neither reference nor day.
        """
        known = own or entry.reference
        identity = known or f"{DERIVED}{digest(*looks)}"
        counted = self.identities if known else self.alike
        counted[identity] += 1
        part = counted[identity] - 1
        if known is None:
            return identity, part, entry.is_dated
        told = hash((identity, part, looks))
        if told not in self.told_of:
            self.told_of.add(told)
            return identity, part, True
        self.repeated[identity] += 1
        return f"{identity}{DERIVED}{self.repeated[identity]}", part, False


def why_it_waits(entry: Entry, found: Leaves, amount: Amount, came: bool) -> Why | None:
    if not came or entry.is_reversal or is_returned(found):
        return Why.REVERSAL
    return None if amount.currency == entry.amount.currency == EURO else Why.CURRENCY


def message_of(element: Any) -> str:
    """`camt.053.001.08`, by the namespace of the root."""
    root = element.getroottree().getroot()
    known = NAMESPACE.match(root.nsmap.get(root.prefix) or "")
    if known is None or not root.tag.endswith("}Document"):
        raise StatementRefused(f"line {root.sourceline}: this is no camt.053 and no camt.054")
    message, version = known.groups()
    if message == "camt.052":
        raise StatementRefused("this is a camt.052: what it tells of during the day is not final; import the camt.053")
    if not OLDEST <= int(version) <= NEWEST:
        raise StatementRefused(f"version {int(version)} of {message} is not known; {OLDEST} to {NEWEST} are")
    return f"{message}.001.{version}"


def is_child_of_statement(element: Any) -> bool:
    parent = element.getparent()
    return parent is not None and local(parent.tag) in STATEMENTS


def without_transactions(ntry: Any) -> Leaves:
    found: Leaves = {}
    for child in ntry:
        if local(child.tag) != "NtryDtls":
            take(child, "", found)
    return found
