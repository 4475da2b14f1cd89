"""A browser without JavaScript: it follows links, submits the forms that stand on the page, and checks every page."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlencode, urljoin

import html5lib
import httpx
from lxml.etree import _Element

from app import create_app

ORIGIN = "https://moj.test"
# Parse errors that HTML allows in practice and html5lib still reports.
FORGIVEN = {"unknown-doctype"}


@dataclass(frozen=True)
class FormOnPage:
    """A form as it stands on the page: where it goes and what its fields hold."""

    action: str
    method: str
    fields: dict[str, str]

    def fill(self, **values: str) -> FormOnPage:
        unknown = set(values) - set(self.fields)
        assert not unknown, f"the form has no field {unknown}; it has {sorted(self.fields)}"
        return FormOnPage(self.action, self.method, self.fields | values)


@dataclass(frozen=True)
class Page:
    """An answer, with what a person would look for in it."""

    response: httpx.Response
    root: _Element | None = field(repr=False)

    @property
    def status(self) -> int:
        return self.response.status_code

    @property
    def path(self) -> str:
        return self.response.url.raw_path.decode()

    @property
    def html(self) -> str:
        return self.response.text

    @property
    def text(self) -> str:
        """What is written on the page, white space folded and no-break spaces as plain ones."""
        assert self.root is not None
        for hidden in self.root.cssselect("script, style, template"):
            hidden.drop_tree() if hasattr(hidden, "drop_tree") else hidden.clear()
        return " ".join("".join(self.root.itertext()).replace("\u202f", " ").replace("\xa0", " ").split())

    def all(self, selector: str) -> list[_Element]:
        assert self.root is not None
        return list(self.root.cssselect(selector))

    def one(self, selector: str) -> _Element:
        found = self.all(selector)
        assert len(found) == 1, f"{len(found)} of {selector} on {self.path}"
        return found[0]

    @property
    def form(self) -> FormOnPage:
        """The one form of the page's content (those of header and footer do not count)."""
        return self.form_to(None)

    def form_to(self, action: str | None) -> FormOnPage:
        forms = [read_form(node) for node in self.all("main form")]
        wanted = [form for form in forms if action is None or form.action == action]
        assert len(wanted) == 1, f"{len(wanted)} forms to {action or 'anywhere'} among {[f.action for f in forms]}"
        return wanted[0]


def read_form(node: _Element) -> FormOnPage:
    fields: dict[str, str] = {}
    for control in node.cssselect("input, select, textarea"):
        name = control.get("name")
        if name and not (control.get("type") in ("checkbox", "radio") and control.get("checked") is None):
            fields[name] = (control.text if control.tag == "textarea" else control.get("value")) or ""
        elif name:
            fields.setdefault(name, "")
    return FormOnPage(node.get("action") or "", (node.get("method") or "get").lower(), fields)


class Visitor:
    """One browser: its cookies, and the pages it opens. `address` is where it seems to come from."""

    def __init__(self, app: Any, address: str = "203.0.113.7", language: str = "sl") -> None:
        transport = httpx.ASGITransport(app, client=(address, 40000), raise_app_exceptions=False)
        self.client = httpx.AsyncClient(
            transport=transport, base_url=ORIGIN, headers={"accept-language": language}, follow_redirects=False
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.client.aclose()

    async def get(
        self, path: str, *, status: int = 200, follow: bool = True, headers: dict[str, str] | None = None
    ) -> Page:
        response = await self.client.get(path, headers={"sec-fetch-site": "same-origin", **(headers or {})})
        return await self.arrive(response, status, follow)

    async def submit(self, form: FormOnPage, *, status: int = 200, follow: bool = True, **values: str) -> Page:
        """Send a form as it stands, with `values` filled in. A redirect is followed, as a browser does."""
        filled = form.fill(**values)
        fields = {name: value for name, value in filled.fields.items() if value or name in values or name != ""}
        return await self.post(filled.action, fields, status=status, follow=follow)

    async def post(
        self,
        path: str,
        fields: dict[str, str] | list[tuple[str, str]],
        *,
        status: int = 200,
        follow: bool = True,
        headers: dict[str, str] | None = None,
    ) -> Page:
        sent = {
            "content-type": "application/x-www-form-urlencoded",
            "sec-fetch-site": "same-origin",
            "origin": ORIGIN,
            **(headers or {}),
        }
        response = await self.client.post(path, content=urlencode(fields), headers=sent)
        return await self.arrive(response, status, follow)

    async def arrive(self, response: httpx.Response, status: int, follow: bool) -> Page:
        if follow and response.status_code == 303:
            target = urljoin(str(response.url), response.headers["location"])
            assert target.startswith(ORIGIN), f"redirected away, to {target}"
            return await self.get(target.removeprefix(ORIGIN) or "/", status=status)
        assert response.status_code == status, f"{response.url.path}: {response.status_code}\n{response.text[:2000]}"
        return read_page(response)


def read_page(response: httpx.Response) -> Page:
    if not response.headers.get("content-type", "").startswith("text/html") or not response.content:
        return Page(response, None)
    parser = html5lib.HTMLParser(tree=html5lib.getTreeBuilder("lxml"), namespaceHTMLElements=False)
    is_whole = "<html" in response.text[:200]
    tree = parser.parse(response.text) if is_whole else None
    root = tree.getroot() if tree is not None else wrapped(parser, response.text)
    page = Page(response, root)
    if is_whole:
        keep_house_rules(page, parser.errors)
    return page


def wrapped(parser: html5lib.HTMLParser, fragment: str) -> _Element:
    return parser.parse(f"<!doctype html><title>-</title><main>{fragment}</main>").getroot()


def keep_house_rules(page: Page, errors: list[Any]) -> None:
    """What every page of ours keeps to."""
    wrong = [error for error in errors if error[1] not in FORGIVEN]
    assert not wrong, f"{page.path} is not valid HTML: {wrong[:3]}"
    assert len(page.all("h1")) == 1, f"{page.path} has {len(page.all('h1'))} h1"
    doubled = [name for name, count in Counter(node.get("id") for node in page.all("[id]")).items() if count > 1]
    assert not doubled, f"{page.path} repeats the ids {doubled}"
    assert page.one("html").get("lang") in ("sl", "en")
    assert not page.all("[style], [onclick], script:not([src])"), f"{page.path} has inline style or script"
    for form in page.all("form"):
        is_post = (form.get("method") or "get").lower() == "post"
        assert not is_post or len(form.cssselect("input[name=csrf_token]")) == 1, f"{page.path}: POST form without CSRF"
        assert not form.get("hx-post") or form.get("action") == form.get("hx-post"), (
            f"{page.path}: hx-post without action"
        )
    for node in page.all("[hx-get]"):
        assert node.tag in ("a", "form", "section", "div"), f"{page.path}: hx-get on <{node.tag}>"


@lru_cache(maxsize=1)
def portal_app() -> Any:
    """The application without its lifespan: tests open the database themselves, in their own event loop."""
    return create_app()
