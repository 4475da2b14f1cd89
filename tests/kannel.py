"""The real gateway for tests: Kannel's bearerbox and smsbox as `deploy/kannel.conf` sets them up, on loopback.

Behind it stands Kannel's own stand-in for an SMS centre with its telephones, `fakesmsc`, in place of the operator's.
It takes everything, says so by a receipt, and writes down what arrived.
"""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote_from_bytes, urlsplit

import httpx
import pytest
from granian.constants import Interfaces
from granian.server.embed import Server

from app import create_app
from portal.messaging import gateways
from portal.messaging.kannel import KannelGateway
from portal.messaging.segments import is_gsm7
from portal.settings import settings
from tests.kannel_configuration import ADMIN, PASSWORD, TOKEN, USER, configuration
from tests.kernel import is_read, is_stopped, listens, sleeps
from tests.payments.stand_in import free_port
from tests.surroundings import surroundings
from tests.telephones import Arrived, joined, lines_in

BEARERBOX, SMSBOX = "/usr/sbin/bearerbox", "/usr/sbin/smsbox"
FAKESMSC = "/usr/lib/kannel/test/fakesmsc"
PATIENCE = 20.0


class Kannel:
    """`portal`: the origin where it finds the portal; `url`: where the portal finds it.

    Every end is a power cut; what was accepted is in its store and comes back with `up`.
    """

    def __init__(self, folder: Path, portal: str) -> None:
        self.folder = folder
        self.portal = portal
        self.ports = {name: free_port() for name in ("admin", "smsbox", "sendsms", "smsc")}
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.seen = 0
        (folder / "receipts").mkdir()
        self.configuration.write_text(configuration(folder, portal, self.ports))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.ports['sendsms']}"

    @property
    def environment(self) -> dict[str, str]:
        """What the portal's settings have to say to use it."""
        return {
            "SMS_GATEWAY_URL": self.url,
            "SMS_GATEWAY_USER": USER,
            "SMS_GATEWAY_PASSWORD": PASSWORD,
            "SMS_CALLBACK_TOKEN": TOKEN,
        }

    def up(self) -> None:
        """Start what does not run, and wait until it takes messages."""
        self.start("bearerbox", BEARERBOX, "-v", "4", str(self.configuration))
        wait_for(self.ports["smsbox"])
        wait_for(self.ports["smsc"])
        self.answer()
        if not self.runs("fakesmsc"):
            self.switch_on()

    def answer(self) -> None:
        """smsbox, which ends by itself a while after it lost its bearerbox, is started as often as it takes."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            self.start("smsbox", SMSBOX, "-v", "4", str(self.configuration))
            if listens(self.ports["sendsms"]):
                return
            time.sleep(0.05)
        raise AssertionError("smsbox does not listen")

    def kill(self, *names: str) -> None:
        """`bearerbox`, `smsbox` or `fakesmsc`; without a name, all of it."""
        for name in names or tuple(self.running):
            if name == "bearerbox" and self.runs(name) and self.runs("fakesmsc"):
                self.hear_out()
            self.end(name)

    def hear_out(self) -> None:
        """Stop bearerbox where it stands, and let the telephones get what it had handed over.

        fakesmsc does not say what it took, so bearerbox holds for delivered whatever it wrote; but what fakesmsc has
        not read when it is cut off is lost. An SMS centre says what it took, and loses none of it.
        """
        self.freeze("bearerbox")
        speaker, listener = self.running["bearerbox"].pid, self.running["fakesmsc"].pid
        end = time.monotonic() + PATIENCE
        while not (is_stopped(speaker) and is_read(self.ports["smsc"]) and sleeps(listener)):
            assert time.monotonic() < end, "fakesmsc does not read"
            time.sleep(0.005)
        self.end("fakesmsc")

    def end(self, name: str) -> None:
        if struck := self.running.pop(name, None):
            struck.send_signal(signal.SIGKILL)
            struck.wait(PATIENCE)

    def restart(self) -> None:
        self.kill()
        self.up()

    def freeze(self, name: str) -> None:
        """It neither answers nor hangs up."""
        self.running[name].send_signal(signal.SIGSTOP)

    def thaw(self, name: str) -> None:
        self.running[name].send_signal(signal.SIGCONT)

    def switch_on(self) -> None:
        """The telephones; what was queued for them arrives."""
        self.telephones("0", "nothing")

    def send(self, sender: str, to: str, text: str) -> None:
        """A telephone sends an SMS to one of our short numbers."""
        alphabet = f"text {text}" if is_gsm7(text) else f"ucs2 {quote_from_bytes(text.encode('utf-16-be'), safe='')}"
        self.telephones("1", f"{sender} {to} {alphabet}")

    def arrived(self) -> list[Arrived]:
        """What came whole to the telephones since `forget`, in order of arrival."""
        return [sms for sms in joined(self.lines()[self.seen :]) if sms.parts == sms.of]

    async def arrives(self, count: int, patience: float = PATIENCE) -> list[Arrived]:
        """What came, once it is that much and no line of it is under way."""
        found: list[Arrived] = []
        async with asyncio.timeout(patience):
            while len(found) < count or found != self.arrived():
                found = self.arrived()
                await asyncio.sleep(0.05)
        return found

    async def holds(self) -> int:
        """How many SMS and receipts are in its store: taken, and not yet known to be with who is next."""
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{self.ports['admin']}", trust_env=False) as client:
            status = await client.get("/status.txt", params={"password": ADMIN})
        [size] = re.findall(r"store size (\d+)", status.text)
        return int(size)

    def forget(self) -> None:
        self.seen = len(self.lines())

    def lines(self) -> list[str]:
        written = self.folder / "fakesmsc.out"
        said = written.read_bytes().decode(errors="replace") if written.exists() else ""
        return lines_in(said)

    def logs(self) -> str:
        """All that Kannel itself wrote down about its work."""
        files = [self.folder / name for name in ("bearerbox.log", "smsbox.log", "bearerbox.out", "smsbox.out")]
        return "".join(file.read_text(errors="replace") for file in files if file.exists())

    def telephones(self, most: str, message: str) -> None:
        """`fakesmsc` sends what it is started with and then listens; only one at a time is let in."""
        self.kill("fakesmsc")
        self.start("fakesmsc", FAKESMSC, "-H", "127.0.0.1", "-r", str(self.ports["smsc"]), "-m", most, message)

    def start(self, name: str, *command: str) -> None:
        if self.runs(name):
            return
        with (self.folder / f"{name}.out").open("ab") as out:
            self.running[name] = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out)

    def runs(self, name: str) -> bool:
        return name in self.running and self.running[name].poll() is None

    @property
    def configuration(self) -> Path:
        return self.folder / "kannel.conf"


def wait_for(port: int) -> None:
    """Until somebody listens. A connection to try it would be taken for the telephones, and given SMS."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if listens(port):
            return
        time.sleep(0.02)
    raise AssertionError(f"Kannel does not listen on {port}")


