"""Every message there is: complete, in both languages, in as few segments as it says, whatever it is filled with."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from jinja2 import UndefinedError
from jinja2.ext import extract_from_ast

from portal.messaging.segments import is_gsm7, segments
from portal.messaging.tables import Channel
from portal.messaging.templates import FOLDER, TEXTS, Purpose, template, templates
from portal.messaging.wording import sms_text, title
from portal.settings import settings
from portal.web.templating import environment
from portal.web.wording import LANGUAGES, catalogue
from tests.messaging.filling import Filled, every_case, in_channel, longest, named

NAMES = [message.name for message in templates()]
SOURCES = ("izklop-storitev.txt", "click2sign.txt")
NOT_MISSED = {"customer_number", "pay_link"}
"""Values that stand on a letter beside its text, or are known in general and better for one account."""
PLAINED = str.maketrans("čšžČŠŽ", "cszCSZ")


CASES = pytest.mark.parametrize("case", every_case(), ids=named)
SHORT = [case for case in every_case() if Channel.SMS in case.message.channels]
SMS = pytest.mark.parametrize("case", SHORT, ids=named)
CODES = [case for case in SHORT if case.message.purpose == Purpose.CODES]
FILLED_UP = {case.message.name for case in SHORT if "more" in case.values}
"""Those that hold as many items as fit."""
IN_BOTH = pytest.mark.parametrize("language", LANGUAGES)
IBAN = "SI56191000000123438"
LONG_NAMES = {"PORTAL_URL": "https://moj.mobilni-operater.si", "PORTAL_OPERATOR": "Mobitelekom", "PAYEE_IBAN": IBAN}


@pytest.fixture(params=[{}, LONG_NAMES], ids=["short names", "long names"])
def operator(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Ours, and one whose name and address are long."""
    for name, value in request.param.items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.mark.parametrize("name", NAMES)
def test_a_folder_is_complete(name: str) -> None:
    files = {path.name for path in (FOLDER / name).iterdir()}

    assert {"message.toml", "title.txt"} <= files <= {"message.toml", "title.txt", *TEXTS.values()}
    assert template(name).channels
    assert template(name).source.startswith(SOURCES)


@IN_BOTH
@CASES
def test_it_renders_from_its_example(case: Filled, language: str) -> None:
    assert title(case.message.name, language)
    for text in case.texts(language):
        assert text == text.strip()
        assert not re.search(r"&\w+;|None|False|\{\{", text), text


@pytest.mark.parametrize("name", NAMES)
def test_every_value_of_the_example_is_needed(name: str) -> None:
    for value in set(template(name).example) - NOT_MISSED:
        with pytest.raises((UndefinedError, TypeError)):
            for case in every_case():
                if case.message.name == name:
                    rest = {key: kept for key, kept in case.values.items() if key != value}
                    list(case._replace(values=rest).texts("sl"))


@pytest.mark.usefixtures("operator")
@IN_BOTH
@SMS
def test_an_sms_is_plain_and_keeps_within_its_segments(case: Filled, language: str) -> None:
    text = sms_text(case.message.name, language, case.values)

    assert segments(text) <= case.message.most_segments, text
    assert is_gsm7(text.translate(PLAINED)), text
    assert "  " not in text


@pytest.mark.usefixtures("operator")
@IN_BOTH
@SMS
def test_long_amounts_and_days_and_many_bills_keep_within_them_too(case: Filled, language: str) -> None:
    text = sms_text(case.message.name, language, longest(case.values))

    assert segments(text) <= case.message.most_segments, text


@pytest.mark.parametrize("name", sorted({case.message.name for case in SHORT} - FILLED_UP))
def test_it_allows_itself_no_segment_that_it_never_needs(name: str) -> None:
    cases = [longest(case.values) for case in SHORT if case.message.name == name]

    needed = max(segments(sms_text(name, language, values)) for values in cases for language in LANGUAGES)

    assert needed == template(name).most_segments


@pytest.mark.usefixtures("operator")
@IN_BOTH
@pytest.mark.parametrize("case", CODES, ids=named)
def test_codes_and_passwords_are_one_segment_of_the_short_alphabet(case: Filled, language: str) -> None:
    text = sms_text(case.message.name, language, longest(case.values))

    assert is_gsm7(text), text
    assert segments(text) == 1


@pytest.mark.usefixtures("operator")
@IN_BOTH
@CASES
def test_where_lines_break_no_number_does(case: Filled, language: str) -> None:
    for channel in set(case.message.channels) - {Channel.SMS}:
        text = in_channel(case.message, channel, language, case.values)

        assert not re.search(r"\d \d", text), text


WORDS = [path for path in FOLDER.rglob("*") if path.suffix in (".txt", ".md", ".html")]


@pytest.mark.parametrize("path", WORDS, ids=lambda path: str(path.relative_to(FOLDER)))
def test_nothing_is_left_in_english(path: Path) -> None:
    said = catalogue("sl")
    for _, function, found in extract_from_ast(environment("sl").parse(path.read_text()), ("_", "ngettext")):
        words = [found] if isinstance(found, str) else [word for word in found or () if word]
        if function == "ngettext":
            assert not {said.ngettext(words[0], words[1], count) for count in (1, 2, 3, 5)} & set(words[:2]), words
        else:
            assert said.gettext(words[0]) != words[0]


def test_whoever_is_called_what_they_are_called_it_stays_so() -> None:
    values = template("open_items").example | {"payee": "Kos & sin <i>d. o. o.</i>", "iban": "SI56"}

    assert "prejemnik Kos & sin <i>d. o. o.</i>, IBAN SI56" in sms_text("open_items", "sl", values)
