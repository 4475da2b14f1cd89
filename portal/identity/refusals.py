"""What signing in says no to."""

from __future__ import annotations

from datetime import datetime, timedelta

from portal.refusals import N_, Refusal

MINUTE = timedelta(minutes=1)


class TooMany(Refusal):
    """`until`: from when it is possible again; told as the next full minute, so that nobody comes too early."""

    status = 429

    def __init__(self, until: datetime) -> None:
        super().__init__(until=until + (MINUTE - timedelta(seconds=until.second)) % MINUTE)


class TooManyCodes(TooMany):
    message = N_("Several codes were already asked for. The next one is possible on %(until)s.")


class TooManyAttempts(TooMany):
    message = N_("The code was entered wrongly several times. You can try again on %(until)s.")


class TooSoon(Refusal):
    """The last code had no time to arrive yet."""

    status = 429
    message = N_("The code is already on its way. A new one can be sent half a minute after the last.")


class WrongCode(Refusal):
    status = 400
    message = N_("This code is not right. Please look at the latest SMS once more.")


class ExpiredCode(Refusal):
    status = 400
    message = N_("This code is no longer valid. Ask for a new one below.")
