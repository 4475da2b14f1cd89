"""What signing in says no to."""

from __future__ import annotations

from datetime import datetime, timedelta

from portal.identity.durations import CONTACT_SETTLES
from portal.refusals import N_, Refusal

MINUTE = timedelta(minutes=1)


class Paused(Refusal):
    """`until`: from when it is possible again; told as the next full minute, so that nobody comes too early."""

    def __init__(self, until: datetime, **values: object) -> None:
        self.until = until + (MINUTE - timedelta(seconds=until.second)) % MINUTE
        super().__init__(until=self.until, **values)


class TooMany(Paused):
    status = 429


class TooManyCodes(TooMany):
    message = N_("Several codes were already asked for. The next one is possible on %(until)s.")


class TooManyAttempts(TooMany):
    message = N_("The code was entered wrongly several times. You can try again on %(until)s.")


class TooManyPasswords(TooMany):
    message = N_("The password was entered wrongly several times. You can try again on %(until)s.")


class WrongPassword(Refusal):
    status = 400
    message = N_("This password is not right. Look whether capital letters are switched on.")


class PasswordTooOld(Refusal):
    """One that we sent, after its day."""

    status = 400
    message = N_("The password from the SMS was valid for 24 hours. Get a new one below.")


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


class WrongEmailedCode(WrongCode):
    message = N_("This code is not right. Please look at the latest e-mail once more.")


class AlreadyChanged(Refusal):
    """The same code was entered twice in one moment: the first time changed what was to be changed."""

    message = N_("This change is already made.")


class ContactTaken(Refusal):
    """Said only to who has just proven that the number or the address is theirs."""

    message = N_("It already belongs to another sign-in. Call us and we will join the two for you.")


class ContactChangedRecently(Paused):
    """A code proves little at a number that was changed an hour ago: its owner shall hear of the change first."""

    status = 403
    message = N_(
        "Your contact details were changed on %(changed_at)s. For your protection, this waits until %(until)s."
    )

    def __init__(self, changed_at: datetime) -> None:
        super().__init__(changed_at + CONTACT_SETTLES, changed_at=changed_at)
