"""Everybody sees what was sent to them and about what is theirs, and nothing of anybody else."""

from __future__ import annotations

from uuid import uuid4

from portal.clock import stopped_at
from portal.identity.tables import Access, Login
from portal.messaging.tables import Attachment
from tests.messaging.inbox import MESSAGES, sent, titles
from tests.people import NOON, Person, a_person, saved, signed_in
from tests.visiting import Visitor


async def test_codes_of_his_sign_in_are_his_alone(his: Visitor, stranger: Visitor, bojan: Person) -> None:
    """Luka shares the account: he sees what was sent about it, and no code of Bojan's."""
    luka = await a_person("Luka Kralj", registered=False)
    luka.login = await saved(Login(contact_number="+38640555444", name="Luka Kralj", created_at=NOON))
    await saved(Access(login=luka.login.id, customer=bojan.customer.id))
    assert bojan.login is not None
    code = await sent(bojan, template="sign_in_code", customer=None, login_id=bojan.login.id, is_secret=True, body=None)
    await sent(bojan)
    await signed_in(stranger, luka, at=NOON)

    assert sorted(titles(await his.get(MESSAGES))) == ["Koda za prijavo", "Obvestilo pred izklopom"]
    assert titles(await stranger.get(MESSAGES)) == ["Obvestilo pred izklopom"]
    await stranger.get(f"{MESSAGES}/{code.id}", status=404)


async def test_a_message_of_his_and_of_his_customer_stands_once(his: Visitor, bojan: Person) -> None:
    assert bojan.login is not None
    await sent(bojan, login_id=bojan.login.id)

    assert len(titles(await his.get(MESSAGES))) == 1


async def test_a_stranger_sees_nothing_and_learns_nothing(stranger: Visitor, bojan: Person) -> None:
    message = await sent(bojan)
    file = await saved(Attachment(message=message.id, name="Pismo.pdf", media_type="application/pdf", content=b"%PDF-"))
    with stopped_at(NOON):
        await signed_in(stranger, await a_person("Maja Strmec"), at=NOON)

        assert "Sporočil še ni" in (await stranger.get(MESSAGES)).text
        theirs = await stranger.get(f"{MESSAGES}/{message.id}", status=404)
        missing = await stranger.get(f"{MESSAGES}/{uuid4()}", status=404)
        await stranger.get(f"{MESSAGES}/files/{file.id}", status=404)

    assert theirs.text == missing.text


async def test_who_acts_for_two_customers_sees_those_of_the_one_looked_at(his: Visitor, bojan: Person) -> None:
    mother = await a_person("Marija Kralj", registered=False)
    assert bojan.login is not None
    await saved(Access(login=bojan.login.id, customer=mother.customer.id))
    await sent(bojan, template="suspended")
    hers = await sent(mother, template="reconnected")
    assert titles(await his.get(MESSAGES)) == ["Storitve so izklopljene"]
    await his.get(f"{MESSAGES}/{hers.id}", status=404)

    page = await his.get("/account")
    await his.submit(page.form_to("/account/choice"), account=str(mother.account.id))

    assert titles(await his.get(MESSAGES)) == ["Storitve so znova vklopljene"]
