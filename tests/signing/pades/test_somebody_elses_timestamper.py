"""A timestamper that is bought: whether it was revoked is asked where its certificate says, and stands in the copy."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from portal import clock
from portal.signing.pades import revocation
from portal.signing.pades.judging import judge
from portal.signing.pades.signing import Wanted, sign
from portal.signing.pades.timestamps import NoTime
from portal.signing.pades.validating import trust_of
from portal.signing.pades.validation import Validation, Verdict
from portal.signing.pki.authority import Authority, authority
from tests.signing.pades.elsewhere import Elsewhere, elsewhere
from tests.signing.pades.timestamper import timestamper_of

YEAR = timedelta(days=365)


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    revocation.KEPT.clear()


@contextmanager
def bought(**named: bool) -> Iterator[Elsewhere]:
    folder = Path(tempfile.mkdtemp(prefix="portal-elsewhere-"))
    try:
        with elsewhere(folder, **named) as theirs:
            yield theirs
    finally:
        shutil.rmtree(folder)


def trusting(theirs: Elsewhere) -> Authority:
    """`SIGNING_TSA_CERTIFICATES` names their root."""
    return replace(authority(), anchors=(theirs.root,))


def signed(paper: bytes, wanted: Wanted, theirs: Elsewhere, count: int = 1) -> bytes:
    with timestamper_of(theirs.key, theirs.certificate, [theirs.middle]) as stamps:
        made = sign([paper] * count, wanted, trusting(theirs), stamps.url, clock.now)
    return made.pdfs[-1]


def said(pdf: bytes, theirs: Elsewhere, years: int = 0) -> Validation:
    return judge(pdf, clock.now() + years * YEAR, trust_of(trusting(theirs)))


@pytest.mark.parametrize(("ocsp", "crl"), [(True, False), (False, True), (True, True)])
def test_what_shows_that_it_was_not_revoked_stands_in_the_copy(
    paper: bytes, ana_signs: Wanted, ocsp: bool, crl: bool
) -> None:
    with bought(ocsp=ocsp, crl=crl) as theirs:
        copy = signed(paper, ana_signs, theirs)

    for years in (0, 1, 5):
        found = said(copy, theirs, years)
        assert (found.verdict, found.reasons) == (Verdict.OURS, ()), years
        assert found.customer is not None and found.customer.stamped_by == "Tuji čas"


def test_a_certificate_that_names_nowhere_to_ask_is_believed(paper: bytes, ana_signs: Wanted) -> None:
    with bought(ocsp=False, crl=False) as theirs:
        copy = signed(paper, ana_signs, theirs)

    assert said(copy, theirs).is_ours
    assert theirs.asked == []


def test_an_answer_is_asked_for_once(paper: bytes, ana_signs: Wanted) -> None:
    with bought() as theirs:
        signed(paper, ana_signs, theirs, count=3)
        signed(paper, ana_signs, theirs)

    assert sorted(theirs.asked) == ["/ocsp", "/root.crl"]


def test_where_the_responder_is_away_the_list_is_taken(paper: bytes, ana_signs: Wanted) -> None:
    with bought() as theirs:
        theirs.away = {"/ocsp"}
        copy = signed(paper, ana_signs, theirs)

    assert said(copy, theirs).is_ours


def test_where_nobody_says_it_waits(paper: bytes, ana_signs: Wanted) -> None:
    with bought() as theirs:
        theirs.away = {"/ocsp", "/middle.crl"}
        with pytest.raises(NoTime, match="nobody says"):
            signed(paper, ana_signs, theirs)

        theirs.away.clear()
        assert said(signed(paper, ana_signs, theirs), theirs).is_ours


@pytest.mark.parametrize(("ocsp", "crl"), [(True, False), (False, True)])
def test_a_timestamper_that_was_revoked_signs_nothing(paper: bytes, ana_signs: Wanted, ocsp: bool, crl: bool) -> None:
    with bought(ocsp=ocsp, crl=crl) as theirs:
        theirs.revoked = [theirs.certificate.serial_number]
        with pytest.raises(NoTime, match="was revoked"):
            signed(paper, ana_signs, theirs)


def test_an_answer_by_somebody_else_is_none(paper: bytes, ana_signs: Wanted) -> None:
    with bought() as theirs, bought() as liar:
        theirs.middle_key, right = liar.middle_key, theirs.middle_key
        theirs.away = {"/ocsp"}
        with pytest.raises(NoTime, match="nobody says"):
            signed(paper, ana_signs, theirs)
        theirs.middle_key = right


def test_nobody_is_called_whom_a_stranger_names(paper: bytes, ana_signs: Wanted) -> None:
    """The addresses stand in certificates that came with the answer, which anybody on the way may have made."""
    with (
        bought() as theirs,
        bought() as stranger,
        timestamper_of(stranger.key, stranger.certificate, [stranger.middle]) as stamps,
    ):
        sign([paper], ana_signs, trusting(theirs), stamps.url, clock.now)

    assert stranger.asked == []
