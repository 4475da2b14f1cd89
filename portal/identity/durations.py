"""How long everything about signing in lasts, in one place."""

from __future__ import annotations

from datetime import timedelta

CODE_LIVES = timedelta(minutes=5)
EMAILED_CODE_LIVES = timedelta(minutes=15)
"""E-mail is slower than SMS, and read on another device."""
RESEND_AFTER = timedelta(seconds=30)
ASKING_LIVES = timedelta(minutes=30)
"""How long a browser that asked for a code may go on asking for new ones."""

REGISTERING_LIVES = timedelta(hours=1)
"""From showing what only the customer knows to entering the password that was sent."""
INITIAL_PASSWORD_LIVES = timedelta(hours=24)
WELCOME_KEY_LIVES = timedelta(days=60)
"""Letters take days, and new customers have other things to do first."""
PASSWORD_WAITED_FOR = timedelta(minutes=10)
"""How long after the right code the password may be entered, without asking for another code."""

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
REMEMBERED_IDLE = timedelta(days=30)
REMEMBERED_ABSOLUTE = timedelta(days=90)
SEEN_EVERY = timedelta(minutes=1)
"""A session's last use is written down at most this often."""

PROOF_STAYS_FRESH = timedelta(minutes=10)
"""How long after a code was entered a sensitive act asks for no other."""

CONTACT_SETTLES = timedelta(hours=24)
"""How long after a change of contact number or address sensitive acts wait: time for the owner to hear of it."""

DEVICE_IS_KNOWN = timedelta(days=400)
"""Since the last sign-in; browsers keep no cookie longer (RFC 6265bis, 5.5)."""

KEPT_AFTER_END = timedelta(days=2)
"""Dead sessions, codes and counters stay this long for whoever looks into something; the longest limit lasts a day."""


def of_session(is_remembered: bool) -> tuple[timedelta, timedelta]:
    """How long it may lie idle, and how long it may last at all."""
    return (REMEMBERED_IDLE, REMEMBERED_ABSOLUTE) if is_remembered else (IDLE, ABSOLUTE)
