"""A catalogue is read whole or not at all, and says what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from portal.customers.tables import PackageKind
from portal.money import Money
from portal.services import catalogue
from portal.services.catalogue import Catalogue, Service, edition_faults
from portal.web.wording import LANGUAGES

FILE = catalogue.FOLDER / "1.toml"
IN_FORCE = catalogue.current(date(2026, 11, 21))


def written(*changes: tuple[str, str]) -> str:
    text = FILE.read_text()
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


@pytest.fixture
def refused(tmp_path: Path) -> Callable[..., str]:
    """What is said of the edition with some words of it changed."""

    def say(*changes: tuple[str, str]) -> str:
        file = tmp_path / "1.toml"
        file.write_text(written(*changes))
        with pytest.raises(ValueError, match=r".") as fault:
            catalogue.read(file)
        return str(fault.value)

    return say


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('price = "4.99"', "price = 4.99", "as a string"),
        ('price = "4.99"', 'price = "4.999"', "not an amount"),
        ('price = "4.99"', 'price = "0.00"', "positive"),
        ('price = "4.99"', 'price = "-4.99"', "not an amount"),
        ('price = "1.99"\n', "", "what is paid has a price"),
        ('billed = "monthly"\n', "", "what is free has none"),
        ('code = "mms"', 'code = "roaming"', "roaming stands twice"),
        ('code = "mms"', 'code = "MMS"', "pattern"),
        ('code = "mms"', 'code = "mms"\ncolour = "red"', "Extra inputs"),
        ('needs = ["roaming"]', 'needs = ["romaing"]', "romaing, which is no other service"),
        ('needs = ["roaming"]', 'needs = ["data_abroad"]', "data_abroad, which is no other service"),
        ('needs = ["roaming"]', 'needs = ["tv_plus"]', "which not all its packages have"),
        ('needs = ["roaming"]', 'needs = ["call_forwarding"]', "a value that could not be put back"),
        ('needs = ["roaming"]', 'needs = ["roaming"]\nexcludes = ["roaming"]', "and what excludes it"),
        ('excludes = ["tv_basic"]', 'needs = ["tv_sport"]', "needs itself in the end"),
        ('excludes = ["tv_basic"]', 'excludes = ["tv_gold"]', "which is no other service"),
        ('excludes = ["tv_basic"]', 'excludes = ["mms"]', "which none of its packages has"),
        ('needs = ["tv_plus"]', 'needs = ["tv_plus", "tv_basic"]', "and what excludes it"),
        ('needs = ["tv_plus"]', 'needs = ["tv_box"]', "signed for by itself"),
        ('needs = ["roaming"]', 'needs = ["premium_090"]', "does not ask for one itself"),
        ("needs_signature = true\n", "", "need a signature"),
        ("commitment_months = 24", "commitment_months = 36", "less than or equal to 24"),
        ("most = 10\n", "", "says how many at most"),
        ('setting = "phone"', 'setting = "choice"', "a choice is between two things"),
        ('barred_by = ["voice_out"]', 'barred_by = ["emergency"]', "voice_out"),
        ('packages = ["mobile", "flex"]', 'packages = ["mobil"]', "mobile"),
        (', en = "Voicemail"', "", "Field required"),
        (', en = "Voicemail"', f', en = "{"V" * 61}"', "at most 60 characters"),
        ("other = { sl", "others = { sl", "the refusal other has no words"),
        ("edition = 1", "edition = 2", "calls itself 2"),
        ("edition = 1", 'edition = "1"', "valid integer"),
    ],
)
def test_what_is_odd_is_said(refused: Callable[..., str], old: str, new: str, said: str) -> None:
    assert said in refused((old, new))


def test_the_edition_of_a_day_is_the_newest_that_applies(monkeypatch: pytest.MonkeyPatch) -> None:
    later = IN_FORCE.model_copy(update={"edition": 2, "applies_from": date(2027, 1, 1)})
    monkeypatch.setattr(catalogue, "editions", lambda: {"1": IN_FORCE, "2": later})

    assert [catalogue.current(day).name for day in (date(2026, 12, 31), date(2027, 1, 1))] == ["1", "2"]
    assert catalogue.edition("1") is IN_FORCE


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_refusal_says_that_nothing_is_charged(language: str) -> None:
    said = {"sl": "Ničesar ne zaračunamo", "en": "Nothing is charged"}[language]

    assert all(said in words.in_(language) for words in IN_FORCE.refusals.values())


def test_there_is_something_for_every_kind_of_package() -> None:
    assert {kind for service in IN_FORCE.services for kind in service.packages} == set(PackageKind)
    assert set(IN_FORCE.refusals) >= edition_faults.OWN_REFUSALS


@pytest.mark.parametrize("service", IN_FORCE.services, ids=lambda service: service.code)
def test_words_are_whole_sentences_of_their_language(service: Service) -> None:
    for language in LANGUAGES:
        assert service.about(language).endswith(".")
        assert service.name(language) == service.name(language).strip()
    assert not re.search(r"\d,\d\d", service.about("en"))


def test_prices_are_exact() -> None:
    prices = {code: service.price for code, service in IN_FORCE.by_code.items() if service.is_paid}

    assert prices["static_address"] == Money(390)
    assert sum(isinstance(price, Money) for price in prices.values()) == len(prices) == 8


def test_a_service_that_is_no_longer_sold_is_read(tmp_path: Path) -> None:
    (tmp_path / "1.toml").write_text(written(('code = "mms"', 'code = "mms"\nis_sold = false')))

    made: Any = catalogue.read(tmp_path / "1.toml")

    assert isinstance(made, Catalogue)
    assert not made.by_code["mms"].is_sold
