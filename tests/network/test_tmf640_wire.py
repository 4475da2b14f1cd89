"""Whatever the wire does to an answer, nothing is believed, followed, unpacked or waited for without an end."""

from __future__ import annotations

import asyncio
import ssl
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from structlog.testing import capture_logs

from portal.network.port import NetworkTimeout
from portal.network.tables import OPEN, Setting
from portal.network.tmf640.adapter import Tmf640Network
from portal.network.tmf640.api import Api, Patience
from tests.network import tmf640_server as tmf640
from tests.network.tmf640_server import Manner, Tmf640Server, answers

LINE = "+38641000001"


async def order(adapter: Tmf640Network) -> str | None:
    return await adapter.switch(LINE, "roaming", Setting(True), "1")


async def test_a_redirect_is_not_followed(server: Tmf640Server, adapter: Tmf640Network) -> None:
    """Neither to elsewhere nor within: it would lead the order and the token astray."""
    server.connect(LINE, "roaming")
    for status in (301, 302, 303, 307, 308):
        server.orders = server.questions = answers(status, {}, Location=f"{server.base}/service/1")
        with pytest.raises(NetworkTimeout):
            await order(adapter)
        with pytest.raises(NetworkTimeout):
            await adapter.profile_of(LINE)

    assert len(server.asked) == 10


GARBAGE = [b"", b"{", b"\xff\xfe", b"null", b"[]", b"<html>", b'"service"', b"1", b"[" * 100_000, b'{"id": "another"}']


@pytest.mark.parametrize("raw", GARBAGE)
async def test_a_yes_without_the_service_is_unknown(server: Tmf640Server, adapter: Tmf640Network, raw: bytes) -> None:
    server.orders = server.questions = answers(200, raw=raw)

    with pytest.raises(NetworkTimeout):
        await order(adapter)
    with pytest.raises(NetworkTimeout):
        await adapter.profile_of(LINE)


@pytest.fixture
def impatient(server: Tmf640Server) -> Tmf640Network:
    return Tmf640Network(Api(server.base, server.token, Patience(connect=5, read=0.2, whole=0.4)))


@pytest.mark.parametrize("manner", [tmf640.dumb, tmf640.dripping, tmf640.endless, tmf640.silent])
async def test_an_answer_without_an_end_is_left(server: Tmf640Server, impatient: Tmf640Network, manner: Manner) -> None:
    server.connect(LINE, "roaming")
    server.orders = server.questions = manner

    async with asyncio.timeout(5):
        with pytest.raises(NetworkTimeout):
            await order(impatient)
        with pytest.raises(NetworkTimeout):
            await impatient.services_of(LINE)

    await impatient.close()


async def test_an_answer_that_is_too_large_is_not_read(server: Tmf640Server, adapter: Tmf640Network) -> None:
    server.connect(LINE, "roaming")
    server.orders = answers(200, raw=b'{"id": "' + b"x" * (1024 * 1024) + b'"}')

    with pytest.raises(NetworkTimeout, match="more than 1048576 bytes"):
        await order(adapter)


async def test_a_packed_answer_is_not_unpacked(server: Tmf640Server, adapter: Tmf640Network) -> None:
    server.connect(LINE, "roaming")
    server.orders = answers(200, {"id": f"{LINE}.roaming"}, Content_Encoding="gzip")

    assert await order(adapter) is None
    assert server.asked[0].headers["accept-encoding"] == "identity"


async def test_an_order_given_up_leaves_its_connection_whole(server: Tmf640Server, adapter: Tmf640Network) -> None:
    server.connect(LINE, "roaming")
    server.orders = tmf640.dumb
    for _ in range(30):
        waiting = asyncio.create_task(order(adapter))
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)

    server.orders = tmf640.at_once
    assert await order(adapter) is None


async def test_a_network_that_is_not_there_is_unknown() -> None:
    network = Tmf640Network(Api("http://127.0.0.1:1/v4"))

    with pytest.raises(NetworkTimeout, match="ConnectError"):
        await order(network)

    await network.close()


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """Self-signed, with its key, for 127.0.0.1."""
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    made = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    named = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run([*made, *named, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    certificate.write_text(certificate.read_text() + key.read_text())
    return certificate


@pytest_asyncio.fixture
async def over_tls(certificate: Path) -> AsyncIterator[Tmf640Server]:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    server = Tmf640Server()
    await server.open(context)
    yield server
    await server.close()


async def test_a_network_that_is_not_who_it_says_is_told_nothing(over_tls: Tmf640Server) -> None:
    network = Tmf640Network(Api(over_tls.base, over_tls.token))

    with pytest.raises(NetworkTimeout, match="TLS: self-signed certificate"), capture_logs() as logged:
        await network.apply(LINE, OPEN, "1")

    assert [entry["log_level"] for entry in logged] == ["error"]
    assert over_tls.asked == []
    await network.close()


async def test_a_network_by_an_authority_that_this_machine_trusts_is_trusted(
    over_tls: Tmf640Server, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    over_tls.connect(LINE)
    network = Tmf640Network(Api(over_tls.base, over_tls.token))

    assert await network.profile_of(LINE) == OPEN

    await network.close()
