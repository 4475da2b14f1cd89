"""How envelopes are named and shown: words as msgids, how long is left, when to look again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from portal.refusals import N_
from portal.signing.envelopes.declining import Reason
from portal.signing.envelopes.reading import EnvelopeSeen, Standing
from portal.signing.tables import OrderKind

NAMES: dict[OrderKind, str] = {
    OrderKind.EXTENSION: N_("Extension of the commitment"),
    OrderKind.FIXED: N_("Contract for fixed services"),
    OrderKind.MOBILE: N_("Mobile contract"),
    OrderKind.ORDER: N_("Order of a package or equipment"),
    OrderKind.PURCHASE: N_("Purchase in the shop"),
    OrderKind.CHANGE: N_("Change of the contract"),
}
REASONS: dict[Reason, str] = {
    Reason.CHANGED_MIND: N_("I no longer want what I ordered"),
    Reason.WRONG_DATA: N_("Something in the documents is not right"),
    Reason.PRICE: N_("The price does not suit me"),
    Reason.OTHER_OFFER: N_("I have a better offer"),
    Reason.NOT_MINE: N_("I did not order this"),
    Reason.OTHER: N_("Another reason"),
}
IN_FORCE = frozenset({Standing.OPEN, Standing.BLOCKED, Standing.IDENTIFICATION_AWAITED, Standing.IDENTIFICATION_FAILED})
"""Nobody has decided and the time still runs."""
AGREED = frozenset({Standing.ACCEPTED, Standing.SIGNED})


def seconds_left(seen: EnvelopeSeen, at: datetime) -> int:
    return int(seen.left(at).total_seconds())


def look_again_seconds(seen: EnvelopeSeen, at: datetime) -> int | None:
    """When the page looks again by itself while a worker signs: the longer it takes, the more seldom."""
    if seen.standing(at) != Standing.ACCEPTED or seen.decided_at is None:
        return None
    waited = at - seen.decided_at
    return 2 if waited < timedelta(minutes=1) else 10 if waited < timedelta(minutes=10) else 60


@dataclass(frozen=True, slots=True)
class Places:
    """What waits, the most urgent first; what is signed, or about to be; what came to another end."""

    waiting: Sequence[EnvelopeSeen]
    signed: Sequence[EnvelopeSeen]
    ended: Sequence[EnvelopeSeen]


def in_places(envelopes: Sequence[EnvelopeSeen], at: datetime) -> Places:
    waiting = [seen for seen in envelopes if seen.standing(at) in IN_FORCE]
    signed = [seen for seen in envelopes if seen.standing(at) in AGREED]
    ended = [seen for seen in envelopes if seen.standing(at) not in IN_FORCE | AGREED]
    return Places(sorted(waiting, key=lambda seen: seen.expires_at), signed, ended)
