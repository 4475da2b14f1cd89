"""Ana's services as a browser shows them."""

from __future__ import annotations

from lxml.etree import _Element

from tests.people import NOON, Person, signed_in
from tests.visiting import FormOnPage, Page, Visitor, read_form


async def opened(visit: Visitor, person: Person) -> Page:
    """Signed in, on the list of services."""
    await signed_in(visit, person, at=NOON)
    return await visit.get("/services")


def path(person: Person, code: str) -> str:
    return f"/lines/{person.line.id}/services/{code}"


def row(page: Page, name: str) -> str:
    """What the list says of a service."""
    [found] = [node for node in page.all("li.service") if node.cssselect("b")[0].text == name]
    return words(found)


def facts(page: Page) -> dict[str, str]:
    """Every term of the page with what stands beside it."""
    return {words(node[0]): words(node[1]) for node in page.all("dl div")}


def words(node: _Element) -> str:
    """White space folded and no-break spaces as plain ones."""
    return " ".join("".join(node.itertext()).replace("\xa0", " ").replace("\u202f", " ").split())


def form(page: Page, person: Person, code: str, *, on: bool = True) -> FormOnPage:
    """The form that asks for a service on or off."""
    wanted = {"on": "yes" if on else "no"}
    forms = [read_form(node) for node in page.all("main form") if node.get("action") == path(person, code)]
    [found] = [form for form in forms if form.fields.items() >= wanted.items()]
    return found


def by_htmx(target: str) -> dict[str, str]:
    return {"hx-request": "true", "hx-target": f"div#{target}"}
