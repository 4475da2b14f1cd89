"""Mails share connections to the server, and none that cannot be trusted."""

from __future__ import annotations

import asyncio

import pytest

from portal.messaging.gateways import MessageRefused
from portal.messaging.smtp_connections import Limits
from tests.mail_server import Running
from tests.messaging.handing_over import ANA, a_mail, gateway


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
