"""What is refused when somebody switches a service."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from portal.refusals import N_, Refusal
from portal.settings import settings


class SwitchRefused(Refusal):
    """`code`: the catalogue's, under which it is remembered where it stops what was planned."""

    code: ClassVar[str] = "other"


class NotOffered(SwitchRefused):
    code = "not_offered"
    message = N_("This service is not available with your package.")


class LineEnded(SwitchRefused):
    code = "ended"
    message = N_("The contract of this line has ended, so its services can no longer be switched.")


class StillChecking(SwitchRefused):
    """The line was never read from the network: nothing is known of it."""

    message = N_("We are just checking how this line is set. Please try again in a minute.")


class BarredForDebts(SwitchRefused):
    """The page shows the amount and the way to pay it."""

    code = "barred"
    message = N_(
        "Some services are off because of unpaid bills. Pay everything that is overdue, and you can switch this on."
    )


class NoSuchNumber(Refusal):
    status = 400
    message = N_("Please enter a whole telephone number, for example 041 234 567.")


class EmergencyNumber(Refusal):
    status = 400
    message = N_("Calls cannot be forwarded to an emergency number.")


class PremiumNumber(Refusal):
    status = 400
    message = N_("Calls cannot be forwarded to a premium-rate number.")


class ForwardedToItself(Refusal):
    status = 400
    message = N_("This is the number of the line itself. Please choose another one.")


class UnknownSetting(Refusal):
    """Nothing that a form of ours sends."""

    status = 400
    message = N_("This setting does not exist. Please choose one of those offered.")


class MostReached(SwitchRefused):
    message = N_("You already have as many as can be bought in one month.")


class LapsesByItself(Refusal):
    message = N_("This package is bought once and ends by itself at the end of the month.")


class PriceChanged(Refusal):
    message = N_("The price has changed since you opened this page. Please look at it again before you confirm.")


class BeginNotAsked(Refusal):
    """Source: ZVPot-1, article 138; Directive 2011/83/EU, articles 7(3) and 8(8)."""

    status = 400
    message = N_("Please confirm that we may begin at once, before the fourteen days for withdrawal are over.")


class StartOutOfRange(Refusal):
    """`first` and `last`: the days it can be put off to."""

    status = 400
    message = N_("We can do it %(first)s at the earliest and %(last)s at the latest.")

    def __init__(self, first: date, last: date) -> None:
        super().__init__(first=first, last=last)


class NotToBePlanned(Refusal):
    """A package counts in the month it is bought in."""

    message = N_("A package begins as soon as you buy it, so it cannot be planned for a later day.")


class PlannedAlready(Refusal):
    """One at a time: which of two plans would count nobody could tell. The page leads to the one that is planned."""

    message = N_("A change that this depends on is already planned. Cancel that one first.")


class StillChanging(Refusal):
    """What is paid for is bought and given back one after another, so that each is charged or spared for itself."""

    message = N_("The change before this one is still under way. Please try again in a moment.")


class CallUsForDocuments(Refusal):
    """No document signing is connected."""

    message = N_("This needs your signature. Call us on %(number)s and we will prepare the documents.")

    def __init__(self) -> None:
        super().__init__(number=settings().portal_care_number)


class TooLateToCancel(Refusal):
    message = N_("It is too late to cancel: the change is already under way or done.")


class NotToBeWithdrawn(Refusal):
    message = N_("The time for withdrawing from this purchase is over, or it was withdrawn from already.")
