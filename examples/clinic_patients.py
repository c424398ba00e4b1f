"""The patients of the invented clinic: one chart, and what is different in each of its groups."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import Any

Record = dict[str, Any]
MONTH = "2026-03"
TOPICS = ["availability", "cost_sharing", "one_practitioner", "right_to_stop"]
ELEMENTS = [
    "problem_list",
    "prognosis",
    "measurable_goals",
    "cognitive_functional_assessment",
    "symptom_management",
    "interventions",
    "medication_management",
    "environmental_evaluation",
    "caregiver_assessment",
    "coordination",
    "periodic_review",
]

PLACES = {
    "columbus": {"state": "OH", "locality": "15202-00"},
    "manhattan": {"state": "NY", "locality": "13202-01"},
    "upstate": {"state": "NY", "locality": "13282-99"},
    "san_francisco": {"state": "CA", "locality": "01112-05"},
    "los_angeles": {"state": "CA", "locality": "01182-18"},
    "oregon": {"state": "OR", "locality": "02302-99"},
}

PRACTITIONERS: dict[str, Record] = {
    "dr-a": {"id": "dr-a", "type": "physician", "group_id": "river", "specialty": "family medicine"},
    "dr-b": {"id": "dr-b", "type": "physician", "group_id": "river", "specialty": "cardiology"},
    "dr-e": {"id": "dr-e", "type": "physician", "group_id": "river", "specialty": "family medicine"},
    "np-c": {"id": "np-c", "type": "np", "group_id": "river", "specialty": "family medicine"},
    "pa-d": {"id": "pa-d", "type": "pa", "group_id": "river", "specialty": "family medicine"},
    "cnm-h": {"id": "cnm-h", "type": "cnm", "group_id": "river", "specialty": "midwifery"},
    "pod-p": {"id": "pod-p", "type": "podiatrist", "group_id": "river", "specialty": "podiatry"},
}

STAFF: list[Record] = [
    {"id": "rn-1", "role": "rn"},
    {"id": "rn-2", "role": "rn"},
    {"id": "lpn-1", "role": "lpn"},
    {"id": "ma-1", "role": "ma", "clinical": True},
    {"id": "ph-1", "role": "pharmacist", "employment": "contracted"},
    {"id": "sw-1", "role": "social_worker"},
    {"id": "clerk-1", "role": "non_clinical"},
    {"id": "rn-8", "role": "rn", "licensed": False},
    {"id": "rn-9", "role": "rn", "oig_excluded": True},
    {"id": "rn-abroad", "role": "rn", "in_united_states": False},
    *(
        {"id": p["id"], "role": p["type"]}
        for p in PRACTITIONERS.values()
        if p["type"] in ("physician", "np", "pa", "cnm")
    ),
]

PRACTICE: Record = {
    "certified_ehr": True,
    "continuity_team_member": True,
    "enhanced_communication": True,
    "transition_management": True,
    "apcm_capabilities": True,
}

LISTS = (
    "conditions",
    "consents",
    "visits",
    "programs",
    "time_log",
    "stays",
    "other_services",
    "coverage",
    "models",
    "claim_lines",
)

WORK = [
    ("communication", "Called about home blood sugar readings; two high values passed to the practitioner"),
    ("medication", "Reconciled medications with the pharmacy after a refill question"),
    ("coordination", "Arranged the eye examination and sent the summary to the eye clinic"),
    ("education", "Taught how to weigh daily and when to call about swelling"),
    ("results", "Went over the laboratory report with the patient"),
    ("care_plan", "Brought the care plan up to date after the cardiology report"),
    ("community", "Set up meal delivery with the county office"),
]
DAYS = ["02", "04", "06", "09", "11", "13", "16", "18", "20", "23", "25", "27", "30"]


@dataclass
class Group:
    """Patients that show one thing."""

    title: str
    says: str
    records: list[Record] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


GROUPS: list[Group] = []


def entry(day: str, minutes: int | str, who: str = "rn", staff: str | None = "rn-1", **more: Any) -> Record:
    """A time entry of the month; the kind of work follows from the day."""
    activity, description = WORK[int(day) % len(WORK)]
    made: Record = {"date": f"{MONTH}-{day}", "minutes": minutes, "performed_by": who}
    if staff is not None:
        made["staff_id"] = staff
    return made | {"activity": activity, "description": description, "content_adequate": True} | more


def log(total: int, who: str = "rn", staff: str = "rn-1", start: int = 0, piece: int = 8) -> list[Record]:
    """Entries of at most `piece` minutes that come to `total`."""
    pieces = [piece] * (total // piece) + ([total % piece] if total % piece else [])
    return [entry(DAYS[(start + i) % len(DAYS)], minutes, who, staff) for i, minutes in enumerate(pieces)]


def own(total: int, who: str = "dr-a", piece: int = 15) -> list[Record]:
    """The billing practitioner's own minutes."""
    return log(total, PRACTITIONERS[who]["type"], who, 1, piece)


