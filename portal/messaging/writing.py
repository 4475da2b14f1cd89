"""Long messages, e-mails and letters: written once in Markdown, read as text, as HTML and by Typst.

Whatever a customer is called stays what it is: values are escaped as the template writes them, and HTML in Markdown
is not let through.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from jinja2 import Environment, Template
from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode
from markupsafe import Markup

from portal.messaging import plain_text
from portal.messaging.tables import Channel
from portal.messaging.templates import Purpose, template
from portal.messaging.values import Values
from portal.messaging.wording import known
from portal.settings import settings
from portal.web.pages import call
from portal.web.templating import environment, formats, unbroken

# Nothing from elsewhere (images), and nothing that a stray blank of a template would turn into something else (code).
MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table").disable(["image", "code"])
PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
BLANKS = re.compile(r"[\x00-\x20\x7f-\x9f\u2028\u2029]+")
"""All that is not visible, except the no-break spaces, which are meant."""
DAY = re.compile(r"\b(\d{1,2}\.) (?=\d{1,2}\.|\d{4}\b|(?:jan|feb|mar|apr|maj|jun|jul|avg|sep|okt|nov|dec)\w)")
PREVIEW = 140
"""Characters that a list of mails shows of one, at most."""


class Words(str):
    """A value that Jinja writes into Markdown: nothing in it is markup. It stays on one line."""

    __slots__ = ()

    def __html__(self) -> Markup:
        return Markup(PUNCTUATION.sub(r"\\\1", BLANKS.sub(" ", self)))  # noqa: S704 - escaped right here


@dataclass(frozen=True, slots=True)
class Writing:
    """A long message: its first heading is the subject, what follows its body. `is_secret`: a code stands in it."""

    language: str
    tree: SyntaxTreeNode
    is_secret: bool = False

    @property
    def subject(self) -> str:
        return plain_text.words_of(self.tree.children[0])

    @property
    def body(self) -> list[SyntaxTreeNode]:
        return self.tree.children[1:]

    @property
    def text(self) -> str:
        """For those who read without HTML."""
        return plain_text.text_of_blocks(self.body)

    @property
    def html(self) -> str:
        """A whole HTML document for mail clients, which know little of CSS: see the template."""
        house = environment(self.language).get_template("messages/_email.html")
        return house.render(known_here() | READING, writing=self, care_call=call(settings().portal_care_number))

    @property
    def preview(self) -> str:
        """What a list of mails shows under the subject: how it begins, after the greeting. Others see it too, so
        nothing that opens a door stands there: no code, and not where a link leads.
        """
        if self.is_secret:
            return self.subject
        paragraphs = [node for node in self.body if node.type == "paragraph" and not plain_text.is_only_links(node)]
        texts = [plain_text.spoken(node) for node in paragraphs]
        said = " ".join(texts[1:] if len(texts) > 1 and texts[0].endswith((",", "!")) else texts)
        return shortened(said[:1].upper() + said[1:])


def write(name: str, channel: Channel, language: str, values: Values) -> Writing:
    """`email.md` or `letter.md` of a message, filled. A value that the template needs and is not there is an error."""
    message = template(name)
    writing = filled(markdown(language).get_template(message.path(channel)), language, values)
    return replace(writing, is_secret=message.purpose is Purpose.CODES)


def filled(source: Template, language: str, values: Values) -> Writing:
    """What `write` makes of a template that `markdown(language)` has loaded."""
    tree = SyntaxTreeNode(MARKDOWN.parse(source.render(escaped(known_here() | dict(values)))))
    if not tree.children or tree.children[0].type != "heading":
        raise ValueError(f"{source.name}: a long message begins with its subject as a heading")
    return Writing(language, tree)


def known_here() -> dict[str, object]:
    """What every message knows; where there is room, numbers stay on one line."""
    ours = settings()
    care, collections = unbroken(ours.portal_care_number), unbroken(ours.portal_collections_number)
    return known() | {"care_number": care, "collections_number": collections}


@cache
def markdown(language: str) -> Environment:
    """Where everything written into a template is escaped, what filters make included: `28. 11. 2026` at the start of
    a line would be the 28th item of a list.
    """
    ours = environment(language).overlay(finalize=worded)
    ours.filters = ours.filters | {name: wording(write) for name, write in formats(language).items()}
    return ours


def wording(write: Callable[..., str]) -> Callable[..., Words]:
    return lambda *values: Words(write(*values))


def worded(value: Any) -> Any:
    return Words(value) if type(value) is str else value


def escaped(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: escaped(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [escaped(inner) for inner in value]
    return Words(value) if isinstance(value, str) else value


def bound(text: str) -> str:
    """Where lines break, a day stays whole: `28. novembra`."""
    return DAY.sub("\\1\u00a0", text)


def shortened(text: str) -> str:
    line = " ".join(text.split("\n"))
    return line if len(line) <= PREVIEW else line[:PREVIEW].rpartition(" ")[0] + " …"


READING = {
    "button": plain_text.button,
    "rows": plain_text.rows,
    "has_words": plain_text.has_words,
    "bound": bound,
    "nothing": "\u034f\u200c\u00a0" * PREVIEW,
}
