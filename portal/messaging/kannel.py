"""Kannel 1.4.5, and the only module that knows it: `sendsms` on the way out, its calls for receipts and inbound SMS.

It is set up by `deploy/kannel.conf`; what it really does was measured, see docs/decisions/sms-by-kannel.md. Passwords,
texts and tokens are parts of its addresses, so no address of its is ever logged or put into an exception.
"""

from __future__ import annotations

import hmac
import re
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Self
from urllib.parse import parse_qsl, quote, urlsplit, urlunsplit

import httpx
import structlog
from litestar import Response, get
from litestar.handlers import HTTPRouteHandler

from portal import clock
from portal.messaging import inbound, receipts
from portal.messaging.gateways import GatewayUnavailable, MessageExpired, MessageRefused, Sms
from portal.messaging.receipts import Outcome
from portal.messaging.segments import is_gsm7
from portal.messaging.tables import Message
from portal.refusals import NotFound
from portal.settings import Settings, settings
from portal.web.guards import machine
from portal.web.requests import PortalRequest

log = structlog.get_logger()

SENDSMS = "/cgi-bin/sendsms"
LIMITS = httpx.Timeout(connect=2.0, read=8.0, write=4.0, pool=4.0)
EVERY_RECEIPT = "31"
GSM_7, UCS_2 = "0", "2"
E_164 = re.compile(r"\+[1-9][0-9]{6,14}", re.ASCII)
AN_ANSWER_OF_KANNEL = re.compile(r"[A-Za-z()/,. -]{1,120}")
NOT_ROUTABLE = "Not routable. Do not try again."
BEHIND_A_PROXY = (HTTPStatus.BAD_GATEWAY, HTTPStatus.GATEWAY_TIMEOUT)

# Its user guide, «Delivery reports».
OUTCOMES = {
    "1": Outcome.DELIVERED,
    "2": Outcome.FAILED,
    "4": Outcome.PASSED_ON,
    "8": Outcome.PASSED_ON,
    "16": Outcome.FAILED,
}
SMPP_STATUS = re.compile(r"stat:(\w+)(?:.*?err:(\w+))?", re.IGNORECASE | re.DOTALL)
ALPHABETS = ("utf-8", "utf-16be", "utf-16le", "utf-16", "iso-8859-1", "iso-8859-2", "windows-1250", "windows-1252")
MOST_PARAMETERS = 30
LONGEST_ID = 80


class AnswerLost(Exception):
    """The message went out, and what Kannel said of it did not come back."""


class KannelGateway:
    """Sends over one client, whose connections are kept for seconds. `address`: of sendsms."""

    is_idempotent = False

    def __init__(self, address: str, user: str, password: str) -> None:
        self.address = address
        self.who = {"username": user, "password": password}
        # No proxy from the environment: it would read along.
        self.client = httpx.AsyncClient(timeout=LIMITS, trust_env=False)

    @classmethod
    def from_settings(cls, ours: Settings) -> Self | None:
        """None where no gateway is named."""
        if ours.sms_gateway_url is None:
            return None
        return cls(sendsms(ours.sms_gateway_url), ours.sms_gateway_user, ours.sms_gateway_password.get_secret_value())

    async def send(self, sms: Sms) -> None:
        """Raises GatewayUnavailable, MessageRefused or MessageExpired; AnswerLost: it may have been taken."""
        asked = self.who | parameters(sms, clock.now())
        try:
            answer = await self.client.get(self.address, params=asked)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as away:
            raise GatewayUnavailable(f"Kannel cannot be reached: {type(away).__name__}") from None
        except httpx.HTTPError as lost:
            raise AnswerLost(type(lost).__name__) from None
        judge(answer)

    async def close(self) -> None:
        await self.client.aclose()


def sendsms(url: str) -> str:
    """`http://host:13013` and `http://host:13013/cgi-bin/sendsms` are the same; another path stays what it is."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=parts.path if parts.path.strip("/") else SENDSMS))


def parameters(sms: Sms, at: datetime) -> dict[str, str]:
    """What sendsms is asked with, but for who asks. Raises MessageRefused for what Kannel would not understand: a
    number with a blank in it are two to it, and it sends to both. Raises MessageExpired.
    """
    if not E_164.fullmatch(sms.to):
        raise MessageRefused("the recipient is no number in E.164")
    alphabet = {"coding": GSM_7} if is_gsm7(sms.text) else {"coding": UCS_2}
    asked = {"to": sms.to, "from": sms.sender, "text": sms.text, "charset": "UTF-8", **alphabet}
    if sms.expires_at is not None:
        asked["validity"] = str(minutes(sms.expires_at - at))
    return asked | {"dlr-mask": EVERY_RECEIPT, "dlr-url": receipt_address(sms.reference)}


def minutes(left: timedelta) -> int:
    """Whole ones, so that nothing arrives after it expired. Less than one Kannel cannot be told."""
    whole = left // timedelta(minutes=1)
    if whole < 1:
        raise MessageExpired("less than a minute was left")
    return whole


def judge(answer: httpx.Response) -> None:
    """202 is the only yes: of any other server's 200 we know nothing. A no to the message is told in Kannel's words;
    a no to us, such as to our password, is a fault of the set-up: messages wait, and the log says so aloud.
    """
    status, said = answer.status_code, answer.text.strip()
    if status == HTTPStatus.ACCEPTED:
        return
    is_about_the_message = status == HTTPStatus.BAD_REQUEST or said == NOT_ROUTABLE
    if is_about_the_message and AN_ANSWER_OF_KANNEL.fullmatch(said):
        raise MessageRefused(said)
    if status in BEHIND_A_PROXY:
        raise AnswerLost(f"HTTP {status}")
    if status < HTTPStatus.INTERNAL_SERVER_ERROR:
        log.error("Kannel does not let us send: see SMS_GATEWAY_URL, _USER and _PASSWORD", status=status)
    raise GatewayUnavailable(f"Kannel answers HTTP {status}")


def receipt_address(reference: str) -> str:
    """Where Kannel tells what became of a message: it puts a number for %d, and the network's words for %A."""
    token = settings().sms_callback_token
    known_by = quote(token.get_secret_value() if token else "", safe="")
    return settings().link(f"/sms/receipt?token={known_by}&message={quote(reference, safe='')}&status=%d&reason=%A")


