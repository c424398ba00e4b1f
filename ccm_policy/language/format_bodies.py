"""The bodies of clauses and the heads of statements, as marked text."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from ccm_policy.language import expectations, syntax
from ccm_policy.language.clauses import RESERVED
from ccm_policy.language.format_expressions import (
    COMMA,
    FORMS,
    MARKS,
    TEXT_BREAK,
    listed,
    literal,
    marked,
    nested,
    number,
    plural,
    quote,
)
from ccm_policy.language.syntax import Body, Clause, Head, Statement

TAIL = MARKS[0]
"""The outermost break: between the parts of a declaration, and before `when …` where that starts no clause."""


def prose(text: str) -> str:
    """A text that may be broken between its words."""
    return re.sub(r"(?<=\S) (?=\S)", TEXT_BREAK, quote(text))


# --- heads -------------------------------------------------------------------------------------------------------


def head(statement: Statement) -> str:
    """The first line of a statement."""
    words = [statement.verb] if statement.verb else []
    if statement.kind != "rule":
        words.append(statement.kind)
    rest = _head_rest(statement, statement.head)
    return " ".join([*words, rest]) if rest else " ".join(words)


def _head_rest(statement: Statement, head: Head) -> str:
    name = statement.name
    if head.to is not None:
        return f"{name} to {head.to}"
    if head.preference is not None:
        how = "by amount" if head.preference.by_amount else "in that order"
        return f"one {head.preference.what} of {COMMA.join(head.preference.order)} {how}"
    if head.decl is not None:
        return field_decl(head.decl)
    if head.condition is not None:
        return f"{name} is {marked(head.condition)}"
    if head.values:
        link = "is" if statement.kind == "area" else "are"
        order = " in order" if head.ordered else ""
        return f"{name}{order} {link} {listed(head.values)}"
    if statement.kind == "define":
        type_ = f": {type_text(head.type)}" if head.type is not None else ""
        return f"{name}{type_}" + (f" of {head.of}" if head.of else "")
    if statement.kind == "example":
        return quote(name)
    return "" if statement.kind == "library" else name


# --- types -------------------------------------------------------------------------------------------------------

_BARE = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*|(?:[A-Z]+\d\w*|\d\w*)([.:-]\w+)*")
_QUOTED = RESERVED | {"presumed", "required", "looks", "else"}


def type_text(type_: syntax.TypeText) -> str:
    """A type with its range."""
    if type_.kind in ("one of", "set of"):
        text = f"{type_.kind} {type_.of or COMMA.join(map(_type_word, type_.values))}"
    else:
        text = type_.kind
    if type_.low is not None and type_.high is not None:
        text += f", {number(type_.low)} to {number(type_.high)}"
    if type_.in_month:
        text += f",{TAIL}in service month"
    return text if type_.rarely_above is None else f"{text},{TAIL}rarely above {number(type_.rarely_above)}"


def _type_word(value: str) -> str:
    return value if _BARE.fullmatch(value) and value not in _QUOTED else quote(value)


def absence(found: syntax.Absence) -> str:
    """What absence means, as it is written."""
    unless = f" unless {nested(found.unless)}" if found.unless is not None else ""
    match found.how:
        case "none" | "empty":
            return f"presumed {found.how}{unless}"
        case "presumed" if found.value is not None:
            return f"presumed {literal(found.value)}{unless}"
        case "computed" if found.value is not None:
            return f"presumed from {nested(found.value)}{unless}"
        case "error":
            return "required"
    return ""


def field_decl(decl: syntax.FieldDecl, width: int = 0) -> str:
    """`NAME TYPE, …`, the name padded to a width."""
    parts = [f"{decl.name:<{width}} {type_text(decl.type)}"]
    if decl.looks_up:
        by = f" by {decl.looks_up_by}" if decl.looks_up_by else ""
        otherwise = "".join(f" else {a} from {b}" for a, b in decl.fallback)
        parts.append(f"looks up {decl.looks_up}{by}{otherwise}")
    return f",{TAIL}".join([*parts, *filter(None, [absence(decl.absence)])])


# --- bodies ------------------------------------------------------------------------------------------------------


def body(clause: Clause, width: int = 0) -> str:
    """What stands after the clause's word. `width` pads the names of fields."""
    found = clause.body
    if found is None:
        return ""
    if clause.word == "applies":
        return f"when {marked(found)}"  # type: ignore[arg-type]
    if isinstance(found, syntax.Words):
        return _words(clause.word, found.values)
    if isinstance(found, syntax.FieldDecl):
        return field_decl(found, width)
    return WRITERS[type(found)](found)


