"""What a review keeps of a decision: few words for each service, so that the whole of a panel can be held twice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from ccm_policy.evaluate.decide import selected
from ccm_policy.evaluate.decision import Decision, ServiceDecision
from ccm_policy.evaluate.money import NOTHING, amounts_of
from ccm_policy.facts.chunks import Chunk
from ccm_policy.facts.reading import Seen, read_chunk
from ccm_policy.facts.values import Given
from ccm_policy.language.diagnostics import Diagnostic
from ccm_policy.library import Selection
from ccm_policy.panel.work import Done, Made, Undecided, Unread, Work
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


@dataclass(frozen=True, slots=True)
class Kept:
    """The form in which decisions are kept."""

    def of(self, decision: Decision) -> Outcome:
        """The decision."""
        services = {code: _service(s) for code, s in decision.services.items() if s.outside is None}
        return Outcome(
            patient=decision.patient_id,
            month=decision.service_month,
            practitioner=decision.practitioner_id,
            made_of=(decision.provenance.facts, ""),
            status=decision.status,
            services=services,
        )

    def with_findings(self, made: Outcome, found: Iterable[object]) -> Outcome:
        """The same: findings bill nothing."""
        return made


def _service(of: ServiceDecision) -> Service:
    amounts = sorted(amounts_of(of.allowed))
    against = tuple(Turned(reason.key, reason.title or reason.rule, reason.outcome) for reason in of.against)
    return Service(
        status=of.status,
        units=of.units,
        allowed=amounts[0] if amounts else None,
        range=len(set(amounts)) > 1,
        certain=of.ceiling == "no",
        yields_to=of.yields_to,
        against=against,
    )


@dataclass(frozen=True, slots=True)
class Reviewing:
    """The work of one side. `month`: to which facts are carried; `known`: facts and rules of which the outcome is
    known."""

    work: Work[Outcome]
    month: str | None = None
    known: frozenset[tuple[str, str]] = frozenset()

    def __call__(self, chunk: Chunk) -> Done[Outcome | AsBefore]:
        seen = Seen()
        results = tuple(map(self._result, read_chunk(chunk, self.work.reader, seen)))
        return Done(results, sum(1 for _ in chunk.keys()), seen)  # noqa: SIM118

    def _result(self, found: Given | Diagnostic) -> Made[Outcome | AsBefore] | Unread | Undecided:
        if isinstance(found, Diagnostic):
            return Unread(found)
        given = found if self.month is None else carried(found, self.month, self.work.library.vocabulary)
        made_of = (given.digest, self._rules(given))
        if made_of in self.known:
            return Made(AsBefore(made_of), False, ())
        result = self.work.result(given)
        if not isinstance(result, Made):
            return result
        return Made(replace(result.form, made_of=made_of, month=found.service_month), False, ())

    def _rules(self, given: Given) -> str:
        """The digest of all that decides the record; empty where that is not known."""
        library = self.work.library
        selection = selected(given, library, self.work.options)
        if not isinstance(selection, Selection):
            return ""
        names = dict.fromkeys((*selection.policies, *(name for name, _ in selection.possible)))
        return f"{library.content_of(tuple(names), given.service_month)} {selection}"