def chart(number: int, place: str = "columbus", who: str = "dr-a") -> Record:
    """A fully documented patient-month without minutes."""
    practitioner = PRACTITIONERS[who]
    return {
        "patient_id": f"{number:04}",
        "service_month": MONTH,
        "payer": "medicare",
        **PLACES[place],
        "place_of_service": "11",
        "apm_status": "non_qp",
        "practitioner": dict(practitioner),
        "patient": {"qmb": False, "deductible_remaining": "0"},
        "history": {"known_from": "2015-01-01"},
        "care_plan": {
            "created": "2025-10-15",
            "reviewed": "2026-02-02",
            "worked_on": "2026-03-20",
            "kind": "comprehensive",
            "elements": list(ELEMENTS),
            "electronic": True,
            "available_24_7": True,
            "copy_given": True,
            "copy_form": "electronic",
            "developed_by": practitioner["type"]
            if practitioner["type"] in ("physician", "np", "pa", "cnm")
            else "physician",
            "patient_signed": True,
            "practitioner_signed": True,
        },
        "access_24_7": {"offered": True, "answered_by": "clinician", "evidence": "call_log"},
        "mdm": {"level": "low", "by_billing_practitioner": True, "documented": True},
        "conditions": [condition("E11.9"), condition("I50.9")],
        "consents": [consent(who)],
        "visits": [visit(who)],
        "programs": [{"program": "ccm", "practitioner_id": who, "started_on": "2025-11-03"}],
        "time_log": [],
        "stays": [],
        "other_services": [],
        "coverage": [{"payer": "medicare", "part_b": True, "rank": 1, "from": "2020-01-01"}],
        "models": [],
    }


def condition(icd10: str, **more: Any) -> Record:
    return {
        "icd10": icd10,
        "lasts_12_months": True,
        "lasts_3_months": True,
        "significant_risk": True,
        "documented": True,
        "actively_managed": True,
        "evidence": "assessed_note",
    } | more


def consent(who: str = "dr-a", **more: Any) -> Record:
    return {
        "program": "ccm",
        "status": "given",
        "date": "2025-10-15",
        "form": "written",
        "signed": True,
        "documented": True,
        "topics": list(TOPICS),
        "practitioner_id": who,
    } | more


def visit(who: str = "dr-a", **more: Any) -> Record:
    return {
        "code": "99214",
        "date": "2025-10-15",
        "practitioner_id": who,
        "modality": "in_person",
        "initiates": ["ccm"],
        "discussion_documented": True,
        "extensive_assessment": False,
    } | more


def other(code: str, who: str | None = "dr-a", day: str = "2026-03-28", **more: Any) -> Record:
    return {"code": code, "date": day, "status": "billed"} | ({"practitioner_id": who} if who else {}) | more


