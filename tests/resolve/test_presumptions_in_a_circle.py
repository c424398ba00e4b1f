"""A presumption never rests on itself, whichever phrase, declaration or list leads back to it."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from typing import Any, get_args, get_type_hints

import pytest

from ccm_policy import facts
from ccm_policy.evaluate.presume import _Presumed, presume
from ccm_policy.language import tree as t
from ccm_policy.language.resolve.presumptions import hanging
from ccm_policy.language.walk import NODES
from tests.evaluate.test_law_of_the_library import library
from tests.evaluate.test_law_of_whole_decisions import SOURCES
from tests.resolve.small_library import library_of

CALLS = """
fact asked yes/no, presumed no unless {phrase}
fact begun date

list calls
  dated by day
  field day     date, presumed none unless asked
  field minutes minutes, 0 to 60
"""


@pytest.mark.parametrize(
    "phrase",
    [
        "any calls in the month",
        "any calls where day is after begun",
        "every calls in the month has minutes is at least 1 minute",
        "count of calls on begun is at least 2",
        "sum of minutes over calls in the month is at least 20 minutes",
        "earliest day over calls is after begun",
        "not (the latest calls is none)",
        "begun is during any calls",
        "the day sum of minutes over calls reaches 20 minutes is after begun",
    ],
)
def test_a_date_that_places_a_record_is_read_by_the_phrase(phrase: str) -> None:
    found = library_of(CALLS.format(phrase=phrase))[1]
    circle = "`asked` is presumed from `calls.day` is presumed from `asked`"
    assert [d.message for d in found] == [f"presumptions go round in a circle: {circle}"]


CIRCLES = {
    "a list is complete from the day of a fact": (
        ("fact since date, presumed from earliest day over calls\n"
        "list calls\n  dated by day\n  complete for the service month\n  complete from since\n  field day date\n"),
        "`since` is presumed from `calls` hangs on `since`",
    ),
    "a record of an unknown day stands while a fact does not say otherwise": (
        ("fact as_planned yes/no, presumed no unless any calls where made\n"
        "list calls\n  dated by day, or unknown when as_planned\n  field day date\n  field made yes/no\n"),
        "`as_planned` is presumed from `as_planned`",
    ),
    "minutes are told by the clock": (
        ("fact busy yes/no, presumed no unless any calls where minutes is at least 20 minutes\n"
        "list calls\n  field start time, presumed none unless busy\n  field end time\n  field minutes minutes\n"),
        "`busy` is presumed from `calls.minutes` is presumed from `calls.start` is presumed from `busy`",
    ),
    "a row is imagined from what its record says": (
        ("list people\n  field id text\n  field role text\n  field nurse yes/no, presumed from role is \"rn\"\n"
        "list calls\n  field whom text, looks up people by id else role from who\n"
        "  field who text, presumed none unless its people.nurse\n"),
        "`calls.who` is presumed from `calls.who`",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", CIRCLES)
def test_what_a_declaration_reads_is_read_by_the_presumption(what: str) -> None:
    text, circle = CIRCLES[what]
    found = library_of(text)[1]
    assert [d.message for d in found if d.code == "CCM-E0249"] == [f"presumptions go round in a circle: {circle}"], (
        found
    )


def test_a_long_chain_is_no_circle() -> None:
    chain = "".join(f"fact f{n} yes/no, presumed from f{n + 1}\n" for n in range(1100))
    assert [d.code for d in library_of(f"{chain}fact f1100 yes/no\n")[1]] == []


# --- nothing is read that is not said ----------------------------------------------------------------------------

READ = {
    (t.Fact, "path"), (t.Field, "list"), (t.Field, "field"), (t.LookedUp, "list"), (t.LookedUp, "field"),
    (t.LookedUp, "target"), (t.LookedUp, "by"), (t.LookedUp, "target_field"), (t.Records, "list"),
    (t.During, "first_field"), (t.During, "last_field"), (t.Pick, "by"), (t.FieldDecl, "fallback"),
    (t.ListDecl, "known_from"), (t.ListDecl, "date_field"), (t.ListDecl, "first_field"), (t.ListDecl, "last_field"),
    (t.ListDecl, "union_of"), (t.ListDecl, "undated_when"),
}  # fmt: skip
"""What names a fact, a field or a list that is read while a presumption is made: an edge of the graph."""

NOT_READ = {
    (t.Const, "value"), (t.In, "values"), (t.In, "name"), (t.InTable, "table"), (t.Within, "unit"),
    (t.Within, "direction"), (t.IncludesAtLeast, "values"), (t.Sum, "rounding"), (t.Extreme, "how"), (t.Pick, "how"),
    (t.Arithmetic, "op"), (t.EdgeOfMonth, "which"), (t.Shift, "unit"), (t.Shift, "direction"), (t.OfTwoDays, "how"),
    (t.Lookup, "table"), (t.Lookup, "column"), (t.During, "first_day"), (t.During, "last_day"),
    (t.Absent, "how"), (t.FactDecl, "path"), (t.FactDecl, "title"), (t.FactDecl, "found"), (t.FactDecl, "note"),
    # An attestation is put in its place before anything is presumed, of what was recorded.
    (t.FactDecl, "instead_of"), (t.FieldDecl, "instead_of"),
    (t.FactDecl, "ceiling"), (t.FieldDecl, "name"), (t.FieldDecl, "looks_up"), (t.FieldDecl, "looks_up_by"),
    (t.ListDecl, "name"), (t.ListDecl, "fields"), (t.ListDecl, "complete"), (t.ListDecl, "short"), (t.ListDecl, "one"),
    (t.ListDecl, "called"), (t.ListDecl, "title"), (t.ListDecl, "found"),
    # What would tell; presumptions see no definitions.
    (t.UnknownValue, "fact"), (t.Defined, "name"), (t.DefinedOf, "name"), (t.PickedField, "definition"),
    (t.PickedField, "field"),
}  # fmt: skip
"""Words that name nothing that is read: values, units, titles; a field's look-up is read by the phrase that looks up.
"""


def _hold_a_text(kind: type) -> Iterator[str]:
    hints = get_type_hints(kind)
    for field in fields(kind):
        inside = [hints[field.name]]
        while inside:
            hint = inside.pop()
            if hint is str:
                yield field.name
                break
            inside += [] if hint in NODES else get_args(hint)


def test_of_every_text_in_the_tree_it_is_said_whether_it_is_read() -> None:
    """Who adds a name to a declaration or to a kind of node says here whether a presumption reads what it names; and
    if it does, in `resolve/presumptions.py` that it does."""
    kinds = (*NODES, t.Records, t.Absent, t.FactDecl, t.FieldDecl, t.ListDecl)
    held = {(kind, name) for kind in kinds for name in _hold_a_text(kind)} - {(t.FieldDecl, "type")}
    assert held == READ | NOT_READ


@contextmanager
def _reads_told(monkeypatch: pytest.MonkeyPatch) -> Iterator[set[tuple[str, str]]]:
    """What is read while what is made, as the reference goes."""
    found: set[tuple[str, str]] = set()
    making: list[str] = []

    def telling(method: str, name_of: Any) -> None:
        right = getattr(_Presumed, method)

        def read(self: _Presumed, *asked: Any) -> Any:
            name = name_of(*asked)
            found.update((each, name) for each in making[-1:])
            making.append(name)
            try:
                return right(self, *asked)
            finally:
                making.pop()

        monkeypatch.setattr(_Presumed, method, read)

    telling("fact", lambda path: path)
    telling("list", lambda name: name)
    telling("cell", lambda record, field: f"{record.list}.{field}")
    yield found


def test_nothing_is_read_that_is_not_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """Charts of every kind: what the reference reads on the way to a presumption is reached in the graph."""
    vocabulary = library().policies.vocabulary
    tables = library().policies.program((), "2026-03").tables
    graph = {name: set(read) for name, (_, read) in hanging(vocabulary).items()}

    def reached(name: str) -> set[str]:
        seen, left = {name}, [name]
        while left:
            new = graph.get(left.pop(), set()) - seen
            seen |= new
            left += new
        return seen

    with _reads_told(monkeypatch) as found:
        for source in ("clinic", "random"):
            for number in range(5):
                given, _ = facts.check(SOURCES[source](random.Random(number))[0], vocabulary)
                if given is not None:
                    presume(given, vocabulary, tables)
    assert len(found) > 60
    assert [(name, other) for name, other in sorted(found) if other not in reached(name)] == []
