"""The whole of a decision, stage after stage (D2): policies, own outcomes, coverage, choice, amounts, claim."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import partial
from itertools import islice

from ccm_policy.evaluate.amounts import Amounts, by_themselves
from ccm_policy.evaluate.choice import NEEDS_INFORMATION, NOT_ESTABLISHED, NOT_SUPPORTED, SUPPORTED
from ccm_policy.evaluate.claim import audit, unaudited
from ccm_policy.evaluate.decision import AuditRisk, Decision, Finding, Provenance, ServiceDecision, Totals
from ccm_policy.evaluate.later import Later, once
from ccm_policy.evaluate.layers import (
    House,
    Layers,
    Under,
    hanging,
    houses_of,
    layers_of,
    with_added,
    word_under,
)
from ccm_policy.evaluate.lines import ClaimLine, last_days, lines_of
from ccm_policy.evaluate.log_checks import MOST_TOLD, overlaps
from ccm_policy.evaluate.missing import missing_facts, within_reach
from ccm_policy.evaluate.money import NOTHING, Money, total
from ccm_policy.evaluate.payment import ceiling
from ccm_policy.evaluate.practice import of_the_practice
from ccm_policy.evaluate.reasons import Reason, name_of
from ccm_policy.evaluate.rules import AUDIT_RISK
from ccm_policy.evaluate.service_decisions import Around, service_in
from ccm_policy.evaluate.stages import COMPILED, Evaluated, Evaluator, evaluated, evaluator_named
from ccm_policy.evaluate.telling import Telling
from ccm_policy.evaluate.verdict import Claim
from ccm_policy.facts.values import Given
from ccm_policy.fees import FeeSchedules
from ccm_policy.language.diagnostics import CcmPolicyError, Diagnostic
from ccm_policy.language.tree import CHOICE_OF_LAYERS, END_OF_RECORD
from ccm_policy.library import Library, Selection

DECIDED = "decided"


@dataclass(frozen=True, slots=True)
class Options:
    """How to evaluate."""

    presumptions: bool = True
    """Whether absent facts may be presumed."""
    reach: Fraction = Fraction(10)
    """Minutes by which a service may be short and still count as within reach."""
    layers: frozenset[str] = frozenset()
    """Optional layers that are asked for, by name."""
    sequestration: bool = False
    """Whether it is shown."""
    evaluator: str = COMPILED
    """What evaluates the rules: `compiled`, or the slower `reference`, which says what they mean. The answers are the
    same."""


def selected(given: Given, library: Library, options: Options) -> Selection | Diagnostic:
    """The policies of a patient-month, with the optional layers that it or the options ask for."""
    asked = given.facts.get(library.vocabulary.marks.get(CHOICE_OF_LAYERS, ""))
    optional = options.layers | (asked if isinstance(asked, frozenset) else frozenset())
    return library.select(given.facts, given.service_month, optional)


def decide(
    given: Given,
    library: Library,
    fees: FeeSchedules,
    options: Options | None = None,
    evaluator: Evaluator | None = None,
) -> Decision:
    """Decide and price one patient-month. `evaluator`: another than the one that the options name. Raises
    `CcmPolicyError` where the library does not know the month."""
    options = options or Options()
    selection = selected(given, library, options)
    if isinstance(selection, Diagnostic):
        raise CcmPolicyError([selection])
    layers = layers_of(library, selection)
    if not layers.established and not layers.waiting_for:
        return _not_established(given, library, fees, layers)
    program = library.program(layers.payers, given.service_month)
    evaluator = evaluator or evaluator_named(options.evaluator)
    word = word_under(library, layers, given)
    under = Under(library, layers, given, evaluator, options.presumptions, word)
    facts, scene, own = under.program(program)
    found = hanging(under, own, program, scene)
    whole, outcomes = with_added(program, own, found.added)
    worth_of = by_themselves(outcomes, whole, scene, fees)
    month = evaluated(whole, facts, scene, outcomes, found.facts, found.reasons, found.added, worth_of)
    houses = houses_of(under)
    lines = lines_of(month)
    priced = Amounts(month, fees, last_days(lines, month))
    resting = once(lambda: under.resting(program, own))
    return _decision(given, month, lines, priced, houses, layers, resting, library, fees, options)


def _decision(
    given: Given,
    month: Evaluated,
    lines: tuple[ClaimLine, ...] | None,
    priced: Amounts,
    houses: tuple[House, ...],
    layers: Layers,
    resting: Callable[[], frozenset[str]],
    library: Library,
    fees: FeeSchedules,
    options: Options,
) -> Decision:
    telling = Telling(month, options.reach)
    second = ceiling(month.facts, month.program, month.scene)
    claim = (
        audit(lines, telling, second, month, priced, fees)
        if layers.established
        else unaudited(given, library.vocabulary, layers.waiting_for)
    )
    around = Around(
        month=month,
        priced=priced,
        houses=houses,
        telling=telling,
        second=second,
        claimed=_families(claim, month),
        resting=resting,
        fees=fees,
        sequestration=options.sequestration,
    )
    services = {code: service_in(around, code) for code in month.chosen}
    risks = once(lambda: tuple(_audit_risks(telling, services, claim)))
    editions = {policy.name: policy.edition for policy in month.program.policies}
    for house in houses:
        editions |= house.editions
    return Decision(
        patient_id=given.patient_id,
        service_month=given.service_month,
        practitioner_id=given.practitioner_id,
        status=DECIDED if layers.established else NEEDS_INFORMATION,
        services=services,
        claim=claim,
        missing=Later(lambda: missing_facts(month, priced, layers.waiting_for)),
        within_reach=Later(lambda: tuple(within_reach(month, priced, options.reach))),
        alternatives=Later(priced.alternatives),
        audit_risks=Later(risks),
        findings=Later(
            lambda: (
                *_findings(month, lines or (), layers),
                *of_the_practice(given, layers, library),
            )
        ),
        totals=Later(lambda: _totals(services, priced, risks())),
        provenance=_provenance(given, library, fees, editions, layers),
        evaluated=month,
    )


def _families(claim: Claim | None, month: Evaluated) -> Collection[str] | None:
    """The programmes of which something is claimed; None where any may be."""
    codes = {line.code for line in claim.lines} if claim is not None else set()
    if None in codes:
        return None
    declared = month.program.services
    return {declared[code].family for code in codes if code in declared}


# --- about the record --------------------------------------------------------------------------------------------


def _audit_risks(telling: Telling, services: Mapping[str, ServiceDecision], claim: Claim | None) -> Iterator[AuditRisk]:
    """Rules that flag services which stand, and checks that flag lines of the claim."""
    flagged: dict[str, tuple[Reason | Later[Reason], list[str]]] = {}
    for code, service in services.items():
        for judged in telling.flags(code) if service.status == SUPPORTED else ():
            reason = Later(partial(telling.of_rule, judged))
            flagged.setdefault(name_of(judged.rule), (reason, []))[1].append(code)
    for line in claim.lines if claim is not None else ():
        for said in line.reasons:
            if said.severity == AUDIT_RISK and said.outcome == "no" and line.code is not None:
                codes = flagged.setdefault(said.key, (said, []))[1]
                if line.code not in codes:
                    codes.append(line.code)
    for first, codes in flagged.values():
        yield AuditRisk(first, tuple(codes))


def _findings(month: Evaluated, lines: tuple[ClaimLine, ...], layers: Layers) -> Iterator[Finding]:
    scene = month.scene
    if not layers.established:
        message = f"Which payer's policies decide, if any do, waits for {', '.join(layers.waiting_for)}."
        yield Finding("CCM-W0710", message, layers.waiting_for[0])
        return
    as_of = scene.marked(END_OF_RECORD).value
    if isinstance(as_of, date) and as_of < scene.last_day:
        where = scene.vocabulary.marks[END_OF_RECORD]
        yield Finding("CCM-W0703", f"The result is provisional: facts are complete up to {as_of.isoformat()}.", where)
        yield from _after(as_of, month)
    for line in lines:
        if line.date is not None and not scene.first_day <= line.date <= scene.last_day:
            message = f"Line {line.number} of the claim is dated outside the service month."
            yield Finding("CCM-W0701", message, line.record.path_of("date"))
    found = list(islice(overlaps(scene.overlap_checks, month.facts, scene), MOST_TOLD + 1))
    for overlap in found[:MOST_TOLD]:
        yield Finding("CCM-W0708", overlap.told(month.program.vocabulary), overlap.other.record.path)
    if len(found) > MOST_TOLD:
        yield Finding("CCM-W0708", f"More of them overlap; {MOST_TOLD} are told.", found[-1].other.record.path)
    for code, standing in month.before.items():
        if standing.status != NOT_SUPPORTED and not standing.established:
            yield Finding("CCM-W0702", f"No published rule of this payer decides {code}; ask the payer.")


def _after(as_of: date, month: Evaluated) -> Iterator[Finding]:
    """Entries of the month, and lines of the claim, that are dated after the day up to which the facts are complete."""
    for name, declared in month.scene.vocabulary.lists.items():
        day = declared.date_field
        if day is None or not (declared.fields[day].type.in_month or name == month.scene.vocabulary.claim):
            continue
        for row, record in enumerate(month.facts.list(name).records, start=1):
            dated = month.facts.cell(record, day).value
            if isinstance(dated, date) and dated > as_of:
                what = f"{(declared.called or 'record').capitalize()} {row} of `{name}` is dated {dated.isoformat()}"
                message = f"{what}, after the day up to which the facts are complete; it counts all the same."
                yield Finding("CCM-W0711", message, record.path_of(day))


def _totals(services: Mapping[str, ServiceDecision], priced: Amounts, risks: tuple[AuditRisk, ...]) -> Totals:
    found = [service for service in services.values() if service.status == SUPPORTED]
    supported = [service for service in found if service.ceiling == "no"]
    at_risk = {code for risk in risks for code in risk.services}

    def summed(amounts: list[Money]) -> Money:
        return total(amount for amount in amounts if amount is not None)

    return Totals(
        summed([s.allowed for s in supported]),
        summed([s.patient_share for s in supported]),
        priced.possible(),
        summed([s.allowed for s in supported if s.code in at_risk]),
        summed([s.allowed for s in found if s.ceiling != "no"]),
        tuple(s.code for s in found if s.allowed is None),
        attested=summed([s.allowed for s in supported if s.attested]),
    )


# --- provenance --------------------------------------------------------------------------------------------------


def _not_established(given: Given, library: Library, fees: FeeSchedules, layers: Layers) -> Decision:
    """No policy speaks for the payer: said openly, priced at nothing (D23)."""
    chosen_by = next(iter(library.outline.established_by), "")
    finding = Finding("CCM-W0704", "No policy in this library speaks for the payer; ask the payer.", chosen_by)
    totals = Totals(NOTHING, NOTHING, NOTHING, NOTHING, NOTHING, ())
    return Decision(
        patient_id=given.patient_id,
        service_month=given.service_month,
        practitioner_id=given.practitioner_id,
        status=NOT_ESTABLISHED,
        services={},
        claim=unaudited(given, library.vocabulary),
        missing=(),
        within_reach=(),
        alternatives=(),
        audit_risks=(),
        findings=(finding,),
        totals=totals,
        provenance=_provenance(given, library, fees, {}, layers),
    )


def _provenance(
    given: Given, library: Library, fees: FeeSchedules, editions: Mapping[str, str], layers: Layers
) -> Provenance:
    from ccm_policy import LANGUAGE_VERSION, __version__

    applied = (*layers.payers, *layers.house)
    return Provenance(
        policies=library.digest,
        fees=fees.digest,
        facts=given.digest,
        package=__version__,
        language=LANGUAGE_VERSION,
        editions=editions,
        layers=applied,
    )
