"""What signing says no to. Codes have the refusals of signing in (portal.identity.refusals)."""

from __future__ import annotations

from portal.refusals import N_, Refusal
from portal.signing.envelopes.reading import EnvelopeSeen, Standing
from portal.signing.tables import Blocked


class AlreadyDecided(Refusal):
    """Accepted, signed or declined: by a second tap, another tab or another person."""

    message = N_("It was already decided about these documents.")


class TimeIsUp(Refusal):
    message = N_("The 24 hours for signing are over, so these documents can no longer be signed or declined here.")


class IdentificationAwaited(Refusal):
    message = N_("These documents can be signed as soon as your video identification is finished.")


class IdentificationFailed(Refusal):
    message = N_("The video identification did not succeed, so these documents cannot be signed here.")


class AskForACode(Refusal):
    """No code was asked for in this session, or another session has asked since."""

    message = N_("There is no valid code for these documents here. Ask for one first.")


class ConsentChanged(Refusal):
    message = N_("The text that you agree to has changed. Please read it again.")


class TooLateToOpen(Refusal):
    """The order came when its 24 hours were over: no documents are made."""

    message = N_("The 24 hours for signing this order are already over.")


class Stopped(Refusal):
    """Nobody signs or declines it for now; staff knows."""

    status = 403
    blocked: Blocked

    @classmethod
    def because(cls, blocked: Blocked) -> Stopped:
        return STOPPED[blocked]()


class NumberChanged(Stopped):
    blocked = Blocked.NUMBER_CHANGED
    message = N_("Your contact data was changed less than a day ago. For your protection, signing is stopped.")


class SimChanged(Stopped):
    blocked = Blocked.SIM_CHANGED
    message = N_("Your SIM card was exchanged less than a day ago. For your protection, signing is stopped.")


class OtherName(Stopped):
    blocked = Blocked.OTHER_NAME
    message = N_("These documents are made out to another name than your sign-in, so signing is stopped.")


class WrongCodes(Stopped):
    blocked = Blocked.WRONG_CODES
    message = N_("The code was entered wrongly five times. For your protection, signing is stopped.")


STOPPED: dict[Blocked, type[Stopped]] = {one.blocked: one for one in (NumberChanged, SimChanged, OtherName, WrongCodes)}
CLOSED: dict[Standing, type[Refusal]] = {
    Standing.IDENTIFICATION_AWAITED: IdentificationAwaited,
    Standing.IDENTIFICATION_FAILED: IdentificationFailed,
    Standing.EXPIRED: TimeIsUp,
    Standing.ACCEPTED: AlreadyDecided,
    Standing.SIGNED: AlreadyDecided,
    Standing.DECLINED: AlreadyDecided,
}


def refusal_of(seen: EnvelopeSeen, standing: Standing) -> Refusal | None:
    """Why it cannot be signed as it stands; None where it can."""
    if standing == Standing.BLOCKED:
        return Stopped.because(Blocked(str(seen.blocked_as)))
    return CLOSED[standing]() if standing in CLOSED else None
