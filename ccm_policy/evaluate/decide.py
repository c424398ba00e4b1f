"""The whole of a decision, stage after stage (D2): policies, own outcomes, coverage, choice, amounts, claim."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from itertools import islice

from ccm_policy.evaluate import reasons
from ccm_policy.evaluate.amounts import Amounts, amounts, worths_for_choice
from ccm_policy.evaluate.choice import NEEDS_INFORMATION, NOT_ESTABLISHED, NOT_SUPPORTED, SUPPORTED
from ccm_policy.evaluate.claim import audit, unaudited
from ccm_policy.evaluate.coverage import WITH_AUTHORIZATION
from ccm_policy.evaluate.decision import AuditRisk, Decision, Finding, Provenance, ServiceDecision, Totals
from ccm_policy.evaluate.expressions import truth_of
from ccm_policy.evaluate.layers import House, Layers, Under, hanging, houses_of, layers_of, with_added
from ccm_policy.evaluate.lines import ClaimLine, last_days, lines_of
from ccm_policy.evaluate.log_checks import MOST_TOLD, overlaps
from ccm_policy.evaluate.missing import missing_facts, missing_of, shortage, units_depend_on, within_reach
from ccm_policy.evaluate.modifiers import carried
from ccm_policy.evaluate.money import NOTHING, Money, total
from ccm_policy.evaluate.payment import Ceiling, Share, ceiling, patient_share, withheld
from ccm_policy.evaluate.reasons import ADDS_TO, AUDIT_RISK, DECIDES, EARNS, Reason
from ccm_policy.evaluate.scene import Scene
from ccm_policy.evaluate.services import IN_LIFE, Outcome, died_on, of_life
from ccm_policy.evaluate.stages import REFERENCE, Evaluated, evaluated, evaluator_named
from ccm_policy.evaluate.trace import Leaf
from ccm_policy.evaluate.verdict import Claim
from ccm_policy.facts.values import UNKNOWN, Given
from ccm_policy.fees import FeeSchedules
from ccm_policy.language.diagnostics import CcmPolicyError, Diagnostic
from ccm_policy.language.tree import CHOICE_OF_LAYERS, END_OF_RECORD
from ccm_policy.language.truth import word
from ccm_policy.library import Library

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
    evaluator: str = REFERENCE
    """What evaluates the rules: `reference`, which says what they mean. The answers of all are the same."""


def decide(given: Given, library: Library, fees: FeeSchedules, options: Options | None = None) -> Decision:
    """Decide and price one patient-month. Raises `CcmPolicyError` where the library does not know the month."""
    options = options or Options()
    asked = given.facts.get(library.vocabulary.marks.get(CHOICE_OF_LAYERS, ""))
    optional = options.layers | (asked if isinstance(asked, frozenset) else frozenset())
    selection = library.select(given.facts, given.service_month, optional)
    if isinstance(selection, Diagnostic):
        raise CcmPolicyError([selection])
    layers = layers_of(library, selection)
    if not layers.established and not layers.possible:
        return _not_established(given, library, fees, layers)
    program = library.program(layers.payers, given.service_month)
    under = Under(library, layers, given, evaluator_named(options.evaluator), options.presumptions)
    facts, scene, own = under.program(program)
    found = hanging(under, own, program, scene)
    whole, outcomes = with_added(program, own, found.added)
    worths = worths_for_choice(outcomes, whole, scene, fees)
    month = evaluated(whole, facts, scene, outcomes, found.facts, found.reasons, found.added, worths)
    houses = houses_of(under)
    lines = lines_of(month)
    priced = amounts(month, fees, last_days(lines, month))
    return _decision(given, month, lines, priced, houses, layers, library, fees, options)


def _decision(
    given: Given,
    month: Evaluated,
    lines: tuple[ClaimLine, ...] | None,
    priced: Amounts,
    houses: tuple[House, ...],
    layers: Layers,
    library: Library,
    fees: FeeSchedules,
    options: Options,
) -> Decision:
    judged = {id(j): j for outcome in month.outcomes.values() for j in outcome.rules}
    written = {key: reasons.of_rule(rule, month.scene) for key, rule in judged.items()}
    services = {code: _service(code, month, priced, houses, written, fees, options) for code in month.chosen}
    claim = (
        audit(lines, {code: s.reasons for code, s in services.items()}, month, priced, fees)
        if layers.established
        else unaudited(given, library.vocabulary, layers.waiting_for, library.outline.lives)
    )
    services = dict(_outside(month, services, claim))
    risks = tuple(_audit_risks(month, services, claim))
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
        missing=missing_facts(month, priced, layers.waiting_for),
        within_reach=tuple(within_reach(month, priced, options.reach)),
        alternatives=priced.alternatives(),
        audit_risks=risks,
        findings=tuple(_findings(month, lines or (), services, layers)),
        totals=_totals(services, priced, risks),
        provenance=_provenance(given, library, fees, editions, layers),
        evaluated=month,
    )


# --- one service -------------------------------------------------------------------------------------------------


def _service(
    code: str,
    month: Evaluated,
    priced: Amounts,
    houses: tuple[House, ...],
    written: Mapping[int, Reason],
    fees: FeeSchedules,
    options: Options,
) -> ServiceDecision:
    outcome, standing = month.outcomes[code], month.chosen[code]
    worth = priced.worths[code]
    supported = standing.status == SUPPORTED
    hangs = bool(month.undecided_layers.get(code))
    units = outcome.established_units if supported else 0
    allowed = priced.of(code, units) if supported else None
    modifiers, waiting = carried(outcome.service, units, priced.dates[code], month.scene) if supported else ((), ())
    second = ceiling(month.scene) if supported else Ceiling()
    share = patient_share(allowed, worth.payment, month.scene) if supported and second.is_one is False else Share(None)
    return ServiceDecision(
        code=code,
        title=outcome.service.title,
        status=standing.status,
        own_outcome="unknown" if hangs else word(outcome.own),
        units=units,
        possible_units=_possible_units(outcome, month, code),
        yields_to=standing.yields_to,
        held=next((reason for house in houses if (reason := _held(code, house))), None) if supported else None,
        modifiers=modifiers,
        allowed=allowed,
        ceiling=word(second.is_one),
        amount_note="; ".join(note for note in (worth.note, second.note) if note) or None if supported else None,
        patient_share=share.amount,
        patient_share_note=share.note,
        sequestration=withheld(allowed, share, worth.payment, priced.dates[code], fees)
        if options.sequestration and second.is_one is False
        else None,
        date_of_service=priced.dates[code],
        reasons=tuple(_reasons(code, month, written, options)),
        missing=missing_of(month, code),
        units_depend_on=units_depend_on(month, code),
        notes=(*_notes(code, month), *waiting),
    )


def _possible_units(outcome: Outcome, month: Evaluated, code: str) -> int | None:
    settled_no = month.before[code].status not in (SUPPORTED, "needs_information") or month.chosen[code].yields_to
    return 0 if settled_no else outcome.possible_units


def _held(code: str, house: House) -> Reason | None:
    """The practice's reason to hold what the payer supports: what fails under its rules, else what is not known."""
    outcome = house.outcomes.get(code)
    if outcome is None or outcome.own is True:
        return None
    found = [reasons.of_rule(judged, house.scene) for judged in outcome.rules if judged.rule.decides]
    found.append(_units_reason(outcome, house.scene))
    if outcome.base is not None:
        found.append(_base_reason(outcome, house.scene))
    held = min(found, key=lambda reason: ("no", "unknown", "yes").index(reason.outcome))
    if not house.waits_for:
        return held
    message = f"`{house.name}` would hold this; whether it applies waits for {', '.join(house.waits_for)}."
    leaves = tuple(Leaf(path, UNKNOWN) for path in house.waits_for)
    return replace(held, outcome="unknown", exception=None, message=message, remedy=None, facts=leaves, rests_on=())


