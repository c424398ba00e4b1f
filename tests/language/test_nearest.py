"""The name that was probably meant: by letters, by words, or none; and what looking for it costs."""

from __future__ import annotations

import pytest

from ccm_policy.language import nearest as module
from ccm_policy.language.nearest import nearest

FACTS = [
    "access_24_7.offered",
    "care_plan.copy_given",
    "care_plan.created",
    "care_plan.patient_signed",
    "enrolment.first_month",
    "last_seen",
    "patient.died_on",
    "patient_id",
    "payer",
    "practitioner.id",
    "practitioner.specialty",
    "provider_type",
    "service_month",
]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("pateint_id", "patient_id"),
        ("Payor", "payer"),
        ("lastSeen", "last_seen"),
        ("service month", "service_month"),
        ("care-plan.created", "care_plan.created"),
        ("careplan.created", "care_plan.created"),
        ("care_plan.patient_sined", "care_plan.patient_signed"),
        ("care_plan.signed_by_patient", "care_plan.patient_signed"),
        ("care_plan.signature_of_patient", "care_plan.patient_signed"),
        ("patient_signed", "care_plan.patient_signed"),
        ("care_plan.given_copy", "care_plan.copy_given"),
        ("care_plan.copy_given_to_the_patient", "care_plan.copy_given"),
        ("offered.access_24_7", "access_24_7.offered"),
        ("access_24_7", "access_24_7.offered"),
        ("first_month_of_enrolment", "enrolment.first_month"),
        ("billing_practitioner.specialty", "practitioner.specialty"),
        ("died_on", "patient.died_on"),
        ("patient.dob", None),
        ("npi", None),
        ("patient.first_name", None),
        ("care_plan.reviewed_by_staff", None),
        ("", None),
        ("._.", None),
    ],
)
def test_the_name_that_was_meant(written: str, meant: str | None) -> None:
    assert nearest(written, FACTS) == meant


def test_among_many_names_it_is_the_same_as_among_few() -> None:
    many = [*FACTS, *(f"group_{n}.field_{n}" for n in range(2000))]
    for written in ("pateint_id", "care_plan.signed_by_patient", "first_month_of_enrolment", "died_on", "payor"):
        assert nearest(written, many) == nearest(written, FACTS)


def test_a_name_is_compared_with_few_of_many(monkeypatch: pytest.MonkeyPatch) -> None:
    compared = 0
    alike = module._alike

    def counted(spelt: str, other: str, theirs: frozenset[str]) -> tuple[float, float]:
        nonlocal compared
        compared += 1
        return alike(spelt, other, theirs)

    monkeypatch.setattr(module, "_alike", counted)
    known = [f"group_{n}.field_{n}" for n in range(5000)]
    for n in range(50):
        nearest(f"gruop_{n}.feild", known)
    assert compared <= 50 * 10
