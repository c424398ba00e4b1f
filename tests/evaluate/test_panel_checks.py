"""One person at two patients at one time (L26): told once, in the later decision, and nothing is decided by it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ccm_policy import evaluate, facts, library
from ccm_policy.evaluate.panel_checks import PanelChecks
from tests.evaluate.small_world import POLICY, RECORD, SERVICE, VOCABULARY, schedules

CHECK = """
panel check one_patient
  forbid    any two log of different patients that overlap where staff_id is the same where shared_by is 1
  otherwise "Two patients at once."
  severity  advice
"""
CLOCK = "  field start time, presumed none\n  field end time\n"


def test_an_overlap_between_patients_is_told_once_by_its_minutes(tmp_path: Path) -> None:
    of_log = "  field shared_by integer, 1 to 20, presumed 1\n"
    (tmp_path / "vocabulary.policy").write_text(VOCABULARY.replace(of_log, of_log + CLOCK), encoding="utf-8")
    (tmp_path / "acme.policy").write_text(POLICY + CHECK + SERVICE, encoding="utf-8")
    loaded, panel = library.load(tmp_path, cache=False), PanelChecks()

    def told(patient: str, *log: tuple[str, str, int, str | None, int]) -> list[str]:
        names = ("date", "start", "minutes", "staff_id", "shared_by")
        rows: list[dict[str, Any]] = [dict(zip(names, row, strict=True)) for row in log]
        given, wrong = facts.check({**RECORD, "patient_id": patient, "log": rows}, loaded.vocabulary)
        assert given is not None, [d.message for d in wrong]
        decision = panel.checked(evaluate.decide(given, loaded, schedules()))
        assert {finding.code for finding in decision.findings} <= {"CCM-W0708", "CCM-W0709"}
        return [finding.message for finding in decision.findings]

    assert told("a", ("2026-03-04", "23:50", 20, "n-1", 1), ("2026-03-04", "10:00", 15, "n-1", 1)) == []
    assert told("b", ("2026-03-04", "10:15", 15, "n-1", 1), ("2026-03-04", "10:00", 15, "n-2", 1)) == []
    assert told("c", ("2026-03-04", "10:05", 5, "n-1", 2), ("2026-03-04", "10:05", 5, None, 1)) == []
    assert told("d", ("2026-03-05", "00:03", 15, "n-1", 1)) == [
        "Entry 1, and entry 1 of patient a, overlap by 7 minutes on 2026-03-05. Two patients at once."
    ]
