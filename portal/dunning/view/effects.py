"""What a barred profile means in the customer's words, for each kind of line. Source: izklop-storitev.txt, I."""

from __future__ import annotations

from portal.customers.tables import LineKind
from portal.network.tables import Profile
from portal.refusals import N_

OFF = (
    ("voice_out", N_("calls you make")),
    ("sms_out", N_("text messages you send")),
    ("data", N_("mobile data")),
    ("voice_in", N_("calls you receive")),
)
ALWAYS = (
    N_("text messages you receive"),
    N_("calls to %(numbers)s from our network in Slovenia"),
    N_("emergency calls to 112"),
)


def off(kind: LineKind, profile: Profile) -> tuple[str, ...]:
    """What is barred, as msgids; nothing on an open line."""
    if profile.is_open:
        return ()
    if kind == LineKind.FIXED:
        return (N_("all services of this connection"),)
    return tuple(words for service, words in OFF if getattr(profile, service))


def works(kind: LineKind, profile: Profile) -> tuple[str, ...]:
    """What a barred line can still do, as msgids; `%(numbers)s` is the place of the help numbers."""
    if profile.is_open or kind == LineKind.FIXED:
        return ()
    return ALWAYS if profile.voice_in else (N_("calls you receive in Slovenia"), *ALWAYS)
