"""The public samples of genkgo/camt (MIT), where they are at hand: each is read, or refused with a reason."""

from __future__ import annotations

from collections.abc import Container
from typing import cast

import pytest

from portal.payments.bank.checking import check
from portal.payments.bank.refused import StatementRefused
from portal.settings import ROOT

SAMPLES = ROOT.parent / "shared" / "data" / "camt"

pytestmark = pytest.mark.skipif(not SAMPLES.is_dir(), reason="the public samples are not beside the project")

Told = tuple[int, int, str, tuple[str, ...], str | None]
MINIMAL: list[Told] = [(885, 0, "EUR", ("4654654654654654",), "NAME NAME")]
READ: dict[str, list[Told]] = {
    "camt053.v2.minimal.xml": MINIMAL,
    "camt053.v2.minimal.ultimate.xml": [(885, 0, "EUR", ("4654654654654654",), "DEBTOR NAME NM")],
    "camt053.v2.with-party-ids.xml": MINIMAL,
    "camt053.v2.multi.statement.xml": [(885, 0, "EUR", (), None)],
    "camt053.v2.with-account-name.xml": [(885, 0, "EUR", (), None)],
    "camt053.v3.xml": MINIMAL,
    "camt053.v4.xml": MINIMAL,
    "camt053.v8.xml": MINIMAL,
    "camt53.only-Dt-with-DtTm.xml": [],
    "camt054.v2.with-account-name.xml": [],
    "camt054.v2.xml": [],
    "camt054.v8-with-UETR.xml": [],
    "camt054.v8-with-financial-institution.xml": [],
}
NOT_FINAL = "this is a camt.052"
REFUSED = {
    "camt052.v1.xml": NOT_FINAL,
    "camt052.v2.other-account.xml": NOT_FINAL,
    "camt052.v2.with-account-name.xml": NOT_FINAL,
    "camt052.v2.xml": NOT_FINAL,
    "camt052.v4.xml": NOT_FINAL,
    "camt052.v6.Amt-zero.xml": NOT_FINAL,
    "camt052.v6.xml": NOT_FINAL,
    "camt052.v8.xml": NOT_FINAL,
    "camt053.v2.all-balance-types.xml": "the entries give 9.86 EUR, the closing balance is 4.04",
    "camt053.v2.five.decimals.xml": "the entries give 27.00 EUR, the closing balance is 27.05",
    "camt053.v2.wrong.xml": "there is no statement in the file",
    "camt054.v4.xml": "2 transactions are announced, 3 are listed",
    "camt054.v8.xml": "2 transactions are announced, 3 are listed",
}


class Everybodys(Container[str]):
    """All accounts are ours: the samples are of many banks."""

    def __contains__(self, _: object) -> bool:
        return True


def told(name: str) -> list[Told]:
    checked = check(SAMPLES / name, cast("frozenset[str]", Everybodys()))
    with checked.laid_aside:
        movements = (one for chunk in checked.chunks(10) for one in chunk)
        return [(one.cents, one.part, one.currency, one.references, one.payer) for one in movements]


def test_every_sample_is_accounted_for() -> None:
    assert {path.name for path in SAMPLES.glob("*.xml")} == READ.keys() | REFUSED.keys()


@pytest.mark.parametrize("name", READ)
def test_it_is_read(name: str) -> None:
    assert told(name) == READ[name]


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused_with_a_reason(name: str) -> None:
    with pytest.raises(StatementRefused, match=REFUSED[name]):
        told(name)
