"""What the authority gives is enough for a signature that is believed years later, without asking anybody."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from pyhanko.sign.ades.report import AdESPassed

from portal.signing.pki.authority import Pair, authority
from tests.conftest import KEYS_MADE_ON
from tests.people import NOON
from tests.signing.pki.pdf import signed_by_ana, validated

YEAR = timedelta(days=365)


@pytest.mark.parametrize("after", [timedelta(), timedelta(hours=1), YEAR, 5 * YEAR, 8 * YEAR])
async def test_a_signature_is_valid_long_after_its_certificate(stamper: Pair, after: timedelta) -> None:
    pdf = await signed_by_ana(authority(), stamper, NOON)

    found = await validated(pdf, authority(), NOON + after)

    assert found.ades_subindic is AdESPassed.OK
    assert found.api_status is not None
    assert found.api_status.bottom_line
    assert found.best_signature_time == NOON


async def test_a_signature_is_not_valid_under_another_root(stamper: Pair) -> None:
    pdf = await signed_by_ana(authority(), stamper, NOON)

    found = await validated(pdf, replace(authority(), root=authority().seal.certificate), NOON)

    assert found.ades_subindic is not AdESPassed.OK


def test_the_root_s_list_is_good_as_long_as_what_it_speaks_of() -> None:
    """Else a signature could not be checked by its own contents after a year: the root's key is not at hand."""
    until = authority().root_list.next_update_utc

    assert until is not None
    assert until >= authority().issuing.not_valid_after_utc
    assert authority().root_list.last_update_utc == KEYS_MADE_ON
