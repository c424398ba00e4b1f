"""How phrases over the records of a list are written: loops that stop where nothing more can change what they say."""

from __future__ import annotations

from collections.abc import Callable

from ccm_policy.compile.layout import ListLayout
from ccm_policy.compile.quantities import number
from ccm_policy.compile.writer import Bound, Emit, Frame, NotWrittenError, Writer
from ccm_policy.language import tree as t

DECIDES = "decides"


def dated(to: Writer, bound: Bound, first: str, last: str) -> str:
    """Whether a record is dated in the days from `first` to `last`, or has a period that reaches into them."""
    declared = bound.listed.declared
    ways: list[str] = []
    if declared.date_field:
        ways.append(f"in_days({to.of_record(bound, declared.date_field)}, {first}, {last})")
    if declared.first_field and declared.last_field:
        start, end = (to.of_record(bound, name) for name in (declared.first_field, declared.last_field))
        ways.append(f"(day_at_most({start}, {last}) & day_at_most({first}, {end}))")
    return f"({' | '.join(ways)})" if ways else "3"


def match(to: Writer, records: t.Records, bound: Bound, at: Frame, day: str) -> list[str]:
    """Lines that make `m` of one record of a list: whether it is one of those that are spoken of."""
    declared = bound.listed.declared
    lines = [f"m = {bound.name}[0]"]
    if declared.undated_when is not None and declared.date_field is not None:
        date = to.of_record(bound, declared.date_field)
        stands = to.fact(declared.undated_when, to.layout.vocabulary.facts[declared.undated_when].type)
        null = f"S[4] and is_null(S, {declared.name!r}, {bound.name}, {declared.date_field!r})"
        lines.append(f"if not {bound.name}[1] and not_known_day({date}) and ({stands} != 3 or {null}): m &= 1")
    if records.in_month:
        lines.append(f"m = m and m & {dated(to, bound, 'S[0]', 'S[1]')}")
    if records.on is not None:
        lines.append(f"m = m and m & {dated(to, bound, day, day)}")
    if records.where is not None:
        lines.append(f"m = m and m & {to.truth(records.where, (bound, *at))}")
    return lines


def loop(
    to: Writer, records: t.Records, at: Frame, body: Callable[[Bound], list[str]], unseen_too: bool = False
) -> list[str]:
    """Lines that go through a list: for each record its match `m`, then the body. `nothing`: nothing is known of it."""
    bound = Bound(to.fresh("r"), to.layout.lists[records.list])
    day = to.fresh("day")
    before = [f"{day} = {to.value(records.on, at)}"] if records.on is not None else []
    return [
        *before,
        f"rows, nothing, _ = {to.of_list(records.list)}",
        f"for {bound.name} in rows:",
        "    if nothing: m = 1",
        "    else:",
        *(f"        {line}" for line in match(to, records, bound, at, day)),
        f"    if not m and {bound.name}[1]: continue",
        *(f"    {line}" for line in body(bound)),
    ]


def _at_least(to: Writer, node: t.AtLeast, at: Frame) -> str:
    def lines(inner: Frame) -> list[str]:
        if node.number < 1:
            return ["v = 3"]

        def body(bound: Bound) -> list[str]:
            return [
                "if m == 3:",
                "    sure += 1",
                f"    if sure == {node.number}: break",
                "elif m:",
                f"    maybe += {node.number} if {bound.name}[1] else 1",
            ]

        return [
            "sure = maybe = 0",
            *loop(to, node.records, inner, body),
            f"v = 3 if sure >= {node.number} else 1 if sure + maybe >= {node.number} else 0",
        ]

    return to.function(node, at, lines)


def _every(to: Writer, node: t.Every, at: Frame) -> str:
    def lines(inner: Frame) -> list[str]:
        def body(bound: Bound) -> list[str]:
            return [
                "if not m: continue",
                "if nothing:",
                "    v &= 1",
                "    continue",
                f"v &= NOT[m] | {to.truth(node.has, (bound, *inner))}",
                "if not v: break",
            ]

        return ["v = 3", *loop(to, node.records, inner, body)]

    return to.function(node, at, lines)


def _count_of(to: Writer, node: t.CountOf, at: Frame) -> str:
    def lines(inner: Frame) -> list[str]:
        def body(bound: Bound) -> list[str]:
            return ["if m == 3: sure += 1", f"if m: most = None if most is None or {bound.name}[1] else most + 1"]

        return ["sure = most = 0", *loop(to, node.records, inner, body), "v = (sure, most)"]

    return to.function(node, at, lines)


def _during(to: Writer, node: t.During, at: Frame) -> str:
    def lines(inner: Frame) -> list[str]:
        begun = "day_below" if node.first_day == "out" else "day_at_most"
        not_over = "day_below" if node.last_day == "out" else "day_at_most"

        def body(bound: Bound) -> list[str]:
            first, last = to.of_record(bound, node.first_field), to.of_record(bound, node.last_field)
            return [f"v |= m and m & {begun}({first}, at) & {not_over}(at, {last})", "if v == 3: break"]

        return [f"at = {to.value(node.operand, inner)}", "v = 0", *loop(to, node.records, inner, body)]

    return to.function(node, at, lines)


# --- sums --------------------------------------------------------------------------------------------------------


def _may_share(to: Writer, node: t.Sum) -> str:
    """Whether records may share minutes that count once, or run past midnight; empty where none of a sum can."""
    name = node.records.list
    checks = [c for c in to.program.overlap_checks if not c.across and c.list == name and c.severity == DECIDES]
    if not node.once or not checks or to.presuming:
        return ""
    return f"minutes_shared_{_clocks(to, to.layout.lists[name], checks[0])}(S)"


