"""Policies say what the source says, and a file that says anything odd is refused."""

from __future__ import annotations

import copy
import tomllib
from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from portal.customers.tables import CustomerKind, LineKind, PackageKind
from portal.dunning.policies import FOLDER, parse, policies, policy_for, policy_named
from portal.dunning.policy import Policy
from portal.network.tables import ALL_BARRED, OUTGOING_BARRED
from tests.people import TODAY


def of_person(package: PackageKind) -> Policy:
    return policy_for(package, CustomerKind.PERSON, TODAY)


@pytest.mark.parametrize("customer", CustomerKind)
@pytest.mark.parametrize(
    ("package", "costs"),
    [
        (PackageKind.MOBILE, {1: "7.99", 2: "28.97", 3: "63.96"}),
        (PackageKind.FLEX, {1: "7.99", 2: "28.97", 3: "63.96"}),
        (PackageKind.KOMBO, {2: "28.97"}),
        (PackageKind.LEGACY_FIXED, {1: "15.00"}),
    ],
)
def test_reconnection_costs_what_the_source_says(
    package: PackageKind, customer: CustomerKind, costs: dict[int, str]
) -> None:
    policy = policy_for(package, customer, TODAY)

    assert {step.suspension: policy.cost(step).plain for step in policy.suspensions} == costs


def test_mobile_lines_keep_incoming_calls_until_the_third_suspension() -> None:
    bars = [step.bars[LineKind.MOBILE] for step in of_person(PackageKind.MOBILE).suspensions]

    assert bars == [OUTGOING_BARRED, OUTGOING_BARRED, ALL_BARRED]


def test_only_mobile_lines_go_off_at_the_first_suspension() -> None:
    assert set(of_person(PackageKind.MOBILE).suspensions[0].bars) == {LineKind.MOBILE}


def test_the_notice_gives_three_days() -> None:
    assert of_person(PackageKind.MOBILE).step("notice").gives_days == 3


@pytest.mark.parametrize("package", PackageKind)
def test_deferral_is_for_natural_persons_with_a_mobile_package(package: PackageKind) -> None:
    assert policy_for(package, CustomerKind.COMPANY, TODAY).deferral is None
    assert (of_person(package).deferral is not None) == (package in (PackageKind.MOBILE, PackageKind.FLEX))


def test_deferral_is_as_the_source_says() -> None:
    policy = of_person(PackageKind.MOBILE)

    assert policy.deferral is not None
    assert (policy.deferral.days, policy.fees[policy.deferral.fee].plain) == (10, "2.99")
    assert (policy.deferral.not_within_days, policy.deferral.paid_bills) == (30, 4)


def test_a_case_finds_the_policy_it_began_on() -> None:
    assert all(policy_named(version) is policy for version, policy in policies().items())


MOBILE = tomllib.loads((FOLDER / "mobile-2.toml").read_text())
NOTICE, OUTGOING, INCOMING, TERMINATION = 1, 2, 4, 5


def changed(path: str, value: Any) -> dict[str, Any]:
    """The mobile policy with one thing changed: `steps.0.at.days`; None takes it out."""
    policy = copy.deepcopy(MOBILE)
    *way, last = [int(part) if part.isdigit() else part for part in path.split(".")]
    place: Any = policy
    for part in way:
        place = place[part]
    if value is None:
        del place[last]
    else:
        place[last] = value
    return policy


