"""What registering says no to."""

from __future__ import annotations

from portal.identity.refusals import TooMany
from portal.refusals import N_, Refusal


class NotOnRecord(Refusal):
    """An unknown number, data that is not its own, a key that is wrong, used or too old: which is told to nobody."""

    status = 400
    message = N_("What you entered does not belong together. Please compare both, character by character.")


class TooManyGuesses(TooMany):
    message = N_("That was very often in a short time. You can try again on %(until)s.")


class TooManySent(TooMany):
    message = N_("Several passwords were already sent. The next one is possible on %(until)s.")


class NoMobileNumber(Refusal):
    message = N_("We have no mobile number of yours to which a password could go.")


class RegistrationOver(Refusal):
    """Too old, or its letter's key was used meanwhile: it begins anew."""

    message = N_("This registration took too long or was finished elsewhere. Please begin again.")
