"""What a message says: its template in the customer's language, in characters that cost the fewest segments."""

from __future__ import annotations

from datetime import date

from portal.money import Money
from portal.settings import settings
from portal.web import wording
from portal.web.templating import environment

# These alone would make a message of 160 characters one of 70; č, š and ž stay: a message is correct Slovenian.
PLAIN = str.maketrans({"\u00a0": " ", "\u202f": " ", "\u2009": " ", "–": "-", "—": "-", "’": "'", "“": '"', "”": '"'})


def text_of(template: str, language: str, values: dict[str, str]) -> str:
    """`templates/sms/<template>.txt`, filled; each also knows `operator` and `portal`, where to go.

    A value that the template needs and is not there is an error.
    """
    known = {"operator": settings().portal_operator, "portal": settings().origin}
    text = environment(language).get_template(f"sms/{template}.txt").render(known | values)
    return text.translate(PLAIN).strip()


def euros(amount: Money, language: str) -> str:
    """`20,98 EUR`: the sign is not in the alphabet of every telephone."""
    number = amount.plain.replace(".", ",") if language == "sl" else amount.plain
    return f"{number} EUR"


def day(value: date, language: str) -> str:
    """`28. 11. 2026` · `28 Nov 2026`."""
    return wording.long_date(value, language)
