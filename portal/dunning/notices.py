"""Telling the customer of a step: by SMS or letter, as the policy says and as they can be reached, and by e-mail too.

An e-mail takes the place of neither: a letter takes days, and an SMS has no room for the bills with their references.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from portal import clock
from portal.customers.locking import lock_account
from portal.database import transaction
from portal.dunning.case_tables import DunningCase, Happened, Notice
from portal.dunning.cases import NIGHTLY, note_event, policy_of
from portal.dunning.contacting import Contact, contact_of
from portal.dunning.notice_values import values_of
from portal.dunning.policy import Policy, SmsTo, Step
from portal.dunning.schedule import last_day
from portal.messaging.sending import Told, send_email, send_letter, send_sms
from portal.messaging.tables import Channel

BY_MORNING = timedelta(days=1)
"""A letter is printed at night and posted on the next day."""


async def tell(case: DunningCase, step: Step, *, at: datetime) -> Notice:
    """Note what a step tells and send it, in the running transaction."""
    policy, contact, today = policy_of(case), await contact_of(case.account), clock.day_of(at)
    channels = set(ways(policy, step, contact))
    notice = Notice(
        account=case.account,
        bill=case.bill,
        dunning_case=case.id,
        policy=policy.version,
        step=step.name,
        at=at,
        gives_days=step.gives_days or 0,
        last_day=promised(policy, step, today, by_letter=Channel.LETTER in channels),
    )
    await notice.save()
    for channel in sorted(channels):
        await Telling(case, step, notice, contact).by(channel, at)
    return notice


async def post(notice_id: UUID, *, at: datetime) -> bool:
    """Send a notice by post that did not arrive by SMS. Once, whoever asks."""
    async with transaction() as connected:
        account = await connected.fetchval("SELECT account FROM notices WHERE id = $1", notice_id)
        await lock_account(connected, account)
        notice = await Notice.objects().get(Notice.id == notice_id)
        case = await DunningCase.objects().get(DunningCase.id == (notice.dunning_case if notice else None))
        if notice is None or case is None or notice.posted_at or notice.delivered_on or case.closed_at:
            return False
        policy = policy_of(case)
        step = policy.step(notice.step)
        notice.posted_at = at
        notice.last_day = max(notice.last_day, promised(policy, step, clock.day_of(at), by_letter=True))
        await notice.save()
        await Telling(case, step, notice, await contact_of(case.account)).by(Channel.LETTER, at)
        await note_event(
            case,
            Happened.SENT_BY_POST,
            at=at,
            step=step.name,
            until=notice.last_day,
            reason="the SMS did not arrive",
            decided_by=NIGHTLY,
        )
    return True


def ways(policy: Policy, step: Step, contact: Contact) -> Iterator[Channel]:
    if Channel.SMS in step.tells and reaches(policy, contact):
        yield Channel.SMS
    elif Channel.LETTER in step.tells:
        yield Channel.LETTER
    if Channel.EMAIL in step.tells and contact.email is not None:
        yield Channel.EMAIL


def reaches(policy: Policy, contact: Contact) -> bool:
    """Whether the policy's SMS go to this customer, and one of their numbers takes them."""
    return contact.number is not None and (policy.sms_to == SmsTo.ANYBODY or contact.mobile is not None)


def promised(policy: Policy, step: Step, today: date, *, by_letter: bool) -> date:
    """The last day that the message names: nobody is held to an earlier one."""
    arrives = today + BY_MORNING + timedelta(days=policy.post_days) if by_letter else today
    return last_day(step, arrives)


@dataclass(frozen=True, slots=True)
class Telling:
    """One notice on its way: the same for each channel."""

    case: DunningCase
    step: Step
    notice: Notice
    contact: Contact

    async def by(self, channel: Channel, at: datetime) -> None:
        template = self.step.tells[channel]
        told = Told(
            template,
            self.contact.language,
            await values_of(template, self.case, self.step, self.notice, self.contact),
            customer=self.contact.customer,
            once=f"notice {self.notice.id}",
        )
        await SENDING[channel](told, self.contact, at)


async def by_sms(told: Told, contact: Contact, at: datetime) -> None:
    assert contact.number is not None, "asked before"
    await send_sms(told, contact.number, at=at)


async def by_email(told: Told, contact: Contact, at: datetime) -> None:
    assert contact.email is not None, "asked before"
    await send_email(told, contact.email, at=at)


async def by_letter(told: Told, contact: Contact, at: datetime) -> None:
    await send_letter(told, contact.address, at=at)


SENDING = {Channel.SMS: by_sms, Channel.EMAIL: by_email, Channel.LETTER: by_letter}
