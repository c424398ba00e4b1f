"""`prove` and `check --prove` ask of the library of a path, and keep no answer that could be another one now."""

from __future__ import annotations

import ast
import json
import os
import shutil
import signal
import sys
import threading
from pathlib import Path

import pytest
import z3

import ccm_policy
from ccm_policy.cli.main import main
from ccm_policy.library import cache, load
from ccm_policy.prove import ask, whole
from tests.prove.test_prove import MONTH, small

__all__ = ["small"]

REFUSED, COULD_NOT_RUN = 1, 2


@pytest.mark.parametrize("words", [["prove", "--month", MONTH], ["check", "--prove"]])
@pytest.mark.parametrize("place", [".", "wrong.policy"])
def test_the_library_around_a_path_is_asked(
    words: list[str], place: str, small: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*words, str(small / place)]) == REFUSED
    assert "`thirty` does not hold: Never less than thirty minutes" in capsys.readouterr().out


def test_what_stands_in_no_library_is_refused(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own = small.parent / "own"
    own.mkdir()
    shutil.copy(small / "wrong.policy", own)
    for words in (
        ["prove", str(own)],
        ["prove", str(own), "--policies", str(small)],
        ["prove", str(own / "wrong.policy")],
    ):
        assert main(words) == COULD_NOT_RUN
        told = capsys.readouterr()
        assert (told.out, told.err.split()[1]) == ("", "CCM-E0780:")


def test_two_libraries_are_proved_one_at_a_time(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(small, small.parent / "other")
    assert main(["prove", str(small), str(small.parent / "other")]) == COULD_NOT_RUN
    assert capsys.readouterr().err.startswith("error CCM-E0781: ")


@pytest.mark.parametrize(("month", "code"), [("2019-12", "CCM-E0441:"), ("2027-01", "CCM-E0440:")])
def test_no_other_month_is_asked_than_those_known(
    month: str, code: str, small: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["prove", "--policies", str(small), "--month", month]) == COULD_NOT_RUN
    told = capsys.readouterr()
    assert (told.out, told.err.split()[1]) == ("", code)


def test_where_there_is_nothing_to_ask_nothing_is_as_it_should_be(
    small: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["prove", str(small / "vocabulary.policy")]) == 0
    told = capsys.readouterr()
    assert (told.out, told.err) == ("", "there is nothing to ask\n")


def test_answers_of_another_solver_are_not_shown(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asking = whole.Asking(load(small), "base.care", MONTH)
    kept = asking._digest()
    monkeypatch.setattr(z3, "get_version_string", lambda: "99.0")
    assert kept and asking._digest() != kept


def test_answers_of_other_code_are_not_shown() -> None:
    """What is kept is named by the state of every room that the prover is made of."""
    package = Path(ccm_policy.__file__).parent
    rooms = {folder.name for folder in package.iterdir() if (folder / "__init__.py").is_file()}
    needed, new = set[str](), {"prove"}
    while new:
        needed |= new
        new = {room for each in new for room in _imported(package / each)} & rooms - needed
    assert needed - set(cache._PACKAGE) == set()


def _imported(room: Path) -> set[str]:
    trees = [ast.parse(file.read_text(encoding="utf-8")) for file in room.rglob("*.py")]
    froms = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    modules = [f"{node.module}.{alias.name}" for node in froms for alias in node.names]
    return {parts[1] for name in modules if (parts := name.split("."))[0] == "ccm_policy" and len(parts) > 1}


@pytest.mark.skipif(sys.platform == "win32", reason="an interrupt is sent as a signal")
def test_an_interrupt_ends_the_command_and_not_one_question(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ask, "PATIENCE", 1000)
    world = ask.Worlds((load(small).program(("base.care",), MONTH),), MONTH).of(1)
    a, b, c = z3.Ints("a b c")
    solver = world.solver(a**3 + b**3 + c**3 == 114)  # nobody knows
    interrupt = threading.Timer(0.2, lambda: os.kill(os.getpid(), signal.SIGINT))
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # in the background of a shell it is ignored
    try:
        interrupt.start()
        with pytest.raises(KeyboardInterrupt):
            solver.check()
            interrupt.join()  # on a machine that is busy elsewhere it comes late
    finally:
        signal.signal(signal.SIGINT, before)


def test_every_edition_is_asked_and_what_holds_alike_is_told_once(
    small: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    care = small / "care.policy"
    advice, rule = (
        "of month\n  severity advice",
        'of month\n  otherwise "It is old."\n  basis guidance\n  cite rule_book',
    )
    care.write_text(care.read_text(encoding="utf-8").replace(advice, rule, 1), encoding="utf-8")
    words = ["prove", str(care), "--policies", str(small), "--month", MONTH, "--format", "json"]
    assert main(words) == 0
    now = json.loads(capsys.readouterr().out)["answers"]
    assert {each["month"] for each in now} == {MONTH}
    assert main([*words, "--every-edition"]) == 0
    every = json.loads(capsys.readouterr().out)["answers"]
    assert [each for each in every if each["month"] == MONTH] == now
    before = [each for each in every if each["month"] != MONTH]
    assert {(each["month"], each["name"]) for each in before} == {("2020-01", "plan_reviewed")}
