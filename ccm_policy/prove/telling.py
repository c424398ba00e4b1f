"""Answers as they are written: plain data, messages about what does not hold, facts as a person would read them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ccm_policy.language.diagnostics import Diagnostic, error, shown
from ccm_policy.prove.questions import ALWAYS_MET, BITES, INVARIANT, NEVER_MET, STANDS, TIGHTENS
from ccm_policy.prove.whole import Told

_SAID = {
    INVARIANT: (
        "E0760",
        "`{name}` does not hold: {text}",
        "correct the rules that allow it, or the invariant; the facts below show such a month",
    ),
    TIGHTENS: (
        "E0761",
        "the layer loosens its base: not so that it {text}",
        "keep what the base asks, or write `relaxes` with `cite` in the layer; the facts below show it",
    ),
    ALWAYS_MET: (
        "E0762",
        "`{name}` holds in every month, so it decides nothing",
        "take it out, or ask what can fail; whatever the facts, it holds",
    ),
    NEVER_MET: (
        "E0763",
        "`{name}` holds in no month, so it refuses its services always",
        "correct its conditions: they contradict one another, or other facts",
    ),
    BITES: (
        "E0764",
        "`{name}` never refuses what nothing else refuses",
        "take it out, or correct what it forbids: other rules refuse the same already",
    ),
    STANDS: (
        "E0765",
        "`{name}` permits {text}, and no month supports it",
        "mend the rule that forbids it, or take the permission out",
    ),
}
"""Of each kind of question whose answer is not as it should be: the code, what is wrong, what to do."""


def wrong(told: Told) -> Diagnostic:
    """What to say of a question whose answer is not as it should be."""
    code, says, help = _SAID[told.kind]
    return error(code, says.format(name=told.name, text=told.text), told.span, help=help)


def plain(told: Told) -> dict[str, Any]:
    """An answer as `--format json` writes it."""
    found = {
        "kind": told.kind,
        "name": told.name,
        "text": told.text,
        "policy": told.policy,
        "edition": told.edition,
        "month": told.month,
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
