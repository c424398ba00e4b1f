"""The command as people use it: what it prints, where, and its exit status."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from ccm_policy.cli.main import main

HERE = Path(__file__).parent
RAW = HERE / "raw"
ASKED = ["99490", "--date", "2026-03-31", "--locality", "13202-01", "--setting", "non_facility", "--apm", "non_qp"]

SHOWN = {
    "price": ["price", *ASKED],
    "price_line": ["price", "99490", "--date", "2025-06-30", "--setting", "facility", "--units", "2",
                   "--practitioner", "np", "--sequestration"],
    "price_both": ["price", "99490", "G0506", "--date", "2026-08-31"],
    "price_proposed": ["price", "99490", "--date", "2027-01-31", "--apm", "qp", "--proposed", "--setting", "facility"],
    "price_clinic": ["price", "G0511", "--date", "2025-06-30", "--clinic"],
    "show": ["show", "2024", "--code", "99490"],
    "show_locality": ["show", "2023", "--code", "99490", "--locality", "09202-20"],
    "show_proposed": ["show", "2027", "--code", "99490", "--proposed"],
    "diff": ["diff", "2025", "2026", "--code", "99490"],
    "diff_days": ["diff", "2024-03-08", "2024-03-09", "--code", "99439", "--locality", "13202-01"],
    "project": ["project", "--service", "99490", "--service", "99439*2", "--patients", "200", "--year", "2025",
                "--year", "2026", "--setting", "non_facility", "--apm", "non_qp"],
}  # fmt: skip


def test_price_answers_as_pinned(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fees", "price", *ASKED, "--format", "json"]) == 0
    answer = json.loads(capsys.readouterr().out, parse_float=lambda text: pytest.fail(f"a float: {text}"))
    assert (answer["code"], answer["amount"], answer["conversion_factor"]) == ("99490", "74.57", "33.4009")
    assert answer["arithmetic"].endswith("rounded half up to 74.57")


@pytest.mark.parametrize("name", SHOWN)
def test_what_is_shown(name: str, golden: Callable[[Path, str], None], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fees", *SHOWN[name]]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    if "proposed" in name:
        assert all(line.startswith("PROPOSED") for line in out.splitlines())
    golden(HERE / "golden" / f"{name}.txt", out)


REFUSED = [
    (["price", "99490", "--date", "2026-13-31"], 2, "E0801"),
    (["price", "99490"], 2, "E0803"),
    (["price", "99490", "--date", "2026-03-31", "--fees", "nowhere"], 2, "E0621"),
    (["price", "99490", "--date", "2026-03-31", "--schedule", "acme"], 1, "E0601"),
    (["price", "99490", "--date", "2026-03-31", "--schedule", "sc_medicaid", "--clinic"], 2, "E0614"),
    (["price", "99490", "--date", "2026-03-31", "--locality", "13202"], 1, "E0607"),
    (["price", "99490", "--date", "2026-03-31", "--apm", "mips"], 1, "E0610"),
    (["price", "99490", "--date", "2026-03-31", "--zip", "10001"], 1, "E0651"),
    (["price", "99490", "--date", "2026-03-31", "--practitioner", "nurse"], 2, "E0613"),
    (["price", "99490", "--date", "2026-03-31", "--units", "0"], 2, "E0801"),
    (["show", "2014"], 1, "E0602"),
    (["show", "2026", "--schedule", "sc_medicaid"], 2, "E0601"),
    (["show", "2018", "--code", "99490", "--locality", "13202-01"], 1, "E0608"),
    (["show", "2027"], 1, "E0603"),
    (["diff", "2025", "2026", "--code", "00000"], 1, "E0604"),
    (["diff", "2025", "soon"], 2, "E0801"),
    (["check", "nowhere"], 2, "E0621"),
    (["import", "rvu", str(RAW / "2025/PPRRVU25_JAN.excerpt.csv"), "--year", "2025", "--release", "../A"], 2, "E0801"),
    (["project", "--service", "99490", "--patients", "2", "--year", "0"], 2, "E0801"),
    (["import", "rvu", "gone.csv", "--year", "2025", "--release", "A"], 2, "E0630"),
    (
        ["import", "rvu", str(RAW / "2025/PPRRVU25_JAN.excerpt.csv"), "--year", "2026", "--release", "A"],
        1,
        "E0634",
    ),
    (["project", "--service", "99490", "--patients", "2", "--year", "2026"], 1, "E0610"),
    (["project", "--service", "99490*x", "--patients", "2", "--year", "2026"], 2, "E0801"),
    (["project", "--service", "99490", "--patients", "2", "--months", "13", "--year", "2026"], 2, "E0801"),
]


@pytest.mark.parametrize(("asked", "status", "code"), REFUSED, ids=[" ".join(r[0])[-50:] for r in REFUSED])
def test_what_is_refused(
    asked: list[str], status: int, code: str, capsys: pytest.CaptureFixture[str], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    assert main(["fees", *asked]) == status
    out, err = capsys.readouterr()
    assert out == ""
    assert f"error CCM-{code}: " in err
    assert "  help: " in err
    said = re.findall(r"^(?:error CCM-E\d+|  help): (.*)$", err, re.MULTILINE)
    assert all(not text[0].isupper() or text.startswith(("ZIP", "CMS")) for text in said), said
    assert not any(text.endswith(".") for text in said), said
    assert "Traceback" not in err
    assert list(tmp_path.iterdir()) == []


def test_import_writes_where_it_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = [
        "import",
        "gpci",
        str(HERE / "raw/2026/GPCI2026.csv"),
        "--year",
        "2026",
        "--release",
        "C",
        "--to",
        str(tmp_path),
    ]
    assert main(["fees", *asked]) == 0
    assert "109 keys, written" in capsys.readouterr().out
    assert main(["fees", *asked]) == 0
    assert "109 keys, stands already" in capsys.readouterr().out
    capsys.readouterr()
    assert main(["fees", "check", str(tmp_path)]) == 1  # nothing says yet of which schedule it is, or from when on
    assert "CCM-E0621" in capsys.readouterr().err


def test_every_message_of_this_folder_is_in_the_catalogue() -> None:
    import yaml

    package = HERE.parents[1] / "ccm_policy"
    text = (package / "language" / "catalogue" / "fees.yaml").read_text(encoding="utf-8")
    known = {entry["code"]: entry for entry in yaml.safe_load(text)}
    sources = [*(package / "fees").rglob("*.py"), *(package / "cli").glob("fee*.py")]
    used = {f"CCM-{c}" for p in sources for c in re.findall(r"\"(E06\d\d)\"", p.read_text(encoding="utf-8"))}
    assert used == set(known)
    for entry in known.values():
        assert all(entry[k] for k in ("title", "explanation", "wrong", "right"))


@pytest.mark.parametrize(("years", "code"), [(["2025", "1999"], "CCM-E0602"), (["2026", "2027"], "CCM-E0603")])
def test_a_year_without_rates_ends_nothing(years: list[str], code: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A code has not ended because a year is not held, or is only proposed."""
    assert main(["fees", "diff", *years]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert code in err
