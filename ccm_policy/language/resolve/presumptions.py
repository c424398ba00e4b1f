"""Presumptions that read one another must not go round in a circle: what is presumed rests on what was given."""

from __future__ import annotations

from collections.abc import Iterator

from ccm_policy.language import tree as t
from ccm_policy.language.diagnostics import Span
from ccm_policy.language.report import Report
from ccm_policy.language.resolve.circles import circles
from ccm_policy.language.resolve.names import Names
from ccm_policy.language.walk import reads, records_of, within


def refuse_circles(names: Names, report: Report) -> None:
    """Report each circle of facts and fields (`list.field`) that are presumed from one another, once."""
    reads = {path: tuple(_read(names, fact.absent)) for path, fact in names.facts.items()}
    spans = {path: fact.span for path, fact in names.facts.items()}
    for decl in names.lists.values():
        for field in decl.fields.values():
            reads[f"{decl.name}.{field.name}"] = tuple(_read(names, field.absent))
            spans[f"{decl.name}.{field.name}"] = field.span
    for circle in circles(reads):
        _tell(circle, spans, report)


def _tell(circle: tuple[str, ...], spans: dict[str, Span], report: Report) -> None:
    words = " is presumed from ".join(f"`{each}`" for each in circle)
    help = "let one of them be given, or be presumed from something else"
    report.add("E0249", f"presumptions go round in a circle: {words}", spans[circle[0]], help)


def _read(names: Names, absent: t.Absent) -> Iterator[str]:
    """The facts and fields that a presumption reads."""
    for node in (absent.value, absent.unless):
        for part in () if node is None else within(node):
            yield from reads(part)
            records = part.sum.records if isinstance(part, t.Reaches) else records_of(part)
            if records is not None:
                yield from _dates(names, part, records)


def _dates(names: Names, node: t.Node, records: t.Records) -> Iterator[str]:
    """The dates by which records are placed in the month or on a day, in a period, or in an order."""
    decl = names.lists[records.list]
    if records.in_month or records.on is not None or isinstance(node, t.During | t.Reaches):
        for field in (decl.date_field, decl.first_field, decl.last_field):
            if field is not None:
                yield f"{decl.name}.{field}"
    if isinstance(node, t.Pick):
        yield f"{decl.name}.{node.by}"
