"""What a mail server says decides what becomes of a mail: again later, never, or nobody knows."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from email.message import EmailMessage

import pytest
import pytest_asyncio
import structlog

from portal.mail_settings import Tls
from portal.messaging.gateways import GatewayUnavailable, MessageRefused
from portal.messaging.smtp import SmtpServer
from portal.messaging.smtp_connections import Limits
from tests.mail_server import CUT, HANG, PASSWORD, USER, Postbox, Running, certificate, mail_server

ANA = "ana@example.test"
QUICK = Limits(connecting=5, command=0.2, taking=0.2)


@pytest_asyncio.fixture
async def running() -> AsyncIterator[Running]:
    async with mail_server() as running:
        yield running


@pytest.fixture(scope="module")
def trusted(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    return certificate(tmp_path_factory.mktemp("certificate"))


def gateway(running: Running, **options: object) -> SmtpServer:
    return SmtpServer(running.at(), "moj@operator.si", name="moj.test", **options)  # type: ignore[arg-type]


def a_mail(text: str = "Pozdravljeni, čšž.") -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "moj@operator.si", ANA, "Račun"
    mail.set_content(text)
    return mail


async def outcome(to: SmtpServer, address: str = ANA, mail: EmailMessage | None = None) -> Exception | None:
    try:
        await to.send(address, mail or a_mail())
    except Exception as answer:  # noqa: BLE001 - which one it is, is what a test asks
        return answer
    finally:
        await to.close()
    return None


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


async def test_one_connection_brings_many_mails(running: Running) -> None:
    to = gateway(running)
    for _ in range(3):
        await to.send(ANA, a_mail())
    await to.close()

    assert (len(running.postbox.taken), running.postbox.connections) == (3, 1)


async def test_after_a_refusal_the_next_mail_begins_anew(running: Running) -> None:
    to = gateway(running)
    running.postbox.answers = {"DATA": "550 no"}
    with pytest.raises(MessageRefused):
        await to.send(ANA, a_mail())
    running.postbox.answers = {}
    await to.send("bor@example.test", a_mail())
    await to.close()

    assert running.postbox.connections == 2
    assert [envelope.rcpt_tos for envelope, _ in running.postbox.taken] == [["bor@example.test"]]


async def test_a_connection_kept_too_long_is_not_trusted(running: Running) -> None:
    to = gateway(running, limits=Limits(kept=0))
    for _ in range(2):
        await to.send(ANA, a_mail())
    await to.close()

    assert running.postbox.connections == 2


async def test_a_connection_that_the_server_has_closed_is_not_used(running: Running) -> None:
    to = gateway(running)
    await to.send(ANA, a_mail())
    running.postbox.hang_up()
    async with asyncio.timeout(5):
        while any(client.is_connected for _, client in to.connections.kept):  # noqa: ASYNC110 - it tells nobody
            await asyncio.sleep(0)
    await to.send(ANA, a_mail())
    await to.close()

    assert (len(running.postbox.taken), running.postbox.connections) == (2, 2)


async def test_twenty_at_once_share_twelve_connections(running: Running) -> None:
    to = gateway(running)
    await asyncio.gather(*(to.send(ANA, a_mail()) for _ in range(20)))
    await to.close()

    assert len(running.postbox.taken) == 20
    assert running.postbox.connections <= 12


@pytest.mark.parametrize(
    "address", ["ana", "ana@", "ana@a b.si", "a@b.si>\r\nRCPT TO:<c@d.si", "<a@b.si>", "a@b.si, c@d.si", ""]
)
async def test_what_is_no_address_is_refused_before_anybody_is_asked(running: Running, address: str) -> None:
    assert isinstance(await outcome(gateway(running), address), MessageRefused)
    assert running.postbox.connections == 0


async def test_a_domain_with_our_letters_is_written_in_ascii(running: Running) -> None:
    assert await outcome(gateway(running), "ana@žito.si") is None

    assert running.postbox.taken[0][0].rcpt_tos == ["ana@xn--ito-b3a.si"]


async def test_a_mailbox_with_our_letters_needs_a_server_that_knows_them(running: Running) -> None:
    refused = await outcome(gateway(running), "žana@example.test")
    async with mail_server(enable_SMTPUTF8=True) as modern:
        assert await outcome(gateway(modern), "žana@example.test") is None
        [(envelope, _)] = modern.postbox.taken

    assert isinstance(refused, MessageRefused)
    assert "SMTPUTF8" in str(refused)
    assert envelope.rcpt_tos == ["žana@example.test"]
    assert "SMTPUTF8" in envelope.mail_options


async def test_it_signs_in_over_tls(trusted: tuple[ssl.SSLContext, ssl.SSLContext]) -> None:
    server, client = trusted
    async with mail_server(tls_context=server, require_starttls=True, auth_required=True) as running:
        to = SmtpServer(running.at(Tls.OFFERED, USER, PASSWORD), "moj@operator.si", name="moj.test", tls=client)
        assert await outcome(to) is None

    assert running.postbox.signed_in[-1] == (USER, PASSWORD)


async def test_tls_from_the_first_word(trusted: tuple[ssl.SSLContext, ssl.SSLContext]) -> None:
    server, client = trusted
    async with mail_server(from_the_start=server, auth_require_tls=False) as running:
        to = SmtpServer(running.at(Tls.FROM_THE_START, USER, PASSWORD), "moj@operator.si", name="moj.test", tls=client)
        assert await outcome(to) is None

    assert len(running.postbox.taken) == 1


async def test_a_wrong_password_keeps_the_mail_is_said_aloud_and_never_written(
    trusted: tuple[ssl.SSLContext, ssl.SSLContext],
) -> None:
    server, client = trusted
    async with mail_server(tls_context=server, auth_required=True) as running:
        to = SmtpServer(
            running.at(Tls.REQUIRED, USER, "hunter2hunter2"), "moj@operator.si", name="moj.test", tls=client
        )
        with structlog.testing.capture_logs() as logs:
            answer = await outcome(to)

    assert isinstance(answer, GatewayUnavailable)
    assert logs[0]["log_level"] == "error"
    assert "535" in logs[0]["answer"]
    assert "hunter2" not in f"{answer!r} {logs} {to.connections.server!r}"


async def test_a_certificate_that_nobody_vouches_for_stops_the_mail(
    trusted: tuple[ssl.SSLContext, ssl.SSLContext],
) -> None:
    async with mail_server(tls_context=trusted[0]) as running:
        with structlog.testing.capture_logs() as logs:
            answer = await outcome(gateway(running))

    assert isinstance(answer, GatewayUnavailable)
    assert logs[0]["log_level"] == "error"
    assert running.postbox.taken == []


async def test_tls_that_is_required_and_not_offered_stops_the_mail(running: Running) -> None:
    to = SmtpServer(running.at(Tls.REQUIRED), "moj@operator.si", name="moj.test")

    assert isinstance(await outcome(to), GatewayUnavailable)
    assert running.postbox.taken == []


async def test_a_password_is_not_told_in_the_clear_to_another_machine(running: Running) -> None:
    elsewhere = running.at(Tls.OFFERED, USER, PASSWORD, host="127.1")  # leads here, and does not look like it

    answer = await outcome(SmtpServer(elsewhere, "moj@operator.si", name="moj.test"))

    assert isinstance(answer, GatewayUnavailable)
    assert "password is not told" in str(answer)
    assert running.postbox.signed_in == []
