"""What a review keeps of a decision: few words for each service, so that the whole of a panel can be held twice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from ccm_policy.evaluate import Options
from ccm_policy.evaluate.decide import selected
from ccm_policy.evaluate.decision import Decision, ServiceDecision
from ccm_policy.evaluate.money import NOTHING, amounts_of
from ccm_policy.evaluate.panel import decided_or_not
from ccm_policy.evaluate.reasons import ADDS_TO, EARNS, name_of
from ccm_policy.evaluate.stages import Evaluated
from ccm_policy.facts.chunks import Chunk
from ccm_policy.facts.reading import Reader, Seen, read_chunk
from ccm_policy.facts.values import Given
from ccm_policy.fees import FeeSchedules
from ccm_policy.language.diagnostics import Diagnostic
from ccm_policy.language.truth import word
from ccm_policy.library import Library, Selection
from ccm_policy.panel.work import Done, Made, Undecided, Unread
from ccm_policy.review.carried import carried

SUPPORTED = "supported"


@dataclass(frozen=True, slots=True)
class Turned:
    """A rule that does not hold, or is not known to. `key`: its policy and name."""

    key: str
    title: str
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A service as it is decided. `allowed`: the least that it comes to; None: it has no price. `range`: whether it may
    come to more. `certain`: whether no other payer may come first."""

    status: str
    units: int
    allowed: Decimal | None
    range: bool
    certain: bool
    yields_to: str | None
    against: tuple[Turned, ...] = field(compare=False)

    @property
    def bills(self) -> bool:
        """Whether it is billed."""
        return self.status == SUPPORTED

    @property
    def dollars(self) -> Decimal:
        """What it adds to the totals."""
        return self.allowed if self.bills and self.certain and self.allowed is not None else NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A patient-month as it is decided. `made_of`: the digest of its facts, and of the rules that it was decided by."""

    patient: str
    month: str
    practitioner: str | None
    made_of: tuple[str, str]
    status: str
    services: Mapping[str, Service]


@dataclass(frozen=True, slots=True)
class AsBefore:
    """A patient-month that needs no decision: one of the same facts and rules is known."""

    made_of: tuple[str, str]


def outcome_of(decision: Decision, made_of: tuple[str, str], month: str) -> Outcome:
    """What is kept of a decision. `month`: of the record, before it was carried to another."""
    seen = decision.evaluated
    services = {} if seen is None else decision.services
    return Outcome(
        patient=decision.patient_id,
        month=month,
        practitioner=decision.practitioner_id,
        made_of=made_of,
        status=decision.status,
        services={code: _service(s, seen) for code, s in services.items() if s.outside is None and seen is not None},
    )


def _service(of: ServiceDecision, month: Evaluated) -> Service:
    amounts = sorted(amounts_of(of.allowed))
    return Service(
        status=of.status,
        units=of.units,
        allowed=amounts[0] if amounts else None,
        range=len(set(amounts)) > 1,
        certain=of.ceiling == "no",
        yields_to=of.yields_to,
        against=tuple(_against(of, month)),
    )


def _against(of: ServiceDecision, month: Evaluated) -> Iterator[Turned]:
    """What stands against a service. To tell a reason costs more than to know its truth, so it is only told where
    something else than the service's own rules stands against it."""
    by_others = of.own_outcome == "yes" and of.status != SUPPORTED
    if by_others or month.undecided_reasons.get(of.code):
        yield from (Turned(reason.key, reason.title or reason.rule, reason.outcome) for reason in of.against)
        return
    outcome = month.outcomes[of.code]
    if outcome.earns is not True:
        yield Turned(EARNS, "Units earned", word(outcome.earns))
    for rule, truth in outcome.truths:
        if rule.decides and truth is not True:
            yield Turned(name_of(rule), rule.title or rule.name, word(truth))
    if outcome.base is not None and outcome.base is not True:
        yield Turned(ADDS_TO, f"Adds to {' or '.join(outcome.service.base)}", word(outcome.base))


@dataclass(frozen=True, slots=True)
class Reviewing:
    """The work of one side. `month`: to which facts are carried; `known`: facts and rules of which the outcome is
    known."""

    library: Library
    fees: FeeSchedules
    options: Options
    reader: Reader
    month: str | None = None
    known: frozenset[tuple[str, str]] = frozenset()

    def __call__(self, chunk: Chunk) -> Done[Outcome | AsBefore]:
        seen = Seen()
        results = tuple(map(self._result, read_chunk(chunk, self.reader, seen)))
        return Done(results, sum(1 for _ in chunk.keys()), seen)  # noqa: SIM118

    def _result(self, found: Given | Diagnostic) -> Made[Outcome | AsBefore] | Unread | Undecided:
        if isinstance(found, Diagnostic):
            return Unread(found)
        given = found if self.month is None else carried(found, self.month, self.library.vocabulary)
        made_of = (given.digest, self._rules(given))
        if made_of in self.known:
            return Made(AsBefore(made_of), False, ())
        decision = decided_or_not(given, self.library, self.fees, self.options)
        if isinstance(decision, list):
            return Undecided(tuple(decision))
        return Made(outcome_of(decision, made_of, found.service_month), False, ())

    def _rules(self, given: Given) -> str:
        """The digest of all that decides the record; empty where that is not known."""
        library = self.library
        selection = selected(given, library, self.options)
        if not isinstance(selection, Selection):
            return ""
        names = dict.fromkeys((*selection.policies, *(name for name, _ in selection.possible)))
        return f"{library.content_of(tuple(names), given.service_month)} {selection}"
