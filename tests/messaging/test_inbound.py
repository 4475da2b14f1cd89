"""What customers send to our short numbers is acted upon once and answered the same however often we are told."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import datetime, timedelta
from urllib.parse import quote, quote_plus

import httpx
import pytest

from portal import clock
from portal.limits import Counter
from portal.messaging import inbound
from portal.messaging.keywords import KEYWORDS, keyword
from portal.messaging.sending import Told
from portal.messaging.tables import InboundMessage, Message, MessageState
from portal.messaging.wording import sms_text
from tests.kannel_configuration import TOKEN
from tests.people import NOON, a_person
from tests.surroundings import surroundings
from tests.visiting import Visitor

ANA = "+38641555100"
NUMBER = "9999"
HELP = "keyword_help"


class Asked:
    """Who asked, in order, with a keyword of the tests' own."""

    def __init__(self) -> None:
        self.by: list[str] = []
        self.told = Told("reconnected", "sl")
        self.crashes = 0

    async def __call__(self, asked: InboundMessage, at: datetime) -> Told:
        self.by.append(asked.sender)
        await asyncio.sleep(0)
        if self.crashes:
            self.crashes -= 1
            raise RuntimeError("the domain is broken")
        return self.told


@pytest.fixture(autouse=True)
def word(database: str) -> Iterator[Asked]:
    """PREIZKUS to 9999."""
    word = Asked()
    keyword("PREIZKUS", NUMBER)(word)
    with surroundings(SMS_CALLBACK_TOKEN=TOKEN):
        yield word
    del KEYWORDS["PREIZKUS", NUMBER]


async def told(
    visit: Visitor, text: str = "preizkus", *, sender: str = ANA, name: str = "a1", to: str = NUMBER
) -> httpx.Response:
    parameters = {"token": TOKEN, "id": name, "from": sender, "to": to, "charset": "UTF-8", "text": text}
    return await visit.client.get("/sms/inbound", params=parameters)


async def help_text() -> str:
    return sms_text(HELP, "sl", {})


async def test_a_keyword_is_answered_in_kannel_s_form(visit: Visitor, word: Asked) -> None:
    answer = await told(visit)

    [reply] = await Message.objects()
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.text == reply.body == sms_text("reconnected", "sl", {})
    assert answer.headers["x-kannel-coding"] == "2"
    assert answer.headers["x-kannel-dlr-mask"] == "31"
    assert f"message={reply.id}&status=%d" in answer.headers["x-kannel-dlr-url"]
    assert word.by == [ANA]


async def test_a_plain_answer_takes_the_short_alphabet(visit: Visitor, word: Asked) -> None:
    word.told = Told("sign_in_code", "en", {"code": "000000"})

    answer = await told(visit)

    assert "x-kannel-coding" not in answer.headers


async def test_the_answer_stands_among_the_customer_s_messages(visit: Visitor, word: Asked) -> None:
    ana = await a_person("Ana Novak")
    word.told = Told("reconnected", "sl", customer=ana.customer.id)

    with clock.stopped_at(NOON):
        await told(visit)

    [reply], [asked] = await Message.objects(), await InboundMessage.objects()
    assert reply.customer == ana.customer.id
    assert reply.state == MessageState.SENT
    assert reply.recipient == ANA
    assert reply.sent_at == NOON
    assert asked.reply == reply.id
    assert asked.text == "preizkus"


async def test_a_receipt_of_the_answer_is_heard(visit: Visitor) -> None:
    answer = await told(visit)

    address = answer.headers["x-kannel-dlr-url"].replace("%d", "1").replace("%A", "")
    assert (await visit.client.get(address)).status_code == 200

    [reply] = await Message.objects()
    assert reply.state == MessageState.DELIVERED


async def test_told_four_times_it_acts_once_and_says_the_same(visit: Visitor, word: Asked) -> None:
    answers = [await told(visit) for _ in range(4)]

    assert len({(answer.text, answer.headers["x-kannel-dlr-url"]) for answer in answers}) == 1
    assert word.by == [ANA]
    assert await Message.count() == 1


async def test_told_four_times_at_once_it_acts_once_and_says_the_same(visit: Visitor, word: Asked) -> None:
    answers = await asyncio.gather(*(told(visit) for _ in range(4)))

    assert {answer.status_code for answer in answers} == {200}
    assert len({(answer.text, answer.headers["x-kannel-dlr-url"]) for answer in answers}) == 1
    assert word.by == [ANA]
    assert await Message.count() == await InboundMessage.count() == 1


async def test_what_failed_half_way_is_asked_again(visit: Visitor, word: Asked) -> None:
    word.crashes = 1

    assert (await told(visit)).status_code == 500
    assert await InboundMessage.count() == 0

    assert (await told(visit)).status_code == 200
    assert word.by == [ANA, ANA]


@pytest.mark.parametrize("text", ["živjo", "", "PREIZKUS1", "😀", "'; DROP TABLE messages; --", "x" * 2000, "č" * 2000])
async def test_what_we_do_not_know_gets_help(visit: Visitor, text: str) -> None:
    answer = await told(visit, text)

    assert answer.status_code == 200
    assert answer.text == await help_text()


async def test_a_known_word_to_another_number_gets_help(visit: Visitor, word: Asked) -> None:
    assert (await told(visit, to="1111")).text == await help_text()
    assert word.by == []


