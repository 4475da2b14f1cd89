"""Time stamps from the timestamper that settings name (`SIGNING_TSA_URL`): asked for over HTTP, believed only when all
of the answer is right.

Sources: RFC 3161 (2.4 and 3.4), RFC 5816.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import httpx
from asn1crypto import cms, tsp
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.timestamps.common_utils import extract_ts_certs, handle_tsp_response

from portal.jobs import NotYet

QUERY, REPLY = "application/timestamp-query", "application/timestamp-reply"
PATIENCE = httpx.Timeout(10, connect=5)
LONGEST_ANSWER = 64 * 1024
SLACK = timedelta(minutes=2)
"""So far may the timestamper's clock be from ours."""


class NoTime(NotYet):
    """The timestamper is away, refuses, or says what cannot be true. Nothing is signed without it."""


SIZES: dict[str, int] = {}
"""How long the tokens of a timestamper were in this process, by its URL: room is left before one is asked for."""
FIRST_SIZE, AIR = 6_000, 256


class Timestamper(TimeStamper):
    """One for one envelope: it keeps the certificates that came with the tokens. Never gives back a bad token."""

    def __init__(self, url: str, client: httpx.AsyncClient, now: Callable[[], datetime]) -> None:
        super().__init__()  # type: ignore[no-untyped-call] # pyHanko's
        self.url, self.client, self.now = url, client, now

    @property
    def room(self) -> int:
        """Bytes to leave for a token."""
        return SIZES.get(self.url, FIRST_SIZE) + AIR

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
        nonce, request = self.request_cms(message_digest, md_algorithm)  # type: ignore[no-untyped-call] # as above
        asked = self.now()
        try:
            token = handle_tsp_response(await self.async_request_tsa_response(request), nonce)
            check(token, request["message_imprint"], asked, self.now())
            list(extract_ts_certs(token, self.cert_registry))  # registers them
        except NoTime:
            raise
        except Exception as wrong:  # whatever is wrong with what came from outside
            raise NoTime(f"the timestamper's answer cannot be read: {type(wrong).__name__}") from wrong
        return self.fitting(token)

    def fitting(self, token: cms.ContentInfo) -> cms.ContentInfo:
        """Raises NoTime for one that is longer than the room that was left: the next try leaves more."""
        length, room = len(token.dump()), self.room
        SIZES[self.url] = max(length, SIZES.get(self.url, 0))
        if length > room:
            raise NoTime("the timestamper's answer is longer than it was")
        return token

    async def async_request_tsa_response(self, request: tsp.TimeStampReq) -> tsp.TimeStampResp:
        try:
            answer = await self.client.post(
                self.url, content=request.dump(), headers={"Content-Type": QUERY, "Accept": REPLY}
            )
        except httpx.HTTPError as away:
            raise NoTime(f"the timestamper is away: {type(away).__name__}") from None
        kind = answer.headers.get("Content-Type", "").partition(";")[0].strip()
        if answer.status_code != 200 or kind != REPLY or len(answer.content) > LONGEST_ANSWER:
            raise NoTime(f"the timestamper answered {answer.status_code} {kind}")
        return tsp.TimeStampResp.load(answer.content, strict=True)


def check(token: cms.ContentInfo, imprint: tsp.MessageImprint, asked: datetime, answered: datetime) -> None:
    """Raises NoTime: that what was asked about is what was stamped, and now. Who stamped it is seen when validating."""
    info = told(token)
    if info["message_imprint"].dump() != imprint.dump():
        raise NoTime("the timestamper stamped something else")
    if not asked - SLACK <= info["gen_time"].native <= answered + SLACK:
        raise NoTime("the timestamper's clock is wrong")


def told(token: cms.ContentInfo) -> tsp.TSTInfo:
    return token["content"]["encap_content_info"]["content"].parsed


def time_of(token: cms.ContentInfo) -> datetime:
    moment: datetime = told(token)["gen_time"].native
    return moment.astimezone(UTC)
