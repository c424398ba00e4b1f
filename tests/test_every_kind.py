"""Every reader of a tree knows every kind of node, and random trees have every kind.

A kind that a reader forgets is named here with the reader. A new kind of typed node needs a sample in `SAMPLES`, and a
new kind of written expression a strategy in `tests/language/trees.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lark import Tree

from ccm_policy.compile import program as code
from ccm_policy.evaluate import interpret
from ccm_policy.evaluate.patient_month import Record
from ccm_policy.evaluate.scene import Scene
from ccm_policy.evaluate.stages import own_outcomes
from ccm_policy.facts.values import Given, GivenList, Value
from ccm_policy.language import expectations, format_bodies, format_expressions, reading
from ccm_policy.language import syntax as s
from ccm_policy.language import tree as t
from ccm_policy.language.format import format_expression
from ccm_policy.language.parser import parse
from ccm_policy.language.report import Report
from ccm_policy.language.resolve import kinds
from ccm_policy.language.resolve.expressions import value
from ccm_policy.language.resolve.names import MONTH as OF_THE_MONTH
from ccm_policy.language.resolve.names import Names, Refused, Resolver
from ccm_policy.language.transform import Reader
from ccm_policy.language.walk import NODES, parts, rebuilt, within
from ccm_policy.library import selecting
from ccm_policy.prove import kinds as terms
from ccm_policy.site.pages import rules
from ccm_policy.site.prose import spoken
from ccm_policy.site.prose.lexicon import Lexicon
from ccm_policy.site.prose.naming import Naming
from ccm_policy.site.prose.speaker import Speaker
from tests.evaluate import random_worlds as world
from tests.evaluate.random_worlds import NUMBER, VOCABULARY, WHERE, WHOLE, const, fact, field
from tests.language import trees

HERE = Path(__file__).parent
EXPRESSIONS: tuple[type, ...] = get_args(s.Expr)
EXPECTATIONS: tuple[type, ...] = get_args(s.Expectation)
WRITTEN = tuple(kind for kind in get_args(s.Body) if kind not in format_bodies.BY_PLACE)
LISTED_KINDS: dict[str, tuple[tuple[type, ...], Mapping[type, Any]]] = {
    "evaluate.interpret.READERS": ((*NODES, t.Records), interpret.READERS),
    "compile.program.KINDS": (NODES, code.KINDS),
    "prove.kinds.READERS": (NODES, terms.READERS),
    "compile.program.TELLS": (NODES, code.TELLS),
    "site.prose.spoken.WAYS": (NODES, spoken.WAYS),
    "language.format_expressions.FORMS": (EXPRESSIONS, format_expressions.FORMS),
    "language.resolve.kinds.HANDLERS": (EXPRESSIONS, kinds.HANDLERS),
    "language.format_bodies.WRITERS": (WRITTEN, format_bodies.WRITERS),
    "language.expectations.FORMS": (EXPECTATIONS, expectations.FORMS),
    "site.pages.rules.OUTCOMES": (EXPECTATIONS, rules.OUTCOMES),
}


@pytest.mark.parametrize("reader", LISTED_KINDS)
def test_a_reader_has_an_entry_for_every_kind(reader: str) -> None:
    known, entries = LISTED_KINDS[reader]
    forgotten = [kind.__name__ for kind in known if kind not in entries]
    assert not forgotten, f"{reader} forgets {', '.join(forgotten)}"
    strange = [kind.__name__ for kind in entries if kind not in known]
    assert not strange, f"{reader} has {', '.join(strange)}, which no tree is made of"


# --- typed nodes -------------------------------------------------------------------------------------------------

BOUND = ("log",)
VISIT = t.Type("record", name="visits")
flags = st.sampled_from([fact("flag"), field("log", "counted")])
some_days = world.days(BOUND)
some_numbers = world.numbers()
some_records = st.sampled_from(["visits", "stays"]).flatmap(lambda name: world.records((name, *BOUND)))
on_a_day = some_records.map(lambda records: replace(records, in_month=False, on=fact("begun")))
of_log = world.records(("log", *BOUND))
limits = st.sampled_from(world.MINUTES[1:]).map(lambda n: const(Decimal(n), NUMBER))

SAMPLES: dict[type, st.SearchStrategy[t.Node]] = {
    t.Const: limits,
    t.Fact: st.sampled_from([fact("flag"), fact("level"), fact("begun"), fact("topics")]),
    t.Field: st.sampled_from(["counted", "minutes", "date"]).map(lambda name: field("log", name)),
    t.LookedUp: st.just(
        t.LookedUp(
            depth=0, list="log", field="staff_id", target="staff", by="id", target_field="clinical", type=t.YES_NO
        )
    ),
    t.Defined: st.just(t.Defined("held", t.YES_NO)),
    t.DefinedOf: st.just(t.DefinedOf("long", 0, t.YES_NO)),
    t.PickedField: st.just(t.PickedField("the_visit", "seen", t.DATE)),
    t.Not: flags.map(t.Not),
    t.And: st.tuples(flags, flags).map(t.And),
    t.Or: st.tuples(flags, flags).map(t.Or),
    t.Equal: st.just(t.Equal(fact("kind"), const("red", VOCABULARY.facts["kind"].type))),
    t.AtMost: st.builds(t.AtMost, some_days, some_days, st.booleans()),
    t.IsNone: some_days.map(t.IsNone),
    t.In: st.just(t.In(fact("kind"), ("red", "blue"))),
    t.InTable: st.just(t.InTable("listed", (t.PickedField("the_visit", "code", t.CODE),))),
    t.Within: st.builds(lambda a, b: t.Within(a, 30, "day", "before", b), some_days, some_days),
    t.IncludesAtLeast: st.just(t.IncludesAtLeast(fact("topics"), 1, ("cost",))),
    t.AtLeast: st.builds(t.AtLeast, st.integers(1, 3), on_a_day),
    t.Every: of_log.map(lambda records: t.Every(records, field("log", "counted"))),
    t.During: st.builds(
        lambda day, r: t.During(operand=day, records=r, first_field="first", last_field="last"),
        some_days,
        world.records(("stays", *BOUND)),
    ),
    t.Established: some_numbers.map(lambda node: t.Established(node, NUMBER)),
    t.Sum: world.sums(),
    t.CountOf: some_records.map(lambda records: t.CountOf(records, WHOLE)),
    t.Extreme: of_log.map(lambda records: t.Extreme("latest", field("log", "date"), records, t.DATE)),
    t.Pick: world.records(("visits", *BOUND)).map(lambda records: t.Pick("latest", "seen", records, VISIT)),
    t.Reaches: st.builds(lambda total, limit: t.Reaches(total, limit, t.DATE), world.sums(), limits),
    t.Arithmetic: st.builds(lambda a, b: t.Arithmetic("plus", a, b, NUMBER), some_numbers, some_numbers),
    t.FullMultiples: st.builds(lambda step, total: t.FullMultiples(step, total, WHOLE), limits, world.sums()),
    t.EdgeOfMonth: st.sampled_from(["start", "end"]).map(t.EdgeOfMonth),
    t.Shift: some_days.map(lambda day: t.Shift(number=12, unit="month", direction="before", anchor=day)),
    t.OfTwoDays: st.builds(lambda a, b: t.OfTwoDays("later", a, b, t.DATE), some_days, some_days),
    t.Lookup: st.just(t.Lookup("worth", "minutes", (fact("kind"),), NUMBER)),
    t.FirstPart: st.just(t.FirstPart(fact("state"))),
    t.UnknownValue: st.just(t.UnknownValue("level", NUMBER)),
    t.Cases: st.builds(lambda a, b, c: t.Cases(((a, b), (None, c)), NUMBER), flags, some_numbers, some_numbers),
}

PICK = t.Pick("latest", "seen", t.Records("visits"), VISIT)
PROGRAM = t.Program(
    vocabulary=VOCABULARY,
    policies=(),
    definitions={
        "held": t.Definition(name="held", of=None, type=t.YES_NO, value=fact("flag"), where=WHERE),
        "long": t.Definition(name="long", of="log", type=t.YES_NO, value=field("log", "counted"), where=WHERE),
        "the_visit": t.Definition(name="the_visit", of=None, type=PICK.type, value=PICK, where=WHERE),
    },
    services={},
    rules=(),
    preferences=(),
    coverages=(),
    payments=(),
    line_checks=(),
    tables={table.name: table for table in (world.WORTH, world.LISTED)},
)
ENTRY: dict[str, Value] = {"date": date(2026, 3, 2), "minutes": Fraction(20), "staff_id": "s1", "who": "nurse"}
GIVEN = Given(
    patient_id="p",
    service_month=world.MONTH,
    practitioner_id=None,
    facts={"patient_id": "p", "flag": True, "kind": "red", "begun": date(2026, 3, 1)},
    lists={"log": GivenList((ENTRY,)), "visits": GivenList(({"seen": date(2026, 3, 3), "code": "10001"},))},
    digest="sha256:",
)


def scene() -> tuple[Scene, Record]:
    made = own_outcomes(GIVEN, PROGRAM)[1]
    return made, made.facts.list("log").records[0]


def walk(node: t.Node) -> None:
    assert [part for part, _ in parts(node)] == held(node), "the parts of a node are all the nodes that it holds"
    assert rebuilt(node, lambda part, bound: part) == node
    seen: list[tuple[t.Node, int]] = []
    rebuilt(node, lambda part, bound: seen.append((part, bound)) or part)  # type: ignore[func-returns-value]
    assert seen == list(parts(node))


def held(node: Any) -> list[Any]:
    """Every node that stands in the fields of a node, whatever the fields are."""
    found: list[Any] = []
    for part in fields(node):
        for each in flat(getattr(node, part.name)):
            found += [each] if isinstance(each, NODES) else held(each) if isinstance(each, t.Records) else []
    return found


def flat(found: Any) -> list[Any]:
    return [each for part in found for each in flat(part)] if isinstance(found, tuple) else [found]


def evaluate(node: t.Node) -> None:
    """It has a value; and as many records are bound in each of its parts as its class says."""
    made, record = scene()
    depths: dict[int, int] = {}

    def noted(read: Callable[..., Any]) -> Callable[..., Any]:
        def reader(found: t.Node, scene: Scene, bound: tuple[Record, ...]) -> Any:
            depths[id(found)] = len(bound)
            return read(found, scene, bound)

        return reader

    watched = replace(made, readers={kind: noted(read) for kind, read in made.readers.items()})
    assert watched.evaluate(node, (record,)).node is node
    for part, bound in parts(node):
        assert depths.get(id(part), 1 + bound) == 1 + bound, "the class declares another number of bound records"


def say(node: t.Node) -> None:
    speaker = spoken.speaker(Naming(Lexicon(), VOCABULARY, PROGRAM.definitions)).into("log")
    assert speaker.noun(node)
    assert speaker.clause(node)
    assert speaker.part(node, negated=True, many=False).text


def select(node: t.Node) -> None:
    """What a selector cannot say is never asked of one."""
    unsaid = [part for part in within(node) if type(part) not in selecting.READERS]
    if not unsaid:
        selecting.truth(node, GIVEN.facts, VOCABULARY)
    for part in unsaid:
        with pytest.raises(KeyError):
            selecting.truth(part, GIVEN.facts, VOCABULARY)


PASSES: tuple[Callable[[t.Node], None], ...] = (walk, evaluate, say, select)


def test_every_kind_has_a_sample() -> None:
    missing = [kind.__name__ for kind in NODES if kind not in SAMPLES]
    assert not missing, f"write a sample of {', '.join(missing)}"


@pytest.mark.parametrize("kind", NODES, ids=lambda kind: kind.__name__)
def test_a_node_of_each_kind_passes_through_every_reader(kind: type) -> None:
    @settings(max_examples=3, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(SAMPLES[kind].filter(lambda node: type(node) is kind))
    def passes(node: t.Node) -> None:
        for reader in PASSES:
            reader(node)

    passes()


@pytest.mark.parametrize("kind", NODES, ids=lambda kind: kind.__name__)
def test_the_entry_of_a_kind_is_what_reads_it(kind: type) -> None:
    """No reader passes a kind over in another way: without its entry, it fails."""

    @settings(max_examples=1, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(SAMPLES[kind])
    def needs_its_entry(node: t.Node) -> None:
        made, record = scene()
        without = replace(made, readers={k: v for k, v in made.readers.items() if k is not kind}, shared={})
        with pytest.raises(KeyError):
            without.evaluate(node, (record,))
        ways = {k: v for k, v in spoken.WAYS.items() if k is not kind}
        for said in (Speaker.noun, Speaker.clause, Speaker.compared):
            with pytest.raises(KeyError):
                said(Speaker(ways, Naming(Lexicon(), VOCABULARY, {}), ("log",)), node)

    needs_its_entry()


# --- written expressions -----------------------------------------------------------------------------------------


OFTEN = settings(
    max_examples=300, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)


def test_an_expression_of_each_kind_is_written_and_resolved() -> None:
    """Random expressions have every kind; each is written, and becomes a node or is refused with a message."""
    names = Names(facts=VOCABULARY.facts, lists=VOCABULARY.lists, values=VOCABULARY.values, scopes=VOCABULARY.scopes)
    tried: set[type] = set()

    def read(expr: s.Expr) -> None:
        tried.update(expressions_in(expr))
        assert format_expression(expr)
        r = Resolver(kinds.HANDLERS, names, Report())
        try:
            assert isinstance(value(r, expr, OF_THE_MONTH), NODES)
        except Refused:
            assert r.report.found

    tests = trees.tests_of(trees.values)
    chains = st.lists(tests, min_size=2, max_size=3).map(lambda found: s.And(tuple(found)))
    for drawn in (trees.primaries(trees.values), tests, chains, trees.conditions(trees.literals)):
        OFTEN(given(drawn)(read))()
    never = [kind.__name__ for kind in EXPRESSIONS if kind not in tried]
    assert not never, f"random expressions never have {', '.join(never)}: add them to tests/language/trees.py"


OPEN = s.Aggregate(how="latest", value=s.Name("date"), source=s.Source("visits", where=s.Name("seen")))
"""Words at whose end a `where` would take in what follows."""


def test_a_kind_that_ends_in_open_words_says_so() -> None:
    """Else what stands after it would be written without the brackets that keep it out of the `where`."""
    silent: set[str] = set()

    def read(expr: s.Expr) -> None:
        for changed in ending_openly(expr):
            form = format_expressions.FORMS[type(changed)]
            if format_expression(changed).endswith(format_expression(OPEN)) and not form.is_open(changed):
                silent.add(type(changed).__name__)

    for drawn in (trees.primaries(trees.values), trees.tests_of(trees.values)):
        OFTEN(given(drawn)(read))()
    assert not silent, f"`is_open` of {', '.join(sorted(silent))} says no where its last operand is open"


def ending_openly(expr: s.Expr) -> Iterator[s.Expr]:
    """The expression with each of its operands in turn replaced by one that is open."""
    for part in fields(expr):
        operand = getattr(expr, part.name)
        if isinstance(operand, EXPRESSIONS):
            yield replace(expr, **{part.name: OPEN})  # type: ignore[arg-type]
        elif isinstance(operand, tuple) and operand and all(isinstance(one, EXPRESSIONS) for one in operand):
            yield replace(expr, **{part.name: (*operand[:-1], OPEN)})  # type: ignore[arg-type]


def expressions_in(found: Any) -> set[type]:
    if isinstance(found, tuple):
        return set().union(*map(expressions_in, found))
    if not is_dataclass(found):
        return set()
    below = (expressions_in(getattr(found, part.name)) for part in fields(found))
    return ({type(found)} & {*EXPRESSIONS}).union(*below)


# --- rules of the grammar ----------------------------------------------------------------------------------------

BESIDE = """log check twice
  forbid any two time_log that overlap

log check short
  require minutes is at least 1 minute

panel check once
  require at most 1 practitioner.id with any ccm service supported

service 99490
  also "care management"
  modifier 25 when code is 99490
"""


def test_every_rule_of_the_grammar_is_read_by_its_entry(monkeypatch: pytest.MonkeyPatch) -> None:
    read: set[str] = set()
    own = Reader.read

    def noted(self: Reader, tree: Tree[Any]) -> Any:
        read.add(tree.data)
        return own(self, tree)

    monkeypatch.setattr(Reader, "read", noted)
    texts = [path.read_text(encoding="utf-8") for path in sorted((HERE / "language" / "good").glob("*.policy"))]
    for text in (*texts, BESIDE):
        assert not parse(text, "f")[1]
    unread = sorted(set(reading.READERS) - read)
    assert not unread, f"no text of tests/language/good has {', '.join(unread)}"
