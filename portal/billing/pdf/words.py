"""How the documents of billing are called, and which way each corrects another."""

from __future__ import annotations

from portal.billing.tables import BillKind
from portal.refusals import N_
from portal.web.wording import say

TITLES = {
    BillKind.BILL: N_("Bill %(number)s"),
    BillKind.CREDIT_NOTE: N_("Credit note %(number)s"),
    BillKind.DEBIT_NOTE: N_("Debit note %(number)s"),
}
CORRECTIONS = {
    BillKind.BILL: N_("This bill replaces bill %(number)s of %(day)s."),
    BillKind.CREDIT_NOTE: N_(
        "This credit note corrects bill %(number)s of %(day)s: the amounts below are taken off it."
    ),
    BillKind.DEBIT_NOTE: N_("This debit note corrects bill %(number)s of %(day)s: the amounts below are added to it."),
}


def title_of(kind: str, number: str, language: str) -> str:
    """`Račun 2026-104417`, `Credit note 2026-104418`."""
    return say(language, TITLES[BillKind(kind)], number=number)
