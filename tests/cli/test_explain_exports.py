"""`explain EXPORT… --mapping`: what `intake run` and then `explain` say, in one step and in every form."""

from __future__ import annotations

from pathlib import Path

import pytest

from ccm_policy.cli.main import main

EXPORTS = Path(__file__).parents[2] / "examples" / "exports"
LOG, LIST = str(EXPORTS / "activity_log.csv"), str(EXPORTS / "enrolment_list.csv")
MAPPED = ["--mapping", "activity_log", "--mapping", "enrolment_list"]


@pytest.fixture(scope="module")
def facts(tmp_path_factory: pytest.TempPathFactory) -> str:
    out = tmp_path_factory.mktemp("explained") / "facts"
    assert main(["intake", "run", LOG, LIST, *MAPPED, "--out", str(out), "--quick"]) == 0
    return str(out)


@pytest.mark.parametrize(
    "asked",
    [
        ["--patient", "0001"],
        ["--patient", "0001", "99490", "G0506"],
        ["--patient", "0001", "--service", "99490", "--format", "json"],
        ["--patient", "0001", "--month", "2026-03", "--full", "--format", "html"],
    ],
)
def test_it_is_the_same_in_one_step(asked: list[str], facts: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", facts, *asked]) == 0
    in_two = capsys.readouterr()
    assert main(["explain", LOG, LIST, *asked, *MAPPED]) == 0
    in_one = capsys.readouterr()
    assert in_one.out == in_two.out and in_two.err == ""
    assert f"{LOG}: ".replace("\\", "/") in in_one.err and " rows read, " in in_one.err


def test_codes_and_exports_stand_in_any_order(capsys: pytest.CaptureFixture[str]) -> None:
    orders = (LOG, LIST, "99490", *MAPPED), (LOG, "99490", LIST, *MAPPED), (*MAPPED, LOG, LIST, "99490")
    said = {(main(["explain", *words, "--patient", "0001"]), capsys.readouterr().out) for words in orders}
    assert len(said) == 1 and next(iter(said))[0] == 0


@pytest.mark.parametrize(
    ("words", "status", "told"),
    [
        ([LOG, "gone.csv"], 2, "CCM-E0719: no entry of the mapping is for this export"),
        ([LOG, LIST, "99491x"], 1, "CCM-E0705: `99491x` is no service that is decided"),
        ([LOG, LIST, "--month", "2026-04"], 1, "CCM-E0523: there are no patient-months of 2026-04"),
        ([LOG, LIST, "--practitioner", "nobody"], 1, "CCM-E0702: there is no record of patient 0001"),
    ],
)
def test_what_cannot_be_explained(words: list[str], status: int, told: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", *words, *MAPPED, "--patient", "0001"]) == status
    out, err = capsys.readouterr()
    assert out == "" and told in err
    assert "ccm-policy-" not in err, "no message names the folder that nobody has seen"
