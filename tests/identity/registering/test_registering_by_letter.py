"""The welcome letter: customer number and a one-time key, and the number at which its reader wants codes."""

from __future__ import annotations

import re
from datetime import timedelta

from portal.clock import stopped_at
from portal.customers.tables import Customer, PackageKind
from portal.identity.durations import WELCOME_KEY_LIVES
from portal.identity.registering.welcome_keys import new_key
from portal.identity.registering.welcoming import newcomers, welcome
from portal.identity.tables import Access, Login, Password, WelcomeKey
from portal.messaging.printing import print_letters
from portal.messaging.tables import Attachment, Message, MessageState
from portal.messaging.values import load
from portal.signing.tables import OrderKind
from tests.identity.phones import Mailboxes, Phones, is_signed_in
from tests.identity.registering.walking import accept, enter_code, password_at, somebody
from tests.identity.registering.walking import register as by_record
from tests.people import NOON, Person
from tests.signing.people import FIXED, an_envelope
from tests.visiting import Page, Visitor
from tests.working import work_off

MOBILE = "+38640555666"
TYPED = "040 555 666"


async def key_of(person: Person) -> str:
    """The one in the letter that waits for printing."""
    (newcomer,) = await newcomers(person.customer.number)
    await welcome(newcomer, NOON)
    message = (
        await Message.objects().where(Message.template == "welcome").order_by("created_at", ascending=False).first()
    )
    assert message is not None
    return str(load(message.values)["key"])


async def begin(visit: Visitor, number: str, key: str, *, status: int = 200) -> Page:
    page = await visit.get("/register/letter")
    return await visit.submit(page.form, customer_number=number, key=key, status=status)


async def register(visit: Visitor, person: Person, key: str, phones: Phones, number: str = MOBILE) -> Page:
    page = await accept(visit, await begin(visit, person.customer.number, key), number=number)
    return await visit.submit(page.form_to("/register/password"), password=await password_at(phones, number))


async def test_marija_registers_with_the_letter(visit: Visitor, database: str, phones: Phones) -> None:
    marija = await somebody("Marija Kralj")
    with stopped_at(NOON):
        key = await key_of(marija)
        typed = key.lower().replace("-", " ")
        page = await register(visit, marija, typed, phones)
        await enter_code(visit, page, phones, MOBILE)
        assert await is_signed_in(visit)

    await marija.customer.refresh()
    assert (marija.customer.contact_number, marija.customer.contact_number_since) == (MOBILE, NOON)
    (used,) = await WelcomeKey.objects()
    assert used.used_at == NOON


async def test_the_first_number_on_record_is_no_change_so_that_documents_can_be_signed_the_same_day(
    visit: Visitor, database: str, phones: Phones
) -> None:
    marija = await somebody("Marija Kralj")
    await Customer.update({Customer.contact_number: None}).where(Customer.id == marija.customer.id)
    envelope = await an_envelope(marija, kind=OrderKind.FIXED, terms=FIXED, contact_number=None)
    with stopped_at(NOON):
        page = await register(visit, marija, await key_of(marija), phones)
        await enter_code(visit, page, phones, MOBILE)
        consent = await visit.get(f"/documents/{envelope.id}/signature")
        code = await visit.submit(consent.form, agreed="yes")

    assert code.path == f"/documents/{envelope.id}/signature/code"
    await marija.customer.refresh()
    assert marija.customer.contact_number == MOBILE
    assert marija.customer.contact_number_since is None


async def test_the_number_counts_only_once_it_is_proven(visit: Visitor, database: str, phones: Phones) -> None:
    marija = await somebody("Marija Kralj")
    before = marija.customer.contact_number
    with stopped_at(NOON):
        page = await accept(visit, await begin(visit, marija.customer.number, await key_of(marija)), number=MOBILE)
        await visit.submit(page.form_to("/register/password"), password="Kx7mRt92wQ", status=400)

    await marija.customer.refresh()
    assert marija.customer.contact_number == before
    assert not await Login.exists()
    (key,) = await WelcomeKey.objects()
    assert key.used_at is None


async def test_whoever_was_reached_until_now_is_told(
    visit: Visitor, database: str, phones: Phones, mailboxes: Mailboxes
) -> None:
    marija = await somebody("Marija Kralj")
    former = marija.customer.contact_number
    with stopped_at(NOON):
        await register(visit, marija, await key_of(marija), phones)
        await work_off()

    assert "Vaša kontaktna številka" in phones.received[former][-1]
    assert mailboxes.received[str(marija.customer.email)]


async def test_the_key_works_once(visit: Visitor, stranger: Visitor, database: str, phones: Phones) -> None:
    marija = await somebody("Marija Kralj")
    with stopped_at(NOON):
        key = await key_of(marija)
        late = await begin(stranger, marija.customer.number, key)
        await register(visit, marija, key, phones)
        await begin(stranger, marija.customer.number, key, status=400)

        page = await accept(stranger, late, number="+38640555777")
        password = await password_at(phones, "+38640555777")
        over = await stranger.submit(page.form_to("/register/password"), password=password, status=303, follow=False)

    assert over.response.headers["location"] == "/register/record"
    assert await Login.count() == 1
    await marija.customer.refresh()
    assert marija.customer.contact_number == MOBILE


