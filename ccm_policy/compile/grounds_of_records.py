"""How it is written what phrases over the records of a list rest on: the records that decided, and why each did."""

from __future__ import annotations

from collections.abc import Callable

from ccm_policy.compile.grounds import definition_told, each, field_told, indented, told_apart, when_so
from ccm_policy.compile.phrases import added, dated, loop, match, shared
from ccm_policy.compile.writer import Bound, Frame, Tell, Writer
from ccm_policy.language import tree as t


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
            *indented(field_told(to, bound, declared.date_field)),
            f"    if c == 1: T.named({declared.undated_when!r})",
        ]
    if records.in_month:
        lines += _dated(to, bound, "S[0]", "S[1]")
    if records.on is not None:
        placed = dated(to, bound, day, day)
        lines += when_so(f"m == 3 or {placed} == m", [*_dated(to, bound, day, day), *to.told(records.on, at)])
    if records.where is None:
        return _unless_nothing(declared, lines)
    frame = (bound, *at)
    where = to.told(records.where, frame, "m")
    before = match(to, _without_where(records), bound, at, day)
    asked = when_so(f"before and {to.truth(records.where, frame)} == m", where)
    if where and len(before) > 1:
        lines += ["if m == 3:", *indented(where), "else:"]
        lines += indented(["was = m", *before, "before, m = m, was", *asked])
    elif where:
        lines += [f"before = {name}[0]", *asked]
    return _unless_nothing(declared, lines)


def _without_where(records: t.Records) -> t.Records:
    return t.Records(records.list, in_month=records.in_month, on=records.on)


def _unless_nothing(declared: t.ListDecl, lines: list[str]) -> list[str]:
    return ["if nothing:", f"    T.unknown_list({declared.name!r})", "else:", *indented(lines)]


def _dated(to: Writer, bound: Bound, first: str, last: str) -> list[str]:
    """Lines that tell whether a record is dated in some days, where that is `m`."""
    declared = bound.listed.declared
    lines: list[str] = []
    whole = dated(to, bound, first, last)
    if declared.date_field:
        way = f"in_days({to.of_record(bound, declared.date_field)}, {first}, {last})"
        lines += when_so(f"{way} == m", field_told(to, bound, declared.date_field))
    if declared.first_field and declared.last_field:
        start, end = (to.of_record(bound, name) for name in (declared.first_field, declared.last_field))
        begun, not_over = f"day_at_most({start}, {last})", f"day_at_most({first}, {end})"
        lines += when_so(
            f"({begun} & {not_over}) == m",
            [
                *when_so(f"{begun} == m", field_told(to, bound, declared.first_field)),
                *when_so(f"{not_over} == m", field_told(to, bound, declared.last_field)),
            ],
        )
    both = declared.date_field and declared.first_field and declared.last_field
    return when_so(f"{whole} == m", lines) if both else lines


