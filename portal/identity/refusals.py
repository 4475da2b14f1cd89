"""What signing in says no to."""

from __future__ import annotations

from portal.refusals import N_, Refusal


class TooMany(Refusal):
    """`until`: the moment from which it is possible again."""

    status = 429


class TooManyCodes(TooMany):
    message = N_("Several codes were already asked for. You can ask for a new one after %(until)s.")


class TooManyAttempts(TooMany):
    message = N_("The code was entered wrongly several times. You can try again after %(until)s.")


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
