"""How facts, values and conditions are written."""

from __future__ import annotations

from ccm_policy.compile.layout import constant
from ccm_policy.compile.writer import Emit, Frame, Writer
from ccm_policy.language import tree as t


def _const(to: Writer, node: t.Const, at: Frame) -> str:
    return to.literal(constant(node))


def _fact(to: Writer, node: t.Fact, at: Frame) -> str:
    return to.fact(node.path, node.type)


def _field(to: Writer, node: t.Field, at: Frame) -> str:
    bound = at[node.depth]
    return to.of_record(bound, node.field) if node.field in bound.listed.fields else to.unknown(node.type)


def _defined(to: Writer, node: t.Defined, at: Frame) -> str:
    return to.defined(node.name)


def _defined_of(to: Writer, node: t.DefinedOf, at: Frame) -> str:
    return to.defined_of(node.name, at[node.depth])


def _edge_of_month(to: Writer, node: t.EdgeOfMonth, at: Frame) -> str:
    return "S[0]" if node.which == "start" else "S[1]"


def _unknown_value(to: Writer, node: t.UnknownValue, at: Frame) -> str:
    return to.unknown(node.type)


def _not(to: Writer, node: t.Not, at: Frame) -> str:
    return f"NOT[{to.truth(node.operand, at)}]"


def all_of(to: Writer, texts: list[str]) -> str:
    """All of them, up to the first that is not so."""
    if len(texts) < 2:
        return texts[0] if texts else "3"
    name = to.fresh()
    first, *rest = texts
    return f"(({name}:={first}) and " + " and ".join(f"({name}:={name}&{text})" for text in rest) + ")"


def any_of(to: Writer, texts: list[str]) -> str:
    """One of them at least, up to the first that is so."""
    if len(texts) < 2:
        return texts[0] if texts else "0"
    name = to.fresh()
    first, *between, last = texts
    steps = [f"({name}:={first})==3", *(f"({name}:={name}|{text})==3" for text in between), f"({name}:={name}|{last})"]
    return f"(({' or '.join(steps)}) and {name})"


def _and(to: Writer, node: t.And, at: Frame) -> str:
    return all_of(to, [to.truth(operand, at) for operand in node.operands])


def _or(to: Writer, node: t.Or, at: Frame) -> str:
    return any_of(to, [to.truth(operand, at) for operand in node.operands])


_EQUAL = {"yes/no": "equal_truths", "number": "equal_numbers", "date": "equal_days"}


def _equal(to: Writer, node: t.Equal, at: Frame) -> str:
    left, right = to.value(node.left, at), to.value(node.right, at)
    kinds = {node.left.type.kind, node.right.type.kind}
    if kinds & set(_EQUAL):
        return f"{_EQUAL[(kinds & set(_EQUAL)).pop()]}({left}, {right})"
    if isinstance(node.right, t.Const):
        name = to.fresh()
        return f"(3 if ({name}:={left}) == {right} else 1 if {name} is UNKNOWN else 0)"
    return f"equal({left}, {right})"


def rank(to: Writer, node: t.Node, at: Frame) -> str:
    """What a value is compared by: an ordered one its position, a month its first day."""
    text = to.value(node, at)
    if node.type.ordered:
        places = ", ".join(f"{value!r}: ({place}, {place})" for place, value in enumerate(node.type.values))
        unknown = "UNKNOWN" if node.type.may_be_none else f"(0, {len(node.type.values) - 1})"
        ranks = to.kept(f"{{{places}, NONE: NONE, UNKNOWN: {unknown}}}")
        return f"{ranks}[{text}]"
    return f"month_rank({text})" if node.type.kind == "month" else text


def _at_most(to: Writer, node: t.AtMost, at: Frame) -> str:
    left, right = rank(to, node.left, at), rank(to, node.right, at)
    days = node.left.type.kind == node.right.type.kind == "date"
    name = ("day_below" if node.strict else "day_at_most") if days else "below" if node.strict else "at_most"
    return f"{name}({left}, {right})"


_NONE = {"yes/no": "no_truth", "number": "no_number", "date": "no_day"}


def _is_none(to: Writer, node: t.IsNone, at: Frame) -> str:
    return f"{_NONE.get(node.operand.type.kind, 'none')}({to.value(node.operand, at)})"


def _in(to: Writer, node: t.In, at: Frame) -> str:
    text = to.value(node.operand, at)
    if not node.values:
        return f"(1 if {text} is UNKNOWN else 0)"
    name, values = to.fresh(), ", ".join(map(repr, sorted(node.values)))
    return f"(3 if ({name}:={text}) in {{{values}}} else 1 if {name} is UNKNOWN else 0)"


def _includes_at_least(to: Writer, node: t.IncludesAtLeast, at: Frame) -> str:
    return f"includes({to.value(node.operand, at)}, {node.number}, {to.literal(frozenset(node.values))})"


def _within(to: Writer, node: t.Within, at: Frame) -> str:
    signed = -node.number if node.direction == "before" else node.number
    return f"within({to.value(node.operand, at)}, {to.value(node.anchor, at)}, {signed}, {node.unit!r})"


def _in_table(to: Writer, node: t.InTable, at: Frame) -> str:
    keys = keys_of(to, node.keys, at)
    return f"in_table(S, {node.table!r}, ({keys}))"


def keys_of(to: Writer, keys: tuple[t.Node, ...], at: Frame) -> str:
    """The keys of a table as it writes them."""
    return "".join(f"key_text({to.value(key, at)}, {key.type.kind!r}), " for key in keys)


def _lookup(to: Writer, node: t.Lookup, at: Frame) -> str:
    table = to.program.tables.get(node.table)
    column = table.columns.index(node.column) if table is not None else 0
    cell = f"cell_of(S, {node.table!r}, ({keys_of(to, node.keys, at)}), {column}, {node.type.kind!r})"
    name = to.fresh()
    none = "AFTER_DAYS" if node.type.kind == "date" else "NONE"
    unknown = to.unknown(node.type)
    absent = none if node.type.may_be_none else unknown
    return f"({unknown} if ({name}:={cell}) is None else {absent} if {name} is NONE else {name})"


def _first_part(to: Writer, node: t.FirstPart, at: Frame) -> str:
    name = to.fresh()
    return f"({name}.partition('-')[0] if ({name}:={to.value(node.operand, at)}).__class__ is str else {name})"


KINDS: dict[type, Emit] = {
    t.Const: _const,
    t.Fact: _fact,
    t.Field: _field,
    t.Defined: _defined,
    t.DefinedOf: _defined_of,
    t.EdgeOfMonth: _edge_of_month,
    t.UnknownValue: _unknown_value,
    t.Not: _not,
    t.And: _and,
    t.Or: _or,
    t.Equal: _equal,
    t.AtMost: _at_most,
    t.IsNone: _is_none,
    t.In: _in,
    t.IncludesAtLeast: _includes_at_least,
    t.Within: _within,
    t.InTable: _in_table,
    t.Lookup: _lookup,
    t.FirstPart: _first_part,
}
