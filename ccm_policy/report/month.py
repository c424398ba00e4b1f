"""The page of a month: totals, pictures, rules that fail, a table of patients, and a section for each. One file, which
needs nothing from elsewhere."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ccm_policy.report import pictures
from ccm_policy.report.entries import Bill, Entry, Told
from ccm_policy.report.html import NEW_LINE, Html, el, joined, kept, lines, listed, table, text
from ccm_policy.report.keys import HASHED
from ccm_policy.report.minutes import Minutes
from ccm_policy.report.patient_months import names
from ccm_policy.report.style import STYLE, heading_of_pages
from ccm_policy.report.totals import Failing, Risk, Summary, Tally
from ccm_policy.report.words import briefly

MOST_RULES = 10
_ON_PAPER = (
    "The reasons, minutes and rules of each patient stand on the screen below this table; `ccm-policy explain` makes a "
    "packet of one patient for paper."
)
MARKS = {"no": "✗", "unknown": "?", "yes": "✓"}
OUTCOME = {"no": "does not hold", "unknown": "is not known", "yes": "holds"}


@dataclass(frozen=True, slots=True)
class Heading:
    """What the page says of itself. `left_out`: records that were refused and are not on it."""

    hashed: bool = False
    left_out: int = 0


def page(entries: Sequence[Entry], heading: Heading | None = None) -> Html:
    """The whole page. Where keys are hashed, patients are in the order of their hashes, which says nothing."""
    heading = heading or Heading()
    shown = sorted(entries, key=lambda e: e.told.patient) if heading.hashed else list(entries)
    called = names([one.told for one in shown])
    tally = Tally()
    for one in entries:
        tally.add(one.told.part)
    total = tally.whole()
    months = " and ".join(sorted({one.told.month for one in shown})) or "no month"
    patients = [(f"p{place}", name, one) for place, (name, one) in enumerate(zip(called, shown, strict=True), 1)]
    return document(
        f"Care management, {months}",
        [
            el("h1", f"Care management, {months}"),
            _about(total, heading),
            _figures(total),
            _services(total),
            *_minutes(shown),
            *_at_risk(total),
            *_within_reach(total, patients),
            *_rules_that_fail(total),
            *_claim_lines(total),
            *_patients(patients),
            *_made_from(shown),
        ],
    )


def document(title: str, body: Iterable[Html]) -> Html:
    """A page by itself."""
    head = [
        el("meta", charset="utf-8"),
        el("meta", name="viewport", content="width=device-width, initial-scale=1"),
        el("meta", name="referrer", content="no-referrer"),
        el("title", title),
        el("style", Html(STYLE + heading_of_pages(title))),
    ]
    whole = el("html", el("head", *head), NEW_LINE, el("body", el("main", joined(body, NEW_LINE))), lang="en")
    return Html(f"<!doctype html>\n{whole}\n")


def _about(total: Summary, heading: Heading) -> Html:
    counted = f"{total.patient_months} patient-months" if total.patient_months != 1 else "1 patient-month"
    said = [
        f"{counted}: {total.supported} with something to bill, {total.needing_information} waiting for information."
    ]
    if total.not_established:
        said.append(f"No policy speaks for the payer of {total.not_established} of them; ask the payer.")
    if heading.left_out:
        records = "1 record was" if heading.left_out == 1 else f"{heading.left_out} records were"
        said.append(f"{records} refused and {'is' if heading.left_out == 1 else 'are'} in none of this.")
    if heading.hashed:
        said.append(HASHED)
    return joined(el("p", each) for each in said)


def _figures(total: Summary) -> Html:
    ranges = total.billable.low != total.billable.high
    hangs = "; a range, since facts that set an amount are not known" if ranges else ""
    shown = [("Billable", str(total.billable), f"what payers allow for the services below{hangs}")]
    shown.append(("At risk", str(total.at_risk), "of it, under a rule that auditors ask about"))
    if total.held.high:
        shown.append(("Held", str(total.held), "of it, by the practice's own rules"))
    if total.attested.high:
        shown.append(("Resting on attestations", str(total.attested), "of it, not on the record alone"))
    if total.ceiling.high:
        shown.append(("Second payer", f"at most {total.ceiling}", "more, once another payer has paid; not in it"))
    if total.sequestration.high:
        shown.append(("Sequestration", str(total.sequestration), "withheld from it"))
    if total.unpriced:
        shown.append(("Without price", str(total.unpriced), "supported services, in no total"))
    if total.between_patients:
        shown.append(("Panel checks", str(total.overlapping), "of it, where entries of two patient-months overlap"))
    shown.append(("Within reach", str(total.worth_within_reach), "more, for a few more documented minutes"))
    shown.append(("Waiting for information", str(total.needing_information), "patient-months"))
    boxes = [
        el("div", el("dt", name), el("dd", value, el("small", note) if note else "")) for name, value, note in shown
    ]
    return el("dl", *boxes, class_="figures")


def _services(total: Summary) -> Html:
    rows = [[b.code, b.title, str(b.patient_months), str(b.units), str(b.allowed)] for b in total.billed]
    if not rows:
        return Html()
    rows.append(["All", "", "", str(sum(b.units for b in total.billed)), str(total.billable)])
    head = ("Code", "Service", "Patients", "Units", "Allowed")
    parts = [el("h2", "Services"), table("Dollars by service", head, rows, (2, 3, 4), class_="summed")]
    if total.unpriced:
        services = "1 service has" if total.unpriced == 1 else f"{total.unpriced} services have"
        parts.append(el("p", f"{services} no price, and add nothing to the dollars; the patient's section says why."))
    return joined(parts)


def state_of(one: Entry) -> str:
    """What a patient's shape says."""
    if one.bills:
        return pictures.BILLED
    return pictures.WAITING if one.told.missing else pictures.NOTHING


