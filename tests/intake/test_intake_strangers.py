"""Six exports that no mapping was written for: proposed, answered, read, decided, and held to what is true of them.

Nobody is billed for more than is due, nobody is lost, and nobody is asked about without need.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

import ccm_policy
from ccm_policy.evaluate.decision import Decision
from ccm_policy.intake.propose import propose
from ccm_policy.intake.read_mapping import read_mapping
from ccm_policy.intake.report import Report
from ccm_policy.intake.run import run
from ccm_policy.language.diagnostics import Diagnostic
from tests.intake import other_strangers, strangers
from tests.intake.strangers import ASKED, NOTHING, Truth

TEMPLATE = Path(__file__).parents[2] / "policies" / "practice" / "attesting_template.policy"
PROFILE = (
    "constants: {practice: bright_care, state: OH, locality: 15202-00, place_of_service: '11', apm_status: non_qp, "
    "practitioner.type: physician, practice_has.attested_log: 'yes'}"
)
MOST_QUESTIONS = 10
ENROLLED = {"# - list: programs": "- list: programs", "#   fields: {program:": "  fields: {program:"}


@dataclass(frozen=True)
class Outcome:
    billed: dict[str, int]
    asked: bool


def answered(text: str, more: dict[str, str]) -> str:
    """The mapping with the profile and the answers of somebody who knows the practice."""
    text = text.replace("constants: {}", PROFILE) if "constants: {}" in text else f"{PROFILE}\n{text}"
    for question, answer in more.items():
        assert question in text, question
        text = text.replace(question, answer)
    return text


SHAPES: dict[str, tuple[Callable[[Path], tuple[list[Path], dict[str, Truth]]], dict[str, str]]] = {
    "activity": (strangers.activity, ENROLLED),
    "totals": (strangers.totals, {}),
    "wide": (strangers.wide, ENROLLED),
    "outcomes": (other_strangers.outcomes, {"minutes: Duration ": 'minutes: {column: Duration, format: "h:mm"} '}),
    "standing": (other_strangers.standing, {}),
    "contacts": (other_strangers.contacts, ENROLLED),
}


def decided(shape: str, folder: Path) -> tuple[dict[str, Outcome], Report, int, dict[str, Truth]]:
    made, answers = SHAPES[shape]
    paths, truth = made(folder)
    own = folder / "policies"
    own.mkdir()
    policy = TEMPLATE.read_text(encoding="utf-8").replace("attesting_template", "bright_care")
    (own / "bright_care.policy").write_text(policy[: policy.index("# What an export of a log")], encoding="utf-8")
    library = ccm_policy.load(own)
    proposal = propose(paths, library.policies.vocabulary)
    mapping = folder / "mapping.yaml"
    mapping.write_text(answered(proposal.text(), answers), encoding="utf-8")
    report = run(paths, [read_mapping(mapping)], library.policies.vocabulary, folder / "facts")
    refused: list[Diagnostic] = []
    found = {each.patient_id: outcome(each) for each in library.evaluate_panel(folder / "facts", refused=refused)}
    for problem in refused:
        assert problem.place is not None and problem.place.patient is not None, problem
        found[problem.place.patient.split()[0]] = Outcome({}, True)
    return found, report, len(proposal.questions), truth


def outcome(decision: Decision) -> Outcome:
    billed = {code: each.units for code, each in decision.services.items() if each.status == "supported" and each.units}
    return Outcome(billed, bool(decision.missing))


@pytest.mark.parametrize("shape", SHAPES)
def test_of_an_export_nobody_has_seen_everybody_comes_to_what_is_true(shape: str, tmp_path: Path) -> None:
    found, report, questions, truth = decided(shape, tmp_path)
    nobody = Outcome({}, False)
    named = report.text()
    wrong: dict[str, list[str]] = {"false bill": [], "false not": [], "needless question": []}
    for key, true in truth.items():
        outcome = found.get(key, nobody)
        due = true if isinstance(true, dict) else {}
        if any(count > due.get(code, 0) for code, count in outcome.billed.items()):
            wrong["false bill"].append(key)
        elif outcome.billed != due:
            wrong["needless question" if outcome.asked else "false not"].append(key)
        elif true == ASKED and not (outcome.asked and key in named):
            wrong["false not"].append(key)
        assert true != NOTHING or not outcome.billed
    assert wrong == {"false bill": [], "false not": [], "needless question": []}
    assert questions <= 4
    for told in report.files:
        assert told.read == told.used + sum(tally.count for tally in told.left_out.values())


def test_the_six_have_207_patients_and_cost_few_answers(tmp_path: Path) -> None:
    vocabulary = ccm_policy.load().policies.vocabulary
    patients = questions = 0
    for made, _ in SHAPES.values():
        paths, truth = made(tmp_path)
        patients += len(truth)
        questions += len(propose(paths, vocabulary).questions)
    assert (patients, questions) == (207, 8)
