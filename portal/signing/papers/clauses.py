"""What a contract and its summary both say: the commitment, how it ends, the right to withdraw, speeds and complaints.

Sources: ZEKom-2 (Directive (EU) 2018/1972, articles 102 and 105; Regulation (EU) 2015/2120, article 4); ZVPot-1
(Directive 2011/83/EU, articles 9 to 14).
"""

from __future__ import annotations

from portal.services.withdrawal_terms import WITHDRAWAL_DAYS
from portal.settings import settings
from portal.signing.papers.amounts import months
from portal.signing.papers.blocks import Block, facts, table
from portal.signing.papers.ordered import Ordered
from portal.web.templating import unbroken
from portal.web.wording import long_date, say


def commitment(its: Ordered) -> Block | None:
    language, terms, until = its.language, its.terms, its.order.committed_until
    length, since, benefit = terms.commitment_months, terms.commitment_from, terms.benefit
    return facts(
        [
            (say(language, "Commitment"), months(length, language) if length else None),
            (say(language, "From"), long_date(since, language) if since else None),
            (say(language, "Until and including"), long_date(until, language) if until else None),
            (say(language, "Benefit"), benefit.what if benefit else None),
            (say(language, "Its value"), benefit.amount.format(language) if benefit else None),
        ]
    )


def early_end(its: Ordered) -> str | None:
    """What is paid back by whoever ends a contract before its commitment."""
    language, terms = its.language, its.terms
    if terms.benefit is None or not its.has_commitment:
        return None
    return say(
        language,
        "If you end the contract before the commitment is over, you pay back a proportional part of the benefit: its "
        "value of %(amount)s, divided by the days of the commitment and multiplied by the days that are left. You "
        "never pay back more than the package would still cost until then.",
        amount=terms.benefit.amount.format(language),
    )


def instalments_left(its: Ordered) -> str | None:
    if not any(equipment.instalments for equipment in its.terms.equipment):
        return None
    return say(its.language, "Instalments of equipment that are not paid yet stay due as agreed.")


def after_commitment(its: Ordered) -> str:
    language = its.language
    if not its.has_commitment:
        return say(
            language,
            "The contract is made for an indefinite time. You can end it whenever you like and free of charge, with "
            "notice of one month at most.",
        )
    return say(
        language,
        "After the commitment the contract goes on for an indefinite time. We tell you in time before that, and which "
        "package suits you best. From then on you can end it whenever you like and free of charge, with notice of one "
        "month at most.",
    )


def withdrawal(its: Ordered) -> list[str]:
    """Of consumers, who order at a distance. Empty for companies."""
    if not its.is_consumer:
        return []
    language, days, ours = its.language, WITHDRAWAL_DAYS, settings()
    where = ", ".join(part for part in (ours.payee, ours.payee_street, ours.payee_city) if part)
    return [
        say(
            language,
            "You ordered at a distance, so you can withdraw within %(days)s days without a reason and at no cost. The "
            "time runs from the day on which the contract is concluded, for equipment from when you get it.",
            days=days,
        ),
        say(
            language,
            "Before it is over, tell us clearly that you withdraw: call %(number)s or write to %(address)s.",
            number=unbroken(ours.portal_care_number),
            address=where,
        ),
        say(
            language,
            "Within %(days)s days after that we pay back what you paid, and you send back the equipment. If a service "
            "began before the time was over because you wished so, you pay only for the days on which you had it.",
            days=days,
        ),
    ]


def speeds(its: Ordered) -> Block | None:
    language, known = its.language, its.terms.speeds
    if known is None:
        return None
    head = [
        say(language, "Direction"),
        say(language, "Minimum"),
        say(language, "Normally available"),
        say(language, "Maximum"),
    ]
    down, up = (
        (known.down_min, known.down_usual, known.down_max),
        (known.up_min, known.up_usual, known.up_max),
    )
    return table(
        head,
        [
            (say(language, "Towards you"), *(megabits(speed, language) for speed in down)),
            (say(language, "From you"), *(megabits(speed, language) for speed in up)),
        ],
    )


def megabits(speed: int, language: str) -> str:
    grouped = f"{speed:,}"
    return f"{grouped if language == 'en' else grouped.replace(',', '.')}\u00a0Mbit/s"


def remedies(its: Ordered) -> str | None:
    if its.terms.speeds is None:
        return None
    return say(
        its.language,
        "If the speed is continuously or again and again below what is agreed, tell us. Until we have put it right you "
        "are entitled to a lower price; if we do not put it right, you can end the contract at no cost.",
    )


def complaints(its: Ordered) -> str:
    return say(
        its.language,
        "If you do not agree with a bill or with something we did, call %(number)s or write to us. We answer in "
        "writing. If you do not agree with the answer, or get none within the time that the law sets, you can take the "
        "dispute to AKOS, the agency for communication networks and services.",
        number=unbroken(settings().portal_care_number),
    )


def help_for_disabilities(its: Ordered) -> str:
    return say(
        its.language,
        "The portal, bills and these documents can be read by a screen reader, enlarged and used by keyboard alone; "
        "everything that we say can be had in writing. If you need them in another form, call %(number)s.",
        number=unbroken(settings().portal_care_number),
    )