def _minutes(entries: Sequence[Entry]) -> Iterator[Html]:
    pools: defaultdict[tuple[str, str], list[tuple[Minutes, str]]] = defaultdict(list)
    for one in entries:
        for minutes in one.minutes:
            pools[minutes.name, minutes.title].append((minutes, state_of(one)))
    if pools:
        yield el("h2", "Minutes")
        said = "Each shape is a patient, above the minutes that are established. A dashed line is where a unit begins."
        yield el("p", said)
        yield pictures.legend()
    for (_, title), patients in pools.items():
        yield el("h3", title)
        yield pictures.of_many(title, patients)


def _at_risk(total: Summary) -> Iterator[Html]:
    if total.risks:
        yield el("h2", "At risk")
        yield el("p", f"{total.at_risk} in all; what is under two rules is told of both. Each patient below says why.")
        rows = [[_named(r), str(r.patient_months), str(r.allowed)] for r in total.risks[:MOST_RULES]]
        head = ("Rule", "Patient-months", "Dollars under it")
        yield table("Rules that auditors ask about", head, rows, (1, 2))
        yield from _more(total.risks)


def _named(rule: Failing | Risk) -> Html:
    """A rule in words, and by its name."""
    return joined([rule.title or rule.rule, el("p", el("small", f"{rule.policy}/{rule.rule}"))])


def _more(rules: Sequence[Failing | Risk]) -> Iterator[Html]:
    if len(rules) > MOST_RULES:
        yield el("p", f"and {len(rules) - MOST_RULES} more", class_="quiet")


def _within_reach(total: Summary, patients: Sequence[tuple[str, str, Entry]]) -> Iterator[Html]:
    rows = []
    for anchor, name, one in patients:
        for near in one.told.part.within_reach:
            worth = "no price" if near.worth is None else str(near.worth)
            rows.append([_to(anchor, name), near.service, briefly(near.short), worth])
    if rows:
        yield el("h2", "Within reach")
        yield el("p", f"{total.worth_within_reach} more, of each patient the best. Only what was done is documented.")
        head = ("Patient", "Service", "More documented", "Worth")
        yield table("Services that a few more minutes would earn", head, rows, (3,))


def _rules_that_fail(total: Summary) -> Iterator[Html]:
    if total.failing:
        rows = [[_named(f), str(f.patient_months)] for f in total.failing[:MOST_RULES]]
        yield el("h2", "Rules that fail most")
        yield table("Rules by patient-months", ("Rule", "Patient-months"), rows, (1,))
        yield from _more(total.failing)


def _claim_lines(total: Summary) -> Iterator[Html]:
    if total.claim_lines:
        yield el("h2", "Claim lines")
        rows = [[verdict.replace("_", " "), str(count)] for verdict, count in total.claim_lines.items()]
        yield table("Claim lines by verdict", ("Verdict", "Lines"), rows, (1,))