def line(number: int, code: str, units: int = 1, day: str = "2026-03-31", **more: Any) -> Record:
    return {"line": number, "code": code, "units": units, "date": day, "place_of_service": "11"} | more


ABSENT = object()
"""What a change says for a fact or list that is left out."""


def group(title: str, says: str) -> None:
    GROUPS.append(Group(title, says))


def patient(
    note: str,
    *,
    place: str = "columbus",
    who: str = "dr-a",
    minutes: int | None = 25,
    same: bool = False,
    **changes: Any,
) -> None:
    """Add a patient to the last group. `changes`: facts by name, with `__` for the dot; `same`: the patient before."""
    if not GROUPS[-1].records and same:
        raise ValueError("the first of a group has nobody before")
    number = sum(len({r["patient_id"] for r in g.records}) for g in GROUPS) + (0 if same else 1)
    record = chart(number, place, who)
    if minutes:
        record["time_log"] = log(minutes, start=number)
    for name, value in changes.items():
        target: Record = record
        *outer, last = name.split("__")
        for part in outer:
            target = target.setdefault(part, {})
        if value is ABSENT:
            target.pop(last, None)
        else:
            target[last] = copy.deepcopy(value)
    GROUPS[-1].records.append(record)
    GROUPS[-1].notes.append(note)


# --- The groups ------------------------------------------------------------------------------------------------------

group("Twenty minutes of staff and more", "Clinical staff's minutes add up to twenty, and not to forty: 99490.")
patient(
    "three short calls: 7, 5 and 9 minutes", minutes=None, time_log=[entry("02", 7), entry("09", 5), entry("20", 9)]
)
patient("exactly 20 minutes", minutes=20)
patient(
    "31 minutes, in Manhattan, billed by a nurse practitioner: 85 percent", place="manhattan", who="np-c", minutes=31
)
patient(
    "39 minutes, in San Francisco, billed by a physician assistant: 85 percent",
    place="san_francisco",
    who="pa-d",
    minutes=39,
)
patient("25 minutes, upstate New York", place="upstate")
patient("25 minutes, Los Angeles", place="los_angeles")
patient("25 minutes, Oregon, billed by a nurse-midwife: paid in full", place="oregon", who="cnm-h")
patient(
    "6:40, 6:40 and 6:40 are exactly 20 minutes", minutes=None, time_log=[entry(d, "6:40") for d in ("02", "09", "20")]
)
patient(
    "three patients in one group call: 60 minutes count as 20 each",
    minutes=None,
    time_log=[entry("11", 60, patients_served=3)],
)

group("Forty minutes of staff and more", "Each further twenty minutes earn 99439, twice at most.")
patient("exactly 40 minutes", minutes=40)
patient("59 minutes, Manhattan", place="manhattan", minutes=59)
patient("60 minutes with low decision making", minutes=60)
patient("85 minutes: a third 99439 is not earned", minutes=85)

group(
    "Complex care",
    "Sixty minutes and moderate or high decision making: 99487, and 99489 for each further thirty.",
)
patient(
    "60 minutes, moderate decision making; paying less than 99490 with 99439 would", minutes=60, mdm__level="moderate"
)
patient("89 minutes, high decision making: no 99489 yet", minutes=89, mdm__level="high")
patient("90 minutes: 99489 once", place="los_angeles", minutes=90, mdm__level="high")
patient("120 minutes: 99489 twice", place="upstate", minutes=120, mdm__level="moderate")
patient("150 minutes: 99489 three times", minutes=150, mdm__level="high")

group("The practitioner in person", "Thirty minutes of the billing practitioner earn 99491; each further thirty 99437.")
patient("30 minutes of her own", minutes=None, time_log=own(30))
patient("60 minutes of her own: 99437 once", place="manhattan", minutes=None, time_log=own(60))
patient("90 minutes of her own: 99437 twice", minutes=None, time_log=own(90))
patient("30 minutes of a nurse practitioner's own", place="upstate", who="np-c", minutes=None, time_log=own(30, "np-c"))
patient("30 minutes of her own and 25 of staff: one pool is billed", minutes=None, time_log=own(30) + log(25))

