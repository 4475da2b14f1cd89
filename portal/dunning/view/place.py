"""Where a customer is, as one word: what the headline of a page says."""

from __future__ import annotations

from enum import StrEnum

from portal.customers.tables import LineKind
from portal.dunning.policy import HandOverTo
from portal.dunning.view.shown_hold import HeldBy
from portal.dunning.view.standing import Standing


class Place(StrEnum):
    """From what weighs most to nothing at all."""

    RECONNECTING = "reconnecting"
    PAYING = "paying"
    PAYMENT_HELD = "payment_held"
    """Another amount came, and a person looks at it."""
    ENFORCEMENT = "enforcement"
    AGENCY = "agency"
    ENDED = "ended"
    OBJECTED = "objected"
    """Nothing is overdue but what is disputed."""
    PROVEN = "proven"
    OUTGOING_OFF = "outgoing_off"
    OFF = "off"
    DEFERRED = "deferred"
    AGREED = "agreed"
    WARNED = "warned"
    OVERDUE = "overdue"
    CLEAR = "clear"


HANDED = {HandOverTo.AGENCY: Place.AGENCY, HandOverTo.ENFORCEMENT: Place.ENFORCEMENT}
PUT_OFF = {HeldBy.DEFERRAL: Place.DEFERRED, HeldBy.AGREEMENT: Place.AGREED}


def place_of(standing: Standing) -> Place:
    if standing.is_reconnecting:
        return Place.RECONNECTING
    if standing.payment is not None:
        return Place.PAYMENT_HELD if standing.is_payment_held else Place.PAYING
    if standing.handed_to is not None:
        return HANDED[standing.handed_to]
    if standing.ended_on is not None:
        return Place.ENDED
    return among_connected(standing)


def among_connected(standing: Standing) -> Place:
    if standing.overdue.is_positive and standing.overdue == standing.disputed:
        return Place.OBJECTED
    held_by = standing.hold.by if standing.hold and standing.overdue.is_positive else None
    if held_by == HeldBy.PROOF:
        return Place.PROVEN
    if standing.is_suspended:
        return Place.OUTGOING_OFF if is_outgoing_off(standing) else Place.OFF
    if held_by in PUT_OFF:
        return PUT_OFF[held_by]
    return among_open(standing)


def is_outgoing_off(standing: Standing) -> bool:
    barred = [line for line in standing.lines if line.off]
    return bool(barred) and all(line.kind == LineKind.MOBILE and not line.profile.voice_in for line in barred)


def among_open(standing: Standing) -> Place:
    if standing.warned_until is not None:
        return Place.WARNED
    return Place.OVERDUE if standing.overdue.is_positive else Place.CLEAR
