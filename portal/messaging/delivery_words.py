"""What became of a message, in plain words: its state, and the steps that led there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from portal.messaging.tables import Channel, Message, MessageState
from portal.refusals import N_

WRITTEN, SENT, DELIVERED = N_("Written"), N_("Sent"), N_("Delivered")
PRINTED, HANDED_OVER = N_("Printed"), N_("Handed over to the post")


@dataclass(frozen=True, slots=True)
class Delivery:
    """Where a message stands. `tone` as in badge.html; `done`: how many steps of its way lie behind it.

    `awaits`: what the step it has reached waits for, where `word` does not say it. `is_over`: nothing more will come.
    """

    tone: str
    word: str
    done: int
    awaits: str | None = None
    explained: str | None = None
    is_over: bool = False


DELIVERIES = {
    MessageState.QUEUED: Delivery("pending", N_("waiting"), 1),
    MessageState.SENDING: Delivery("pending", N_("waiting"), 1),
    MessageState.UNKNOWN: Delivery(
        "info",
        N_("we do not know for certain whether it arrived"),
        1,
        explained=N_(
            "The connection broke off while it was sent. So that you do not get it twice, we did not send it again."
        ),
        is_over=True,
    ),
    MessageState.SENT: Delivery("info", N_("sent"), 2, awaits=N_("waiting for a confirmation")),
    MessageState.DELIVERED: Delivery("ok", N_("delivered"), 3),
    MessageState.FAILED: Delivery(
        "overdue",
        N_("not delivered"),
        2,
        explained=N_("It could not be delivered. Please check in your profile whether this is how we reach you."),
        is_over=True,
    ),
    MessageState.REFUSED: Delivery(
        "overdue",
        N_("not sent"),
        1,
        explained=N_("It could not be sent there. Please check in your profile whether this is how we reach you."),
        is_over=True,
    ),
    MessageState.EXPIRED: Delivery(
        "due",
        N_("not sent (too late)"),
        1,
        explained=N_("It could not be sent in time, so we did not send it at all."),
        is_over=True,
    ),
    MessageState.PRINTED: Delivery("pending", N_("printed"), 2, awaits=N_("waiting for the post")),
    MessageState.HANDED_OVER: Delivery("ok", N_("handed over to the post"), 3),
}


LETTER_CAME_TO_NOTHING = N_(
    "It could not be sent to your postal address. Please call us, so that we check it together."
)
"""The profile has no postal address that could be looked at there."""


def delivery_of(message: Message) -> Delivery:
    delivery, state = DELIVERIES[MessageState(message.state)], message.state
    if message.channel == Channel.LETTER and state in (MessageState.FAILED, MessageState.REFUSED):
        return replace(delivery, explained=LETTER_CAME_TO_NOTHING)
    return delivery


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the way, for steps.html. `state`: done, now, waiting or failed."""

    title: str
    state: str
    at: datetime | None


def story(message: Message) -> list[Step]:
    """From writing to arriving. After a step that failed, or of which we know nothing, none is still to come."""
    delivery = delivery_of(message)
    steps = [
        Step(title, "done" if number < delivery.done else "waiting", at if number < delivery.done else None)
        for number, (title, at) in enumerate(way_of(message))
    ]
    if delivery.done >= len(steps):
        return steps
    reached = steps[delivery.done]
    stopped = "failed" if delivery.tone in ("overdue", "due") else "now"
    rest = [] if delivery.is_over else steps[delivery.done + 1 :]
    return [*steps[: delivery.done], Step(reached.title, stopped, None), *rest]


def way_of(message: Message) -> list[tuple[str, datetime | None]]:
    """An e-mail that arrives says nothing, so its way ends where it was sent unless we heard more."""
    if message.channel == Channel.LETTER:
        return [(WRITTEN, message.created_at), (PRINTED, None), (HANDED_OVER, message.sent_at)]
    way: list[tuple[str, datetime | None]] = [
        (WRITTEN, message.created_at),
        (SENT, message.sent_at),
        (DELIVERED, message.delivered_at),
    ]
    is_heard_of = message.state in (MessageState.DELIVERED, MessageState.FAILED)
    return way if message.channel == Channel.SMS or is_heard_of else way[:2]
