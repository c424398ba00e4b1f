"""A library of flat facts with something of everything that a decision may ask, and random tables of its facts.

Words such as `unknown` and `none`, values that are refused, patient-months that are there twice, months that the
library does not know, payers for whom no policy or perhaps one speaks: a table has some of each.
"""

from __future__ import annotations

import random
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

import ccm_policy

VOCABULARY = """
library
  title          "Flat facts"
  known through  2026-12
  layers         payer, plan, practice
  established by payer

fact patient_id text
  key
fact service_month month
  key
fact practitioner.id text
fact practitioner.type one of physician, np
fact payer one of acme, other, nobody
fact plan one of gold, silver
fact practice text
fact wanted set of text, presumed none
  marks choice_of_layers
fact died_on date, presumed none
  marks end_of_month
fact as_of date
  marks end_of_record
fact locality text
  marks locality
fact setting one of facility, non_facility
  marks setting
fact second_payer yes/no, presumed no unless plan is gold
  ceiling "Another pays first."
fact minutes minutes, 0 to 600
fact visits integer, 0 to 9
fact left money, 0 to 9999
fact poor yes/no
fact severe yes/no
fact consent yes/no, presumed yes unless severe
fact consent_on date
fact done_on date, in service month
fact plan_on date, presumed none
fact seen_on date, presumed from consent_on unless poor
fact needs set of text, presumed none
fact sure yes/no, presumed from visits is at least 2
fact enrolled yes/no

list claim_lines
  marks claim
  field line  integer, 1 to 999
  field code  code
  field units integer, 1 to 999
  field date  date

source book
  title "Written for a test"
"""

ACME = """
policy acme
  title     "Acme"
  edition   2025-01
  applies   when payer is acme
  priced by acme

define severe_or_poor: yes/no
  as severe or poor

define weight: minutes
  as minutes when severe
  as minutes minus 5 minutes when poor
  as minutes otherwise

service 10001
  title   "First"
  family  work
  tier    higher
  earns   1 unit when weight is at least 20 minutes
  dated   done_on
  entered when enrolled
service 10002
  title   "Other"
  family  work
  tier    lower
  earns   1 unit when minutes is at least 10 minutes and enrolled
service 10003
  title   "More of the other"
  family  work
  adds to 10002
  earns   1 unit for each full 20 minutes of minutes beyond 20 minutes, at most 2 units
service 20001
  title   "By itself"
  family  care
  earns   1 unit
  modifier 25 when severe
service 20002
  title   "Visits"
  family  care
  earns   1 unit for each full 2 of visits

prefer one tier of higher, lower by amount
  for   work
  basis practice
prefer one program of care, work in that order
  for   each patient, practitioner, month
  basis practice

requirement asked
  title     "Asked"
  for       every service
  require   consent and consent_on is on or before end of month
  otherwise "No consent."
  basis     practice
  cite      book
requirement planned
  title     "Planned"
  for       every work service
  when      severe_or_poor
  require   plan_on is within 12 months before end of month
  otherwise "No plan."
  basis     practice
  cite      book
  except    seen when seen_on is on or before plan_on
            because "It was seen."
            cite    book
requirement late
  title     "Since the middle of the month"
  for       10001, 20001
  require   sure
  otherwise "Not sure."
  from      2025-03-16
  basis     practice
  cite      book
requirement told
  title     "Told"
  for       every work service
  require   poor
  otherwise "Not poor."
  severity  audit_risk
  basis     practice
  cite      book
exclusion needing
  title     "Needs"
  for       20002
  forbid    needs includes dialysis
  otherwise "Needs more."
  basis     practice
  cite      book

coverage work_covered
  title      "Only some are covered"
  for        10002, 10003
  is         not covered
  when       plan is silver
  cite       book
  basis      practice
coverage with_permission
  title      "With permission"
  for        20002
  is         with authorization
  when       setting is facility
  until      2025-02-28
  cite       book
  basis      practice

payment by_profession
  title    "By profession"
  for      every work service
  pay      85 percent of acme when practitioner.type is np
  pay      100 percent of acme otherwise
  pay      100 percent of acme when that is unknown
  patient  20 percent of allowed, after left, nothing when poor
  withhold sequestration
  round    half up to the cent, once, after the percentage
  cite     book
  basis    practice
"""

GOLD = """
policy gold
  title   "Gold"
  edition 2025-02
  extends acme
  applies when plan is gold

requirement golden
  title     "Golden"
  for       20001
  require   visits is at least 1
  otherwise "No visit."
  basis     practice
  cite      book
"""

OWN = """
policy own
  title   "Our own"
  edition 2025-01
  extends acme
  applies when practice is ours

requirement ours
  title     "Ours"
  for       10002
  require   visits is at least 3
  otherwise "Fewer than three visits."
  basis     practice
  cite      book
"""

WANTED = """
policy wanted
  title   "Wanted"
  edition 2025-01
  extends acme
  applies when payer is acme
  optional

requirement wanting
  title     "Wanting"
  for       20001
  require   visits is at least 9
  otherwise "Fewer than nine visits."
  basis     practice
  cite      book
"""

