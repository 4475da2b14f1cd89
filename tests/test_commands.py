"""The `portal` command: what it says when something is wrong, and the demo from its first line to Ctrl-C."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from click.testing import CliRunner, Result

from portal import clock
from portal.audit import AuditEntry, Event
from portal.cli import demo, doctor, doctor_messages, main, queue
from portal.cli.findings import Weight
from portal.database import connection, transaction
from portal.embedded import embedded_url
from portal.jobs import enqueue
from portal.messaging.tables import Attachment, Channel, Message, MessageState
from portal.messaging.undelivered import REFUSED, UNKNOWN, WAITING, NotSentAgain, resend, unsettled
from portal.messaging.values import dump
from portal.money import Money
from portal.settings import ROOT, Settings, settings
from tests.conftest import POSTGRES
from tests.people import saved
from tests.test_settings import ON_THIS_MACHINE, RIGHT
from tests.working import waiting


@pytest.fixture
def fresh_settings(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """The command reads the environment anew, as a process of its own does."""
    settings.cache_clear()
    yield monkeypatch
    settings.cache_clear()


def portal(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


def test_help_names_every_command() -> None:
    said = portal("--help").output

    assert all(
        name in said for name in ("serve", "worker", "migrate", "doctor", "payments", "messages", "jobs", "demo")
    )


def test_wrong_settings_end_a_command_with_a_sentence_each(fresh_settings: pytest.MonkeyPatch) -> None:
    fresh_settings.setenv("PORTAL_URL", "http://moj.example.si")
    fresh_settings.delenv("STRIPE_API_KEY")

    ended = portal("serve")

    assert ended.exit_code == 1
    assert ended.output.splitlines()[1:] == ["PORTAL_URL has to begin with https://", "STRIPE_API_KEY is missing"]


def test_the_sandbox_is_served_on_loopback_only(fresh_settings: pytest.MonkeyPatch) -> None:
    fresh_settings.setenv("PORTAL_URL", "http://127.0.0.1:8000")
    fresh_settings.setenv("PORTAL_SANDBOX", "1")

    ended = portal("serve", "--host", "0.0.0.0")

    assert "loopback" in ended.output
    assert ended.exit_code == 1


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
        ({"letters_dir": Path("/dev/null/letters")}, Weight.FAULT, "letters cannot be laid into /dev/null/letters"),
        ({}, Weight.FAULT, "PAYEE_NAME, PAYEE_STREET, PAYEE_CITY, PAYEE_IBAN unset"),
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


async def test_a_held_job_is_listed_and_tried_again(database: str) -> None:
    async with transaction() as connected:
        await enqueue("messaging.deliver", message="1")
        job_id = await connected.fetchval("UPDATE pgqueuer SET status = 'failed' RETURNING id")

    assert [(job.id, job.name) for job in await queue.held()] == [(job_id, "messaging.deliver")]
    assert await queue.retry(job_id)
    assert await queue.held() == []
    assert not await queue.retry(job_id)
    assert timedelta() <= await queue.longest_wait() < timedelta(minutes=1)


async def a_message(state: MessageState, *, age: timedelta = timedelta(), **other: Any) -> Message:
    at = clock.now() - age
    known: dict[str, Any] = {
        "channel": Channel.SMS,
        "recipient": "+38641555100",
        "template": "reconnected",
        "language": "sl",
    } | other
    return await saved(Message(state=state, created_at=at, **known))


async def test_messages_in_trouble_are_listed_without_their_recipients(database: str) -> None:
    await a_message(MessageState.UNKNOWN, reason="ReadTimeout")
    await a_message(MessageState.REFUSED, channel=Channel.EMAIL, recipient="bojan@example.si", age=timedelta(hours=1))
    await a_message(MessageState.FAILED, channel=Channel.LETTER, recipient="Ana Kos\nGlavna 1\n1000 Ljubljana")
    await a_message(MessageState.EXPIRED, reason="the sms gateway is away")
    await a_message(MessageState.EXPIRED, template="sign_in_code", is_secret=True)
    await a_message(MessageState.UNKNOWN, age=timedelta(days=31))
    await a_message(MessageState.SENT)
    at = clock.now()

    assert [(one.masked, one.reason) for one in await unsettled(UNKNOWN, at)] == [("041 ••• •00", "ReadTimeout")]
    assert [one.masked for one in await unsettled(REFUSED, at)] == [
        "b••••@example.si",
        "…, 1000 Ljubljana",
        "041 ••• •00",
    ]
    assert await unsettled(WAITING, at) == []


async def test_a_message_is_sent_again_by_a_person_s_decision_and_once(database: str) -> None:
    lost = await a_message(MessageState.UNKNOWN, values=dump({"fee": Money(799)}), language="en")

    again = await resend(lost.id, "marko", "customer called", clock.now())
    with pytest.raises(NotSentAgain, match="before"):
        await resend(lost.id, "marko", "customer called", clock.now())

    copy = await Message.objects().get(Message.id == again)
    assert copy is not None
    assert (copy.state, copy.recipient, copy.language) == (MessageState.QUEUED, lost.recipient, "en")
    assert json.loads(copy.values) == json.loads(lost.values)
    assert await waiting() == ["messaging.deliver"]
    [entry] = await AuditEntry.objects().where(AuditEntry.event == Event.MESSAGE_RESENT)
    assert json.loads(entry.details) == {
        "message": str(lost.id),
        "again": str(again),
        "by": "marko",
        "reason": "customer called",
    }
    assert await unsettled(UNKNOWN, clock.now()) == []


async def test_a_file_goes_with_it_again(database: str) -> None:
    lost = await a_message(MessageState.FAILED, channel=Channel.EMAIL, recipient="bojan@example.si")
    await saved(Attachment(message=lost.id, name="Račun.pdf", media_type="application/pdf", content=b"%PDF"))

    again = await resend(lost.id, "marko", "mailbox was full", clock.now())

    [file] = await Attachment.objects().where(Attachment.message == again)
    assert (file.name, file.content) == ("Račun.pdf", b"%PDF")


@pytest.mark.parametrize(
    ("state", "is_secret", "why"),
    [
        (MessageState.UNKNOWN, True, "ask for a new one"),
        (MessageState.SENT, False, "It is sent"),
        (MessageState.QUEUED, False, "It is queued"),
        (MessageState.DELIVERED, False, "It is delivered"),
    ],
)
async def test_what_arrived_or_held_a_code_is_not_sent_again(
    database: str, state: MessageState, is_secret: bool, why: str
) -> None:
    message = await a_message(state, is_secret=is_secret)

    with pytest.raises(NotSentAgain, match=why):
        await resend(message.id, "marko", "to be sure", clock.now())

    assert await waiting() == []
    with pytest.raises(NotSentAgain, match="no such message"):
        await resend(uuid4(), "marko", "to be sure", clock.now())


def test_the_command_lists_and_refuses(environment: dict[str, str]) -> None:
    def said(*arguments: str) -> tuple[int, str]:
        command = [sys.executable, "-m", "portal.cli", "messages", *arguments]
        own = environment | {"PORTAL_URL": "http://127.0.0.1"}
        ended = subprocess.run(command, cwd=ROOT, env=own, capture_output=True, text=True, check=False)
        return ended.returncode, ended.stdout + ended.stderr

    subprocess.run(
        [sys.executable, "-m", "portal.cli", "migrate"],
        cwd=ROOT,
        env=environment | {"PORTAL_URL": "http://127.0.0.1"},
        check=True,
        capture_output=True,
    )
    assert said("unknown") == (0, "No message is in doubt.\n")
    assert said("resend", str(uuid4()), "--reason", "why not") == (1, "Error: There is no such message.\n")
    assert said("resend", str(uuid4()))[0] == 2


def test_the_demo_takes_nothing_from_an_operator_s_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(demo, "VAR", tmp_path)
    monkeypatch.setattr(demo, "KEY", tmp_path / "secret-key")
    monkeypatch.setenv("DATABASE_URL", "postgresql://portal@db/customers")
    monkeypatch.setenv("PORTAL_SANDBOX", "0")
    before = dict(os.environ)

    demo.set_environment(8123)
    made = dict(os.environ)
    os.environ.clear()
    os.environ.update(before)

    assert "DATABASE_URL" not in made
    assert made["PORTAL_URL"] == "http://127.0.0.1:8123"
    assert made["PORTAL_SANDBOX"] == "1"
    assert made["LETTERS_DIR"] == str(tmp_path / "demo-letters")
    assert (tmp_path / "demo-letters").is_dir()
    assert (tmp_path / "secret-key").stat().st_mode & 0o077 == 0


@pytest.fixture
def environment() -> dict[str, str]:
    """The demo on a database of the tests' own."""
    url = embedded_url(POSTGRES, f"{os.environ.get('TEST_DATABASE', 'test')}_demo")
    kept = {name: value for name, value in os.environ.items() if name not in ("PORTAL_URL", "STRIPE_API_BASE")}
    return kept | {"PORTAL_SANDBOX": "1", "DATABASE_URL": url}


def test_the_demo_starts_tells_who_can_sign_in_and_ends_with_ctrl_c(environment: dict[str, str]) -> None:
    port = free_port()
    with started(environment, port) as process:
        said = "".join(line_by_line(process, until="Ctrl-C"))
        page = httpx.get(f"http://127.0.0.1:{port}/sign-in", headers={"accept-language": "sl"}).text
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)

    assert "Prijava" in page
    assert "Bojan Kralj" in said
    assert f"http://127.0.0.1:{port}/sandbox/phone/38640000102" in said
    assert process.returncode == 0
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))


def test_the_demo_says_when_its_port_is_taken(environment: dict[str, str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with started(environment, taken.getsockname()[1]) as process:
            said, _ = process.communicate(timeout=20)

    assert "--port" in said
    assert process.returncode == 1


@contextmanager
def started(environment: dict[str, str], port: int) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "portal.cli", "demo", "start", "--port", str(port)]
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(20)
        process.stdout and process.stdout.close()


def line_by_line(process: subprocess.Popen[str], until: str) -> Iterator[str]:
    assert process.stdout is not None
    for line in process.stdout:
        yield line
        if until in line:
            return


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
