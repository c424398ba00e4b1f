"""Minutes of a patient-month against what earns units, as the policies say it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from ccm_policy.evaluate.decision import Decision
from ccm_policy.evaluate.ranges import as_number
from ccm_policy.evaluate.scene import Scene
from ccm_policy.evaluate.stages import Evaluated
from ccm_policy.language import tree

_MINUTE = "minute"
_MOST_MARKS = 8


@dataclass(frozen=True, slots=True)
class Mark:
    """From so many minutes on, a service earns a unit, or one more."""

    at: Fraction
    code: str


@dataclass(frozen=True, slots=True)
class Minutes:
    """A quantity of minutes: what is established of it, the most that it may be (None: no limit), and its marks."""

    name: str
    title: str
    low: Fraction
    high: Fraction | None
    marks: tuple[Mark, ...]


def minutes_of(decision: Decision) -> tuple[Minutes, ...]:
    """Each quantity of minutes that services of this patient-month are earned by, of which there may be some."""
    month = decision.evaluated
    if month is None:
        return ()
    found: dict[str, list[Mark]] = {}
    nodes: dict[str, tree.Node] = {}
    for code, told in decision.services.items():
        service = month.program.services.get(code)
        if service is None or told.outside is not None:
            continue
        for amount, mark in _marks(code, service.earning, month.scene):
            nodes.setdefault(_name(amount), amount)
            found.setdefault(_name(amount), []).append(mark)
    made = [_minutes(name, node, found[name], month) for name, node in nodes.items()]
    return tuple(one for one in made if one.high != 0)


def _minutes(name: str, node: tree.Node, marks: list[Mark], month: Evaluated) -> Minutes:
    value = as_number(month.scene.value(node))
    definition = month.program.definitions.get(name)
    title = definition.title if definition is not None and definition.title else name
    ordered = sorted(marks, key=lambda mark: (mark.at, mark.code))
    high = None if value.high is None else Fraction(value.high)
    return Minutes(name, title, Fraction(value.low or 0), high, tuple(ordered))


def _marks(code: str, earning: tree.Earning, scene: Scene) -> Iterator[tuple[tree.Node, Mark]]:
    if earning.step is not None and earning.amount is not None:
        step = as_number(scene.value(earning.step)).low
        beyond = 0 if earning.beyond is None else as_number(scene.value(earning.beyond)).low or 0
        if earning.amount.type.unit == _MINUTE and step:
            top = as_number(scene.value(earning.amount)).high or 0
            first = 1 + max(0, int((top - beyond) // step))
            for count in range(1, min(earning.at_most or first, _MOST_MARKS) + 1):
                yield earning.amount, Mark(Fraction(beyond + count * step), code)
    elif earning.when is not None:
        for needed, amount in _compared(earning.when):
            at = as_number(scene.value(needed)).high
            if at is not None:
                yield amount, Mark(Fraction(at), code)


def _compared(when: tree.Node) -> Iterator[tuple[tree.Node, tree.Node]]:
    """The comparisons with minutes that all have to hold."""
    if isinstance(when, tree.And):
        for part in when.operands:
            yield from _compared(part)
    elif isinstance(when, tree.AtMost) and when.right.type.unit == _MINUTE:
        yield when.left, when.right


def _name(node: tree.Node) -> str:
    if isinstance(node, tree.Defined):
        return node.name
    return node.path if isinstance(node, tree.Fact) else "minutes"
