"""Two taps, two tabs and two browsers have one outcome."""

from __future__ import annotations

import asyncio

from portal.clock import stopped_at
from portal.customers.tables import Customer
from portal.identity.registering import accepting, finishing, terms
from portal.identity.registering.refusals import RegistrationOver
from portal.identity.tables import Access, Login, Password, RegisteredBy, Registration, WelcomeKey
from portal.refusals import Refusal
from tests.identity.phones import Phones
from tests.identity.registering.test_registering_by_letter import MOBILE, key_of
from tests.identity.registering.test_registering_by_letter import begin as begin_by_letter
from tests.identity.registering.walking import accept, begin, password_at, somebody
from tests.people import NOON
from tests.visiting import Visitor
from tests.working import work_off

ADDRESS = "203.0.113.7"


async def test_twenty_taps_on_send_send_one_password(visit: Visitor, database: str, phones: Phones) -> None:
    eva = await somebody()
    with stopped_at(NOON):
        await begin(visit, eva)
    (registration,) = await Registration.objects()
    version = terms.current().version

    with stopped_at(NOON):
        answers = await asyncio.gather(
            *(accepting.accept(registration, eva.customer, None, version, NOON) for _ in range(20)),
            return_exceptions=True,
        )
        await work_off()

    await registration.refresh()
    assert registration.sendings == 1
    assert len(phones.received[eva.customer.contact_number]) == 1
    assert not [answer for answer in answers if isinstance(answer, Exception) and not isinstance(answer, Refusal)]


async def test_five_tabs_with_the_right_password_make_one_login(visit: Visitor, database: str, phones: Phones) -> None:
    eva = await somebody()
    with stopped_at(NOON):
        await accept(visit, await begin(visit, eva))
        password = await password_at(phones, eva.customer.contact_number)
        (registration,) = await Registration.objects()

        answers = await asyncio.gather(
            *(finishing.finish(registration, password, "sl", ADDRESS, at=NOON) for _ in range(5)),
            return_exceptions=True,
        )

    assert [type(answer) for answer in answers if answer is not None] == [RegistrationOver] * 4
    assert (await Login.count(), await Access.count(), await Password.count()) == (1, 1, 1)


async def test_a_second_tab_goes_on_where_the_first_one_is(visit: Visitor, database: str, phones: Phones) -> None:
    eva = await somebody()
    page = await accept(visit, await begin(visit, eva))
    password = await password_at(phones, eva.customer.contact_number)
    await visit.submit(page.form_to("/register/password"), password=password)

    again = await visit.submit(page.form_to("/register/password"), password=password)

    assert again.path == "/sign-in/code"
    assert await Login.count() == 1


async def test_two_browsers_that_register_one_customer_make_one_login(
    visit: Visitor, stranger: Visitor, database: str, phones: Phones
) -> None:
    eva = await somebody()
    number = eva.customer.contact_number
    pages = []
    for browser in (visit, stranger):
        page = await accept(browser, await begin(browser, eva))
        pages.append((browser, page, await password_at(phones, number)))

    for browser, page, password in pages:
        arrived = await browser.submit(page.form_to("/register/password"), password=password)
        assert arrived.path == "/sign-in/code"

    assert (await Login.count(), await Access.count(), await Password.count()) == (1, 1, 1)


async def test_one_letter_in_two_browsers_lets_one_number_in(
    visit: Visitor, stranger: Visitor, database: str, phones: Phones
) -> None:
    marija = await somebody("Marija Kralj")
    numbers = (MOBILE, "+38640555777")
    with stopped_at(NOON):
        key = await key_of(marija)
        for browser, number in zip((visit, stranger), numbers, strict=True):
            await accept(browser, await begin_by_letter(browser, marija.customer.number, key), number=number)
        passwords = {number: await password_at(phones, number) for number in numbers}
        registrations = await Registration.objects().where(Registration.by == RegisteredBy.LETTER)
        answers = await asyncio.gather(
            *(finishing.finish(one, passwords[one.number], "sl", ADDRESS, at=NOON) for one in registrations),
            return_exceptions=True,
        )

    assert [type(answer) for answer in answers if answer is not None] == [RegistrationOver]
    (login,) = await Login.objects()
    await marija.customer.refresh()
    assert marija.customer.contact_number == login.contact_number
    assert await WelcomeKey.count().where(WelcomeKey.used_at.is_not_null()) == 1


async def test_a_number_that_staff_corrected_meanwhile_lets_nobody_in(
    visit: Visitor, database: str, phones: Phones
) -> None:
    eva = await somebody()
    page = await accept(visit, await begin(visit, eva))
    password = await password_at(phones, eva.customer.contact_number)
    await Customer.update({Customer.contact_number: MOBILE}, force=True)

    over = await visit.submit(page.form_to("/register/password"), password=password, status=303, follow=False)

    assert over.response.headers["location"] == "/register/record"
    assert not await Login.exists()


async def test_another_number_is_sent_to_at_once_and_the_first_ones_password_is_dead(
    visit: Visitor, database: str, phones: Phones
) -> None:
    marija = await somebody("Marija Kralj")
    with stopped_at(NOON):
        page = await begin_by_letter(visit, marija.customer.number, await key_of(marija))
        await accept(visit, page, number="+38640555777")
        mistyped = await password_at(phones, "+38640555777")
        page = await accept(visit, await visit.get("/register/record"), number=MOBILE)
        page = await visit.submit(page.form_to("/register/password"), password=mistyped, status=400)

        await visit.submit(page.form_to("/register/password"), password=await password_at(phones, MOBILE))

    (login,) = await Login.objects()
    assert login.contact_number == MOBILE
