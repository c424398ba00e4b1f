"""One cause, one message: what is said about a library whose files are missing, unreadable or out of place."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import pytest

from ccm_policy.cli.main import main
from ccm_policy.language.diagnostics import CcmPolicyError
from ccm_policy.library import load
from ccm_policy.shipped import POLICIES

WORLD = Path(__file__).parents[1] / "resolve" / "world"
RULE = 'requirement alone\n  title "Alone"\n  for every ccm service\n  require care_plan.reviewed is in the month\n'


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(WORLD, tmp_path / "world")
    monkeypatch.chdir(tmp_path)
    return Path("world")


def checked(directory: Path, capsys: pytest.CaptureFixture[str]) -> tuple[list[str], str]:
    """The codes that are said of a directory, and all words."""
    assert main(["check", str(directory)]) == 1
    out, err = capsys.readouterr()
    assert "Traceback" not in out + err
    return re.findall(r"^error CCM-(E\d+)", out, re.MULTILINE), out


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("policy base.care\n".encode("utf-16"), "E0133"),
        (b'policy base.care\n  title "Jos\xe9"\n', "E0133"),
        (b"policy\x00base.care\n", "E0134"),
    ],
)
def test_a_file_that_is_no_text_is_the_only_thing_said(
    world: Path, capsys: pytest.CaptureFixture[str], content: bytes, code: str
) -> None:
    first = next(p for p in sorted(world.glob("*.policy")) if "policy base.care" in p.read_text(encoding="utf-8"))
    first.write_bytes(content)
    assert checked(world, capsys)[0] == [code]
    with pytest.raises(CcmPolicyError) as refused:
        load(world, cache=False)
    assert [d.code for d in refused.value.diagnostics] == [f"CCM-{code}"]


def test_a_base_that_is_not_there_is_the_only_thing_said(world: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for path in world.glob("*.policy"):
        text = path.read_text(encoding="utf-8")
        path.write_text(re.sub(r"(extends +)base.care", r"\1base.car", text), encoding="utf-8")
    assert set(checked(world, capsys)[0]) == {"E0408"}


def test_a_rule_outside_of_any_policy_is_not_passed_over(world: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (world / "alone.policy").write_text(RULE, encoding="utf-8")
    codes, said = checked(world, capsys)
    assert codes == ["E0410"]
    assert "this `requirement` belongs to no policy" in said
    assert "world/alone.policy:1:13" in said


def test_a_copy_that_lost_its_library_statement_is_one_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(POLICIES / "core", tmp_path / "copy")
    monkeypatch.chdir(tmp_path)
    assert checked(Path("copy"), capsys)[0] == ["E0453"]
    with pytest.raises(CcmPolicyError) as refused:
        load(Path("copy"), cache=False)
    assert [d.code for d in refused.value.diagnostics] == ["CCM-E0453"]


def test_the_same_words_are_said_three_times_and_then_counted(world: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = "".join(f'\nnote n{n}\n  text "N."\n  cite nobody\n' for n in range(9))
    text = f'policy extra\n  title "E"\n  edition 2020-01\n  extends base.care\n  applies when payer is beta\n{lines}'
    (world / "extra.policy").write_text(text, encoding="utf-8")
    codes, said = checked(world, capsys)
    assert codes == ["E0210"] * 3
    assert "note: and so in 6 more places" in said


def test_an_edition_after_the_last_known_month_is_a_warning(world: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = 'policy extra\n  title "E"\n  edition 2099-01\n  extends base.care\n  applies when payer is beta\n'
    (world / "extra.policy").write_text(text, encoding="utf-8")
    assert (main(["check", str(world)]), main(["check", str(world), "--strict"])) == (0, 1)
    said = capsys.readouterr().out
    assert "warning CCM-W0411: this edition begins in 2099-01, after the last known month, " in said
    assert "extra.policy:3:3" in said


def test_a_folder_that_cannot_be_listed_is_not_passed_over(
    world: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (world / "payers").mkdir()
    listed = Path.iterdir

    def iterdir(folder: Path) -> object:
        if folder.name == "payers":
            raise PermissionError(13, "Permission denied")
        return listed(folder)

    monkeypatch.setattr(Path, "iterdir", iterdir)
    assert main(["check", str(world)]) == 2
    assert "error CCM-E0451: the folder world/payers cannot be read" in capsys.readouterr().out


def test_a_file_name_that_is_not_utf_8_is_no_obstacle(world: Path) -> None:
    name = os.fsdecode(b"jos\xe9.policy")
    try:
        (world / name).write_text("# nothing yet\n", encoding="utf-8")
    except OSError:
        return  # the file system wants names in UTF-8
    assert main(["check", str(world)]) == 0


TABLE = 'table rates\n  key code: code\n  column rate: number\n  edition 2020-01 from "rates.csv"\n'


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "E0228: the file `rates.csv` cannot be read: it is not there"),
        ("code,rate\n99490,1\n".encode("utf-16"), "E0228: the file `rates.csv` cannot be read: it is not in UTF-8"),
        (b'code,rate\n"99490,1\n', "E0228: the file `rates.csv` cannot be read: a quote is not closed"),
        (b"code,rate\n99490\n", "E0225: a line has not as many values as there are columns (line 2 of rates.csv)"),
        (b"code,rate\n99490,1,2\n", "E0225: a line has not as many values as there are columns (line 2 of rates.csv)"),
        (b"code,rate\n99490,1\n99491,many\n", "E0312: `many` is no value for the column `rate` (line 3 of rates.csv)"),
        (b"code,rate\n9949,1\n", "E0312: `9949` is no value for the column `code` (line 2 of rates.csv)"),
        (b"code,rate\n99490,1\n99490,2\n", "E0226: two rows of `rates` have the key 99490 (line 3 of rates.csv)"),
        (b"code;rate\n99490;1\n", "E0227: the file `rates.csv` has no column `code`, `rate`"),
    ],
)
def test_a_broken_table_names_file_and_line(
    world: Path, capsys: pytest.CaptureFixture[str], content: bytes | None, said: str
) -> None:
    (world / "rates.policy").write_text(TABLE, encoding="utf-8")
    if content is not None:
        (world / "rates.csv").write_bytes(content)
    codes, out = checked(world, capsys)
    assert len(codes) == 1
    assert f"error CCM-{said}\n" in out


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("rates.txt", "its name does not end in `.csv`"),
        ("../rates.csv", "it is hidden, or a way out of the policy file's folder"),
        (".kept/rates.csv", "it is hidden, or a way out of the policy file's folder"),
        ("/etc/rates.csv", "it lies outside the policy file's folder"),
        ("away.csv", "it lies outside the policy file's folder"),
    ],
)
def test_a_table_reads_nothing_but_what_stands_beside_it(
    world: Path, capsys: pytest.CaptureFixture[str], name: str, said: str
) -> None:
    """Policy files of strangers name no file of one's own; and what a table reads counts in the digest."""
    for folder in (world, world.parent, world / ".kept"):
        folder.mkdir(exist_ok=True)
        for file in ("rates.csv", "rates.txt"):
            (folder / file).write_text("code,rate\n99490,1\n", encoding="utf-8")
    try:
        (world / "away.csv").symlink_to((world.parent / "rates.csv").resolve())
    except OSError:
        pytest.skip("this system makes no links")
    (world / "rates.policy").write_text(TABLE.replace("rates.csv", name), encoding="utf-8")
    codes, out = checked(world, capsys)
    assert len(codes) == 1
    assert f"error CCM-E0228: the file `{name}` cannot be read: {said}\n" in out


def test_a_table_may_stand_in_a_folder_beside_the_policy(world: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (world / "held").mkdir()
    (world / "held" / "rates.csv").write_text("code,rate\n99490,1\n", encoding="utf-8")
    (world / "rates.policy").write_text(TABLE.replace("rates.csv", "held/rates.csv"), encoding="utf-8")
    assert main(["check", str(world)]) == 0
