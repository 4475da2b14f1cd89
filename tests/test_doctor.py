"""`portal doctor`: what is wrong with the set-up is found, named and told how to mend."""

from __future__ import annotations

import socket
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from portal.cli import doctor, doctor_messages
from portal.cli.findings import Weight
from portal.database import connection
from portal.messaging.tables import MessageState
from portal.settings import ROOT, Settings
from tests.messages import a_message
from tests.test_settings import ON_THIS_MACHINE, RIGHT

BY_SMS: dict[str, object] = {
    "sms_gateway_url": "http://127.0.0.1:13013",
    "sms_gateway_user": "portal",
    "sms_gateway_password": "kannel",
    "sms_callback_token": "f2a1c80e6b7d4e5f9a3b",
}
BY_MAIL: dict[str, object] = {"smtp_url": "smtp://127.0.0.1:1", "mail_from": "moj@example.si"}
PAYEE: dict[str, object] = {
    "payee_name": "A1 Slovenija, d. d.",
    "payee_street": "Ameriška ulica 4",
    "payee_city": "1000 Ljubljana",
    "payee_iban": "SI56 1910 0000 0123 438",
    "payee_vat_id": "SI12345679",
}


def findings(**changed: object) -> dict[Weight, str]:
    found = list(doctor.of_settings(Settings(**RIGHT | changed)))
    return {weight: " · ".join(one.what for one in found if one.weight is weight) for weight in Weight}


@pytest.mark.parametrize(
    ("changed", "weight", "words"),
    [
        ({"portal_secret_key": "a" * 48}, Weight.FAULT, "not random"),
        ({"portal_url": "https://127.0.0.1"}, Weight.FAULT, "this machine's own address"),
        ({"stripe_api_key": "pk_live_1"}, Weight.FAULT, "no secret key"),
        ({"stripe_webhook_secret": "secret"}, Weight.FAULT, "no signing secret"),
        ({"stripe_api_base": "https://stripe.example"}, Weight.FAULT, "not Stripe"),
        ({"stripe_api_key": "sk_test_1", "stripe_test_allowed": True}, Weight.WARNING, "test key"),
        ({"database_url": None}, Weight.WARNING, "embedded"),
        ({}, Weight.WARNING, "PORTAL_PROXIES"),
        (ON_THIS_MACHINE, Weight.WARNING, "PORTAL_SANDBOX=1"),
        ({}, Weight.FAULT, "no network is connected"),
        ({}, Weight.FINE, "live"),
        ({}, Weight.FAULT, "no SMS gateway"),
        (BY_SMS | {"sms_gateway_url": "http://sms.example"}, Weight.WARNING, "http:// to another machine"),
        ({}, Weight.WARNING, "SMTP_URL is unset"),
        (BY_MAIL, Weight.WARNING, "no DKIM key"),
        (
            BY_SMS | {"portal_url": "https://moj.mobilnitelekomunikacijski.si"},
            Weight.WARNING,
            "PORTAL_URL has 40 characters",
        ),
        ({"letters_dir": Path("/dev/null/letters")}, Weight.FAULT, "letters cannot be laid into /dev/null/letters"),
        ({"handover_dir": Path("/dev/null/x")}, Weight.FAULT, "handovers cannot be laid into /dev/null/x"),
        (
            PAYEE | {"payee_name": "Mobilne komunikacije Alpe-Adria, d. o. o., Ljubljana"},
            Weight.WARNING,
            "PAYEE_NAME is longer than a payment form takes: UPN QR codes say «Mobilne komunikacije Alpe-Adria»",
        ),
        ({}, Weight.FAULT, "PAYEE_NAME, PAYEE_STREET, PAYEE_CITY, PAYEE_IBAN, PAYEE_VAT_ID unset"),
    ],
)
def test_the_doctor_reads_the_settings(changed: dict[str, object], weight: Weight, words: str) -> None:
    assert words in findings(**changed)[weight]


@pytest.mark.parametrize("words", ["SMS", "SMTP", "letters", "PAYEE", "http://", "DKIM"])
def test_the_doctor_finds_good_ways_out_fine(words: str, tmp_path: Path) -> None:
    key = tmp_path / "dkim.pem"
    subprocess.run(["openssl", "genrsa", "-traditional", "-out", key, "1024"], check=True, capture_output=True)
    found = findings(
        **PAYEE,
        **BY_SMS,
        smtp_url="smtp://127.0.0.1:25",
        mail_from="moj@example.si",
        dkim_key_file=key,
        dkim_selector="moj2026",
    )

    assert words not in found[Weight.FAULT] + found[Weight.WARNING]


async def test_the_doctor_asks_whether_gateway_and_mail_server_answer() -> None:
    with socket.create_server(("127.0.0.1", 0)) as gateway:
        there = f"http://127.0.0.1:{gateway.getsockname()[1]}"
        known = Settings(**RIGHT | BY_MAIL | BY_SMS | {"sms_gateway_url": there})
        sms, mail = [finding async for finding in doctor_messages.reached(known)]

    assert (sms.weight, mail.weight) == (Weight.FINE, Weight.FAULT)
    assert "the mail server does not answer at 127.0.0.1:1:" in mail.what


async def test_the_doctor_counts_messages_that_need_a_person(database: str) -> None:
    assert (await doctor_messages.messages()).weight is Weight.FINE

    await a_message(MessageState.UNKNOWN)
    await a_message(MessageState.REFUSED)
    await a_message(MessageState.FAILED)
    assert (await doctor_messages.messages()).what.startswith("1 messages in doubt, 2 refused or failed")

    await a_message(MessageState.QUEUED, age=timedelta(minutes=42))
    assert (await doctor_messages.messages()).what == "a message has waited for 42 minutes"


async def test_the_doctor_warns_of_a_database_that_logs_rows(database: str) -> None:
    assert "terse" in (await doctor.row_contents()).mend


async def test_the_doctor_finds_a_good_database_fine(database: str) -> None:
    for check in (doctor.version, doctor.skew, doctor.migrations, doctor.held_jobs):
        assert (await check()).weight is Weight.FINE


async def test_the_doctor_finds_migrations_that_have_not_run(database: str) -> None:
    async with connection() as connected:
        await connected.execute("CREATE TEMPORARY TABLE kept AS TABLE migration; TRUNCATE migration")
        found = await doctor.migrations()
        await connected.execute("INSERT INTO migration TABLE kept; DROP TABLE kept")

    assert found.weight is Weight.FAULT
    assert "portal migrate" in found.mend


async def test_the_doctor_misses_the_worker(database: str) -> None:
    assert (await doctor.worker()).mend == "Start one: portal worker"


def test_the_doctor_finds_a_database_that_does_not_answer(environment: dict[str, str]) -> None:
    nowhere = environment | {"PORTAL_URL": "http://127.0.0.1", "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}
    command = [sys.executable, "-m", "portal.cli", "doctor"]

    said = subprocess.run(command, cwd=ROOT, env=nowhere, capture_output=True, text=True, check=False)

    assert "the database does not answer" in said.stdout
    assert said.returncode == 1
