"""Why something changed, in the customer's words."""

from __future__ import annotations

from portal.billing.showing.changes import Change, Way
from portal.billing.tables import BillLineKind
from portal.refusals import N_

KINDS = {
    BillLineKind.SUBSCRIPTION: N_("Subscription"),
    BillLineKind.USAGE: N_("Use beyond the package"),
    BillLineKind.ROAMING: N_("Roaming abroad"),
    BillLineKind.ONE_OFF: N_("One-off charges"),
    BillLineKind.INSTALMENT: N_("Instalments for equipment"),
    BillLineKind.FEE: N_("Fees"),
    BillLineKind.DISCOUNT: N_("Discounts"),
    BillLineKind.BENEFIT: N_("Benefit"),
    BillLineKind.OTHER: N_("Other"),
}
_KIND, _WAY = BillLineKind, Way
PARTICULAR = {
    (_KIND.USAGE, _WAY.NEW): N_("This time there was use that the package does not include."),
    (_KIND.USAGE, _WAY.ENDED): N_("This time there was no such use."),
    (_KIND.USAGE, _WAY.DEARER): N_("Use beyond the package cost more than the last time."),
    (_KIND.USAGE, _WAY.CHEAPER): N_("Use beyond the package cost less than the last time."),
    (_KIND.ROAMING, _WAY.NEW): N_("This time the telephone was used abroad."),
    (_KIND.ROAMING, _WAY.ENDED): N_("This time the telephone was not used abroad."),
    (_KIND.ROAMING, _WAY.DEARER): N_("Use abroad cost more than the last time."),
    (_KIND.ROAMING, _WAY.CHEAPER): N_("Use abroad cost less than the last time."),
    (_KIND.ONE_OFF, _WAY.NEW): N_("A one-off charge; it does not come again."),
    (_KIND.ONE_OFF, _WAY.ENDED): N_("It was a one-off charge on the last bill."),
    (_KIND.INSTALMENT, _WAY.NEW): N_("The instalments begin with this bill."),
    (_KIND.INSTALMENT, _WAY.ENDED): N_("The instalments are not on this bill any more."),
    (_KIND.FEE, _WAY.NEW): N_("A fee that arose since the last bill."),
    (_KIND.FEE, _WAY.ENDED): N_("The fee was on the last bill only."),
    (_KIND.DISCOUNT, _WAY.NEW): N_("A new discount."),
    (_KIND.DISCOUNT, _WAY.ENDED): N_("The discount is not there any more."),
    (_KIND.DISCOUNT, _WAY.DEARER): N_("The discount is smaller than the last time."),
    (_KIND.DISCOUNT, _WAY.CHEAPER): N_("The discount is larger than the last time."),
}
GENERAL = {
    _WAY.NEW: N_("It was not on the last bill."),
    _WAY.ENDED: N_("It is not on this bill any more."),
    _WAY.DEARER: N_("More than the last time."),
    _WAY.CHEAPER: N_("Less than the last time."),
    _WAY.REPLACED: N_("Before: %(before)s."),
}


def why(change: Change) -> str:
    """A message; where a package stands instead of another it has a place for `before`."""
    return PARTICULAR.get((change.kind, change.way), GENERAL[change.way])


def kind_name(kind: str) -> str:
    return KINDS[BillLineKind(kind)]
