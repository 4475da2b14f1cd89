"""Why a suspension is not put off now, each in the customer's words. `reason` is what machines are told."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import ClassVar

from portal.money import Money
from portal.refusals import N_, Refusal


class Reason(StrEnum):
    NOTHING_OVERDUE = "nothing_overdue"
    COMPANY = "company"
    NOT_OFFERED = "not_offered"
    RUNNING = "running"
    PAYMENT_UNDER_WAY = "payment_under_way"
    SUSPENDED = "suspended"
    USED_IN_THIS_CASE = "used_in_this_case"
    NEW_CUSTOMER = "new_customer"
    NOT_WARNED = "not_warned"
    USED_RECENTLY = "used_recently"
    ENDED = "ended"


class NotPutOff(Refusal):
    """`from_on`: the first day on which it will be possible, where that can be said."""

    reason: ClassVar[Reason]
    from_on: date | None = None


class NothingOverdue(NotPutOff):
    reason = Reason.NOTHING_OVERDUE
    message = N_("Nothing of yours is overdue, so there is nothing to put off.")


class NaturalPersonsOnly(NotPutOff):
    reason = Reason.COMPANY
    message = N_("A deferral is for natural persons only.")


class NotOffered(NotPutOff):
    reason = Reason.NOT_OFFERED
    message = N_("For your package a deferral is agreed with an adviser.")


class AlreadyRuns(NotPutOff):
    """Whoever asks once more is told of it as of a grant. `fee`: None where it was free."""

    reason = Reason.RUNNING
    message = N_("A deferral is granted already. It ends %(until)s.")

    def __init__(self, until: date, fee: Money | None = None) -> None:
        super().__init__(until=until)
        self.until = until
        self.fee = fee


class PaymentUnderWay(NotPutOff):
    """`payment`: the attempt that waits for the bank; None where an accepted proof says that the money is coming."""

    reason = Reason.PAYMENT_UNDER_WAY
    message = N_("Your payment is on its way. Nothing will be switched off meanwhile, so you need no deferral.")

    def __init__(self, payment: object = None) -> None:
        super().__init__()
        self.payment = payment


class TooLate(NotPutOff):
    reason = Reason.SUSPENDED
    message = N_("A deferral was possible only until services were switched off.")


class UsedInThisCase(NotPutOff):
    reason = Reason.USED_IN_THIS_CASE
    message = N_("These bills were put off once already.")


class NewCustomer(NotPutOff):
    """`missing`: how many bills are still to be paid before the first deferral."""

    reason = Reason.NEW_CUSTOMER
    message = N_("New customers can ask for a deferral once %(needed)s bills are paid.")

    def __init__(self, needed: int, missing: int) -> None:
        super().__init__(needed=needed)
        self.needed = needed
        self.missing = missing


class NotWarned(NotPutOff):
    reason = Reason.NOT_WARNED
    message = N_("A deferral is possible once you have got our SMS before services are switched off.")

    def __init__(self, from_on: date | None = None) -> None:
        super().__init__()
        self.from_on = from_on


class UsedRecently(NotPutOff):
    reason = Reason.USED_RECENTLY
    message = N_("Your last deferral was not long ago. The first day for another one comes %(day)s.")

    def __init__(self, from_on: date) -> None:
        super().__init__(day=from_on)
        self.from_on = from_on


class ContractEnded(NotPutOff):
    """After the end of the contract there is nothing to keep on."""

    reason = Reason.ENDED
    message = N_("The contract has ended, so a deferral is no longer possible.")


class DayOutside(Refusal):
    """A longer deferral than an adviser may grant, or one that is over already."""

    message = N_("Choose a day between the first and the last that are possible.")

    def __init__(self, first: date, last: date) -> None:
        super().__init__()
        self.first = first
        self.last = last


class AlreadyAsked(Refusal):
    message = N_("We have your request already. We will answer it soon.")


class NotWaiting(Refusal):
    """Withdrawn or decided meanwhile."""

    message = N_("This request is not waiting any more.")


class AskedTooOften(Refusal):
    status = 429
    message = N_("You have asked several times today. Please call us.")
