"""The picture of a UPN QR code: read by zxing-cpp, and compared with zint's module by module."""

from __future__ import annotations

import re

import pytest
import segno
import zxingcpp
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as measured
from hypothesis import strategies as st
from lxml import etree
from segno.encoder import mask_scores

from portal.billing.upn import qr as upn_qr
from tests.billing.upn_codes import EXAMPLES, Modules, an_order, drawn_by_zint, modules, scanned
from tests.pictures import grey

# Not made smaller when one fails: each takes a program's start, and minutes would go by.
SAMPLE = measured(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)
NAMES = ["Živa Črešnjevec Đurić", "čšžćđ ČŠŽĆĐ", "Kava za 3 €", "Ana 🙂 Kovač", "Ime " * 20, "", "Peña\nà la\tSøren"]
payloads = st.builds(
    lambda name, cents: an_order(name, cents).payload, st.text(max_size=60), st.integers(1, 99_999_999_999)
)


@pytest.mark.parametrize("name", EXAMPLES)
@pytest.mark.parametrize("longest", [0, 411], ids=["without_reserve", "with_reserve"])
def test_an_example_of_the_standard_is_drawn_and_read(name: str, longest: int) -> None:
    payload = EXAMPLES[name].ljust(longest)
    code = upn_qr.code(payload)

    assert int(EXAMPLES[name].splitlines()[-1]) == len(EXAMPLES[name]) - 4
    assert drawn_by_zint(payload, code.mask) == modules(code)
    is_a_upn_qr(grey(upn_qr.png(payload)), payload)


@pytest.mark.parametrize("name", NAMES)
def test_any_name_is_drawn_and_read(name: str) -> None:
    payload = an_order(name, purpose=name).payload
    code = upn_qr.code(payload)

    assert drawn_by_zint(payload, code.mask) == modules(code)
    is_a_upn_qr(grey(upn_qr.png(payload)), payload)


@SAMPLE
@given(st.integers(1, 99_999))
def test_amounts_are_drawn_and_read_to_the_cent(cents: int) -> None:
    payload = an_order(cents=cents).payload
    code = upn_qr.code(payload)

    assert drawn_by_zint(payload, code.mask) == modules(code)
    assert scanned(grey(upn_qr.png(payload))).text.splitlines()[8] == f"{cents:011d}"


@SAMPLE
@given(payloads)
def test_with_the_same_mask_zint_draws_the_same_modules(payload: str) -> None:
    code = upn_qr.code(payload)

    assert drawn_by_zint(payload, code.mask) == modules(code)


# What else is in a payload: Latin-2, what is left out or replaced of other scripts, and nothing.
PEOPLE = ["Janez Novak", *NAMES, "Kos in sin d.o.o.", "Ž" * 33, "0" * 33, "Ђурђевић Љиљана", "Łukasz Őrsi"]


@pytest.mark.parametrize("cents", [27, 51, 99_999_999_999])
@pytest.mark.parametrize("name", PEOPLE)
def test_the_mask_is_the_one_difference_and_this_is_why(name: str, cents: int) -> None:
    """Of eight masks, any of which can be read, the one with the fewest faults is taken, the first of equals. segno
    counts the faults before the format and version information are in (ISO/IEC 18004:2015, 7.8), zint when they are;
    and of finder patterns that overlap zint counts each, segno the first. About one code in fifteen differs.
    """
    payload = an_order(name, cents).payload
    finished = [modules(masked(payload, mask)) for mask in range(8)]
    faults = [faults_as_zint_counts(code) for code in finished]

    assert drawn_by_zint(payload) == finished[faults.index(min(faults))]
    assert modules(upn_qr.code(payload)) in finished


LIGHT = "0000"
LIKE_A_FINDER = re.compile(f"(?<={LIGHT})(?=1011101)|(?=1011101{LIGHT})")


def faults_as_zint_counts(code: Modules) -> int:
    """The penalties of ISO/IEC 18004:2015, table 11, with the quiet zone around the code as light."""
    runs, blocks, _, balance = mask_scores([bytearray(row) for row in code], 77, 77)  # type: ignore[no-untyped-call]
    lines = [LIGHT + "".join(map(str, line)) + LIGHT for line in (*code, *zip(*code, strict=True))]
    return int(runs + blocks + balance) + 40 * sum(len(LIKE_A_FINDER.findall(line)) for line in lines)


def masked(payload: str, mask: int) -> segno.QRCode:
    return segno.make(
        payload, encoding="iso-8859-2", eci=True, version=15, error="m", boost_error=False, mode="byte", mask=mask
    )


def test_the_picture_is_a_code_on_white_with_its_quiet_zone() -> None:
    svg = etree.fromstring(upn_qr.svg(an_order().payload))
    ground, drawn = svg.findall("{*}path")
    levels = bytes(grey(upn_qr.png(an_order().payload)))
    rows = [levels[at : at + 680] for at in range(0, len(levels), 680)]

    assert svg.get("viewBox") == "0 0 85 85"
    assert (ground.get("fill"), ground.get("d")) == ("#fff", "M0 0h85v85h-85z")
    assert drawn.get("stroke") == "#000"
    assert len(levels) == 680 * 680
    quiet = 4 * upn_qr.PNG_SCALE
    assert all(set(row) == {255} for row in [*rows[:quiet], *rows[-quiet:]])
    assert all(set(row[:quiet] + row[-quiet:]) == {255} for row in rows)


def is_a_upn_qr(picture: memoryview, payload: str) -> None:
    """Version 15, error correction M, bytes of ISO 8859-2 that say so by their ECI."""
    read, raw = scanned(picture), scanned(picture, zxingcpp.TextMode.HexECI)

    assert (read.text, read.ec_level) == (payload, "M")
    assert "'Version': '15'" in str(read.extra)
    assert bytes.fromhex(raw.text) == b"]Q2\\000004" + payload.encode("iso-8859-2")
