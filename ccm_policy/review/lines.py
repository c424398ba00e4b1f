"""A review as lines of a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ccm_policy.fees.changes import Change as RateChange
from ccm_policy.fees.reports import columns
from ccm_policy.language.diagnostics import printable
from ccm_policy.review.authority import Authority
from ccm_policy.review.meant import NOT_ASKED, meant, unchanged
from ccm_policy.review.outcomes import Service
from ccm_policy.review.patients import PatientChange, Patients, ServiceChange
from ccm_policy.review.rates import At, Rate, Rates
from ccm_policy.review.sentence import called, counted, dollars, money
from ccm_policy.review.text import KEPT, Change, of_policies
from ccm_policy.review.whole import Difference

MARKS = {"added": "+", "removed": "-", "changed": "~", "renamed": "~"}
SHARED = "what all policies share"
STATUS = {
    "supported": "billed", "not_supported": "not supported", "needs_information": "needs information",
    "not_established": "not established", "not_there": "no such code",
}  # fmt: skip


def lines(found: Difference) -> Iterator[str]:
    """All of it, in the order of the questions."""
    yield f"{found.old} -> {found.new}"
    yield found.sentence
    if found.text:
        yield from ("", "TEXT")
        yield from _text(found.text)
        yield from _meaning(found)
    if found.rates is not None:
        yield from ("", "RATES")
        yield from _rates(found.rates)
    if found.patients is not None:
        yield from ("", "PATIENTS")
        yield from _patients(found.patients)


def _meaning(found: Difference) -> Iterator[str]:
    if found.meaning is None:
        yield from ("", f"MEANING: {NOT_ASKED}")
        return
    yield from ("", "MEANING")
    for each in meant(found.meaning, found.text):
        yield f"  {each.title}: {each.said}"
        yield from (f"      {line}" for line in each.shown)
        yield from (f"      | {line}" for example in each.examples for line in example.rstrip().split("\n"))
    if said := unchanged(found.meaning):
        yield f"  {said}"


def short(found: Difference) -> Iterator[str]:
    """While a policy is being written: the sentence, which statements differ, and patients."""
    yield f"{found.old} -> {found.new}"
    yield found.sentence
    for policy, changes in of_policies(found.text).items():
        for change in changes:
            if not change.is_example:
                was = f" (was {change.was})" if change.was else ""
                said = f"{change.title}{was}: {called(change)}, {where(change)}"
                yield f"  {MARKS[change.how]} {policy or SHARED}: {said}"
    if found.patients is not None and found.patients.changed:
        yield ""
        yield from _patients(found.patients)


def standing(authority: Authority) -> Iterator[str]:
    """What a change rests on, a sentence a line."""
    if authority.because:
        yield f"because {authority.because}"
    sure = ", ".join(filter(None, (authority.basis, authority.confidence)))
    cites = "; ".join(map(str, authority.cites))
    said = "; ".join(filter(None, (sure, f"cites {cites}" if cites else "")))
    if said:
        yield f"rests on: {said}"


def where(change: Change) -> str:
    """Where a change is written, and since when it holds."""
    place = f"{change.file}:{change.line}" if change.file else ""
    return ", ".join(
        filter(
            None,
            (
                f"{'gone from' if change.how == 'removed' else 'since'} {change.months[0]}" if change.months else "",
                place,
            ),
        )
    )


def _text(text: Sequence[Change]) -> Iterator[str]:
    for policy, changes in of_policies(text).items():
        yield from ("", policy or SHARED)
        examples = [change for change in changes if change.is_example]
        for change in changes:
            if not change.is_example:
                yield from _change(change)
        if examples:
            yield f"  {counted(len(examples), 'example')} added, removed or changed: they decide nothing"


def _change(change: Change) -> Iterator[str]:
    was = f" (was {change.was})" if change.was else ""
    yield f"  {MARKS[change.how]} {change.title}{was}: {called(change)}"
    place = where(change)
    yield from (f"      {said}" for said in (*([place] if place else []), *standing(change.authority)))
    for line in change.lines:
        mark = " " if line.mark == KEPT else line.mark
        for text in line.text.split("\n"):
            yield f"      {mark} {text}".rstrip()


def _rates(rates: Rates) -> Iterator[str]:
    yield f"{rates.schedule}: {rates.old} -> {rates.new}; causes add up to the national change"
    rows = [("code", "setting", "national", "", "", "least of localities", "greatest of localities", "causes")]
    rows += rate_rows(rates)
    if len(rows) > 1:
        yield from columns(rows, (2, 3, 4))
    yield from (f"note: {note}" for note in rates.notes)


RateRow = tuple[str, str, str, str, str, str, str, str]


def rate_rows(rates: Rates) -> Iterator[RateRow]:
    """A row for each code and setting at the first factor, with what its localities make of it."""
    for rate in rates.changed:
        first = next((c for c in rate.national if c.dollars is not None), rate.national[0] if rate.national else None)
        if first is not None:
            yield (rate.code, rate.setting, *_rate(rate, first))


def _rate(rate: Rate, first: RateChange) -> tuple[str, str, str, str, str, str]:
    if first.old is None or first.new is None:
        side = first.old or first.new
        return ("" if side is None else f"{side.amount}", "new" if first.old is None else "ended", "", "", "", "")
    causes = ", ".join(f"{name_of(name)} {amount:+}" for name, amount in rate.causes)
    ends = (_at(rate.least), _at(rate.greatest))
    return (f"{first.old.amount} -> {first.new.amount}", f"{first.dollars:+}", f"{first.percent:+} %", *ends, causes)


def name_of(cause: str) -> str:
    """A cause in words."""
    return {"pe": "practice expense", "mp": "malpractice"}.get(cause, cause)


def _at(at: At | None) -> str:
    if at is None:
        return ""
    return f"{at.percent:+} % in {at.locality}"


def _patients(patients: Patients) -> Iterator[str]:
    if patients.carried:
        yield patients.carried
    yield from about(patients)
    rules = [(f"{t.key}", f"{n}", dollars(amount)) for t, n, amount in patients.rules()]
    if rules:
        yield from ("", *columns([("rule that turned it", "patient-months", "dollars"), *rules], (1, 2)))
    services = [(c, str(more), str(fewer), dollars(amount)) for c, fewer, more, amount in patients.services()]
    if services:
        yield from ("", *columns([("code", "more units", "fewer units", "dollars"), *services], (1, 2, 3)))
    head = ("patient", "month", "before", "after", "change", "what changed")
    shown, rest = shown_first(patients, MOST_BY_RATES)
    rows = [row for patient in shown for row in _patient(patient)]
    if rows:
        yield from ("", *columns([head, *rows], (2, 3, 4)))
    if rest:
        yield f"and {rest:,} more, of whom the same is billed at other prices; `--format json` lists all"


MOST_BY_RATES = 10
"""Patient-months that are listed of those in which only prices differ."""


def shown_first(patients: Patients, most: int) -> tuple[list[PatientChange], int]:
    """Those of whom something else is billed or asked, then so many in which only prices differ, the greatest first;
    how many are left."""
    by_rates = sorted((p for p in patients.changed if p.by_rates_alone), key=lambda p: -abs(p.dollars))
    return [*patients.by_rules, *by_rates[:most]], max(0, len(by_rates) - most)


def about(patients: Patients) -> Iterator[str]:
    """What must be said of the numbers."""
    yield f"before {money(patients.before)}, after {money(patients.after)}: {dollars(patients.after - patients.before)}"
    if patients.ranges:
        yield "amounts that hang on an unknown fact are counted at their least"
    if patients.unpriced:
        yield f"{counted(patients.unpriced, 'supported service')} without a price, in no amount"
    if patients.left_out:
        them = "it" if patients.left_out == 1 else "them"
        yield f"{counted(patients.left_out, 'record')} left out, since one side cannot decide {them}"


def _patient(patient: PatientChange) -> Iterator[tuple[str, ...]]:
    sums = (money(patient.before), money(patient.after), dollars(patient.dollars))
    names: tuple[str, ...] = (printable(patient.patient), patient.month, *sums)
    for service in patient.services:
        yield (*names, told(service))
        names = ("", "", "", "", "")


def told(service: ServiceChange) -> str:
    """`CODE: 2 units $97.44 -> not supported, by POLICY:RULE`."""
    sides = f"{service.code}: {side(service.before)} -> {side(service.after)}"
    return f"{sides}, by {', '.join(rule.key for rule in service.rules)}" if service.rules else sides


def side(service: Service | None) -> str:
    """One side of a service."""
    if service is None:
        return STATUS["not_there"]
    if not service.bills:
        return STATUS.get(service.status, service.status) + (
            f" (yields to {service.yields_to})" if service.yields_to else ""
        )
    at_most = "" if service.certain else "at most "
    amount = "no price" if service.allowed is None else f"{at_most}{money(service.allowed)}"
    return f"{service.units} x {amount}" if service.units == 1 else f"{counted(service.units, 'unit')} {amount}"
