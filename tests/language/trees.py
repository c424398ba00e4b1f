"""Random surface trees, such as a text could have: strategies for hypothesis, used wherever a tree is needed.

Every tree drawn here has brackets where the language needs them, so a formatter that writes it and a parser that reads
it back must arrive at the same tree.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from hypothesis import strategies as st

from ccm_policy.language import syntax
from ccm_policy.language.clauses import FORMS, stands_once
from ccm_policy.language.syntax import Clause, Expr, File, Head, Statement

FIELD_WORDS = [
    "date",
    "minutes",
    "units",
    "code",
    "count",
    "start",
    "end",
    "first",
    "program",
    "status",
    "title",
    "cite",
]
"""Names of fields that are also words of the language, or clause words."""

plain_names = st.sampled_from(["a", "b", "staff_minutes", "lasts_12_months", "rn", "NY", *FIELD_WORDS])
names = plain_names | st.sampled_from(["practitioner.type", "consent_in_force.date", "stays.from", "time_log.date"])
lists = st.sampled_from(["time_log", "services", "line", "conditions", "stays"])
codes = st.sampled_from(["99490", "G0506", "0075T", "E11.9", "13202-01", "6:40", "02"])
service_codes = st.sampled_from(["99490", "99439", "G0506"])
days = st.dates(date(2015, 1, 1), date(2030, 12, 31))
months = st.builds("{:04}-{:02}".format, st.integers(2015, 2030), st.integers(1, 12))
texts = st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), max_size=130)
amounts = st.decimals(0, 200_000, places=2) | st.integers(0, 20_000).map(Decimal)
units = st.sampled_from([None, "minute", "day", "month", "year", "percent", "dollar", "unit"])
calendar_units = st.sampled_from(["day", "month", "year"])
small = st.integers(1, 24)

numbers = st.builds(syntax.Number, amounts, units)
literals: st.SearchStrategy[Expr] = st.one_of(
    st.builds(syntax.Name, names),
    st.builds(syntax.Text, texts),
    numbers,
    st.builds(syntax.Day, days),
    st.builds(syntax.Month, months),
    st.builds(syntax.Shape, codes),
)
values: st.SearchStrategy[Expr] = (
    literals | st.builds(syntax.CodeRange, service_codes, service_codes) | st.builds(syntax.Its, names)
)
value_lists = st.lists(values, min_size=1, max_size=4).map(tuple)
name_lists = st.lists(plain_names, min_size=1, max_size=4).map(tuple)
scopes = st.sampled_from(["same practitioner", "same group", "anyone"])
orders = st.sampled_from(
    ["at least", "at most", "more than", "less than", "before", "after", "on or before", "on or after", "on"]
)


def bracketed(of: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
    """Anything in brackets, which then binds like a single word."""
    return st.builds(syntax.Bracketed, of)


def sources(
    on: st.SearchStrategy[Expr], where: st.SearchStrategy[Expr | None] | None
) -> st.SearchStrategy[syntax.Source]:
    condition = st.none() if where is None else where
    dated = st.one_of(st.just((False, None)), st.just((True, None)), st.tuples(st.just(False), on))
    return st.builds(lambda name, d, w: syntax.Source(name, d[0], d[1], w), lists, dated, condition)


def primaries(inner: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
    """Quantities that bind like a single word; `inner` is any condition, for what stands in brackets."""
    base: st.SearchStrategy[Expr] = literals | bracketed(inner) | st.builds(syntax.Its, names)
    source = sources(base, None)
    return st.one_of(
        base,
        st.builds(syntax.EdgeOfMonth, st.sampled_from(["start", "end"])),
        st.builds(syntax.Reaches, base, numbers),
        st.builds(syntax.FirstPart, base),
        st.builds(syntax.UnknownValue, names),
        st.builds(syntax.Established, base),
        st.builds(syntax.FullMultiples, numbers, base),
        st.builds(syntax.Shift, small, calendar_units, st.sampled_from(["before", "after"]), base),
        base.flatmap(
            lambda d: st.builds(syntax.Shift, small, calendar_units, st.just("after"), st.just(d), st.just(True))
        ),
        st.builds(syntax.OfTwoDays, st.sampled_from(["later", "earlier"]), base, base),
        st.builds(syntax.Lookup, st.just("mue"), plain_names, st.lists(literals, min_size=1, max_size=2).map(tuple)),
        st.builds(syntax.Pick, st.sampled_from(["earliest", "latest"]), st.none() | plain_names, source),
        st.builds(syntax.Aggregate, how=st.just("count"), value=st.none(), source=source),
        st.builds(syntax.Aggregate, how=st.sampled_from(["earliest", "latest"]), value=base, source=source),
        st.builds(
            syntax.Aggregate,
            how=st.just("sum"),
            value=base,
            source=source,
            divisor=st.none() | base,
            rounding=st.sampled_from([None, "kept exact", "rounded down each", "rounded down in total"]),
            each_minute_once=st.booleans(),
        ),
    )


def quantities(inner: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
    """Sums and products, the left operand first."""
    primary = primaries(inner)
    term = primary | st.builds(syntax.Arithmetic, st.sampled_from(["times", "divided by"]), primary, primary)
    return term | st.builds(syntax.Arithmetic, st.sampled_from(["plus", "minus"]), term, term)


def tests_of(inner: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
    """Conditions after which something may follow."""
    q = quantities(inner)
    source = sources(literals, None)
    quantified = st.one_of(
        st.builds(syntax.Quantified, st.sampled_from(["at least", "at most"]), st.integers(0, 30), source),
        st.builds(syntax.Quantified, st.sampled_from(["any", "no"]), st.none(), source),
    )
    tested: st.SearchStrategy[Expr] = st.one_of(
        q,
        st.builds(syntax.Compare, orders | st.sampled_from(["is", "is not"]), q, q),
        st.builds(syntax.Compare, st.just("is"), q, st.sampled_from([syntax.Name("yes"), syntax.Name("no")])),
        st.builds(syntax.IsNone, q, st.booleans()),
        st.builds(syntax.OneOf, q, value_lists, st.booleans()),
        st.builds(syntax.InSet, q, plain_names, st.booleans()),
        st.builds(syntax.Within, q, small, calendar_units, st.sampled_from(["before", "after"]), q),
        st.builds(syntax.IsInMonth, q),
        st.builds(syntax.Includes, q, st.sampled_from(["any", "every"]), value_lists),
        st.builds(syntax.Includes, q, st.just("at least"), value_lists | st.just(()), small),
        st.builds(syntax.Includes, q, st.just("at least"), st.just(()), small),
        st.builds(syntax.Includes, q, st.just("one"), values.map(lambda v: (v,))),
        st.builds(lambda v: syntax.Includes(syntax.Name("modifiers"), "one", (v,)), values),
        st.builds(syntax.Placed, operand=q, how=st.sampled_from(["outside", "during"]), source=source),
        st.builds(syntax.Scope, scopes),
        quantified,
    )
    return tested | st.builds(syntax.Not, tested)


def conditions(inner: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
    """Any condition: a chain of tests, perhaps with a quantified one at its end, which has a `where` of its own."""
    test = tests_of(inner)
    chain = st.one_of(
        test,
        st.builds(syntax.And, st.lists(test, min_size=2, max_size=3).map(tuple)),
        st.builds(syntax.Or, st.lists(test, min_size=2, max_size=3).map(tuple)),
    )
    source = sources(literals, chain)
    last: st.SearchStrategy[Expr] = st.one_of(
        st.builds(syntax.Quantified, st.just("any"), st.none(), source),
        st.builds(syntax.Quantified, st.just("at least"), small, source),
        st.builds(syntax.Quantified, st.just("every"), st.none(), sources(literals, None), chain),
        st.builds(
            syntax.Placed,
            operand=quantities(inner),
            how=st.just("outside"),
            source=source,
            first_day=st.just("in"),
            last_day=st.just("out"),
        ),
        st.builds(syntax.Compare, st.just("on or after"), literals, _summed(source)),
    )
    return st.one_of(
        chain,
        last,
        st.builds(lambda a, b: syntax.And((a, b)), test, last),
        st.builds(lambda a, b: syntax.Or((a, syntax.Not(b))), test, last),
    )


def _summed(source: st.SearchStrategy[syntax.Source]) -> st.SearchStrategy[Expr]:
    return st.builds(syntax.Aggregate, how=st.just("earliest"), value=literals, source=source) | st.builds(
        syntax.Pick, st.just("latest"), st.none(), source
    )


expressions: st.SearchStrategy[Expr] = conditions(conditions(literals))
closed: st.SearchStrategy[Expr] = st.deferred(lambda: tests_of(conditions(literals)))
simple: st.SearchStrategy[Expr] = literals | bracketed(closed)

# --- types -------------------------------------------------------------------------------------------------------

type_words = st.lists(st.sampled_from(["a", "rn", "2", "99490", "two words", "presumed"]), min_size=1, max_size=4)
types = st.one_of(
    st.sampled_from(["text", "yes/no", "date", "month", "time", "period", "code"]).map(syntax.TypeText),
    st.builds(syntax.TypeText, st.sampled_from(["minutes", "money", "percent"]), low=st.just(Decimal(0)), high=amounts),
    st.builds(syntax.TypeText, st.just("one of"), values=type_words.map(tuple)),
    st.builds(syntax.TypeText, st.just("set of"), of=plain_names),
    st.builds(lambda words: syntax.TypeText("set of", values=("a", *words)), type_words),
    st.builds(lambda name: syntax.TypeText(name, of=name), st.sampled_from(["role", "mdm_level"])),
)
declared_types = types | st.builds(syntax.TypeText, st.just("minutes"), rarely_above=amounts)
absences = st.one_of(
    st.just(syntax.Absence("unknown")),
    st.just(syntax.Absence("error")),
    st.builds(syntax.Absence, st.just("none"), st.none(), st.none() | expressions),
    st.builds(syntax.Absence, st.just("presumed"), literals, st.none() | expressions),
    st.builds(syntax.Absence, st.just("computed"), expressions, st.none() | expressions),
)
pairs_of_fields = st.lists(st.tuples(plain_names, plain_names), max_size=2).map(tuple)
declarations = st.one_of(
    st.builds(syntax.FieldDecl, name=names, type=declared_types, absence=absences),
    st.builds(
        syntax.FieldDecl,
        name=names,
        type=types,
        absence=absences,
        looks_up=lists,
        looks_up_by=st.none() | plain_names,
        fallback=pairs_of_fields,
    ),
)

# --- bodies of clauses, by the rule that reads them ----------------------------------------------------------------

citations = st.builds(syntax.Citation, plain_names, st.none() | texts)
groups = st.lists(st.sampled_from(["ccm", "complex"]), max_size=2, unique=True).map(tuple)
CLAUSE_WORDS = {syntax.Name(word) for form in FORMS.values() for word in form.clauses}
rows = (
    st.lists(literals, min_size=1, max_size=4).filter(lambda row: row[0] not in CLAUSE_WORDS).map(tuple).map(syntax.Row)
)
"""A line that begins with a clause's word is that clause, and no row."""
records = st.builds(syntax.Pair, plain_names, st.lists(literals, min_size=1, max_size=3).map(tuple))
expectations: st.SearchStrategy[syntax.Expectation] = st.one_of(
    st.builds(syntax.ExpectUnits, service_codes, small),
    st.builds(syntax.ExpectPays, service_codes, amounts, st.none() | small),
    st.builds(syntax.ExpectSupported, service_codes),
    st.builds(
        syntax.ExpectNotSupported,
        service_codes,
        st.none() | plain_names | st.just(syntax.OWN_MINUTES),
    ),
    st.builds(syntax.ExpectHeld, service_codes),
    st.builds(syntax.ExpectYields, service_codes, st.none() | service_codes),
    st.builds(syntax.ExpectNeeds, service_codes, names),
    st.builds(syntax.ExpectNotEstablished, service_codes),
    st.builds(syntax.ExpectLine, small, plain_names),
    st.builds(syntax.ExpectMissingLine, service_codes),
    st.builds(syntax.ExpectRisk, plain_names, st.booleans()),
)
invariants = st.one_of(
    st.builds(syntax.Requires, service_codes, expressions),
    st.builds(syntax.NeverBoth, service_codes, service_codes),
    st.builds(syntax.NeverMore, small, service_codes),
    st.builds(syntax.NeverDepends, service_codes, names),
    st.builds(syntax.NeverLowers, names, st.none() | service_codes),
)
pays = st.builds(
    lambda percent, schedule, setting, locality, tail: syntax.Pay(
        percent=percent, schedule=schedule, setting=setting, locality=locality, tail=tail[0], when=tail[1]
    ),
    amounts,
    plain_names,
    st.sampled_from([None, "non_facility"]),
    st.sampled_from([None, "national"]),
    st.sampled_from([("always", None), ("otherwise", None), ("unknown", None)])
    | expressions.map(lambda e: ("when", e)),
)
earnings = st.one_of(
    st.builds(syntax.Earns, units=small, when=st.none() | expressions, at_most=st.none() | small),
    st.builds(
        syntax.Earns, units=small, step=numbers, amount=simple, beyond=st.none() | numbers, at_most=st.none() | small
    ),
    st.builds(syntax.Earns, units=small, each_of=value_lists, at_most=st.none() | small),
)

