"""The packet of one patient-month for an audit: what was decided, each rule in sentences with its result, the facts and
how each is known, the entries that counted and those that did not, citations, and what all of it was made from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from ccm_policy.evaluate.decision import Decision, ServiceDecision
from ccm_policy.evaluate.explain import (
    ALL_FACTS,
    MARKS,
    Summed,
    chosen,
    counting,
    fact,
    how_known,
    money,
    status,
    sums,
    value_said,
)
from ccm_policy.evaluate.reasons import Reason
from ccm_policy.evaluate.trace import Leaf
from ccm_policy.facts.values import UNKNOWN
from ccm_policy.language.tree import END_OF_RECORD
from ccm_policy.report import pictures
from ccm_policy.report.hashed_facts import HashedFacts
from ccm_policy.report.html import Html, el, joined, kept, lines, listed, table
from ccm_policy.report.keys import HASHED, Keys
from ccm_policy.report.minutes import minutes_of
from ccm_policy.report.month import OUTCOME, document
from ccm_policy.report.words import briefly

Saying = Callable[[Reason, str], list[str]]
Showing = Callable[[Leaf], Leaf]
"""What a page shows of a fact."""
_ABOUT = (
    "What can be billed of this month, and each rule with what it asks: ✓ it holds, ✗ it does not, ? nobody recorded "
    "what would tell. Then the entries that counted, the facts that decided, and the sources."
)
_HARDEST_FIRST = ("no", "unknown", "yes")


def packet(
    decision: Decision,
    saying: Saying | None,
    codes: Sequence[str] = (),
    *,
    full: bool = False,
    keys: Keys | None = None,
) -> Html:
    """The page. `saying`: says the statement of a reason; `codes`: these services alone; `full`: all of them; `keys`:
    what hashes keys, where they are to be."""
    month = decision.evaluated
    named = str if keys is None else keys.of
    facts = None if keys is None or month is None else HashedFacts(keys, month.program.vocabulary)
    shown_as: Showing = _as_it_is if facts is None else facts.shown
    patient, month_of = named(decision.patient_id), decision.service_month
    who = (", practitioner ", el("bdi", named(decision.practitioner_id))) if decision.practitioner_id else ()
    shown, others = chosen(decision, codes, full)
    body = [el("h1", "Patient ", el("bdi", patient), f", {month_of}")]
    body.append(el("p", decision.status.replace("_", " "), *who, class_="quiet"))
    body.append(el("p", _ABOUT))
    body += [] if keys is None else [el("p", f"{HASHED} Texts of entries are not shown.")]
    body += _answer(decision)
    for service in shown:
        body += _service(service, saying, shown_as)
    if month is not None:
        summed = sums(month, [service.code for service in shown], lambda leaf: fact(shown_as(leaf)))
        body += _minutes(decision, list(summed))
    body += _facts(shown_as(leaf) for service in shown for reason in _told(service) for leaf in reason.facts)
    body += _others(decision, others)
    body += _sources(reason for service in shown for reason in _told(service))
    body += _made_from(decision, keys)
    return document(f"Patient {patient}, {month_of}", body)


def _as_it_is(leaf: Leaf) -> Leaf:
    return leaf


def _answer(decision: Decision) -> Iterator[Html]:
    """What is billed and what it comes to; then what is found, missing, within reach."""
    billed = [s for s in decision.services.values() if s.status == "supported"]
    totals = decision.totals
    boxes = [
        ("Allowed", totals.allowed, "what the payer allows for what is billed"),
        ("At risk", totals.at_risk, "of it, under a rule that auditors ask about"),
        ("Patient's share", totals.patient_share, "of it"),
        ("Resting on attestations", totals.attested, "of it, on the practice's word, not on the record alone"),
        ("Possible", totals.possible, "at most, once all is known that is missing"),
    ]
    shown = (el("div", el("dt", name), el("dd", money(amount), el("small", note))) for name, amount, note in boxes)
    yield el("dl", *shown, class_="figures")
    yield el("h2", "What is billed")
    if billed:
        rows = [_billed(service) for service in billed]
        head = ("Code", "Service", "Units", "Dated", "Patient's share", "Allowed")
        yield table("Supported services", head, rows, (2, 4, 5))
    else:
        yield el("p", "Nothing to bill.")
    if decision.claim is not None:
        yield el("h2", "The claim")
        rows = [
            [str(line.line), line.code or "", line.verdict.replace("_", " "), line.message or ""]
            for line in decision.claim.lines
        ]
        yield table("Lines of the claim", ("Line", "Code", "Verdict", "Why"), rows)
        left = [f"Left out: {b.code} x {b.units}, {money(b.allowed)}" for b in decision.claim.missing_lines]
        yield listed(left)
    yield from _besides(decision)


def _besides(decision: Decision) -> Iterator[Html]:
    risks = [f"{', '.join(r.services)}: {r.reason.message or r.reason.title}" for r in decision.audit_risks]
    asked = [
        f"{m.fact} would decide {', '.join(m.services) or 'which policies apply'}, worth {money(m.worth)}"
        for m in decision.missing
    ]
    near = [f"{w.service}: {briefly(str(w.short))} more, worth {money(w.worth)}" for w in decision.within_reach]
    found = [finding.message for finding in decision.findings]
    for heading, said in (("Audit risks", risks), ("Missing", asked), ("Within reach", near), ("Findings", found)):
        if said:
            yield el("h2", heading)
            yield listed(said)


def _billed(service: ServiceDecision) -> list[str]:
    notes = [service.amount_note, service.patient_share_note, *service.notes]
    notes += ["Rests on what the practice attests."] if service.attested else []
    if service.held is not None:
        notes.append(f"Held by the practice: {service.held.message or service.held.title}")
    said = joined([service.title, *(el("p", el("small", note)) for note in notes if note)])
    day = kept("" if service.date_of_service is None else service.date_of_service.isoformat())
    share, allowed = money(service.patient_share), money(service.allowed)
    return ["-".join([service.code, *service.modifiers]), said, str(service.units), day, share, allowed]


# --- rules -------------------------------------------------------------------------------------------------------


def _told(service: ServiceDecision) -> list[Reason]:
    """Its reasons: those that decide, what does not hold first; then the others."""
    return sorted(service.reasons, key=lambda r: (r.severity != "decides", _HARDEST_FIRST.index(r.outcome)))


def _service(service: ServiceDecision, saying: Saying | None, shown_as: Showing) -> Iterator[Html]:
    yield el("h2", f"{service.code}, {service.title}: {status(service)}")
    told = _told(service)
    for heading, reasons in (
        ("Rules that decide", [r for r in told if r.severity == "decides"]),
        ("What auditors ask about, and advice", [r for r in told if r.severity != "decides"]),
    ):
        if reasons:
            yield el("h3", heading)
            yield el("ul", *(_rule(reason, service.code, saying, shown_as) for reason in reasons), class_="rules")


def _rule(reason: Reason, code: str, saying: Saying | None, shown_as: Showing) -> Html:
    flags = [] if reason.severity == "decides" else [reason.severity.replace("_", " ")]
    flags += ["does not apply"] if reason.applies == "no" else []
    flags += [f"by exception {reason.exception}"] if reason.exception else []
    mark = el("span", f"{MARKS[reason.outcome]} {OUTCOME[reason.outcome]}", class_="word")
    parts = [joined([mark, f": {reason.title or reason.rule}", f" [{', '.join(flags)}]" if flags else ""])]
    parts += [el("em", sentence) for sentence in (saying(reason, code) if saying is not None else ())]
    parts += [el("span", part) for part in (reason.message, reason.remedy and f"To do: {reason.remedy}") if part]
    if reason.outcome != "yes" and reason.facts:
        parts.append(el("span", "; ".join(fact(shown_as(leaf)) for leaf in reason.facts[:ALL_FACTS])))
    cites = "; ".join(f"{cite.title or cite.source}{f', {cite.at}' if cite.at else ''}" for cite in reason.cite)
    basis = f", {reason.basis}" if reason.basis else ""
    where = f"{reason.policy}/{reason.rule}, {reason.edition}{basis}; confidence {reason.confidence}"
    parts.append(el("small", f"{where}{f'; cites {cites}' if cites else ''}"))
    return el("li", *(el("div", part) for part in parts), class_=reason.outcome)


# --- minutes and facts -------------------------------------------------------------------------------------------


def _minutes(decision: Decision, summed: Sequence[Summed]) -> Iterator[Html]:
    drawn = {minutes.name: minutes for minutes in minutes_of(decision)}
    if summed:
        yield el("h2", "Entries that counted, and those that did not", class_="page")
    for one in summed:
        yield el("h3", f"{one.title}: {one.value}")
        if one.name in drawn:
            yield pictures.of_one(drawn[one.name])
        rows = [[r.named, f"{MARKS[r.outcome]} {counting(r)}", lines(r.why)] for r in one.records]
        if rows:
            yield table(f"Records of {one.name}", ("Record", "Counts", "Why not"), rows)


def _facts(leaves: Iterable[Leaf]) -> Iterator[Html]:
    known = dict.fromkeys((leaf.path, value_said(leaf), _how(leaf)) for leaf in leaves)
    if known:
        yield el("h2", "Facts that decided, and how each is known")
        head = ("Fact", "Value", "How it is known")
        yield table("Facts", head, list(map(list, known)), class_="known")


def _how(leaf: Leaf) -> str:
    if leaf.value is UNKNOWN and not leaf.presumed:
        return "recorded as not known" if leaf.null else "nobody recorded it"
    return how_known(leaf)


def _others(decision: Decision, others: Sequence[ServiceDecision]) -> Iterator[Html]:
    said = [f"{s.code}, {s.title}: {status(s)}" for s in others]
    said += [f"{', '.join(outside.services)}: {outside}" for outside in decision.outside]
    if said:
        yield el("h2", "Other services")
        yield listed(said)


# --- what it rests on --------------------------------------------------------------------------------------------


def _sources(reasons: Iterable[Reason]) -> Iterator[Html]:
    """Each source once, with the places that are cited and how surely the rules that cite it were seen."""
    places: dict[str, dict[str, None]] = {}
    seen: dict[str, dict[str, None]] = {}
    for reason in reasons:
        for cite in reason.cite:
            title = cite.title or cite.source
            places.setdefault(title, {}).update({cite.at: None} if cite.at else {})
            seen.setdefault(title, {})[reason.confidence] = None
    if places:
        yield el("h2", "Sources")
        rows = [[title, "; ".join(at), ", ".join(seen[title])] for title, at in places.items()]
        yield table("What the rules above cite", ("Source", "Places", "Confidence"), rows)


def _made_from(decision: Decision, keys: Keys | None) -> Iterator[Html]:
    made = decision.provenance
    yield el("h2", "What it was made from")
    rows = [["Policies in force", ", ".join(f"{name} {edition}" for name, edition in made.editions.items())]]
    rows += [["Layers that apply", ", ".join(made.layers)]] if made.layers else []
    rows += [["Digest of the policies", made.policies], ["Digest of the fee schedules", made.fees]]
    # a digest of facts that are few can be found by trying
    rows += [["Digest of the facts", made.facts]] if keys is None else []
    rows += [["ccm-policy", made.package], ["Policy language", made.language]]
    month = decision.evaluated
    marked = None if month is None else month.program.vocabulary.marks.get(END_OF_RECORD)
    if month is not None and marked is not None:
        cell = month.facts.fact(marked)
        rows.append(["Facts are complete up to", value_said(Leaf(marked, cell.value, cell.presumed))])
    yield table("Versions", ("What", "Which"), rows)
