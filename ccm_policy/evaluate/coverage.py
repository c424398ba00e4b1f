"""Whether a payer covers a service: after own outcomes, before any choice (L15, D40)."""

from __future__ import annotations

from dataclasses import dataclass

from ccm_policy.evaluate.calendar import AFTER_ALL
from ccm_policy.evaluate.expressions import combined, truth_of
from ccm_policy.evaluate.ranges import Days
from ccm_policy.evaluate.rules import within_days
from ccm_policy.evaluate.scene import Scene
from ccm_policy.evaluate.trace import Leaf, Trace
from ccm_policy.facts.values import UNKNOWN
from ccm_policy.language.tree import Coverage, Program
from ccm_policy.language.truth import Truth, conjunction

REFUSING = ("not covered", "never paid separately")
NOT_ESTABLISHED = "not established"
WITH_AUTHORIZATION = "with authorization"
COVERED, REFUSED = "covered", "refused"


@dataclass(frozen=True, slots=True)
class Covered:
    """What is said of a service's coverage. `truth`: whether it is covered; `established` is False where no published
    rule says.

    `said` are the statements that apply or may apply, the nearest to the practice first.
    """

    truth: Truth
    established: bool
    said: tuple[Coverage, ...]
    trace: Trace


def covered(code: str, program: Program, scene: Scene, served: Days) -> Covered:
    """Coverage of a service dated so. The last statement that applies decides: a plan's after its payer's."""
    said: list[Coverage] = []
    traces: list[Trace] = []
    for coverage in reversed([c for c in program.coverages if code in c.codes]):
        applies = _applies(coverage, scene, served)
        if truth_of(applies) is False:
            continue
        said.append(coverage)
        traces.append(applies)
        if truth_of(applies) is True:
            break
    statuses = {coverage.status for coverage in said}
    if not any(truth_of(trace) is True for trace in traces):
        statuses.add(COVERED)
    ways = {_way(status) for status in statuses}
    truth: Truth = ways != {REFUSED} if len(ways) == 1 else UNKNOWN
    established = ways != {NOT_ESTABLISHED}
    return Covered(truth, established, tuple(said), Trace(None, truth, tuple(traces), label="coverage"))


def _way(status: str) -> str:
    """What a statement comes to for the service: paid in some way, refused, or nothing that is published."""
    return REFUSED if status in REFUSING else status if status == NOT_ESTABLISHED else COVERED


def _applies(coverage: Coverage, scene: Scene, served: Days) -> Trace:
    """Whether a statement applies. Where it goes by date of processing, that is some day from the service on."""
    day = Days(served.low, AFTER_ALL) if coverage.by_processing else served
    dated = within_days(coverage.from_day, coverage.until_day, day)
    leaf = Leaf("date of processing", UNKNOWN) if dated is UNKNOWN else None
    parts = [Trace(None, dated, leaf=leaf)]
    if coverage.when is not None:
        parts.append(scene.evaluate(coverage.when))
    return combined(None, conjunction(truth_of(part) for part in parts), tuple(parts), coverage.name)