BODIES: dict[str, st.SearchStrategy[syntax.Body | None]] = {
    "condition": expressions,
    "text": st.builds(syntax.Text, texts),
    "also": st.builds(
        syntax.Also,
        st.lists(st.builds(syntax.Text, texts), min_size=1, max_size=3).map(tuple),
        st.none() | names | st.sampled_from(["99490", "performed_by.ma"]),
    ),
    "attested": st.builds(syntax.Attested, names, st.just(()) | value_lists),
    "attestable": st.one_of(
        st.just(syntax.Attestable(none=True)),
        st.just(syntax.Attestable(one_record=True)),
        st.builds(syntax.Attestable, name_lists, st.none() | plain_names),
    ),
    "citation": citations,
    "words": st.builds(syntax.Words, name_lists | st.tuples(service_codes, service_codes)),
    "month_body": st.builds(syntax.Words, st.tuples(months)),
    "day_body": st.builds(syntax.Day, days),
    "services": st.one_of(
        st.builds(syntax.Services, st.just(("*",)), st.just(()), st.just(()) | value_lists),
        st.builds(syntax.Services, groups, value_lists, st.just(()) | value_lists),
    ),
    "lines": st.builds(syntax.Lines, sources(literals, st.none() | expressions)),
    "each": st.builds(syntax.Each, name_lists),
    "prefer_for": st.builds(syntax.Words, name_lists) | st.builds(syntax.Each, name_lists),
    "case": st.one_of(
        st.builds(syntax.Case, expressions),
        st.builds(syntax.Case, expressions, expressions),
        st.builds(syntax.Case, expressions, st.none(), st.just(True)),
        st.builds(syntax.ServiceUnion, plain_names),
    ),
    "exception": st.builds(
        syntax.Waiver, plain_names, expressions, st.none() | texts, st.lists(citations, max_size=2).map(tuple)
    ),
    "earns": earnings,
    "adds_to": st.builds(syntax.AddsTo, value_lists, st.none() | scopes),
    "modifier": st.builds(
        syntax.Modifier, st.just(syntax.Number(Decimal(25))) | plain_names.map(syntax.Name), st.none() | expressions
    ),
    "allows": st.builds(syntax.Allows, value_lists, value_lists, st.none() | scopes),
    "pay": pays,
    "patient_share": st.builds(syntax.PatientShare, amounts, st.none() | simple, st.none() | expressions),
    "round": st.just(syntax.Words(("half", "up", "to", "the", "cent", "once", "after", "the", "percentage"))),
    "about": st.builds(syntax.About, st.sampled_from(["requirement", "claim check"]), plain_names),
    "says": st.builds(syntax.Says, plain_names, texts),
    "resolved": st.builds(syntax.Resolved, plain_names, st.none() | months, st.none() | texts),
    "complete": st.sampled_from([syntax.Words(("for", "the", "service", "month")), syntax.Words(("from", "a.b"))]),
    "dated": st.sampled_from(
        [
            syntax.Words(("by", "date")),
            syntax.Words(("by", "date", "or", "from", "since", "to", "until")),
            syntax.Words(("by", "date", "or", "unknown", "when", "a.b")),
            syntax.Words(("once", "in", "the", "record")),
        ]
    ),
    "in_force": st.just(syntax.Words(("by", "month", "of", "service"))),
    "by_date": st.just(syntax.Words(("date", "of", "processing"))),
    "standing": st.sampled_from([syntax.Words(("covered",)), syntax.Words(("never paid separately",))]),
    "absent": st.sampled_from([syntax.Absence("unknown"), syntax.Absence("empty")]),
    "field_decl": declarations,
    "column": st.builds(syntax.TableColumn, plain_names, declared_types, absences),
    "table_edition": st.builds(syntax.TableEdition, months, st.none() | months, st.none() | texts),
    "row": rows,
    "raised": st.just(syntax.Words(("care_plan", "decides"))),
    "given": st.one_of(
        st.builds(syntax.GivenSet, name_lists, st.just(()) | name_lists),
        st.builds(syntax.GivenFact, names, st.lists(literals, min_size=1, max_size=3).map(tuple)),
        st.builds(syntax.GivenRecord, lists, st.lists(records, min_size=1, max_size=4).map(tuple)),
        st.builds(syntax.GivenRows, lists, st.lists(rows, min_size=1, max_size=3).map(tuple)),
        st.builds(syntax.GivenMinutes, amounts, plain_names, st.none() | plain_names),
    ),
    "expectation": expectations,
    "invariant": invariants,
    "log_forbid": st.builds(
        syntax.ForbidTwo,
        lists,
        st.none() | plain_names,
        st.just(()) | name_lists,
        st.none() | expressions,
    ),
    "log_require": expressions | st.builds(syntax.AtMostWith, small, plain_names, st.just(syntax.Services(("ccm",)))),
    "nothing": st.none(),
}