def _notes(code: str, month: Evaluated) -> Iterator[str]:
    for higher in month.chosen[code].may_yield_to:
        facts = ", ".join(missing_of(month, higher))
        yield f"Yields to {higher} if that turns out to be supported; it waits for {facts}."
    for said in month.coverage[code].said:
        if said.status == WITH_AUTHORIZATION:
            yield "Covered with authorization by the payer."


def _reasons(code: str, month: Evaluated, written: Mapping[int, Reason], options: Options) -> list[Reason]:
    """All reasons: what decides first, then what flags, then what holds. What fails stands before what is unknown, the
    cheapest to mend before all (D38).

    `written`: the reasons of the rules, which services share.
    """
    outcome, standing, scene = month.outcomes[code], month.chosen[code], month.scene
    found = [_units_reason(outcome, scene), *(written[id(judged)] for judged in outcome.rules)]
    if outcome.base is not None:
        found.append(_base_reason(outcome, scene))
    found += () if code in month.added else _life_reason(outcome, scene)
    found += reasons.of_coverage(month.coverage[code], scene)
    if standing.preference is not None and standing.yields_to is not None:
        found.append(reasons.of_choice(standing.preference, code, standing.yields_to))
    elif standing.preference is not None:
        notes = [month.worths[other].note for other in standing.among if other in month.worths]
        why = next((note for note in notes if note), None)
        found.append(reasons.of_open_choice(standing.preference, missing_of(month, code), why))
    undecided = month.undecided_reasons.get(code, {})
    found = [reasons.left_open(reason, undecided.get(reason.key, ())) for reason in found]
    short = shortage(outcome, scene)
    near = died_on(scene) is not None or (short is not None and short.amount <= options.reach)

    def cost(reason: Reason) -> tuple[bool, bool, int, int]:
        flags, outcome = reason.severity != DECIDES, ("no", "unknown", "yes").index(reason.outcome)
        mend = 1 if reason.rule == EARNS and near else 2 if reason.remedy else 3
        mend = 0 if reason.rule == IN_LIFE else mend
        return reason.outcome == "yes", flags, outcome, mend if reason.outcome == "no" else 0

    return sorted(found, key=cost)


