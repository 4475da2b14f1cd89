"""One writing in Markdown, read as text and as HTML: whatever a customer is called comes out as it went in."""

from __future__ import annotations

from datetime import date
from typing import Any

import html5lib
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from jinja2 import UndefinedError
from lxml.etree import _Element

from portal.messaging.tables import Channel
from portal.messaging.templates import template, templates
from portal.messaging.writing import PREVIEW, Writing, filled, markdown, write
from portal.money import Money

NAMED = """\
# Za {{ name }}: nekaj

{{ name }}

Dragi {{ name }}, **{{ name }}** in [{{ name }}](https://moj.test/x).

- {{ name }}

{% set said = _("Pay %(amount)s", amount=name) %}
{{ said }}

| Ime | Znesek |
|:--|--:|
| {{ name }} | {{ sum|money }} |
"""
SHAPED = """\
# Naslov

Prva vrstica
se nadaljuje.\\
Nova vrstica.

- ena
  - znotraj
  - **krepko**
- [dve](https://moj.test/2)

3. tri
4. štiri

> navedek

***

## Podnaslov

[Plačajte](https://moj.test/pay)

Odprite [račun](https://moj.test/b), [moj.test](https://moj.test), pišite na [a@b.si](mailto:a@b.si) ali pokličite
[040 40 40 40](tel:+38640404040).

| | |
|:--|--:|
| Strošek | 7,99 € |

| Račun | Rok | Znesek |
|:--|:--|--:|
| 1 | 1. 1. 2027 | 2,00 € |
| Skupaj | | 2,00 € |
"""
IN_TEXT = """\
Prva vrstica se nadaljuje.
Nova vrstica.

- ena
  - znotraj
  - krepko
- dve <https://moj.test/2>

3. tri
4. štiri

> navedek

* * *

Podnaslov
---------

Plačajte:
https://moj.test/pay

Odprite račun <https://moj.test/b>, moj.test, pišite na a@b.si ali pokličite 040 40 40 40.

Strošek: 7,99 €

Račun: 1
Rok: 1. 1. 2027
Znesek: 2,00 €

Skupaj: 2,00 €"""
INVISIBLE = "\u034f\u200c\u00a0"
EMAILS = [message.name for message in templates() if Channel.EMAIL in message.channels]
visible = st.text(st.characters(exclude_categories=["Cc", "Cs", "Cn", "Zl", "Zp", "Zs"]), min_size=1, max_size=30)
names = st.lists(visible, min_size=1, max_size=4).map(" ".join)


def written(source: str, **values: Any) -> Writing:
    return filled(markdown("sl").from_string(source), "sl", values)


def page(writing: Writing) -> _Element:
    parser = html5lib.HTMLParser(tree=html5lib.getTreeBuilder("lxml"), namespaceHTMLElements=False)
    root = parser.parse(writing.html).getroot()
    assert not [error for error in parser.errors if error[1] != "unknown-doctype"], parser.errors[:3]
    return root


def said(root: _Element, selector: str) -> list[str]:
    return ["".join(found.itertext()) for found in root.cssselect(selector)]


@given(names)
@example("*Ana* _Zupan_ `x` ~y~ [a](javascript:alert(1)) ![b](http://evil.test/b.png)")
@example("<script>alert(1)</script> & &amp; &#39; <b>d.o.o.</b>")
@example("1. Ana")
@example("- Ana | Bor \\")
@example("# Ana #")
@example("https://evil.test")
@example("|---|")
@example("D'Artagnan \"Ž\" O'Č")
def test_a_name_is_never_markup(name: str) -> None:
    writing = written(NAMED, name=name, sum=Money(2098))
    root = page(writing)

    assert writing.subject == f"Za {name}: nekaj"
    assert writing.text.split("\n\n")[0] == name
    assert f"Dragi {name}, {name} in {name} <https://moj.test/x>." in writing.text
    assert f"- {name}\n" in writing.text
    assert f"Plačaj {name}\n" in writing.text
    assert said(root, "h1") == [f"Za {name}: nekaj"]
    assert said(root, "td.sheet > p")[1:3] == [name, f"Dragi {name}, {name} in {name}."]
    assert said(root, "li, strong, td.line:first-child") == [name] * 3
    assert [link.get("href") for link in root.cssselect("td.sheet > p > a")] == ["https://moj.test/x"]
    assert not root.cssselect("script, img, b")


@pytest.mark.parametrize("name", ["Ana\r\nBor", "Ana\n\n# Bor", "Ana\x00Bor", "  Ana\t Bor ", "Ana\u2028Bor"])
def test_a_name_stays_on_one_line(name: str) -> None:
    assert written("# {{ name }}\n\nX {{ name }} Y", name=name).subject.split() == name.replace("\x00", " ").split()
    assert "\n" not in written("# A\n\nX {{ name }} Y", name=name).text


def test_a_value_does_not_become_a_list() -> None:
    """A day at the start of a line looks like the first words of a list."""
    assert written("# A\n\n{{ day|date }} je dan", day=date(2026, 11, 28)).text == "28. 11. 2026 je dan"
    assert written("# A\n\n{{ name|upper }}", name="*a*").text == "*A*"


def test_no_break_spaces_are_kept() -> None:
    assert written("# A\n\n{{ sum|money }}", sum=Money(2098)).text == "20,98\u202f€"


