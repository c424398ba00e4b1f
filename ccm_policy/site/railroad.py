"""Railroad diagrams of the grammar, drawn from the grammar file itself."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from importlib.resources import files
from typing import Any

GRAMMAR = "grammar.lark"
SHOWN = {
    "NAME": "NAME",
    "HOLDER": "NAME",
    "NUMBER": "NUMBER",
    "DATE": "DATE",
    "YEAR_MONTH": "MONTH",
    "SHAPE": "CODE",
    "TEXT": "“TEXT”",
}
"""How the terminals that are not words are written in a diagram."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of the grammar: its name without marks, and what it reads as an SVG picture and as a line of text."""

    name: str
    svg: str
    text: str


def rules() -> list[Rule]:
    """Every rule of the grammar, in its order. A rule without a meaning of its own is drawn where it is used."""
    from lark import Lark

    text = files("ccm_policy.language").joinpath(GRAMMAR).read_text(encoding="utf-8")
    reader = Lark.open_from_package("lark", "lark.lark", ["grammars"], parser="lalr", maybe_placeholders=False)
    tree = reader.parse(text)
    terminals = {str(t.children[0]): _word(t) for t in tree.find_data("token")}
    given = _given(tree)
    found: dict[str, Any] = {}
    for rule in tree.find_data("rule"):
        found.setdefault(str(rule.children[0]).lstrip("?!"), rule)
    return [
        _drawn(name, rule, terminals | given.get(name.strip("_"), {}), found)
        for name, rule in found.items()
        if _is_drawn(name, found) and name != "nobody_calls"
    ]


def _given(tree: Any) -> dict[str, dict[str, str]]:
    """For each rule with parameters, what stands for them in a diagram: what is first given for them elsewhere."""
    names = {
        str(rule.children[0]).lstrip("?!_"): [str(p) for p in params.children]
        for rule in tree.find_data("rule")
        for params in rule.find_data("rule_params")
    }
    found: dict[str, dict[str, str]] = {}
    for use in tree.find_data("template_usage"):
        name = str(use.children[0].children[0]).lstrip("_")
        first = [str(value.children[0]) for value in use.children[1:]]
        if name in names and not any(p in first for p in names[name]):
            found.setdefault(name, dict(zip(names[name], (said(f) for f in first), strict=False)))
    return found


def _word(token: Any) -> str:
    """What a person writes for a terminal: the words of its pattern, without what only guards its edges."""
    name = str(token.children[0])
    if name in SHOWN:
        return SHOWN[name]
    pattern = next((str(s) for s in token.scan_values(lambda v: getattr(v, "type", "") == "REGEXP")), f"/{name}/")
    shown = re.sub(r"\(\?[=!<].*$", "", pattern.strip("/"))
    return shown.replace(r"\s+", " ").replace(r"\s*", " ").replace("\\", "").replace("s?", "(s)").strip()


def _drawn(name: str, rule: Any, terminals: Mapping[str, str], rules: Mapping[str, Any]) -> Rule:
    import railroad

    body = rule.children[-1]
    node = _node(body, terminals, rules, ())
    diagram = railroad.Diagram(node, css=None)
    out = io.StringIO()
    diagram.writeSvg(out.write)
    text = _line(body, terminals, rules, ())
    title = f"<title>{escape(said(name))}</title>\n<desc>{escape(text)}</desc>\n"
    svg = re.sub(
        r"^(<svg[^>]*)>", rf'\1 role="group" aria-label="{escape(text, quote=True)}">{title}', out.getvalue(), count=1
    )
    return Rule(name, svg.replace("xlink:href", "href").replace("</text>", "</text>\n"), text)


def said(name: str) -> str:
    """A rule's name as a heading."""
    return name.strip("_?!").replace("_", " ")


def _kinds(node: Any) -> tuple[str, list[Any]]:
    return (node.data, node.children) if hasattr(node, "data") else ("token", [node])


def _reference(name: str, terminals: Mapping[str, str], rules: Mapping[str, Any], seen: tuple[str, ...]) -> str | Any:
    """The words of a terminal, or the body of a rule that is drawn in place, or the name of a rule."""
    if name in terminals:
        return terminals[name]
    if name in rules and name not in seen and not _is_drawn(name, rules):
        return rules[name].children[-1]
    return None


def _is_drawn(name: str, rules: Mapping[str, Any]) -> bool:
    """Whether a rule has its own diagram: it has a meaning, or it refers to itself and cannot be drawn in place."""
    return not name.startswith("_") or any(
        str(use.children[0]) == name for use in rules[name].children[-1].find_data("name")
    )


def _node(node: Any, terminals: Mapping[str, str], rules: Mapping[str, Any], seen: tuple[str, ...]) -> Any:
    import railroad

    kind, children = _kinds(node)

    def inside(child: Any, more: str = "") -> Any:
        return _node(child, terminals, rules, (*seen, more) if more else seen)

    if kind == "expansions":
        return railroad.Choice(0, *map(inside, children))
    if kind == "alias":
        return inside(children[0])
    if kind == "expansion":
        return railroad.Sequence(*map(inside, children))
    if kind == "maybe":
        return railroad.Optional(inside(children[0]))
    if kind == "expr":
        item = inside(children[0])
        wrap = {"?": railroad.Optional, "*": railroad.ZeroOrMore, "+": railroad.OneOrMore}
        return wrap[str(children[1])](item)
    if kind == "literal":
        return railroad.Terminal(str(children[0]).strip('"'))
    name = str(children[0].children[0]) if hasattr(children[0], "children") else str(children[0])
    target = _reference(name, terminals, rules, seen)
    if isinstance(target, str):
        return railroad.NonTerminal(target) if name in SHOWN or name.islower() else railroad.Terminal(target)
    if target is not None:
        return inside(target, name)
    shown = said(name)
    return railroad.NonTerminal(shown, href=f"#{shown.replace(' ', '-')}" if name in rules else None)


def _line(node: Any, terminals: Mapping[str, str], rules: Mapping[str, Any], seen: tuple[str, ...]) -> str:
    kind, children = _kinds(node)

    def inside(child: Any, more: str = "") -> str:
        return _line(child, terminals, rules, (*seen, more) if more else seen)

    if kind == "expansions":
        return " or ".join(map(inside, children))
    if kind == "alias":
        return inside(children[0])
    if kind == "expansion":
        return " ".join(map(inside, children))
    if kind == "maybe":
        return f"[{inside(children[0])}]"
    if kind == "expr":
        marks = {"?": "[{}]", "*": "[{} …]", "+": "{} …"}
        return marks[str(children[1])].format(inside(children[0]))
    if kind == "literal":
        return str(children[0]).strip('"')
    name = str(children[0].children[0]) if hasattr(children[0], "children") else str(children[0])
    target = _reference(name, terminals, rules, seen)
    if isinstance(target, str):
        return target
    return f"({inside(target, name)})" if target is not None else said(name).upper()