AMOUNTS = {"10001": "60.00", "10002": "40.00", "10003": "15.00", "20001": "33.33"}


def library(folder: Path) -> ccm_policy.PolicyLibrary:
    """The library, written into a folder."""
    policies, acme = folder / "policies", folder / "fees" / "payers" / "acme"
    for path in (policies, acme):
        path.mkdir(parents=True)
    for name, text in (("library", VOCABULARY), ("acme", ACME), ("gold", GOLD), ("own", OWN), ("wanted", WANTED)):
        (policies / f"{name}.policy").write_text(text.lstrip(), encoding="utf-8")
    (acme / "schedule.yaml").write_text("schedule: acme\ntitle: Acme\n", encoding="utf-8")
    rows = [
        f"{code},,{setting},2015-01-01,2030-12-31,{amount if setting == 'facility' else '50.00'},a letter"
        for code, amount in AMOUNTS.items()
        for setting in ("facility", "non_facility")
    ]
    text = "\n".join(["code,modifier,setting,from,to,amount,source", *rows, ""])
    (acme / "amounts.csv").write_text(text, encoding="utf-8")
    return ccm_policy.load(policies, folder / "fees")


YES_NO = ("second_payer", "poor", "severe", "consent", "sure", "enrolled")
DAYS = [date(2024, 2, 29), date(2025, 2, 28), date(2025, 3, 1), date(2025, 3, 16), date(2025, 3, 31), date(2025, 4, 1)]
ODD = {"payer": "acmee", "minutes": -1, "visits": 1.5, "consent_on": "31/03/2025", "practitioner.id": "\x07"}
"""A value of some columns that is refused."""


def table(seed: int, size: int, *, plain: bool) -> pa.Table:
    """A random table. `plain`: nothing is refused, and one policy speaks for each record."""
    draw = random.Random(seed)
    words = draw.random() < 0.5
    columns = {name: [_cell(name, n, draw, plain, words) for n in range(size)] for name in _names(draw)}
    return pa.table({name: _array(name, cells) for name, cells in columns.items()})


def _names(draw: random.Random) -> list[str]:
    names = ["practitioner.id", "practitioner.type", "died_on", "as_of", "locality", "setting"]
    names += ["minutes", "visits", "left", "consent_on", "done_on", "plan_on", "seen_on", "needs", *YES_NO]
    draw.shuffle(names)
    return ["patient_id", "service_month", "payer", "plan", "practice", *names[: draw.randint(12, len(names))]]


def _array(name: str, cells: list[Any]) -> pa.Array:
    """As its values are; what is mixed, as text."""
    kinds = {cell.__class__ for cell in cells if cell is not None}
    if len(kinds) > 1 and kinds != {int, float}:
        cells = [cell if cell is None or isinstance(cell, str) else _written(cell) for cell in cells]
    return pa.array(cells)


def _written(cell: Any) -> str:
    return {True: "yes", False: "no"}[cell] if isinstance(cell, bool) else str(cell)


def _cell(name: str, number: int, draw: random.Random, plain: bool, words: bool) -> Any:
    odd = 0.0 if plain else draw.random()
    if name == "patient_id":
        return "twice" if odd > 0.99 else None if odd > 0.985 else f" p{number} " if odd > 0.9 else f"p{number}"
    if name == "service_month":
        return "2030-01" if odd > 0.99 else draw.choice(("2025-03", "2025-03", "2025-02"))
    if name == "payer":
        return "acmee" if odd > 0.99 else "acme" if plain else draw.choice(("acme", "acme", "other", "nobody", None))
    if odd > 0.995 and name in ODD:
        return ODD[name]
    if name in ("plan", "practice") and plain:
        return "silver" if name == "plan" else "theirs"
    if draw.random() < 0.08:
        return None
    if words and draw.random() < 0.04:
        return "unknown"
    return _usual(name, draw)


def _usual(name: str, draw: random.Random) -> Any:
    match name:
        case "practitioner.id":
            return draw.choice(("a", "b"))
        case "practitioner.type":
            return draw.choice(("physician", "np"))
        case "plan":
            return draw.choice(("gold", "silver"))
        case "practice":
            return draw.choice(("ours", "theirs"))
        case "locality":
            return draw.choice(("13202-01", "nowhere"))
        case "setting":
            return draw.choice(("facility", "non_facility"))
        case "minutes":
            return draw.choice((0, 9, 10, 19, 20, 24, 25, 40, 59, 60, 300))
        case "visits":
            return draw.randint(0, 5)
        case "left":
            return draw.choice((0.0, 12.5, 100.0))
        case "needs":
            return draw.choice(("dialysis", "dialysis; ride", "ride"))
        case "done_on":
            return date(2025, 3, draw.choice((1, 15, 16, 31)))
        case "died_on":
            return draw.choice(DAYS) if draw.random() < 0.3 else None
        case name if name in YES_NO:
            return draw.random() < 0.7
    return draw.choice(DAYS)