@pytest.mark.parametrize("sender", ["+38641555100", "38641555100", "0038641555100", "041555100", " 38641555100"])
async def test_a_number_is_known_however_the_gateway_writes_it(visit: Visitor, word: Asked, sender: str) -> None:
    await told(visit, sender=sender)

    assert word.by == [ANA]


@pytest.mark.parametrize(
    "sender", ["", " ", "A1 INFO", "1919", "9443", "+", "anonymous", "A1" * 40, "+386415551001234567"]
)
async def test_who_is_no_telephone_is_not_answered(visit: Visitor, word: Asked, sender: str) -> None:
    for _ in range(2):
        answer = await told(visit, sender=sender)

        assert answer.status_code == 200
        assert answer.content == b""
    assert word.by == []
    assert await Message.count() == 0


def utf16(text: str) -> str:
    return quote(text.encode("utf-16-be"), safe="")


@pytest.mark.parametrize(
    "query",
    [
        f"charset=UTF-8&text={quote('preizkus')}",
        f"text={quote_plus(' Preizkus. ')}",
        f"charset=UTF-16BE&text={utf16('PREIZKUS')}",
        f"charset=utf-16be&coding=2&text={utf16('« preizkus »')}",
        f"charset=windows-1250&text={quote('«preizkus»'.encode('windows-1250'))}",
        "text=preizkus&charset=nonsense&extra=1&extra=2",
        "text=preizkus%00&charset=",
    ],
)
async def test_texts_come_in_many_alphabets_and_orders(visit: Visitor, word: Asked, query: str) -> None:
    answer = await visit.client.get(f"/sms/inbound?{query}&to={NUMBER}&from=%2B38641555100&id=7&token={TOKEN}")

    assert answer.status_code == 200
    assert word.by == [ANA]


@pytest.mark.parametrize(
    "query",
    [
        "text=%FF%FE%C4&charset=UTF-8",
        "text=%D8%3D&charset=UTF-16BE",
        "text=%00&charset=UTF-16BE",
        "text=%FF%FE%00abc&charset=8-BIT",
        "text=%ff&charset=idna",
        "text=%&charset=%",
        "text=a%C4%8D&from=%00%FF",
        "&=&;=&text",
        "text=x&text=y&to=%00",
    ],
)
async def test_nonsense_is_answered_and_never_a_crash(visit: Visitor, query: str) -> None:
    answer = await visit.client.get(f"/sms/inbound?token={TOKEN}&id=7&from=%2B38641555100&to=9443&{query}")

    assert answer.status_code == 200
    assert "\x00" not in answer.text


@pytest.mark.parametrize("name", ["", "i" * 81])
async def test_without_an_id_nothing_is_done(visit: Visitor, word: Asked, name: str) -> None:
    assert (await told(visit, name=name)).status_code == 400
    assert await InboundMessage.count() == 0
    assert word.by == []


async def test_more_parameters_than_anybody_needs_are_not_read(visit: Visitor) -> None:
    answer = await visit.client.get(f"/sms/inbound?token={TOKEN}&{'a=1&' * 5000}id=7")

    assert answer.status_code == 403


async def test_too_many_from_one_number_end_in_silence(visit: Visitor, word: Asked) -> None:
    with clock.stopped_at(NOON):
        answers = [await told(visit, name=f"a{n}") for n in range(inbound.FROM_A_NUMBER.most + 3)]
        other = await told(visit, name="b", sender="+38641555101")
        repeated = await told(visit, name="a0")

    assert [answer.text != "" for answer in answers] == [True] * inbound.FROM_A_NUMBER.most + [False] * 3
    assert {answer.status_code for answer in answers} == {200}
    assert other.text
    assert repeated.text == answers[0].text
    assert len(word.by) == inbound.FROM_A_NUMBER.most + 1

    with clock.stopped_at(NOON + timedelta(hours=1, minutes=1)):
        assert (await told(visit, name="c")).text


@pytest.mark.parametrize("sender", ["+88213001234567", "+38690123456", "+491701234567"])
async def test_numbers_that_somebody_may_earn_from_are_not_answered(visit: Visitor, word: Asked, sender: str) -> None:
    answer = await told(visit, sender=sender)

    assert (answer.status_code, answer.text) == (200, "")
    assert word.by == []


async def test_a_range_of_numbers_ends_in_silence_and_the_next_does_not(database: str) -> None:
    asked = [await inbound.may_ask(f"+3864155{n:04d}", NOON) for n in range(inbound.FROM_A_RANGE.most + 1)]

    assert asked == [True] * inbound.FROM_A_RANGE.most + [False]
    assert await inbound.may_ask("+38641560000", NOON)


async def test_being_told_again_does_not_count(visit: Visitor) -> None:
    for _ in range(inbound.FROM_A_NUMBER.most + 5):
        await told(visit)

    assert {counter.times for counter in await Counter.objects()} == {1}


async def test_a_secret_cannot_be_an_answer(visit: Visitor, word: Asked) -> None:
    word.told = Told("reconnected", "sl", is_secret=True)

    assert (await told(visit)).status_code == 500
    assert await Message.count() == 0


async def test_nothing_of_it_stands_in_the_log(visit: Visitor, capfd: pytest.CaptureFixture[str]) -> None:
    await told(visit, "moja skrivnost 482913")
    await told(visit, "moja skrivnost 482913", sender="A1 INFO", name="a2")

    said = "".join(capfd.readouterr())
    assert "/sms/inbound" in said
    assert not [secret for secret in ("482913", "skrivnost", TOKEN, "41555100") if secret in said]
