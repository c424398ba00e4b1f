"""The page of a review: the sentence, text clause by clause, rates, patients. One file, which needs nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ccm_policy.report.gains import gains
from ccm_policy.report.html import NEW_LINE, Html, el, joined, lines, table
from ccm_policy.report.month import document
from ccm_policy.review.lines import SHARED, about, rate_rows, side, standing, where
from ccm_policy.review.meant import meant, unchanged
from ccm_policy.review.patients import PatientChange, Patients, gains_and_losses
from ccm_policy.review.rates import Rates
from ccm_policy.review.sentence import called, counted, dollars, money
from ccm_policy.review.text import KEPT, LESS, Change, Line, of_policies
from ccm_policy.review.whole import Difference

MOST_OPEN = 40
"""Clauses of a statement that is shown open."""
_SAID = {KEPT: "", LESS: "taken out: ", "+": "put in: "}
"""What a screen reader says before a line."""


def page(found: Difference, *, hashed: bool = False) -> Html:
    """The whole page. `hashed`: whether keys of persons are."""
    title = f"What changed: {found.old} to {found.new}"
    parts = [el("h1", title), el("p", found.sentence, class_="sentence"), *_contents(found)]
    if hashed:
        parts.append(el("p", "Keys of patients and practitioners are hashed. Days, services and amounts remain."))
    parts += [*_text(found.text), *_meaning(found)]
    parts += [] if found.rates is None else [*_rates(found.rates)]
    parts += [] if found.patients is None else [*_patients(found.patients, hashed)]
    return document(title, parts)


def _contents(found: Difference) -> Iterator[Html]:
    links = [("text", "Text", bool(found.text)), ("meaning", "Meaning", bool(found.text))]
    links += [("rates", "Rates", found.rates is not None), ("patients", "Patients", found.patients is not None)]
    shown = [el("a", name, href=f"#{anchor}") for anchor, name, there in links if there]
    if shown:
        yield el("p", joined(shown, " · "), class_="screen")


def _text(text: Sequence[Change]) -> Iterator[Html]:
    if not text:
        return
    yield el("h2", "Text", id="text")
    for policy, changes in of_policies(text).items():
        yield el("h3", policy or SHARED)
        yield from (_change(change) for change in changes if not change.is_example)
        examples = sum(change.is_example for change in changes)
        if examples:
            yield el("p", f"{counted(examples, 'example')} added, removed or changed: they decide nothing.")


def _meaning(found: Difference) -> Iterator[Html]:
    if not found.text:
        return
    yield el("h2", "Meaning", id="meaning")
    if found.meaning is None:
        yield el("p", "Not asked.")
        return
    yield el("p", "What each change means, and the smallest patient-month that was found to show it.")
    rows = [[each.title, each.said, lines(each.shown)] for each in meant(found.meaning, found.text)]
    yield table("Meaning of each change", ("Statement", "Meaning", "Shown by"), rows)
    if said := unchanged(found.meaning):
        yield el("p", f"{said[0].upper()}{said[1:]}.")


def _change(change: Change) -> Html:
    was = f" (was {change.was})" if change.was else ""
    notes = [note for note in (where(change), *standing(change.authority)) if note]
    head = el("summary", el("span", called(change), class_="word"), f" {change.title}{was}")
    body = joined([_clause(line) for line in change.lines])
    whole = el("div", body, class_="clauses", tabindex=0, role="region", aria_label=change.title)
    is_open = "" if len(change.lines) < MOST_OPEN else None
    return el("details", head, el("p", lines(notes), class_="quiet"), whole, open=is_open)


def _clause(line: Line) -> Html:
    mark = el("span", f"{line.mark} ", aria_hidden="true")
    said = [el("span", _SAID[line.mark], class_="heard")] if _SAID[line.mark] else []
    text = joined(line.text.split("\n"), NEW_LINE)
    return el("div", mark, *said, text, class_={KEPT: None, LESS: "less"}.get(line.mark, "more"))


def _rates(rates: Rates) -> Iterator[Html]:
    yield el("h2", "Rates", id="rates")
    said = "Causes add up to the national change. Localities: the least and the greatest change of any."
    yield el("p", f"{rates.schedule}, {rates.old.isoformat()} to {rates.new.isoformat()}. {said}")
    rows = [
        (code, setting.replace("_", " "), national, change, percent, least, greatest, causes)
        for code, setting, national, change, percent, least, greatest, causes in rate_rows(rates)
    ]
    head = ("Code", "Setting", "National", "Change", "Percent", "Least", "Greatest", "Causes")
    yield table("Rates by code and setting", head, rows, (2, 3, 4)) if rows else el("p", "No rate changed.")
    yield from (el("p", el("small", note)) for note in rates.notes)


def _patients(patients: Patients, hashed: bool) -> Iterator[Html]:
    yield el("h2", "Patients", id="patients", class_="page")
    if patients.carried:
        yield el("p", f"{patients.carried[0].upper()}{patients.carried[1:]}.")
    yield _figures(patients)
    yield from (el("p", f"{said[0].upper()}{said[1:]}.") for said in [*about(patients)][1:])
    bars = gains_and_losses(patients.changed)
    if bars:
        yield el("h3", "Who gains and who loses")
        yield gains("Dollars of each patient-month, after less before", bars)
    rules = [(rule.title, rule.key, str(n), dollars(amount)) for rule, n, amount in patients.rules()]
    if rules:
        head = ("Rule", "Name", "Patient-months", "Dollars")
        yield el("h3", "Rules that turned something")
        yield table("Rules by the patient-months that they turned", head, rules, (2, 3))
    services = [(code, str(more), str(fewer), dollars(amount)) for code, fewer, more, amount in patients.services()]
    if services:
        yield el("h3", "Services")
        yield table("Services that change", ("Code", "More units", "Fewer units", "Dollars"), services, (1, 2, 3))
    rates = [patient for patient in patients.changed if patient.by_rates_alone]
    for title, changed in (("Patients by rules", patients.by_rules), ("Patients by rates alone", rates)):
        if changed:
            yield el("h3", title)
            yield _listed(title, sorted(changed, key=lambda p: p.patient) if hashed else changed)


def _figures(patients: Patients) -> Html:
    shown = [("Patient-months", f"{patients.patient_months:,}"), ("Changed", f"{len(patients.changed):,}")]
    shown += [("Before", money(patients.before)), ("After", money(patients.after))]
    shown += [("Up", dollars(patients.up)), ("Down", dollars(patients.down))]
    return el("dl", *(el("div", el("dt", name), el("dd", value)) for name, value in shown), class_="figures")


def _listed(caption: str, changed: Sequence[PatientChange]) -> Html:
    rows = []
    for patient in changed:
        for service in patient.services:
            rules = lines([rule.title for rule in service.rules])
            sides = (side(service.before), side(service.after), dollars(service.dollars))
            rows.append((patient.patient, patient.month, service.code, *sides, rules))
    head = ("Patient", "Month", "Service", "Before", "After", "Change", "Rule that turned it")
    return table(caption, head, rows, (5,))
