"""Jinja: one environment per language, whose constant messages are translated once, when a template is loaded.

A message that the catalogue lacks stops the template from loading, so a missing translation never reaches a customer.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, nodes
from jinja2.visitor import NodeTransformer
from markupsafe import Markup, escape

from portal import phone, reference
from portal.money import Money
from portal.settings import ROOT
from portal.web import wording
from portal.web.assets import asset

TEMPLATES = ROOT / "templates"
COMPONENTS = ROOT / "components"


class MissingTranslation(Exception):
    """A template uses a message that a language does not have."""


class FoldMessages(NodeTransformer):
    """Turn `_("constant")` into the translated constant, and `_("… %(x)s", x=y)` into a format of it."""

    def __init__(self, language: str, template: str | None) -> None:
        self.language = language
        self.template = template

    def visit_Call(self, node: nodes.Call) -> nodes.Node:
        self.generic_visit(node)
        if not (isinstance(node.node, nodes.Name) and node.node.name == "_" and len(node.args) == 1):
            return node
        message = node.args[0]
        if not isinstance(message, nodes.Const):
            return node
        translated = nodes.MarkSafeIfAutoescape(nodes.Const(self.translate(message.value)))
        if not node.kwargs:
            return translated.set_lineno(node.lineno)
        pairs = [nodes.Pair(nodes.Const(value.key), value.value) for value in node.kwargs]
        return nodes.Mod(translated, nodes.Dict(pairs)).set_lineno(node.lineno)

    def translate(self, message: str) -> str:
        translated = wording.catalogue(self.language).gettext(message)
        if translated == message and (message not in known_messages(self.language)):
            raise MissingTranslation(f"{self.template}: no {self.language} translation of {message!r}")
        return translated


@cache
def known_messages(language: str) -> frozenset[str]:
    catalogue: dict[object, str] = vars(wording.catalogue(language))["_catalog"]
    return frozenset(key for key in catalogue if isinstance(key, str))


class PortalEnvironment(Environment):
    """An environment that speaks one language."""

    def __init__(self, language: str) -> None:
        self.language = language
        super().__init__(
            loader=FileSystemLoader([TEMPLATES, COMPONENTS]),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
            cache_size=-1,
        )
        self.globals.update(
            _=partial(say_safely, language),
            ngettext=partial(say_count, language),
            ui=Components(self),
            asset=asset,
            language=language,
        )
        self.filters.update(formats(language))

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        folded: nodes.Template = FoldMessages(self.language, name).visit(super()._parse(source, name, filename))
        return folded


class Components:
    """`ui.button(…)` is the macro `button` of `components/button.html`."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        macro = getattr(self._environment.get_template(f"{name}.html").module, name)
        setattr(self, name, macro)
        return macro


def formats(language: str) -> dict[str, Callable[..., Any]]:
    """The filters: how values are written in a language."""
    return {
        "money": partial(_money, language=language),
        "day": partial(wording.day, language=language),
        "short_day": partial(wording.short_day, language=language),
        "date": partial(wording.long_date, language=language),
        "moment": partial(wording.moment, language=language),
        "phone": phone.show,
        "masked_phone": phone.mask,
        "reference": reference.show,
        "refusal": partial(wording.say_no, language),
    }


def _money(value: Money, language: str) -> str:
    return value.format(language)


def say_safely(language: str, message: str, **values: object) -> Markup:
    """A message known only at run time: it and its values are escaped, whoever wrote them."""
    translated = escape(wording.catalogue(language).gettext(message))
    return translated % values if values else translated


def say_count(language: str, singular: str, plural: str, number: int, **values: object) -> Markup:
    """The plural form that `number` asks for (Slovenian has four), with `%(num)s` filled."""
    translated = escape(wording.catalogue(language).ngettext(singular, plural, number))
    return translated % {"num": number, **values}


@cache
def environment(language: str) -> PortalEnvironment:
    return PortalEnvironment(language)
