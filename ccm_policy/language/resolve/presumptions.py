"""Presumptions that hang on one another must not go round in a circle: what is presumed rests on what was given.

A fact or a field hangs on what its presumption reads. A list hangs on what says of which months it is complete, and a
list that joins two hangs on both. What is not said here must not be read while a presumption is made;
`tests/resolve/test_presumptions_in_a_circle.py` asks it of each declaration and of each kind of node.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from ccm_policy.language import tree as t
from ccm_policy.language.diagnostics import Span
from ccm_policy.language.report import Report
from ccm_policy.language.resolve.circles import circles
from ccm_policy.language.resolve.names import Names
from ccm_policy.language.walk import reads, records_of, within

CODE = "code"
"""The field by which a line of the claim joins another list, or does not."""


def refuse_circles(names: Names, report: Report) -> None:
    """Report each circle of facts, fields (`list.field`) and lists, once."""
    for circle in circles({name: tuple(read) for name, (_, read) in hanging(names).items()}):
        _tell(circle, names, report)


def hanging(names: Names | t.Vocabulary) -> dict[str, tuple[Span, Iterator[str]]]:
    """Each fact, field and list: where it is declared, and what must be known before it is."""
    claim = names.lists.get(names.marks.get(t.CLAIM, ""))
    found: dict[str, tuple[Span, Iterator[str]]] = {}
    for path, fact in names.facts.items():
        found[path] = (fact.span, _of_absence(fact.absent, names.lists))
    for decl in names.lists.values():
        for field in decl.fields.values():
            found[f"{decl.name}.{field.name}"] = (field.span, _of_field(decl, field, claim, names.lists))
        found[decl.name] = (decl.span, _of_list(decl, claim))
    return found


def _tell(circle: tuple[str, ...], names: Names, report: Report) -> None:
    """From a fact or a field of it on, if any: there something else can be presumed."""
    ring = circle[:-1]
    first = next((n for n, each in enumerate(ring) if each not in names.lists), 0)
    ring = (*ring[first:], *ring[:first], ring[first])
    words = f"`{ring[0]}`"
    for each, other in pairwise(ring):
        words += f" {'hangs on' if each in names.lists else 'is presumed from'} `{other}`"
    help = "let one of them be given, or be presumed from something else"
    report.add("E0249", f"presumptions go round in a circle: {words}", hanging(names)[ring[0]][0], help)


def _of_list(decl: t.ListDecl, claim: t.ListDecl | None) -> Iterator[str]:
    """What must be known before the records of a list are."""
    if decl.known_from is not None:
        yield decl.known_from
    if decl.union_of is not None:
        yield decl.union_of
        if claim is not None:
            yield from (claim.name, f"{claim.name}.{CODE}")
        yield from (f"{decl.name}.{field}" for field in decl.fields)


def _of_field(
    decl: t.ListDecl, field: t.FieldDecl, claim: t.ListDecl | None, lists: dict[str, t.ListDecl]
) -> Iterator[str]:
    """What a field of a record may be made of: its presumption, the clock, the records that are joined."""
    yield from _of_absence(field.absent, lists)
    if decl.clock is not None and field.name == decl.clock[2]:
        yield from (f"{decl.name}.{time}" for time in decl.clock[:2])
    if decl.union_of is not None:
        yield f"{decl.union_of}.{field.name}"
        if claim is not None and field.name in claim.fields:
            yield f"{claim.name}.{field.name}"


def _of_absence(absent: t.Absent, lists: dict[str, t.ListDecl]) -> Iterator[str]:
    """What a presumption reads."""
    for node in (absent.value, absent.unless):
        for part in () if node is None else within(node):
            yield from read_by(part, lists)


def read_by(part: t.Node, lists: dict[str, t.ListDecl]) -> Iterator[str]:
    """The facts, fields and lists that a node itself reads."""
    yield from reads(part)
    if isinstance(part, t.LookedUp):
        yield from _looked_up(part, lists)
    records = part.sum.records if isinstance(part, t.Reaches) else records_of(part)
    if records is not None:
        yield from _gone_through(part, records, lists[records.list])


def _looked_up(node: t.LookedUp, lists: dict[str, t.ListDecl]) -> Iterator[str]:
    """The rows that a field may mean, and the one that is imagined in their place."""
    yield from (f"{node.list}.{here}" for _, here in lists[node.list].fields[node.field].fallback)
    yield from (f"{node.target}.{field}" for field in lists[node.target].fields)
    yield node.target


def _gone_through(node: t.Node, records: t.Records, decl: t.ListDecl) -> Iterator[str]:
    """The dates by which records are placed in the month or on a day, in a period, or in an order; the fact without
    which one of an unknown day may stand aside; the list."""
    if records.in_month or records.on is not None or isinstance(node, t.During | t.Reaches):
        for field in (decl.date_field, decl.first_field, decl.last_field):
            if field is not None:
                yield f"{decl.name}.{field}"
    if isinstance(node, t.During):
        yield from (f"{decl.name}.{node.first_field}", f"{decl.name}.{node.last_field}")
    if isinstance(node, t.Pick):
        yield f"{decl.name}.{node.by}"
    if decl.undated_when is not None and decl.date_field is not None:
        yield from (f"{decl.name}.{decl.date_field}", decl.undated_when)
    yield decl.name