group(
    "Planning at the visit that starts CCM",
    "G0506 goes with an initiating visit of the month that went beyond its usual effort.",
)
_started = {"programs": [{"program": "ccm", "practitioner_id": "dr-a", "started_on": "2026-03-05"}]}
_first_visit = visit(date="2026-03-05", extensive_assessment=True)
patient(
    "CCM starts with the visit of 5 March, and twenty minutes follow",
    minutes=None,
    consents=[consent(date="2026-03-05")],
    visits=[_first_visit],
    time_log=[entry("06", 12), entry("20", 11)],
    **_started,
)
patient(
    "the planning alone; the minutes fall short",
    minutes=None,
    consents=[consent(date="2026-03-05")],
    visits=[_first_visit],
    time_log=[entry("18", 6)],
    **_started,
)
patient(
    "planning was billed before; it is billed once",
    minutes=None,
    consents=[consent(date="2026-03-05")],
    visits=[_first_visit],
    time_log=[entry("06", 12), entry("20", 11)],
    other_services=[other("G0506", day="2021-04-12")],
    claim_lines=[line(1, "99490"), line(2, "G0506", day="2026-03-05")],
    **_started,
)
patient(
    "the visit starts behavioural health care as well: an audit risk",
    minutes=None,
    consents=[consent(date="2026-03-05")],
    visits=[_first_visit | {"initiates": ["ccm", "bhi"]}],
    time_log=[entry("06", 12), entry("20", 11)],
    **_started,
)

group(
    "A few minutes short", "All else is in order; a few more documented minutes would earn a service, or one unit more."
)
patient("19 minutes", minutes=19)
patient("15 minutes", place="manhattan", minutes=15)
patient("12 minutes", place="san_francisco", minutes=12)
patient("38 minutes: two short of 99439", minutes=38)
patient("58 minutes and moderate decision making: two short of 99487", minutes=58, mdm__level="moderate")
patient("29 minutes of the practitioner's own", minutes=None, time_log=own(29))
patient("5 minutes: out of reach", minutes=5)
patient("no minutes at all", minutes=None)

group("Minutes that do not count", "The log shows more minutes than count; what is left falls short of twenty.")
_short = [entry("04", 9), entry("18", 9)]
patient(
    "12 minutes before consent, given on 10 March",
    minutes=None,
    consents=[consent(date="2026-03-10")],
    time_log=[entry("05", 12), entry("12", 12)],
)
patient(
    "15 minutes during a hospital stay of 5 to 9 March; the day of discharge counts",
    minutes=None,
    stays=[{"setting": "inpatient", "from": "2026-03-05", "to": "2026-03-09"}],
    time_log=[entry("07", 15), entry("09", 8), entry("20", 8)],
)
patient(
    "in a skilled nursing facility under Part A since February",
    minutes=None,
    stays=[{"setting": "snf_part_a", "from": "2026-02-20", "to": "2026-03-18"}],
    time_log=[entry("11", 20), entry("23", 8)],
)
patient(
    "10 minutes after the patient's death on 16 March",
    minutes=None,
    patient__died_on="2026-03-16",
    time_log=[*_short[:1], entry("16", 8), entry("18", 10)],
)
patient(
    "the patient left the practice on 10 March",
    minutes=None,
    patient__left_practice_on="2026-03-10",
    time_log=[*_short, entry("23", 9)],
)
patient("15 minutes of a clerk", minutes=None, time_log=[*_short, entry("11", 15, "non_clinical", "clerk-1")])
patient("an automated message of 10 minutes", minutes=None, time_log=[*_short, entry("11", 10, automated=True)])
patient(
    "remote monitoring's minutes",
    minutes=None,
    programs=[{"program": p, "practitioner_id": "dr-a", "started_on": "2025-11-03"} for p in ("ccm", "rpm")],
    time_log=[*(e | {"program": "ccm"} for e in _short), entry("11", 12, program="rpm")],
)
patient(
    "minutes that a visit already pays for",
    minutes=None,
    visits=[visit(), visit(date="2026-03-11", code="99213", initiates=[])],
    time_log=[*_short, entry("11", 12, part_of_visit=True)],
)
patient(
    "clerical work by a nurse",
    minutes=None,
    time_log=[*_short, entry("11", 12, activity="administrative", description="Sent the letters of the month")],
)
patient("a nurse whom the Inspector General excludes", minutes=None, time_log=[*_short, entry("11", 12, staff="rn-9")])
patient("a nurse without a licence", minutes=None, time_log=[*_short, entry("11", 12, staff="rn-8")])
patient("a nurse who works abroad", minutes=None, time_log=[*_short, entry("11", 12, staff="rn-abroad")])
patient(
    "30 minutes shared by three patients, and nine alone",
    minutes=None,
    time_log=[entry("11", 30, patients_served=3), entry("18", 9)],
)
patient("the patient is abroad", patient__in_united_states=False)
patient(
    "a nursing facility that is paid for care management",
    stays=[{"setting": "nursing_facility", "from": "2025-06-01", "facility_paid_for_care_management": True}],
)
patient(
    "attempts that reached nobody, in California: the contractor does not count them",
    place="san_francisco",
    who="pa-d",
    minutes=None,
    time_log=[*_short, entry("11", 12, activity="contact_attempt", description="Left a message asking to call back")],
)

