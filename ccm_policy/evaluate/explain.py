"""A decision's reasoning as text that a biller can read: what `ccm-policy explain` prints.

What somebody asks about comes first, and of it what does not hold. Nothing is worked out here: every line is a reason
or a trace of the decision.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

from ccm_policy.evaluate.decision import Decision, ServiceDecision
from ccm_policy.evaluate.expressions import truth_of
from ccm_policy.evaluate.money import NOTHING, Money, texts
from ccm_policy.evaluate.patient_month import Record
from ccm_policy.evaluate.reasons import EARNS, Reason, result_text, value_text
from ccm_policy.evaluate.rules import DECIDES
from ccm_policy.evaluate.stages import Evaluated
from ccm_policy.evaluate.trace import Leaf, Trace, deciding, missing, walk
from ccm_policy.facts.values import UNKNOWN, Authority
from ccm_policy.language import tree
from ccm_policy.language.diagnostics import printable
from ccm_policy.language.walk import within

MARKS = {"yes": "✓", "no": "✗", "unknown": "?"}
ALL_FACTS, FIRST_FACTS = 12, 4
RECORDED, PRESUMED = "recorded", "presumed"
NOT_RECORDED = "presumed, not recorded"


def explanation(decision: Decision, codes: Collection[str] = (), *, full: bool = False) -> str:
    """The reasoning for one patient-month: the claim, then the services that it is about with what does not hold of
    them and which records do not count, then one line for each other. `codes`: these services alone, with every rule
    and every record of their sums. `full`: that for all of them."""
    return "\n".join(_lines(decision, codes, full or bool(codes))) + "\n"


def _lines(decision: Decision, codes: Collection[str], every: bool) -> Iterator[str]:
    who = f", practitioner {decision.practitioner_id}" if decision.practitioner_id else ""
    yield printable(f"Patient {decision.patient_id}, {decision.service_month}{who}")
    for finding in decision.findings:
        yield f"  {finding.message}"
    month = decision.evaluated
    if month is None:
        return
    if not codes:
        yield from _claim(decision)
    shown, others = chosen(decision, codes, every)
    for service in shown:
        yield ""
        yield from _service(service, every)
    yield from _quantities(month, [s.code for s in shown], every)
    for service in shown if every else ():
        yield from _holding(service)
    if not codes:
        yield from _others(decision, others)
        yield from _closing(decision)
    yield ""
    yield f"Policies: {', '.join(f'{name} {edition}' for name, edition in decision.provenance.editions.items())}"


def chosen(
    decision: Decision, codes: Collection[str], every: bool
) -> tuple[Sequence[ServiceDecision], Sequence[ServiceDecision]]:
    """The services to show, those of the claim and those to bill first; and those that get a line."""
    services = decision.services.values()
    if codes:
        return [s for s in services if s.code in codes], []
    inside = [s for s in services if s.outside is None]
    claimed = {line.code for line in decision.claim.lines} if decision.claim is not None else set()
    inside.sort(key=lambda s: (s.code not in claimed, s.status != "supported"))
    worked = {s.code: next((r for r in s.reasons if r.rule == EARNS), None) for s in inside}
    about = [s for s in inside if s.code in claimed or s.status == "supported" or _begun(worked[s.code])]
    wanting = [s for s in inside if (earned := worked[s.code]) is not None and earned.message]
    about = inside if every else about or wanting[:1]
    return about, [s for s in inside if s not in about]


def _begun(earned: Reason | None) -> bool:
    """Whether work for a unit is on record, or may be. A service that asks for none has none."""
    return earned is not None and earned.outcome != "no" and bool(earned.facts)


# --- services ----------------------------------------------------------------------------------------------------


def _service(service: ServiceDecision, every: bool) -> Iterator[str]:
    yield f"{service.code}  {service.title}: {status(service)}"
    if service.allowed is not None:
        share = f"patient's share {money(service.patient_share)}"
        yield f"  allowed {money(service.allowed)}, {share}, dated {service.date_of_service}"
    for note in (service.amount_note, service.patient_share_note, *service.notes):
        if note:
            yield f"  note: {note}"
    if service.held is not None:
        yield f"  held by the practice: {service.held.message or service.held.title}"
    wanting = [reason for reason in service.reasons if reason.outcome != "yes"]
    for reason in wanting:
        if every or reason.severity == DECIDES:
            yield from _reason(reason, ALL_FACTS if every else FIRST_FACTS)
        else:
            yield f"{_outcome(reason)}{f': {reason.message}' if reason.message else ''}"
    if service.missing:
        yield f"  would decide: {', '.join(service.missing)}"
    if service.units_depend_on:
        yield f"  more units depend on: {', '.join(service.units_depend_on)}"
    holding = len(service.reasons) - len(wanting)
    if holding and not every:
        yield f"  {MARKS['yes']} {holding} {'rule holds' if holding == 1 else 'rules hold'}"


def _holding(service: ServiceDecision) -> Iterator[str]:
    holding = [reason for reason in service.reasons if reason.outcome == "yes"]
    if holding:
        yield ""
        yield f"What holds for {service.code}"
    for reason in holding:
        yield from _reason(reason, ALL_FACTS)


def _others(decision: Decision, others: Sequence[ServiceDecision]) -> Iterator[str]:
    """A line for each service that the month is not about, and for each programme that the patient is not in."""
    if others or decision.outside:
        yield ""
    for service in others:
        failed = [r for r in service.reasons if r.outcome == "no" and r.severity == DECIDES]
        why = next((r.message or r.title for r in failed if r.message or r.title), None)
        yield f"{service.code}  {service.title}: {status(service)}{f'. {why}' if why else ''}"
    for outside in decision.outside:
        yield f"{', '.join(outside.services)}: {outside}"


def status(service: ServiceDecision) -> str:
    """What becomes of a service, in words."""
    if service.yields_to is not None:
        return (
            f"stands by itself, and yields to {service.yields_to}"
            if service.own_outcome == "yes"
            else (f"yields to {service.yields_to}")
        )
    if service.status == "supported":
        units = "1 unit" if service.units == 1 else f"{service.units} units"
        more = "" if service.possible_units == service.units else f" (up to {service.possible_units or 'no limit'})"
        return f"supported, {units}{more}"
    return service.status.replace("_", " ")


def money(amount: Money) -> str:
    """An amount in words: of an unknown fact, one for each of its values."""
    told = texts(amount)
    if told is None:
        return "unknown"
    if isinstance(told, str):
        return f"${told}"
    assert isinstance(amount, dict)
    return ", ".join(f"{key}: {money(part)}" for key, part in amount.items())


def _outcome(reason: Reason) -> str:
    flags = [] if reason.severity == "decides" else [reason.severity.replace("_", " ")]
    flags += [] if reason.confidence == "primary" else [reason.confidence]
    flags += ["does not apply"] if reason.applies == "no" else []
    flags += [f"by exception {reason.exception}"] if reason.exception else []
    told = f" [{', '.join(flags)}]" if flags else ""
    return f"  {MARKS[reason.outcome]} {reason.title or reason.rule}{told}"


def _reason(reason: Reason, shown: int) -> Iterator[str]:
    yield _outcome(reason)
    indent = "      "
    yield f"{indent}rule {reason.rule}, {reason.policy} {reason.edition}{_basis(reason)}"
    if reason.message:
        yield f"{indent}{reason.message}"
    if reason.remedy:
        yield f"{indent}to do: {reason.remedy}"
    for cite in reason.cite:
        yield f"{indent}cites {cite.title or cite.source}{f', {cite.at}' if cite.at else ''}"
    yield from (f"{indent}{line}" for line in _facts(reason.facts, shown))


def _basis(reason: Reason) -> str:
    return f", {reason.basis}" if reason.basis else ""


def _facts(facts: tuple[Leaf, ...], shown: int) -> Iterator[str]:
    for leaf in facts[:shown]:
        yield fact(leaf)
    if len(facts) > shown:
        more = len(facts) - shown
        yield f"and {more} more {'fact' if more == 1 else 'facts'}"


def fact(leaf: Leaf) -> str:
    """A fact with its value, and whether anybody recorded it."""
    how = how_known(leaf)
    told = "" if how == RECORDED else f" ({NOT_RECORDED if how == PRESUMED else how})"
    return f"{leaf.path} is {value_said(leaf)}{told}"


def value_said(leaf: Leaf) -> str:
    """The value of a fact in words."""
    value = value_text(leaf.value)
    told = "unknown" if leaf.value is UNKNOWN else ", ".join(value) if isinstance(value, list) else value
    told = {True: "yes", False: "no"}.get(told, told) if isinstance(told, bool) else told
    return str(told)


def how_known(leaf: Leaf) -> str:
    """How a fact is known: `recorded`, `presumed`, or on whose word."""
    by = None if leaf.attested is None else _authority(leaf.attested)
    if leaf.presumed:
        return PRESUMED if by is None else f"presumed from what is attested by {by}"
    return RECORDED if by is None else f"attested by {by}"


def _authority(by: Authority) -> str:
    cites = (f"{cite.title or cite.source}{f', {cite.at}' if cite.at else ''}" for cite in by.cites)
    return "; ".join(cites) or f"{by.policy}/{by.name}"


# --- sums: which records counted ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Counted:
    """A record of a sum. `outcome`: whether it counts; `adds`: what it adds, or may; `why`: of one that does not count
    or may not, which definitions and facts keep it from it."""

    named: str
    outcome: str
    adds: str
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Summed:
    """A sum, and its records as they are listed."""

    name: str
    title: str
    value: str
    records: tuple[Counted, ...]


def sums(month: Evaluated, codes: Collection[str], tell: Callable[[Leaf], str] = fact) -> Iterator[Summed]:
    """Every sum that earns these services: its value, and each of its records, whether it counts and why not. `tell`:
    says a fact."""
    earning = [month.program.services[code].earning for code in codes if code in month.program.services]
    read = {
        node.name
        for e in earning
        for part in (e.when, e.amount)
        if part is not None
        for node in within(part)
        if isinstance(node, tree.Defined)
    }
    for name, definition in month.program.definitions.items():
        if name not in read or not isinstance(definition.value, tree.Sum):
            continue
        trace = month.scene.defined(name)
        records = {record.path: record for record in month.facts.list(definition.value.records.list).records}
        parts = [part for part in trace.parts if part.label]
        told = tuple(_counted(part, records.get(part.label or ""), definition.value, month, tell) for part in parts)
        yield Summed(name, definition.title or "a sum", str(result_text(trace.value)), told)


def _counted(
    part: Trace, record: Record | None, total: tree.Sum, month: Evaluated, tell: Callable[[Leaf], str]
) -> Counted:
    match, *_ = part.parts
    truth = truth_of(match)
    named = (part.label or "") if record is None else f"{part.label}, {_named(record, total, month)}"
    adds = str(result_text(part.value))
    if truth is True:
        return Counted(named, "yes", adds, ())
    if truth is UNKNOWN:
        return Counted(named, "unknown", adds, tuple(map(tell, missing(match))))
    why = []
    for step in walk((match,)):
        if isinstance(step.node, tree.DefinedOf) and step.value is False:
            definition = month.program.definitions[step.node.name]
            why.append(f"not {step.node.name}{f' ({definition.title})' if definition.title else ''}")
    return Counted(named, "no", adds, (*why, *map(tell, deciding(match)[:ALL_FACTS])))


def _quantities(month: Evaluated, codes: list[str], every: bool) -> Iterator[str]:
    """Every sum that earns these services: its value, and the records that do not count or may not, with why; with
    `every` also those that count."""
    for summed in sums(month, codes):
        yield ""
        yield f"{summed.name}  {summed.title}: {summed.value}"
        counted = [record for record in summed.records if record.outcome == "yes"]
        if counted and not every:
            of = len(summed.records)
            yield f"  {MARKS['yes']} {len(counted)} of {of} {'entry' if of == 1 else 'entries'} count"
        for record in summed.records:
            if every or record.outcome != "yes":
                yield f"  {MARKS[record.outcome]} {record.named}: {counting(record)}"
                yield from (f"      {why}" for why in record.why)


def counting(record: Counted) -> str:
    """Whether a record of a sum counts, in words."""
    if record.outcome == "no":
        return "does not count"
    return f"{'adds' if record.outcome == 'yes' else 'may add'} {record.adds}"


def _named(record: Record, total: tree.Sum, month: Evaluated) -> str:
    """A record by its date and what it would add."""
    date_field = month.program.vocabulary.lists[record.list].date_field
    fields = [date_field] if date_field else []
    fields += [total.value.field] if isinstance(total.value, tree.Field) else []
    cells = [value_text(month.facts.cell(record, field).value) for field in fields]
    return ", ".join("unknown" if cell is None else str(cell) for cell in cells)


# --- what closes it ----------------------------------------------------------------------------------------------


def _claim(decision: Decision) -> Iterator[str]:
    if decision.claim is not None:
        yield ""
        yield "Claim"
        for line in decision.claim.lines:
            told = f": {line.message}" if line.message else ""
            yield f"  line {line.line} {line.code}: {line.verdict.replace('_', ' ')}{told}"
        for bill in decision.claim.missing_lines:
            yield f"  missing: {bill.code} x {bill.units}, {money(bill.allowed)}"


def _closing(decision: Decision) -> Iterator[str]:
    for heading, lines in _lists(decision):
        if lines:
            yield ""
            yield heading
            yield from (f"  {line}" for line in lines)
    yield ""
    totals = decision.totals
    resting = "" if totals.attested == NOTHING else f"; resting on attestations {money(totals.attested)}"
    yield f"Allowed {money(totals.allowed)}; possible {money(totals.possible)}{resting}"


def _lists(decision: Decision) -> Iterator[tuple[str, list[str]]]:
    yield (
        "Missing",
        [
            f"{m.fact} would decide {', '.join(m.services) or 'which policies apply'}, worth {money(m.worth)}"
            for m in decision.missing
        ],
    )
    yield "Within reach", [f"{w.service}: {w.short} more, worth {money(w.worth)}" for w in decision.within_reach]
    yield (
        "Alternatives",
        [
            f"{', '.join(f'{code} x {n}' for code, n in a.units.items())} would pay {money(a.allowed)}; "
            f"it yields to {a.yields_to}"
            for a in decision.alternatives
        ],
    )
    yield (
        "Audit risks",
        [f"{r.reason.title}: {r.reason.message or ''} ({', '.join(r.services)})" for r in decision.audit_risks],
    )
