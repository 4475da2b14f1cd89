"""What the pages of signing may be sent."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from portal.identity.forms import six_digits
from portal.signing.envelopes.declining import LONGEST_WORDS, Reason
from portal.web.forms import Form, ShortText, wrong


def ticked(typed: str) -> str:
    if typed != "yes":
        raise wrong("Please confirm that you have read the documents.")
    return typed


def known_reason(typed: str) -> str:
    if typed not in list(Reason):
        raise wrong("Please choose a reason.")
    return typed


def own_words(typed: str) -> str:
    """Browsers send a new line as two characters, of which they counted one."""
    words = typed.replace("\r\n", "\n").strip()
    if len(words) > LONGEST_WORDS:
        raise wrong("Please write at most 1000 characters.")
    return words


class ConsentForm(Form):
    """`version`: of the text that stood on the page."""

    agreed: Annotated[str, AfterValidator(ticked), Field(validate_default=True)] = ""
    version: Annotated[str, StringConstraints(max_length=20)]


class SigningCodeForm(Form):
    code: Annotated[ShortText, AfterValidator(six_digits)]


class RefusalForm(Form):
    reason: Annotated[str, AfterValidator(known_reason), Field(validate_default=True)] = ""
    words: Annotated[str, AfterValidator(own_words)] = ""
