"""Telephone numbers in E.164, by Google's libphonenumber rules."""

from __future__ import annotations

import phonenumbers

HOME = "SI"
# Number ranges for public mobile telephony, AKOS numbering plan (SA-60): national destination codes.
MOBILE_PREFIXES = ("30", "31", "40", "41", "51", "64", "65", "68", "69", "70", "71")
HIDDEN = "***"

EMERGENCY = frozenset({"112", "113", "116000", "116111", "116123"})
"""As they are dialled. Source: ZEKom-2."""
PREMIUM_PREFIXES = ("+38689", "+38690")
"""AKOS numbering plan: whatever follows, also what the library does not know yet."""
NO_COUNTRY = "001"
"""The library's region of satellites and of international networks, whose calls cost most."""


def read(text: str) -> str | None:
    """`041 123 456`, `+386 41 123-456` and `0038641123456` become `+38641123456`; not a number: None."""
    try:
        number = phonenumbers.parse(text, HOME)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def is_whole(number: str) -> bool:
    """Whether somebody can have this number: `+38604112` is long enough for some number, but for none that there is.

    `number` in E.164.
    """
    return is_slovenian_mobile(number) or phonenumbers.is_valid_number(phonenumbers.parse(number))


def is_slovenian_mobile(number: str) -> bool:
    """`number` in E.164."""
    return number.startswith("+386") and number[4:6] in MOBILE_PREFIXES and len(number) == 12


def is_emergency(text: str) -> bool:
    """As somebody typed it, also with the country before it."""
    digits = "".join(filter(str.isdigit, text))
    return digits in EMERGENCY or digits.removeprefix("00").removeprefix("386") in EMERGENCY


def is_premium(number: str) -> bool:
    """Whether a call there costs what its owner asks, at home, abroad or in no country. `number` in E.164."""
    parsed = phonenumbers.parse(number)
    is_dear = phonenumbers.number_type(parsed) == phonenumbers.PhoneNumberType.PREMIUM_RATE
    nowhere = phonenumbers.region_code_for_country_code(parsed.country_code or 0) == NO_COUNTRY
    return is_dear or nowhere or number.startswith(PREMIUM_PREFIXES)


def show(number: str) -> str:
    """`+38641123456` as people at home write it: `041 123 456`; a foreign one stays international."""
    if is_slovenian_mobile(number):  # asking the library takes a hundred times as long, and a page may show a hundred
        return f"0{number[4:6]} {number[6:9]} {number[9:]}"
    parsed = phonenumbers.parse(number, HOME)
    style = phonenumbers.PhoneNumberFormat
    home = parsed.country_code == 386
    return phonenumbers.format_number(parsed, style.NATIONAL if home else style.INTERNATIONAL)


def hide(number: str) -> str:
    """A number that somebody called, without its last three digits: they are never kept, wherever it goes from here.

    Source: ZEKom-2, itemised bills.
    """
    return number[: -len(HIDDEN)] + HIDDEN


def mask(number: str) -> str:
    """`041 123 456` shown to someone who need not know it: `041 ••• •56`; of what is no number nothing is shown."""
    if read(number) is None:
        return "…"
    shown = show(number)
    kept = (0, 1, 2, len(shown) - 2, len(shown) - 1)
    return "".join(c if i in kept or not c.isdigit() else "•" for i, c in enumerate(shown))