@contextmanager
def kannel_for(portal: str) -> Iterator[Kannel]:
    """A gateway that runs, with nothing in it, for the portal at this origin."""
    if os.environ.get("PORTAL_KANNEL") == "none":
        pytest.skip("without Kannel, as PORTAL_KANNEL says")
    with TemporaryDirectory(prefix="kannel-") as folder:
        kannel = Kannel(Path(folder), portal)
        try:
            kannel.up()
            yield kannel
        finally:
            kannel.kill()


@asynccontextmanager
async def portal_of(kannel: Kannel) -> AsyncIterator[KannelGateway]:
    """The portal with its real way out and in, in this process and on its database."""
    with surroundings(PORTAL_SANDBOX="1", PORTAL_URL=kannel.portal, **kannel.environment):
        gateway = KannelGateway.from_settings(settings())
        assert gateway is not None
        port = urlsplit(kannel.portal).port or 80
        server = Server(create_app(), port=port, interface=Interfaces.ASGINL, websockets=False, log_enabled=False)
        listening = asyncio.Event()
        server.on_startup(listening.set)
        serving = asyncio.create_task(server.serve())
        await listening.wait()
        gateways.use_sms(gateway)
        try:
            yield gateway
        finally:
            gateways.use_sms(None)
            await gateway.close()
            server.stop()  # type: ignore[no-untyped-call]
            await serving
