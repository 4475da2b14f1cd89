"""What a mail server says decides what becomes of a mail: again later, never, or nobody knows."""

from __future__ import annotations

import asyncio

import pytest
import structlog

from portal.messaging.gateways import GatewayUnavailable, MessageRefused
from portal.messaging.smtp_connections import Limits
from tests.mail_server import CUT, HANG, Postbox, Running, mail_server
from tests.messaging.handing_over import ANA, QUICK, a_mail, gateway, outcome


async def test_a_mail_goes_to_one_recipient_from_our_address(running: Running) -> None:
    assert await outcome(gateway(running)) is None

    [(envelope, _)] = running.postbox.taken
    assert (envelope.mail_from, envelope.rcpt_tos) == ("moj@operator.si", [ANA])
    assert running.postbox.mails[0].get_content() == "Pozdravljeni, čšž.\n"


@pytest.mark.parametrize("text", [".", "..\n.\nkonec", "a\n.b\n\n.", ".\n" * 3])
async def test_dots_that_begin_a_line_arrive(running: Running, text: str) -> None:
    await outcome(gateway(running), mail=a_mail(text))

    assert running.postbox.mails[0].get_content().splitlines() == text.splitlines()


@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DATA"])
async def test_a_no_for_now_is_asked_again(running: Running, stage: str) -> None:
    running.postbox.answers = {stage: "451 4.7.1 greylisted, come back"}

    answer = await outcome(gateway(running))

    assert isinstance(answer, GatewayUnavailable)
    assert "451 4.7.1 greylisted" in str(answer)


@pytest.mark.parametrize("stage", ["RCPT", "DATA"])
async def test_a_no_for_ever_ends_it_in_the_servers_words(running: Running, stage: str) -> None:
    running.postbox.answers = {stage: "550 5.1.1 no such user here"}

    answer = await outcome(gateway(running))

    assert isinstance(answer, MessageRefused)
    assert str(answer) == "550 5.1.1 no such user here"


async def test_what_a_server_quotes_of_our_mail_is_not_noted(running: Running) -> None:
    running.postbox.answers = {"DATA": f"554 5.7.1 spam: 'koda 123456' to {ANA} with https://moj.test/sign/abc"}

    answer = await outcome(gateway(running))

    assert str(answer) == "554 5.7.1 spam: 'koda … to … with …"


async def test_a_mail_that_is_too_large_ends(running: Running) -> None:
    running.postbox.answers = {"MAIL": "552 5.3.4 too large"}

    assert isinstance(await outcome(gateway(running)), MessageRefused)


async def test_its_size_is_told_beforehand() -> None:
    async with mail_server(data_size_limit=5_000) as running:
        assert isinstance(await outcome(gateway(running), mail=a_mail("x" * 9_000)), MessageRefused)
        assert await outcome(gateway(running)) is None


@pytest.mark.parametrize(
    ("stage", "words"),
    [("MAIL", "553 5.7.1 sender not allowed"), ("RCPT", "530 5.7.0 authentication required")],
)
async def test_a_no_to_us_keeps_the_mail_and_is_said_aloud(running: Running, stage: str, words: str) -> None:
    running.postbox.answers = {stage: words}

    with structlog.testing.capture_logs() as logs:
        answer = await outcome(gateway(running))

    assert isinstance(answer, GatewayUnavailable)
    assert [(line["log_level"], line["answer"]) for line in logs] == [("error", words)]


@pytest.mark.parametrize(
    "words",
    [
        f"554 5.7.1 <{ANA}>: Relay access denied",
        "554 5.7.1 Service unavailable; Client host [192.0.2.7] blocked using zen.spamhaus.org",
        "550 5.7.1 Unable to relay",
        "553 5.7.1 <moj@operator.si>: Sender address rejected: not owned by user moj",
        "550 5.1.0 <moj@operator.si>: Sender address rejected: User unknown in virtual mailbox table",
        "550 5.1.8 bad sender's system address",
        "553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)",
        "550 relay not permitted",
        "554 Relaying denied",
        "503 5.5.1 need MAIL",
        "503 sender already given",
    ],
)
async def test_what_is_said_at_the_recipient_and_meant_for_us_keeps_the_mail(running: Running, words: str) -> None:
    running.postbox.answers = {"RCPT": words}

    with structlog.testing.capture_logs() as logs:
        answer = await outcome(gateway(running))

    assert isinstance(answer, GatewayUnavailable)
    assert [line["log_level"] for line in logs] == ["error"]


@pytest.mark.parametrize(
    "words",
    [
        "550 5.1.1 no such user",
        f"550 5.1.1 <{ANA}>: Recipient address rejected: User unknown in relay recipient table",
        "550 5.1.10 its domain takes no mail",
        "552 5.2.2 mailbox full",
        "550 5.4.1 Recipient address rejected: Access denied",
        "550 5.0.0 User unknown",
        "501 5.1.3 bad recipient address syntax",
        "550 no",
        "551 not here",
        "552 full",
        "553 no such name",
        "554 no",
    ],
)
async def test_a_no_to_the_recipient_ends_the_mail(running: Running, words: str) -> None:
    running.postbox.answers = {"RCPT": words}

    with structlog.testing.capture_logs() as logs:
        answer = await outcome(gateway(running))

    assert isinstance(answer, MessageRefused)
    assert logs == []


@pytest.mark.parametrize("trouble", [CUT, HANG])
@pytest.mark.parametrize("stage", ["MAIL", "RCPT"])
async def test_silence_before_the_mail_took_nothing(running: Running, stage: str, trouble: str) -> None:
    running.postbox.answers = {stage: trouble}

    assert isinstance(await outcome(gateway(running, limits=QUICK)), GatewayUnavailable)


@pytest.mark.parametrize("trouble", [CUT, HANG, "nonsense", "354 go on"])
async def test_silence_after_the_mail_leaves_it_open(running: Running, trouble: str) -> None:
    running.postbox.answers = {"DATA": trouble}

    answer = await outcome(gateway(running, limits=QUICK))

    assert answer is not None
    assert not isinstance(answer, GatewayUnavailable | MessageRefused)


async def test_a_server_that_is_not_there_is_asked_again() -> None:
    async with mail_server() as gone:
        pass

    assert isinstance(await outcome(gateway(gone)), GatewayUnavailable)


async def test_a_server_that_never_greets_is_asked_again() -> None:
    async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    async with await asyncio.start_server(say_nothing, "127.0.0.1", 0) as silent:
        running = Running(Postbox(), silent.sockets[0].getsockname()[1])
        answer = await outcome(gateway(running, limits=Limits(connecting=0.1)))

    assert isinstance(answer, GatewayUnavailable)
