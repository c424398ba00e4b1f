"""`ccm-policy new practice`: what is written, and what an answer that does not fit is told, with nothing written."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from ccm_policy import fees, library
from ccm_policy.author.answers import Answer, Known
from ccm_policy.author.asking import asked
from ccm_policy.author.localities import Locality, NotOne, localities, locality
from ccm_policy.author.proving import proved
from ccm_policy.author.questions import read_questions
from ccm_policy.author.sheet import answers_schema, read_answers, sheet
from ccm_policy.author.writing import files
from ccm_policy.cli.main import main
from ccm_policy.facts.yaml_lines import read_document
from ccm_policy.language.diagnostics import CcmPolicyError, rendered

ROOT = Path(__file__).parents[2]
FILLED = (ROOT / "examples" / "practice_answers.yaml").read_text(encoding="utf-8")
GOLDEN = Path(__file__).parent / "golden"
QUESTIONS = read_questions()
SHIPPED, FEES = library.load(), fees.load()
KNOWN = Known(
    lambda of, field: SHIPPED.vocabulary.lists[of].fields[field].type.values,
    lambda schedule, on: localities(FEES, schedule, on),
)
Golden = Callable[[Path, str], None]

PARTLY = re.sub(r"(consent|plan_copy|access): \{.*", r"\1: {answer: not always}", FILLED).replace(
    "staff: []", 'staff: [{id: rn-1, role: rn}, {id: "O\'Neil, B", role: other_clinical}]'
)
"""Of the attested fields of one list some are vouched for and some are not."""
NOTHING = re.sub(r"\{answer: yes.*", "", FILLED)


def made(text: str, folder: Path) -> dict[str, str]:
    path = folder / "answers.yaml"
    path.write_text(text, encoding="utf-8")
    return files("lakeside", QUESTIONS, read_answers(path, QUESTIONS, KNOWN), SHIPPED.vocabulary)


@pytest.mark.parametrize("name, text", [("all", FILLED), ("partly", PARTLY), ("nothing", NOTHING)])
def test_answers_make_these_files(name: str, text: str, tmp_path: Path, golden: Golden) -> None:
    written = made(text, tmp_path)
    assert ("practice_lakeside_staff.csv" in written) == (name == "partly")
    golden(GOLDEN / f"{name}.expected", "".join(f"==> {file}\n{content}" for file, content in written.items()))


def test_what_is_not_vouched_for_is_on_record_in_its_example(tmp_path: Path) -> None:
    policy = made(PARTLY, tmp_path)["practice_lakeside.policy"]
    assert proved("practice_lakeside.policy", policy, FEES) == []


def test_a_policy_that_vouches_for_less_fails_its_example(tmp_path: Path) -> None:
    policy = made(FILLED, tmp_path)["practice_lakeside.policy"].replace(
        "  fact    care_plan.copy_given yes\n", "  fact    care_plan.electronic yes\n"
    )
    (said,) = proved("practice_lakeside.policy", policy, FEES)
    assert said.code == "CCM-E0758"


def test_the_written_policy_is_in_order_beside_the_shipped_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("answers.yaml").write_text(FILLED, encoding="utf-8")
    command = ["new", "practice", "lakeside", "--answers", "answers.yaml", "--out", "mine"]
    assert main(command) == 0
    written = sorted(path.name for path in Path("mine").iterdir())
    assert written == ["practice_lakeside.policy", "practice_lakeside.yaml"]
    assert main(["format", "--check", "mine"]) == 0
    assert main(["check", "mine"]) == 0
    before = {path: path.read_bytes() for path in Path("mine").iterdir()}
    capsys.readouterr()
    assert main(command) == 2
    assert capsys.readouterr().err.count("CCM-E0754: the file is there already") == 2
    assert {path: path.read_bytes() for path in Path("mine").iterdir()} == before


WRONG = {
    "no_title": FILLED.replace("procedures: Lakeside care-management procedures", "procedures:"),
    "quotes": FILLED.replace("Lakeside care-management procedures", "'The \"Lakeside\" way'"),
    "no_day": FILLED.replace("2025-12-01", "2025-02-29"),
    "signed_later": FILLED.replace("2025-12-01", "2026-01-02"),
    "ends_before": FILLED.replace("last_month: 2026-12", "last_month: 2025-12"),
    "state_in_full": FILLED.replace("state: OH", "state: Ohio"),
    "locality_elsewhere": FILLED.replace("locality:", "locality: 01112-05"),
    "place": FILLED.replace("place_of_service: 11", "place_of_service: office"),
    "mostly": FILLED.replace('consent: {answer: yes, section: "4.1"}', "consent: {answer: mostly}"),
    "no_section": FILLED.replace('consent: {answer: yes, section: "4.1"}', "consent: {answer: yes}"),
    "another_form": FILLED.replace('consent: {answer: yes, section: "4.1"}', "consent: [yes]"),
    "no_question": FILLED.replace("plan_copy:", "plan_copies:"),
    "role": FILLED.replace("staff: []", "staff: [{id: a, role: nurse}]"),
    "twice": FILLED.replace("staff: []", "staff: [{id: a, role: rn}, {id: a, role: lpn}]"),
    "no_people": FILLED.replace("staff: []", "staff: rn-1"),
    "a_list": "- procedures\n",
    "no_yaml": "procedures: [\n",
    "two": FILLED.replace("state: OH", "state: Ohio").replace("2025-12-01", "soon"),
}


@pytest.mark.parametrize("name", WRONG)
def test_an_answer_that_does_not_fit_gets_these_words(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, golden: Golden
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("answers.yaml").write_text(WRONG[name], encoding="utf-8")
    with pytest.raises(CcmPolicyError) as caught:
        read_answers(Path("answers.yaml"), QUESTIONS, KNOWN)
    golden(GOLDEN / "wrong" / f"{name}.expected", "\n".join(rendered(caught.value.diagnostics)) + "\n")


def test_a_document_signed_on_the_first_day_of_the_first_month_is_in_time(tmp_path: Path) -> None:
    assert made(FILLED.replace("2025-12-01", "2026-01-01"), tmp_path)
    assert made(FILLED.replace("last_month: 2026-12", "last_month: 2026-01"), tmp_path)


def test_the_sheet_names_every_question_and_asks_again_for_what_is_required(tmp_path: Path) -> None:
    path = tmp_path / "answers.yaml"
    path.write_text(sheet(QUESTIONS), encoding="utf-8")
    assert list(read_document(path.read_text(encoding="utf-8")).data) == [each.name for each in QUESTIONS.ask]
    with pytest.raises(CcmPolicyError) as caught:
        read_answers(path, QUESTIONS, KNOWN)
    assert [each.code for each in caught.value.diagnostics] == ["CCM-E0753"] * 4


def test_the_schema_of_answers_takes_what_is_taken_and_no_more() -> None:
    validator = Draft202012Validator(answers_schema(QUESTIONS))
    assert not list(validator.iter_errors(read_document(PARTLY).data))
    for name in ("mostly", "place", "state_in_full", "no_question", "another_form", "no_people", "a_list"):
        assert list(validator.iter_errors(read_document(WRONG[name]).data)), name


SPOKEN = [
    "", "Lakeside procedures",  # required, so that it is asked again
    "2025-12-01", "2026-01", "2026-12",
    "CA", "San Francisco", "napa",  # two localities have that name, and one has this
    "11", "physician", "",
    "rn-1", "rn-1, rn", "",
    "yes", "", "yes", "3.1",  # a yes without its section is asked again
    "not always", *[""] * 13,
]  # fmt: skip


def test_a_terminal_asks_again_where_an_answer_does_not_fit() -> None:
    shown = io.StringIO()
    answers = asked(QUESTIONS, KNOWN, io.StringIO("".join(f"{line}\n" for line in SPOKEN)), shown)
    assert answers["locality"].value == "01112-51"
    assert answers["staff"] == Answer("", people=(("rn-1", "rn"),))
    assert answers["conditions"] == Answer("yes", "3.1")
    assert answers["risk"] == Answer("not always")
    assert "apm_status" not in answers and "access" not in answers
    assert "`procedures` has no answer" in shown.getvalue()
    assert "`San Francisco` is several localities of CA" in shown.getvalue()
    assert "22 of 22." in shown.getvalue()


class Interrupted:
    """A terminal on which somebody presses Ctrl-C at the third question."""

    def __init__(self, text: str) -> None:
        self._lines = iter(text.splitlines(keepends=True))

    def readline(self) -> str:
        for line in self._lines:
            return line
        raise KeyboardInterrupt


@pytest.mark.parametrize("stdin, status, said", [(io.StringIO, 2, "CCM-E0755"), (Interrupted, 130, "3 of 22.")])
def test_answers_that_end_early_write_nothing(
    stdin: type[io.StringIO | Interrupted], status: int, said: str, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.stdin", stdin("Lakeside procedures\n2025-12-01\n"))
    assert main(["new", "practice", "lakeside"]) == status
    assert said in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


PLACES = [Locality("1-01", "AA", "NORTH COUNTY"), Locality("1-02", "AA", "SOUTH COUNTY"), Locality("2-00", "BB", "BB")]


@pytest.mark.parametrize(
    "text, state, key",
    [
        ("1-02", "AA", "1-02"), ("1-02", "", "1-02"), ("south", "AA", "1-02"), ("", "BB", "2-00"),
        ("", "AA", ""), ("", "", ""),  # several, and nothing was said
        ("1-02", "BB", None), ("county", "AA", None), ("so", "AA", None), ("44101", "BB", None), ("x", "CC", None),
    ],
)  # fmt: skip
def test_a_locality_is_told_where_one_is_meant(text: str, state: str, key: str | None) -> None:
    found = locality(text, state, PLACES)
    assert (None if isinstance(found, NotOne) else found.key if found else "") == key


def test_constants_alone_are_joined_to_the_mapping_of_an_export(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, content in made(PARTLY, tmp_path).items():
        Path(name).write_text(content, encoding="utf-8")
    Path("log.csv").write_text("MRN,State,Day,Min,Staff\n1,,2026-03-02,7,rn-1\n2,KY,2026-03-02,7,x\n", encoding="utf-8")
    Path("log.yaml").write_text(
        "mapping: 1\nfiles: {log: {file: log.csv, key: {patient_id: MRN, service_month: Day}, gives: [{list: time_log, "
        "fields: {date: Day, minutes: Min, staff_id: Staff}}, {facts: {state: State}}]}}\n",
        encoding="utf-8",
    )
    mappings = ["--mapping", "log.yaml", "--mapping", "practice_lakeside.yaml", "--quick", "--out", "facts"]
    assert main(["intake", "run", "log.csv", "practice_lakeside_staff.csv", *mappings]) == 0
    header, *rows = Path("facts/patient_months.csv").read_text(encoding="utf-8").splitlines()
    states = [row.split(",")[header.split(",").index("state")] for row in rows]
    assert states == ["OH", "KY"]
    assert "rn-1,rn" in Path("facts/staff.csv").read_text(encoding="utf-8")
    capsys.readouterr()
    assert main(["intake", "run", "log.csv", "--mapping", "practice_lakeside.yaml", "--out", "other"]) == 2
    Path("alone.yaml").write_text("mapping: 1\nconstants: {state: OH}\n", encoding="utf-8")
    assert main(["intake", "run", "log.csv", "--mapping", "alone.yaml", "--out", "other"]) == 2
    assert "no mapping is for this export" in capsys.readouterr().err
    assert not Path("other").exists()


def test_a_schema_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", "answers"]) == 0
    assert json.loads(capsys.readouterr().out) == answers_schema(QUESTIONS)


def test_a_zip_code_is_a_locality_where_the_file_of_them_is_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    zips = tmp_path / "ZIP5_JAN2026.txt"
    zips.write_bytes(f"{'OH45801 1520200'.replace(' ', ''):<20}1{'':54}20261\r\n".encode())
    answers = tmp_path / "answers.yaml"
    answers.write_text(re.sub(r"^locality:.*", "locality: '45801'", FILLED, flags=re.MULTILINE), encoding="utf-8")
    command = ["new", "practice", "lakeside", "--answers", str(answers), "--out", str(tmp_path / "mine")]
    assert main(command) == 2
    assert "CMS's ZIP5 file" in capsys.readouterr().err
    assert main([*command, "--zip-file", str(zips)]) == 0
    assert "15202-00" in (tmp_path / "mine" / "practice_lakeside.yaml").read_text(encoding="utf-8")
    assert "Parts of this ZIP code lie in another locality" in capsys.readouterr().err


def test_it_stands_beside_policies_of_ones_own(tmp_path: Path) -> None:
    answers, ours = tmp_path / "answers.yaml", tmp_path / "ours"
    answers.write_text(FILLED, encoding="utf-8")
    ours.mkdir()
    mine = made(FILLED, tmp_path)["practice_lakeside.policy"].replace("lakeside", "hillside")
    (ours / "hillside.policy").write_text(mine, encoding="utf-8")
    command = ["new", "practice", "--answers", str(answers), "--policies", str(ours), "--out", str(tmp_path / "new")]
    assert main([*command, "lakeside"]) == 0
    assert main([*command, "hillside", "--force"]) == 2
