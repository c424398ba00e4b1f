"""Exports with their dirt become the facts and the report that a person would want: nothing lost, nothing guessed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ccm_policy import facts
from ccm_policy.intake.read_mapping import read_mapping
from ccm_policy.intake.run import run
from ccm_policy.language.tree import Vocabulary
from tests.intake.exports import write_all

GOLDEN = Path(__file__).parent / "golden"


@pytest.mark.parametrize("case", ["activity_log", "monthly_totals", "wide"])
def test_an_export_gives_these_facts_and_this_report(
    case: str,
    vocabulary: Vocabulary,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    golden: Callable[[Path, str], None],
) -> None:
    monkeypatch.chdir(tmp_path)
    exports, mapping = write_all(tmp_path)[case]
    report = run(exports, [read_mapping(mapping)], vocabulary, Path("facts"))
    tables = [f"--- {table.name}\n{table.read_text(encoding='utf-8')}" for table in sorted(Path("facts").glob("*.csv"))]
    golden(GOLDEN / f"{case}.expected", "\n".join([*tables, "--- report", report.text()]))
    given, problems = facts.read(Path("facts"), vocabulary)
    assert {problem.code for problem in problems} <= {"CCM-E0530"}, "only a payer that nobody knows refuses a record"
    assert len(given) + len(problems) == report.patient_months
