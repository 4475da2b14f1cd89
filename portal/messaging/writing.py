"""Long messages, e-mails and letters: written once in Markdown, read as text, as HTML and by Typst.

Whatever a customer is called stays what it is: values are escaped as the template writes them, and HTML in Markdown
is not let through.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode
from markupsafe import Markup

from portal.messaging.tables import Channel
from portal.messaging.templates import template
from portal.messaging.values import Values
from portal.messaging.wording import known
from portal.web.templating import environment

MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")
PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")


class Words(str):
    """A value that Jinja writes into Markdown: nothing in it is markup."""

    __slots__ = ()

    def __html__(self) -> Markup:
        return Markup(PUNCTUATION.sub(r"\\\1", " ".join(self.split())))  # noqa: S704 - escaped right here


@dataclass(frozen=True, slots=True)
class Writing:
    """A long message: its first heading is the subject, what follows its body."""

    tree: SyntaxTreeNode

    @property
    def subject(self) -> str:
        return text_of(self.tree.children[0])

    @property
    def body(self) -> list[SyntaxTreeNode]:
        return self.tree.children[1:]

    @property
    def text(self) -> str:
        """For those who read without HTML: paragraphs with an empty line between them, links written out."""
        return "\n\n".join(in_lines(node) for node in self.body)


def write(name: str, channel: Channel, language: str, values: Values) -> Writing:
    """`email.md` or `letter.md` of a message, filled. A value that the template needs and is not there is an error."""
    source = environment(language).get_template(template(name).path(channel)).render(escaped(known() | dict(values)))
    written = Writing(SyntaxTreeNode(MARKDOWN.parse(source)))
    if written.tree.children[0].type != "heading":
        raise ValueError(f"{name}: a long message begins with its subject as a heading")
    return written


def escaped(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: escaped(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [escaped(inner) for inner in value]
    return Words(value) if isinstance(value, str) else value


def in_lines(node: SyntaxTreeNode) -> str:
    match node.type:
        case "bullet_list" | "ordered_list":
            return "\n".join(f"- {text_of(item)}" for item in node.children)
        case "table":
            return "\n".join(" · ".join(text_of(cell) for cell in row.children) for row in rows(node))
    return text_of(node)


def rows(table: SyntaxTreeNode) -> Iterator[SyntaxTreeNode]:
    """Of a table: its head, then its body."""
    for part in table.children:
        yield from part.children


def text_of(node: SyntaxTreeNode) -> str:
    """The words of it; a link is followed by where it leads."""
    match node.type:
        case "text" | "code_inline":
            return node.content
        case "softbreak" | "hardbreak":
            return "\n" if node.type == "hardbreak" else " "
        case "link":
            return link_in_text(node)
    return "".join(text_of(child) for child in node.children)


def link_in_text(node: SyntaxTreeNode) -> str:
    words, target = "".join(text_of(child) for child in node.children), str(node.attrs["href"])
    return words if target.partition(":")[2] == words else f"{words}: {target}"
