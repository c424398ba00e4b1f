"""A small world for tests of meaning: a vocabulary and a policy as text, and records as objects.

The vocabulary has one of everything: facts of every type, a list dated in the month, a list that is complete for the
month only, a list of periods that is presumed empty, and the lines of a claim.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from ccm_policy import evaluate, facts, fees, library
from ccm_policy.evaluate import Decision, Options, ServiceDecision

VOCABULARY = """
library
  title          "A small world"
  known through  2030-12
  layers         payer, state, practice
  established by payer

values payer_name are acme, zenith
values role are nurse, aide, clerk, doctor
values grade in order are low, middle, high
roles clinical are nurse, aide, doctor

fact patient_id     text
  key
fact service_month  month
  key
fact payer          payer_name
  key
fact state          text
fact practice       text, presumed none
fact practitioner.id    text
fact practitioner.group text, presumed none
fact locality       text
  marks locality
fact as_of          date, presumed from end of month
  marks end_of_record
fact history.known_from date
fact asked          date
fact begun          date
fact ended          date, presumed none
fact flag           yes/no
fact other_flag     yes/no
  attestable
  instead of asked, log.counted
fact grade_of_work  grade
fact level          integer, 0 to 10
fact kind           one of red, green, blue
  attestable
fact coloured       yes/no, presumed from kind is red
fact topics         set of cost, access, stop
  attestable
fact person.qmb     yes/no
fact person.deductible money, 0 to 999
fact enrolled       yes/no, presumed yes
  attestable
fact patient.died_on date, presumed none
  marks end_of_month
fact recent         yes/no, presumed no unless any visits where seen is after begun

scope same practitioner is practitioner_id is practitioner.id

list staff
  dated once in the record
  field id       text
  field role     role
  field clinical yes/no, presumed from role in clinical

list log
  called entry
  attestable counted
  dated by date
  short date, minutes, who
  field date    date, in service month
  field minutes minutes, 0 to 1440
  field staff_id text, looks up staff by id else role from who
  field who     role
  field counted yes/no, presumed yes
  field shared_by integer, 1 to 20, presumed 1

list visits
  called visit
  dated by seen
  one   visit
  attestable one record
  attestable topic
  attestable held_before instead of seen
  field seen  date
  field code  code
  field topic set of cost, access, stop
  field held_before yes/no, presumed no

list stays
  called stay
  absent presumed empty
  dated from first to last
  field first date
  field last  date, presumed none
  field ward  one of home, hospital

list other_services
  called service
  attestable none
  dated by date, or from period_from to period_to
  complete for the service month
  complete from history.known_from
  field code   code
  field date   date
  field practitioner_id text
  field status one of billed, denied, presumed billed
  field period_from date, presumed none
  field period_to   date, presumed none

list claim_lines
  called line
  marks  claim
  dated by date
  field line  integer, 1 to 50
  field code  code
  field units integer, 0 to 99, presumed 1
  field date  date
  field modifiers set of text, presumed none
  field practitioner_id text, presumed from practitioner.id
  field status one of billed, denied, presumed billed
  field charge money, 0 to 9,999

define services as other_services and lines of the claim whose code no policy decides

source manual
  title "The manual"
"""

RECORD: dict[str, Any] = {
    "patient_id": "p",
    "service_month": "2026-03",
    "payer": "acme",
    "state": "OH",
    "practitioner": {"id": "dr-a"},
    "other_services": [],
    "history": {"known_from": "2015-01-01"},
}
"""A record in which nothing hinders."""

POLICY = """
policy acme.work
  title   "What acme pays"
  edition 2015-01
  applies when payer is acme
"""


@cache
def world(*policies: str) -> library.Library:
    """A library of the small vocabulary and these policy files."""
    with tempfile.TemporaryDirectory() as directory:
        folder = Path(directory)
        (folder / "vocabulary.policy").write_text(VOCABULARY, encoding="utf-8")
        for number, text in enumerate(policies):
            (folder / f"policy_{number}.policy").write_text(text, encoding="utf-8")
        loaded = library.load(folder, cache=False)
        loaded.source  # noqa: B018 - parsed while the files are there
        return loaded


@cache
def schedules() -> fees.FeeSchedules:
    return fees.load()


def decide(policy: str, facts_given: Mapping[str, Any], *more: str, options: Options | None = None) -> Decision:
    """Decide the plain record with these facts beside it, under a policy (its statements; the head is supplied)."""
    loaded = world(policy if policy.lstrip().startswith("policy") else POLICY + policy, *more)
    given, wrong = facts.check({**RECORD, **facts_given}, loaded.vocabulary)
    assert given is not None, [d.message for d in wrong]
    return evaluate.decide(given, loaded, schedules(), options)


SERVICE = """
service 10001
  title  "Work"
  family work
  earns  1 unit
"""

UNITS = """
define minutes_done: minutes
  as sum of minutes over log where counted

service 10001
  title  "Work"
  family work
  earns  1 unit for each full 20 minutes of minutes_done, at most 2 units
"""

TWO_TIERS = """
service 10001
  title  "Higher"
  family work
  tier   higher
  earns  1 unit when flag

service 10002
  title  "Lower"
  family work
  tier   lower
  earns  1 unit when other_flag
"""
"""A higher and a lower service, each with a fact of its own."""

TIERS = f"""{TWO_TIERS}
prefer one tier of higher, lower in that order
  for   work
  basis practice
"""


def holds(condition: str, facts_given: Mapping[str, Any], definitions: str = "") -> str:
    """What a condition comes to: `yes`, `no` or `unknown`, as the only rule of the only service."""
    rule = f"""
requirement it_holds
  title     "It holds"
  for       every work service
  require   {condition}
  otherwise "It does not hold."
  basis     regulation
  cite      manual
"""
    service = decide(SERVICE + definitions + rule, facts_given).services["10001"]
    assert {"yes": "supported", "no": "not_supported", "unknown": "needs_information"}[service.own_outcome] == (
        service.status
    )
    return service.own_outcome


def missing(condition: str, facts_given: Mapping[str, Any], definitions: str = "") -> tuple[str, ...]:
    """The facts that would decide a condition."""
    policy = SERVICE + definitions + rule("it_holds", f"require {condition}")
    return decide(policy, facts_given).services["10001"].missing


def rule(name: str, *clauses: str, codes: str = "every work service", kind: str = "requirement") -> str:
    """A rule with what every deciding rule needs."""
    lines = [f"{kind} {name}", f'  title "{name}"', f"  for {codes}", *(f"  {clause}" for clause in clauses)]
    if not any(clause.startswith("severity") for clause in clauses):
        lines[3:3] = ['  otherwise "No."', "  basis regulation", "  cite manual"]
    return "\n".join(lines) + "\n\n"


def reason(service: ServiceDecision, name: str) -> Any:
    """The reason of that name."""
    return next(r for r in service.reasons if r.rule == name)
