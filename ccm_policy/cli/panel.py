"""The report of a panel for people: what to bill, the amount, what is wrong and what is missing for each patient;
then totals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ccm_policy.cli.layout import page_width, table, wrapped
from ccm_policy.report.patient_months import PatientMonth
from ccm_policy.report.patient_months import names as names_of
from ccm_policy.report.totals import Summary, Tally

_MOST_RULES = 10
_NARROW = 100
_HEADER = ("patient", "bill", "amount", "what is wrong", "what is missing")


def panel(months: Sequence[PatientMonth], width: int | None = None) -> Iterator[str]:
    """The lines of the report. `width` is the page's, in characters; on a narrow one each patient is a paragraph."""
    size = width or page_width()
    if not months:
        return
    names = names_of(months)
    if size < _NARROW:
        yield from _paragraphs(months, names, size)
    else:
        rows = [
            [[name], one.bill or ["-"], [one.amount], one.wrong or one.instead or [""], one.missing or [""]]
            for name, one in zip(names, months, strict=True)
        ]
        yield from table(_HEADER, rows, (3, 4), size, right=2)
    yield ""
    tally = Tally()
    for one in months:
        tally.add(one.part)
    for line in _totals(tally.whole(), size):
        yield from wrapped(line, size)


def _paragraphs(months: Sequence[PatientMonth], names: Sequence[str], width: int) -> Iterator[str]:
    for name, one in zip(names, months, strict=True):
        yield from wrapped(f"{name}: {', '.join([*one.bill, one.amount]) if one.bill else 'nothing'}", width)
        for line in one.wrong or one.instead:
            yield from wrapped(f"  {line}", width)
        for line in one.missing:
            yield from wrapped(f"  Missing: {line}", width)


def _totals(total: Summary, width: int) -> Iterator[str]:
    counted = f"{total.patient_months} patient-months" if total.patient_months != 1 else "1 patient-month"
    yield f"{counted}: {total.supported} with something to bill, {total.needing_information} waiting for information"
    if total.not_established:
        yield f"No policy speaks for the payer of {total.not_established} of them; ask the payer."
    yield ""
    rows = [[[b.code], [b.title], [str(b.patient_months)], [str(b.units)], [str(b.allowed)]] for b in total.billed]
    if rows:
        yield from table(("code", "service", "patients", "units", "allowed"), rows, (1,), width, right=4)
        yield ""
    yield f"Billable      {total.billable}"
    yield f"At risk       {total.at_risk} of it, under a rule that auditors ask about"
    if total.held.high:
        yield f"Held          {total.held} of it, by the practice's own rules"
    if total.attested.high:
        yield f"Attested      {total.attested} of it rests on what the practice attests, not on the record alone"
    if total.ceiling.high:
        yield f"Second payer  at most {total.ceiling} more, once another payer has paid; not in it"
    if total.sequestration.high:
        yield f"Sequestration {total.sequestration} withheld from it"
    if total.unpriced:
        yield f"Without price {total.unpriced} supported services, in no total"
    yield f"Within reach  {total.worth_within_reach} more"
    yield from (f"  {line}" for line in _near(total))
    if total.between_patients:
        yield f"Panel checks  {total.overlapping} of what is billable, where entries of two patient-months overlap"
    yield from _rules(total)
    if total.claim_lines:
        yield ""
        yield "Claim lines"
        yield from (f"  {count:>4}  {verdict.replace('_', ' ')}" for verdict, count in total.claim_lines.items())


def _near(total: Summary) -> Iterator[str]:
    for near in total.within_reach:
        amount, _, rest = near.short.partition(" ")
        unit, _, _ = rest.partition(" of ")
        worth = f", worth {near.worth}" if near.worth is not None else ""
        yield f"patient {near.patient}: {amount} more documented {unit} for {near.service}{worth}"


def _rules(total: Summary) -> Iterator[str]:
    if total.failing:
        yield ""
        yield "Rules that fail most"
        for rule in total.failing[:_MOST_RULES]:
            yield f"  {rule.patient_months:>4}  {rule.title or rule.rule} ({rule.rule}, {rule.policy})"