def _words(word: str, values: tuple[str, ...]) -> str:
    match word:
        case "raise":
            return " to ".join(values)
        case "dated" | "round":
            return re.sub(r" (or|once|after)(?= )", r", \1", f"{' '.join(values)} ").rstrip()
        case "complete" | "in force" | "by" | "without":
            return " ".join(values)
    return COMMA.join(values)


def _also(a: syntax.Also) -> str:
    words = COMMA.join(quote(word.value) for word in a.words)
    return f"{a.part} {words}" if a.part is not None else words


def _attestable(a: syntax.Attestable) -> str:
    instead = f" instead of {a.instead_of}" if a.instead_of else ""
    return "none" if a.none else "one record" if a.one_record else COMMA.join(a.fields) + instead


def _citation(c: syntax.Citation) -> str:
    return f"{c.source} at {prose(c.at)}" if c.at is not None else c.source


def _services(s: syntax.Services) -> str:
    every = ["every service" if g == "*" else f"every {g} service" for g in s.groups]
    text = COMMA.join([*every, *map(literal, s.codes)])
    return f"{text} except {listed(s.excluding)}" if s.excluding else text


def _lines(lines: syntax.Lines) -> str:
    quantified = syntax.Quantified("every", None, lines.source)
    return marked(quantified)


def _earns(e: syntax.Earns) -> str:
    text = f"{number(e.units)} {plural('unit', e.units)}"
    if e.when is not None:
        text += f"{TAIL}when {marked(e.when)}"
    elif e.step is not None and e.amount is not None:
        text += f" for each full {literal(e.step)} of {literal(e.amount)}"
        text += f" beyond {literal(e.beyond)}" if e.beyond is not None else ""
    elif e.each_of:
        text += f" for each of {listed(e.each_of)} whose own rules hold"
    if e.at_most is not None:
        text += f"{COMMA}at most {number(e.at_most)} {plural('unit', e.at_most)}"
    return text


def _by(scope: str | None) -> str:
    return f" by {scope}" if scope else ""


def _case(case: syntax.Case) -> str:
    text = marked(case.value)
    if case.when is not None:
        return f"{text}{TAIL}when {marked(case.when)}"
    return f"{text} otherwise" if case.otherwise else text


def _pay(p: syntax.Pay) -> str:
    words = [f"{number(p.percent)} percent of {p.schedule}", *filter(None, [p.setting, p.locality])]
    tail = {"otherwise": " otherwise", "unknown": " when that is unknown"}.get(p.tail, "")
    if p.when is not None:
        tail = f" when {marked(p.when)}"
    return " ".join(words) + tail


def _patient_share(p: syntax.PatientShare) -> str:
    text = f"{number(p.percent)} percent of allowed"
    text += f"{COMMA}after {literal(p.after)}" if p.after is not None else ""
    return text + (f"{COMMA}nothing when {marked(p.nothing_when)}" if p.nothing_when is not None else "")


def _resolved(r: syntax.Resolved) -> str:
    since = f" from {r.since}" if r.since else ""
    return f"{r.source}{since}" + (f" because {prose(r.because)}" if r.because is not None else "")


def _table_column(c: syntax.TableColumn) -> str:
    return COMMA.join([f"{c.name}: {type_text(c.type)}", *filter(None, [absence(c.absence)])])


def _table_edition(e: syntax.TableEdition) -> str:
    last = f" to {e.last}" if e.last else ""
    return f"{e.first}{last}" + (f" from {quote(e.file)}" if e.file is not None else "")


def _given_set(g: syntax.GivenSet) -> str:
    without = f" without {COMMA.join(g.without)}" if g.without else ""
    return " and ".join(g.names) + without