def _units_reason(outcome: Outcome, scene: Scene) -> Reason:
    truth = outcome.earns
    short = shortage(outcome, scene)
    message = None if short is None or truth is True else f"{short.reached}: short by {short}."
    died = died_on(scene)
    if message is not None and died is not None:
        message += f" The patient died on {died.isoformat()}; nothing is added after that day."
    service = outcome.service
    return reasons.of_part(
        EARNS, "Units earned", service.where, truth, (outcome.earned,), scene, message, service.cites,
        service.basis, service.confidence,
    )  # fmt: skip


def _life_reason(outcome: Outcome, scene: Scene) -> Iterator[Reason]:
    """That the patient lived in the month, where that is not so or not known."""
    part = of_life(scene)
    if part is not None:
        truth, died = truth_of(part), died_on(scene)
        message = None if died is None else f"The patient died on {died.isoformat()}, before the month."
        title = "The patient lived in the month"
        yield reasons.of_part(IN_LIFE, title, outcome.service.where, truth, (part,), scene, message)


def _base_reason(outcome: Outcome, scene: Scene) -> Reason:
    """Whether there is a base; a base of this month has its reasons in its own place."""
    assert outcome.base is not None and outcome.adds_to is not None
    service, truth = outcome.service, outcome.base
    message = f"It adds to {' or '.join(service.base)}, which is not supported." if truth is False else None
    title = f"Adds to {' or '.join(service.base)}"
    elsewhere = tuple(part for part in outcome.adds_to.deciders if part.label not in service.base)
    return reasons.of_part(
        ADDS_TO, title, service.where, truth, elsewhere, scene, message, service.cites, service.basis,
        service.confidence,
    )  # fmt: skip


def _outside(
    month: Evaluated, services: Mapping[str, ServiceDecision], claim: Claim | None
) -> Iterator[tuple[str, ServiceDecision]]:
    """Mark the services of programmes in which the patient is settled not to be, with nothing of them claimed."""
    declared = month.program.services
    claimed = {line.code for line in claim.lines} if claim is not None else set()
    families = {service.family for code, service in declared.items() if code in claimed}
    for code, service in services.items():
        entered, family = declared[code].entered, declared[code].family
        asked = service.own_outcome != "no" or service.status != NOT_SUPPORTED or family in families or None in claimed
        out = not asked and entered is not None and month.scene.truth(entered) is False
        yield code, replace(service, outside=family) if out else service


# --- about the record --------------------------------------------------------------------------------------------


def _audit_risks(month: Evaluated, services: Mapping[str, ServiceDecision], claim: Claim | None) -> Iterator[AuditRisk]:
    """Rules that flag services which stand, and checks that flag lines of the claim."""
    flagged: dict[tuple[str, str], tuple[Reason, list[str]]] = {}
    for code, service in services.items():
        if service.status == SUPPORTED:
            for reason in service.reasons:
                if reason.severity == AUDIT_RISK and reason.outcome == "no":
                    flagged.setdefault((reason.policy, reason.rule), (reason, []))[1].append(code)
    for line in claim.lines if claim is not None else ():
        for reason in line.reasons:
            if reason.severity == AUDIT_RISK and reason.outcome == "no" and line.code is not None:
                codes = flagged.setdefault((reason.policy, reason.rule), (reason, []))[1]
                if line.code not in codes:
                    codes.append(line.code)
    for reason, codes in flagged.values():
        yield AuditRisk(reason, tuple(codes))


def _findings(
    month: Evaluated, lines: tuple[ClaimLine, ...], services: Mapping[str, ServiceDecision], layers: Layers
) -> Iterator[Finding]:
    scene = month.scene
    if not layers.established:
        message = f"Which policy speaks for the payer, if any does, waits for {', '.join(layers.waiting_for)}."
        yield Finding("CCM-W0710", message, layers.waiting_for[0])
    as_of = scene.marked(END_OF_RECORD).value
    if isinstance(as_of, date) and as_of < scene.last_day:
        where = scene.vocabulary.marks[END_OF_RECORD]
        yield Finding("CCM-W0703", f"The result is provisional: facts are complete up to {as_of.isoformat()}.", where)
    for line in lines:
        if line.date is not None and not scene.first_day <= line.date <= scene.last_day:
            message = f"Line {line.number} of the claim is dated outside the service month."
            yield Finding("CCM-W0701", message, line.record.path_of("date"))
    found = list(islice(overlaps(scene.overlap_checks, scene), MOST_TOLD + 1))
    for overlap in found[:MOST_TOLD]:
        yield Finding("CCM-W0708", overlap.told(month.program.vocabulary), overlap.other.record.path)
    if len(found) > MOST_TOLD:
        yield Finding("CCM-W0708", f"More of them overlap; {MOST_TOLD} are told.", found[-1].other.record.path)
    for code, service in services.items():
        if service.status == NOT_ESTABLISHED:
            yield Finding("CCM-W0702", f"No published rule of this payer decides {code}; ask the payer.")


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