def _to(anchor: str, name: str) -> Html:
    return el("a", el("bdi", name), href=f"#{anchor}")


def _patients(patients: Sequence[tuple[str, str, Entry]]) -> Iterator[Html]:
    yield el("h2", "Patients", class_="page", id="patients")
    head = ("Patient", "Bill", "Amount", "What is wrong", "What is missing")
    rows = []
    for anchor, name, one in patients:
        told = one.told
        wrong, missing = _items(told.wrong or told.instead), _items(told.missing)
        rows.append(
            [
                _to(anchor, name),
                lines(list(map(kept, told.bill))),
                told.amount,
                wrong,
                missing,
            ]
        )
    yield table("Each patient, with what to bill and what stands against it", head, rows, (2,), class_="patients")
    sections = [_patient(anchor, name, one) for anchor, name, one in patients]
    yield el("div", el("h2", "Patient by patient"), joined(sections, NEW_LINE), class_="screen")
    yield el("p", _ON_PAPER, class_="paper")


def _items(said: Sequence[str]) -> Html:
    return listed(said) if len(said) > 1 else joined(said)


def _patient(anchor: str, name: str, one: Entry) -> Html:
    told = one.told
    who = (", practitioner ", el("bdi", told.practitioner)) if told.practitioner else ()
    parts = [el("h3", "Patient ", el("bdi", name), id=f"{anchor}-name"), el("p", told.month, *who, class_="quiet")]
    if one.bills:
        parts.append(el("h4", "Billed"))
        parts.append(_bills(one.bills))
    else:
        parts.append(el("p", "Nothing to bill."))
    for heading, said in (("What stands against it", told.wrong or told.instead), ("What is missing", told.missing)):
        parts += [el("h4", heading), listed(said)] if said else []
    if told.part.within_reach:
        parts += [el("h4", "Within reach"), listed(list(map(str, told.part.within_reach)))]
    for minutes in one.minutes:
        parts += [el("h4", f"{minutes.title}: {pictures.told(minutes)}"), pictures.of_one(minutes)]
    if one.rules:
        parts += [el("h4", "Rules that do not hold, or are not known to"), rules(one.rules)]
    parts.append(el("p", el("a", "back to the table", href="#patients"), class_="screen"))
    return el("section", *parts, class_="patient", id=anchor, aria_labelledby=f"{anchor}-name")


def _bills(bills: Sequence[Bill]) -> Html:
    rows = []
    for b in bills:
        said = joined([b.title, *(el("p", el("small", note)) for note in b.notes)])
        rows.append([b.code, said, str(b.units), kept(b.date or ""), b.share, b.amount])
    head = ("Code", "Service", "Units", "Dated", "Patient's share", "Allowed")
    return table("What is billed", head, rows, (2, 4, 5))


def rules(told: Sequence[Told]) -> Html:
    """Rules with their outcome in a word, message, remedy and citations."""
    items = []
    for rule in told:
        flags = [rule.severity.replace("_", " ")] if rule.severity != "decides" else []
        flags += [rule.confidence] if rule.confidence != "primary" else []
        mark = el("span", f"{MARKS[rule.outcome]} {OUTCOME[rule.outcome]}", class_="word")
        parts = [joined([mark, f": {rule.title}", f" [{', '.join(flags)}]" if flags else ""])]
        parts += [text(f"{', '.join(rule.services)}: {rule.message or ''}".rstrip(": "))]
        parts += [text(f"To do: {rule.remedy}")] if rule.remedy else []
        parts.append(el("small", f"{rule.policy}/{rule.rule}, {rule.edition}", *_cited(rule.cites)))
        items.append(el("li", *(el("div", part) for part in parts), class_=rule.outcome))
    return el("ul", *items, class_="rules")


def _cited(cites: Sequence[str]) -> Iterator[str]:
    if cites:
        yield f"; cites {'; '.join(cites)}"


def _made_from(entries: Sequence[Entry]) -> Iterator[Html]:
    editions = sorted({f"{name} {edition}" for one in entries for name, edition in one.editions.items()})
    made = sorted({(name, value) for one in entries for name, value in one.made_from.items()})
    if made:
        yield el("h2", "What it was made from")
        yield el("p", f"Policies: {', '.join(editions)}.")
        yield el("p", "; ".join(f"{name} {value}" for name, value in made), class_="quiet")
