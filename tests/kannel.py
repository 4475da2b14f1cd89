"""The real gateway for tests: Kannel's bearerbox and smsbox as `deploy/kannel.conf` sets them up, on loopback.

Behind it stands Kannel's own stand-in for an SMS centre with its telephones, `fakesmsc`, in place of the operator's.
It takes everything, says so by a receipt, and writes down what arrived.
"""

from __future__ import annotations

import asyncio
import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote_from_bytes, unquote_to_bytes, urlsplit

import pytest
from granian.constants import Interfaces
from granian.server.embed import Server

from app import create_app
from portal import logs
from portal.messaging import gateways
from portal.messaging.kannel import KannelGateway
from portal.messaging.segments import is_gsm7
from portal.settings import ROOT, settings
from tests.payments.stand_in import free_port

SHIPPED = ROOT / "deploy" / "kannel.conf"
BEARERBOX, SMSBOX = "/usr/sbin/bearerbox", "/usr/sbin/smsbox"
FAKESMSC = "/usr/lib/kannel/test/fakesmsc"
USER, PASSWORD, TOKEN = "portal", "kannel-password-of-tests", "callback-token-of-tests"
PATIENCE = 20.0


@dataclass(frozen=True)
class Arrived:
    """One SMS on one phone, its parts joined; `of`: how many there are of it in all."""

    sender: str
    to: str
    text: str
    parts: int = 1
    of: int = 1


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
        self.configure()

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

    def forget(self) -> None:
        self.seen = len(self.lines())

    def lines(self) -> list[str]:
        written = self.folder / "fakesmsc.out"
        said = written.read_bytes().decode(errors="replace") if written.exists() else ""
        return re.findall(r"Got message \d+: <(.*)>$", said, re.MULTILINE)

    def logs(self) -> str:
        """All that Kannel itself wrote down about its work."""
        files = [self.folder / name for name in ("bearerbox.log", "smsbox.log", "bearerbox.out", "smsbox.out")]
        return "".join(file.read_text(errors="replace") for file in files if file.exists())

    def telephones(self, most: str, message: str) -> None:
        """`fakesmsc` sends what it is started with and then listens; only one at a time is let in."""
        self.kill("fakesmsc")
        self.start("fakesmsc", FAKESMSC, "-H", "127.0.0.1", "-r", str(self.ports["smsc"]), "-m", most, message)

    def start(self, name: str, *command: str) -> None:
        if name in self.running and self.running[name].poll() is None:
            return
        with (self.folder / f"{name}.out").open("ab") as out:
            self.running[name] = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out)

    @property
    def configuration(self) -> Path:
        return self.folder / "kannel.conf"

    def configure(self) -> None:
        """The shipped file with ports, folders and passwords of our own, and fakesmsc for the operator's SMS centre."""
        text = SHIPPED.read_text().replace("https://moj.example.si", self.portal).replace("CHANGE-ME-TOKEN", TOKEN)
        own = {
            ("core", "admin-port"): self.ports["admin"],
            ("core", "smsbox-port"): self.ports["smsbox"],
            ("core", "store-location"): self.folder / "messages.store",
            ("core", "dlr-spool"): self.folder / "receipts",
            ("core", "log-file"): self.folder / "bearerbox.log",
            ("smsbox", "sendsms-port"): self.ports["sendsms"],
            ("smsbox", "http-queue-delay"): 1,
            ("smsbox", "log-file"): self.folder / "smsbox.log",
            ("sendsms-user", "password"): PASSWORD,
        }
        centre = f"group = smsc\nsmsc = fake\nsmsc-id = fake\nport = {self.ports['smsc']}\nconnect-allow-ip = 127.0.0.1"
        groups = [centre if name == "smsc" else rewritten(group, name, own) for name, group in groups_of(text)]
        assert not own, f"deploy/kannel.conf has no {sorted(own)}"
        self.configuration.write_text("\n\n".join(groups) + "\n")


def groups_of(text: str) -> Iterator[tuple[str, str]]:
    for block in re.split(r"\n\s*\n", text):
        if named := re.search(r"^group = (\S+)$", block, re.MULTILINE):
            yield named[1], block


def rewritten(group: str, name: str, own: dict[tuple[str, str], object]) -> str:
    """The group with the values of our own, each of which is used up."""

    def line(found: re.Match[str]) -> str:
        return f'{found[1]} = "{own.pop((name, found[1]))}"' if (name, found[1]) in own else found[0]

    return re.sub(r"^([a-z-]+) = .*$", line, group, flags=re.MULTILINE)


LINE = re.compile(r"(?P<sender>.*?) (?P<to>\+?\d+) (?P<kind>text|data|ucs-2|udh) (?P<rest>.*)")


def joined(lines: list[str]) -> list[Arrived]:
    """What fakesmsc wrote, as telephones show it, whichever part came first.

    A text with line breaks stands there as so many lines.
    """
    found: list[Parts] = []
    for line in lines:
        if read := LINE.fullmatch(line):
            show(found, read["sender"], read["to"], read["kind"], read["rest"])
        else:
            found[-1].go_on(f"\n{line}")
    return [parts.whole for parts in found]


@dataclass
class Parts:
    """Of one SMS; `reference` is None where it has but one."""

    sender: str
    to: str
    reference: int | None
    of: int
    texts: dict[int, str] = field(default_factory=dict)
    last: int = 1

    def add(self, part: int, text: str) -> None:
        self.texts[part] = text
        self.last = part

    def go_on(self, text: str) -> None:
        self.texts[self.last] += text

    @property
    def whole(self) -> Arrived:
        text = "".join(self.texts[part] for part in sorted(self.texts))
        return Arrived(self.sender, self.to, text, parts=len(self.texts), of=self.of)


def show(found: list[Parts], sender: str, to: str, kind: str, rest: str) -> None:
    header, _, payload = rest.partition(" data ") if kind == "udh" else ("", "", rest)
    text = payload if kind == "text" else decoded(unquote_to_bytes(payload.replace("+", " ")), kind)
    reference, of, part = unquote_to_bytes(header)[3:6] or (None, 1, 1)
    whole = next((one for one in found if reference is not None and is_part_of(one, sender, to, reference, part)), None)
    if whole is None:
        found.append(whole := Parts(sender, to, reference, of))
    whole.add(part, text)


def is_part_of(one: Parts, sender: str, to: str, reference: int, part: int) -> bool:
    return (one.sender, one.to, one.reference) == (sender, to, reference) and part not in one.texts


def decoded(payload: bytes, kind: str) -> str:
    """A part of a long text does not say its alphabet; the upper bytes of UCS-2 are no characters of GSM-7."""
    is_ucs2 = kind == "ucs-2" or any(byte < ord("\n") for byte in payload)
    return payload.decode("utf-16-be" if is_ucs2 else "utf-8")


def wait_for(port: int) -> None:
    """Until somebody listens."""
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


@contextmanager
def surroundings(**own: str) -> Iterator[None]:
    """For as long, this process has these settings."""
    with pytest.MonkeyPatch.context() as environment:
        for name, value in own.items():
            environment.setenv(name, value)
        forget_settings()
        yield
    forget_settings()


def forget_settings() -> None:
    settings.cache_clear()
    logs.secrets.cache_clear()


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


def listens(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False
