"""What the solver says of two programs: that they never differ so, or a patient-month on which they do.

Facts are complete there (S41). Where the extra is not installed nothing is asked, and nothing is said to be proved.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ccm_policy.evaluate.examples import UNNAMED
from ccm_policy.extras import absent
from ccm_policy.facts.plan import PATIENT
from ccm_policy.language import tree as t
from ccm_policy.review.departures import Raw

if TYPE_CHECKING:
    from ccm_policy.prove.ask import Worlds

EXTRA = "prove"
MOST_RECORDS = 2
"""How many records a list has at most where a patient-month is looked for that no search found."""
YES, NO = "yes", "no"


@dataclass(frozen=True, slots=True)
class Said:
    """An answer: `proved` that there is none, or the `facts` of one; neither: not decided up to so many `records`."""

    proved: bool = False
    facts: Raw | None = None
    records: int = 0


Build = Callable[..., Any]


@dataclass(slots=True)
class Solver:
    """Two programs in a month. `applies`: the conditions by which their policies are chosen. `plain`: the patient-month
    near which one is looked for."""

    one: t.Program
    other: t.Program
    month: str
    applies: tuple[t.Node, ...] = ()
    plain: Raw = field(default_factory=dict)
    _worlds: Worlds | None = field(default=None, init=False)

    @staticmethod
    def there() -> bool:
        """Whether a solver is installed."""
        return not absent(EXTRA)

    def lower(self, codes: Sequence[str], looked_for: Sequence[str], shows: Callable[[Raw], bool]) -> Said:
        """Whether the other program ever comes to less of these services than the one: no, or fewer units. A
        patient-month is `looked_for` among these alone."""
        ways = [lambda one, other, some=some: _less(one, other, some) for some in (codes, looked_for)]
        return self._asked(ways[0], ways[1], shows)

    def higher(self, codes: Sequence[str], looked_for: Sequence[str], shows: Callable[[Raw], bool]) -> Said:
        """Whether it ever comes to more."""
        ways = [lambda one, other, some=some: _less(other, one, some) for some in (codes, looked_for)]
        return self._asked(ways[0], ways[1], shows)

    def same(self, code: str) -> bool:
        """Whether it is proved that a service never comes to less or to more."""
        ways = (lambda one, other: _less(one, other, (code,)), lambda one, other: _less(other, one, (code,)))
        return all(self._made().none(way) is not None for way in ways)

    def differs(self, code: str, shows: Callable[[Raw], bool]) -> bool:
        """Whether a patient-month is found in which a service comes to less or to more."""
        ways = (lambda one, other: _less(one, other, (code,)), lambda one, other: _less(other, one, (code,)))
        worlds = self._made()
        return any(
            worlds.none(way, lemmas=False) is None and worlds.least(way, lambda facts: shows(flat(facts))) is not None
            for way in ways
        )

    def _made(self) -> Worlds:
        from ccm_policy.prove.ask import Worlds

        if self._worlds is None:
            self._worlds = Worlds((self.one, self.other), self.month, self.applies, MOST_RECORDS, plain=self.plain)
        return self._worlds

    def _asked(self, build: Build, looked_for: Build, shows: Callable[[Raw], bool]) -> Said:
        from ccm_policy.prove.ask import Shown

        worlds = self._made()
        if worlds.none(build, lemmas=False) is not None:
            return Said(proved=True)
        found: Any = worlds.least(looked_for, lambda facts: shows(flat(facts)))
        if found is None and worlds.none(build) is not None:
            return Said(proved=True)
        found = found or worlds.some(looked_for, lambda facts: shows(flat(facts)))
        if isinstance(found, Shown):
            return Said(facts=flat(found.facts))
        return Said(records=worlds.most)


def _less(one: Any, other: Any, codes: Sequence[str]) -> Any:
    import z3

    ways = []
    for code in codes:
        if code not in one.program.services:
            continue
        if code not in other.program.services:
            ways.append(one.own(code))
            continue
        fewer = z3.And(one.own(code), other.own(code), other.units(code) < one.units(code))
        ways += [z3.And(one.own(code), z3.Not(other.own(code))), fewer]
    return z3.Or(*ways)


def flat(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Facts as a record is written: by dotted paths, every value as text."""
    found: dict[str, Any] = {}
    for name, value in _paths(facts, ""):
        if isinstance(value, list) and all(isinstance(row, Mapping) for row in value):
            found[name] = [{field: _text(cell) for field, cell in _paths(row, "")} for row in value]
        else:
            found[name] = _text(value)
    return {PATIENT: UNNAMED} | found


def _paths(held: Mapping[str, Any], above: str) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for name, value in held.items():
        found += _paths(value, f"{above}{name}.") if isinstance(value, Mapping) else [(f"{above}{name}", value)]
    return found


def _text(value: Any) -> Any:
    if isinstance(value, bool):
        return YES if value else NO
    if isinstance(value, list):
        return [_text(each) for each in value] or "none"
    return value if value is None else str(value)
