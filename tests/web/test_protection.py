"""What every answer carries, whatever made it; and whom we answer at all."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from portal.database import connection
from portal.settings import settings
from portal.web.assets import asset
from portal.web.protection import security_headers
from tests.identity.phones import ask
from tests.people import a_person, signed_in
from tests.visiting import ORIGIN, Visitor
from tests.web.routes import every_route

PROMISED = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "strict-transport-security": "max-age=63072000; includeSubDomains",
}


def is_protected(answer: httpx.Response) -> bool:
    for name, value in PROMISED.items():
        assert answer.headers.get_list(name) == [value], f"{answer.status_code} says {name}: {answer.headers.get(name)}"
    (policy,) = answer.headers.get_list("content-security-policy")
    assert "unsafe" not in policy
    assert {"default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"} <= {
        part.strip() for part in policy.split(";")
    }
    assert "geolocation=()" in answer.headers["permissions-policy"]
    assert "server" not in answer.headers
    return True


def is_kept_nowhere(answer: httpx.Response) -> bool:
    return answer.headers.get_list("cache-control") == ["no-store"]


@asynccontextmanager
async def without(table: str) -> AsyncIterator[None]:
    """A fault of ours: the code expects a table that is not there."""
    async with connection() as connected:
        await connected.execute(f"ALTER TABLE {table} RENAME TO away")
    try:
        yield
    finally:
        async with connection() as connected:
            await connected.execute(f"ALTER TABLE away RENAME TO {table}")


async def answered(visit: Visitor, status: int) -> httpx.Response:
    """An answer of ours with this status, each got in a way of its own."""
    fields = (await visit.get("/sign-in")).form.fields
    if status == 429:
        for _ in range(5):
            await ask(visit, "041 999 999")
        return (await ask(visit, "041 999 999", status=429)).response
    if status == 500:
        await signed_in(visit, await a_person())
        async with without("bills"):
            return await visit.client.get("/bills")
    ways = {
        200: ("GET", "/sign-in", {}),
        303: ("GET", "/account", {}),
        400: ("POST", "/sign-in", fields | {"identifier": "?"}),
        403: ("POST", "/sign-in", {"identifier": "041 999 999"}),
        404: ("GET", "/nowhere", {}),
        405: ("GET", "/sign-out", {}),
        413: ("POST", "/sign-in", fields | {"identifier": "1" * 70_000}),
        421: ("GET", "/sign-in", {}),
    }
    method, path, sent = ways[status]
    headers = {"sec-fetch-site": "same-origin"} | ({"host": "evil.example"} if status == 421 else {})
    return await visit.client.request(method, path, data=sent or None, headers=headers)


@pytest.mark.parametrize("status", [200, 303, 400, 403, 404, 405, 413, 421, 429, 500])
async def test_every_answer_is_protected_and_kept_nowhere(visit: Visitor, database: str, status: int) -> None:
    answer = await answered(visit, status)

    assert answer.status_code == status
    assert is_protected(answer)
    assert is_kept_nowhere(answer)


@pytest.mark.parametrize("route", sorted({route.path for route in every_route() if not route.parameters}))
async def test_no_route_is_left_out(visit: Visitor, database: str, route: str) -> None:
    await signed_in(visit, await a_person())
    for method in ("GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS"):
        answer = await visit.client.request(method, route)

        assert is_protected(answer)
        assert is_kept_nowhere(answer)


@pytest.mark.parametrize("path", ["/sign-in", "/bills", "/no-such-page"])
async def test_a_head_is_answered_as_a_get_without_its_body(visit: Visitor, database: str, path: str) -> None:
    page, head = await visit.client.get(path), await visit.client.head(path)

    assert (head.status_code, head.content) == (page.status_code, b"")
    assert head.headers["content-type"] == page.headers["content-type"]


async def test_a_static_file_is_protected_and_kept_for_a_year(visit: Visitor, database: str) -> None:
    answer = await visit.client.get(asset("entry.css"))

    assert answer.headers["content-security-policy"] == "default-src 'none'"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert answer.headers["strict-transport-security"].startswith("max-age=63072000")
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert is_kept_nowhere(await visit.client.get("/static/entry.000000000000.css"))


@pytest.mark.parametrize("path", ["/static/../app.py", "/static/%2e%2e%2fapp.py", "/static/..%5capp.py", "/static/"])
async def test_only_static_files_are_static(visit: Visitor, database: str, path: str) -> None:
    assert (await visit.client.get(path)).status_code == 404


@pytest.mark.parametrize("host", ["evil.example", "moj.test.evil.example", "moj.test:8443", "MOJ.TEST@evil", ""])
async def test_another_host_is_not_served(visit: Visitor, database: str, host: str) -> None:
    answer = await visit.client.get("/sign-in", headers={"host": host})

    assert answer.status_code == 421
    assert "evil" not in answer.text


async def test_what_is_denied_stays_denied_when_the_trail_cannot_be_written(visit: Visitor, database: str) -> None:
    async with without("audit_entries"):
        answer = await answered(visit, 403)

    assert answer.status_code == 403
    assert is_protected(answer)


async def test_a_crash_tells_nothing_of_the_inside(visit: Visitor, database: str) -> None:
    answer = await answered(visit, 500)

    for inside in ("Traceback", "asyncpg", "bills", "SELECT", "UndefinedTable"):
        assert inside not in answer.text.partition("<main")[2]


def test_hsts_is_promised_on_https_alone() -> None:
    sandbox = settings().model_copy(update={"portal_url": "http://127.0.0.1:8000", "portal_sandbox": True})

    assert b"strict-transport-security" in dict(security_headers(settings()))
    assert b"strict-transport-security" not in dict(security_headers(sandbox))
    assert settings().origin == ORIGIN


@pytest.mark.parametrize(
    "path", ["/bills?before=2026-01-01.%00", "/payments/return?session_id=%00", "/sign-in?next=%00"]
)
async def test_what_the_database_cannot_hold_goes_no_further(visit: Visitor, database: str, path: str) -> None:
    assert (await visit.client.get(path)).status_code == 400


async def test_methods_nobody_has_make_no_new_metrics(visit: Visitor, database: str) -> None:
    for n in range(5):
        await visit.client.request(f"MADEUP{n}", "/bills")

    assert "MADEUP" not in (await visit.client.get("/metrics")).text


async def test_the_address_of_a_form_leads_to_the_page_it_stands_on(visit: Visitor, database: str) -> None:
    answer = await visit.client.get("/sign-in/code/resend", headers={"accept": "text/html"})

    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in/code")


async def test_forms_on_a_page_that_is_not_there_work_for_who_is_signed_in(visit: Visitor, database: str) -> None:
    await signed_in(visit, await a_person())
    missing = await visit.get("/no-such-page", status=404)
    token = missing.one("form[action='/language'] input[name=csrf_token]").get("value") or ""

    page = await visit.post("/language", {"language": "en", "csrf_token": token})

    assert page.one("html").get("lang") == "en"
