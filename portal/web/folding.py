"""Templates made quick once for all pages: what would come out the same in every request is done at load.

- `_("constant")` becomes the translated constant, `_("… %(x)s", x=y)` a format of it; a message that the catalogue
  lacks stops the template from loading, so a missing translation never reaches a customer;
- `asset("…")` becomes its path;
- a component whose arguments are all constant, such as `ui.icon("next")`, becomes its HTML;
- a component that needs nothing but its arguments is written into the page in place of the call.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import cycle
from typing import TYPE_CHECKING, cast

from jinja2 import Environment, meta, nodes
from jinja2.visitor import NodeTransformer

from portal.web import wording
from portal.web.assets import asset

if TYPE_CHECKING:
    from portal.web.templating import PortalEnvironment

PLACES = re.compile(r"%\((\w+)\)s")
SURROUNDINGS = frozenset({"ui", "_", "ngettext", "asset", "language"})


class MissingTranslation(Exception):
    """A template uses a message that a language does not have."""


def folded(environment: PortalEnvironment, template: nodes.Template, name: str | None) -> nodes.Template:
    """The template with everything constant worked out. `name` is for error messages."""
    Fold(environment, name).visit(template)
    template.set_environment(environment)
    return template


class Fold(NodeTransformer):
    def __init__(self, environment: PortalEnvironment, template: str | None) -> None:
        self.environment = environment
        self.template = template
        self.known = nodes.EvalContext(environment, template)

    def visit_Output(self, node: nodes.Output) -> list[nodes.Stmt]:
        """Where a component is written out, the output is cut in two around it."""
        statements: list[nodes.Stmt] = []
        for part in flat(self.visit(child) for child in node.nodes):
            written = self.written_out(part)
            last = statements[-1] if statements else None
            if written is not None:
                statements.append(written)
            elif isinstance(last, nodes.Output):
                last.nodes.append(part)
            else:
                statements.append(nodes.Output([part], lineno=node.lineno))
        return statements

    def visit_Call(self, node: nodes.Call) -> nodes.Expr:
        self.generic_visit(node)
        callee = node.node
        if component_name(node):
            return self.drawn(node)
        if isinstance(callee, nodes.Name) and callee.name == "asset":
            return nodes.Const(asset(node.args[0].as_const(self.known)), lineno=node.lineno)
        if isinstance(callee, nodes.Name) and callee.name == "_" and isinstance(node.args[0], nodes.Const):
            return self.said(node, node.args[0].value)
        return node

    def visit_CallBlock(self, node: nodes.CallBlock) -> nodes.CallBlock:
        """The component of a `{% call %}` takes a body, so it stays a call; its arguments and body are folded."""
        self.generic_visit(node.call)
        node.body = visited(self, node.body)
        return node

    def drawn(self, node: nodes.Call) -> nodes.Expr:
        """The HTML of a component with constant arguments."""
        try:
            args = [arg.as_const(self.known) for arg in node.args]
            kwargs = {pair.key: pair.value.as_const(self.known) for pair in node.kwargs}
        except nodes.Impossible:
            return node
        return nodes.Const(
            getattr(self.environment.components, component_name(node))(*args, **kwargs), lineno=node.lineno
        )

    def said(self, node: nodes.Call, message: str) -> nodes.Expr:
        """The translation, as text and values joined."""
        pieces = PLACES.split(self.translate(message))
        values = {pair.key: pair.value for pair in node.kwargs}
        parts: list[nodes.Expr] = [
            values[piece] if is_name else nodes.MarkSafeIfAutoescape(nodes.Const(piece.replace("%%", "%")))
            for piece, is_name in zip(pieces, cycle((False, True)), strict=False)
            if piece
        ]
        return parts[0] if len(parts) == 1 else nodes.Concat(parts, lineno=node.lineno)

    def translate(self, message: str) -> str:
        language = self.environment.language
        if message not in known_messages(language):
            raise MissingTranslation(f"{self.template}: no {language} translation of {message!r}")
        return wording.catalogue(language).gettext(message)

    def written_out(self, node: nodes.Expr) -> nodes.With | None:
        """The body of the component that `node` calls, with its parameters bound; None where it has to stay a call."""
        if not (isinstance(node, nodes.Call) and component_name(node)):
            return None
        macro, values = self.environment.parsed_component(component_name(node))
        bound: dict[str, nodes.Expr] = {name: nodes.Const(value) for name, value in values.items()}
        parameters = [arg.name for arg in macro.args]
        bound |= zip(parameters[len(parameters) - len(macro.defaults) :], macro.defaults, strict=True)
        bound |= zip(parameters, node.args, strict=False)
        bound |= {pair.key: pair.value for pair in node.kwargs}
        if (
            set(bound) != {*parameters, *values}
            or len(node.args) > len(parameters)
            or not is_self_contained(macro, bound)
        ):
            return None
        settled = {name: value for name, value in bound.items() if isinstance(value, nodes.Const)}
        body = visited(self, visited(Settle(settled, self.known), macro.body))
        open_names = [name for name in bound if name not in settled]
        return nodes.With(
            [nodes.Name(name, "param") for name in open_names],
            [bound[name] for name in open_names],
            body,
            lineno=node.lineno,
        )


class Settle(NodeTransformer):
    """Puts known values in the place of names, and drops the branches that they rule out."""

    def __init__(self, values: dict[str, nodes.Const], known: nodes.EvalContext) -> None:
        self.values = values
        self.known = known

    def visit_Name(self, node: nodes.Name) -> nodes.Expr:
        return self.values.get(node.name, node) if node.ctx == "load" else node

    def visit_If(self, node: nodes.If) -> nodes.Node | list[nodes.Node]:
        possible: list[tuple[nodes.Node, list[nodes.Node]]] = []
        otherwise = visited(self, node.else_)
        for branch in [node, *node.elif_]:
            test = self.visit(branch.test)
            holds = self.settled(test)
            if holds:
                otherwise = visited(self, branch.body)
                break
            if holds is None:
                possible.append((test, visited(self, branch.body)))
        if not possible:
            return otherwise
        (test, body), *rest = possible
        return nodes.If(test, body, [nodes.If(t, b, [], []) for t, b in rest], otherwise, lineno=node.lineno)

    def settled(self, test: nodes.Node) -> bool | None:
        """Whether a condition holds, or None while it depends on the request."""
        try:
            return bool(cast("nodes.Expr", test).as_const(self.known))
        except nodes.Impossible:
            return None


def visited(transformer: NodeTransformer, body: list[nodes.Node]) -> list[nodes.Node]:
    """The statements of a body, each transformed."""
    return [part for node in body for part in transformer.visit_list(node)]


def is_self_contained(macro: nodes.Macro, bound: Iterable[str]) -> bool:
    """Whether a component's body asks for nothing but its parameters and our globals, and rebinds no parameter."""
    body = nodes.Template(macro.body)
    body.set_environment(cast("Environment", macro.environment))
    rebinds = {name.name for name in body.find_all(nodes.Name) if name.ctx == "store"} & set(bound)
    return not rebinds and meta.find_undeclared_variables(body) <= {*bound, *SURROUNDINGS}


def flat(parts: Iterable[nodes.Node]) -> Iterator[nodes.Expr]:
    """What is joined only to be written out is written out piece by piece: escaping makes no difference."""
    for part in parts:
        if isinstance(part, nodes.Concat):
            yield from flat(part.nodes)
        else:
            yield cast("nodes.Expr", part)


def component_name(node: nodes.Call) -> str:
    """`button` of `ui.button(…)`; empty for any other call."""
    callee = node.node
    if isinstance(callee, nodes.Getattr) and isinstance(callee.node, nodes.Name) and callee.node.name == "ui":
        return callee.attr
    return ""


@cache
def known_messages(language: str) -> frozenset[str]:
    catalogue: dict[object, str] = vars(wording.catalogue(language))["_catalog"]
    return frozenset(key for key in catalogue if isinstance(key, str))