def _given_record(g: syntax.GivenRecord) -> str:
    pairs = (" ".join([p.field, *map(literal, p.values)]) for p in g.pairs)
    return f"{g.list} {COMMA.join(pairs)}"


def _given_minutes(g: syntax.GivenMinutes) -> str:
    program = f" in {g.program}" if g.program else ""
    return f"{number(g.minutes)} {plural('minute', g.minutes)} of {g.who}{program}"


def _forbid_two(f: syntax.ForbidTwo) -> str:
    text = f"any two {f.list}" + (f" of different {f.of_different}" if f.of_different else "") + " that overlap"
    if f.same:
        text += f"{TAIL}where " + " and ".join(f"{name} is the same" for name in f.same)
    return text + (f"{TAIL}where {marked(f.where)}" if f.where is not None else "")


def _at_most_with(a: syntax.AtMostWith) -> str:
    group = "" if a.services.groups == ("*",) else f"{a.services.groups[0]} "
    return f"at most {number(a.number)} {a.key} with any {group}service supported"


WRITERS: Mapping[type, Callable[..., str]] = {
    **dict.fromkeys(FORMS, marked),
    syntax.Text: lambda t: prose(t.value),
    syntax.Absence: lambda a: absence(a) if a.how == "empty" else "is unknown",
    syntax.Also: _also,
    syntax.Attested: lambda a: f"{a.path} {listed(a.values) or 'none'}",
    syntax.Attestable: _attestable,
    syntax.Citation: _citation,
    syntax.Services: _services,
    syntax.Lines: _lines,
    syntax.Each: lambda e: f"each {COMMA.join(e.keys)}",
    syntax.Waiver: lambda w: f"{w.name} when {marked(w.when)}",
    syntax.Earns: _earns,
    syntax.AddsTo: lambda a: f"{listed(a.codes)}{_by(a.scope)}",
    syntax.Modifier: lambda m: literal(m.name) + (f" when {marked(m.when)}" if m.when is not None else ""),
    syntax.Case: _case,
    syntax.ServiceUnion: lambda s: f"{s.list} and lines of the claim whose code no policy decides",
    syntax.Pay: _pay,
    syntax.PatientShare: _patient_share,
    syntax.Allows: lambda a: f"{listed(a.codes)} beside {listed(a.beside)}{_by(a.scope)}",
    syntax.About: lambda a: f"{a.kind} {a.name}",
    syntax.Says: lambda s: f"{s.source} {prose(s.text)}",
    syntax.Resolved: _resolved,
    syntax.TableColumn: _table_column,
    syntax.TableEdition: _table_edition,
    syntax.Row: lambda r: ", ".join(map(literal, r.values)),
    syntax.GivenSet: _given_set,
    syntax.GivenFact: lambda g: f"{g.path} {listed(g.values)}",
    syntax.GivenRecord: _given_record,
    syntax.GivenMinutes: _given_minutes,
    **dict.fromkeys(expectations.FORMS, expectations.written),
    syntax.Requires: lambda r: f"{r.code} requires {marked(r.condition)}",
    syntax.NeverBoth: lambda n: f"both {n.first} and {n.second}",
    syntax.NeverMore: lambda n: f"more than {number(n.units)} {plural('unit', n.units)} of {n.code}",
    syntax.NeverDepends: lambda n: f"never depends on {n.fact}",
    syntax.NeverLowers: lambda n: f"{n.fact} never lowers {n.code or 'an own outcome'}",
    syntax.ForbidTwo: _forbid_two,
    syntax.AtMostWith: _at_most_with,
}
"""How each kind of body is written, apart from `BY_PLACE`."""

BY_PLACE = (syntax.Words, syntax.FieldDecl, syntax.GivenRows)
"""Bodies that are written by the clause they stand in; rows, by `format`, each on a line."""


def word(clause: Clause) -> str:
    """The word that a clause is written with."""
    found: Body | None = clause.body
    match found:
        case syntax.NeverBoth() | syntax.NeverMore():
            return "never"
        case syntax.NeverLowers():
            return "more"
        case syntax.NeverDepends(code=code):
            return code
    return clause.word
