"""How it is written what a value rests on: the facts that decided it, and the definitions that were read on the way.

The reference reads both off a trace. Here a node becomes lines that put them into `T` (`leaves.Told`) in the same
order, out of values alone: of each node, those of its parts that decide it. `truth`: the text of what the node comes to
as a condition, where that is known already.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from ccm_policy.compile.conditions import all_of, keys_of
from ccm_policy.compile.phrases import added, dated, loop, match, shared
from ccm_policy.compile.writer import Bound, Frame, NotWrittenError, Writer, deepest
from ccm_policy.language import tree as t
from ccm_policy.language.walk import parts

Tell = Callable[[Writer, Any, Frame, str], list[str]]
"""How it is written what a kind of node rests on."""

YES, NO = "3", "0"


def told(to: Writer, node: t.Node, at: Frame, truth: str = "") -> list[str]:
    """Lines that tell what a node rests on; none where it rests on nothing."""
    return KINDS[type(node)](to, node, at, truth)


def rule_told(to: Writer, rule: t.Rule, truth: str) -> list[str]:
    """Lines that tell of a rule that holds the first way in which it does; else all ways that are as it is."""
    if rule.when is None and not rule.waivers:
        return _as_it_is(to, rule.conditions, (), truth, YES)
    ways = [
        (all_of(to, [to.truth(node, ()) for node in rule.conditions]), _as_it_is(to, rule.conditions, (), "v", YES))
    ]
    ways += [(to.truth(waiver.when, ()), told(to, waiver.when, (), "v")) for waiver in rule.waivers]
    if rule.when is not None:
        ways.append((f"NOT[{to.truth(rule.when, ())}]", told(to, rule.when, (), "NOT[v]")))
    lines = [f"v = {truth}"]
    for text, way in ways:
        lines += _when(f"{text} == v", [*way, "if v == 3: return"])
    return lines


# --- lines -------------------------------------------------------------------------------------------------------


def _indented(lines: Iterable[str]) -> list[str]:
    return [f"    {line}" for line in lines]


def _when(condition: str, lines: list[str]) -> list[str]:
    return [f"if {condition}:", *_indented(lines)] if lines else []


def _each(to: Writer, nodes: Iterable[t.Node], at: Frame) -> list[str]:
    return [line for node in nodes for line in told(to, node, at)]


def _as_it_is(to: Writer, nodes: tuple[t.Node, ...], at: Frame, truth: str, whole: str) -> list[str]:
    """Those parts of a truth made of truths that are as it is. `whole`: the truth that all of them share."""
    if truth == whole or len(nodes) == 1:
        return [line for node in nodes for line in told(to, node, at, truth)]
    name = to.fresh("v")
    lines = [f"{name} = {truth}"]
    for node in nodes:
        lines += _when(f"{name} == {whole} or {to.truth(node, at)} == {name}", told(to, node, at, name))
    return lines


def _function(to: Writer, node: Any, at: Frame, truth: str, lines: Callable[[Frame], list[str]]) -> list[str]:
    """A call of a function that tells of a node; `v` is its value there. It may return early."""
    used = at[: deepest(node)]
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


def _of_record(to: Writer, bound: Bound, name: str) -> list[str]:
    if name not in bound.listed.fields:
        raise NotWrittenError(name)
    return [f"T.field({bound.listed.name!r}, {bound.name}, {name!r}, {to.of_record(bound, name)})"]


def _field(to: Writer, node: t.Field, at: Frame, truth: str) -> list[str]:
    return _of_record(to, at[node.depth], node.field)


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
        key = _of_record(to, record, node.field)
        if node.target_field in fallback:
            of_none = _of_record(to, record, fallback[node.target_field])
        else:
            value = to.of_record(Bound(f"{record.name}[{slot}]", target), node.target_field)
            names = (record.listed.name, node.field, node.target, node.target_field)
            of_none = [f"T.imagined({', '.join(map(repr, names))}, {record.name}, {value})"]
        return [
            f"rows, nothing, _ = {to.of_list(node.target)}",
            f"if {record.name}[1]:",
            *_indented(key),
            "    return",
            "if nothing:",
            *_indented(key),
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
            *_indented(key),
            "    if not_known(v):",
            "        for w in doubts:",
            *_indented(_indented(_indented(_of_record(to, row, node.by)))),
            "for w in found:",
            *_indented(_of_record(to, row, node.target_field)),
            "if none:",
            *_indented(of_none),
        ]

    return _function(to, node, at, to.value(node, at), lines)


def _defined(to: Writer, node: t.Defined, at: Frame, truth: str) -> list[str]:
    return [_definition(to, node.name)]


def _definition(to: Writer, name: str) -> str:
    key = ("told definition", name)
    if key not in to.made:
        to.made[key] = f"told_{name}"
        to.define(f"told_{name}", "S, T", told(to, to.program.definitions[name].value, ()) or ["pass"])
    return f"T.definition({name!r}, {to.made[key]})"


def _defined_of(to: Writer, node: t.DefinedOf, at: Frame, truth: str) -> list[str]:
    name, bound = node.name, at[node.depth]
    key = ("told definition", name, bound.listed.name)
    if key not in to.made:
        to.made[key] = f"told_{name}_of_{bound.listed.name}"
        value = to.program.definitions[name].value
        to.define(to.made[key], "S, T, r", told(to, value, (Bound("r", bound.listed),)) or ["pass"])
    return [f"T.definition_of({name!r}, {to.made[key]}, {bound.name})"]


def _unknown_value(to: Writer, node: t.UnknownValue, at: Frame, truth: str) -> list[str]:
    return [f"T.named({node.fact!r})"]


# --- conditions and quantities -----------------------------------------------------------------------------------


def _parts(to: Writer, node: t.Node, at: Frame, truth: str) -> list[str]:
    """All its parts."""
    return _each(to, [part for part, _ in parts(node)], at)


def _not(to: Writer, node: t.Not, at: Frame, truth: str) -> list[str]:
    return told(to, node.operand, at, f"NOT[{truth}]" if truth else "")


def _and(to: Writer, node: t.And, at: Frame, truth: str) -> list[str]:
    return _as_it_is(to, node.operands, at, truth or to.value(node, at), YES)


def _or(to: Writer, node: t.Or, at: Frame, truth: str) -> list[str]:
    return _as_it_is(to, node.operands, at, truth or to.value(node, at), NO)


def _two(to: Writer, node: t.Equal | t.AtMost | t.Arithmetic, at: Frame, truth: str) -> list[str]:
    return _each(to, (node.left, node.right), at)


def _operand(to: Writer, node: Any, at: Frame, truth: str) -> list[str]:
    return told(to, node.operand, at)


def _anchor(to: Writer, node: t.Shift, at: Frame, truth: str) -> list[str]:
    return told(to, node.anchor, at)


def _full_multiples(to: Writer, node: t.FullMultiples, at: Frame, truth: str) -> list[str]:
    return _each(to, (node.step, node.operand), at)


def _within(to: Writer, node: t.Within, at: Frame, truth: str) -> list[str]:
    """Both days, or those of them that never come."""
    one, other = to.fresh("d"), to.fresh("d")
    return [
        f"{one}, {other} = no_day({to.value(node.operand, at)}) == 3, no_day({to.value(node.anchor, at)}) == 3",
        *_when(f"{one} or not {other}", told(to, node.operand, at)),
        *_when(f"{other} or not {one}", told(to, node.anchor, at)),
    ]


def _of_two_days(to: Writer, node: t.OfTwoDays, at: Frame, truth: str) -> list[str]:
    """A day that sets the open end or can pass it."""
    one, other, whole = to.fresh("d"), to.fresh("d"), to.fresh("d")
    near = "{0}[0] == {1}[0] or {0}[1] > {1}[0]" if node.how == "later" else "{0}[1] == {1}[1] or {0}[0] < {1}[1]"
    return [
        f"{one}, {other} = {to.value(node.left, at)}, {to.value(node.right, at)}",
        f"{whole} = {node.how}_day({one}, {other})",
        *_when(near.format(one, whole), told(to, node.left, at)),
        *_when(near.format(other, whole), told(to, node.right, at)),
    ]


def _cases(to: Writer, node: t.Cases, at: Frame, truth: str) -> list[str]:
    """The conditions up to the first that holds, and the values of those that may."""

    def lines(inner: Frame) -> list[str]:
        made: list[str] = []
        for when, value in node.cases:
            if when is None:
                return [*made, *told(to, value, inner)]
            made += [f"c = {to.truth(when, inner)}", *told(to, when, inner, "c")]
            made += [*_when("c", told(to, value, inner)), "if c == 3: return"]
        return made

    return _function(to, node, at, "None", lines)


def _in_table(to: Writer, node: t.InTable, at: Frame, truth: str) -> list[str]:
    no_edition = _when(f"edition_of({node.table!r}, S[2]) is None", [f"T.named({f'table {node.table}'!r})"])
    return [*_each(to, node.keys, at), *no_edition]


def _lookup(to: Writer, node: t.Lookup, at: Frame, truth: str) -> list[str]:
    keys = to.fresh("k")
    no_row = f"None not in {keys} and cell_of(S, {node.table!r}, {keys}, 0, '') is None"
    named = [f"{keys} = ({keys_of(to, node.keys, at)})", *_when(no_row, [f"T.named({f'table {node.table}'!r})"])]
    return [*_each(to, node.keys, at), *named]


# --- records -----------------------------------------------------------------------------------------------------


def _found(to: Writer, records: t.Records, at: Frame, also: Callable[[Bound], list[str]] | None = None) -> list[str]:
    """Lines that make `found` of all records that are spoken of or may be: each with its match. `day`: of `on`."""

    def body(bound: Bound) -> list[str]:
        more = ", a" if also is not None else ""
        return [*(also(bound) if also is not None else []), f"found.append((m, {bound.name}{more}))"]

    return ["found = []", *loop(to, records, at, body)]


def _matched(to: Writer, records: t.Records, bound: Bound, at: Frame) -> list[str]:
    """Lines that tell why a record is one of those that are spoken of, `m`."""
    declared, name = bound.listed.declared, bound.name
    day = to.value(records.on, at) if records.on is not None else ""
    lines = [f"if m == 1 and {name}[0] != 3: T.doubtful({declared.name!r}, {name})"]
    if declared.undated_when is not None and declared.date_field is not None:
        stands = to.fact(declared.undated_when, to.layout.vocabulary.facts[declared.undated_when].type)
        date = to.of_record(bound, declared.date_field)
        lines += [
            f"if m == 1 and not {name}[1] and not_known_day({date}) and (c := {stands}) != 3:",
            *_indented(_of_record(to, bound, declared.date_field)),
            f"    if c == 1: T.named({declared.undated_when!r})",
        ]
    if records.in_month:
        lines += _dated(to, bound, "S[0]", "S[1]")
    if records.on is not None:
        placed = dated(to, bound, day, day)
        lines += _when(f"m == 3 or {placed} == m", [*_dated(to, bound, day, day), *told(to, records.on, at)])
    if records.where is None:
        return _unless_nothing(declared, lines)
    frame = (bound, *at)
    where = told(to, records.where, frame, "m")
    before = match(to, _without_where(records), bound, at, day)
    asked = _when(f"before and {to.truth(records.where, frame)} == m", where)
    if where and len(before) > 1:
        lines += ["if m == 3:", *_indented(where), "else:"]
        lines += _indented(["was = m", *before, "before, m = m, was", *asked])
    elif where:
        lines += [f"before = {name}[0]", *asked]
    return _unless_nothing(declared, lines)


def _without_where(records: t.Records) -> t.Records:
    return t.Records(records.list, in_month=records.in_month, on=records.on)


def _unless_nothing(declared: t.ListDecl, lines: list[str]) -> list[str]:
    return ["if nothing:", f"    T.unknown_list({declared.name!r})", "else:", *_indented(lines)]


def _dated(to: Writer, bound: Bound, first: str, last: str) -> list[str]:
    """Lines that tell whether a record is dated in some days, where that is `m`."""
    declared = bound.listed.declared
    lines: list[str] = []
    whole = dated(to, bound, first, last)
    if declared.date_field:
        way = f"in_days({to.of_record(bound, declared.date_field)}, {first}, {last})"
        lines += _when(f"{way} == m", _of_record(to, bound, declared.date_field))
    if declared.first_field and declared.last_field:
        start, end = (to.of_record(bound, name) for name in (declared.first_field, declared.last_field))
        begun, not_over = f"day_at_most({start}, {last})", f"day_at_most({first}, {end})"
        lines += _when(
            f"({begun} & {not_over}) == m",
            [
                *_when(f"{begun} == m", _of_record(to, bound, declared.first_field)),
                *_when(f"{not_over} == m", _of_record(to, bound, declared.last_field)),
            ],
        )
    both = declared.date_field and declared.first_field and declared.last_field
    return _when(f"{whole} == m", lines) if both else lines


def _among(to: Writer, records: t.Records, inner: Frame, chosen: str, more: Callable[[Bound], list[str]]) -> list[str]:
    """Lines that tell of the chosen of `found`; where none were found, that the list has none."""
    bound = Bound("r", to.layout.lists[records.list])
    return [
        f"if not found: T.listed({records.list!r})",
        f"for m, r in {chosen}:",
        *_indented([*_matched(to, records, bound, inner), *more(bound)]),
    ]


def _no_more(bound: Bound) -> list[str]:
    return []


def _at_least(to: Writer, node: t.AtLeast, at: Frame, truth: str) -> list[str]:
    def lines(inner: Frame) -> list[str]:
        return [
            *_found(to, node.records, inner),
            "if v == 3: chosen = [one for one in found if one[0] == 3]",
            "elif v == 0: chosen = [one for one in found if one[0] != 3]",
            "else: chosen = [one for one in found if one[0] == 1]",
            *_among(to, node.records, inner, "chosen or found", _no_more),
        ]

    return _function(to, node, at, truth, lines)


def _count_of(to: Writer, node: t.CountOf, at: Frame, truth: str) -> list[str]:
    def lines(inner: Frame) -> list[str]:
        return [*_found(to, node.records, inner), *_among(to, node.records, inner, "found", _no_more)]

    return _function(to, node, at, "None", lines)


def _every(to: Writer, node: t.Every, at: Frame, truth: str) -> list[str]:
    def lines(inner: Frame) -> list[str]:
        bound = Bound("r", to.layout.lists[node.records.list])
        frame = (bound, *inner)
        has = told(to, node.has, frame)
        why = _matched(to, node.records, bound, inner)
        return [
            *_found(to, node.records, inner),
            f"if not found: T.listed({node.records.list!r})",
            "for m, r in found:",
            "    if m == 0:",
            "        if v == 3:",
            *_indented(_indented(_indented(why))),
            "        continue",
            f"    p = 1 if nothing else NOT[m] | {to.truth(node.has, frame)}",
            "    if p == v:",
            "        if p != 3 and m != 3:",
            *_indented(_indented(_indented(why))),
            *_indented(_indented(has)),
        ]

    return _function(to, node, at, truth, lines)


def _during(to: Writer, node: t.During, at: Frame, truth: str) -> list[str]:
    def lines(inner: Frame) -> list[str]:
        begun = "day_below" if node.first_day == "out" else "day_at_most"
        not_over = "day_below" if node.last_day == "out" else "day_at_most"
        day = told(to, node.operand, inner)

        def more(bound: Bound) -> list[str]:
            first, last = (_of_record(to, bound, name) for name in (node.first_field, node.last_field))
            return [*_when("begun == p", [*day, *first]), *_when("over == p", [*day, *last])]

        bound = Bound("r", to.layout.lists[node.records.list])
        first, last = to.of_record(bound, node.first_field), to.of_record(bound, node.last_field)
        return [
            f"at = {to.value(node.operand, inner)}",
            *_found(to, node.records, inner),
            f"if not found: T.listed({node.records.list!r})",
            "for m, r in found:",
            f"    begun, over = {begun}({first}, at), {not_over}(at, {last})",
            "    p = m & begun & over",
            "    if p != v: continue",
            "    if m == p:",
            *_indented(_indented(_matched(to, node.records, bound, inner))),
            *_indented(more(bound)),
        ]

    return _function(to, node, at, truth, lines)


def _shares(to: Writer, node: t.Sum, inner: Frame) -> Callable[[Bound], list[str]]:
    """Lines that tell of what a record adds to a sum."""

    def more(bound: Bound) -> list[str]:
        operands = [node.value] if node.divisor is None else [node.value, node.divisor]
        return _when("m", _each(to, operands, (bound, *inner)))

    return more


def _sum(to: Writer, node: t.Sum, at: Frame, truth: str) -> list[str]:
    def lines(inner: Frame) -> list[str]:
        more = _shares(to, node, inner)
        return [*shared(to, node), *_found(to, node.records, inner), *_among(to, node.records, inner, "found", more)]

    return _function(to, node, at, "None", lines)


def _reaches(to: Writer, node: t.Reaches, at: Frame, truth: str) -> list[str]:
    def lines(inner: Frame) -> list[str]:
        share = _shares(to, node.sum, inner)

        def more(bound: Bound) -> list[str]:
            date = bound.listed.declared.date_field
            return [*share(bound), *_of_record(to, bound, date or "")]

        return [
            *shared(to, node.sum),
            *_found(to, node.sum.records, inner, lambda bound: added(to, node.sum, bound, inner)),
            "found = [(m, r) for m, r, a in found if a != (0, 0)]",
            *_among(to, node.sum.records, inner, "found", more),
            *told(to, node.threshold, inner),
        ]

    return _function(to, node, at, "None", lines)


def _extreme(to: Writer, node: t.Extreme, at: Frame, truth: str) -> list[str]:
    """The records that may be the first or last."""

    def lines(inner: Frame) -> list[str]:
        bound = Bound("r", to.layout.lists[node.records.list])
        day = to.value(node.field, (bound, *inner))
        near = f"{day}[0] <= v[1]" if node.how == "earliest" else f"{day}[1] >= v[0]"
        return [
            *_found(to, node.records, inner),
            "chosen = []",
            "for m, r in found:",
            f"    if m and {near}: chosen.append((m, r))",
            *_among(
                to, node.records, inner, "chosen or found",
                lambda bound: _when("m", told(to, node.field, (bound, *inner))),
            ),
        ]  # fmt: skip

    return _function(to, node, at, truth, lines)


def _pick(to: Writer, node: t.Pick, at: Frame, truth: str) -> list[str]:
    """The records that it may be."""

    def lines(inner: Frame) -> list[str]:
        return [
            *_found(to, node.records, inner),
            "found = [one for one in found if one[0]]",
            "chosen = [one for one in found if any(one[1] is candidate for candidate in v[0])]",
            *_among(to, node.records, inner, "chosen or found", lambda bound: _of_record(to, bound, node.by)),
        ]

    return _function(to, node, at, truth, lines)


def _picked_field(to: Writer, node: t.PickedField, at: Frame, truth: str) -> list[str]:
    pick = to.program.definitions[node.definition].value
    assert isinstance(pick, t.Pick), "the checker lets no other definition be read so"
    bound = Bound(to.fresh("r"), to.layout.lists[pick.records.list])
    return [
        _definition(to, node.definition),
        f"for {bound.name} in {to.defined(node.definition)}[0]:",
        *_indented(_of_record(to, bound, node.field)),
    ]


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
    t.AtLeast: _at_least,
    t.Every: _every,
    t.CountOf: _count_of,
    t.During: _during,
    t.Sum: _sum,
    t.Reaches: _reaches,
    t.Extreme: _extreme,
    t.Pick: _pick,
    t.PickedField: _picked_field,
}
