"""Keys, hashed: the same for one secret, others for another; nothing of the record that identifies is left."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import ccm_policy
from ccm_policy.evaluate.opening import opened
from ccm_policy.evaluate.panel_checks import PanelChecks, hours_of
from ccm_policy.language.diagnostics import CcmPolicyError
from ccm_policy.report.keys import Keys, keys_from
from ccm_policy.report.totals import summary
from ccm_policy.report.words import at_hand

CLINIC = Path(__file__).parents[2] / "examples" / "clinic-2026-03"
ONE, OTHER = Keys(b"a secret of a test"), Keys(b"another one of it ")


def test_a_key_is_hashed_alike_under_one_secret() -> None:
    assert ONE.of("0042") == ONE.of("0042") == "kzpii7q4bhx"
    assert len({ONE.of("0042"), ONE.of("42"), OTHER.of("0042"), Keys().of("0042"), Keys().of("0042")}) == 5
    assert "secret" not in repr(ONE)


def test_a_secret_is_read_from_its_file(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"sixteen letters.\n")
    assert keys_from(tmp_path / "secret") == Keys(b"sixteen letters.")
    assert keys_from(None) != keys_from(None)


@pytest.mark.parametrize("held", [b"fifteen letters\n", b"", None])
def test_a_secret_that_cannot_be_used_is_refused(tmp_path: Path, held: bytes | None) -> None:
    if held is not None:
        (tmp_path / "secret").write_bytes(held)
    with pytest.raises(CcmPolicyError) as refused:
        keys_from(tmp_path / "secret")
    assert [d.code for d in refused.value.diagnostics] == ["CCM-E0730"]
    assert "fifteen" not in str(refused.value)


def _record(patient: str, number: int) -> dict[str, object]:
    chart = json.loads((Path(__file__).parents[1] / "golden" / "plain_chart.json").read_text(encoding="utf-8"))
    chart["patient_id"], chart["practitioner"]["id"] = patient, "dr-secret"
    chart["staff"] = [{"id": "nurse-secret", "role": "rn"}]
    chart["time_log"] = [
        {"date": "2026-03-04", "start": f"09:{number:02}", "minutes": 25, "activity": "coordination",
         "staff_id": "nurse-secret"}
    ]  # fmt: skip
    return {name: value for name, value in chart.items() if name != "claim_lines"}


def test_nothing_of_a_decision_that_identifies_is_left() -> None:
    library = ccm_policy.load()
    checks, shown, plain = PanelChecks(), [], []
    for number, patient in enumerate(("mrn-secret-1", "mrn-secret-2")):
        decision = library.evaluate(_record(patient, number))
        found = checks.found(ONE.hours(hours_of(decision)))
        whole = opened(decision.to_dict())
        plain.append(whole)
        shown.append(ONE.decision({**whole, "findings": [*whole["findings"], *(each.to_dict() for each in found)]}))
    text = json.dumps(shown)
    assert "secret" not in text
    assert f"of patient {ONE.of('mrn-secret-1')}" in text
    assert summary(shown).billable == summary(plain).billable
    assert [[code for code, _ in at_hand(one)] for one in shown] == [
        [code for code, _ in at_hand(one)] for one in plain
    ]
    assert shown[0]["provenance"].keys() == plain[0]["provenance"].keys() - {"facts"}
