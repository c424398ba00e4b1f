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
from ccm_policy.language.diagnostics import CcmPolicyError, Diagnostic, Span
from ccm_policy.library import cache, load, pack
from ccm_policy.library.codec import Damaged, decode, encode

WORLD = Path(__file__).parents[1] / "resolve" / "world"
ASKED = (("payer.alpha",), "2022-03")


@pytest.fixture
def policies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CCM_POLICY_CACHE", str(tmp_path / "cache"))
    shutil.copytree(WORLD, tmp_path / "policies")
    return tmp_path / "policies"


def kept(policies: Path) -> list[Path]:
    return sorted((policies.parent / "cache").glob("library-*/*"))


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


@pytest.mark.parametrize("folder", ["library-*", "files-*"])
def test_one_character_that_was_altered_changes_no_answer(policies: Path, folder: str) -> None:
    library = load(policies)
    program = library.program(*ASKED)
    files = sorted((policies.parent / "cache").glob(f"{folder}/*.json"))
    assert files
    for path in files:
        text = path.read_text(encoding="utf-8")
        path.write_text(text[:200] + text[200:].replace('"2', '"3'), encoding="utf-8")
        assert path.read_text(encoding="utf-8") != text or folder == "files-*"
    for path in kept(policies):
        if folder == "files-*" or path.suffix == ".txt":
            path.unlink()
    again = load(policies)
    assert (again.outline, again.program(*ASKED)) == (library.outline, program)


def test_what_was_made_of_something_else_is_not_read(policies: Path) -> None:
    library = load(policies)
    trees = sorted((policies.parent / "cache").glob("files-*/*.json"))
    for path, other in zip(trees, [*trees[1:], trees[0]], strict=True):
        path.with_suffix(".moved").write_bytes(other.read_bytes())
    for path in trees:
        path.with_suffix(".moved").replace(path)
    for path in kept(policies):
        path.unlink()
    assert load(policies).files == library.files
    (outline,) = (path for path in kept(policies) if path.suffix == ".json")
    content = outline.read_bytes()
    text = (policies / "care.policy").read_text(encoding="utf-8")
    (policies / "care.policy").write_text(text.replace("2 conditions", "3 conditions"), encoding="utf-8")
    load(policies)
    (edited,) = (path for path in kept(policies) if path.suffix == ".json" and path != outline)
    assert load(policies)._source is None
    edited.write_bytes(content)
    assert load(policies)._source is not None


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
        (policies.parent / "cache").glob("texts-*/source-*.txt"),
        key=lambda f: "a = 1" not in f.read_text(encoding="utf-8"),
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
        assert stored.entries(path) is not None
        for others in (0o620, 0o602):
            path.chmod(others)
            assert stored.entries(path) is None
        path.chmod(0o600)
        link = path.with_name("link")
        link.symlink_to(path)
        assert stored.entries(link) is None
        link.unlink()
        for others in (0o720, 0o702):
            path.parent.chmod(others)
            before = path.read_bytes()
            assert stored.entries(path) is None
            stored.write(path, "", "of a folder that others may write to")
            stored.append(path, "more", 10**9)
            assert path.read_bytes() == before
        path.parent.chmod(0o700)
        folder = path.parent.with_name("linked")
        folder.symlink_to(path.parent)
        assert stored.entries(folder / path.name) is None
        folder.unlink()
    somebody = os.geteuid() + 1
    monkeypatch.setattr(os, "geteuid", lambda: somebody)
    assert [stored.entries(path) for path in (*kept(policies), text)] == [None, None, None]
    assert library.texts.read(program.digest, "source") is None
    assert load(policies).program(*ASKED) == program


def test_what_programs_share_is_made_once_and_is_as_if_each_were_made_alone() -> None:
    source = load().source
    for month in ("2019-12", "2022-01", "2025-01", "2026-07"):
        for name in ("medicare.claims", "payer.anthem", "medicare.rhc_fqhc"):
            program, _ = source.program((name,), month, told=False)
            alone, _ = source.program((name,), month)
            assert program == alone
            assert spans_of(program) == spans_of(alone)
            assert list(program.definitions) == list(alone.definitions)
    made, _ = source.program(("medicare.claims",), "2026-03", told=False)
    again, _ = source.program(("medicare.claims", "payer.silent"), "2026-03", told=False)
    assert sum(rule is other for rule, other in zip(made.rules, again.rules, strict=False)) > len(made.rules) / 2


def test_programs_share_what_is_equal_in_them_when_they_are_read_again(policies: Path) -> None:
    months = ("2021-12", "2022-03")
    for library in (load(policies), load(policies)):
        one, two = (library.program(ASKED[0], month) for month in months)
        assert one is not two
        shared = [name for name, made in one.definitions.items() if made is two.definitions.get(name)]
        assert shared == [name for name, made in one.definitions.items() if made == two.definitions.get(name)] != []


def test_an_error_is_told_however_often_the_program_is_asked_for(policies: Path) -> None:
    (policies / "more.policy").write_text(WRONG, encoding="utf-8")
    library = load(policies)
    assert library.program(*ASKED).rules
    for _ in range(2):
        with pytest.raises(CcmPolicyError, match="E0340"):
            library.program(("base.more",), ASKED[1])


WRONG = """policy base.more
  title "More"
  edition 2020-01

define never_more as any conditions where (documented and not documented)
  title "Never"
  cite rule_book
"""


def test_a_part_that_was_damaged_is_made_again(policies: Path) -> None:
    program = load(policies).program(*ASKED)
    pack = next(path for path in kept(policies) if path.suffix == ".txt")
    lines = pack.read_text(encoding="utf-8").split("\n")
    pack.write_text("\n".join(line[:-1] if number % 3 else line for number, line in enumerate(lines)), encoding="utf-8")
    library = load(policies)
    assert library.program(*ASKED) == program
    assert library._source is not None
    library = load(policies)
    assert library.program(*ASKED) == program
    assert library._source is None


@pytest.mark.parametrize("damage", ["a byte", "all of it"])
def test_a_pack_heals_and_does_not_grow(policies: Path, damage: str) -> None:
    program = load(policies).program(*ASKED)
    (pack,) = (path for path in kept(policies) if path.suffix == ".txt")
    right = pack.read_bytes()
    pack.write_bytes(bytes(range(256)) * 12 if damage == "all of it" else right[:900] + b"\xff" + right[901:])
    assert load(policies).program(*ASKED) == program
    healed = pack.read_bytes()
    library = load(policies)
    assert library.program(*ASKED) == program
    assert library._source is None
    assert pack.read_bytes() == healed


def test_a_pack_is_begun_anew_when_it_has_grown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pack, "MOST", 100)
    for number in range(9):
        pack.Pack(tmp_path / "pack").put({f"name{number}": "text"})
    found = pack.Pack(tmp_path / "pack")
    assert found.get("name8") == "text"
    assert found.get("name0") is None
    assert (tmp_path / "pack").stat().st_size <= 100


def test_a_process_holds_so_many_programs(policies: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ccm_policy.library.MOST_PROGRAMS", 2)
    library = load(policies)
    for month in ("2020-01", "2021-12", "2022-03", "2020-01"):
        assert library.program(ASKED[0], month) is library.program(ASKED[0], month)
        assert len(library._programs) <= 2
