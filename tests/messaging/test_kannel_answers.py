"""What Kannel's answers mean for a message, and that none of its secrets is told by what goes wrong."""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from portal import clock, failures, logs
from portal.messaging.gateways import GatewayUnavailable, MessageRefused, Sms
from portal.messaging.kannel import AnswerLost, KannelGateway, sendsms
from tests.kannel_configuration import PASSWORD, TOKEN, USER
from tests.payments.stand_in import free_port
from tests.surroundings import surroundings

TEXT = "Vaša koda je 482913"
NO_ANSWER, HALF_AN_ANSWER, SILENCE = b"", b"HTTP/1.1 202 Acc", b"silence"


class Answering:
    """A server that gives one and the same answer to everybody."""

    def __init__(self, answer: bytes) -> None:
        self.answer = answer
        self.asked: list[str] = []
        self.connections = 0
        self.port = free_port()
        self.over = asyncio.Event()

    async def meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        with suppress(asyncio.IncompleteReadError):
            while head := await reader.readuntil(b"\r\n\r\n"):
                self.asked.append(head.decode().split(" ")[1])
                if self.answer == SILENCE:
                    await self.over.wait()
                writer.write(self.answer)
                if b"content-length" not in self.answer:
                    break
        writer.close()


def an_answer(status: int, body: str) -> bytes:
    return f"HTTP/1.1 {status} -\r\ncontent-type: text/html\r\ncontent-length: {len(body)}\r\n\r\n{body}".encode()


@asynccontextmanager
async def kannel_answering(answer: bytes) -> AsyncIterator[tuple[KannelGateway, Answering]]:
    stand_in = Answering(answer)
    server = await asyncio.start_server(stand_in.meet, "127.0.0.1", stand_in.port)
    gateway = KannelGateway(sendsms(f"http://127.0.0.1:{stand_in.port}"), USER, PASSWORD)
    gateway.client.timeout = 0.5
    try:
        yield gateway, stand_in
    finally:
        await gateway.close()
        stand_in.over.set()
        server.close()


@pytest.fixture(autouse=True)
def callbacks() -> Iterator[None]:
    """The portal has a token that Kannel knows it by."""
    with surroundings(SMS_GATEWAY_PASSWORD=PASSWORD, SMS_CALLBACK_TOKEN=TOKEN):
        yield


def sms() -> Sms:
    return Sms("+38641555100", TEXT, "Moj A1", "a reference", clock.now() + timedelta(minutes=5, seconds=30))


WRONG_PASSWORD = an_answer(403, "Authorization failed for sendsms")
MEANINGS = {
    "wrong password": (WRONG_PASSWORD, GatewayUnavailable),
    "not routable": (an_answer(403, "Not routable. Do not try again."), MessageRefused),
    "misformed": (an_answer(400, "Charset or body misformed, rejected"), MessageRefused),
    "queue full": (an_answer(503, "Temporal failure, try again later."), GatewayUnavailable),
    "broken": (an_answer(500, "Sending failed."), GatewayUnavailable),
    "another server": (an_answer(200, "It works!"), GatewayUnavailable),
    "another path": (an_answer(404, "<html>Not found</html>"), GatewayUnavailable),
    "a redirect": (an_answer(302, ""), GatewayUnavailable),
    "a proxy's own 400": (
        an_answer(400, "<html>The plain HTTP request was sent to HTTPS port</html>"),
        GatewayUnavailable,
    ),
    "a proxy that waited": (an_answer(504, "Gateway timeout"), AnswerLost),
    "a proxy cut off": (an_answer(502, "Bad gateway"), AnswerLost),
    "cut off": (NO_ANSWER, AnswerLost),
    "cut off in the middle": (HALF_AN_ANSWER, AnswerLost),
    "nonsense": (b"SMTP 220\r\n\r\n", AnswerLost),
    "silence": (SILENCE, AnswerLost),
}


