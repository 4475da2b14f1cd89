"""The price list: what was ordered, what else is sold that day, and what it costs not to pay."""

from __future__ import annotations

from portal.billing.tables import ChargeKind
from portal.customers.tables import CustomerKind
from portal.dunning.policies import policy_for
from portal.refusals import N_
from portal.services.catalogue import Service
from portal.services.tables import Billed
from portal.signing.papers.amounts import amounts
from portal.signing.papers.blocks import Block, Section, paragraph, section, table
from portal.signing.papers.ordered import Ordered, sort_of
from portal.web.wording import long_date, say

FEES = {
    ChargeKind.RECONNECTION: N_("Reconnection"),
    ChargeKind.SUSPENSION: N_("Temporary suspension"),
    ChargeKind.FINAL_SUSPENSION: N_("Full suspension"),
    ChargeKind.DEFERRAL: N_("Deferral"),
}


def opening(its: Ordered) -> list[str]:
    day = long_date(its.day, its.language)
    return [say(its.language, "Prices in euro with VAT, as they are on %(day)s.", day=day)]


def sections(its: Ordered) -> list[Section | None]:
    language = its.language
    return [
        section(say(language, "Your order"), amounts(its)),
        section(say(language, "Packages"), packages(its)),
        section(say(language, "Services"), services(its)),
        section(say(language, "When bills are not paid"), paragraph(say(language, NOT_PAID)), fees(its)),
    ]


def packages(its: Ordered) -> Block | None:
    language = its.language
    rows = [(package.name, package.monthly.format(language)) for package in its.packages]
    return table([say(language, "Package"), say(language, "Each month")], rows)


def services(its: Ordered) -> Block | None:
    language = its.language
    rows = [(service.name(language), price(service, language)) for service in its.services]
    return table([say(language, "Service"), say(language, "Price")], rows)


def price(service: Service, language: str) -> str:
    amount = service.price.format(language)
    if service.billed == Billed.MONTHLY:
        return say(language, "%(price)s a month", price=amount)
    if service.billed == Billed.ONCE:
        return say(language, "%(price)s each time", price=amount)
    return say(language, "by use") if service.is_charged_by_use else say(language, "free")


def fees(its: Ordered) -> Block | None:
    language = its.language
    policy = policy_for(sort_of(its.kind)[0], CustomerKind(its.customer.kind), its.day)
    rows = [(say(language, FEES[kind]), fee.format(language)) for kind, fee in policy.fees.items()]
    return table([say(language, "Cost"), say(language, "Amount")], rows)


NOT_PAID = N_("Before anything is suspended we remind you, and you have time to pay. Calls to 112 are always possible.")
