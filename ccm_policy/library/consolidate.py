"""One text out of many: editions and layers applied by name, in order, before any name has a meaning."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from ccm_policy.language import syntax as s
from ccm_policy.language.clauses import RULE_KINDS, SEVERITIES
from ccm_policy.language.diagnostics import Note
from ccm_policy.language.nearest import nearest
from ccm_policy.language.report import Report, listed
from ccm_policy.language.syntax.texts import texts, words_of
from ccm_policy.library.editions import Edition, Policy

Key = tuple[str, str]
Made = dict[tuple[int, int], tuple[s.Statement, s.Statement, s.Statement]]
"""By the identity of what was altered and of what altered it: both, so that they stay, and the result."""

FREE = ("source", "codes", "example", "facts", "note", "dispute", "area", "roles")
"""Kinds that need no verb in an amendment: given again, they are given anew."""

LENT = ("define", "log check", "panel check", "codes", "area", "roles", "source", "table", "facts", "note")
"""Kinds that a policy lends to those that use it."""


@dataclass(slots=True, kw_only=True)
class Text:
    """The consolidated text while editions are applied to it.

    `under`: for each policy, those it rests on. `levels`: their levels. `altered`: who altered a statement.
    `repealed`: what is there no longer, and what took it away. `made`: what verbs made before, so that
    the same text is the same object again.
    """

    under: Mapping[str, frozenset[str]]
    levels: Mapping[str, str]
    report: Report
    made: Made
    altered: dict[Key, tuple[str, s.Statement]] = field(default_factory=dict)
    statements: dict[Key, s.Statement] = field(default_factory=dict)
    repealed: dict[Key, s.Statement] = field(default_factory=dict)


def consolidate(
    policies: Iterable[Policy],
    month: str,
    under: Mapping[str, frozenset[str]],
    levels: Mapping[str, str],
    lent: frozenset[str],
    report: Report,
    made: Made,
) -> tuple[s.Statement, ...]:
    """The statements in force in a month, of policies in the order of their layers.

    `lent` are those that only lend their definitions. Each statement and clause keeps its policy and edition.
    """
    text = Text(under=under, levels=levels, report=report, made=made)
    for policy in policies:
        for edition in policy.in_force(month):
            for statement in edition.statements:
                if policy.name not in lent or statement.kind in LENT:
                    apply(text, edition, statement)
    return tuple(text.statements.values())


def _once(text: Text, there: s.Statement, cause: s.Statement, make: Callable[[], s.Statement]) -> s.Statement:
    """What a statement makes of another, the same object each time."""
    key = (id(there), id(cause))
    if key not in text.made:
        text.made[key] = (there, cause, make())
    return text.made[key][2]


def apply(text: Text, edition: Edition, statement: s.Statement) -> None:
    """Apply one statement of an edition to the text."""
    if statement.verb is None:
        _new(text, edition, statement)
        return
    if statement.verb in ("change", "replace", "repeal"):
        _refuse_two_layers(text, edition, statement)
    _VERBS[statement.verb](text, edition, statement)


def _refuse_two_layers(text: Text, edition: Edition, statement: s.Statement) -> None:
    """Two layers of one level that alter the same statement: nothing says which of them is last (S49)."""
    key = (statement.kind, statement.name)
    by, where = text.altered.setdefault(key, (edition.policy, statement))
    related = by in text.under.get(edition.policy, frozenset()) or by == edition.policy
    if not related and text.levels.get(by) == text.levels.get(edition.policy):
        message = (
            f"`{edition.policy}` and `{by}` both alter {statement.kind} `{statement.name}`, and can apply together"
        )
        help = f"let one extend the other, or tell apart when they apply; both are of the level `{text.levels[by]}`"
        note = Note(f"in `{by}`", where.name_span)
        text.report.add("E0432", message, statement.name_span, help, [note])
    text.altered[key] = (edition.policy, statement)


def _new(text: Text, edition: Edition, statement: s.Statement) -> None:
    key = (statement.kind, statement.name)
    there = text.statements.get(key)
    if edition.amends is not None and statement.kind not in FREE:
        help = (
            f"write `add {statement.kind} {statement.name}`"
            if there is None
            else "write `change`, `replace` or `repeal`"
        )
        text.report.add("E0420", "an amendment says what it does with a statement", statement.name_span, help)
    elif there is None or (
        statement.kind in FREE and _origin(there).policy == edition.policy and _origin(there).edition != edition.month
    ):
        text.statements[key] = statement
    else:
        _clash(text, edition, statement, there)


def _clash(text: Text, edition: Edition, statement: s.Statement, there: s.Statement) -> None:
    """Two statements of one name: within an edition, over a base, or in two layers that know nothing of each other."""
    other = _origin(there)
    note = Note(f"of `{other.policy}`, edition {other.edition}", there.name_span)
    what = f"{statement.kind} `{statement.name}`"
    if other.policy == edition.policy:
        text.report.add(
            "E0421", f"{what} stands twice in this policy", statement.name_span, "give one another name", [note]
        )
    elif other.policy in text.under.get(edition.policy, frozenset()):
        help = "write `replace` or `change` before it if it is meant to override, or give it another name"
        text.report.add(
            "E0422",
            f"{what} overrides the one of `{other.policy}` without saying so",
            statement.name_span,
            help,
            [note],
        )
    else:
        help = f"rename one, or let `{edition.policy}` extend `{other.policy}` and say `replace`"
        message = f"{what} also stands in `{other.policy}`, which can apply together with `{edition.policy}`"
        text.report.add("E0423", message, statement.name_span, help, [note])


def _add(text: Text, edition: Edition, statement: s.Statement) -> None:
    there = text.statements.get((statement.kind, statement.name))
    if there is None:
        text.statements[statement.kind, statement.name] = _plain(text, statement)
        return
    if _origin(there).policy != edition.policy:
        _clash(text, edition, statement, there)
        return
    note = Note(f"it stands since {_origin(there).edition}", there.name_span)
    help = "write `change` or `replace` to alter it"
    text.report.add("E0424", f"{statement.kind} `{statement.name}` is there already", statement.name_span, help, [note])


def _replace(text: Text, edition: Edition, statement: s.Statement) -> None:
    there = _there(text, edition, statement)
    if there is None:
        return
    if statement.kind == "define":
        if statement.head.of != there.head.of:
            message = f"`{statement.name}` is about {_about(there)}, and its replacement about {_about(statement)}"
            note = [Note("what it replaces", there.name_span)]
            text.report.add("E0425", message, statement.name_span, "a replacement keeps what it is about", note)
            return
        if there.head.type is not None and statement.head.type not in (None, there.head.type):
            note = [Note("the type that it has", there.name_span)]
            message = f"a replacement of `{statement.name}` keeps its type"
            text.report.add("E0425", message, statement.name_span, "every rule that uses it relies on the type", note)
            return
    text.statements[statement.kind, statement.name] = _once(text, there, statement, lambda: _standing(statement, there))


def _standing(statement: s.Statement, there: s.Statement) -> s.Statement:
    """A replacement as it stands from now on: with the type of what it replaces where it gives none."""
    head = statement.head
    if statement.kind == "define" and head.type is None and there.head.type is not None:
        head = replace(head, type=there.head.type)
    return replace(statement, verb=None, head=head)


def _plain(text: Text, statement: s.Statement) -> s.Statement:
    """An added statement as it stands from now on."""
    return _once(text, statement, statement, lambda: replace(statement, verb=None))


def _about(statement: s.Statement) -> str:
    return f"a record of `{statement.head.of}`" if statement.head.of else "the month"


def _repeal(text: Text, edition: Edition, statement: s.Statement) -> None:
    if _there(text, edition, statement) is not None:
        del text.statements[statement.kind, statement.name]
        text.repealed[statement.kind, statement.name] = statement


def _change(text: Text, edition: Edition, statement: s.Statement) -> None:
    there = _there(text, edition, statement)
    if there is None:
        return
    text.statements[there.kind, there.name] = _once(
        text, there, statement, lambda: replace(there, clauses=tuple(_changed(text, there, statement)))
    )


def _changed(text: Text, there: s.Statement, statement: s.Statement) -> list[s.Clause]:
    clauses = list(there.clauses)
    for clause in statement.all("without"):
        clauses = _taken(text, clauses, clause, statement)
    given = [c for c in statement.clauses if c.word not in ("without", "because", "cite")]
    for word in dict.fromkeys(c.word for c in given):
        these = [c for c in given if c.word == word]
        clauses = _exceptions(clauses, these) if word == "except" else _given(clauses, word, these)
    return clauses


def _taken(text: Text, clauses: list[s.Clause], without: s.Clause, statement: s.Statement) -> list[s.Clause]:
    words = texts(without.body)
    word, name = (words[0] if words else ""), (words[1] if len(words) > 1 else None)
    if f"{word} {name}" in {c.word for c in clauses}:
        word, name = f"{word} {name}", None

    def meant(clause: s.Clause) -> bool:
        named = name is None or (isinstance(clause.body, s.Waiver) and clause.body.name == name)
        return clause.word == word and named

    if not any(meant(c) for c in clauses):
        what = f"`{word} {name}`" if name else f"`{word}`"
        known = dict.fromkeys(c.body.name if isinstance(c.body, s.Waiver) else c.word for c in clauses)
        near = nearest(name or word, known)
        help = f"did you mean `{near}`?" if near else f"it has {listed(known)}"
        text.report.add("E0426", f"{statement.kind} `{statement.name}` has no {what}", without.span, help)
    return [c for c in clauses if not meant(c)]


def _given(clauses: list[s.Clause], word: str, these: list[s.Clause]) -> list[s.Clause]:
    """The clauses of a word replaced, where the first of them stood; new ones before the exceptions."""
    at = next((i for i, c in enumerate(clauses) if c.word == word), None)
    if at is None:
        at = next((i for i, c in enumerate(clauses) if c.word == "except"), len(clauses))
    kept_before = [c for c in clauses[:at] if c.word != word]
    return [*kept_before, *these, *(c for c in clauses[at:] if c.word != word)]


def _exceptions(clauses: list[s.Clause], these: list[s.Clause]) -> list[s.Clause]:
    """Exceptions given by name: one that is there is replaced, another one is added."""
    new = {c.body.name: c for c in these if isinstance(c.body, s.Waiver)}
    result = []
    for clause in clauses:
        name = clause.body.name if clause.word == "except" and isinstance(clause.body, s.Waiver) else None
        result.append(new.pop(name, clause) if name is not None else clause)
    return [*result, *new.values()]


def _raised(text: Text, edition: Edition, statement: s.Statement) -> None:
    """`raise RULE to SEVERITY`."""
    key = next(((kind, statement.name) for kind in RULE_KINDS if (kind, statement.name) in text.statements), None)
    to = statement.head.to or ""
    gone = next((kind for kind in RULE_KINDS if (kind, statement.name) in text.repealed), None)
    if key is None and gone is not None:
        _there(text, edition, replace(statement, kind=gone))
        return
    if key is None:
        known = [name for kind, name in text.statements if kind in RULE_KINDS]
        other = next((kind for kind, name in text.statements if name == statement.name), None)
        if other is not None:
            message = f"`{statement.name}` is a {other}, and only a rule has a severity"
            help = "name a requirement, an exclusion or a check of a base"
            text.report.add("E0427", message, statement.name_span, help)
            return
        text.report.unknown("E0427", "rule", statement.name, statement.name_span, known, "name a rule of a base")
        return
    if to not in SEVERITIES:
        help = f"write {listed(SEVERITIES)}"
        text.report.add("E0428", f"`{to}` is no severity", statement.name_span, help)
        return
    there = text.statements[key]
    before = (words_of(there, "severity") or SEVERITIES[:1])[0]
    if SEVERITIES.index(to) > SEVERITIES.index(before):
        message = f"`raise` makes a rule stricter, and `{statement.name}` is `{before}` already"
        text.report.add(
            "E0429", message, statement.name_span, "a rule is loosened by `change`, with `relaxes` and a citation"
        )
        return
    origin = s.Origin(edition.policy, edition.month)
    severity = s.Clause("severity", s.Words((to,), statement.span), statement.span, origin=origin)
    clauses = tuple(_given(list(there.clauses), "severity", [severity]))
    text.statements[key] = _once(text, there, statement, lambda: replace(there, clauses=clauses))


def _there(text: Text, edition: Edition, statement: s.Statement) -> s.Statement | None:
    """The statement that a verb names, or a report that there is none."""
    found = text.statements.get((statement.kind, statement.name))
    if found is not None:
        return found
    gone = text.repealed.get((statement.kind, statement.name))
    if gone is not None:
        by = _origin(gone)
        if by.edition <= edition.month and by.policy != edition.policy:
            known = [name for kind, name in text.statements if kind == statement.kind]
            near = nearest(statement.name, known)
            help = f"did you mean `{near}`?" if near else f"name one that stands in {edition.month}"
            message = f"there is no {statement.kind} `{statement.name}` to {statement.verb} any more"
            note = Note(f"`{by.policy}` repeals it from {by.edition} on", gone.name_span)
            text.report.add("E0431", message, statement.name_span, help, [note])
            return None
        message = f"there is no {statement.kind} `{statement.name}` to {statement.verb} from {by.edition} on"
        note = Note(f"`{by.policy}` repeals it from {by.edition} on", gone.name_span)
        help = f"end this in an amendment of `{edition.policy}` for {by.edition}, or keep what it rests on"
        text.report.add("E0431", message, statement.name_span, help, [note])
        return None
    of_name = [kind for kind, name in text.statements if name == statement.name]
    known = [name for kind, name in text.statements if kind == statement.kind]
    near = nearest(statement.name, known)
    help = f"the policy as it stands in {edition.month} has none of that name"
    if of_name:
        help = f"`{statement.name}` is a {of_name[0]}: write `{statement.verb} {of_name[0]} {statement.name}`"
    elif near:
        help = f"did you mean `{near}`?"
    message = f"there is no {statement.kind} `{statement.name}` to {statement.verb}"
    text.report.add("E0427", message, statement.name_span, help)
    return None


def _origin(statement: s.Statement) -> s.Origin:
    return statement.origin or s.Origin("", "")


_VERBS: Mapping[str, Callable[[Text, Edition, s.Statement], None]] = {
    "add": _add,
    "change": _change,
    "replace": _replace,
    "repeal": _repeal,
    "raise": _raised,
}
