"""What sending and deciding a proof of payment says no to."""

from __future__ import annotations

from portal.refusals import N_, Refusal


class NoFile(Refusal):
    status = 400
    message = N_("Choose the file first, then send it.")


class EmptyFile(Refusal):
    status = 400
    message = N_("There is nothing in this file. Save it once more, or take a photo of the proof.")


class NoProof(Refusal):
    """Neither a PDF nor a picture, or damaged, whatever its name says."""

    status = 400
    message = N_("We could not read this file. Send a PDF or a photo (JPEG, PNG); a screenshot is fine too.")


class TooLarge(Refusal):
    status = 413
    message = N_("This file is too large: at most %(megabytes)s MB can be sent. A screenshot of the proof is enough.")


class AlreadySent(Refusal):
    message = N_("We already have this file: you sent it on %(sent_at)s. You need not send it again.")


class TooManyProofs(Refusal):
    status = 429
    message = N_("You have sent several files today. Please send the next one tomorrow, or call us.")


class NothingToProve(Refusal):
    message = N_("All your bills are paid. There is nothing to prove.")


class NoSuchProof(Refusal):
    status = 404
    message = N_("There is no such proof of payment.")


class AlreadyDecided(Refusal):
    message = N_("Somebody has already decided this.")
