"""What is left, until when, whether it lasts, and what is not known."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from bench.queries import counting
from portal.customers.quantities import AllowanceKind
from portal.customers.tables import Line
from portal.identity.tables import Login
from portal.network.tables import OrderState, ServiceOrder
from portal.usage.age import Age, age_of
from portal.usage.blocking import CHARGEABLE_USE
from portal.usage.tables import OnReaching, SpendingBlock, SpendingLimit
from tests.people import NOON, Person, saved
from tests.usage.measured_ana import allowances, ana
from tests.usage.measurements import GB, MINUTE, SINCE, an_allowance, spending
from tests.visiting import Visitor

__all__ = ["ana"]


async def test_what_is_left_of_how_much_and_until_when(visit: Visitor, ana: Person) -> None:
    await an_allowance(ana.line, used=7_600_000_000, included=20 * GB)

    page = await visit.get("/usage")

    assert page.one("h1").text == "Poraba"
    assert "Na voljo do 30. novembra" in page.text
    assert allowances(page)[0].startswith("Prenos podatkov 12,4 GB še na voljo od 20 GB")
    assert page.one(".allowances [height]").get("width") == "62%"


async def test_it_says_when_it_was_measured_by_the_clock_too(visit: Visitor, ana: Person) -> None:
    await an_allowance(ana.line, at=NOON - timedelta(minutes=4))

    assert "Stanje ob 11.56 (pred 4 min)" in (await visit.get("/usage")).text


async def test_the_oldest_of_what_is_shown_counts(visit: Visitor, ana: Person) -> None:
    await an_allowance(ana.line, at=NOON)
    await spending(ana.line, 0, at=NOON - timedelta(minutes=30))

    assert "pred 30 min" in (await visit.get("/usage")).text


async def test_what_is_stale_is_shown_as_stale_and_foretells_nothing(visit: Visitor, ana: Person) -> None:
    await an_allowance(ana.line, used=15 * GB, at=NOON - timedelta(hours=3))

    page = await visit.get("/usage")

    assert "Podatki niso najnovejši: izmerjeni so bili 21. 11. 2026 ob 9.00." in page.text
    assert "pred 3" not in page.text and "porabljali tako kot doslej" not in page.text


async def test_one_stale_row_among_fresh_ones_says_so_itself(visit: Visitor, ana: Person) -> None:
    await an_allowance(ana.line)
    await an_allowance(ana.line, "calls", kind=AllowanceKind.CALLS, included=None, at=NOON - timedelta(days=2))

    page = await visit.get("/usage")

    data, calls = allowances(page)
    assert "pravkar" in page.text and "ni najnovejši" not in data
    assert "Podatek ni najnovejši: izmerjen je bil 19. 11. 2026 ob 12.00." in calls


async def test_nothing_measured_yet_is_no_zero(visit: Visitor, ana: Person) -> None:
    page = await visit.get("/usage")

    assert "Podatkov še nismo dobili" in page.text
    assert "0,00" not in page.text and " 0 " not in page.one("main").xpath("string()")


async def test_spending_without_a_measurement_is_no_zero(visit: Visitor, ana: Person) -> None:
    await an_allowance(ana.line)

    card = (await visit.get("/usage")).one("aside .card").xpath("string()")

    assert "Podatkov še nismo dobili." in card and "€" not in card


async def test_what_the_package_no_longer_has_is_not_waited_for(visit: Visitor, ana: Person) -> None:
    await an_allowance(ana.line, "calls", kind=AllowanceKind.CALLS, since=date(2026, 10, 1))
    await an_allowance(ana.line, since=date(2026, 10, 1))
    await an_allowance(ana.line)

    assert len(allowances(await visit.get("/usage"))) == 1


async def test_of_what_is_included_nothing_has_come_for_the_new_period(visit: Visitor, ana: Person) -> None:
    await an_allowance(ana.line, since=date(2026, 10, 1))
    await spending(ana.line, 0)

    page = await visit.get("/usage")

    assert "Podatkov o količinah v paketu še nismo dobili." in page.text and not allowances(page)


async def test_the_period_is_over_and_nothing_of_the_new_one_has_come(visit: Visitor, ana: Person) -> None:
    await an_allowance(ana.line, used=5 * GB, since=date(2026, 10, 1))

    page = await visit.get("/usage")

    assert "Zadnje obdobje se je končalo 31. 10. 2026. Podatkov za novo še nismo dobili." in page.text
    assert not allowances(page)


@pytest.mark.parametrize(
    ("used", "said"),
    [
        (10 * GB, "Če boste porabljali tako kot doslej, bo dovolj do konca."),
        (16_500_000_000, "Če boste porabljali tako kot doslej, bo zmanjkalo v sredo, 25. novembra."),
    ],
)
async def test_at_this_pace(visit: Visitor, ana: Person, used: int, said: str) -> None:
    await an_allowance(ana.line, used=used)

    assert allowances(await visit.get("/usage"))[0].endswith(said)


async def test_shared_data_say_how_many_share_and_what_is_hers(visit: Visitor, ana: Person) -> None:
    await an_allowance(ana.line, name_sl="Družinski podatki", used=12 * GB, shared_by=3, own_used=2 * GB, included=None)

    [row] = allowances(await visit.get("/usage"))

    assert "Družinski podatki 12 GB porabljeno, brez omejitve" in row
    assert "Količino si delijo 3 številke. Ta številka je porabila 2 GB." in row


async def test_two_share_in_the_dual(visit: Visitor, ana: Person) -> None:
    await an_allowance(ana.line, shared_by=2)

    assert "Količino si delita 2 številki." in allowances(await visit.get("/usage"))[0]


async def test_an_extra_package_is_a_row_of_its_own_with_its_own_end(visit: Visitor, ana: Person) -> None:
    await an_allowance(ana.line, used=21 * GB)
    await an_allowance(
        ana.line, "extra", name_sl="Dodatni 1 GB", included=GB, since=date(2026, 11, 18), until=date(2026, 11, 24)
    )
    await spending(ana.line, 300)

    main, extra = allowances(await visit.get("/usage"))

    assert main == "Prenos podatkov Vse porabljeno 21 GB od 20 GB"
    assert extra.startswith("Dodatni 1 GB 1 GB še na voljo od 1 GB") and "Velja do 24. novembra." in extra


async def test_minutes_begun_are_used_and_messages_are_counted(visit: Visitor, ana: Person) -> None:
    await an_allowance(ana.line, "calls", kind=AllowanceKind.CALLS, used=61, included=100 * MINUTE)
    await an_allowance(ana.line, "sms", kind=AllowanceKind.MESSAGES, used=98, included=100)

    calls, messages = allowances(await visit.get("/usage"))

    assert calls.startswith("Klici 98 min še na voljo od 100 min")
    assert messages.startswith("Sporočila 2 sporočili še na voljo od 100")


async def test_spending_its_limit_and_what_of_it_was_abroad(visit: Visitor, ana: Person) -> None:
    await spending(ana.line, 1_234, roaming=500)
    await a_limit(ana.line, 2_000)

    page = await visit.get("/usage")

    card = page.one("aside .card").xpath("string()")
    assert all(words in card.replace("\u202f", " ") for words in ("12,34 €", "5,00 €", "20,00 €", "vas obvestimo"))
    assert page.one(f"a[href='/usage/limit?line={ana.line.id}']").text.strip() == "Spremeni omejitev"


@pytest.mark.parametrize(
    ("ordered", "said"),
    [
        (OrderState.CONFIRMED, "Poraba nad paketom je izklopljena"),
        (OrderState.UNKNOWN, "Porabo nad paketom izklapljamo"),
        (OrderState.REFUSED, "Porabe nad paketom nismo mogli izklopiti"),
    ],
)
async def test_at_the_limit_it_is_off_when_the_network_says_so(
    visit: Visitor, ana: Person, ordered: OrderState, said: str
) -> None:
    await spending(ana.line, 2_100)
    await a_limit(ana.line, 2_000, OnReaching.BLOCK)
    await saved(
        SpendingBlock(line=ana.line.id, period_from=SINCE, spent_cents=2_100, limit_cents=2_000, blocked_at=NOON)
    )
    await saved(ServiceOrder(line=ana.line.id, service=CHARGEABLE_USE, is_on=False, state=ordered, asked_at=NOON))

    card = (await visit.get("/usage")).one("aside .card").xpath("string()")

    assert said in card
    assert ("je izklopljena" in card) is (ordered == OrderState.CONFIRMED)


async def a_limit(line: Line, cents: int, reaching: OnReaching = OnReaching.WARN) -> None:
    await SpendingLimit(line=line.id, limit_cents=cents, on_reaching=reaching, set_at=NOON).save()


async def test_a_page_that_stays_open_says_so_when_its_figures_are_old(visit: Visitor, ana: Person) -> None:
    await an_allowance(ana.line, at=NOON - timedelta(minutes=4))

    page = await visit.get("/usage")

    assert page.one("[data-only-after]").get("data-only-after") == str((60 - 4) * 60)
    assert page.one("[data-only-for]").text == "(pred 4 min)"


async def test_in_english(visit: Visitor, ana: Person) -> None:
    await an_allowance(ana.line, name_sl="Podatki", name_en="Data in the EU", used=15 * GB)
    await Login.update({Login.language: "en"}, force=True)

    page = await visit.get("/usage")

    assert allowances(page)[0].startswith("Data in the EU 5 GB still left of 20 GB")
    assert "As of 12:00 (just now)" in page.text


async def test_the_page_asks_the_database_three_times(visit: Visitor, ana: Person) -> None:
    await an_allowance(ana.line)
    await spending(ana.line, 300)
    for path in ("/usage", "/usage?of=spending", "/usage/days", "/usage/items"):
        await visit.get(path)
        with counting() as asked:
            await visit.get(path)
        assert len(asked) == 3, f"{path} sends {len(asked)} statements: the session, the lines and what is shown"


def test_a_clock_that_is_ahead_measured_just_now() -> None:
    assert age_of(NOON + timedelta(minutes=2), NOON) == Age()
