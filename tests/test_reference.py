"""References however they are written: what proves itself is read, what is wrong is not."""

from __future__ import annotations

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from portal import reference

numbers = st.integers(min_value=0, max_value=10**12 - 1)
parts = st.integers(min_value=0, max_value=10**9)
spaces = st.sampled_from(["", " ", "  ", "\u00a0", "\t"])


def checked(number: int) -> str:
    return f"{number}{reference.check_digit(str(number))}"


@given(numbers)
def test_every_reference_we_make_is_read_back(number: int) -> None:
    made = reference.si12(number)

    assert reference.read_si12(made) == made
    assert reference.read_si12(reference.show(made)) == made


@given(numbers)
def test_leading_zeros_that_a_bank_strips_come_back(number: int) -> None:
    made = reference.si12(number)

    assert reference.read_si12(made[4:].lstrip("0") or "0") == made


@given(numbers, st.integers(min_value=0, max_value=11), st.integers(min_value=1, max_value=9))
def test_one_wrong_digit_is_noticed(number: int, place: int, shift: int) -> None:
    """Modulo 11 misses two things: the place whose weight is 11, and a check digit 0 that stands for 10 or 11."""
    digits = list(reference.si12(number)[4:])
    digits[place] = str((int(digits[place]) + shift) % 10)
    wrong = "".join(digits)
    assume(place != 2 and digits[12] != "0")

    assert reference.read_si12(wrong) is None


@pytest.mark.parametrize("written", ["SI121033842574531", "SI12 1033842574531", "si129990000359896", "1033842574531"])
def test_references_of_the_standard_are_valid(written: str) -> None:
    assert reference.read_si12(written) is not None


@pytest.mark.parametrize("written", ["SI121033842574532", "SI11123", "", "SI12", "12345678901234", "RF18539007547034"])
def test_what_is_no_reference_is_refused(written: str) -> None:
    assert reference.read_si12(written) is None


def test_a_number_too_long_is_refused() -> None:
    with pytest.raises(ValueError, match="twelve digits"):
        reference.si12(10**12)


# The worked examples of the rules (Pravila, priloga 3 to 5) and those that other documents of the banks print.
@pytest.mark.parametrize(("digits", "check"), [("102674", 7), ("14", 0), ("54", 0), ("103384257453", 1)])
def test_the_check_digit_is_that_of_the_rules(digits: str, check: int) -> None:
    assert reference.check_digit(digits) == check


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("SI121033842574531", "SI12 1033842574531"),
        ("si 12 1033 8425 74531", "SI12 1033842574531"),
        ("Si12-1033-8425-74531", "SI12 1033842574531"),
        ("SI12: 1033842574531", "SI12 1033842574531"),
        ("SI\u00a012\u20131033842574531", "SI12 1033842574531"),
        ("12 1033842574531", "SI12 1033842574531"),
        ("\uff13\uff12", None),
        ("SI12 00001033842574531", "SI12 1033842574531"),
        ("SI00225268-32526-222", "SI00 225268-32526-222"),
        ("si 00 19 - 1235 - 84503", "SI00 19-1235-84503"),
        ("SI003528–990", "SI00 3528-990"),
        ("SI00 1033842574531", "SI00 1033842574531"),
        ("SI11 1026747-140-2026", "SI11 1026747-140-2026"),
        ("SI11 1026747-140", "SI11 1026747-140"),
        ("RF45SBO2010", "RF45 SBO2 010"),
        ("rf 71 2348 231", "RF71 2348 231"),
        ("RF81-352A-DD05-899", "RF81 352A DD05 899"),
    ],
)
def test_however_a_reference_is_written_it_is_shown_as_on_paper(written: str, shown: str | None) -> None:
    found = reference.read(written)

    assert (found and found.shown) == shown


@pytest.mark.parametrize(
    "written",
    [
        "SI121033842574532",
        "SI00",
        "SI00 1-2-3-4",
        "SI00 1--2",
        "SI00 123456789012345678901",
        "SI00 12A",
        "SI11 1026747",
        "SI11 1026748-140",
        "SI11 1026747-141",
        "SI11 1026747-140-2-3",
        "SI99",
        "SI05 19-1235-84503",
        "RF46SBO2010",
        "RF45",
        "RF45SBČ2010",
        "NOTPROVIDED",
        "2026-104418",
        "1" * 5_000,
    ],
)
def test_what_proves_nothing_or_has_a_mistake_is_none(written: str) -> None:
    assert reference.read(written) is None


