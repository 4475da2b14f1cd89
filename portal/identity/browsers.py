"""The browser that asks: what it carries, and what it is called in a list of sessions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from portal.identity.durations import DEVICE_IS_KNOWN
from portal.identity.tables import Device
from portal.statements import Slot, Statement
from portal.web import tokens

# The first word found names the browser: most browsers also call themselves Chrome or Safari.
BROWSERS = {
    "Edg": "Edge",
    "OPR/": "Opera",
    "SamsungBrowser": "Samsung Internet",
    "Firefox": "Firefox",
    "FxiOS": "Firefox",
    "CriOS": "Chrome",
    "Chrome": "Chrome",
    "Safari": "Safari",
}
SYSTEMS = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "Windows": "Windows",
    "Mac OS": "Mac",
    "CrOS": "Chromebook",
    "Linux": "Linux",
}


@dataclass(frozen=True, slots=True)
class Browser:
    """`device` and `session` are the tokens of its cookies, or None."""

    address: str
    user_agent: str
    device: str | None = None
    session: str | None = None

    @property
    def label(self) -> str:
        """`Chrome, Android`; empty when the browser does not say what it is."""
        found = (next((name for word, name in names.items() if word in self.user_agent), None) for names in NAMES)
        return ", ".join(name for name in found if name)


NAMES = (BROWSERS, SYSTEMS)


KNOWN = Statement(
    Device.objects().where(
        Device.token_hash == Slot("token_hash"), Device.login == Slot("login"), Device.seen_at > Slot("since")
    ),
    Device,
)


async def known_device(browser: Browser, login: UUID | None, at: datetime) -> Device | None:
    """The browser's device if it signed in to this login before. The same statement runs when either is missing."""
    token_hash = tokens.hashed(browser.device or "")
    return await KNOWN.first(token_hash=token_hash, login=login, since=at - DEVICE_IS_KNOWN)


async def recognise(browser: Browser, login: UUID, at: datetime) -> tuple[Device, str]:
    """The device that signs in, known or new, and the token its cookie keeps."""
    device = await known_device(browser, login, at)
    if device is not None and browser.device is not None:
        await Device.update({Device.seen_at: at, Device.label: browser.label}).where(Device.id == device.id)
        return device, browser.device
    token = tokens.new_token()
    device = Device(login=login, token_hash=tokens.hashed(token), label=browser.label, created_at=at, seen_at=at)
    await device.save()
    return device, token