@pytest.mark.parametrize(
    ("path", "value", "because"),
    [
        ("fees.reconnection", 7.99, "as a string"),
        ("fees.reconnection", 799, "as a string"),
        ("fees.reconnection", "0.00", "positive"),
        ("fees.reconnection", "-7.99", "not an amount"),
        ("fees.reconnection", "7.999", "not an amount"),
        ("fees.reconnection", None, "reconnection has no amount"),
        ("fees.reconnection", "35.00", "over the cap of 34.99"),
        ("fees.suspension", "34.98", "an episode of 77.96 is over the cap of 63.96"),
        ("fees.surprise", "1.00", "surprise"),
        ("caps", None, "caps"),
        ("colour", "green", "colour"),
        ("steps.0.colour", "green", "colour"),
        ("steps.1.name", "reminder", "reminder stands twice"),
        ("steps.1.name", "due", "days of the bill"),
        (f"steps.{NOTICE}.at.after", "lunch", "waits for lunch, which is no step"),
        (f"steps.{NOTICE}.at.after", "notice", "waits for notice, which comes later"),
        (f"steps.{NOTICE}.at.after", "outgoing", "waits for outgoing, which comes later"),
        (f"steps.{NOTICE}.at.days", 0, "greater than or equal to 1"),
        (f"steps.{NOTICE}.at.days", 5.0, "valid integer"),
        (f"steps.{NOTICE}.at.days", None, "one of the two"),
        (f"steps.{NOTICE}.at.past_day_of_month", 10, "one of the two"),
        (f"steps.{NOTICE}.gives_days", None, "outgoing requires notice, which gives no days to pay"),
        (f"steps.{NOTICE}.tells", {}, "tells nobody"),
        (f"steps.{NOTICE}.tells", {"pigeon": "reminder"}, "pigeon"),
        (f"steps.{OUTGOING}.requires", None, "bars without a notice before it"),
        (f"steps.{OUTGOING}.requires", "reminder", "which gives no days to pay"),
        (f"steps.{OUTGOING}.requires", "incoming", "comes later"),
        (f"steps.{OUTGOING}.suspension", None, "stand together"),
        (f"steps.{OUTGOING}.suspension", 2, "each once"),
        (f"steps.{OUTGOING}.suspension", 4, "less than or equal to 3"),
        (f"steps.{OUTGOING}.bars", {}, "stand together"),
        (f"steps.{OUTGOING}.bars", {"mobile": "everything"}, "cannot be barred"),
        (f"steps.{OUTGOING}.bars", {"mobile": "outgoing", "112": "all"}, "112"),
        (f"steps.{OUTGOING}.bars", {"mobile": "outgoing", "040 40 40 40": "all"}, "040 40 40 40"),
        (f"steps.{OUTGOING}.fees", ["reconnection", "reconnection"], "a fee twice"),
        (f"steps.{NOTICE}.fees", ["reconnection"], "only a bar"),
        (f"steps.{TERMINATION}.terminates", False, "does nothing"),
        ("steps", [], "steps"),
        ("packages", [], "packages"),
        ("packages", ["balcony"], "packages"),
        ("customers", [], "customers"),
        ("help_numbers", ["040 40 40 40"], "help_numbers"),
        ("help_numbers", ["040 40 40 40", "112"], "112 is no help number"),
        ("help_numbers", ["040 40 40 40", "04040 4040"], "a help number stands twice"),
        (f"steps.{NOTICE}.tells", {"sms": "pre_suspension"}, "no letter for who gets no SMS"),
        (f"steps.{NOTICE}.tells.sms", "nonsense", "tells nonsense, which is no message"),
        (f"steps.{NOTICE}.tells.sms", "payment_call", "tells payment_call by sms, which has no such text"),
        (f"steps.{TERMINATION}.requires", "notice", "requires notice, which bars nothing"),
        (f"steps.{TERMINATION}.requires", None, "ends the contract without a notice before it"),
        (f"steps.{INCOMING}.bars", {"mobile": "outgoing"}, "opens on fixed lines what was barred before"),
        ("deferral.after", "lunch", "lunch, which is no step"),
        ("deferral.days", "10", "days"),
    ],
)
def test_what_is_odd_is_refused(path: str, value: Any, because: str) -> None:
    with pytest.raises(ValidationError, match=because):
        parse("mobile-2", changed(path, value))


def test_a_file_is_called_as_it_calls_itself() -> None:
    with pytest.raises(ValueError, match="calls itself mobile-2"):
        parse("mobile-3", MOBILE)


def test_a_newer_edition_is_for_cases_that_open_from_its_day_on(monkeypatch: pytest.MonkeyPatch) -> None:
    newer = parse("mobile-3", changed("edition", 3) | {"applies_from": date(2027, 1, 1)})
    monkeypatch.setitem(policies(), "mobile-3", newer)

    before, after = (
        policy_for(PackageKind.MOBILE, CustomerKind.PERSON, day) for day in (date(2026, 12, 31), date(2027, 1, 1))
    )

    assert (before.version, after.version) == ("mobile-2", "mobile-3")