group("A rule is not met", "The minutes are there, and one deciding rule is not met.")
patient("one chronic condition only", conditions=[condition("E11.9")], risk={"significant": True, "documented": True})
patient(
    "the second condition will not last twelve months",
    conditions=[condition("E11.9"), condition("J06.9", lasts_12_months=False)],
)
patient("no significant risk", risk={"significant": False, "documented": False})
patient("the care plan rested this month", care_plan__worked_on="2026-02-27")
patient("no Part B", coverage=[{"payer": "medicare", "part_b": False, "rank": 1, "from": "2020-01-01"}])
patient("billed by a podiatrist", who="pod-p")
patient("no consent", consents=[])
patient("the patient declined", place="manhattan", consents=[consent(status="declined")])
patient("consent was withdrawn in February", consents=[consent(status="revoked", revoked_on="2026-02-20")])
patient("consent names another practitioner", consents=[consent("dr-z", group_id="hill", specialty="family medicine")])
patient(
    "cost sharing was not explained",
    place="los_angeles",
    consents=[consent(topics=["availability", "one_practitioner", "right_to_stop"])],
)
patient(
    "no visit at which CCM was discussed, and none in the year before",
    visits=[visit(date="2024-08-01", initiates=[], discussion_documented=False)],
)
patient("no copy of the care plan was given", place="upstate", care_plan__copy_given=False)
patient("the care plan is not available promptly", care_plan__available_24_7=False, care_plan__available_promptly=False)
patient("no access around the clock", access_24_7={"offered": False})
patient(
    "another practitioner billed CCM",
    other_services=[other("99490", "dr-z", group_id="hill", specialty="family medicine")],
)
patient("care plan oversight by the same practitioner", other_services=[other("G0181")])
patient("monthly dialysis care by the same practitioner", other_services=[other("90960")])
patient("principal care management by the same practitioner", other_services=[other("99426")])
patient("advanced primary care management by the same practitioner", other_services=[other("G0557")])
patient("complex CCM was billed already", other_services=[other("99487", day="2026-03-24")])
patient("CCM in person was billed already", other_services=[other("99491", day="2026-03-24")])
patient(
    "complex minutes, and non-complex CCM was billed already",
    minutes=64,
    mdm__level="high",
    other_services=[other("99490", day="2026-03-24")],
)
patient(
    "own minutes, and staff's CCM was billed already",
    minutes=None,
    time_log=own(34),
    other_services=[other("99490", day="2026-03-24")],
)
patient(
    "aligned to the practice's GUIDE model",
    models=[{"model": "guide", "aligned": True, "participant": True, "from": "2025-07-01"}],
)
patient(
    "aligned to a primary-care model that pays for the same work",
    models=[{"model": "cpci", "aligned": True, "participant": True, "from": "2025-07-01"}],
)
patient(
    "decision making by a colleague: not complex",
    minutes=62,
    mdm={"level": "high", "by_billing_practitioner": False, "documented": True},
)

