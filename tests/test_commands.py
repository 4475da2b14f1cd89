"""The `portal` command: what it says when something is wrong, and the demo from its first line to Ctrl-C."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner, Result

from portal.cli import demo, doctor, main, queue
from portal.cli.findings import Weight
from portal.database import connection, transaction
from portal.embedded import embedded_url
from portal.jobs import enqueue
from portal.settings import ROOT, Settings, settings
from tests.conftest import POSTGRES
from tests.test_settings import ON_THIS_MACHINE, RIGHT


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

    assert all(name in said for name in ("serve", "worker", "migrate", "doctor", "payments", "jobs", "demo"))


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
        ({}, Weight.FAULT, "no SMS gateway"),
        ({}, Weight.FINE, "live"),
    ],
)
def test_the_doctor_reads_the_settings(changed: dict[str, object], weight: Weight, words: str) -> None:
    assert words in findings(**changed)[weight]


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
