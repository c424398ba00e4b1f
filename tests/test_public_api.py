"""The public surface: what may be relied on. A change of this list is a change for users; say so in the changelog."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

import ccm_policy
from ccm_policy.evaluate.schema import decision_schema

PLAIN = json.loads((Path(__file__).parent / "golden" / "plain_chart.json").read_text(encoding="utf-8"))


def test_the_public_names_are_these() -> None:
    assert ccm_policy.__all__ == [
        "LANGUAGE_VERSION",
        "CcmPolicyError",
        "Decision",
        "Diagnostic",
        "Given",
        "Options",
        "Place",
        "PolicyLibrary",
        "Span",
        "__version__",
        "load",
        "opened",
        "render",
    ]
    for name in ccm_policy.__all__:
        assert getattr(ccm_policy, name) is not None


def test_a_name_that_is_not_public_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'engine'"):
        _ = ccm_policy.engine


def test_importing_the_package_imports_nothing_heavy() -> None:
    code = (
        "import sys, ccm_policy\n"
        "print(sorted(m for m in ('lark', 'yaml', 'jsonschema', 'ccm_policy.api') if m in sys.modules))"
    )
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True).stdout == "[]\n"
    )


def test_load_and_evaluate_the_plain_chart() -> None:
    library = ccm_policy.load()
    decision = library.evaluate(PLAIN).to_dict()
    jsonschema.Draft202012Validator(decision_schema()).validate(decision)
    assert decision["services"]["99490"]["status"] == "supported"


def test_no_record_of_a_panel_is_left_out_unseen(tmp_path: Path) -> None:
    """What is wrong with one that cannot be read, or be decided, is collected, or raised at last."""
    bad = PLAIN | {"patient_id": "bad", "payer": "medicair"}
    late = {"patient_id": "late", "service_month": "2031-01", "payer": "medicare"}
    path = tmp_path / "panel.json"
    path.write_text(json.dumps([bad, late, PLAIN]), encoding="utf-8")
    library = ccm_policy.load()
    refused: list[ccm_policy.Diagnostic] = []
    assert [d.patient_id for d in library.evaluate_panel(path, refused=refused)] == ["plain"]
    assert [(d.code, d.place.patient) for d in refused if d.place] == [
        ("CCM-E0533", "bad 2026-03"),
        ("CCM-E0440", "late 2031-01"),
    ]
    decisions = library.evaluate_panel(path)
    assert next(decisions).patient_id == "plain"
    with pytest.raises(ccm_policy.CcmPolicyError) as fault:
        next(decisions)
    assert {d.code for d in fault.value.diagnostics} == {"CCM-E0533", "CCM-E0440"}


def test_a_record_that_cannot_be_used_raises_with_its_faults() -> None:
    library = ccm_policy.load()
    with pytest.raises(ccm_policy.CcmPolicyError) as caught:
        library.evaluate({"patient_id": "1", "service_month": "2026-13"})
    assert caught.value.diagnostics