def shared(to: Writer, node: t.Sum) -> list[str]:
    """Lines that leave it to the reference where records may share minutes that count once, or run past midnight."""
    may_share = _may_share(to, node)
    return [f"if {may_share}: raise NotCompiledError"] if may_share else []


def _once(to: Writer, node: t.Sum, inner: Frame, of_shares: list[str], otherwise: list[str]) -> list[str]:
    """Lines that make of what is left of each record, `found`, what they would make without; where a record is bound,
    the reference does."""
    may_share = _may_share(to, node)
    if inner or not may_share:
        return [*shared(to, node), *otherwise]
    key = ("sum", node)
    if key not in to.made:
        to.made[key] = str(len(to.sums))
        to.sums.append(node)
    lines = [f"if {may_share}:", f"    found = shares_once(S, {to.made[key]})", *(f"    {line}" for line in of_shares)]
    return [*lines, "else:", *(f"    {line}" for line in otherwise)]


def _clocks(to: Writer, listed: ListLayout, check: t.OverlapCheck) -> str:
    """The function that tells whether records of a list may share minutes, once for the month."""
    key = ("minutes shared", listed.name, check.clock)
    if key not in to.made:
        to.made[key] = name = to.fresh(f"{listed.name}_")
        slot = to.layout.more()
        bound = Bound("r", listed)
        fields = [to.of_record(bound, field) for field in (*check.clock, listed.declared.date_field or "")]
        to.define(
            f"minutes_shared_{name}",
            "S",
            [
                f"if S[{slot}] is None:",
                f"    rows = {to.of_list(listed.name)}[0]",
                f"    timed = [({', '.join(fields)}) for r in rows if not r[1]]",
                f"    S[{slot}] = share_minutes(timed, S[4], len(timed) < len(rows))",
                f"return S[{slot}]",
            ],
        )
    return to.made[key]


def added(to: Writer, node: t.Sum, bound: Bound, inner: Frame) -> list[str]:
    """Lines that make `a` of what one record adds."""
    frame = (bound, *inner)
    value = to.value(node.value, frame)
    divisor = "" if node.divisor is None else f", {to.value(node.divisor, frame)}"
    made = f"a = (0, 0) if not m else (0, None) if {bound.name}[1] else share(m, {value}{divisor})"
    return [made, "a = floored(a)"] if node.rounding == "down_each" else [made]


def _sum(to: Writer, node: t.Sum, at: Frame) -> str:
    def lines(inner: Frame) -> list[str]:
        def body(bound: Bound) -> list[str]:
            return ["if not m: continue", *added(to, node, bound, inner), "v = plus(v, a)"]

        made = _once(to, node, inner, ["v = total(found)"], ["v = (0, 0)", *loop(to, node.records, inner, body)])
        return [*made, "v = floored(v)"] if node.rounding == "down_in_total" else made

    return to.function(node, at, lines)


def _reaches(to: Writer, node: t.Reaches, at: Frame) -> str:
    def lines(inner: Frame) -> list[str]:
        def body(bound: Bound) -> list[str]:
            date = bound.listed.declared.date_field
            day = to.of_record(bound, date) if date else "ANY_DAY"
            return [*added(to, node.sum, bound, inner), f"shares.append(({day}, a))"]

        whole = node.sum.rounding == "down_in_total"
        of_shares = ["early, late = [d for s in found for d in s.early], [d for s in found for d in s.late]"]
        by_itself = ["early, late = by_days(shares)"]
        alone = ["shares = []", *loop(to, node.sum.records, inner, body), *by_itself]
        return [
            *_once(to, node.sum, inner, of_shares, alone),
            f"v = reached(early, late, {number(to, node.threshold, inner)}, {whole})",
        ]

    return to.function(node, at, lines)


# --- first, last, one --------------------------------------------------------------------------------------------


def _extreme(to: Writer, node: t.Extreme, at: Frame) -> str:
    def lines(inner: Frame) -> list[str]:
        def body(bound: Bound) -> list[str]:
            return [f"if m: dated.append((m, {to.value(node.field, (bound, *inner))}))"]

        return ["dated = []", *loop(to, node.records, inner, body), f"v = {node.how}(dated)"]

    return to.function(node, at, lines)


def _pick(to: Writer, node: t.Pick, at: Frame) -> str:
    def lines(inner: Frame) -> list[str]:
        def body(bound: Bound) -> list[str]:
            if node.by not in bound.listed.fields:
                raise NotWrittenError(node.by)
            return [f"if m: found.append((m, {to.of_record(bound, node.by)}, {bound.name}))"]

        return ["found = []", *loop(to, node.records, inner, body), f"v = picked(found, {node.how!r})"]

    return to.function(node, at, lines)


def _picked_field(to: Writer, node: t.PickedField, at: Frame) -> str:
    pick = to.program.definitions[node.definition].value
    assert isinstance(pick, t.Pick), "the checker lets no other definition be read so"
    listed = to.layout.lists[pick.records.list]

    def lines(inner: Frame) -> list[str]:
        record = Bound("r", listed)
        never = "AFTER_DAYS" if pick.how == "earliest" else "BEFORE_DAYS"
        none = never if node.type.kind == "date" else "NONE"
        if node.field == pick.by:
            return [f"v = {to.defined(node.definition)}[2]"]
        field = to.of_record(record, node.field) if node.field in listed.fields else to.unknown(node.type)
        hull = "truth_hull" if node.type.kind == "yes/no" else "hull"
        return [
            f"of, perhaps_none, _ = {to.defined(node.definition)}",
            "p = []",
            "for r in of:",
            f"    p.append({field})",
            f"if perhaps_none: p.append({none})",
            f"v = {hull}(p) if p else UNKNOWN",
        ]

    return to.function(node, (), lines)


KINDS: dict[type, Emit] = {
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