@given(parts, parts, st.none() | parts, spaces)
def test_si11_is_proven_by_its_first_two_parts(first: int, second: int, third: int | None, space: str) -> None:
    content = "-".join([checked(first), checked(second), *([] if third is None else [str(third)])])
    assume(len(content) <= 22)

    read = reference.read(f"si11{space}{content.replace('-', space + '-' + space)}")

    assert read == reference.Reference("SI11", content)


@given(parts, st.integers(min_value=1, max_value=9), st.booleans())
@example(102674, 1, False)
def test_one_wrong_check_digit_of_si11_is_noticed(number: int, shift: int, is_second: bool) -> None:
    right = checked(number)
    wrong = right[:-1] + str((int(right[-1]) + shift) % 10)

    assert reference.read(f"SI11 {right}-{wrong}" if is_second else f"SI11 {wrong}-{right}") is None


@given(st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=1, max_size=21), st.data())
def test_one_wrong_character_of_rf_is_noticed(content: str, data: st.DataObject) -> None:
    numbers = "".join(str(int(character, 36)) for character in f"{content}RF00")
    right = f"RF{98 - int(numbers) % 97:02d}{content}"
    place = data.draw(st.integers(2, len(right) - 1))
    other = data.draw(st.sampled_from([character for character in "0123456789" if character != right[place]]))
    assume(right[place].isdigit())

    assert str(reference.read(right)) == right
    assert reference.read(right[:place] + other + right[place + 1 :]) is None


@given(numbers)
def test_a_payer_who_writes_si00_before_our_digits_means_si12(number: int) -> None:
    made = reference.si12(number)
    read = reference.read(f"SI00{made[4:]}")

    assert read is not None
    assert read.si12 == made


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("PLACILO RACUNA SKLIC SI12 1033842574531 HVALA", ["SI121033842574531"]),
        ("sklic:si121033842574531", ["SI121033842574531"]),
        ("SKLICSI121033842574531SI129990000359896", ["SI121033842574531", "SI129990000359896"]),
        ("SI12 1033 8425 74531 30 EUR", ["SI121033842574531"]),
        ("SI12 1033-8425-74531", ["SI121033842574531"]),
        ("SI12 103384\n2574531", ["SI121033842574531"]),
        ("RACUN 2026-104417 1033842574531 z dne 21.11.2026", ["SI121033842574531"]),
        ("12 1033842574531", ["SI121033842574531"]),
        ("SI12 1033842574531 9990000359896", ["SI121033842574531", "SI129990000359896"]),
        ("SI12 1033842574531, SI12 1033842574531", ["SI121033842574531"]),
        ("SI12 1033842574532 pravilno 1033842574531", ["SI121033842574531"]),
        ("SI56 1910 0000 0123 438 na 1033842574531", ["SI121033842574531"]),
        ("NRC RF45SBO2010 in SI12 9990000359896", ["SI129990000359896", "RF45SBO2010"]),
        ("RF45 SBO2 010 HVALA", ["RF45SBO2010"]),
        ("SI00 19-1235-84503", ["SI0019-1235-84503"]),
        ("SKLIC 17", []),
        ("Sklic na številko: 1026747", ["SI120000001026747"]),
        ("041 123 456", []),
        ("hvala in lep pozdrav", []),
        ("SKLIC NA STEVILKO 00", []),
        ("", []),
    ],
)
def test_references_are_found_in_what_a_bank_passes_on(text: str, found: list[str]) -> None:
    assert [str(reference) for reference in reference.find(text)] == found


@given(numbers.filter(lambda number: number >= 10**8), st.text(max_size=30), st.text(max_size=30), spaces)
def test_our_reference_is_among_what_is_found_whatever_stands_around_it(
    number: int, before: str, after: str, space: str
) -> None:
    made = reference.si12(number)

    assert made in map(str, reference.find(f"{before}\n; {made[:4]}{space}{made[4:]} ;\n{after}"))
    assert made in map(str, reference.find(f"Sklic: {made[4:].lstrip('0')}"))


@pytest.mark.parametrize(
    "text", ["SI12 " + "1 " * 20_000, "REF" * 20_000, "1-" * 20_000, "RF12" * 20_000, " " * 50_000]
)
def test_a_hostile_text_takes_no_longer_than_its_length(text: str) -> None:
    reference.find(text)
