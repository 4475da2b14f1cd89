"""Telephone numbers in E.164, by Google's libphonenumber rules."""

from __future__ import annotations

import phonenumbers

HOME = "SI"
# Number ranges for public mobile telephony, AKOS numbering plan (SA-60): national destination codes.
MOBILE_PREFIXES = ("30", "31", "40", "41", "51", "64", "65", "68", "69", "70", "71")


def read(text: str) -> str | None:
    """`041 123 456`, `+386 41 123-456` and `0038641123456` become `+38641123456`; not a number: None."""
    try:
        number = phonenumbers.parse(text, HOME)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def is_slovenian_mobile(number: str) -> bool:
    """`number` in E.164."""
    return number.startswith("+386") and number[4:6] in MOBILE_PREFIXES and len(number) == 12


def show(number: str) -> str:
    """`+38641123456` as people at home write it: `041 123 456`; a foreign one stays international."""
    if is_slovenian_mobile(number):  # asking the library takes a hundred times as long, and a page may show a hundred
        return f"0{number[4:6]} {number[6:9]} {number[9:]}"
    parsed = phonenumbers.parse(number, HOME)
    style = phonenumbers.PhoneNumberFormat
    home = parsed.country_code == 386
    return phonenumbers.format_number(parsed, style.NATIONAL if home else style.INTERNATIONAL)


def mask(number: str) -> str:
    """`041 123 456` shown to someone who need not know it: `041 ••• •56`; of what is no number nothing is shown."""
    if read(number) is None:
        return "…"
    shown = show(number)
    kept = (0, 1, 2, len(shown) - 2, len(shown) - 1)
    return "".join(c if i in kept or not c.isdigit() else "•" for i, c in enumerate(shown))