@pytest.mark.parametrize(("answer", "meaning"), MEANINGS.values(), ids=MEANINGS.keys())
async def test_what_an_answer_means(answer: bytes, meaning: type[Exception]) -> None:
    async with kannel_answering(answer) as (gateway, _):
        with pytest.raises(meaning) as caught:
            await gateway.send(sms())

    assert type(caught.value) is meaning


async def test_nobody_there_means_that_nothing_was_taken() -> None:
    async with kannel_answering(NO_ANSWER) as (gateway, stand_in):
        gateway.address = f"http://127.0.0.1:{free_port()}/"

        with pytest.raises(GatewayUnavailable):
            await gateway.send(sms())

    assert stand_in.asked == []


async def test_it_is_asked_as_its_guide_says() -> None:
    async with kannel_answering(an_answer(202, "0: Accepted for delivery")) as (gateway, stand_in):
        await gateway.send(sms())

    [address] = stand_in.asked
    asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query, strict_parsing=True).items()}
    assert urlsplit(address).path == "/cgi-bin/sendsms"
    assert asked == {
        "username": USER,
        "password": PASSWORD,
        "to": "+38641555100",
        "from": "Moj A1",
        "text": TEXT,
        "charset": "UTF-8",
        "coding": "2",
        "validity": "5",
        "dlr-mask": "31",
        "dlr-url": f"https://moj.test/sms/receipt?token={TOKEN}&message=a%20reference&status=%d&reason=%A",
    }
    assert "to=%2B38641555100" in address


async def test_one_connection_serves_many_messages() -> None:
    async with kannel_answering(an_answer(202, "3: Queued for later delivery")) as (gateway, stand_in):
        for _ in range(5):
            await gateway.send(sms())

    assert len(stand_in.asked) == 5
    assert stand_in.connections == 1


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("http://sms:13013", "http://sms:13013/cgi-bin/sendsms"),
        ("http://sms:13013/", "http://sms:13013/cgi-bin/sendsms"),
        ("http://sms:13013/cgi-bin/sendsms", "http://sms:13013/cgi-bin/sendsms"),
        ("https://sms/kannel/send", "https://sms/kannel/send"),
    ],
)
def test_the_gateway_is_named_with_its_path_or_without(url: str, address: str) -> None:
    assert sendsms(url) == address


class Everything(logging.Handler):
    """Whatever any library says, at any level."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(logging.Formatter().format(record))


@pytest.fixture
def everything_said(caplog: pytest.LogCaptureFixture) -> Iterator[Everything]:
    """Logging as in production, but that somebody turned on all there is."""
    logs.silence_libraries()
    root, handler = logging.getLogger(), Everything()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield handler
    root.setLevel(level)
    root.removeHandler(handler)


ANSWERS = MEANINGS | {"accepted": (an_answer(202, "0: Accepted for delivery"), Exception)}


@pytest.mark.parametrize(("answer", "meaning"), ANSWERS.values(), ids=ANSWERS.keys())
async def test_no_secret_is_told_by_logs_or_failures(
    answer: bytes, meaning: type[Exception], everything_said: Everything, capfd: pytest.CaptureFixture[str]
) -> None:
    async with kannel_answering(answer) as (gateway, stand_in):
        told = ""
        try:
            await gateway.send(sms())
        except meaning as failure:
            told = "".join(traceback.format_exception(failure)) + failures.told(failure) + repr(failure)

    said = "\n".join([told, *everything_said.said, *capfd.readouterr()])
    assert stand_in.asked
    assert not [secret for secret in ("482913", "koda", PASSWORD, TOKEN, "password=", "+38641") if secret in said], said


async def test_a_server_that_repeats_what_it_was_asked_is_not_quoted() -> None:
    async with kannel_answering(an_answer(400, f"Bad request /cgi-bin/sendsms?password={PASSWORD}&text=482913")) as (
        gateway,
        _,
    ):
        with pytest.raises(GatewayUnavailable) as caught:
            await gateway.send(sms())

    assert str(caught.value) == "Kannel answers HTTP 400"
