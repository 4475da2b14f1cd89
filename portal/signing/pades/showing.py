"""What the stamps, the fields and the names of files say, in the language of the order."""

from __future__ import annotations

from datetime import datetime

from portal.refusals import N_
from portal.settings import settings
from portal.signing.pades import fields
from portal.signing.pades.stamps import Stamp
from portal.web.wording import moment, say

SIGNED = N_("signed electronically with an SMS code")
SEALED = N_("electronic seal")
ORDER = N_("order %(number)s")
CHECK = N_("check it at %(address)s")
SIGNATURE_OF = N_("Electronic signature of %(name)s")
SEAL_OF = N_("Electronic seal of %(name)s")
COPY = N_("%(title)s (signed)")


def customer_stamp(language: str, name: str, order: str, at: datetime) -> Stamp:
    lines = (
        say(language, SIGNED),
        moment(at, language),
        say(language, ORDER, number=order),
        say(language, CHECK, address=f"{settings().address}/verify"),
    )
    return Stamp(name, lines, language)


def seal_stamp(language: str, at: datetime) -> Stamp:
    return Stamp(settings().payee, (say(language, SEALED), moment(at, language)), language)


def field_names(language: str, name: str) -> dict[str, str]:
    """What a screen reader calls the fields."""
    return {
        fields.CUSTOMER: say(language, SIGNATURE_OF, name=name),
        fields.SEAL: say(language, SEAL_OF, name=settings().payee),
    }


def file_name(language: str, position: int, title: str) -> str:
    """`1 Pogodba (podpisano).pdf`: in their order, and no two alike."""
    plain = "".join(" " if letter in '/\\:*?"<>|' else letter for letter in title)
    return f"{position} {say(language, COPY, title=plain)}.pdf"
