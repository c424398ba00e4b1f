"""Every command with its exit status and the first line of what it says; nothing on the disk changes.

Status 0: done. 1: a record, a check or an example was refused or failed. 2: it could not run at all.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ccm_policy.cli.main import COMMANDS, main

RECORD = '{"patient_id": "0042", "service_month": "2026-03", "payer": "medicare"}\n'
LAYER = """policy practice.lakeside
  title   "Lakeside"
  edition 2026-01
  extends medicare.ccm.records
  applies when practice is lakeside

requirement plan_reviewed_lately
  title      "The plan was reviewed in the last half-year"
  for        every ccm service
  require    care_plan.reviewed is within 6 months before end of month
  otherwise  "The plan was not reviewed in the last half-year."
  remedy     "Review it."
  basis      practice
  confidence primary
  cite       guide_internal_medicine

example "an old plan is held"
  month  2026-03
  given  plain_month
  given  practice lakeside
  given  care_plan.reviewed 2025-03-02
  given  20 minutes of rn
  expect 99490 held
"""
FILES = {
    "good.json": RECORD,
    "later.json": RECORD.replace("2026-03", "2031-01"),
    "mixed.jsonl": RECORD + RECORD.replace("2026-03", "2026-3").replace("0042", "0043"),
    "broken.json": RECORD[:40],
    "notes.docx": "PK",
    "broken/x.policy": LAYER.replace("  require ", "  requires "),
    "lakeside/lakeside.policy": LAYER,
    "failing/lakeside.policy": LAYER.replace("expect 99490 held", "expect 99490 x 2"),
    "untidy/lakeside.policy": LAYER.replace("  title   ", "  title "),
    "empty/readme.txt": "nothing\n",
    "log.csv": "Patient,Date,Length\n0042,2026-03-02,7\n",
    "mapping.yaml": "mapping: 1\nconstants: {payer: medicare}\nfiles: {log: {file: '*.csv', key: {patient_id: Patient, "
    "service_month: Date}, gives: [{list: time_log, fields: {date: Date, minutes: Length}}]}}\n",
    "tables/time_log.csv": "patient_id,service_month,date,minutes\n0001,2026-03,2026-03-02,7\n",
}

PRICE = "fees price 99490 --date 2026-03-31 --locality 13202-01 --setting non_facility --apm non_qp"
DONE = ["", "--help", "--version", *(f"{command} --help" for command in COMMANDS)]
SAID: dict[str, tuple[int, str]] = {
    # --- words that no command can use
    "evalute good.json": (2, "CCM-E0802: there is no command `evalute`"),
    "evaluate": (2, "CCM-E0803: `PATH` is missing"),
    "explain": (2, "CCM-E0803: `FACTS` is missing"),
    "evaluate good.json more.json": (
        2,
        "CCM-E0801: `more.json` is one too many: `ccm-policy evaluate` has taken what it needs",
    ),
    "evaluate good.json --form csv": (2, "CCM-E0801: `ccm-policy evaluate` has no option `--form`"),
    "evaluate good.json --format": (2, "CCM-E0803: nothing stands after `--format`"),
    "evaluate good.json --format xml": (2, "CCM-E0801: `xml` is nothing that `--format` can be"),
    "evaluate good.json --strict=yes": (2, "CCM-E0801: `--strict` stands by itself, without a value"),
    "evaluate good.json --month 2026-3": (
        2,
        "CCM-E0801: `--month`: `2026-3` is no month; it is written YYYY-MM, for example 2026-03",
    ),
    "evaluate good.json --within ten": (2, "CCM-E0801: `--within`: minutes are written as a number, for example 10"),
    "schema": (
        2,
        (
            "CCM-E0803: one of `facts`, `decision`, `fees`, `mapping`, `reading`, `answers`, `worklist`, `diff`, "
            "`prove` is missing"
        ),
    ),
    "schema fact": (2, "CCM-E0802: `ccm-policy schema` does not know `fact`"),
    "schema decision --tables": (2, "CCM-E0801: there are no tables of `decision`"),
    "fees bogus": (2, "CCM-E0802: `ccm-policy fees` does not know `bogus`"),
    "fees price 99490 --date 2026-02-30": (2, "CCM-E0801: `--date`: `2026-02-30` is not a date like 2026-03-31"),
    "check ''": (2, "CCM-E0803: one of the words after `ccm-policy` is empty"),
    "evaluate good.json --report report.txt": (2, "CCM-E0801: `--report` says what became of the rows of exports"),
    "report good.json": (2, "CCM-E0803: `--out` is missing"),
    "report good.json more.json --out month.html": (
        2,
        "CCM-E0801: `more.json` is one too many: `ccm-policy report` has taken what it needs",
    ),
    "report good.json --out good.json": (2, "CCM-E0564: the output would take the place of what is read"),
    "report good.json --out month.html --secret nowhere": (
        2,
        "CCM-E0730: the secret could not be read: no such file or directory",
    ),
    "report nowhere.json --out month.html": (2, "CCM-E0501: there is no such file or folder"),
    "intake run": (2, "CCM-E0803: `EXPORT`, `--mapping`, `--out` are missing"),
    "new practice": (2, "CCM-E0750: the practice has no name"),
    "new practice Lakeside": (2, "CCM-E0750: `Lakeside` cannot be the name of a practice in a policy"),
    "new practice none": (2, "CCM-E0750: `none` cannot be the name of a practice in a policy"),
    "new practice practice": (2, "CCM-E0750: `practice` cannot be the name of a practice in a policy"),
    "new practice template": (2, "CCM-E0750: there is a policy `practice.template` already"),
    # --- what is named is not there
    "new practice lakeside --answers nowhere.yaml": (2, "CCM-E0751: the answers cannot be read"),
    "intake run log.csv --mapping nowhere.yaml --out out": (2, "CCM-E0716: the mapping cannot be read"),
    "intake run nowhere.csv --mapping mapping.yaml --out out": (2, "CCM-E0710: there is no such file"),
    "intake run log.csv --mapping mapping.yaml --out empty": (
        2,
        "CCM-E0721: the folder holds something that intake has not written",
    ),
    "evaluate nowhere.csv --mapping mapping.yaml": (2, "CCM-E0710: there is no such file"),
    "evaluate nowhere.json": (2, "CCM-E0501: there is no such file or folder"),
    "evaluate notes.docx": (2, "CCM-E0503: this is not a kind of file that holds facts"),
    "evaluate good.json --policies nowhere": (2, "CCM-E0450: the directory of policies `nowhere` is not there"),
    "evaluate good.json --policies good.json": (
        2,
        "CCM-E0450: the directory of policies `good.json` is a file, not a directory",
    ),
    "evaluate good.json --policies empty": (2, "CCM-E0452: there are no policy files in `empty`"),
    "evaluate good.json --fees nowhere": (2, "CCM-E0621: `nowhere` is not a directory"),
    "evaluate good.json --layers no.such": (2, "CCM-E0442: there is no optional layer `no.such`"),
    "explain nowhere.json --patient 0042": (2, "CCM-E0501: there is no such file or folder"),
    "check nowhere": (2, "CCM-E0450: there is no file or directory `nowhere`"),
    "check good.json": (2, "CCM-E0452: `good.json` is not a policy file"),
    "check empty": (2, "CCM-E0452: there are no policy files in `empty`"),
    "check --policies nowhere": (2, "CCM-E0450: the directory of policies `nowhere` is not there"),
    "format nowhere": (2, "CCM-E0130: there is no file nowhere"),
    "format empty": (2, "CCM-E0137: there is no policy file in empty"),
    "test nowhere": (2, "CCM-E0450: there is no file or directory `nowhere`"),
    "test lakeside --name missing": (2, 'CCM-E0701: there is no example with "missing" in its name in `lakeside`'),
    "show medicare.cmm": (2, "CCM-E0443: there is no policy `medicare.cmm`"),
    "show medicare.ccm --on 2031-01": (
        2,
        "CCM-E0440: this library knows its policies through 2026-12, and 2031-01 is later",
    ),
    "show medicare.ccm --on 1999-01": (2, "CCM-E0441: `medicare.ccm` begins in 2015-01, and 1999-01 is earlier"),
    "schema facts --policies nowhere": (2, "CCM-E0450: the directory of policies `nowhere` is not there"),
    "fees check nowhere": (2, "CCM-E0621: `nowhere` is not a directory"),
    "fees import rvu nowhere.csv --year 2025 --release A": (
        2,
        "CCM-E0630: the file cannot be read: No such file or directory",
    ),
    "site build --policies nowhere": (2, "CCM-E0450: the directory of policies `nowhere` is not there"),
    # --- something was refused
    "evaluate broken.json": (1, "CCM-E0506: this is not JSON: at line 1, column 41, a value was expected"),
    "evaluate mixed.jsonl": (1, "CCM-E0534: `service_month` must be a month, written YYYY-MM"),
    "evaluate tables": (1, "CCM-E0515: there is no table `patient_months`"),
    "evaluate later.json": (1, "CCM-E0440: this library knows its policies through 2026-12, and 2031-01 is later"),
    "evaluate good.json --month 2026-04": (1, "CCM-E0523: there are no patient-months of 2026-04 in it"),
    "explain good.json --patient 42": (1, "CCM-E0702: there is no record of patient 42"),
    "explain good.json 99999": (
        1,
        "CCM-E0705: `99999` is no service that is decided in 2026-03 for this payer",
    ),
    "check broken": (1, "CCM-E0103: `requires` is no clause of `requirement`"),
    "format broken": (1, "CCM-E0103: `requires` is no clause of `requirement`"),
    "format --check untidy": (1, "CCM-E0140: not in canonical layout from here on"),
    "fees price 9949X --date 2026-03-31": (1, "CCM-E0604: `medicare_pfs` has no rate for `9949X` on 2026-03-31"),
}
IN_ORDER = {
    "evaluate good.json": "patient",
    "evaluate good.json --format json": "{",
    "evaluate good.json --format jsonl": '{"schema":2,',
    "evaluate good.json --format csv": "patient_id,",
    "explain good.json": "",
    "explain good.json --patient 0042 99490": "",
    "check lakeside": "",
    "format lakeside": "1 file: 0 laid out, 1 as they should be, 0 with errors",
    "test lakeside": "",
    "show": "core.apcm",
    "show medicare.ccm --on 2026-03": "# Medicare",
    "schema facts": "{",
    "schema facts --tables": "{",
    "schema decision": "{",
    "schema mapping": "{",
    "schema reading": "{",
    "schema answers": "{",
    "schema diff": "{",
    "diff 2025-12 2026-01 --policy core.pcm": "2025-12 -> 2026-01",
    "new practice --questions": "# Answer right of the colons. What stays empty is not known, and writes nothing.",
    "evaluate log.csv --mapping mapping.yaml --format csv": "patient_id,",
    "schema fees": "{",
    PRICE: "",
    f"{PRICE} --format json": "{",
    "fees show 2026 --code 99490": "",
    "fees diff 2025 2026 --code 99490": "",
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CCM_POLICY_TRACEBACK", raising=False)
    return tmp_path


def words(command: str) -> list[str]:
    return ["" if word == "''" else word for word in command.split()]


def on_disk(folder: Path) -> dict[str, bytes]:
    return {str(p): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


@pytest.mark.parametrize("command", DONE)
def test_help_is_no_error(command: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status = main(words(command))
    out, err = capsys.readouterr()
    assert (status, err) == (0 if command else 2, "")
    assert "example" in out or command in ("", "--help", "--version")


@pytest.mark.parametrize("command", SAID)
def test_what_is_not_in_order_is_said_and_changes_nothing(
    command: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = on_disk(folder)
    status, first = SAID[command]
    assert main(words(command)) == status
    out, err = capsys.readouterr()
    told = [line for line in (out + "\n" + err).splitlines() if line.startswith("error ")]
    assert told[:1] == [f"error {first}"]
    assert "help: " in out + err
    for word in ("Traceback", "argparse", "argument ", "lark", "jsonschema", "Error("):
        assert word not in out + err
    assert on_disk(folder) == before


@pytest.mark.parametrize("command", IN_ORDER)
def test_what_is_in_order_is_done(command: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = on_disk(folder)
    assert main(words(command)) == 0
    out, err = capsys.readouterr()
    assert out.startswith(IN_ORDER[command])
    assert "error" not in err
    assert on_disk(folder) == before


def test_an_example_that_fails_is_shown_side_by_side(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["test", "failing"]) == 1
    out, err = capsys.readouterr()
    assert out.startswith('failing/lakeside.policy:17: example "an old plan is held"\n  expected  99490 x 2   actual  ')
    assert err == "1 example run: 1 failed\n"


def test_a_month_that_is_not_known_names_its_record(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", "later.json"]) == 1
    assert "--> later.json, patient 0042 2031-01, field service_month" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("more", "code"),
    [('"as_of": "2026-03-15"', "CCM-W0703"), ('"payer": "commercial", "plan": "aetna"', "CCM-W0702")],
)
def test_findings_refuse_only_when_strict(
    more: str, code: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    payer = RECORD if "payer" not in more else RECORD.replace(', "payer": "medicare"', "")
    Path("found.json").write_text(payer.replace("}", f", {more}}}"), encoding="utf-8")
    assert main(["evaluate", "found.json", "--format", "json"]) == 0
    assert f'"code": "{code}"' in capsys.readouterr().out
    assert main(["evaluate", "found.json", "--strict"]) == 1


def test_a_file_that_cannot_be_replaced_stays_as_it_was(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = on_disk(folder)
    monkeypatch.setattr(Path, "replace", _refuse)
    assert main(["format", "untidy"]) == 1
    assert capsys.readouterr().err.startswith("error CCM-E0142: untidy/lakeside.policy cannot be written: read-only")
    assert on_disk(folder) == before


def _refuse(*_: object) -> None:
    raise OSError(30, "read-only file system")


# --- streams and surroundings, which only a process of its own can show ----------------------------------------------

COMMAND = f"{sys.executable} -c 'from ccm_policy.cli.main import main; raise SystemExit(main())'"


def shell(command: str, folder: Path, **surroundings: str) -> tuple[int, str, str]:
    if os.name == "nt":
        pytest.skip("it is written for a POSIX shell")
    kept = {k: os.environ[k] for k in ("PATH", "CCM_POLICY_CACHE", "PYTHONPATH") if k in os.environ}
    root = str(Path(__file__).parents[2])
    ran = subprocess.run(
        ["/bin/sh", "-c", command.replace("ccm-policy", COMMAND)],
        cwd=folder,
        env={**kept, "PYTHONPATH": root, **surroundings},
        capture_output=True,
        check=False,
    )
    return ran.returncode, ran.stdout.decode("utf-8"), ran.stderr.decode("utf-8")


def test_output_that_is_closed_or_full_is_an_error(folder: Path) -> None:
    status, _, err = shell("ccm-policy show >&-", folder)
    assert (status, err.splitlines()[0]) == (2, "error CCM-E0804: the output could not be written: it is closed")
    if Path("/dev/full").exists():
        status, _, err = shell("ccm-policy show > /dev/full", folder)
        assert status == 2
        assert err.startswith("error CCM-E0804: the output could not be written: no space left on device")


def test_what_is_no_file_is_not_written_over(folder: Path) -> None:
    """A device would be gone, and a file of its name in its place."""
    (folder / "there.csv").mkdir()
    (folder / "device.csv").symlink_to("/dev/null")
    for name in ("there.csv", "device.csv"):
        status, _, err = shell(f"ccm-policy worklist good.json --as-of 2026-03-24 --out {name}", folder)
        assert (status, err.splitlines()[0]) == (
            2,
            "error CCM-E0804: the output could not be written: what stands there is no file",
        )
    assert (folder / "device.csv").is_symlink()


def test_a_reader_that_goes_early_is_no_error(folder: Path) -> None:
    status, out, err = shell("{ ccm-policy schema facts; echo $? >&2; } | head -c 1", folder)
    assert (status, out, err) == (0, "{", "0\n")


def test_input_that_is_closed_is_an_error(folder: Path) -> None:
    status, _, err = shell("ccm-policy evaluate - <&-", folder)
    assert (status, err.splitlines()[0]) == (2, "error CCM-E0501: the standard input is closed")


def test_facts_from_standard_input(folder: Path) -> None:
    status, out, err = shell("ccm-policy evaluate - --format csv < good.json", folder)
    assert (status, err) == (0, "")
    assert out.startswith("patient_id,")


def test_the_terminal_s_encoding_and_width_change_no_letter(folder: Path) -> None:
    plain = shell("ccm-policy show medicare.ccm", folder, LC_ALL="C.UTF-8")
    for encoding in ("ascii", "cp1252"):
        bare = shell("ccm-policy show medicare.ccm", folder, LC_ALL="C", PYTHONUTF8="0", PYTHONIOENCODING=encoding)
        assert plain == bare
    for width in ("20", "0", "-5", "wide"):
        status, out, err = shell("ccm-policy evaluate good.json", folder, COLUMNS=width, NO_COLOR="1", TERM="dumb")
        assert (status, err) == (0, "")
        assert "\x1b" not in out


def test_a_cache_that_cannot_be_written_is_done_without(folder: Path) -> None:
    status, _, err = shell("ccm-policy evaluate good.json", folder, CCM_POLICY_CACHE=str(folder / "good.json"))
    assert (status, err) == (0, "")
