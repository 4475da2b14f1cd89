"""What was signed today is still proven when its certificates have long ended."""

from __future__ import annotations

import asyncio
import io
from datetime import timedelta

import pytest
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.ades.report import AdESPassed
from pyhanko.sign.validation.ades import ades_lta_validation

from portal import clock
from portal.signing.pades.signing import Signed
from portal.signing.pades.trust import as_of, policy
from portal.signing.pades.validating import trust_of, validate
from portal.signing.pki.authority import authority

YEAR = timedelta(days=365)


@pytest.mark.parametrize("years", [0, 1, 5])
def test_our_own_validation(copy: bytes, signed: Signed, years: int) -> None:
    said = validate(copy, clock.now() + years * YEAR)

    assert (said.is_ours, said.reasons) == (True, ())
    assert said.customer is not None and said.customer.signed_at == signed.at


@pytest.mark.parametrize("years", [0, 1, 5])
def test_pyhanko_by_both_of_its_verdicts(copy: bytes, years: int) -> None:
    async def look() -> None:
        for embedded in PdfFileReader(io.BytesIO(copy)).embedded_regular_signatures:
            found = await ades_lta_validation(
                embedded, policy(trust_of(authority())), as_of(clock.now() + years * YEAR)
            )
            assert found.ades_subindic is AdESPassed.OK
            assert found.api_status is not None and found.api_status.bottom_line

    asyncio.run(look())
