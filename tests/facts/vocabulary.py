"""A vocabulary for these tests, made by hand: every kind of type and of absence, and a list of every shape.

The shipped vocabulary is policy text, read by its own tests. That readers know no name by themselves is shown by using
another one here.
"""

from __future__ import annotations

from decimal import Decimal

from ccm_policy.language.tree import Absent, Const, FactDecl, FieldDecl, ListDecl, Type, Vocabulary

ROLES = ("physician", "np", "rn", "lpn", "ma", "non_clinical")
PROGRAMS = ("ccm", "pcm", "tcm", "rpm", "other")
YES_NO, TEXT, DATE, CODE = Type("yes/no"), Type("text"), Type("date"), Type("code")
NONE_DATE = Type("date", may_be_none=True)
MINUTES = Type("number", unit="minute", low=Decimal(0), high=Decimal(1440), rarely_above=Decimal(240))
SERVED = Type("number", whole=True, low=Decimal(1), high=Decimal(20))
MONEY = Type("number", unit="dollar", low=Decimal(0), high=Decimal(9999))


def one_of(*values: str, ordered: bool = False) -> Type:
    return Type("value", values=values, ordered=ordered)


def set_of(*values: str) -> Type:
    return Type("set", values=values)


def _presumed(value: bool | str, type: Type) -> Absent:
    return Absent("presumed", Const(value, type))


NONE = Absent("none")

_FACTS: list[FactDecl] = [
    FactDecl(path="patient_id", type=TEXT, key=True, title="Patient"),
    FactDecl(path="service_month", type=Type("month"), key=True),
    FactDecl(path="payer", type=one_of("medicare", "medicaid", "commercial"), key=True),
    FactDecl(path="plan", type=Type("text", may_be_none=True), absent=NONE),
    FactDecl(path="locality", type=TEXT, found="MAC and locality number"),
    FactDecl(path="place_of_service", type=TEXT),
    FactDecl(path="layers", type=set_of(), absent=NONE),
    FactDecl(path="as_of", type=DATE, absent=Absent("computed")),
    FactDecl(path="practitioner.id", type=TEXT, absent=_presumed("unnamed practitioner", TEXT), key=True),
    FactDecl(path="practitioner.type", type=one_of("physician", "np")),
    FactDecl(path="practitioner.group_id", type=Type("text", may_be_none=True), absent=NONE),
    FactDecl(path="practitioner.specialty", type=Type("text", may_be_none=True), absent=NONE),
    FactDecl(path="patient.died_on", type=NONE_DATE, absent=NONE),
    FactDecl(path="patient.deductible_remaining", type=MONEY),
    FactDecl(path="patient.hospice_election", type=Type("period", may_be_none=True), absent=NONE),
    FactDecl(path="risk.significant", type=YES_NO),
    FactDecl(path="care_plan.created", type=DATE),
    FactDecl(path="care_plan.elements", type=set_of("problem_list", "interventions", "community_services")),
    FactDecl(path="access_24_7.offered", type=YES_NO),
    FactDecl(path="practice_has.certified_ehr", type=YES_NO),
    FactDecl(path="mdm.level", type=one_of("straightforward", "low", "moderate", "high", ordered=True)),
    FactDecl(path="mdm.documented", type=YES_NO),
]


def _list(name: str, fields: dict[str, Type | FieldDecl], **more: object) -> ListDecl:
    made = {n: f if isinstance(f, FieldDecl) else FieldDecl(name=n, type=f) for n, f in fields.items()}
    return ListDecl(name=name, fields=made, **more)  # type: ignore[arg-type]


_LISTS: list[ListDecl] = [
    _list(
        "conditions",
        {"icd10": TEXT, "lasts_12_months": YES_NO, "significant_risk": YES_NO, "documented": YES_NO},
        title="Chronic conditions",
    ),
    _list(
        "consents",
        {
            "status": one_of("given", "declined", "revoked"),
            "date": DATE,
            "form": one_of("verbal", "written"),
            "documented": YES_NO,
            "topics": set_of("availability", "cost_sharing", "one_practitioner", "right_to_stop"),
            "practitioner_id": TEXT,
            "revoked_on": FieldDecl(name="revoked_on", type=NONE_DATE, absent=NONE),
        },
        one="consent",
        date_field="date",
    ),
    _list(
        "visits",
        {
            "code": CODE,
            "date": DATE,
            "practitioner_id": TEXT,
            "initiates": set_of(*PROGRAMS),
            "discussion_documented": YES_NO,
        },
    ),
    _list("staff", {"id": TEXT, "role": one_of(*ROLES), "clinical": YES_NO}),
    _list(
        "time_log",
        {
            "id": TEXT,
            "date": Type("date", in_month=True),
            "start": Type("time"),
            "end": Type("time"),
            "minutes": MINUTES,
            "staff_id": FieldDecl(
                name="staff_id", type=TEXT, looks_up="staff", looks_up_by="id", fallback=(("role", "performed_by"),)
            ),
            "performed_by": one_of(*ROLES),
            "program": FieldDecl(name="program", type=one_of(*PROGRAMS), absent=_presumed("ccm", one_of(*PROGRAMS))),
            "description": TEXT,
            "patients_served": SERVED,
            "automated": FieldDecl(name="automated", type=YES_NO, absent=_presumed(False, YES_NO)),
        },
        date_field="date",
    ),
    _list(
        "stays",
        {
            "setting": one_of("inpatient", "hospice"),
            "from": DATE,
            "to": FieldDecl(name="to", type=NONE_DATE, absent=NONE),
        },
        absent=Absent("empty"),
        first_field="from",
        last_field="to",
    ),
    _list(
        "other_services",
        {
            "code": CODE,
            "date": DATE,
            "modifiers": set_of(),
            "practitioner_id": TEXT,
            "same_practitioner": YES_NO,
            "group_id": TEXT,
            "specialty": TEXT,
        },
        complete="month",
    ),
    ListDecl(name="services", fields={"code": FieldDecl(name="code", type=CODE)}, union_of="other_services"),
]

VOCABULARY = Vocabulary(
    facts={f.path: f for f in _FACTS}, lists={d.name: d for d in _LISTS}, values={}, roles={}, scopes={}
)
