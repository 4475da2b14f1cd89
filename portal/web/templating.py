"""Jinja: one environment per language, with our components, formats and words.

What is the same in every request is done once, when a template is loaded (see folding).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, nodes, pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import escape

from portal import phone, reference
from portal.money import Money
from portal.settings import ROOT
from portal.web import wording
from portal.web.assets import asset
from portal.web.folding import folded

TEMPLATES = ROOT / "templates"
COMPONENTS = ROOT / "components"


class PortalEnvironment(Environment):
    """An environment that speaks one language."""

    def __init__(self, language: str) -> None:
        self.language = language
        super().__init__(
            loader=FileSystemLoader([TEMPLATES, COMPONENTS]),
            autoescape=lambda name: not (name or "").endswith(".txt"),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
            cache_size=-1,
        )
        self.add_extension("jinja2.ext.do")
        self.components = Components(self)
        self.globals.update(
            _=pass_eval_context(partial(say_safely, language)),
            ngettext=pass_eval_context(partial(say_count, language)),
            ui=self.components,
            asset=asset,
            language=language,
        )
        self.filters.update(formats(language))

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        return folded(self, super()._parse(source, name, filename), name)

    def parsed_component(self, name: str) -> tuple[nodes.Macro, dict[str, object]]:
        """A component's macro as a syntax tree, anew each time because the asker changes it, and what its file sets."""
        parsed = self._parse((COMPONENTS / f"{name}.html").read_text(), f"{name}.html", None)
        macro = next(found for found in parsed.find_all(nodes.Macro) if found.name == name)
        module = self.get_template(f"{name}.html").module
        sets = [
            name.name
            for part in parsed.body
            if isinstance(part, nodes.Assign)
            for name in part.find_all(nodes.Name)
            if name.ctx == "store"
        ]
        return macro, {name: getattr(module, name) for name in sets}


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
        "euros": partial(_euros, language=language),
        "day": partial(wording.day, language=language),
        "short_day": partial(wording.short_day, language=language),
        "date": partial(wording.long_date, language=language),
        "month": partial(wording.month, language=language),
        "moment": partial(wording.moment, language=language),
        "hour": partial(wording.hour, language=language),
        "sentence": _sentence,
        "percent": partial(wording.percent, language=language),
        "phone": lambda number: unbroken(phone.show(number)),
        "masked_phone": lambda number: unbroken(phone.mask(number)),
        "reference": lambda number: unbroken(reference.show(number)),
        "iban": iban,
        "unbroken": unbroken,
        "refusal": partial(wording.say_no, language),
    }


def unbroken(text: str) -> str:
    """Numbers stay on one line."""
    return text.replace(" ", "\u00a0")


def iban(number: str) -> str:
    """`SI56 1920 0123 4567 892`: in fours, as ISO 13616 writes it on paper."""
    plain = number.replace(" ", "")
    return unbroken(" ".join(plain[start : start + 4] for start in range(0, len(plain), 4)))


def _sentence(words: str) -> str:
    """Words that can begin a line: the first letter is large, the others stay as they are."""
    return words[:1].upper() + words[1:]


def _money(value: Money, language: str) -> str:
    return value.format(language)


def _euros(value: Money, language: str) -> str:
    """`20,98 EUR`, for SMS: the sign is not in the alphabet of every telephone."""
    return f"{value.plain.replace('.', ',') if language == 'sl' else value.plain} EUR"


def say_safely(language: str, context: EvalContext, message: str, /, **values: object) -> str:
    """A message known only at run time: where the template is escaped, it and its values are, whoever wrote them."""
    translated = as_written(context, wording.catalogue(language).gettext(message))
    return translated % values if values else translated


def say_count(language: str, context: EvalContext, singular: str, plural: str, number: int, /, **values: object) -> str:
    """The plural form that `number` asks for (Slovenian has four), with `%(num)s` filled; escaped as above."""
    translated = as_written(context, wording.catalogue(language).ngettext(singular, plural, number))
    return translated % {"num": number, **values}


def as_written(context: EvalContext, text: str) -> str:
    """Markup where the template is HTML, so that what is filled in is escaped too; plain in `.txt`."""
    return escape(text) if context.autoescape else text


@cache
def environment(language: str) -> PortalEnvironment:
    return PortalEnvironment(language)


def load_all() -> None:
    """Load every template in every language, so that hardly a customer waits for it."""
    for language in wording.LANGUAGES:
        for name in environment(language).list_templates():
            environment(language).get_template(name)
