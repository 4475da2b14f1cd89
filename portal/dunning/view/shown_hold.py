"""Which of the things that hold an account's ladder its customer is told of (see `portal.dunning.holds`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from portal.dunning.relief_tables import DeferralKind
from portal.dunning.view.situation import Situation


class HeldBy(StrEnum):
    """`agreement`: a longer deferral, agreed with an adviser."""

    PAYMENT = "payment"
    PROOF = "proof"
    DEFERRAL = "deferral"
    AGREEMENT = "agreement"


@dataclass(frozen=True, slots=True)
class Hold:
    """`until`: its last day; None for a payment: when a bank or a person decides on it is not ours to say."""

    by: HeldBy
    until: date | None = None


def hold_of(row: Situation) -> Hold | None:
    """Of several, the one that holds longest; a payment under way before all others."""
    if row.payment is not None:
        return Hold(HeldBy.PAYMENT)
    proof = [Hold(HeldBy.PROOF, row.proven_until)] if row.proven_until else []
    deferral = [Hold(deferred_by(row), row.deferred_until)] if row.deferred_until else []
    return max(proof + deferral, key=lambda hold: hold.until or date.max, default=None)


def deferred_by(row: Situation) -> HeldBy:
    return HeldBy.AGREEMENT if row.deferral_kind == DeferralKind.AGREED else HeldBy.DEFERRAL