async def test_a_letter_that_lies_about_opens_nothing_once_the_customer_signs_in(
    visit: Visitor, stranger: Visitor, database: str, phones: Phones
) -> None:
    marija = await somebody("Marija Kralj")
    with stopped_at(NOON):
        key = await key_of(marija)
        found = await begin(stranger, marija.customer.number, key)
    with stopped_at(NOON + timedelta(seconds=1)):
        await by_record(visit, marija, phones)
        await begin(stranger, marija.customer.number, key, status=400)
        page = await accept(stranger, found, number=MOBILE)
        password = await password_at(phones, MOBILE)
        await stranger.submit(page.form_to("/register/password"), password=password, status=303, follow=False)

    before = marija.customer.contact_number
    await marija.customer.refresh()
    assert marija.customer.contact_number == before
    assert await Login.count() == 1


async def test_whoever_guesses_at_the_record_does_not_stop_the_letter(
    visit: Visitor, stranger: Visitor, database: str
) -> None:
    marija = await somebody("Marija Kralj")
    with stopped_at(NOON):
        page = await stranger.get("/register")
        for turn in range(10):
            page = await stranger.submit(
                page.form, customer_number=marija.customer.number, tax_number=f"{turn:08d}", status=400
            )
        await begin(visit, marija.customer.number, await key_of(marija))


async def test_a_new_letter_makes_the_former_key_worthless(visit: Visitor, database: str) -> None:
    marija = await somebody("Marija Kralj")
    with stopped_at(NOON):
        former = await key_of(marija)
    with stopped_at(NOON + timedelta(seconds=1)):
        (newcomer,) = await newcomers(marija.customer.number)
        await welcome(newcomer, NOON + timedelta(seconds=1))
        await begin(visit, marija.customer.number, former, status=400)

        assert await print_letters(NOON + timedelta(seconds=2))
    states = {message.state for message in await Message.objects().where(Message.template == "welcome")}
    assert states == {MessageState.EXPIRED, MessageState.PRINTED}


async def test_the_key_ends_after_sixty_days(visit: Visitor, database: str) -> None:
    marija = await somebody("Marija Kralj")
    with stopped_at(NOON):
        key = await key_of(marija)
    with stopped_at(NOON + WELCOME_KEY_LIVES - timedelta(seconds=1)):
        await begin(visit, marija.customer.number, key)
    with stopped_at(NOON + WELCOME_KEY_LIVES):
        await begin(visit, marija.customer.number, key, status=400)


async def test_somebody_elses_key_opens_nothing(visit: Visitor, database: str) -> None:
    marija, jana = await somebody("Marija Kralj"), await somebody("Jana Hribar", tax_number="87654321")
    with stopped_at(NOON):
        key = await key_of(marija)

        page = await begin(visit, jana.customer.number, key, status=400)

    assert "se ne ujemata" in page.text


async def test_after_printing_the_key_stands_on_paper_alone(visit: Visitor, database: str) -> None:
    marija = await somebody("Marija Kralj")
    with stopped_at(NOON):
        await key_of(marija)
    await print_letters(NOON)

    (message,) = await Message.objects()
    assert (message.state, message.values) == (MessageState.PRINTED, "{}")
    assert not message.body
    assert not await Attachment.exists()


async def test_a_login_that_stands_keeps_its_password_and_sees_one_more(
    visit: Visitor, database: str, phones: Phones
) -> None:
    """Its number is typed by whoever has the letter, so nothing is told of it, and nothing of it is reset."""
    ana, marija = await somebody("Ana Kovač", registered=True), await somebody("Marija Kralj", tax_number="87654321")
    assert ana.login is not None
    await Password(login=ana.login.id, hash="$argon2id$kept", set_at=NOON).save()
    with stopped_at(NOON):
        await register(visit, marija, await key_of(marija), phones, ana.customer.contact_number)

    (password,) = await Password.objects()
    assert password.hash == "$argon2id$kept"
    assert await Access.count().where(Access.login == ana.login.id) == 2


async def test_only_fixed_customers_without_a_sign_in_are_written_to(database: str) -> None:
    await somebody("Bojan Kralj", package=PackageKind.MOBILE)
    await somebody("Ana Kovač", registered=True, tax_number="87654321")
    marija = await somebody("Marija Kralj", tax_number="11111111")

    assert [one.number for one in await newcomers()] == [marija.customer.number]
    (newcomer,) = await newcomers()
    await welcome(newcomer, NOON)
    assert not await newcomers()
    assert await newcomers(marija.customer.number)


def test_keys_are_read_aloud_without_mistakes() -> None:
    assert re.fullmatch(r"([2-9A-HJ-NP-TV-Z]{4}-){2}[2-9A-HJ-NP-TV-Z]{4}", new_key())
