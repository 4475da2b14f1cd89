"""Mail and the password for it travel encrypted, to a server that is who it says, or not at all."""

from __future__ import annotations

import ssl

import pytest
import structlog

from portal.mail_settings import Tls
from portal.messaging.gateways import GatewayUnavailable
from portal.messaging.smtp import SmtpServer
from tests.mail_server import PASSWORD, USER, Running, certificate, mail_server
from tests.messaging.handing_over import gateway, outcome


@pytest.fixture(scope="module")
def trusted(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    return certificate(tmp_path_factory.mktemp("certificate"))


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