@pytest.mark.parametrize("day", ["28. novembra", "1. maja", "28. 11. 2026"])
def test_a_day_is_not_torn_apart_where_lines_break(day: str) -> None:
    writing = written("# A\n\nDo {{ day }}. Potem 3. vrsta.", day=day)

    assert f"Do {day.replace(' ', chr(0xA0))}. Potem 3. vrsta." in said(page(writing), "td.sheet > p")
    assert day in writing.text


def test_the_text_reads_as_people_write() -> None:
    assert written(SHAPED).text == IN_TEXT


def test_the_same_in_html() -> None:
    root = page(written(SHAPED))

    assert said(root, "ul > li > ul > li") == ["znotraj", "krepko"]
    assert root.cssselect("ol")[0].get("start") == "3"
    assert [link.text for link in root.cssselect("table td.button a")] == ["Plačajte"]
    assert said(root, "h2") == ["Podnaslov"]
    assert root.cssselect("blockquote, hr")[0].tag == "blockquote"
    assert [cell.get("align") for cell in root.cssselect("table.wide td.line")] == [None, None, "right"] * 2
    assert said(root, "table.sums:not(.wide) tr") == ["\nStrošek\n7,99 €\n"]


@pytest.mark.parametrize("language", ["sl", "en"])
@pytest.mark.parametrize("name", EMAILS)
def test_every_email_keeps_the_house_rules(name: str, language: str) -> None:
    for values in (template(name).example, *template(name).cases.values()):
        writing = write(name, Channel.EMAIL, language, values)
        root = page(writing)

        assert root.get("lang") == language
        assert said(root, "h1") == [writing.subject]
        assert not root.cssselect("img, script, link, iframe, form, svg, [background], [onclick]")
        assert "url(" not in writing.html
        assert "@import" not in writing.html
        assert len(writing.html) < 60_000, "Gmail cuts what is longer than 102 kB"
        assert [meta.get("content") for meta in root.cssselect("meta[name=color-scheme]")] == ["light dark"]
        assert (root.cssselect("body > div")[0].text or "").rstrip(INVISIBLE) == writing.preview
        assert 0 < len(writing.preview) <= PREVIEW + 2
        assert "Moj A1" in said(root, "td.sheet > div")[0]
        assert root.cssselect("td.sheet > div a[href='tel:+38640404040']")
        assert not [
            link for link in root.cssselect("a") if not link.get("href", "").startswith(("https:", "tel:", "mailto:"))
        ]
        assert not [line for line in writing.text.splitlines() if line != line.rstrip()]
        assert "\n\n\n" not in writing.text
        assert not set("<>*|\\") & set(writing.text.replace("* * *", "").replace("<https", "").replace(">", ""))


def test_the_preview_begins_after_the_greeting() -> None:
    assert written("# A\n\nSpoštovani,\n\nhvala za **plačilo**.\n\nŠe kaj.").preview == "Hvala za plačilo. Še kaj."
    assert written("# A\n\nHvala.").preview == "Hvala."
    assert written("# A\n\n" + "beseda " * 60).preview.endswith("beseda …")


KEY = "https://moj.test/sign/8fJ2kQ0v"


@pytest.mark.parametrize(
    ("source", "preview"),
    [
        (f"[Podpišite]({KEY})\n\nVelja 24 ur.", "Velja 24 ur."),
        (f"<{KEY}>\n\nVelja 24 ur.", "Velja 24 ur."),
        (f"[Podpišite]({KEY}) [Poglejte]({KEY})\n\nVelja 24 ur.", "Velja 24 ur."),
        (f"Tu **[podpišite]({KEY})** dokumente.", "Tu podpišite dokumente."),
        (f"Podpišite na <{KEY}>.", "Podpišite na moj.test."),
        ("Pokličite [040 40 40 40](tel:+38640404040).", "Pokličite 040 40 40 40."),
    ],
)
def test_no_link_stands_in_a_list_of_mails(source: str, preview: str) -> None:
    writing = written(f"# A\n\n{source}")

    assert writing.preview == preview
    assert "8fJ2kQ0v" not in shown_in_a_list(writing)


@pytest.mark.parametrize("name", [name for name in EMAILS if "link" in template(name).example])
def test_nor_does_one_of_ours(name: str) -> None:
    assert "8fJ2kQ0v" not in shown_in_a_list(write(name, Channel.EMAIL, "sl", template(name).example))


@pytest.mark.parametrize("language", ["sl", "en"])
def test_a_code_does_not_either(language: str) -> None:
    writing = write("contact_code", Channel.EMAIL, language, {"code": "123456"})

    assert writing.preview == writing.subject
    assert "123456" not in shown_in_a_list(writing)
    assert "123456" in writing.text


def shown_in_a_list(writing: Writing) -> str:
    """What is hidden in a mail stands there, and then what fits of its body."""
    return "".join(page(writing).cssselect("body")[0].itertext()).strip()[: 2 * PREVIEW]


def test_pictures_are_never_fetched() -> None:
    writing = written("# A\n\n![x](https://evil.test/x.png)")

    assert not page(writing).cssselect("img")
    assert writing.text == "!x <https://evil.test/x.png>"


def test_a_missing_value_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        written("# {{ nobody }}")


@pytest.mark.parametrize("source", ["", "Brez naslova", "- a"])
def test_a_writing_without_a_subject_is_an_error(source: str) -> None:
    with pytest.raises(ValueError, match="subject"):
        written(source)
