"""Which policies apply to a patient-month: those that certainly do, and those that hang on a fact nobody gave."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from ccm_policy.language import tree as t
from ccm_policy.language.diagnostics import Diagnostic, error
from ccm_policy.language.values import NONE, UNKNOWN, Special, Value
from ccm_policy.library.outline import Outline, PolicyOutline


@dataclass(frozen=True, slots=True)
class Selection:
    """The policies for a patient-month.

    `policies`: those that certainly apply, with their bases, in the order of their layers. `possible`: layers that may
    apply, each with the facts that would decide it. `established`: whether some policy speaks for this payer at all.
    """

    policies: tuple[str, ...]
    possible: tuple[tuple[str, tuple[str, ...]], ...] = ()
    established: bool = True


@dataclass(frozen=True, slots=True)
class Answer:
    """Yes, no or unknown (None), and the facts that an unknown hangs on."""

    truth: bool | None
    missing: frozenset[str] = frozenset()


def select(
    outline: Outline, facts: Mapping[str, Value], month: str, optional: frozenset[str]
) -> Selection | Diagnostic:
    """The policies for these facts in a month; a diagnostic where the library does not know the month."""
    if month > outline.known_through:
        message = f"this library knows its policies through {outline.known_through}, and {month} is later"
        help = "get a library that knows the month; nothing is carried forward"
        return error("E0440", message, help=help)
    first = min((p.editions[0].month for p in outline.policies.values()), default=month)
    if month < first:
        message = f"this library's first edition begins in {first}, and {month} is earlier"
        return error("E0441", message, help="correct the month, or ask the payer: nothing is carried backward")
    unknown_layers = sorted(o for o in optional if o not in outline.policies or not outline.policies[o].optional)
    if unknown_layers:
        return _no_such_layer(outline, unknown_layers[0])
    answers = {name: _applies(outline, p, facts, optional) for name, p in outline.policies.items()}
    return _selected(outline, month, answers)


def _no_such_layer(outline: Outline, name: str) -> Diagnostic:
    known = sorted(p.name for p in outline.policies.values() if p.optional)
    listing = ", ".join(f"`{k}`" for k in known)
    help = f"the optional layers are {listing}" if known else "this library has no optional layers"
    return error("E0442", f"there is no optional layer `{name}`", help=help)


def _applies(outline: Outline, policy: PolicyOutline, facts: Mapping[str, Value], optional: frozenset[str]) -> Answer:
    if policy.optional and policy.name not in optional:
        return Answer(False)
    if policy.applies is None:
        return Answer(policy.optional)
    return truth(policy.applies, facts, outline.vocabulary)


def _selected(outline: Outline, month: str, answers: Mapping[str, Answer]) -> Selection:
    """Policies that speak for the payer bring their bases; every other layer applies where its base is in the chain."""
    there = {n for n, p in outline.policies.items() if p.edition(month) is not None}
    speaking = {n for n in there if answers[n].truth and _speaks(outline, outline.policies[n])}
    chain = {n for n in outline.with_bases(frozenset(speaking)) if n in there}
    possible: dict[str, frozenset[str]] = {}
    brought = _perhaps_brought(outline, there - chain, answers)
    growing = True
    while growing:
        growing = False
        for name in sorted(there - chain):
            missing = _missing(outline, name, answers[name], chain, possible, brought)
            if missing is None or possible.get(name) == missing:
                continue
            growing = True
            if missing:
                possible[name] = missing
            else:
                chain.add(name)
                possible.pop(name, None)
    ordered = [n for n in outline.in_order(frozenset(possible)) if n not in chain]
    return Selection(
        outline.in_order(frozenset(chain)),
        tuple((n, tuple(sorted(possible[n]))) for n in ordered),
        bool(speaking),
    )


def _perhaps_brought(outline: Outline, names: set[str], answers: Mapping[str, Answer]) -> dict[str, frozenset[str]]:
    """Bases that come along if a policy speaks for the payer which only perhaps applies, and the facts it hangs on."""
    brought: dict[str, frozenset[str]] = {}
    for name in names:
        if answers[name].truth is None and _speaks(outline, outline.policies[name]):
            for base in outline.with_bases(frozenset({name})) & names:
                brought[base] = brought.get(base, frozenset()) | answers[name].missing
    return brought


def _missing(
    outline: Outline,
    name: str,
    answer: Answer,
    chain: set[str],
    possible: Mapping[str, frozenset[str]],
    brought: Mapping[str, frozenset[str]],
) -> frozenset[str] | None:
    """The facts that decide whether a policy applies: none where it certainly does; None where it does not."""
    policy = outline.policies[name]
    if answer.truth is False:
        return None
    missing = answer.missing
    for base in () if _speaks(outline, policy) else policy.extends:
        if base not in chain:
            if base not in possible and base not in brought:
                return None
            missing |= possible.get(base, frozenset()) | brought.get(base, frozenset())
    return missing


def _speaks(outline: Outline, policy: PolicyOutline) -> bool:
    return bool(set(policy.reads) & set(outline.established_by))


SELECTING = (
    t.And, t.Or, t.Not, t.In, t.IsNone, t.IncludesAtLeast, t.Equal, t.AtMost, t.Const, t.FirstPart, t.Fact
)  # fmt: skip
"""What a condition on selecting facts may be made of: a policy is chosen before any list or table is read."""


# --- conditions on selecting facts, in three values ----------------------------------------------------------------


def truth(node: t.Node, facts: Mapping[str, Value], vocabulary: t.Vocabulary) -> Answer:
    """Whether a condition on selecting facts holds (strong Kleene)."""
    if isinstance(node, t.And | t.Or):
        return _joined(node, [truth(o, facts, vocabulary) for o in node.operands])
    if isinstance(node, t.Not):
        answer = truth(node.operand, facts, vocabulary)
        return answer if answer.truth is None else Answer(not answer.truth)
    if isinstance(node, t.In):
        found, missing = value(node.operand, facts, vocabulary)
        return Answer(None, missing) if found is UNKNOWN else Answer(found in node.values)
    if isinstance(node, t.IsNone):
        found, missing = value(node.operand, facts, vocabulary)
        return Answer(None, missing) if found is UNKNOWN else Answer(found is NONE)
    if isinstance(node, t.IncludesAtLeast):
        found, missing = value(node.operand, facts, vocabulary)
        if found is UNKNOWN:
            return Answer(None, missing)
        held = found if isinstance(found, frozenset) else frozenset()
        return Answer(len(held & set(node.values)) >= node.number)
    if isinstance(node, t.Equal | t.AtMost):
        return _compared(node, facts, vocabulary)
    found, missing = value(node, facts, vocabulary)
    return Answer(None, missing) if found is UNKNOWN else Answer(found is True)


def _joined(node: t.And | t.Or, answers: list[Answer]) -> Answer:
    settling = isinstance(node, t.Or)
    if any(a.truth is settling for a in answers):
        return Answer(settling)
    if all(a.truth is not None for a in answers):
        return Answer(not settling)
    return Answer(None, frozenset().union(*(a.missing for a in answers if a.truth is None)))


def _compared(node: t.Equal | t.AtMost, facts: Mapping[str, Value], vocabulary: t.Vocabulary) -> Answer:
    left, missing_left = value(node.left, facts, vocabulary)
    right, missing_right = value(node.right, facts, vocabulary)
    if left is UNKNOWN or right is UNKNOWN:
        return Answer(None, missing_left | missing_right)
    if isinstance(node, t.Equal):
        return Answer(left is not NONE and left == right)
    one, other = _order(left), _order(right)
    return Answer(one < other or (one == other and not node.strict))


def _order(found: Value) -> tuple[int, str | Fraction]:
    """A key by which values of one type compare; none is later than every day."""
    if isinstance(found, Special):
        return (1, "")
    if isinstance(found, Fraction):
        return (0, found)
    return (0, found.isoformat() if isinstance(found, date) else str(found))


def value(node: t.Node, facts: Mapping[str, Value], vocabulary: t.Vocabulary) -> tuple[Value, frozenset[str]]:
    """The value of a selecting fact, a constant or a part of a text; and the facts that are missing."""
    if isinstance(node, t.Const):
        return _constant(node), frozenset()
    if isinstance(node, t.FirstPart):
        found, missing = value(node.operand, facts, vocabulary)
        return (found.partition("-")[0] if isinstance(found, str) else found), missing
    if isinstance(node, t.Fact):
        return _fact(node.path, facts, vocabulary)
    return UNKNOWN, frozenset()


def _constant(node: t.Const) -> Value:
    if isinstance(node.value, Decimal):
        return Fraction(node.value)
    return frozenset(node.value) if isinstance(node.value, tuple) else node.value


def _fact(path: str, facts: Mapping[str, Value], vocabulary: t.Vocabulary) -> tuple[Value, frozenset[str]]:
    if path in facts:
        given = facts[path]
        return given, frozenset({path}) if given is UNKNOWN else frozenset()
    absent = vocabulary.facts[path].absent
    if absent.how == "none" and absent.unless is None:
        return NONE, frozenset()
    if absent.how in ("presumed", "computed") and absent.value is not None and absent.unless is None:
        found, missing = value(absent.value, facts, vocabulary)
        return found, missing | {path} if found is UNKNOWN else missing
    return UNKNOWN, frozenset({path})
