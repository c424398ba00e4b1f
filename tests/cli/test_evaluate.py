"""`ccm-policy evaluate` and `ccm-policy schema`: results, messages, exit statuses, the same bytes."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from ccm_policy.cli import place
from ccm_policy.cli.main import main

PLAIN = json.loads((Path(__file__).parents[1] / "golden" / "plain_chart.json").read_text(encoding="utf-8"))
DONE, REFUSED, COULD_NOT_RUN = 0, 1, 2


@pytest.fixture
def panel(tmp_path: Path) -> Path:
    bad = PLAIN | {"patient_id": "bad", "payer": "medicair"}
    later = PLAIN | {"patient_id": "later", "service_month": "2026-04", "time_log": []}
    path = tmp_path / "panel.jsonl"
    path.write_text("\n".join(json.dumps(r) for r in (PLAIN, bad, later)) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    path = tmp_path / "plain.json"
    path.write_text(json.dumps(PLAIN), encoding="utf-8")
    return path


def test_one_record_is_an_object(plain: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", str(plain), "--format", "json"]) == DONE
    told = capsys.readouterr()
    assert json.loads(told.out)["services"]["99490"]["status"] == "supported"
    assert told.err == ""


def test_many_are_a_list_and_a_bad_one_is_refused_alone(panel: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", str(panel), "--format", "json"]) == REFUSED
    told = capsys.readouterr()
    assert [d["patient_id"] for d in json.loads(told.out)] == ["plain", "later"]
    assert "CCM-E0533" in told.err
    assert "row 2, patient bad 2026-03, field payer" in told.err


def test_one_a_line(panel: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["evaluate", str(panel), "--format", "jsonl"])
    assert [json.loads(line)["patient_id"] for line in capsys.readouterr().out.splitlines()] == ["plain", "later"]


def test_one_row_a_service(plain: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["evaluate", str(plain), "--format", "csv"])
    rows = {row["code"]: row for row in csv.DictReader(io.StringIO(capsys.readouterr().out))}
    assert rows["99490"]["status"] == "supported"
    assert rows["99439"]["rule"]
    assert rows["99439"]["status"] == "not_supported"


@pytest.mark.parametrize("form", ["table", "csv"])
def test_reasons_that_a_form_does_not_show_are_told(plain: Path, form: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", str(plain), "--format", form]) == DONE
    without = capsys.readouterr()
    assert main(["evaluate", str(plain), "--format", form, "--reasons", "none"]) == DONE
    told = capsys.readouterr()
    assert (told.out, without.err) == (without.out, "")
    assert told.err.startswith("warning CCM-W0805: `--reasons none` changes nothing here")


def test_only_the_month_asked_for(panel: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", str(panel), "--format", "jsonl", "--month", "2026-04"]) == DONE
    assert [json.loads(line)["patient_id"] for line in capsys.readouterr().out.splitlines()] == ["later"]


def test_the_same_bytes_each_time(panel: Path, capsys: pytest.CaptureFixture[str]) -> None:
    outputs = []
    for _ in range(2):
        main(["evaluate", str(panel)])
        outputs.append(capsys.readouterr())
    assert outputs[0] == outputs[1]


def test_a_few_minutes_short(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    short: dict[str, Any] = json.loads(json.dumps(PLAIN)) | {"locality": "national", "patient_id": "0042"}
    short["time_log"][0]["minutes"] = 5
    path = tmp_path / "short.json"
    path.write_text(json.dumps(short), encoding="utf-8")
    assert main(["evaluate", str(path)]) == DONE
    assert "patient 0042: 1 more documented minute for 99490, worth $66.13" in capsys.readouterr().out
    main(["evaluate", str(path), "--within", "0.5"])
    assert "more documented" not in capsys.readouterr().out


def test_a_finding_counts_only_when_strict(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "other.json"
    path.write_text(json.dumps(PLAIN | {"payer": "other_payer"}), encoding="utf-8")
    assert main(["evaluate", str(path)]) == DONE
    assert main(["evaluate", str(path), "--strict"]) == REFUSED
    assert "ask the payer" in capsys.readouterr().out


def test_a_month_that_the_library_does_not_know(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "far.jsonl"
    far = PLAIN | {"patient_id": "far", "service_month": "2031-01", "time_log": []}
    path.write_text(json.dumps(PLAIN) + "\n" + json.dumps(far) + "\n", encoding="utf-8")
    assert main(["evaluate", str(path), "--format", "jsonl"]) == REFUSED
    told = capsys.readouterr()
    assert [json.loads(line)["patient_id"] for line in told.out.splitlines()] == ["plain"]
    assert "2031-01" in told.err


@pytest.mark.parametrize(
    "args",
    [
        ["no_such_file.jsonl"],
        ["no_such_folder", "--format", "json"],
        ["x.jsonl", "--month", "March"],
        ["x.jsonl", "--month", "2026-13"],
        ["x.jsonl", "--within", "soon"],
        ["x.jsonl", "--format", "xml"],
        ["x.jsonl", "--policies", "no_such_folder"],
        ["x.jsonl", "--fees", "no_such_folder"],
        [],
    ],
)
def test_it_says_when_it_could_not_run(args: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", *args]) == COULD_NOT_RUN
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("error CCM-E0")
    assert "Traceback" not in told.err


def test_help_has_an_example(capsys: pytest.CaptureFixture[str]) -> None:
    for command in ("evaluate", "schema"):
        assert main([command, "--help"]) == DONE
        assert f"  ccm-policy {command} " in capsys.readouterr().out


def test_the_schema_of_facts_is_a_schema_and_takes_the_plain_chart(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", "facts"]) == DONE
    schema = json.loads(capsys.readouterr().out)
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(PLAIN)


def test_the_tables_of_the_facts(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", "facts", "--tables"]) == DONE
    tables = json.loads(capsys.readouterr().out)
    assert tables["time_log"][:4] == ["patient_id", "service_month", "practitioner_id", "id"]
    assert tables["staff"][0] == "id"


def test_the_schemas_of_fees(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", "fees"]) == DONE
    for schema in json.loads(capsys.readouterr().out).values():
        jsonschema.Draft202012Validator.check_schema(schema)


def test_the_schema_of_a_decision_takes_a_decision(plain: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", "decision"]) == DONE
    schema = json.loads(capsys.readouterr().out)
    main(["evaluate", str(plain), "--format", "json"])
    jsonschema.Draft202012Validator(schema).validate(json.loads(capsys.readouterr().out))


def test_an_overlap_stands_with_both_patients_where_decisions_are_held(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    entry = {"date": "2026-03-04", "start": "10:00", "minutes": 20, "performed_by": "rn", "staff_id": "rn-1"}
    path = tmp_path / "panel.jsonl"
    charts = [PLAIN | {"patient_id": name, "time_log": [entry]} for name in ("one", "two")]
    path.write_text("\n".join(map(json.dumps, charts)) + "\n", encoding="utf-8")

    def found(form: str) -> str:
        main(["evaluate", str(path), "--format", form])
        return capsys.readouterr().out

    told = [[f["services"] for f in d["findings"] if f["code"] == "CCM-W0709"] for d in json.loads(found("json"))]
    assert told == [[["99490"]], [["99490"]]]
    later = [json.loads(line) for line in found("jsonl").splitlines()]
    assert [[f["code"] for f in d["findings"] if f["code"] == "CCM-W0709"] for d in later] == [[], ["CCM-W0709"]]
    assert "Panel checks  $" in found("table")


def test_a_file_is_written_whole_or_not_at_all(panel: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out" / "decisions.jsonl"
    assert main(["evaluate", str(panel), "--out", str(out)]) == COULD_NOT_RUN
    assert capsys.readouterr().err.startswith("error CCM-E0804: the output could not be written: no such file")
    out.parent.mkdir()
    assert main(["evaluate", str(panel), "--out", str(out)]) == REFUSED
    assert capsys.readouterr().out == ""
    main(["evaluate", str(panel), "--format", "jsonl"])
    whole = out.read_text(encoding="utf-8")
    assert whole == capsys.readouterr().out
    (tmp_path / "bad.jsonl").write_text("{}\n", encoding="utf-8")
    assert main(["evaluate", str(tmp_path / "bad.jsonl"), "--out", str(out)]) == REFUSED
    assert main(["evaluate", str(tmp_path / "none.jsonl"), "--out", str(out)]) == COULD_NOT_RUN
    assert (out.read_text(encoding="utf-8"), [out]) == (whole, list(out.parent.iterdir()))


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_who_is_asked_to_end_leaves_nothing(
    name: str, panel: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = getattr(signal, name, None)
    if number is None:
        pytest.skip("this system has none")
    monkeypatch.setattr("ccm_policy.cli.running._take", lambda *_: signal.raise_signal(number))
    there = set(tmp_path.iterdir())
    around = signal.signal(number, signal.SIG_DFL)  # whoever runs the tests may have it ignored
    try:
        assert main(["evaluate", str(panel), "--out", str(tmp_path / "decisions.jsonl")]) == 128 + number
        assert (set(tmp_path.iterdir()), signal.getsignal(number)) == (there, signal.SIG_DFL)
    finally:
        signal.signal(number, around)


def test_what_a_run_that_was_killed_left_is_removed(panel: Path, tmp_path: Path) -> None:
    left = tmp_path / ".decisions.jsonl.0123abcd.part"
    others = [
        tmp_path / name for name in (".decisions.jsonl.part", ".other.jsonl.0123abcd.part", ".decisions.jsonl.x.part")
    ]
    for path in (left, *others):
        path.write_text("of a patient", encoding="utf-8")
    out = tmp_path / "decisions.jsonl"
    with place.beside(out) as written:
        assert not left.exists()
        main(["evaluate", str(panel), "--out", str(out)])
        assert written.path.exists() or os.name == "nt"
    assert {path.name for path in tmp_path.iterdir()} == {path.name for path in (panel, out, *others)}


def test_what_is_read_is_not_written_over(
    panel: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = panel.read_bytes()
    tables, policies = tmp_path / "tables", tmp_path / "policies"
    tables.mkdir()
    policies.mkdir()
    (tables / "patient_months.csv").write_text("patient_id,service_month\n", encoding="utf-8")
    if os.name != "nt":  # where a link is a right of its own
        (tmp_path / "linked.jsonl").symlink_to(panel)
    (tmp_path / "same.jsonl").hardlink_to(panel)
    monkeypatch.chdir(tmp_path)

    def refused(*words: str) -> str:
        assert main(["evaluate", *words]) == COULD_NOT_RUN
        told = capsys.readouterr()
        assert told.out == ""
        return told.err.splitlines()[0]

    instead = "would take the place of what is read"
    for out in (str(panel), "./panel.jsonl", "linked.jsonl", "same.jsonl"):
        if Path(out).exists():
            assert refused(str(panel), "--out", out) == f"error CCM-E0564: the output {instead}"
            assert refused(out, "--out", "panel.jsonl") == f"error CCM-E0564: the output {instead}"
    with panel.open(encoding="utf-8") as stream:
        monkeypatch.setattr("sys.stdin", stream)
        assert instead in refused("-", "--out", "panel.jsonl")
    for out in ("tables/patient_months.csv", "tables/more/answers.jsonl"):
        assert f"the output would stand in {tables}" in refused(str(tables), "--out", out)
    assert "would stand in policies" in refused(str(panel), "--policies", "policies", "--out", "policies/codes.csv")
    assert "would stand in tables" in refused("tables", "--engine", "spark", "--out", "tables/answers")
    assert "in which panel.jsonl stands" in refused("panel.jsonl", "--engine", "spark", "--out", str(tmp_path))
    assert panel.read_bytes() == before
    assert [path.name for path in tables.iterdir()] == ["patient_months.csv"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--out", "decisions.txt"], "`--out decisions.txt` does not say what to write"),
        (["--out", "a.csv", "--format", "table"], "`--format table` and `--out a.csv` exclude each other"),
        (["--engine", "spark", "--out", "a", "--format", "csv"], "`--engine spark` and `--format` exclude each other"),
        (["--processes", "0"], "`--processes`: it is a number from 1 on"),
    ],
)
def test_what_cannot_be_asked(plain: Path, words: list[str], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", str(plain), *words]) == COULD_NOT_RUN
    assert capsys.readouterr().err.startswith(f"error CCM-E0801: {told}\n")
