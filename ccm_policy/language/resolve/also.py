"""What people call things: the words of `also`, which feed searches, glossaries and suggestions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ccm_policy.language import syntax as s
from ccm_policy.language.diagnostics import Note, Span
from ccm_policy.language.report import listed
from ccm_policy.language.resolve.names import Names, Resolver

Seen = dict[str, tuple[str, Span | None]]
"""Words as they are compared, each with what it stands for and where that is said."""


def calls(statement: s.Statement) -> Iterator[s.Also]:
    """Every `also` of a statement."""
    return (clause.body for clause in statement.all("also") if isinstance(clause.body, s.Also))


def other_words(statement: s.Statement) -> tuple[str, ...]:
    """What a statement itself is called, without its parts."""
    return tuple(word.value for also in calls(statement) if also.part is None for word in also.words)


def alike(word: str) -> str:
    """A word as it is compared: a column `Time_Spent` is `time spent`."""
    return " ".join(word.replace("_", " ").casefold().split())


def refuse_wrong(r: Resolver, statement: s.Statement, parts: Mapping[str, Iterable[str]] | None = None) -> None:
    """Refuse words that are empty or stand twice, and parts that are not there.

    `parts`: the fields or values of the thing, each with its own values; None where only the thing itself has words.
    """
    own: dict[str | None, dict[str, Span]] = {}
    for also in calls(statement):
        if also.part is not None and not _is_part(also.part, parts):
            _refuse_part(r, statement, also, parts)
        for word in also.words:
            if not alike(word.value):
                message = f"`{also.part or statement.name}` is also called nothing"
                r.report.add("E0373", message, word.span, "write what people call it, or leave the text out")
                continue
            seen = own.setdefault(also.part, {})
            name = also.part.rpartition(".")[2] if also.part else statement.name
            if alike(word.value) in seen:
                notes = [Note("it stands here first", seen[alike(word.value)])]
                r.report.add("E0374", f'"{word.value}" stands twice', word.span, "take one of the two away", notes)
            elif alike(word.value) == alike(name):
                r.report.add("E0374", f'"{word.value}" is its name', word.span, "take it away: a name is always known")
            seen.setdefault(alike(word.value), word.span)


def _is_part(part: str, parts: Mapping[str, Iterable[str]] | None) -> bool:
    name, _, value = part.partition(".")
    return parts is not None and name in parts and (not value or value in parts[name])


def _refuse_part(r: Resolver, statement: s.Statement, also: s.Also, parts: Mapping[str, Iterable[str]] | None) -> None:
    name, _, value = str(also.part).partition(".")
    if not parts:
        message = f"`{statement.name}` has no parts that could be called something"
        r.report.add("E0376", message, also.span, f"write `also` and the words for `{statement.name}` itself")
    elif name in parts:
        known = list(parts[name])
        help = f"its values are {listed(known, 20)}" if known else f"write `also {name}` and its words"
        r.report.unknown("E0376", f"value of `{name}`", value, also.span, known, help)
    else:
        otherwise = f"its parts are {listed(parts, 30)}"
        r.report.unknown("E0376", f"field or value of `{statement.name}`", name, also.span, parts, otherwise)


def declare(r: Resolver, statements: Iterable[s.Statement]) -> None:
    """Put down what the vocabulary's things are called. One word stands for one fact, one field of a list, one value of
    a set: else nobody could tell which of them a column of that name holds."""
    taken: dict[str, Seen] = {"": {alike(name): (name, None) for name in (*r.names.facts, *r.names.lists)}}
    for statement in statements:
        parts = _parts(r.names, statement)
        if parts is None:
            refuse_wrong(r, statement)
            continue
        refuse_wrong(r, statement, parts)
        for also in calls(statement):
            if also.part is not None and not _is_part(also.part, parts):
                continue
            group, name = _place(statement, also.part)
            known = taken.setdefault(group, {alike(part): (part, None) for part in _beside(parts, also.part)})
            for word in also.words:
                _take(r, known, word, name)
            key = f"{statement.name} {also.part}" if also.part else statement.name
            words = tuple(word.value for word in also.words if alike(word.value))
            r.names.also[key] = r.names.also.get(key, ()) + words


def _parts(names: Names, statement: s.Statement) -> Mapping[str, tuple[str, ...]] | None:
    """The fields of a list, or the values of a fact or of a set, each with its own values."""
    if statement.kind == "list" and statement.name in names.lists:
        return {field: decl.type.values for field, decl in names.lists[statement.name].fields.items()}
    if statement.kind == "fact" and statement.name in names.facts:
        return dict.fromkeys(names.facts[statement.name].type.values, ())
    if statement.kind == "values" and statement.name in names.values:
        return dict.fromkeys(names.values[statement.name].values, ())
    return None


def _place(statement: s.Statement, part: str | None) -> tuple[str, str]:
    """Among which names a word must be the only one, and what it is a word for."""
    if part is None:
        return ("sets" if statement.kind == "values" else ""), statement.name
    outer, _, value = part.partition(".")
    return (f"{statement.name} {outer}", value) if value else (statement.name, outer)


def _beside(parts: Mapping[str, tuple[str, ...]], part: str | None) -> Iterable[str]:
    if part is None:
        return ()
    outer, _, value = part.partition(".")
    return parts[outer] if value else parts


def _take(r: Resolver, known: Seen, word: s.Text, name: str) -> None:
    other, where = known.setdefault(alike(word.value), (name, word.span))
    if other != name:
        notes = [Note(f"`{other}` is called so here", where)] if where else []
        message = f'"{word.value}" stands for `{other}` already'
        r.report.add("E0375", message, word.span, f"say which of `{name}` and `{other}` people mean by it", notes)
