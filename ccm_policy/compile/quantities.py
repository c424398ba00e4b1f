"""How quantities, days, look-ups and cases are written."""

from __future__ import annotations

from ccm_policy.compile.writer import Bound, Emit, Frame, Writer
from ccm_policy.language import tree as t


def _established(to: Writer, node: t.Established, at: Frame) -> str:
    """The lower end, as if it were known; what an explicit null leaves open stays open."""
    name = to.fresh()
    text, waits = to.value(node.operand, at), to.waits_for_null(node.operand, at)
    told = f"0 if {name} == 1 else {name}" if node.operand.type.kind == "yes/no" else f"established({name})"
    return f"({name} if not_known({name}:={text}) and S[4] and {waits} else {told})"


def number(to: Writer, node: t.Node, at: Frame) -> str:
    """A node as a number: a pair, whatever is known of it."""
    text = to.value(node, at)
    always = isinstance(node, t.Const | t.Sum | t.CountOf | t.Arithmetic | t.FullMultiples)
    return text if always else f"as_number({text})"


_RECKON = {"plus": "plus", "minus": "minus", "times": "times", "divided by": "over"}


def _arithmetic(to: Writer, node: t.Arithmetic, at: Frame) -> str:
    return f"{_RECKON[node.op]}({number(to, node.left, at)}, {number(to, node.right, at)})"


def _full_multiples(to: Writer, node: t.FullMultiples, at: Frame) -> str:
    return f"full_multiples({number(to, node.step, at)}, {number(to, node.operand, at)})"


def _shift(to: Writer, node: t.Shift, at: Frame) -> str:
    before = node.direction == "before"
    text = f"moved({to.value(node.anchor, at)}, {-node.number if before else node.number}, {node.unit!r})"
    return f"moved({text}, {1 if before else -1}, 'day')" if node.counting else text


def _of_two_days(to: Writer, node: t.OfTwoDays, at: Frame) -> str:
    return f"{node.how}_day({to.value(node.left, at)}, {to.value(node.right, at)})"


def _cases(to: Writer, node: t.Cases, at: Frame) -> str:
    """The first case that holds; while cases before it are unknown, the hull of what is still possible."""

    def lines(inner: Frame) -> list[str]:
        hull = "truth_hull" if node.type.kind == "yes/no" else "hull"
        made, depth, closed = ["p = []"], 0, False
        for when, value in node.cases:
            pad = "    " * depth
            if when is None:
                made.append(f"{pad}p.append({to.value(value, inner)})")
                closed = True
                break
            made += [
                f"{pad}c = {to.truth(when, inner)}",
                f"{pad}if c: p.append({to.value(value, inner)})",
                f"{pad}if c != 3:",
            ]
            depth += 1
        if not closed:
            made.append(f"{'    ' * depth}p.append({to.unknown(node.type)})")
        return [*made, f"v = {hull}(p)"]

    return to.function(node, at, lines)


def _looked_up(to: Writer, node: t.LookedUp, at: Frame) -> str:
    """The field of the rows that the key may mean, and of the imagined record unless one row certainly matches."""
    target = to.layout.lists[node.target]

    def lines(inner: Frame) -> list[str]:
        record = inner[node.depth]
        about = record.listed.declared.fields[node.field]
        imagined = Bound("i", target)
        row = Bound("w", target)
        slot = record.listed.imagined[node.field]
        filled = [f"i[{target.fields[there]}] = {to.of_record(record, here)}" for there, here in about.fallback]
        stated = [f"i[{target.fields[there]}]" for there, _ in about.fallback]
        unknowns = " or ".join(f"not_known({place})" for place in stated) or "True"
        mine = t.Field(0, record.listed.name, node.field, about.type)
        theirs = t.Field(1, node.target, node.by, target.declared.fields[node.by].type)
        equal = to.value(t.Equal(mine, theirs), (record, row))
        hull = "truth_hull" if node.type.kind == "yes/no" else "hull"
        key = to.of_record(record, node.field)
        return [
            f"rows, nothing, _ = {to.of_list(node.target)}",
            f"if {record.name}[1] or nothing:",
            f"    v = {to.unknown(node.type)}",
            "else:",
            f"    i = {record.name}[{slot}]",
            "    if i is None:",
            f"        i = {record.name}[{slot}] = imagined_{node.target}(S)",
            *(f"        {line}" for line in filled),
            f"    key = {key}",
            f"    absent = not_known(key) and not ({unknowns})",
            f"    if absent and S[4]: absent = not is_null(S, {record.listed.name!r}, {record.name}, {node.field!r})",
            "    p = []",
            "    for w in () if absent else rows:",
            f"        c = {equal}",
            f"        if c: p.append({to.of_record(row, node.target_field)})",
            "        if c == 3: break",
            "    else:",
            f"        p.append({to.of_record(imagined, node.target_field)})",
            f"    v = {hull}(p)",
        ]

    return to.function(node, at, lines)


KINDS: dict[type, Emit] = {
    t.Established: _established,
    t.Arithmetic: _arithmetic,
    t.FullMultiples: _full_multiples,
    t.Shift: _shift,
    t.OfTwoDays: _of_two_days,
    t.Cases: _cases,
    t.LookedUp: _looked_up,
}