def _among(to: Writer, records: t.Records, inner: Frame, chosen: str, more: Callable[[Bound], list[str]]) -> list[str]:
    """Lines that tell of the chosen of `found`; where none were found, that the list has none."""
    bound = Bound("r", to.layout.lists[records.list])
    return [
        f"if not found: T.listed({records.list!r})",
        f"for m, r in {chosen}:",
        *indented([*_matched(to, records, bound, inner), *more(bound)]),
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

    return told_apart(to, node, at, truth, lines)


def _count_of(to: Writer, node: t.CountOf, at: Frame, truth: str) -> list[str]:
    def lines(inner: Frame) -> list[str]:
        return [*_found(to, node.records, inner), *_among(to, node.records, inner, "found", _no_more)]

    return told_apart(to, node, at, "None", lines)


def _every(to: Writer, node: t.Every, at: Frame, truth: str) -> list[str]:
    def lines(inner: Frame) -> list[str]:
        bound = Bound("r", to.layout.lists[node.records.list])
        frame = (bound, *inner)
        has = to.told(node.has, frame)
        why = _matched(to, node.records, bound, inner)
        return [
            *_found(to, node.records, inner),
            f"if not found: T.listed({node.records.list!r})",
            "for m, r in found:",
            "    if m == 0:",
            "        if v == 3:",
            *indented(indented(indented(why))),
            "        continue",
            f"    p = 1 if nothing else NOT[m] | {to.truth(node.has, frame)}",
            "    if p == v:",
            "        if p != 3 and m != 3:",
            *indented(indented(indented(why))),
            *indented(indented(has)),
        ]

    return told_apart(to, node, at, truth, lines)


def _during(to: Writer, node: t.During, at: Frame, truth: str) -> list[str]:
    def lines(inner: Frame) -> list[str]:
        begun = "day_below" if node.first_day == "out" else "day_at_most"
        not_over = "day_below" if node.last_day == "out" else "day_at_most"
        day = to.told(node.operand, inner)

        def more(bound: Bound) -> list[str]:
            first, last = (field_told(to, bound, name) for name in (node.first_field, node.last_field))
            return [*when_so("begun == p", [*day, *first]), *when_so("over == p", [*day, *last])]

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
            *indented(indented(_matched(to, node.records, bound, inner))),
            *indented(more(bound)),
        ]

    return told_apart(to, node, at, truth, lines)


def _shares(to: Writer, node: t.Sum, inner: Frame) -> Callable[[Bound], list[str]]:
    """Lines that tell of what a record adds to a sum."""

    def more(bound: Bound) -> list[str]:
        operands = [node.value] if node.divisor is None else [node.value, node.divisor]
        return when_so("m", each(to, operands, (bound, *inner)))

    return more


def _sum(to: Writer, node: t.Sum, at: Frame, truth: str) -> list[str]:
    def lines(inner: Frame) -> list[str]:
        more = _shares(to, node, inner)
        return [*shared(to, node), *_found(to, node.records, inner), *_among(to, node.records, inner, "found", more)]

    return told_apart(to, node, at, "None", lines)


def _reaches(to: Writer, node: t.Reaches, at: Frame, truth: str) -> list[str]:
    def lines(inner: Frame) -> list[str]:
        share = _shares(to, node.sum, inner)

        def more(bound: Bound) -> list[str]:
            date = bound.listed.declared.date_field
            return [*share(bound), *field_told(to, bound, date or "")]

        return [
            *shared(to, node.sum),
            *_found(to, node.sum.records, inner, lambda bound: added(to, node.sum, bound, inner)),
            "found = [(m, r) for m, r, a in found if a != (0, 0)]",
            *_among(to, node.sum.records, inner, "found", more),
            *to.told(node.threshold, inner),
        ]

    return told_apart(to, node, at, "None", lines)


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
                lambda bound: when_so("m", to.told(node.field, (bound, *inner))),
            ),
        ]  # fmt: skip

    return told_apart(to, node, at, truth, lines)


def _pick(to: Writer, node: t.Pick, at: Frame, truth: str) -> list[str]:
    """The records that it may be."""

    def lines(inner: Frame) -> list[str]:
        return [
            *_found(to, node.records, inner),
            "found = [one for one in found if one[0]]",
            "chosen = [one for one in found if any(one[1] is candidate for candidate in v[0])]",
            *_among(to, node.records, inner, "chosen or found", lambda bound: field_told(to, bound, node.by)),
        ]

    return told_apart(to, node, at, truth, lines)


def _picked_field(to: Writer, node: t.PickedField, at: Frame, truth: str) -> list[str]:
    pick = to.program.definitions[node.definition].value
    assert isinstance(pick, t.Pick), "the checker lets no other definition be read so"
    bound = Bound(to.fresh("r"), to.layout.lists[pick.records.list])
    return [
        definition_told(to, node.definition),
        f"for {bound.name} in {to.defined(node.definition)}[0]:",
        *indented(field_told(to, bound, node.field)),
    ]


KINDS: dict[type, Tell] = {
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
