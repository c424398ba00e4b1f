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
    FactDecl("patient_id", TEXT, key=True, title="Patient"),
    FactDecl("service_month", Type("month"), key=True),
    FactDecl("payer", one_of("medicare", "medicaid", "commercial"), key=True),
    FactDecl("plan", Type("text", may_be_none=True), NONE),
    FactDecl("locality", TEXT, found="MAC and locality number"),
    FactDecl("place_of_service", TEXT),
    FactDecl("layers", set_of(), NONE),
    FactDecl("as_of", DATE, Absent("computed")),
    FactDecl("practitioner.id", TEXT, _presumed("unnamed practitioner", TEXT), key=True),
    FactDecl("practitioner.type", one_of("physician", "np")),
    FactDecl("practitioner.group_id", Type("text", may_be_none=True), NONE),
    FactDecl("practitioner.specialty", Type("text", may_be_none=True), NONE),
    FactDecl("patient.died_on", NONE_DATE, NONE),
    FactDecl("patient.deductible_remaining", MONEY),
    FactDecl("patient.hospice_election", Type("period", may_be_none=True), NONE),
    FactDecl("risk.significant", YES_NO),
    FactDecl("care_plan.created", DATE),
    FactDecl("care_plan.elements", set_of("problem_list", "interventions", "community_services")),
    FactDecl("access_24_7.offered", YES_NO),
    FactDecl("practice_has.certified_ehr", YES_NO),
    FactDecl("mdm.level", one_of("straightforward", "low", "moderate", "high", ordered=True)),
    FactDecl("mdm.documented", YES_NO),
]


def _list(name: str, fields: dict[str, Type | FieldDecl], **more: object) -> ListDecl:
    made = {n: f if isinstance(f, FieldDecl) else FieldDecl(n, f) for n, f in fields.items()}
    return ListDecl(name, made, **more)  # type: ignore[arg-type]


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
            "revoked_on": FieldDecl("revoked_on", NONE_DATE, NONE),
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
                "staff_id", TEXT, looks_up="staff", looks_up_by="id", fallback=(("role", "performed_by"),)
            ),
            "performed_by": one_of(*ROLES),
            "program": FieldDecl("program", one_of(*PROGRAMS), _presumed("ccm", one_of(*PROGRAMS))),
            "description": TEXT,
            "patients_served": SERVED,
            "automated": FieldDecl("automated", YES_NO, _presumed(False, YES_NO)),
        },
        date_field="date",
    ),
    _list(
        "stays",
        {"setting": one_of("inpatient", "hospice"), "from": DATE, "to": FieldDecl("to", NONE_DATE, NONE)},
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
    ListDecl("services", {"code": FieldDecl("code", CODE)}, union_of="other_services"),
]

VOCABULARY = Vocabulary({f.path: f for f in _FACTS}, {d.name: d for d in _LISTS}, {}, {}, {})
