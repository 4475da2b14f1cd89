"""What checking a signature says no to."""

from __future__ import annotations

from portal.refusals import N_, Refusal


class NoFile(Refusal):
    status = 400
    message = N_("Choose the PDF first, then check it.")


class TooLarge(Refusal):
    status = 413
    message = N_("This file is too large: at most %(megabytes)s MB can be checked. Our documents are much smaller.")


class TooMany(Refusal):
    status = 429
    message = N_("You have checked many files in a short time. Please try again in a quarter of an hour.")


class Busy(Refusal):
    status = 503
    message = N_("Many people are checking files just now. Please try again in a minute.")