# --- statements and files ------------------------------------------------------------------------------------------

comments = st.lists(st.sampled_from(["# a remark", "#", '# "quoted" # twice']), max_size=2).map(tuple)
trailing = st.none() | st.just("# at the end")


def clauses_of(kind: str) -> st.SearchStrategy[tuple[Clause, ...]]:
    """Clauses that a statement of this kind may have, in any order, each with its comments."""
    forms = FORMS[kind].clauses
    words = [w for w in forms if w not in ("never", "more", "because", "cite")]
    one = st.sampled_from(words).flatmap(
        lambda word: st.builds(
            lambda body, above, after: Clause(word, body, comments=above, trailing=after),
            BODIES[forms[word]],
            comments,
            trailing,
        )
    )

    def allowed(found: list[Clause]) -> tuple[Clause, ...]:
        words = [c.word for c in found]
        return tuple(c for i, c in enumerate(found) if c.word not in words[:i] or not stands_once(kind, c.word))

    return st.lists(one, max_size=4).map(allowed)


HEADS: dict[str, st.SearchStrategy[Head]] = {
    "fact": declarations.map(lambda d: Head(decl=d)),
    "values": st.builds(lambda v, o: Head(values=v, ordered=o), value_lists, st.booleans()),
    "roles": st.builds(lambda v: Head(values=v), value_lists),
    "area": st.builds(lambda v: Head(values=v), value_lists),
    "codes": st.builds(lambda v: Head(values=v), value_lists),
    "scope": st.builds(lambda c: Head(condition=c), expressions),
    "define": st.builds(lambda t, of: Head(type=t, of=of), st.none() | types, st.none() | lists),
    "prefer": st.builds(
        lambda w, o, a: Head(preference=syntax.Preference(w, o, a)),
        st.sampled_from(["tier", "program"]),
        name_lists,
        st.booleans(),
    ),
}


def statements_of(kind: str) -> st.SearchStrategy[Statement]:
    named: st.SearchStrategy[str] = plain_names
    if kind == "example":
        named = texts
    elif kind == "scope":
        named = st.just("same practitioner")
    elif kind == "library":
        named = st.just("library")

    def build(name: str, head: Head, found: tuple[Clause, ...], above: tuple[str, ...], after: str | None) -> Statement:
        if head.decl is not None:
            name = head.decl.name
        if head.preference is not None:
            whom = next((c.body for c in found if c.word == "for"), None)
            keys = whom.values if isinstance(whom, syntax.Words) else whom.keys if isinstance(whom, syntax.Each) else ()
            name = " ".join((head.preference.what, *keys))
        return Statement(kind=kind, name=name, head=head, clauses=found, comments=above, trailing=after)

    return st.builds(build, named, HEADS.get(kind, st.just(Head())), clauses_of(kind), comments, trailing)


statements = st.sampled_from(sorted(FORMS)).flatmap(statements_of)
files = st.lists(statements, max_size=4).map(lambda s: File("random.policy", tuple(s)))
