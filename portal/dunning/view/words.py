"""A timeline in the customer's words: short, without blame. All are msgids; places are `%(until)s`, `%(amount)s`
and `%(reason)s`.
"""

from __future__ import annotations

from typing import NamedTuple

from portal.dunning.case_tables import Happened
from portal.dunning.view.outlook import Bars, Move, Rung
from portal.dunning.view.timeline import Past
from portal.refusals import N_


class Words(NamedTuple):
    """`text` may be empty; `%(until)s` stands in it only where an event has a last day."""

    title: str
    text: str = ""


TIME_TO_PAY = N_("Time to pay: up to and including %(until)s.")
NOT_BEFORE_IT_ARRIVES = N_("We are waiting for word that it has reached you. Nothing is switched off before that.")
BEING_DONE = N_("This is being done now.")
REASON = N_("Reason: %(reason)s")

BARRED = {
    Bars.OUTGOING: Words(N_("We switched outgoing services off")),
    Bars.INCOMING: Words(N_("We switched incoming services off too")),
    Bars.FIXED: Words(N_("We switched the fixed connection off too")),
    Bars.ALL: Words(N_("We switched services off")),
    Bars.NOTHING: Words(N_("The price of reconnection went up")),
}
TAKEN = {
    Rung.REMINDER: Words(N_("We sent you a reminder")),
    Rung.NOTICE: Words(N_("We told you that services may be switched off")),
    Rung.TERMINATION: Words(N_("The contract has ended")),
    Rung.DEMAND: Words(N_("We sent you a final demand")),
    Rung.AGENCY: Words(N_("We handed the debt over to collection")),
    Rung.ENFORCEMENT: Words(N_("We handed the debt over to enforcement")),
}
EVENTS = {
    Happened.OPENED: Words(N_("A bill became overdue")),
    Happened.SENT_BY_POST: Words(
        N_("We wrote to you by post"), N_("The SMS did not get through, so a letter is on its way.")
    ),
    Happened.SUSPENDED_AGAIN: Words(
        N_("Services were switched off again"), N_("The payment that we were waiting for has not arrived.")
    ),
    Happened.RECONNECTED: Words(N_("Services were switched on again")),
    Happened.DEFERRED: Words(
        N_("We put the suspension off"), N_("Nothing is switched off up to and including %(until)s.")
    ),
    Happened.DEFERRAL_ENDED: Words(N_("The deferral ended")),
    Happened.DISPUTED: Words(
        N_("You objected to a bill"), N_("While we look into it, nothing is switched off for %(amount)s.")
    ),
    Happened.DISPUTE_UPHELD: Words(N_("You were right in your objection"), REASON),
    Happened.DISPUTE_REJECTED: Words(N_("We could not uphold your objection"), REASON),
    Happened.PROOF_SENT: Words(N_("You sent us a proof of payment"), N_("We look at each one ourselves.")),
    Happened.PROOF_ACCEPTED: Words(
        N_("We accepted your proof of payment"), N_("We wait for the money up to and including %(until)s.")
    ),
    Happened.PROOF_REFUSED: Words(N_("We could not accept the proof of payment"), REASON),
    Happened.PROOF_LAPSED: Words(N_("The money has not arrived yet"), N_("So we count the days again.")),
    Happened.FEE_WAIVED: Words(N_("We took a fee off"), N_("You do not pay %(amount)s.")),
    Happened.REVERSED: Words(N_("We took a step back")),
    Happened.COUNTED_ANEW: Words(
        N_("The oldest bill was paid"), N_("Thank you. From now on days count from the next one.")
    ),
    Happened.SETTLED: Words(N_("Everything was settled"), N_("Thank you.")),
}
TAKEN_BACK = {
    Rung.TERMINATION: Words(N_("We cancelled the end of the contract")),
    Rung.AGENCY: Words(N_("We cancelled the handover to collection")),
    Rung.ENFORCEMENT: Words(N_("We cancelled the handover to enforcement")),
}

BARS_AHEAD = {
    Bars.OUTGOING: Words(
        N_("Outgoing services are switched off"),
        N_("You can still receive calls in Slovenia and text messages; 112 always works."),
    ),
    Bars.INCOMING: Words(
        N_("Incoming services are switched off too"), N_("Our help numbers and 112 can still be called.")
    ),
    Bars.FIXED: Words(N_("The fixed connection is switched off too")),
    Bars.ALL: Words(N_("Services are switched off")),
    Bars.NOTHING: Words(N_("The price of reconnection goes up"), N_("Nothing more is switched off.")),
}
AHEAD = {
    Rung.REMINDER: Words(N_("You get a reminder")),
    Rung.NOTICE: Words(
        N_("We tell you before anything is switched off"), N_("After that you still have a few days to pay.")
    ),
    Rung.TERMINATION: Words(
        N_("The contract ends"),
        N_("Everything unpaid then falls due, and if you are bound, so does the benefit you received."),
    ),
    Rung.DEMAND: Words(N_("You get a final demand"), N_("A letter with all that is unpaid and a last day to pay it.")),
    Rung.AGENCY: Words(N_("Handover to collection"), N_("From then on a collection agency writes to you.")),
    Rung.ENFORCEMENT: Words(
        N_("Handover to enforcement"), N_("A court then decides on it, which brings further costs.")
    ),
}


def words_of(past: Past) -> Words:
    if past.what == Happened.STEP:
        return of_step(past)
    if past.what == Happened.REVERSED:
        return TAKEN_BACK.get(past.rung, EVENTS[past.what]) if past.rung else EVENTS[past.what]
    words = EVENTS[past.what]
    values = {"%(until)s": past.until, "%(amount)s": past.amount, "%(reason)s": past.reason}
    is_complete = all(value for place, value in values.items() if place in words.text)
    return words if is_complete else Words(words.title)


def of_step(past: Past) -> Words:
    assert past.rung is not None, "a step has one"
    title = BARRED[past.bars].title if past.rung in BARRING else TAKEN[past.rung].title
    if past.is_under_way:
        return Words(title, NOT_BEFORE_IT_ARRIVES if past.rung == Rung.NOTICE else BEING_DONE)
    return Words(title, TIME_TO_PAY if past.until else "")


BARRING = {Rung.SUSPENSION, Rung.STEP}


def words_ahead(move: Move) -> Words:
    return BARS_AHEAD[move.bars] if move.rung in BARRING else AHEAD[move.rung]
