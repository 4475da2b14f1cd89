"""The choice of language: of this browser and, when somebody is signed in, of what we write to them."""

from __future__ import annotations

from typing import Annotated

from litestar import Response, post
from pydantic import AfterValidator

from portal.database import connection
from portal.web import tokens
from portal.web.forms import Form, fill, wrong
from portal.web.guards import anyone
from portal.web.pages import LANGUAGE_YEARS, see_other
from portal.web.requests import PortalRequest, UnreadableForm
from portal.web.wording import LANGUAGES


def known_language(value: str) -> str:
    if value not in LANGUAGES:
        raise wrong("Please check this field.")
    return value


class LanguageForm(Form):
    language: Annotated[str, AfterValidator(known_language)]


@post("/language", guards=[anyone])
async def choose_language(request: PortalRequest) -> Response[bytes]:
    filled = await fill(request, LanguageForm)
    if filled.form is None:
        raise UnreadableForm
    if request.viewer is not None:
        async with connection() as connected:
            await connected.execute(WRITE_IN, request.viewer.login_id, filled.form.language)
    chosen = tokens.cookie(tokens.LANGUAGE, filled.form.language, max_age=LANGUAGE_YEARS)
    return see_other(request, request.page_path, cookies=[chosen])


# What we write about bills goes out in the language of their customer: who is reached at this login's number reads it.
WRITE_IN = """
    WITH chosen AS (UPDATE logins SET language = $2 WHERE id = $1 RETURNING contact_number)
    UPDATE customers SET language = $2 FROM chosen
    WHERE customers.contact_number = chosen.contact_number
      AND customers.id IN (SELECT customer FROM accesses WHERE login = $1)
"""
ROUTES = [choose_language]
