"""What is kept between runs: the same library, only sooner; damage and closed doors cost time and nothing else."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from datetime import date
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccm_policy.language import parser, stored, syntax
from ccm_policy.language import tree as t
from ccm_policy.language.diagnostics import Diagnostic, Span
from ccm_policy.library import cache, load
from ccm_policy.library.codec import Damaged, decode, encode

WORLD = Path(__file__).parents[1] / "resolve" / "world"
ASKED = (("payer.alpha",), "2022-03")


@pytest.fixture
def policies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CCM_POLICY_CACHE", str(tmp_path / "cache"))
    shutil.copytree(WORLD, tmp_path / "policies")
    return tmp_path / "policies"


def kept(policies: Path) -> list[Path]:
    return sorted((policies.parent / "cache").glob("library-*/*.json"))


def test_warm_is_the_same_as_cold(policies: Path) -> None:
    cold = load(policies)
    program = cold.program(*ASKED)
    warm = load(policies)
    assert warm.outline == cold.outline
    assert warm.program(*ASKED) == program
    assert spans_of(warm.program(*ASKED)) == spans_of(program)


def spans_of(program: t.Program) -> list[Span]:
    return [rule.span for rule in program.rules] + [c.span for rule in program.rules for c in rule.conditions]


def test_a_changed_file_is_another_library(policies: Path) -> None:
    before = load(policies)
    text = (policies / "care.policy").read_text(encoding="utf-8")
    (policies / "care.policy").write_text(
        text.replace("at least 2 conditions", "at least 3 conditions"), encoding="utf-8"
    )
    after = load(policies)
    assert after.digest != before.digest
    assert after.program(*ASKED) != before.program(*ASKED)


def test_the_same_library_elsewhere_names_its_own_files(policies: Path) -> None:
    load(policies).program(*ASKED)
    shutil.copytree(policies, policies.parent / "elsewhere")
    copied = load(policies.parent / "elsewhere")
    assert {r.span.file for r in copied.program(*ASKED).rules} <= {str(f.path) for f in copied.files}
    assert {Path(e.path).parent.name for p in copied.policies.values() for e in p.editions} == {"elsewhere"}


def test_a_new_file_is_another_library(policies: Path) -> None:
    before = load(policies)
    shutil.copy(policies / "care.policy", policies / "more.policy")
    text = (policies / "more.policy").read_text(encoding="utf-8").replace("base.care", "base.other")
    (policies / "more.policy").write_text(text, encoding="utf-8")
    assert set(load(policies).policies) - set(before.policies) == {"base.other"}


@pytest.mark.parametrize("damage", [b"", b"[", b"[]", b'[["Program"]]', b'[["Outline", 5]]', b"\xff\xfe", b'{"a": 1}'])
def test_damage_is_not_noticed_by_anybody(policies: Path, damage: bytes) -> None:
    program = load(policies).program(*ASKED)
    assert len(kept(policies)) == 2
    for path in kept(policies):
        path.write_bytes(damage)
    assert load(policies).program(*ASKED) == program


def test_a_closed_door_is_not_noticed_by_anybody(policies: Path) -> None:
    (policies.parent / "cache").write_text("a file where a directory should be", encoding="utf-8")
    assert load(policies).program(*ASKED).rules


def test_off_means_off(policies: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CCM_POLICY_CACHE", "off")
    load(policies).program(*ASKED)
    assert kept(policies) == []


def test_a_library_with_something_wrong_is_not_kept(policies: Path) -> None:
    (policies / "wrong.policy").write_text('source rule_book\n  title "Again"\n', encoding="utf-8")
    with pytest.raises(Exception, match="E0220"):
        load(policies)
    assert kept(policies) == []


def test_an_edit_of_one_file_reads_only_that_one_anew(policies: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    load(policies)
    read: list[str] = []
    original = parser.parse

    def noting(text: str, path: str) -> tuple[syntax.File, list[Diagnostic]]:
        read.append(Path(path).name)
        return original(text, path)

    monkeypatch.setattr(parser, "parse", noting)
    text = (policies / "care.policy").read_text(encoding="utf-8")
    (policies / "care.policy").write_text(
        text.replace("at least 2 conditions", "at least 3 conditions"), encoding="utf-8"
    )
    changed = load(policies)
    assert read == ["care.policy"]
    assert changed.files == load(policies, cache=False).files
    assert changed.program(*ASKED) == load(policies, cache=False).program(*ASKED)


def test_only_a_few_libraries_are_kept(policies: Path) -> None:
    for number in range(cache.KEPT_LIBRARIES + 3):
        (policies / "note.policy").write_text(f"codes number_{number} are 99490\n", encoding="utf-8")
        load(policies)
    assert len(list((policies.parent / "cache").glob("library-*"))) == cache.KEPT_LIBRARIES


def test_a_warm_start_imports_neither_the_parser_nor_yaml(policies: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from ccm_policy.library import load\n"
        f"load(Path({str(policies)!r})).program({ASKED[0]!r}, {ASKED[1]!r})\n"
        "print(*sorted({'lark', 'yaml', 'jsonschema', 'ccm_policy.language.resolve'} & set(sys.modules)))"
    )

    def run() -> str:
        made = subprocess.run(
            [sys.executable, "-c", script], env=dict(os.environ), capture_output=True, encoding="utf-8"
        )
        assert made.returncode == 0, made.stderr
        return made.stdout.strip()

    assert "lark" in run()
    assert run() == ""


PLAIN = st.none() | st.booleans() | st.text() | st.integers() | st.dates() | st.decimals(allow_nan=False)
NODES = st.recursive(
    st.builds(t.Const, PLAIN.filter(lambda v: v is not None), st.just(t.TEXT)),
    lambda inner: st.builds(t.Not, inner) | st.builds(lambda a: t.And(tuple(a)), st.lists(inner)),
)
VALUES = st.recursive(PLAIN | NODES, lambda v: st.lists(v).map(tuple) | st.dictionaries(st.text(), v), max_leaves=20)
CLASSES = {c.__name__: c for c in (t.Const, t.Not, t.And, t.Type, Span)}


@given(st.tuples(VALUES))
def test_what_is_written_is_read(value: object) -> None:
    read = decode(encode(value), CLASSES)
    assert read == value
    assert repr(read) == repr(value)


def test_equal_values_of_different_types_stay_apart() -> None:
    value = (True, 1, Decimal(1), "1", Decimal("1.0"), date(2026, 1, 1), "2026-01-01", False, 0, None)
    assert [(type(v), str(v)) for v in decode(encode(value), CLASSES)] == [(type(v), str(v)) for v in value]


@given(st.text() | st.lists(st.lists(st.text() | st.integers(-3, 3)), max_size=4).map(str))
def test_any_other_text_is_damage(text: str) -> None:
    try:
        decode(text, CLASSES)
    except Damaged:
        return


def test_months_that_read_the_same_text_share_a_program(policies: Path) -> None:
    library = load(policies)
    months = [f"{year}-{month:02}" for year in (2020, 2021, 2022) for month in range(1, 13)]
    made = {month: library.program(ASKED[0], month) for month in months}
    starts = {e.month for p in library.policies.values() for e in p.editions}
    for before, month in pairwise(months):
        if month not in starts:
            assert made[month] is made[before]
    assert 1 < len({program.digest for program in made.values()}) == len(set(map(id, made.values())))


def test_an_edit_alters_the_digest_of_the_programs_that_read_the_file_alone(policies: Path) -> None:
    def digests() -> dict[str, str]:
        library = load(policies)
        return {name: library.digest_of((name,), "2022-03") for name in library.policies}

    before = digests()
    path = next(p for p in sorted(policies.rglob("*.policy")) if "policy payer.alpha" in p.read_text(encoding="utf-8"))
    path.write_text(path.read_text(encoding="utf-8") + "\n# a remark\n", encoding="utf-8")
    rests_on_it = {name for name, policy in load(policies).policies.items() if "payer.alpha" in (name, *policy.under)}
    after = digests()
    assert {name for name in before if before[name] != after[name]} == rests_on_it
    shared = policies / "shared.policy"
    shared.write_text("codes never_asked_for are 99490\n", encoding="utf-8")
    assert not set(after.items()) & set(digests().items())


def test_a_text_made_of_a_program_is_kept_by_its_digest_and_kind(policies: Path) -> None:
    library = load(policies)
    digest = library.program(*ASKED).digest
    assert library.texts.read(digest, "source") is None
    library.texts.write(digest, "source", "a = 1\nb = 2\n")
    texts = load(policies).texts
    assert texts.read(digest, "source") == "a = 1\nb = 2\n"
    assert texts.read(digest, "other") is None
    assert texts.read("0" * 64, "source") is None
    texts.write("", "source", "of a program that nobody can name again")
    assert texts.read("", "source") is None


def test_a_text_that_was_altered_moved_or_given_by_others_is_not_read(policies: Path) -> None:
    library = load(policies)
    library.texts.write("1" * 64, "source", "a = 1\n")
    library.texts.write("2" * 64, "source", "a = 2\n")
    one, two = sorted(
        (policies.parent / "cache").glob("texts-*/source-*.txt"), key=lambda f: "1111" not in f.read_text()
    )
    right = one.read_bytes()
    for wrong in (b"", right[:-1], right + b"b = 1\n", right.replace(b"= 1", b"= 3"), two.read_bytes(), b"\xff\xfe"):
        one.write_bytes(wrong)
        assert library.texts.read("1" * 64, "source") is None
    one.write_bytes(right)
    assert library.texts.read("1" * 64, "source") == "a = 1\n"


@pytest.mark.skipif(os.name == "nt", reason="of owners that the system knows")
def test_what_others_may_write_is_not_read(policies: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    library = load(policies)
    program = library.program(*ASKED)
    library.texts.write(program.digest, "source", "a = 1\n")
    (text,) = (policies.parent / "cache").glob("texts-*/*.txt")
    for path in (*kept(policies), text):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stored.read(path) is not None
        for others in (0o620, 0o602):
            path.chmod(others)
            assert stored.read(path) is None
        path.chmod(0o600)
        link = path.with_name("link")
        link.symlink_to(path)
        assert stored.read(link) is None
        link.unlink()
    somebody = os.geteuid() + 1
    monkeypatch.setattr(os, "geteuid", lambda: somebody)
    assert [stored.read(path) for path in (*kept(policies), text)] == [None, None, None]
    assert library.texts.read(program.digest, "source") is None
    assert load(policies).program(*ASKED) == program