group(
    "Exceptions, and what does not matter",
    "Something looks like a failure, and the rule or one of its exceptions lets it pass.",
)
patient(
    "CCM was not discussed at the visit, but the practitioner saw the patient within the year before",
    visits=[visit(initiates=[], discussion_documented=False)],
)
patient(
    "consent was withdrawn on 5 March: it holds to the end of the month",
    consents=[consent(status="revoked", revoked_on="2026-03-05")],
)
patient(
    "another practitioner's CCM claim was denied",
    other_services=[other("99490", "dr-z", group_id="hill", specialty="family medicine", status="denied")],
)
patient(
    "care plan oversight by another practitioner",
    other_services=[other("G0181", "dr-z", group_id="hill", specialty="geriatrics")],
)
patient(
    "assisted living",
    stays=[{"setting": "assisted_living", "from": "2025-01-01", "facility_paid_for_care_management": False}],
)
patient("a roster that calls a medical assistant clinical", minutes=None, time_log=log(25, "ma", "ma-1"))

group(
    "Something is not recorded",
    "A fact is missing that would decide, or that sets the price. Everything else is settled.",
)
patient("the day of consent", consents=[{n: v for n, v in consent().items() if n != "date"}])
patient("what the patient was told", consents=[{n: v for n, v in consent().items() if n != "topics"}])
patient("everything about consent", consents=ABSENT)
patient(
    "who did the work",
    minutes=None,
    time_log=[{n: v for n, v in e.items() if n not in ("performed_by", "staff_id")} for e in log(24)],
)
patient("the level of decision making, with 64 minutes", minutes=64, mdm=ABSENT)
patient(
    "whether the minutes of a visit's day belong to it",
    minutes=None,
    visits=[visit(), visit(date="2026-03-11", code="99213", initiates=[])],
    time_log=[entry("11", 22)],
)
patient("how many patients shared a call", minutes=None, time_log=[entry("11", 30, patients_served=None)])
patient("whether a copy of the plan was given", place="los_angeles", care_plan__copy_given=ABSENT)
patient("other services", other_services=ABSENT)
patient("who billed the other CCM", other_services=[other("99490", None)])
patient("the conditions", conditions=ABSENT)
patient("the profession of the practitioner", practitioner__type=ABSENT)
patient(
    "whether the nursing facility is paid for care management",
    stays=[{"setting": "nursing_facility", "from": "2025-06-01"}],
)
patient("the State: it selects layers that only flag, so nothing waits for it", state=ABSENT)
patient("the payment model of the practitioner: both amounts are shown", apm_status=ABSENT)
patient("the place of service: both rates are shown", place_of_service=ABSENT)
patient("the locality: supported, without a price", locality=ABSENT)

