"""Prices, changes and projections as lines for people. Every line about a rate that is not in force says so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal

from ccm_policy.fees.against import Comparison
from ccm_policy.fees.changes import Change
from ccm_policy.fees.prices import NATIONAL, Price, Question
from ccm_policy.fees.project import Row
from ccm_policy.fees.relative import RelativeValues
from ccm_policy.fees.schedules import FeeSchedules
from ccm_policy.fees.terms import Bill

PROPOSED = "PROPOSED, not in force: "


def columns(rows: Iterable[Sequence[str]], right: Iterable[int] = ()) -> Iterator[str]:
    """Rows in aligned columns; those numbered in `right` are set to the right."""
    table = [tuple(row) for row in rows]
    widths = [max(len(cell) for cell in column) for column in zip(*table, strict=True)]
    to_right = set(right)
    for row in table:
        cells = [c.rjust(w) if i in to_right else c.ljust(w) for i, (c, w) in enumerate(zip(row, widths, strict=True))]
        yield "  ".join(cells).rstrip()


def price_lines(price: Price, line: Bill | None) -> Iterator[str]:
    """One price with its arithmetic, its dates, notes and sources."""
    mark = PROPOSED if price.proposed else ""
    where = [price.locality or "", price.setting or "", price.factor or ""]
    code = f"{price.code}-{price.modifier}" if price.modifier else price.code
    lines = [f"{code}  {price.on}  {'  '.join(filter(None, where))}  {price.amount}", f"  {price.arithmetic()}"]
    if line is not None:
        lines.append(f"  {line.units} x {line.unit} = allowed {line.allowed}")
        lines.append(
            f"  patient {line.patient}, Medicare's share {line.medicare}, sequestration {line.sequestration}, "
            f"net {line.paid}"
        )
    release = f", release {price.release}" if price.release else ""
    last = "until further notice" if price.covers[1] == date.max else f"to {price.covers[1]}"
    lines.append(f"  holds from {price.covers[0]} {last}{release}")
    lines += [f"  note: {note}" for note in price.notes]
    lines += [f"  source: {source.table} {source.release}: {source.text} ({source.file})" for source in price.sources]
    for each in lines:
        yield mark + each


def change_lines(change: Change) -> Iterator[str]:
    """One change, and what caused how much of it, in cents that add up."""
    proposed = any(side is not None and side.proposed for side in (change.old, change.new))
    mark = PROPOSED if proposed else ""
    what = ", ".join(filter(None, (change.setting, change.factor)))
    if change.old is None or change.new is None:
        side = change.new or change.old
        if side is not None:
            word = "new at" if change.old is None else "ended; it was"
            yield f"{mark}{change.code} {what}: {word} {side.amount}"
        return
    percent = f"{change.percent:+} %"
    yield f"{mark}{change.code} {what}: {change.old.amount} -> {change.new.amount}  {change.dollars:+}  ({percent})"
    rows = [
        ("   ", _spelled(cause.name), "" if cause.old is None else f"{cause.old} -> {cause.new}", f"{cents:+}")
        for cause, cents in change.in_cents()
    ]
    if rows:
        yield from (mark + text for text in columns(rows, [2, 3]))
    still = [
        f"{_spelled(c.name)} {c.new}" for c in change.causes if not c.dollars and c.old == c.new and c.new is not None
    ]
    if still:
        yield f"{mark}    unchanged: {', '.join(still)}"
    yield f"{mark}    old: {change.old.arithmetic()}"
    yield f"{mark}    new: {change.new.arithmetic()}"


def _spelled(name: str) -> str:
    """A component's or an index's name in words."""
    first, _, rest = name.partition(" ")
    words = {"pe": "practice expense", "mp": "malpractice"}.get(first, first)
    return f"{words} {rest}".rstrip()


def project_lines(rows: list[Row]) -> Iterator[str]:
    """A projection as a table with its totals."""
    head = ("year", "months", "code", "units", "each", "allowed", "gross", "patient", "sequestration", "net")
    table: list[tuple[str, ...]] = [head]
    sums = [Decimal(0)] * 4
    for row in rows:
        parts = [row.times(v) for v in (row.line.allowed, row.line.patient, row.line.sequestration, row.line.paid)]
        sums = [a + b for a, b in zip(sums, parts, strict=True)]
        table.append(
            (
                str(row.year),
                f"{row.first}-{row.last}",
                row.service.code,
                str(row.line.units),
                str(row.line.unit),
                str(row.line.allowed),
                *(f"{p:,}" for p in parts),
            )
        )
    table.append(("total", "", "", "", "", "", *(f"{s:,}" for s in sums)))
    mark = PROPOSED if any(row.price.proposed for row in rows) else ""
    for text in columns(table, range(3, len(head))):
        yield mark + text
    for note in dict.fromkeys(note for row in rows for note in row.price.notes):
        yield f"{mark}note: {note}"
    yield f"{mark}The deductible and unpaid shares are not taken off; net is what is allowed less sequestration."


def spans(
    fees: FeeSchedules, schedule: RelativeValues, year: int, codes: Sequence[str], locality: str, proposed: bool
) -> Iterator[Price]:
    """Every price of a year, each once for the longest run of days on which it is the same."""
    read = schedule.year(year)
    if read is None:
        return
    starts = sorted({u.first for u in read.uses} | {f.first for f in read.factors})
    for code in codes:
        for setting in fees.axes(schedule.name, starts[0]).settings:
            for factor in sorted({f.name for f in read.factors}):
                last: Price | None = None
                for on in starts:
                    price = fees.price(
                        schedule.name,
                        Question(
                            code=code,
                            on=on,
                            locality=locality,
                            setting=setting,
                            factor=factor or None,
                            proposed=proposed,
                        ),
                    )
                    if not isinstance(price, Price):
                        continue
                    if last is not None and _same(last, price):
                        last = _joined(last, price)
                    else:
                        if last is not None:
                            yield last
                        last = price
                if last is not None:
                    yield last


def _same(a: Price, b: Price) -> bool:
    values = (a.components, a.indices, a.conversion_factor) == (b.components, b.indices, b.conversion_factor)
    return values and b.covers[0] <= a.covers[1] + timedelta(days=1)


def _joined(a: Price, b: Price) -> Price:
    from dataclasses import replace

    notes = tuple(dict.fromkeys((*a.notes, *b.notes)))
    return replace(a, covers=(a.covers[0], b.covers[1]), notes=notes)


def year_lines(schedule: RelativeValues, year: int, prices: list[Price], locality: str) -> Iterator[str]:
    """A year as it stands: its factors, its releases with their notes and sources, then every price."""
    read = schedule.year(year)
    if read is None:
        return
    proposed = any(price.proposed for price in prices)
    mark = PROPOSED if proposed else ""
    yield f"{mark}{schedule.name} {year}, {locality}"
    for factor in read.factors:
        name = factor.name or "all"
        yield f"{mark}factor {name} {factor.value}, {factor.first} to {factor.last} ({factor.status}): {factor.source}"
    for use in read.uses:
        note = f": {use.note}" if use.note else ""
        yield f"{mark}{use.table} {use.release}, {use.first} to {use.last}{note}"
    names = list(dict.fromkeys(name for price in prices for name in price.components))
    head = ("code", "status", "setting", "apm", "from", "to", *names, "factor", "amount")
    table: list[tuple[str, ...]] = [head]
    for price in prices:
        values = [_value(price, name) for name in names]
        table.append(
            (
                price.code,
                price.status,
                price.setting or "",
                price.factor or "",
                *(str(day) for day in price.covers),
                *values,
                str(price.conversion_factor),
                str(price.amount),
            )
        )
    for text in columns(table, range(6, len(head))):
        yield mark + text


def _value(price: Price, name: str) -> str:
    value = price.components.get(name)
    if value is None:
        return ""
    index = price.indices.get(name)
    return f"{value}" if index is None else f"{value} x {index}"


def locality_lines(schedule: RelativeValues, year: int) -> Iterator[str]:
    """The localities of a year's last day, with their indices."""
    read = schedule.year(year)
    use = read.use_on("gpci", date(year, 12, 31)) if read else None
    rows: list[tuple[str, ...]] = [("locality", "state", "work", "pe", "mp", "name")]
    table = schedule.table("gpci", use.folder) if use else {}
    for (mac, number), items in sorted(table.items(), key=lambda each: (each[1]["state"], each[0])):
        rows.append((f"{mac}-{number}", items["state"], items["work"], items["pe"], items["mp"], items["name"]))
    rows.append((NATIONAL, "", "1.000", "1.000", "1.000", ""))
    yield from columns(rows)


def comparison_lines(found: Comparison) -> Iterator[str]:
    """CMS's amounts beside ours: each that differs, then how many there were."""
    by = f", factor {found.factor}" if found.factor else ""
    yield f"{found.file.name}: date of service {found.on}{by}"
    if found.differences:
        rows = [("code", "locality", "setting", "theirs", "ours", "")]
        for each in found.differences:
            code = f"{each.code}-{each.modifier}" if each.modifier else each.code
            ours = "none" if each.ours is None else str(each.ours)
            rows.append((code, each.locality, each.setting, str(each.theirs), ours, each.why))
        yield from columns(rows, right=(3, 4))
    differ = len(found.differences)
    yield (
        f"{found.compared} amounts of {found.codes} codes in {found.localities} localities compared: "
        f"{found.compared - differ} agree, {differ} differ"
    )
    if found.others:
        yield f"{found.others} rows of codes that are not held were not compared"
    yield from (f"note: {note}" for note in found.notes)
