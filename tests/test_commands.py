"""The `portal` command: what it offers, what it says when something is wrong, and jobs that are held."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from click.testing import CliRunner, Result

from portal.cli import main, queue
from portal.database import transaction
from portal.jobs import enqueue
from portal.settings import settings


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


async def test_a_held_job_is_listed_and_tried_again(database: str) -> None:
    async with transaction() as connected:
        await enqueue("messaging.deliver", message="1")
        job_id = await connected.fetchval("UPDATE pgqueuer SET status = 'failed' RETURNING id")

    assert [(job.id, job.name) for job in await queue.held()] == [(job_id, "messaging.deliver")]
    assert await queue.retry(job_id)
    assert await queue.held() == []
    assert not await queue.retry(job_id)
    assert timedelta() <= await queue.longest_wait() < timedelta(minutes=1)
