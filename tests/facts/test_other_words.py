"""A record that uses other people's words is refused with the word that is meant."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from ccm_policy import facts
from tests.facts.vocabulary import VOCABULARY

ALSO = replace(
    VOCABULARY,
    also={
        "time_log minutes": ("Time spent",),
        "time_log performed_by.ma": ("CMA", "medical assistant"),
        "patient_id": ("MRN",),
    },
)


def test_a_column_of_another_name(tmp_path: Path) -> None:
    (tmp_path / "patient_months.csv").write_text("patient_id,service_month\np1,2026-03\n", encoding="utf-8")
    log = "patient_id,service_month,date,Time Spent\np1,2026-03,2026-03-02,20\n"
    (tmp_path / "time_log.csv").write_text(log, encoding="utf-8")
    assert [d.help for d in facts.read(tmp_path, ALSO)[1]] == ["did you mean `minutes`?"]


def test_a_value_and_a_field_of_another_name() -> None:
    record = {
        "patient_id": "p1",
        "service_month": "2026-03",
        "time_log": [{"date": "2026-03-02", "time_spent": 20, "performed_by": "CMA"}],
    }
    _, found = facts.check(record, ALSO)
    assert {"did you mean `ma`?", "did you mean `minutes`?"} <= {d.help for d in found}
    _, found = facts.check({"mrn": "p1", "service_month": "2026-03"}, ALSO)
    assert "did you mean `patient_id`?" in {d.help for d in found}
