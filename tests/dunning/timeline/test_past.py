"""What happened in a case, as its customer reads it on /overdue; what happened to others stays with them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.billing.tables import ChargeKind
from portal.customers.tables import PackageKind
from portal.dunning.case_tables import CaseEvent, Happened, Outcome
from portal.dunning.disputing import decide, dispute
from portal.dunning.proofs.proving import refuse
from portal.dunning.relief_tables import DisputeOutcome
from portal.dunning.view.timeline import story_of
from portal.money import Money
from tests.dunning.case_rows import a_case, a_charge, a_proof, happened
from tests.dunning.timeline.reading import close, in_days, in_english, lines, titles
from tests.people import NOON, TODAY, Person, a_person, signed_in
from tests.visiting import Visitor


async def test_a_step_that_is_being_carried_out_says_so(visit: Visitor, bojan: Person) -> None:
    case = await a_case(bojan, "notice")
    await happened(case, Happened.STEP, TODAY, step="outgoing")

    assert "To se pravkar ureja." in (await visit.get("/overdue")).text


async def test_a_step_that_a_payment_overtook_never_happened(visit: Visitor, bojan: Person) -> None:
    case = await a_case(bojan, "notice")
    await happened(case, Happened.STEP, TODAY, step="outgoing", outcome=Outcome.OVERTAKEN)

    assert "Izklopili smo odhodne storitve" not in (await visit.get("/overdue")).text


async def test_a_proof_waits(visit: Visitor, bojan: Person) -> None:
    case = await a_case(bojan, "outgoing")
    await a_proof(bojan, case)
    await happened(case, Happened.PROOF_SENT, TODAY)

    page = await visit.get("/overdue")

    assert "Vaše potrdilo o plačilu pregledujemo" in page.text
    assert "Poslali ste nam potrdilo o plačilu" in titles(page, "Za vami")


async def test_what_he_objects_to_is_named(visit: Visitor, bojan: Person) -> None:
    await a_case(bojan, "notice", cents=8_645)
    await dispute(bojan.bills[0], Money(6_645), reason="ZAUPNO", opened_by="Nada", at=NOON)

    page = await visit.get("/overdue")

    assert "Vaš ugovor se nanaša na 20,00 €" in page.text
    assert "Vložili ste ugovor zoper račun" in titles(page, "Za vami")
    assert "zaradi zneska 20,00 € ne izklopimo ničesar" in page.text


async def test_a_fixed_connection_without_a_mobile_number_is_told_of_no_sms(visit: Visitor) -> None:
    irena = await a_person("Irena Golob", package=PackageKind.KOMBO)
    await signed_in(visit, irena, at=NOON)
    await a_case(irena, "all", policy="kombo-2")

    page = await visit.get("/overdue")

    assert titles(page, "Za vami") == ["Račun je zapadel", "Poslali smo vam opomin", "Izklopili smo storitve"]
    assert "Začasni izklop: 20,98 € Ponovni priklop: 7,99 €" in page.text


async def test_settled_the_last_time_is_told_in_short(visit: Visitor, bojan: Person) -> None:
    case = await a_case(bojan, "outgoing_and_fixed", days_ago=40)
    await a_charge(bojan, case.id, ChargeKind.SUSPENSION, 2_098, waived=True)
    await a_charge(bojan, case.id, ChargeKind.RECONNECTION, 799)
    await close(case, in_days(-35))

    page = await visit.get("/overdue")

    assert page.one("h1").text == "Nič ni zapadlo"
    assert "Poravnano17. 10. 2026" in page.text
    assert "20,98 €, odpisano" in page.text
    assert "Ponovni priklop7,99 €" in page.text
    assert not page.all(".timeline")


async def test_a_new_case_tells_nothing_of_the_old_one(visit: Visitor, bojan: Person) -> None:
    old = await a_case(bojan, "incoming", days_ago=60)
    await close(old, in_days(-55))
    await a_case(bojan, "reminder")

    page = await visit.get("/overdue")

    assert titles(page, "Za vami") == ["Račun je zapadel", "Poslali smo vam opomin"]


EXPLAINED = {Happened.PROOF_REFUSED, Happened.DISPUTE_UPHELD, Happened.DISPUTE_REJECTED}


@pytest.mark.parametrize(
    ("outcome", "title"),
    [
        (DisputeOutcome.UPHELD, "Vaš ugovor je bil utemeljen"),
        (DisputeOutcome.REJECTED, "Vašemu ugovoru nismo mogli ugoditi"),
    ],
)
async def test_how_an_objection_ended_is_told_with_the_reason_in_full(
    visit: Visitor, bojan: Person, outcome: DisputeOutcome, title: str
) -> None:
    await a_case(bojan, "notice", cents=8_645)
    made = await dispute(bojan.bills[0], Money(6_645), reason="ZAUPNO", opened_by="Nada", at=NOON)
    because = "Zaračunano dvakrat. ".ljust(200, "x")
    await decide(made.id, outcome, because=because, decided_by="Nada", at=NOON + timedelta(minutes=1))

    page = await visit.get("/overdue")

    assert titles(page, "Za vami")[-1] == title
    assert f"Razlog: {because}" in page.text
    assert "ZAUPNO" not in page.text


async def test_why_a_proof_was_refused_is_told_as_it_was_written(visit: Visitor, bojan: Person) -> None:
    proof = await a_proof(bojan, await a_case(bojan, "outgoing"))
    await refuse(proof.id, reason="Znesek <b>100 %(until)s</b> ni viden.", decided_by="Nada", at=NOON)

    page = await visit.get("/overdue")

    assert titles(page, "Za vami")[-1] == "Potrdila o plačilu nismo mogli sprejeti"
    assert "Razlog: Znesek <b>100 %(until)s</b> ni viden." in page.text


@pytest.mark.parametrize("kind", [kind for kind in Happened if kind not in (Happened.STEP, Happened.DELIVERED)])
@pytest.mark.parametrize("language", ["sl", "en"])
async def test_whatever_happens_has_its_words(visit: Visitor, bojan: Person, kind: Happened, language: str) -> None:
    case = await a_case(bojan, "outgoing")
    if language == "en":
        await in_english(bojan)
    before = len(lines(await visit.get("/overdue")))
    await happened(case, kind, TODAY, step="termination" if kind == Happened.REVERSED else None, reason="ZAUPNO")

    page = await visit.get("/overdue")

    assert len(lines(page)) == before + 1
    assert "%(" not in page.text
    assert ("ZAUPNO" in page.text) is (kind in EXPLAINED), "other reasons are written for us"


async def test_the_reason_and_who_decided_stay_with_us(visit: Visitor, bojan: Person) -> None:
    await happened(await a_case(bojan, "outgoing"), Happened.FEE_WAIVED, TODAY, reason="ZAUPNO")
    await CaseEvent.update({CaseEvent.decided_by: "Marija N."}, force=True)

    assert "Marija" not in (await visit.get("/overdue")).text
    story = await story_of(bojan.account)
    assert story is not None
    assert [past.reason for past in story.past if past.reason] == []


async def test_what_happened_to_another_is_not_shown(visit: Visitor, bojan: Person) -> None:
    other = await a_person("Helena Golob")
    await a_case(other, "incoming", cents=7_777)

    page = await visit.get("/overdue")

    assert page.one("h1").text == "Nič ni zapadlo"
    assert "77,77" not in page.text


async def test_anothers_case_is_not_told_beside_ones_own(visit: Visitor, bojan: Person) -> None:
    other = await a_person("Helena Golob")
    await a_case(other, "incoming", cents=7_777)
    await a_case(bojan, "reminder")

    page = await visit.get("/overdue")

    assert titles(page, "Za vami") == ["Račun je zapadel", "Poslali smo vam opomin"]
    assert "77,77" not in page.text


async def test_anothers_last_case_is_not_told_either(visit: Visitor, bojan: Person) -> None:
    other = await a_person("Helena Golob")
    await close(await a_case(other, "incoming", days_ago=60), in_days(-55))

    assert "Nazadnje" not in (await visit.get("/overdue")).text
