"""Telling of what was noted: looked at once more, because between the two lies a night, or a correction.

Nobody is told of what is not so any more. That is forgotten then, so that it is told when it comes to be so again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from portal import clock
from portal.customers.quantities import AllowanceKind, amount_of
from portal.customers.tables import CustomerKind
from portal.database import transaction
from portal.failures import passed_over, raise_first
from portal.jobs import enqueue
from portal.messaging.daytime import until_morning
from portal.money import Money
from portal.statements import Statement
from portal.usage.policy import policy
from portal.usage.reaching import Reached, tell
from portal.usage.running import earliest_start
from portal.usage.tables import OnReaching
from portal.usage.warning import ROAMING, SPENDING, order_telling


@dataclass(frozen=True, slots=True)
class News(Reached):
    """A warning that was noted, whom to tell, and what is so by now. Of a contract that has ended nothing is told.

    `kind`, `used`, `included`: of the allowance, if that is what it is about. `is_overtaken`: a higher one was noted.
    """

    id: UUID
    line: UUID
    period_from: date
    about: str
    percent: int
    warned_at: datetime
    is_overtaken: bool
    customer_kind: CustomerKind
    kind: AllowanceKind | None
    used: int | None
    included: int | None
    shared_by: int | None
    spent_cents: int | None
    roaming_cents: int | None
    limit_cents: int | None
    on_reaching: OnReaching | None
    period_to: date | None

    @property
    def is_urgent(self) -> bool:
        return self.percent >= 100 or self.about == ROAMING or self.kind == AllowanceKind.ROAMING_DATA

    @property
    def is_of_money(self) -> bool:
        return self.about in (SPENDING, ROAMING)

    @property
    def is_told_by_block(self) -> bool:
        return self.about == SPENDING and self.percent >= 100 and self.on_reaching == OnReaching.BLOCK

    @property
    def amounts(self) -> tuple[int | None, int | None]:
        """How much, and of how much."""
        if self.about == SPENDING:
            return self.spent_cents, self.limit_cents
        if self.about == ROAMING:
            return self.roaming_cents, policy().roaming.limit.cents
        return self.used, self.included

    def is_still_so(self, today: date) -> bool:
        used, most = self.amounts
        is_running = self.period_to is not None and self.period_to >= today
        return is_running and used is not None and most is not None and used * 100 >= most * self.percent

    @property
    def values(self) -> dict[str, Any]:
        used, most = self.amounts
        assert used is not None, "it is still so"
        assert most is not None, "it is still so"
        if self.is_of_money:
            common = {"is_roaming": self.about == ROAMING, "is_reached": self.percent >= 100}
            return common | {"spent": Money(used), "limit": Money(most)}
        assert self.kind is not None, "an allowance has a kind"
        return {
            "kind": str(self.kind),
            "used": amount_of(self.kind, used, self.language),
            "included": amount_of(self.kind, most, self.language),
            "is_used_up": self.percent >= 100,
            "is_shared": self.shared_by is not None,
            "until": self.period_to,
        }


async def tell_each(warnings: Sequence[UUID], at: datetime) -> None:
    """Each by itself: one that fails holds up no other. Where night fell meanwhile, what can wait waits."""
    today, is_night = clock.day_of(at), until_morning(at) is not None
    news = await NEWS.all(warnings=warnings, today=today, earliest=earliest_start(today))
    waiting = [one.id for one in news if is_night and not one.is_urgent]
    failures: list[Exception] = []
    for one in news:
        if one.id not in waiting:
            with passed_over(failures):
                await tell_of(one, at)
    async with transaction():
        await order_telling(waiting, at)
    raise_first(failures)


async def tell_of(news: News, at: datetime) -> None:
    """Once, however often it is asked for."""
    if not news.is_still_so(clock.day_of(at)):
        await forget(news)
    elif not news.is_overtaken and not news.is_told_by_block:
        async with transaction():
            await tell(
                news,
                "spending_warning" if news.is_of_money else "usage_warning",
                news.values,
                once=f"warning {news.id}",
                who_pays=tells_who_pays(news),
                at=at,
            )


def tells_who_pays(news: News) -> bool:
    """Of roaming only natural persons: a limit on a line the company has asked for, but not every journey's cost."""
    return news.about == SPENDING or (news.about == ROAMING and news.customer_kind == CustomerKind.PERSON)


async def forget(news: News) -> None:
    """With what was noted in the same leap. A lower one of it may still be so, and is then told: in a transaction of
    its own, because an import or a page that notes of the same line might wait for us while we wait for it.
    """
    async with transaction() as connected:
        await connected.execute(FORGET, news.line, news.period_from, news.about, news.warned_at)
        await enqueue("usage.look_again", line=str(news.line))


NEWS = Statement(
    """
    SELECT w.id, w.line, w.period_from, w.about, w.percent, w.warned_at,
           EXISTS (SELECT FROM usage_warnings h WHERE h.line = w.line AND h.period_from = w.period_from
                   AND h.about = w.about AND h.percent > w.percent) AS is_overtaken,
           l.number, l.kind AS line_kind,
           c.id AS customer, c.kind AS customer_kind, c.language, c.contact_number, c.email,
           u.kind, u.used, u.included, u.shared_by, s.spent_cents, s.roaming_cents, m.limit_cents, m.on_reaching,
           coalesce(u.period_to, s.period_to) AS period_to
    FROM usage_warnings w
    JOIN lines l ON l.id = w.line
    JOIN contracts t ON t.id = l.contract AND (t.ended_on IS NULL OR t.ended_on > $2)
    JOIN accounts a ON a.id = l.account
    JOIN customers c ON c.id = a.customer
    LEFT JOIN usage_allowances u ON u.line = w.line AND u.code = w.about AND u.period_from = w.period_from
         AND u.period_from BETWEEN $3 AND $2
    LEFT JOIN usage_spending s ON s.line = w.line AND s.period_from = w.period_from AND s.period_from BETWEEN $3 AND $2
    LEFT JOIN spending_limits m ON m.line = w.line
    WHERE w.id = ANY ($1) ORDER BY w.id
    """,
    News,
    ("warnings", "today", "earliest"),
)
FORGET = """
    DELETE FROM usage_warnings WHERE line = $1 AND period_from = $2 AND about = $3 AND warned_at = $4
"""
