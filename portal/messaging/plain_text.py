"""Markdown as people read it without HTML: paragraphs with an empty line between them, links written out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from markdown_it.tree import SyntaxTreeNode

APART = "\n\n"


def text_of_blocks(nodes: Iterable[SyntaxTreeNode], between: str = APART) -> str:
    return between.join(text_of_block(node) for node in nodes)


def text_of_block(node: SyntaxTreeNode) -> str:
    match node.type:
        case "heading":
            return underlined(text_of(node))
        case "bullet_list" | "ordered_list":
            return "\n".join(items(node))
        case "blockquote":
            return indented(text_of_blocks(node.children), "> ", "> ")
        case "table":
            return table_in_text(node)
        case "hr":
            return "* * *"
    link = button(node)
    return f"{words_of(link)}:\n{target_of(link)}" if link else text_of(node)


def text_of(node: SyntaxTreeNode) -> str:
    """The words of an inline node or of all in it; a link is followed by where it leads (RFC 3986, appendix C)."""
    match node.type:
        case "text" | "code_inline" | "fence":
            return node.content.rstrip("\n")
        case "softbreak":
            return " "
        case "hardbreak":
            return "\n"
        case "link" if leads_elsewhere(node):
            return f"{words_of(node)} <{target_of(node)}>"
    return words_of(node)


def words_of(node: SyntaxTreeNode) -> str:
    return "".join(text_of(child) for child in node.children)


def spoken(node: SyntaxTreeNode) -> str:
    """Its words without where links lead, which can be a key: of an address that is its own words the host is left."""
    match node.type:
        case "link" if target_of(node).startswith("http") and not leads_elsewhere(node):
            return urlsplit(target_of(node)).hostname or ""
        case "inline" | "paragraph" | "link" | "strong" | "em":
            return "".join(spoken(child) for child in node.children)
    return text_of(node)


def target_of(link: SyntaxTreeNode) -> str:
    return str(link.attrs["href"])


def leads_elsewhere(link: SyntaxTreeNode) -> bool:
    """Whether the words do not say already where it leads: an address as its own words, a number to call."""
    scheme, _, address = target_of(link).partition(":")
    words = words_of(link)
    return scheme != "tel" and words not in (target_of(link), address, address.strip("/"))


def button(node: SyntaxTreeNode) -> SyntaxTreeNode | None:
    """The link of a paragraph that is nothing but a link: what the reader is to do. In a list links stay links."""
    if node.type != "paragraph" or node.hidden:
        return None
    inside = node.children[0].children
    is_one = len(inside) == 1 and inside[0].type == "link" and leads_elsewhere(inside[0])
    return inside[0] if is_one and target_of(inside[0]).startswith("http") else None


def is_only_links(paragraph: SyntaxTreeNode) -> bool:
    inside = [part for inline in paragraph.children for part in inline.children]
    return all(part.type in ("link", "softbreak", "hardbreak") or not has_words(part) for part in inside)


def underlined(words: str) -> str:
    return f"{words}\n{'-' * len(words)}"


def items(found: SyntaxTreeNode) -> Iterator[str]:
    for number, item in enumerate(found.children, start=int(found.attrs.get("start", 1))):
        mark = f"{number}. " if found.type == "ordered_list" else "- "
        yield indented(text_of_blocks(item.children, "\n"), mark, " " * len(mark))


def indented(text: str, first: str, others: str) -> str:
    return first + text.replace("\n", f"\n{others}")


def table_in_text(table: SyntaxTreeNode) -> str:
    """`Cost: 7,99 €` where a row says two things; where it says more, each on a line under its column's name."""
    head, *others = rows(table)
    names = [text_of(cell) for cell in head.children]
    told = [row_in_text(names, row) for row in others]
    return (APART if any("\n" in row for row in told) else "\n").join(told)


def row_in_text(names: list[str], row: SyntaxTreeNode) -> str:
    said = [(name, text_of(cell)) for name, cell in zip(names, row.children, strict=True) if has_words(cell)]
    if len(said) <= 2:
        return ": ".join(words for _, words in said)
    return "\n".join(f"{name}: {words}" if name else words for name, words in said)


def rows(table: SyntaxTreeNode) -> Iterator[SyntaxTreeNode]:
    """Of a table: its head, then its body. In Markdown it has a head even where nothing is to stand in it."""
    for part in table.children:
        yield from part.children


def has_words(node: SyntaxTreeNode) -> bool:
    return bool(text_of(node).strip())