@get("/sms/receipt", guards=[machine])
async def receipt(request: PortalRequest) -> Response[bytes]:
    """Kannel tells again whatever is not answered by 200."""
    told = read(request)
    if told is None:
        return forbidden(request)
    outcome = OUTCOMES.get(text_of(told.get("status", b"")))
    if outcome is None:
        log.warning("receipt that says nothing", address=request.address)
    else:
        await receipts.note(text_of(told.get("message", b"")), outcome, reason_of(told.get("reason", b"")), request.at)
    return plain("")


@get("/sms/inbound", guards=[machine])
async def received(request: PortalRequest) -> Response[bytes]:
    """The body is sent back to whoever wrote; none, if Kannel is told to `omit-empty`."""
    told = read(request)
    if told is None:
        return forbidden(request)
    gateway_id = text_of(told.get("id", b""))
    if not 1 <= len(gateway_id) <= LONGEST_ID:
        log.error("inbound SMS without an id, see get-url in deploy/kannel.conf", address=request.address)
        return plain("", HTTPStatus.BAD_REQUEST)
    sender, receiver = text_of(told.get("from", b"")).strip(), text_of(told.get("to", b"")).strip()
    text = text_of(told.get("text", b""), text_of(told.get("charset", b"")))
    reply = await inbound.answer(gateway_id, sender, receiver, text, request.at)
    return spoken(reply) if reply else plain("")


def read(request: PortalRequest) -> dict[str, bytes] | None:
    """The parameters, in whatever alphabet each is; None for whoever does not know our token."""
    token = settings().sms_callback_token
    if token is None:
        raise NotFound
    told = fields(request.scope["query_string"])
    known = hmac.compare_digest(told.get("token", b""), token.get_secret_value().encode())
    return told if known else None


def fields(query: bytes) -> dict[str, bytes]:
    """Latin-1 is bytes as characters: which alphabet a text is in, another parameter says."""
    try:
        pairs = parse_qsl(
            query.decode("latin-1"), keep_blank_values=True, encoding="latin-1", max_num_fields=MOST_PARAMETERS
        )
    except ValueError:
        return {}
    return {name: value.encode("latin-1") for name, value in pairs}


def text_of(value: bytes, alphabet: str = "utf-8") -> str:
    """What cannot be read shows as such: an SMS of nonsense is answered like any word we do not know."""
    alphabet = alphabet.lower() if alphabet.lower() in ALPHABETS else "utf-8"
    return value.decode(alphabet, errors="replace").replace("\x00", "")


def reason_of(value: bytes) -> str | None:
    """`NACK/validity expired` or an SMPP receipt, of which only its status: it quotes the message."""
    said = text_of(value)
    if status := SMPP_STATUS.search(said):
        return " ".join(part for part in status.groups() if part)
    return said.removeprefix("NACK/").partition("text:")[0].strip() or None


def spoken(reply: Message) -> Response[bytes]:
    """Kannel reads the charset of the body from Content-Type, and sends č as ? where it is not told the alphabet."""
    body = reply.body or ""
    headers = {"X-Kannel-DLR-Mask": EVERY_RECEIPT, "X-Kannel-DLR-Url": receipt_address(str(reply.id))}
    if not is_gsm7(body):
        headers["X-Kannel-Coding"] = UCS_2
    return plain(body, headers=headers)


def plain(body: str, status: int = HTTPStatus.OK, headers: dict[str, str] | None = None) -> Response[bytes]:
    return Response(body.encode(), status_code=status, media_type="text/plain", headers=headers)


def forbidden(request: PortalRequest) -> Response[bytes]:
    log.warning("a gateway's call without our token", path=request.url.path, address=request.address)
    return plain("", HTTPStatus.FORBIDDEN)


ROUTES: list[HTTPRouteHandler] = [receipt, received]
