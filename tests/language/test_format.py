"""The canonical layout: what it looks like, and that the command changes nothing else."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from ccm_policy.cli.main import main
from ccm_policy.language.format import format_file
from ccm_policy.language.parser import parse

HERE = Path(__file__).parent
UGLY = 'requirement x\n      require a\n  cite s at "p. 1"   # seen\n'
NEAT = 'requirement x\n  require a\n  cite    s at "p. 1"  # seen\n'


@pytest.mark.parametrize("path", sorted((HERE / "good").glob("*.policy")), ids=lambda p: p.stem)
def test_a_text_is_laid_out_like_this(path: Path, golden: Callable[[Path, str], None]) -> None:
    file, found = parse(path.read_text(encoding="utf-8"), path.name)
    assert not found
    golden(path.with_suffix(".formatted"), format_file(file))


def test_lines_stay_within_a_hundred_columns_where_they_can_be_broken() -> None:
    long = " and ".join(f"condition_number_{n}" for n in range(20))
    prose = " ".join(["word"] * 60)
    text = (
        f'requirement x\n  require any visits where {long}\n  otherwise "{prose}"\n  for {", ".join(["99490"] * 40)}\n'
    )
    file, _ = parse(text, "f")
    assert max(map(len, format_file(file).splitlines())) <= 100


def test_no_line_that_goes_on_starts_with_a_clause_word() -> None:
    values = ", ".join(["title", "cite", "remedy", "severity", "basis", "otherwise", "confidence"] * 8)
    file, found = parse(f"requirement x\n  require a is one of {values}\n", "f")
    assert not found
    again, found = parse(format_file(file), "f")
    assert not found
    assert again == file


def test_the_command_writes_what_it_should_and_nothing_else(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ugly, neat, broken = (tmp_path / f"{n}.policy" for n in ("ugly", "neat", "broken"))
    ugly.write_bytes(b"\xef\xbb\xbf" + UGLY.replace("\n", "\r\n").encode())
    ugly.chmod(0o640)
    neat.write_text(NEAT, encoding="utf-8")
    broken.write_text("requirement x\n  require a >= 2\n", encoding="utf-8")
    before = neat.stat().st_mtime_ns

    assert main(["format", "--check", str(tmp_path)]) == 1
    assert ugly.read_bytes().startswith(b"\xef\xbb\xbf")
    assert "CCM-E0140" in capsys.readouterr().err

    assert main(["format", str(tmp_path)]) == 1
    said = capsys.readouterr()
    assert "CCM-E0113" in said.err
    assert "3 files: 1 laid out, 1 as they should be, 1 with errors" in said.out
    assert ugly.read_text(encoding="utf-8") == NEAT
    assert os.name == "nt" or ugly.stat().st_mode & 0o777 == 0o640
    assert neat.stat().st_mtime_ns == before
    assert broken.read_text(encoding="utf-8") == "requirement x\n  require a >= 2\n"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["broken.policy", "neat.policy", "ugly.policy"]

    broken.unlink()
    assert main(["format", "--check", str(tmp_path)]) == 0
    assert main(["format", str(tmp_path / "none.policy")]) == 2
