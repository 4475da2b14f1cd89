"""Nobody is led away from us: what comes after signing in or choosing a language is a path of ours."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.web.requests import local_path
from tests.people import a_person, signed_in
from tests.visiting import Visitor

ELSEWHERE = [
    "https://evil.example",
    "http://evil.example/bills",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "\\/evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "evil.example",
    "",
    " //evil.example",
    "\t//evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/\r\nSet-Cookie: a=b",
    "/bills\r\nLocation: https://evil.example",
    "/\x00/evil.example",
    "/\u2028/evil.example",
    "/\u202e",
    "/računi",
    "https:evil.example",
    "@evil.example",
]


@pytest.mark.parametrize("path", ELSEWHERE)
def test_what_leads_elsewhere_is_no_path_of_ours(path: str) -> None:
    assert local_path(path) is None


@pytest.mark.parametrize(
    "path", ["/", "/bills", "/bills?before=2026-01-01&a=//b", "/%2F%2Fevil.example", "/a/../b", "/a#b"]
)
def test_our_own_paths_stay(path: str) -> None:
    assert local_path(path) == path


@given(st.text())
def test_a_path_of_ours_is_always_one_slash_and_ascii(text: str) -> None:
    path = local_path("/" + text)

    assert path is None or (path.isascii() and path.isprintable() and path[:2] not in ("//", "/\\"))


@pytest.mark.parametrize("path", [path for path in ELSEWHERE if "\x00" not in path])
async def test_next_cannot_lead_a_signed_in_person_away(visit: Visitor, database: str, path: str) -> None:
    await signed_in(visit, await a_person())

    answer = await visit.client.get("/sign-in", params={"next": path})

    assert (answer.status_code, answer.headers["location"]) == (303, "/")


@pytest.mark.parametrize("path", ELSEWHERE[:12])
async def test_next_cannot_lead_away_through_the_whole_flow(visit: Visitor, database: str, path: str) -> None:
    page = (await visit.client.get("/sign-in", params={"next": path})).text
    assert 'name="next"' not in page
    form = (await visit.get("/sign-in")).form

    sent = await visit.post(
        "/sign-in", form.fields | {"identifier": "041 999 999", "next": path}, status=303, follow=False
    )

    assert sent.response.headers["location"] == "/sign-in/code"


@pytest.mark.parametrize(
    ("referer", "location"),
    [
        ("https://moj.test/bills?before=2026-01-01", "/bills?before=2026-01-01"),
        ("https://evil.example//evil.example", "/"),
        ("https://evil.example/\\evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("http://[", "/"),
        ("", "/"),
    ],
)
async def test_the_referer_leads_to_a_path_of_ours_alone(
    visit: Visitor, database: str, referer: str, location: str
) -> None:
    token = (await visit.get("/sign-in")).form.fields["csrf_token"]

    answer = await visit.post(
        "/language", {"csrf_token": token, "language": "en"}, headers={"referer": referer}, status=303, follow=False
    )

    assert answer.response.headers["location"] == location
