"""Slovenian first, English second: catalogues, money, days and moments as people read them.

Sources: CLDR's Slovenian and English patterns; a test proves every format against Babel.
"""

from __future__ import annotations

import gettext
import io
from datetime import date, datetime
from functools import lru_cache

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from portal.clock import LJUBLJANA
from portal.money import Money
from portal.refusals import Refusal
from portal.settings import ROOT

LANGUAGES = ("sl", "en")
DEFAULT_LANGUAGE = "sl"

_MONTHS = {
    "sl": "januarja februarja marca aprila maja junija julija avgusta septembra oktobra novembra decembra",
    "en": "January February March April May June July August September October November December",
}
_NOMINATIVE = {
    "sl": "januar februar marec april maj junij julij avgust september oktober november december",
    "en": _MONTHS["en"],
}
_MONTH = {language: names.split() for language, names in _MONTHS.items()}
_WEEKDAYS = {
    "sl": "v ponedeljek,v torek,v sredo,v četrtek,v petek,v soboto,v nedeljo",
    "en": "on Monday,on Tuesday,on Wednesday,on Thursday,on Friday,on Saturday,on Sunday",
}
_WEEKDAY = {language: names.split(",") for language, names in _WEEKDAYS.items()}


@lru_cache(maxsize=len(LANGUAGES))
def catalogue(language: str) -> gettext.GNUTranslations:
    """The compiled messages of a language; the .po file is the only source, so none can be stale."""
    with (ROOT / "locales" / language / "LC_MESSAGES" / "messages.po").open("rb") as source:
        messages = read_po(source, locale=language)
    compiled = io.BytesIO()
    write_mo(compiled, messages)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def say(language: str, message: str, **values: object) -> str:
    """A msgid in the customer's language, with its places filled."""
    translated = catalogue(language).gettext(message)
    return translated % values if values else translated


def say_no(language: str, refusal: Refusal) -> str:
    """What a refusal tells the customer; money and days among its values are written out."""
    return say(language, refusal.message, **{name: written(value, language) for name, value in refusal.values.items()})


def written(value: object, language: str) -> object:
    if isinstance(value, Money):
        return value.format(language)
    if isinstance(value, datetime):
        return moment(value, language)
    if isinstance(value, date):
        return day(value, language)
    return value


def day(value: date, language: str) -> str:
    """`v petek, 28. novembra` · `on Friday, 28 November`."""
    return f"{_WEEKDAY[language][value.weekday()]}, {_day_of_month(value, language)}"


def long_date(value: date, language: str) -> str:
    """With a year we write numbers in Slovenian: `28. 11. 2026` · `28 Nov 2026`."""
    if language == "sl":
        return f"{value.day}. {value.month}. {value.year}"
    return f"{value.day} {_MONTH['en'][value.month - 1][:3]} {value.year}"


def percent(tenths: int, language: str) -> str:
    """220 tenths of a per cent: `22 %` · `22%`; 95: `9,5 %` · `9.5%`."""
    whole, rest = divmod(tenths, 10)
    if language == "en":
        return f"{whole}.{rest}%" if rest else f"{whole}%"
    return f"{whole},{rest}\u00a0%" if rest else f"{whole}\u00a0%"


def month(value: date, language: str) -> str:
    """`november 2026` · `November 2026`."""
    return f"{_NOMINATIVE[language].split()[value.month - 1]} {value.year}"


def short_day(value: date, language: str) -> str:
    """`28. novembra` · `28 November`."""
    return _day_of_month(value, language)


def moment(value: datetime, language: str) -> str:
    """`28. 11. 2026 ob 14.05` · `28 Nov 2026 at 14:05`, in Slovenia's time."""
    day = long_date(value.astimezone(LJUBLJANA), language)
    return f"{day} {'ob' if language == 'sl' else 'at'} {hour(value, language)}"


def hour(value: datetime, language: str) -> str:
    """`14.05` · `14:05`, in Slovenia's time."""
    local = value.astimezone(LJUBLJANA)
    return f"{local.hour}{'.' if language == 'sl' else ':'}{local.minute:02d}"


def _day_of_month(value: date, language: str) -> str:
    month = _MONTH[language][value.month - 1]
    return f"{value.day}. {month}" if language == "sl" else f"{value.day} {month}"
