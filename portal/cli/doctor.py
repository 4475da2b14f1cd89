"""`portal doctor`: what is wrong with the set-up and how to mend it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import timedelta

import asyncpg
import click
from piccolo.apps.migrations.commands.base import BaseMigrationManager
from piccolo.apps.migrations.tables import Migration
from pydantic import ValidationError

from portal import clock
from portal.cli import doctor_bank, doctor_messages, doctor_network, doctor_signing, queue
from portal.cli.findings import Finding, Weight, fault, fine, warning
from portal.cli.running import sentences
from portal.database import connection, open_database
from portal.settings import Settings, settings

OLDEST_POSTGRES = 15
LARGEST_SKEW = timedelta(seconds=2)
LONGEST_WAIT = timedelta(minutes=2)


@click.command
def doctor() -> None:
    """Say what is wrong with the set-up and how to mend it. Ends with 1 when something has to be mended."""
    found = asyncio.run(examine())
    for finding in found:
        sign, colour = finding.weight.value
        click.secho(f" {sign} {finding.what}", fg=colour)
        if finding.mend:
            click.echo(f"   {finding.mend}")
    raise SystemExit(any(finding.weight is Weight.FAULT for finding in found))


async def examine() -> list[Finding]:
    try:
        known = settings()
    except ValidationError as invalid:
        return [fault(sentence, "See the table of variables in the README.") for sentence in sentences(invalid)]
    return [
        *of_settings(known),
        *[finding async for finding in doctor_messages.reached(known)],
        *[finding async for finding in doctor_network.reached(known)],
        *[finding async for finding in of_database(known)],
    ]


def of_settings(known: Settings) -> Iterator[Finding]:
    yield fine(f"settings: {known.portal_url}, {'sandbox' if known.portal_sandbox else 'production'}")
    if len(set(known.secret_key)) < 10:
        yield fault("PORTAL_SECRET_KEY is not random", "Make one: openssl rand -base64 48")
    if known.portal_sandbox:
        yield warning("PORTAL_SANDBOX=1: nothing leaves this machine", "Unset it to serve customers.")
        return
    if known.is_loopback:
        yield fault("PORTAL_URL is this machine's own address", "Set it to what customers type: https://moj.example.si")
    if known.database_url is None:
        yield warning("DATABASE_URL is unset: the embedded PostgreSQL is for development", "Run a server of your own.")
    if not known.portal_proxies:
        yield warning(
            "PORTAL_PROXIES is unset: behind a proxy every visitor has the proxy's address, and shares its limits",
            "Set it to the proxies' networks, e.g. 127.0.0.1/32.",
        )
    yield from doctor_network.of_settings(known)
    yield from doctor_messages.of_settings(known)
    yield from doctor_bank.of_settings(known)
    yield from doctor_signing.of_settings(known)
    yield from of_stripe(known)


def of_stripe(known: Settings) -> Iterator[Finding]:
    key = known.stripe_api_key.get_secret_value() if known.stripe_api_key else ""
    hook = known.stripe_webhook_secret.get_secret_value() if known.stripe_webhook_secret else ""
    if not key.startswith(("sk_", "rk_")):
        yield fault("STRIPE_API_KEY is no secret key (sk_… or rk_…)", "Take it from Stripe's dashboard, API keys.")
    elif "_test_" in key:
        yield warning("STRIPE_API_KEY is a test key: no money moves", "Use a live key to serve customers.")
    else:
        yield fine("Stripe key: live")
    if not hook.startswith("whsec_"):
        yield fault(
            "STRIPE_WEBHOOK_SECRET is no signing secret (whsec_…)",
            f"In Stripe's dashboard, Webhooks, add {known.link('/webhooks/stripe')} and take its signing secret.",
        )
    if known.stripe_api_base != "https://api.stripe.com":
        yield fault("STRIPE_API_BASE is not Stripe", "Unset it.")


Check = Callable[[], Awaitable[Finding]]


async def of_database(known: Settings) -> AsyncIterator[Finding]:
    """Each check goes on where the one before found nothing that stops it."""
    url = known.database_url
    try:
        async with open_database(url.get_secret_value() if url else None, 2):
            for check in CHECKS:
                finding = await check()
                yield finding
                if finding.weight is Weight.FAULT:
                    return
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        yield fault(f"the database does not answer: {error or type(error).__name__}", "Check DATABASE_URL.")


async def version() -> Finding:
    async with connection() as connected:
        major: int = connected.get_server_version().major
    if major < OLDEST_POSTGRES:
        return fault(f"PostgreSQL {major} is too old", f"Use {OLDEST_POSTGRES} or newer.")
    return fine(f"database: PostgreSQL {major}")


async def skew() -> Finding:
    async with connection() as connected:
        apart = abs(await connected.fetchval("SELECT clock_timestamp()") - clock.system())
    if apart > LARGEST_SKEW:
        return warning(
            f"this machine's clock and the database's are {apart.total_seconds():.0f} s apart",
            "Let both follow network time: timedatectl set-ntp true",
        )
    return fine("clock: agrees with the database's")


async def migrations() -> Finding:
    async with connection() as connected:
        is_laid = await connected.fetchval("SELECT to_regclass('migration') IS NOT NULL")
        has_queue = await connected.fetchval("SELECT to_regclass('pgqueuer') IS NOT NULL")
    done = set(await Migration.get_migrations_which_ran(app_name="moj")) if is_laid else set()
    waiting = len(set(known_migrations()) - done)
    if waiting or not has_queue:
        return fault(f"{waiting} migrations have not run" if waiting else "the queue's tables are missing", MIGRATE)
    return fine(f"migrations: all {len(done)} have run")


MIGRATE = "Run: portal migrate"


def known_migrations() -> list[str]:
    """The ids of the migrations that stand in the folder. Piccolo's own check would make a table to answer."""
    finder = BaseMigrationManager()
    folder = finder.get_app_config("moj").resolved_migrations_folder_path
    return finder.get_migration_ids(finder.get_migration_modules(folder))


async def worker() -> Finding:
    late, wait = await queue.schedules_late(), await queue.longest_wait()
    if late is None or late > LONGEST_WAIT:
        return warning("no worker is running: no message is sent, nothing is reconnected", "Start one: portal worker")
    if wait > LONGEST_WAIT:
        return warning(f"the oldest job has waited {wait.total_seconds() / 60:.0f} minutes", "Start another worker.")
    return fine("worker: running, the queue is short")


async def held_jobs() -> Finding:
    held = await queue.held()
    if held:
        return warning(f"{len(held)} jobs failed too often and are held", "Look at them: portal jobs held")
    return fine("jobs: none is held")


async def row_contents() -> Finding:
    """A broken rule is logged by the server with the row that broke it, which may hold a code or an address."""
    async with connection() as connected:
        verbosity = await connected.fetchval("SHOW log_error_verbosity")
    if verbosity != "terse":
        return warning(
            "PostgreSQL logs whole rows when a rule is broken, codes and addresses among them",
            "In postgresql.conf: log_error_verbosity = terse",
        )
    return fine("database's log: without contents of rows")


CHECKS: tuple[Check, ...] = (
    version,
    skew,
    migrations,
    worker,
    held_jobs,
    row_contents,
    doctor_messages.messages,
    doctor_bank.statements,
)
