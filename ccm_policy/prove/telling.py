"""Answers as they are written: plain data, messages about what does not hold, facts as a person would read them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ccm_policy.language.diagnostics import Diagnostic, error, shown
from ccm_policy.prove.questions import ALWAYS_MET, BITES, INVARIANT, NEVER_MET, STANDS, TIGHTENS
from ccm_policy.prove.whole import Told


def wrong(told: Told) -> Diagnostic:
    """What to say of a question whose answer is not as it should be."""
    name, span = told.name, told.span
    match told.kind:
        case str(kind) if kind == INVARIANT:
            help = "correct the rules that allow it, or the invariant; the facts below show such a month"
            return error("E0760", f"`{name}` does not hold: {told.text}", span, help=help)
        case str(kind) if kind == TIGHTENS:
            help = "keep what the base asks, or write `relaxes` with `cite` in the layer; the facts below show it"
            return error("E0761", f"the layer loosens its base: not so that it {told.text}", span, help=help)
        case str(kind) if kind == ALWAYS_MET:
            help = "take it out, or ask what can fail; whatever the facts, it holds"
            return error("E0762", f"`{name}` holds in every month, so it decides nothing", span, help=help)
        case str(kind) if kind == NEVER_MET:
            help = "correct its conditions: they contradict one another, or other facts"
            return error("E0763", f"`{name}` holds in no month, so it refuses its services always", span, help=help)
        case str(kind) if kind == BITES:
            help = "take it out, or correct what it forbids: other rules refuse the same already"
            return error("E0764", f"`{name}` never refuses what nothing else refuses", span, help=help)
        case str(kind) if kind == STANDS:
            help = "mend the rule that forbids it, or take the permission out"
            return error("E0765", f"`{name}` permits {told.text}, and no month supports it", span, help=help)
    raise AssertionError(told.kind)


def plain(told: Told) -> dict[str, Any]:
    """An answer as `--format json` writes it."""
    found = {
        "kind": told.kind,
        "name": told.name,
        "text": told.text,
        "policy": told.policy,
        "edition": told.edition,
        "answer": told.answer,
        "holds": told.holds,
        "relaxed": told.relaxed,
        "records": told.records,
        "why": told.why or None,
        "not_looked_into": list(told.opaque),
        "facts": told.facts,
        "compared_with": told.other,
    }
    if told.span.file:
        found |= {"file": shown(told.span.file), "line": told.span.line}
    return found


def lines(facts: dict[str, Any], indent: str = "    ") -> Iterator[str]:
    """Facts, one a line, records by their number."""
    for path, value in _flat(facts, ""):
        yield f"{indent}{path}: {value}"


def _flat(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for name, below in value.items():
            yield from _flat(below, f"{path}.{name}" if path else name)
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        for number, record in enumerate(value):
            said = ", ".join(f"{name} {_word(field)}" for name, field in record.items())
            yield f"{path}[{number}]", said
    else:
        yield path, _word(value)


def _word(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)
