"""The port for the collections line: key 1 puts a suspension off. Source: izklop-storitev.txt, III, 2.

`POST /voice/deferral`, asked by the operator's voice system for whoever pressed the key. It knows our token
(`VOICE_CALLBACK_TOKEN`; unset, nobody is answered), sent as `Authorization: Bearer <token>`. A form with two fields:

    caller   the calling number in E.164: +38641123456
    call     the voice system's own id of this call, 1 to 80 characters: asked again with it, the answer is the same

and an answer in JSON, always 200 once it is understood:

    {"granted": true, "until": "2026-12-08", "fee": "2.99", "total": "86.45", "bills": [
        {"number": "2026-002022", "reference": "SI121000000020226", "due_on": "2026-11-11", "open": "61.46"}]}
    {"granted": false, "reason": "used_recently", "from": "2026-12-12"}

Amounts are EUR; `fee` is null where it is free. A deferral that runs already is granted with its day. `from` is null
where the day cannot be said. `reason`: see `deferral_refusals.Reason`, or `unknown_caller` for a number that is
nobody's for certain. 400: a field is wrong; 403: the token is.
"""

from __future__ import annotations

import hmac
import json
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any

import structlog
from litestar import Response, post
from litestar.handlers import HTTPRouteHandler
from pydantic import AfterValidator, StringConstraints

from portal import clock, phone
from portal.database import transaction
from portal.dunning.deferrals import asking
from portal.dunning.deferrals.asking import Answer
from portal.dunning.owing import debt_of
from portal.dunning.relief_tables import AskedBy, VoiceCall
from portal.refusals import NotFound
from portal.settings import settings
from portal.statements import Statement
from portal.web.forms import Form, fill
from portal.web.guards import machine
from portal.web.requests import PortalRequest

log = structlog.get_logger()

UNKNOWN_CALLER: dict[str, Any] = {"granted": False, "reason": "unknown_caller", "from": None}
BEARER = "Bearer "


def e164(typed: str) -> str:
    number = phone.read(typed)
    if number is None or number != typed:
        raise ValueError("no number in E.164")
    return number


class CallForm(Form):
    caller: Annotated[str, AfterValidator(e164)]
    call: Annotated[str, StringConstraints(min_length=1, max_length=80)]


@post("/voice/deferral", guards=[machine], status_code=HTTPStatus.OK)
async def defer_by_voice(request: PortalRequest) -> Response[bytes]:
    if not is_known(request):
        log.warning("a voice system's call without our token", address=request.address)
        return told({"error": "forbidden"}, HTTPStatus.FORBIDDEN)
    filled = await fill(request, CallForm)
    if filled.form is None:
        return told({"error": "bad fields", "fields": sorted(filled.errors)}, HTTPStatus.BAD_REQUEST)
    return told(await answer(filled.form.call, filled.form.caller, request.at))


def is_known(request: PortalRequest) -> bool:
    token = settings().voice_callback_token
    if token is None:
        raise NotFound
    sent = request.headers.get("authorization", "")
    expected = BEARER + token.get_secret_value()
    return hmac.compare_digest(sent.encode(), expected.encode())


async def answer(call: str, caller: str, at: datetime) -> dict[str, Any]:
    """Once a call, in one transaction with what it grants: asked again, also meanwhile, the same is said."""
    async with transaction():
        asked = VoiceCall(call=call, caller=caller, asked_at=at)
        new = await VoiceCall.insert(asked).on_conflict(VoiceCall.call, "DO NOTHING").returning(VoiceCall.id)
        if not new:
            before = await ANSWERED.first(call=call)
            assert before is not None, "written in one transaction with its answer"
            return json.loads(before.answer)  # type: ignore[no-any-return]
        said = await answer_now(caller, at)
        await VoiceCall.update({VoiceCall.answer: said}).where(VoiceCall.id == asked.id)
        return said


async def answer_now(caller: str, at: datetime) -> dict[str, Any]:
    today = clock.day_of(at)
    found = await asking.ask(caller, asked_by=AskedBy.VOICE, today=today, at=at)
    if found is None:
        return UNKNOWN_CALLER
    if found.refusal is not None:
        from_on = found.refusal.from_on
        return {
            "granted": False,
            "reason": str(found.refusal.reason),
            "from": from_on.isoformat() if from_on else None,
        }
    return granted(found, await debt_of(found.held.id, today))


def granted(found: Answer, debt: dict[str, Any]) -> dict[str, Any]:
    assert found.until is not None, "what is not refused is granted"
    return {
        "granted": True,
        "until": found.until.isoformat(),
        "fee": found.fee.plain if found.fee else None,
        "total": debt["total"].plain,
        "bills": [bill | {"due_on": bill["due_on"].isoformat(), "open": bill["open"].plain} for bill in debt["bills"]],
    }


def told(said: dict[str, Any], status: HTTPStatus = HTTPStatus.OK) -> Response[bytes]:
    return Response(json.dumps(said).encode(), status_code=status, media_type="application/json")


ANSWERED = Statement("SELECT * FROM voice_calls WHERE call = $1", VoiceCall, ("call",))
ROUTES: list[HTTPRouteHandler] = [defer_by_voice]