group("Claims", "A claim is proposed; each line is judged against what is supported.")
patient("in order", minutes=45, claim_lines=[line(1, "99490"), line(2, "99439")])
patient("a third 99439", minutes=85, claim_lines=[line(1, "99490"), line(2, "99439", 3)])
patient("one 99439 too few", minutes=62, claim_lines=[line(1, "99490"), line(2, "99439")])
patient("99439 is left out", place="manhattan", minutes=45, claim_lines=[line(1, "99490")])
patient("nothing is billed", claim_lines=[])
patient(
    "staff codes, where complex care is supported: an alternative",
    minutes=63,
    mdm__level="moderate",
    claim_lines=[line(1, "99490"), line(2, "99439", 2)],
)
patient("two tiers on one claim", minutes=63, mdm__level="moderate", claim_lines=[line(1, "99487"), line(2, "99490")])
patient("complex care with low decision making", minutes=63, claim_lines=[line(1, "99487")])
patient(
    "dated before twenty minutes were reached",
    minutes=None,
    time_log=[entry("04", 10), entry("18", 12)],
    claim_lines=[line(1, "99490", day="2026-03-06")],
)
patient("dated in April", claim_lines=[line(1, "99490", day="2026-04-02")])
patient("an add-on without its base", minutes=45, claim_lines=[line(1, "99439")])
patient("a code that ended in 2020", minutes=45, claim_lines=[line(1, "99490"), line(2, "G2058")])
patient(
    "a visit on the same day without modifier 25",
    minutes=63,
    mdm__level="high",
    claim_lines=[line(1, "99487", day="2026-03-30"), line(2, "99214", day="2026-03-30", modifiers=[])],
)
patient(
    "complex care dated before sixty minutes were reached",
    minutes=63,
    mdm__level="high",
    claim_lines=[line(1, "99487", day="2026-03-03")],
)
patient(
    "care in person dated before thirty minutes were reached",
    minutes=None,
    time_log=own(32),
    claim_lines=[line(1, "99491", day="2026-03-03")],
)
patient("a modifier that is meant to open an edit", claim_lines=[line(1, "99490", modifiers=["59"])])
patient("a telehealth modifier", claim_lines=[line(1, "99490", modifiers=["95"])])
patient(
    "a prolonged service without contact on the same day",
    claim_lines=[line(1, "99490", day="2026-03-30"), line(2, "99358", day="2026-03-30")],
)
patient(
    "a psychiatric evaluation on the same day",
    claim_lines=[line(1, "99490", day="2026-03-30"), line(2, "90791", day="2026-03-30")],
)
patient(
    "review of device data on the day of care in person",
    minutes=None,
    time_log=own(32),
    claim_lines=[line(1, "99491", day="2026-03-30"), line(2, "99091", day="2026-03-30")],
)
patient(
    "a telephone assessment on the same day",
    claim_lines=[line(1, "99490", day="2026-03-30"), line(2, "98966", day="2026-03-30")],
)
patient("a code that no policy decides", claim_lines=[line(1, "99490"), line(2, "36415", day="2026-03-04")])
patient("charged below the fee schedule", claim_lines=[line(1, "99490", charge="50.00")])
patient(
    "planning and complex care on one day",
    minutes=None,
    consents=[consent(date="2026-03-05")],
    visits=[_first_visit],
    time_log=log(64, start=3),
    mdm__level="high",
    claim_lines=[line(1, "99487", day="2026-03-31"), line(2, "G0506", day="2026-03-31")],
    **_started,
)

