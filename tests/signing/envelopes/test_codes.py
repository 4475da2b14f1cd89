"""A code signs exactly what was shown, by whoever asked for it, once, within five minutes."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.identity.browsers import Browser
from portal.identity.refusals import ExpiredCode, TooManyCodes, TooSoon, WrongCode
from portal.messaging.tables import Channel, Message
from portal.messaging.values import load
from portal.messaging.wording import sms_text
from portal.refusals import NotFound
from portal.signing.envelopes.accepting import accept
from portal.signing.envelopes.coding import ask_again, ask_code
from portal.signing.envelopes.refusals import AskForACode, ConsentChanged
from portal.signing.tables import Envelope, OrderKind, SigningCode
from tests.people import NOON, Person, a_person
from tests.signing.envelopes.signing import AGREED, PHONE, asks, events, seen_by, told, viewer_of
from tests.signing.people import CHANGE, an_envelope

HALF_A_MINUTE = timedelta(seconds=30)


async def test_the_sms_says_what_is_signed_and_for_how_much(ana: Person) -> None:
    seen, viewer = await seen_by(ana, await an_envelope(ana)), await viewer_of(ana)

    code = await asks(seen, viewer)

    sms = await last_sms(ana)
    text = sms_text(sms.template, sms.language, load(sms.values))
    assert text.startswith(f"{code.digits} je koda za PODPIS podaljsanja vezave za 1319,76 EUR.")
    assert "Ni koda za prijavo" in text
    assert (sms.recipient, sms.is_secret, sms.expires_at) == (code.number, True, NOON + timedelta(minutes=5))


async def test_what_costs_nothing_names_no_amount(ana: Person) -> None:
    envelope = await an_envelope(ana, kind=OrderKind.CHANGE, terms=CHANGE)

    await asks(await seen_by(ana, envelope), await viewer_of(ana))

    sms = await last_sms(ana)
    assert "EUR" not in sms_text(sms.template, sms.language, load(sms.values))


async def test_the_consent_and_the_code_are_evidence_but_not_the_digits(ana: Person) -> None:
    envelope = await an_envelope(ana)

    await asks(await seen_by(ana, envelope), await viewer_of(ana))

    assert (await events(envelope))[-2:] == ["consent_given", "code_sent"]


async def test_asked_twice_in_a_breath_one_sms_goes(ana: Person) -> None:
    seen, viewer = await seen_by(ana, await an_envelope(ana)), await viewer_of(ana)

    first = await asks(seen, viewer)
    second = await asks(seen, viewer, NOON + timedelta(seconds=29))

    assert (first.id, first.counter) == (second.id, second.counter)
    assert (await told(ana, Channel.SMS)).count("signing_code") == 1


async def test_another_code_can_be_sent_after_half_a_minute_and_the_first_counts_no_more(ana: Person) -> None:
    seen, viewer = await seen_by(ana, await an_envelope(ana)), await viewer_of(ana)
    first = await asks(seen, viewer)
    with pytest.raises(TooSoon):
        await ask_again(seen, viewer, PHONE, NOON + timedelta(seconds=29))

    second = await ask_again(seen, viewer, PHONE, NOON + HALF_A_MINUTE)

    with pytest.raises(WrongCode):
        await accept(seen, viewer, first.digits, PHONE, NOON + HALF_A_MINUTE)
    await accept(seen, viewer, second.digits, PHONE, NOON + HALF_A_MINUTE)
    assert (await told(ana, Channel.SMS)).count("signing_code") == 2


async def test_after_five_minutes_it_is_good_for_nothing(ana: Person) -> None:
    seen, viewer = await seen_by(ana, await an_envelope(ana)), await viewer_of(ana)
    code = await asks(seen, viewer)

    with pytest.raises(ExpiredCode):
        await accept(seen, viewer, code.digits, PHONE, NOON + timedelta(minutes=5))

    assert (await seen_by(ana, seen.id)).wrong_codes == 0


async def test_it_works_in_no_other_session(ana: Person) -> None:
    seen = await seen_by(ana, await an_envelope(ana))
    code = await asks(seen, await viewer_of(ana))

    with pytest.raises(AskForACode):
        await accept(seen, await viewer_of(ana), code.digits, PHONE, NOON)


async def test_asking_in_another_session_makes_the_first_one_s_code_worthless(ana: Person) -> None:
    seen, one, other = await seen_by(ana, await an_envelope(ana)), await viewer_of(ana), await viewer_of(ana)
    first = await asks(seen, one)
    await asks(seen, other)

    with pytest.raises(AskForACode):
        await accept(seen, one, first.digits, PHONE, NOON)


async def test_it_signs_no_other_envelope(ana: Person) -> None:
    one, other = await seen_by(ana, await an_envelope(ana)), await seen_by(ana, await an_envelope(ana))
    viewer = await viewer_of(ana)
    code = await asks(one, viewer)

    with pytest.raises(AskForACode):
        await accept(other, viewer, code.digits, PHONE, NOON)


async def test_it_signs_no_other_documents_than_those_it_was_asked_for(ana: Person) -> None:
    """Nobody changes the documents of an envelope; if it ever came to that, nothing would be signed."""
    seen, viewer = await seen_by(ana, await an_envelope(ana)), await viewer_of(ana)
    code = await asks(seen, viewer)
    await Envelope.update({Envelope.documents_sha256: bytes(32)}).where(Envelope.id == seen.id)

    with pytest.raises(AskForACode):
        await accept(seen, viewer, code.digits, PHONE, NOON)

    assert (await seen_by(ana, seen.id)).state == "open"


async def test_it_is_no_good_once_the_login_has_another_number(ana: Person) -> None:
    seen, viewer = await seen_by(ana, await an_envelope(ana)), await viewer_of(ana)
    code = await asks(seen, viewer)
    await SigningCode.update({SigningCode.number: "+38641999999"}).where(SigningCode.id == code.id)

    with pytest.raises(AskForACode):
        await accept(seen, viewer, code.digits, PHONE, NOON)


async def test_a_text_that_is_not_the_latest_is_read_again(ana: Person) -> None:
    seen, viewer = await seen_by(ana, await an_envelope(ana)), await viewer_of(ana)

    with pytest.raises(ConsentChanged):
        await ask_code(seen, viewer, "0", PHONE, NOON)

    assert "signing_code" not in await told(ana, Channel.SMS)


async def test_five_codes_an_hour_are_enough(ana: Person) -> None:
    seen, viewer, at = await seen_by(ana, await an_envelope(ana)), await viewer_of(ana), NOON
    for _ in range(5):
        await ask_code(seen, viewer, AGREED, PHONE, at)
        at += HALF_A_MINUTE

    with pytest.raises(TooManyCodes) as refused:
        await ask_code(seen, viewer, AGREED, Browser("198.51.100.4", ""), at)

    assert refused.value.until == NOON + timedelta(hours=1)


async def test_fifteen_codes_a_day_are_enough(ana: Person) -> None:
    seen, viewer, at = await seen_by(ana, await an_envelope(ana)), await viewer_of(ana), NOON
    for _ in range(15):
        await ask_code(seen, viewer, AGREED, PHONE, at)
        at += timedelta(minutes=13)

    with pytest.raises(TooManyCodes):
        await ask_code(seen, viewer, AGREED, PHONE, at)


async def test_a_stranger_gets_none(ana: Person) -> None:
    seen, stranger = await seen_by(ana, await an_envelope(ana)), await a_person("Ana Novak")

    with pytest.raises(NotFound):
        await asks(seen, await viewer_of(stranger))


async def test_it_goes_to_whoever_signs_not_to_the_number_of_the_order(ana: Person) -> None:
    envelope = await an_envelope(ana, contact_number="+38641888888")

    code = await asks(await seen_by(ana, envelope), await viewer_of(ana))

    assert ana.login is not None
    assert code.number == ana.login.contact_number


async def last_sms(person: Person) -> Message:
    sms = (
        await Message.objects()
        .where(Message.customer == person.customer.id, Message.template == "signing_code")
        .order_by(Message.created_at, ascending=False)
        .first()
    )
    assert sms is not None
    return sms
