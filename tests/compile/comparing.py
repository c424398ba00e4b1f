"""What compiled code and the reference make of one patient-month, side by side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from ccm_policy.compile.known import NotCompiledError
from ccm_policy.compile.outcomes import outcomes_of
from ccm_policy.compile.program import Compiled, OfService
from ccm_policy.compile.records import state_of
from ccm_policy.compile.scene import CompiledScene, Slots
from ccm_policy.evaluate.ranges import Days, Picked, Range, Result
from ccm_policy.evaluate.scene import Bound, Scene
from ccm_policy.evaluate.services import Outcome
from ccm_policy.evaluate.stages import own_outcomes
from ccm_policy.facts.values import UNKNOWN, Given


def told(result: Any) -> Any:
    """A value of the reference as compiled code has it; a picked record by its number."""
    if isinstance(result, Range):
        return (result.low, result.high)
    if isinstance(result, Days):
        return (result.low.toordinal(), result.high.toordinal())
    if isinstance(result, Picked):
        return ([r.path for r in result.candidates], result.may_be_none, told(result.at))
    if isinstance(result, date):
        return result.toordinal()
    return result


def truth(result: Result) -> int:
    return 3 if result is True else 0 if result is False else 1 if result is UNKNOWN else 0


def differences(compiled: Compiled, given: Given) -> Iterator[str]:
    """What comes out otherwise: definitions, rules, dates, units, bases, own outcomes."""
    program = compiled.program
    slots = Slots(compiled, given, state_of(given, compiled.layout))
    state = slots.state
    _, scene, outcomes = own_outcomes(given, program)
    for name, definition in program.definitions.items():
        if definition.of is None and definition.type.kind != "record":
            want = scene.defined(name).value
            expected = truth(want) if definition.type.kind == "yes/no" else told(want)
            found = compiled.function(definition.value)(state)
            if definition.type.kind == "yes/no" and found not in (0, 1, 3):
                found = 0
            if found != expected:
                yield f"{name}: {found}, not {expected}"
    for made in compiled.services:
        outcome = outcomes[made.service.code]
        yield from (f"{made.service.code}: {difference}" for difference in _of_service(compiled, made, state, outcome))
    yield from _of_grounds(slots, scene, outcomes)


def _of_grounds(slots: Slots, scene: Scene, outcomes: Mapping[str, Outcome]) -> Iterator[str]:
    """What rests on other facts or definitions: definitions of the month and of each record, rules, units."""
    program, compiled = slots.code.program, CompiledScene(slots)
    for name, definition in program.definitions.items():
        pairs: list[tuple[Bound, Bound]] = [((), ())]
        if definition.of is not None:
            ours, theirs = (facts.list(definition.of).records for facts in (compiled.facts, scene.facts))
            pairs = [((a,), (b,)) for a, b in zip(ours, theirs, strict=True)]
        for at, (a, b) in enumerate(pairs):
            if (found := compiled.grounds([definition.value], a)) != (want := scene.grounds([definition.value], b)):
                yield f"{name} {at} rests on {found}, not {want}"
    for code, outcome in outcomes_of(slots, compiled).items():
        for one, other in zip(outcome.rules, outcomes[code].rules, strict=True):
            if one.grounds != other.grounds:
                yield f"{one.rule.name} rests on {one.grounds}, not {other.grounds}"
        if (outcome.earned_on, outcome.billed_on) != (outcomes[code].earned_on, outcomes[code].billed_on):
            yield f"the units or the base of {code} rest on others"


def _of_service(compiled: Compiled, made: OfService, state: list[Any], outcome: Outcome) -> Iterator[str]:
    units = (outcome.units.low, outcome.units.high)
    own, served = truth(outcome.own), told(outcome.served)
    if (found := made.own(state)) != own:
        yield f"own outcome {found}, not {own}"
    if (pair := made.units(state)) != units:
        yield f"units {pair}, not {units}"
    if (day := made.served(state)) != served:
        yield f"dated {day}, not {served}"
    truths = [truth(judged.truth) for judged in outcome.rules]
    if (rules := [compiled.names[holds](state) for _, holds in made.rules]) != truths:
        names = [j.rule.name for j, a, b in zip(outcome.rules, truths, rules, strict=True) if a != b]
        yield f"rules {', '.join(names)}"


def compared(compiled: Compiled, given: Given) -> list[str] | None:
    """The differences; None where it is left to the reference."""
    try:
        return list(differences(compiled, given))
    except NotCompiledError:
        return None
