"""Random programs and random facts over the small vocabulary, with the edges seeded.

Thresholds stand one below, at and one above what minutes add up to; days are ends of months, 29 February and exactly
twelve months apart; lists are empty, absent, or not complete.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from ccm_policy.facts.values import NONE, UNKNOWN, Given, GivenList, Special, Value
from ccm_policy.language import tree as t
from ccm_policy.language.tree import YES_NO, Node, Records
from ccm_policy.language.walk import NODES
from tests.evaluate.small_world import POLICY, SERVICE, world

VOCABULARY = world(POLICY + SERVICE).vocabulary
WHERE = t.Where("acme.work", "2015-01")
MONTH = "2026-03"
BEFORE_EVERYTHING = date.min
FIXED = ("patient_id", "service_month", "payer", "as_of", "history.known_from")

DAYS = [date(2024, 2, 29), date(2025, 2, 28), date(2025, 3, 1), date(2025, 3, 31), date(2025, 4, 1)]
DAYS += [date(2026, 2, 28), date(2026, 3, 1), date(2026, 3, 2), date(2026, 3, 30), date(2026, 3, 31), date(2026, 4, 1)]
DAYS_OF_MONTH = [day for day in DAYS if (day.year, day.month) == (2026, 3)]
MINUTES = [0, 1, 19, 20, 21, 39, 40, 41, 60, 1440]
NUMBER = t.Type("number", unit="minute")
WHOLE = t.Type("number", whole=True)
CODES = ["10001", "20001", "20002"]

DATE_FACTS = ["asked", "begun", "ended", "history.known_from"]
YES_NO_FACTS = ["flag", "other_flag", "enrolled", "person.qmb"]
LISTS = ["log", "visits", "stays", "other_services", "services"]
TEXT_FACTS = ["state", "locality"]

KINDS_OF_WORK = VOCABULARY.facts["kind"].type.values
WORTH = t.Table(
    name="worth",
    keys=("kind",),
    columns=("minutes", "since"),
    types={"kind": t.TEXT, "minutes": NUMBER, "since": t.DATE},
    by="service",
    editions=(
        t.TableRows("2015-01", None, {(k,): (str(20 * n), f"2026-0{n}-01") for n, k in enumerate(KINDS_OF_WORK, 1)}),
    ),
)
LISTED = t.Table(
    name="listed",
    keys=("code",),
    columns=(),
    types={"code": t.CODE},
    by="month",
    editions=(t.TableRows("2015-01", None, {("10001",): ()}),),
)


def fact(path: str) -> Node:
    return t.Fact(path, VOCABULARY.facts[path].type)


def field(list_name: str, name: str, depth: int = 0) -> Node:
    return t.Field(depth, list_name, name, VOCABULARY.lists[list_name].fields[name].type)


def const(value: Any, type: t.Type) -> Node:
    return t.Const(value, type)


# --- programs ----------------------------------------------------------------------------------------------------


@st.composite
def days(draw: st.DrawFn, bound: tuple[str, ...]) -> Node:
    """An expression of a day; `bound` are the lists whose records are bound, the nearest first."""
    choices = ["fact", "const", "edge", "shift", "of two", "looked up"]
    if not bound:
        choices += ["extreme", "picked", "reaches"]
    dated = [(depth, name) for depth, name in enumerate(bound) if name != "staff"]
    if dated:
        choices += ["field", "field"]
    what = draw(st.sampled_from(choices))
    if what == "fact":
        return fact(draw(st.sampled_from(DATE_FACTS)))
    if what == "const":
        return const(draw(st.sampled_from(DAYS)), t.DATE)
    if what == "looked up":
        return t.Lookup("worth", "since", (fact("kind"),), t.DATE)
    if what == "edge":
        return t.EdgeOfMonth(draw(st.sampled_from(["start", "end"])))
    if what == "field":
        depth, name = draw(st.sampled_from(dated))
        return field(name, draw(st.sampled_from(dates_of(name))), depth)
    if what == "shift":
        number, unit = draw(st.sampled_from([(12, "month"), (1, "month"), (30, "day"), (1, "year")]))
        direction = draw(st.sampled_from(["before", "after"]))
        return t.Shift(
            number=number, unit=unit, direction=direction, anchor=draw(days(bound)), counting=draw(st.booleans())
        )
    if what == "of two":
        return t.OfTwoDays(draw(st.sampled_from(["later", "earlier"])), draw(days(bound)), draw(days(bound)), t.DATE)
    name = draw(st.sampled_from(["log", "visits"]))
    if what == "reaches":
        total = draw(sums())
        return t.Reaches(total, const(Decimal(draw(st.sampled_from(MINUTES[1:]))), NUMBER), t.DATE)
    if what == "picked":
        return t.PickedField("the_visit", draw(st.sampled_from(["seen"])), t.DATE)
    how = draw(st.sampled_from(["earliest", "latest"]))
    return t.Extreme(how, field(name, dates_of(name)[0]), draw(records((name,))), t.DATE)


def dates_of(name: str) -> list[str]:
    return [f for f, d in VOCABULARY.lists[name].fields.items() if d.type.kind == "date"]


@st.composite
def sums(draw: st.DrawFn) -> t.Sum:
    divisor = field("log", "shared_by") if draw(st.booleans()) else None
    rounding = draw(st.sampled_from(["exact", "down_each", "down_in_total"]))
    return t.Sum(
        value=field("log", "minutes"), divisor=divisor, records=draw(records(("log",))), rounding=rounding, type=NUMBER
    )


@st.composite
def records(draw: st.DrawFn, bound: tuple[str, ...]) -> Records:
    """Records of the nearest bound list; with a condition on them, most of the time."""
    where = draw(st.none() | conditions(bound, depth=1))
    placed = draw(st.sampled_from(["", "in month", "in month", "on"])) if bound[0] != "staff" else ""
    on = (
        draw(st.sampled_from([fact("begun"), t.EdgeOfMonth("end"), const(DAYS[7], t.DATE)])) if placed == "on" else None
    )
    return Records(bound[0], in_month=placed == "in month", on=on, where=where)


@st.composite
def numbers(draw: st.DrawFn) -> Node:
    what = draw(st.sampled_from(["sum", "count", "fact", "multiples", "arithmetic", "looked up"]))
    if what == "sum":
        return draw(sums())
    if what == "count":
        return t.CountOf(draw(records((draw(st.sampled_from(LISTS)),))), WHOLE)
    if what == "multiples":
        return t.FullMultiples(const(Decimal(20), NUMBER), draw(sums()), WHOLE)
    if what == "arithmetic":
        op = draw(st.sampled_from(["plus", "minus", "times", "divided by"]))
        right = fact("level") if op in ("plus", "minus") else const(Decimal(draw(st.sampled_from([1, 2, 3]))), WHOLE)
        return t.Arithmetic(op, draw(sums()), right, NUMBER)
    return fact("level") if what == "fact" else t.Lookup("worth", "minutes", (fact("kind"),), NUMBER)


@st.composite
def conditions(draw: st.DrawFn, bound: tuple[str, ...] = (), depth: int = 3) -> Node:
    """A condition, of the month or of the records that are bound."""
    kinds = ["yes/no", "equal", "at most days", "within", "none", "in", "includes", "in table", "first part"]
    if depth > 0:
        kinds += ["and", "or", "not", "cases"]
        if len(bound) < 2:
            kinds += ["at least", "every", "during"]
    if "log" in bound:
        kinds += ["looked up"] * 2
    if not bound:
        kinds += ["at most numbers", "at most numbers", "picked"]
    what = draw(st.sampled_from(kinds))
    inner = depth - 1
    match what:
        case "and" | "or":
            parts = tuple(draw(st.lists(conditions(bound, inner), min_size=2, max_size=3)))
            return t.And(parts) if what == "and" else t.Or(parts)
        case "not":
            return t.Not(draw(conditions(bound, inner)))
        case "cases":
            first, second, third = (draw(conditions(bound, inner)) for _ in range(3))
            return t.Cases(((first, second), (None, third)), YES_NO)
        case "at least":
            name = draw(st.sampled_from(LISTS))
            return t.AtLeast(draw(st.integers(1, 3)), draw(records((name, *bound))))
        case "every":
            name = draw(st.sampled_from(LISTS))
            return t.Every(draw(records((name, *bound))), draw(conditions((name, *bound), min(inner, 1))))
        case "during":
            begins, ends = (draw(st.sampled_from(["in", "out"])) for _ in range(2))
            chosen = draw(records(("stays", *bound)))
            return t.During(
                operand=draw(days(bound)),
                records=replace(chosen, in_month=False),
                first_field="first",
                last_field="last",
                first_day=begins,
                last_day=ends,
            )
        case "at most numbers":
            limit = const(Decimal(draw(st.sampled_from([0, 1, 2, 3, *MINUTES]))), NUMBER)
            left, right = draw(st.permutations([draw(numbers()), limit]))
            return t.AtMost(left, right, draw(st.booleans()))
        case "at most days":
            return t.AtMost(draw(days(bound)), draw(days(bound)), strict=draw(st.booleans()))
        case "within":
            number, unit = draw(st.sampled_from([(12, "month"), (1, "month"), (30, "day")]))
            direction = draw(st.sampled_from(["before", "after"]))
            return t.Within(draw(days(bound)), number, unit, direction, draw(days(bound)))
        case "in table":
            codes = [field(name, "code", n) for n, name in enumerate(bound) if "code" in VOCABULARY.lists[name].fields]
            return t.InTable("listed", (draw(st.sampled_from(codes or [t.PickedField("the_visit", "code", t.CODE)])),))
        case "looked up":
            clinical = VOCABULARY.lists["staff"].fields["clinical"].type
            return t.LookedUp(
                depth=bound.index("log"),
                list="log",
                field="staff_id",
                target="staff",
                by="id",
                target_field="clinical",
                type=clinical,
            )
        case "first part":
            words = tuple(draw(st.lists(st.sampled_from(["dr", "s1"]), min_size=1, max_size=2)))
            return t.In(t.FirstPart(fact(draw(st.sampled_from(TEXT_FACTS)))), words)
        case "none":
            return t.IsNone(fact("ended") if not bound else draw(days(bound)))
        case "picked":
            code = t.PickedField("the_visit", "code", t.CODE)
            return t.In(code, tuple(draw(st.lists(st.sampled_from(CODES), min_size=1, max_size=2))))
        case _:
            return draw(plain_conditions(bound, what))


@st.composite
def plain_conditions(draw: st.DrawFn, bound: tuple[str, ...], what: str) -> Node:
    """A condition on a plain fact, or on a field of a bound record."""
    pools: dict[str, list[Node]] = {"yes/no": [fact(path) for path in YES_NO_FACTS]}
    pools["equal"] = [fact("kind"), fact("grade_of_work")]
    pools["includes"] = [fact("topics")]
    for depth, name in enumerate(bound):
        for found, declared in VOCABULARY.lists[name].fields.items():
            node = field(name, found, depth)
            match declared.type.kind:
                case "yes/no":
                    pools["yes/no"] += [node] * 3
                case "value":
                    pools["equal"] += [node] * 3
                case "code":
                    pools["equal"] += [node] * 3
                case "set":
                    pools["includes"] += [node] * 3
    key = "equal" if what == "in" else what
    chosen = draw(st.sampled_from(pools[key]))
    type = chosen.type or YES_NO
    values = type.values or tuple(CODES)
    if what == "yes/no":
        return chosen
    if what == "includes":
        return t.IncludesAtLeast(chosen, draw(st.integers(1, 2)), draw(st.sampled_from([values[:2], ()])))
    if what == "in":
        return t.In(chosen, tuple(draw(st.lists(st.sampled_from(values), min_size=1, max_size=2))))
    if type.ordered and draw(st.booleans()):
        return t.AtMost(const(draw(st.sampled_from(values)), type), chosen)
    return t.Equal(chosen, const(draw(st.sampled_from(values)), type))


@st.composite
def advices(draw: st.DrawFn) -> t.Rule:
    """A rule that decides nothing: of what is established, or of what nobody can know."""
    limit = const(Decimal(draw(st.sampled_from(MINUTES[1:]))), NUMBER)
    amount = draw(numbers().map(lambda node: t.Established(node, NUMBER)) | st.just(t.UnknownValue("level", NUMBER)))
    condition = draw(st.sampled_from([t.AtMost(limit, amount), t.AtMost(amount, limit)]))
    codes = ("10001", "10002")
    return t.Rule(
        kind="requirement",
        name="advice",
        title="advice",
        codes=codes,
        conditions=(condition,),
        where=WHERE,
        severity="advice",
    )


@st.composite
def programs(draw: st.DrawFn) -> Policies:
    """Three services of two tiers with an add-on, up to four rules, one that advises, and a definition of each kind."""
    long = t.Definition(name="long", of="log", type=YES_NO, value=draw(conditions(("log",), 1)), where=WHERE)
    held = t.Definition(name="held", of=None, type=YES_NO, value=draw(conditions()), where=WHERE)
    how = draw(st.sampled_from(["earliest", "latest"]))
    pick = t.Pick(how, "seen", replace(draw(records(("visits",))), in_month=False), t.Type("record", name="visits"))
    visit = t.Definition(name="the_visit", of=None, type=pick.type, value=pick, where=WHERE)
    counted = Records("log", where=t.DefinedOf("long", 0, YES_NO))
    done = t.Definition(
        name="done",
        of=None,
        type=NUMBER,
        value=t.Sum(value=field("log", "minutes"), divisor=None, records=counted, rounding="exact", type=NUMBER),
        where=WHERE,
    )
    amount = t.Defined("done", NUMBER)
    enough = t.AtMost(const(Decimal(draw(st.sampled_from(MINUTES[1:]))), NUMBER), amount)
    step = t.Earning(
        units=1, step=const(Decimal(20), NUMBER), amount=amount, beyond=const(Decimal(20), NUMBER), at_most=2
    )
    high = t.Service(
        code="10001",
        title="High",
        family="work",
        tier="high",
        earning=t.Earning(units=1, when=draw(conditions(depth=2))),
        where=WHERE,
    )
    low = t.Service(
        code="10002", title="Low", family="work", tier="low", earning=t.Earning(units=1, when=enough), where=WHERE
    )
    more = t.Service(
        code="10003",
        title="More",
        family="work",
        tier="low",
        earning=step,
        where=WHERE,
        base=("10002",),
        base_scope="same practitioner",
    )
    each = t.Service(
        code="10004",
        title="Each",
        family="rest",
        tier=None,
        earning=t.Earning(units=1, each_of=("10001", "10002"), at_most=1),
        where=WHERE,
    )
    rules = [*(draw(rules_named(f"rule_{n}")) for n in range(draw(st.integers(1, 4)))), draw(advices())]
    order = t.Preference(
        name="order", what="tier", order=("high", "low"), by_amount=draw(st.booleans()), family="work", where=WHERE
    )
    return Policies(
        t.Program(
            vocabulary=VOCABULARY,
            policies=(),
            definitions={d.name: d for d in (long, held, visit, done)},
            services={s.code: s for s in (high, low, more, each)},
            rules=tuple(rules),
            preferences=(order,),
            coverages=(),
            payments=(),
            line_checks=(),
            tables={table.name: table for table in (WORTH, LISTED)},
        )
    )


@st.composite
def rules_named(draw: st.DrawFn, name: str) -> t.Rule:
    codes = tuple(draw(st.lists(st.sampled_from(["10001", "10002", "10003"]), min_size=1, max_size=3, unique=True)))
    required = tuple(draw(st.lists(conditions() | st.just(t.Defined("held", YES_NO)), min_size=1, max_size=2)))
    when = draw(st.none() | conditions(depth=1))
    waivers = tuple(
        t.Waiver(f"waiver_{n}", draw(conditions(depth=1)), None, (), WHERE) for n in range(draw(st.integers(0, 2)))
    )
    return t.Rule(
        kind="requirement",
        name=name,
        title=name,
        codes=codes,
        conditions=required,
        where=WHERE,
        when=when,
        waivers=waivers,
    )


def kinds_in(value: Any) -> set[type]:
    """The kinds of node in a program or a part of one."""
    if isinstance(value, dict):
        return kinds_in(tuple(value.values()))
    if isinstance(value, tuple):
        return set().union(*map(kinds_in, value))
    if not is_dataclass(value) or isinstance(value, t.Vocabulary):
        return set()
    return {type(value)}.union(*(kinds_in(getattr(value, part.name)) for part in fields(value))) & {*NODES}


# --- facts -------------------------------------------------------------------------------------------------------


def values_of(type: t.Type) -> st.SearchStrategy[Value]:
    """Values of a type, none among them where it may be."""
    if type.kind == "yes/no":
        return st.booleans()
    if type.kind == "date":
        known: st.SearchStrategy[Value] = st.sampled_from(DAYS_OF_MONTH if type.in_month else DAYS)
        return known | st.just(NONE) if type.may_be_none else known
    if type.kind == "number":
        low, high = int(type.low or 0), int(type.high or 1440)
        pool = [n for n in MINUTES if low <= n <= high] if high > 20 else list(range(low, high + 1))
        return st.sampled_from([Fraction(n) for n in pool])
    if type.kind == "set":
        return st.frozensets(st.sampled_from(type.values or ("x",)))
    if type.kind == "code":
        return st.sampled_from(CODES)
    if type.values:
        return st.sampled_from(type.values)
    return st.sampled_from(["dr-a", "dr-b", "s1"])


def shown(node: Any) -> str:
    """A tree in one line, without types and places, for the report of a counterexample."""
    if isinstance(node, tuple):
        return "(" + ", ".join(shown(part) for part in node) + ")"
    if not is_dataclass(node) or isinstance(node, t.Type):
        return str(node)
    parts = {f.name: getattr(node, f.name) for f in fields(node) if f.name not in ("type", "span", "where")}
    told = [f"{name}={shown(part)}" for name, part in parts.items() if part not in (None, (), "", False)]
    return f"{type(node).__name__}({', '.join(told)})"


def told(values: dict[str, Value]) -> str:
    """A row of facts in one line."""
    return ", ".join(f"{name}={v.value if isinstance(v, Special) else v}" for name, v in values.items())


@dataclass(frozen=True)
class Policies:
    """A program with a report short enough to read."""

    program: t.Program

    def __repr__(self) -> str:
        made = [*self.program.definitions.values(), *self.program.services.values(), *self.program.rules]
        return "\n".join(["", *(shown(part) for part in made), ""])


@dataclass(frozen=True)
class Knowledge:
    """A whole record, and what of it is hidden: paths of facts and cells, lists, and rows that nobody has seen.

    The hidden parts can be shown one by one; each step is a completion of the one before.
    """

    whole: Given
    hidden: tuple[str, ...]

    def __repr__(self) -> str:
        lists = {name: [told(row) for row in rows.rows] for name, rows in self.whole.lists.items() if rows.rows}  # type: ignore[union-attr]
        return f"hidden={self.hidden} facts={told(self.whole.facts)} lists={lists}"

    def given(self, shown: int) -> Given:
        """The record with the first `shown` hidden parts filled in."""
        return _without(self.whole, self.hidden[shown:])


def _without(whole: Given, hidden: tuple[str, ...]) -> Given:
    facts: dict[str, Value] = {path: UNKNOWN if path in hidden else value for path, value in whole.facts.items()}
    if "other_services?" in hidden:
        facts["history.known_from"] = UNKNOWN
    lists: dict[str, GivenList | Special] = {}
    for name, given in whole.lists.items():
        assert isinstance(given, GivenList)
        if name in hidden:
            lists[name] = UNKNOWN
            continue
        short = f"{name}?" in hidden
        kept = [n for n, row in enumerate(given.rows) if not (short and _unseen(name, n, row))]
        rows = tuple(
            {f: UNKNOWN if f"{name}[{n}].{f}" in hidden else v for f, v in given.rows[n].items()} for n in kept
        )
        complete = not (short and name == "visits")
        lists[name] = GivenList(rows, complete)
    return replace(whole, facts=facts, lists=lists)


def _unseen(name: str, number: int, row: dict[str, Value]) -> bool:
    """Rows that a list which is not complete leaves out: of services, only such as lie before the month."""
    if name == "visits":
        return number % 2 == 0
    day = row["date"]
    return name == "other_services" and isinstance(day, date) and day < date(2026, 3, 1) and row["period_from"] is NONE


@st.composite
def whole_records(draw: st.DrawFn) -> Given:
    """A record over the small vocabulary in which everything is given."""
    facts = {path: draw(values_of(declared.type)) for path, declared in VOCABULARY.facts.items()}
    facts |= {"patient_id": "p", "service_month": MONTH, "payer": "acme", "as_of": date(2026, 3, 31)}
    facts |= {"history.known_from": BEFORE_EVERYTHING}
    lists: dict[str, GivenList | Special] = {}
    for name, declared_list in VOCABULARY.lists.items():
        if not declared_list.union_of and name != "staff":
            cells = {f: values_of(d.type) for f, d in declared_list.fields.items()}
            lists[name] = GivenList(tuple(draw(st.lists(st.fixed_dictionaries(cells), max_size=3))))
    lists["staff"] = GivenList(draw(st.sampled_from([(), ({"id": "s1", "role": "clerk", "clinical": True},)])))
    return Given(
        patient_id="p", service_month=MONTH, practitioner_id="dr-a", facts=facts, lists=lists, digest="sha256:"
    )


def hideable(whole: Given, read: frozenset[str]) -> list[str]:
    """What of a record may be hidden so that somebody who read these paths could notice."""
    found = [path for path in whole.facts if path in read and path not in FIXED]
    for name, given in whole.lists.items():
        assert isinstance(given, GivenList)
        # A row that nobody has seen lies before the month: when it is seen, its dates are.
        seen_dated = {n for n, row in enumerate(given.rows) if name == "other_services" and _unseen(name, n, row)}
        dated = dates_of(name) if name != "staff" else []
        fields_of = ((n, f) for n, row in enumerate(given.rows) for f in row if n not in seen_dated or f not in dated)
        cells = [f"{name}[{n}].{f}" for n, f in fields_of]
        found += [cell for cell in cells if cell in read]
        if name not in ("claim_lines", "staff") and any(path.startswith(name) for path in read):
            found += [name] + [f"{name}?"] * (name in ("visits", "other_services"))
    return found
