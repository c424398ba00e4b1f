"""How it is written what a value rests on: the facts that decided it, and the definitions that were read on the way.

The reference reads both off a trace. Here a node becomes lines that put them into `T` (`leaves.Told`) in the same
order, out of values alone: of each node, those of its parts that decide it. `truth`: the text of what the node comes to
as a condition, where that is known already.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from ccm_policy.compile.conditions import all_of, keys_of
from ccm_policy.compile.writer import Bound, Frame, NotWrittenError, Tell, Writer, bound_in
from ccm_policy.language import tree as t

YES, NO = "3", "0"


def rule_told(to: Writer, rule: t.Rule, truth: str) -> list[str]:
    """Lines that tell of a rule that holds the first way in which it does; else all ways that are as it is."""
    if rule.when is None and not rule.waivers:
        return as_it_is(to, rule.conditions, (), truth, YES)
    ways = [(all_of(to, [to.truth(node, ()) for node in rule.conditions]), as_it_is(to, rule.conditions, (), "v", YES))]
    ways += [(to.truth(waiver.when, ()), to.told(waiver.when, (), "v")) for waiver in rule.waivers]
    if rule.when is not None:
        ways.append((f"NOT[{to.truth(rule.when, ())}]", to.told(rule.when, (), "NOT[v]")))
    lines = [f"v = {truth}"]
    for text, way in ways:
        lines += when_so(f"{text} == v", [*way, "if v == 3: return"])
    return lines


# --- lines -------------------------------------------------------------------------------------------------------


def indented(lines: Iterable[str]) -> list[str]:
    """The lines, one step to the right."""
    return [f"    {line}" for line in lines]


def when_so(condition: str, lines: list[str]) -> list[str]:
    """Lines that hold under a condition; none where there are none."""
    return [f"if {condition}:", *indented(lines)] if lines else []


def each(to: Writer, nodes: Iterable[t.Node], at: Frame) -> list[str]:
    """Lines that tell of several nodes, one after another."""
    return [line for node in nodes for line in to.told(node, at)]


def as_it_is(to: Writer, nodes: tuple[t.Node, ...], at: Frame, truth: str, whole: str) -> list[str]:
    """Those parts of a truth made of truths that are as it is. `whole`: the truth that all of them share."""
    if truth == whole or len(nodes) == 1:
        return [line for node in nodes for line in to.told(node, at, truth)]
    name = to.fresh("v")
    lines = [f"{name} = {truth}"]
    for node in nodes:
        lines += when_so(f"{name} == {whole} or {to.truth(node, at)} == {name}", to.told(node, at, name))
    return lines


def told_apart(to: Writer, node: Any, at: Frame, truth: str, lines: Callable[[Frame], list[str]]) -> list[str]:
    """A call of a function that tells of a node; `v` is its value there. It may return early."""
    used = bound_in(node, at)
    key = ("told", node, tuple(bound.listed.name for bound in used))
    if key not in to.made:
        to.made[key] = name = to.fresh("tell_")
        inner = tuple(Bound(f"b{n}", bound.listed) for n, bound in enumerate(used))
        to.define(name, ", ".join(["S", "T", "v", *(b.name for b in inner)]), lines(inner) or ["pass"])
    return [f"{to.made[key]}({', '.join(['S', 'T', truth or to.value(node, at), *(b.name for b in used)])})"]


# --- facts, fields, definitions ----------------------------------------------------------------------------------


def _nothing(to: Writer, node: t.Node, at: Frame, truth: str) -> list[str]:
    return []


def _fact(to: Writer, node: t.Fact, at: Frame, truth: str) -> list[str]:
    return [f"T.fact({node.path!r})"]


def field_told(to: Writer, bound: Bound, name: str) -> list[str]:
    """Lines that tell of a field of a record."""
    if name not in bound.listed.fields:
        raise NotWrittenError(name)
    return [f"T.field({bound.listed.name!r}, {bound.name}, {name!r}, {to.of_record(bound, name)})"]


def _field(to: Writer, node: t.Field, at: Frame, truth: str) -> list[str]:
    return field_told(to, at[node.depth], node.field)


def _looked_up(to: Writer, node: t.LookedUp, at: Frame, truth: str) -> list[str]:
    """The field of the one row that it is, or the key and all rows that it may be."""
    target = to.layout.lists[node.target]

    def lines(inner: Frame) -> list[str]:
        record, row = inner[node.depth], Bound("w", target)
        about = record.listed.declared.fields[node.field]
        fallback = dict(about.fallback)
        slot = record.listed.imagined[node.field]
        stated = [to.of_record(record, here) for here in fallback.values()]
        unknowns = " or ".join(f"not_known({text})" for text in stated) or "True"
        mine = t.Field(0, record.listed.name, node.field, about.type)
        theirs = t.Field(1, node.target, node.by, target.declared.fields[node.by].type)
        key = field_told(to, record, node.field)
        if node.target_field in fallback:
            of_none = field_told(to, record, fallback[node.target_field])
        else:
            value = to.of_record(Bound(f"{record.name}[{slot}]", target), node.target_field)
            names = (record.listed.name, node.field, node.target, node.target_field)
            of_none = [f"T.imagined({', '.join(map(repr, names))}, {record.name}, {value})"]
        return [
            f"rows, nothing, _ = {to.of_list(node.target)}",
            f"if {record.name}[1]:",
            *indented(key),
            "    return",
            "if nothing:",
            *indented(key),
            f"    T.named({node.target!r})",
            "    return",
            f"absent = not_known({to.of_record(record, node.field)}) and not ({unknowns})",
            "found, doubts, none = [], [], False",
            "for w in () if absent else rows:",
            f"    c = {to.value(t.Equal(mine, theirs), (record, row))}",
            "    if c: found.append(w)",
            "    if c == 3: break",
            f"    if c and not_known({to.of_record(row, node.by)}): doubts.append(w)",
            "else:",
            "    none = True",
            "if len(found) + none > 1:",
            *indented(key),
            "    if not_known(v):",
            "        for w in doubts:",
            *indented(indented(indented(field_told(to, row, node.by)))),
            "for w in found:",
            *indented(field_told(to, row, node.target_field)),
            "if none:",
            *indented(of_none),
        ]

    return told_apart(to, node, at, to.value(node, at), lines)


def _defined(to: Writer, node: t.Defined, at: Frame, truth: str) -> list[str]:
    return [definition_told(to, node.name)]


def definition_told(to: Writer, name: str) -> str:
    """The line that tells of a definition of the month."""
    key = ("told definition", name)
    if key not in to.made:
        to.made[key] = f"told_{name}"
        to.define(f"told_{name}", "S, T", to.told(to.program.definitions[name].value, ()) or ["pass"])
    return f"T.definition({name!r}, {to.made[key]})"


def _defined_of(to: Writer, node: t.DefinedOf, at: Frame, truth: str) -> list[str]:
    name, bound = node.name, at[node.depth]
    key = ("told definition", name, bound.listed.name)
    if key not in to.made:
        to.made[key] = f"told_{name}_of_{bound.listed.name}"
        value = to.program.definitions[name].value
        to.define(to.made[key], "S, T, r", to.told(value, (Bound("r", bound.listed),)) or ["pass"])
    return [f"T.definition_of({name!r}, {to.made[key]}, {bound.name})"]


def _unknown_value(to: Writer, node: t.UnknownValue, at: Frame, truth: str) -> list[str]:
    return [f"T.named({node.fact!r})"]


# --- conditions and quantities -----------------------------------------------------------------------------------


def _not(to: Writer, node: t.Not, at: Frame, truth: str) -> list[str]:
    return to.told(node.operand, at, f"NOT[{truth}]" if truth else "")


def _and(to: Writer, node: t.And, at: Frame, truth: str) -> list[str]:
    return as_it_is(to, node.operands, at, truth or to.value(node, at), YES)


def _or(to: Writer, node: t.Or, at: Frame, truth: str) -> list[str]:
    return as_it_is(to, node.operands, at, truth or to.value(node, at), NO)


def _two(to: Writer, node: t.Equal | t.AtMost | t.Arithmetic, at: Frame, truth: str) -> list[str]:
    return each(to, (node.left, node.right), at)


def _operand(to: Writer, node: Any, at: Frame, truth: str) -> list[str]:
    return to.told(node.operand, at)


def _anchor(to: Writer, node: t.Shift, at: Frame, truth: str) -> list[str]:
    return to.told(node.anchor, at)


def _full_multiples(to: Writer, node: t.FullMultiples, at: Frame, truth: str) -> list[str]:
    return each(to, (node.step, node.operand), at)


def _within(to: Writer, node: t.Within, at: Frame, truth: str) -> list[str]:
    """Both days, or those of them that never come."""
    one, other = to.fresh("d"), to.fresh("d")
    return [
        f"{one}, {other} = no_day({to.value(node.operand, at)}) == 3, no_day({to.value(node.anchor, at)}) == 3",
        *when_so(f"{one} or not {other}", to.told(node.operand, at)),
        *when_so(f"{other} or not {one}", to.told(node.anchor, at)),
    ]


def _of_two_days(to: Writer, node: t.OfTwoDays, at: Frame, truth: str) -> list[str]:
    """A day that sets the open end or can pass it."""
    one, other, whole = to.fresh("d"), to.fresh("d"), to.fresh("d")
    near = "{0}[0] == {1}[0] or {0}[1] > {1}[0]" if node.how == "later" else "{0}[1] == {1}[1] or {0}[0] < {1}[1]"
    return [
        f"{one}, {other} = {to.value(node.left, at)}, {to.value(node.right, at)}",
        f"{whole} = {node.how}_day({one}, {other})",
        *when_so(near.format(one, whole), to.told(node.left, at)),
        *when_so(near.format(other, whole), to.told(node.right, at)),
    ]


def _cases(to: Writer, node: t.Cases, at: Frame, truth: str) -> list[str]:
    """The conditions up to the first that holds, and the values of those that may."""

    def lines(inner: Frame) -> list[str]:
        made: list[str] = []
        for when, value in node.cases:
            if when is None:
                return [*made, *to.told(value, inner)]
            made += [f"c = {to.truth(when, inner)}", *to.told(when, inner, "c")]
            made += [*when_so("c", to.told(value, inner)), "if c == 3: return"]
        return made

    return told_apart(to, node, at, "None", lines)


def _in_table(to: Writer, node: t.InTable, at: Frame, truth: str) -> list[str]:
    no_edition = when_so(f"edition_of({node.table!r}, S[2]) is None", [f"T.named({f'table {node.table}'!r})"])
    return [*each(to, node.keys, at), *no_edition]


def _lookup(to: Writer, node: t.Lookup, at: Frame, truth: str) -> list[str]:
    keys = to.fresh("k")
    no_row = f"None not in {keys} and cell_of(S, {node.table!r}, {keys}, 0, '') is None"
    named = [f"{keys} = ({keys_of(to, node.keys, at)})", *when_so(no_row, [f"T.named({f'table {node.table}'!r})"])]
    return [*each(to, node.keys, at), *named]


KINDS: dict[type, Tell] = {
    t.Const: _nothing,
    t.EdgeOfMonth: _nothing,
    t.Fact: _fact,
    t.Field: _field,
    t.LookedUp: _looked_up,
    t.Defined: _defined,
    t.DefinedOf: _defined_of,
    t.UnknownValue: _unknown_value,
    t.Not: _not,
    t.And: _and,
    t.Or: _or,
    t.Equal: _two,
    t.AtMost: _two,
    t.Arithmetic: _two,
    t.IsNone: _operand,
    t.In: _operand,
    t.IncludesAtLeast: _operand,
    t.Established: _operand,
    t.FirstPart: _operand,
    t.Shift: _anchor,
    t.FullMultiples: _full_multiples,
    t.Within: _within,
    t.OfTwoDays: _of_two_days,
    t.Cases: _cases,
    t.InTable: _in_table,
    t.Lookup: _lookup,
}