group("Audit risks", "Supported, and an auditor would ask.")
patient("no proof of access around the clock, in California", place="los_angeles", access_24_7__evidence="no_evidence")
patient("the patient has not signed the plan, in New York", place="manhattan", care_plan__patient_signed=False)
patient("a nurse developed the plan, in California", place="san_francisco", care_plan__developed_by="rn")
patient(
    "the practitioner has not signed the plan, in California", place="los_angeles", care_plan__practitioner_signed=False
)
patient(
    "no measurable goals, in Oregon",
    place="oregon",
    care_plan__elements=[e for e in ELEMENTS if e != "measurable_goals"],
)
patient("the plan was last reviewed two years ago", care_plan__created="2023-05-01", care_plan__reviewed="2024-01-10")
patient(
    "the conditions stand on the problem list only",
    conditions=[condition("E11.9", evidence="problem_list_only"), condition("I50.9", evidence="problem_list_only")],
)
patient("the month's minutes as one entry", minutes=None, time_log=[entry("30", 24, aggregated=True)])
patient(
    "an entry that says nothing",
    minutes=None,
    time_log=[entry("30", 24, description="CCM call", content_adequate=False)],
)
patient("an answering machine after hours", access_24_7__answered_by="answering_machine")
patient("a hospice patient", patient__hospice_election="2026-02-10 to ongoing")
patient("a plan for one disease", care_plan__kind="disease_specific")
patient(
    "a call about a prior authorisation",
    minutes=None,
    time_log=[
        *log(16),
        entry("27", 8, activity="prior_authorization", description="Called the plan about the insulin pump"),
    ],
)
patient(
    "a message left that was the advice itself, counted in Ohio",
    minutes=None,
    time_log=[
        *log(16),
        entry("27", 8, activity="contact_attempt", description="Left the new dose on the machine", care_given=True),
    ],
)
patient(
    "a meeting of two of the staff, logged by both",
    minutes=None,
    time_log=[
        *log(16),
        entry("27", 8, joint=True, description="Talked over the new insulin plan with the pharmacist"),
        entry("27", 8, "pharmacist", "ph-1", joint=True, description="Talked over the new insulin plan with the nurse"),
    ],
)
patient("care plan oversight is planned", other_services=[other("G0181", status="planned")])
patient("verbal consent, not signed", consents=[consent(form="verbal", signed=False)])

group("Payers, settings and the practice's own rules", "Who pays, where, and what the practice itself asks for.")
patient(
    "a Medicare Advantage plan: supported, no public rate",
    payer="medicare_advantage",
    coverage=[{"payer": "medicare_advantage", "rank": 1, "from": "2024-01-01"}],
)
patient("a qualified Medicare beneficiary: no share of the patient's", patient__qmb=True)
patient("60 dollars of the deductible are left", patient__deductible_remaining="60.00")
patient("in a hospital's outpatient department: the facility rate", place_of_service="22")
patient("a commercial payer without a published rule", payer="commercial", coverage=[])
patient("a commercial plan whose texts are silent", payer="commercial", plan="cigna", coverage=[])
patient(
    "a plan that never pays it apart",
    payer="commercial",
    plan="horizon_bcbsnj",
    coverage=[],
    claim_lines=[line(1, "99490")],
)
patient("New York Medicaid: no text on coverage was found", place="manhattan", payer="medicaid", coverage=[])
patient(
    "the practice holds a month whose plan is two years old",
    practice="template",
    care_plan__created="2023-05-01",
    care_plan__reviewed="2024-01-10",
)
patient("a qualifying participant: the other conversion factor", apm_status="qp")
patient("a rural health clinic", provider_type="rhc", place_of_service="72")
patient(
    "advanced primary care management instead: no minutes are asked for",
    minutes=None,
    consents=[consent(program="apcm")],
    programs=[{"program": "apcm", "practitioner_id": "dr-a", "started_on": "2025-11-03"}],
    visits=[visit(initiates=["apcm"])],
)

group(
    "One patient, several practitioners",
    "The family physician and a cardiologist both look after the patient; each has a record of the month.",
)
patient(
    "the family physician: staff's 25 minutes",
    who="dr-a",
    other_services=[other("99426", "dr-b", group_id="river", specialty="cardiology")],
)
patient(
    "the cardiologist: principal care management of the heart failure",
    who="dr-b",
    same=True,
    minutes=None,
    conditions=[condition("I50.9", complex=True)],
    consents=[consent("dr-b", program="pcm")],
    visits=[visit("dr-b", initiates=["pcm"])],
    programs=[{"program": "pcm", "practitioner_id": "dr-b", "started_on": "2025-11-03"}],
    care_plan__kind="disease_specific",
    time_log=[e | {"program": "pcm"} for e in log(34, staff="rn-2")],
    other_services=[other("99490", "dr-a", group_id="river", specialty="family medicine")],
)
