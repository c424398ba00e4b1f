"""Whether a payer covers a service: after own outcomes, before any choice (L15, D40)."""

from __future__ import annotations

from dataclasses import dataclass

from ccm_policy.evaluate.calendar import AFTER_ALL
from ccm_policy.evaluate.derived import derived
from ccm_policy.evaluate.expressions import combined, truth_of
from ccm_policy.evaluate.later import Later, WhenRead
from ccm_policy.evaluate.ranges import Days
from ccm_policy.evaluate.rules import within_days
from ccm_policy.evaluate.scene import Scene
from ccm_policy.evaluate.services import Outcome
from ccm_policy.evaluate.trace import Leaf, Trace
from ccm_policy.facts.values import UNKNOWN
from ccm_policy.language.tree import Coverage, Program
from ccm_policy.language.truth import Truth, conjunction

REFUSING = ("not covered", "never paid separately")
NOT_ESTABLISHED = "not established"
WITH_AUTHORIZATION = "with authorization"
COVERED, REFUSED = "covered", "refused"


@dataclass(frozen=True)
class Covered:
    """What is said of a service's coverage. `truth`: whether it is covered; `established` is False where no published
    rule says.

    `said` are the statements that apply or may apply, the nearest to the practice first; `applies`: whether each does.
    `may_be_silent`: perhaps no published rule says, or none does.
    """

    truth: Truth
    established: bool
    said: tuple[Coverage, ...]
    applies: tuple[Truth, ...]
    trace: WhenRead[Trace] = WhenRead()
    may_be_silent: bool = False


NOTHING_SAID = Covered(True, True, (), (), Trace(None, True, (), label="coverage"))


def covered(outcome: Outcome, program: Program, scene: Scene) -> Covered:
    """Coverage of a service on its day. The last statement that applies decides: a plan's after its payer's."""
    about = derived(program).coverages.get(outcome.service.code)
    if not about:
        return NOTHING_SAID
    served = outcome.served
    said: list[Coverage] = []
    applying: list[Truth] = []
    for coverage in about:
        when = True if coverage.when is None else scene.truth(coverage.when)
        applies = conjunction((_in_force(coverage, served), when))
        if applies is False:
            continue
        said.append(coverage)
        applying.append(applies)
        if applies is True:
            break
    statuses = {coverage.status for coverage in said}
    if True not in applying:
        statuses.add(COVERED)
    ways = {_way(status) for status in statuses}
    truth: Truth = ways != {REFUSED} if len(ways) == 1 else UNKNOWN
    established = ways != {NOT_ESTABLISHED}

    perhaps = NOT_ESTABLISHED in ways

    def trace() -> Trace:
        return Trace(None, truth, tuple(_trace(coverage, scene, served) for coverage in said), label="coverage")

    return Covered(truth, established, tuple(said), tuple(applying), Later(trace), perhaps)


def _way(status: str) -> str:
    """What a statement comes to for the service: paid in some way, refused, or nothing that is published."""
    return REFUSED if status in REFUSING else status if status == NOT_ESTABLISHED else COVERED


def _in_force(coverage: Coverage, served: Days) -> Truth:
    """Whether a service is in a statement's days. Where that goes by date of processing, it is some day from the
    service on."""
    day = Days(served.low, AFTER_ALL) if coverage.by_processing else served
    return within_days(coverage.from_day, coverage.until_day, day)


def _trace(coverage: Coverage, scene: Scene, served: Days) -> Trace:
    dated = _in_force(coverage, served)
    leaf = Leaf("date of processing", UNKNOWN) if dated is UNKNOWN else None
    parts = [Trace(None, dated, leaf=leaf)]
    if coverage.when is not None:
        parts.append(scene.evaluate(coverage.when))
    return combined(None, conjunction(truth_of(part) for part in parts), tuple(parts), coverage.name)
