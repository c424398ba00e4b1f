"""Every kind of side, and what is said where there is none."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.review.worlds import Run, committed, edit, git, small

needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="revisions are read with git")


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with the small library in `policies`, in two commits: the second asks for three conditions."""
    root = tmp_path / "rules"
    small(root / "policies")
    git(tmp_path, "init", "-q", "-b", "main", "rules")
    committed(root, "first")
    edit(root / "policies" / "care.policy", "at least 2 conditions", "at least 3 conditions")
    committed(root, "second")
    monkeypatch.chdir(root)
    return root


@needs_git
@pytest.mark.parametrize(
    "words", [["HEAD~1..HEAD"], ["HEAD~1", "HEAD"], ["HEAD~1"], ["HEAD~1.."], ["HEAD~1", "policies"]]
)
def test_revisions_are_compared(words: list[str], repository: Path, ccm: Run) -> None:
    status, out, err = ccm("diff", "--no-meaning", *words, "--exit-code")
    assert (status, err) == (1, "")
    assert "1 rule changed" in out
    assert "- require at least 2 conditions" in out
    assert "+ require at least 3 conditions" in out
    assert "care.policy:34" in out


@needs_git
def test_three_dots_compare_with_where_the_branch_began(repository: Path, ccm: Run) -> None:
    git(repository, "checkout", "-q", "-b", "work", "HEAD~1")
    edit(repository / "policies" / "alpha.policy", '"Consent"', '"Agreement"')
    committed(repository, "on the branch")
    assert "1 rule reworded" in ccm("diff", "--no-meaning", "main...work")[1]
    assert "1 rule changed, 1 reworded" in ccm("diff", "--no-meaning", "main..work")[1]


@needs_git
def test_the_work_tree_is_not_touched(repository: Path, ccm: Run) -> None:
    edit(repository / "policies" / "alpha.policy", '"Consent"', '"Agreement"')
    before = git(repository, "status", "--porcelain")
    ccm("diff", "--no-meaning", "HEAD~1..HEAD")
    assert git(repository, "status", "--porcelain") == before == " M policies/alpha.policy\n"


@needs_git
def test_a_revision_that_does_not_check_is_told_with_the_name_that_git_knows(repository: Path, ccm: Run) -> None:
    edit(repository / "policies" / "alpha.policy", "extends   base.care", "extends   base.cure")
    committed(repository, "broken")
    status, out, err = ccm("diff", "--no-meaning", "HEAD~1..HEAD")
    assert (status, out) == (2, "")
    assert "--> HEAD:policies/alpha.policy:4:3\n    |\n  4 |   extends   base.cure\n    |   ^^^^^" in err
    assert "did you mean `base.care`?" in err


@needs_git
def test_a_revision_from_before_the_policies(repository: Path, ccm: Run) -> None:
    git(repository, "checkout", "-q", "--orphan", "empty")
    git(repository, "rm", "-rq", "--cached", ".")
    git(repository, "commit", "-q", "--allow-empty", "-m", "nothing yet")
    assert _said(ccm("diff", "--no-meaning", "empty..main")) == "CCM-E0773"
    assert _said(ccm("diff", "--no-meaning", "empty...main")) == "CCM-E0773"


@needs_git
def test_a_word_that_is_nothing(repository: Path, ccm: Run) -> None:
    status, out, err = ccm("diff", "--no-meaning", "2026-1", "2026-01")
    assert (status, out) == (2, "")
    assert err.startswith("error CCM-E0770: `2026-1` is no month, edition or folder, and no revision of ")


@needs_git
def test_the_repository_is_that_of_the_folder_in_hooks_too(
    repository: Path, ccm: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a linked work tree git tells its hooks where its own files are."""
    git(repository, "worktree", "add", "-q", "../linked")
    monkeypatch.chdir(repository.parent / "linked")
    monkeypatch.setenv("GIT_DIR", str(repository / ".git" / "worktrees" / "linked"))
    assert "1 rule changed" in ccm("diff", "--no-meaning", "HEAD~1")[1]


@needs_git
def test_a_shallow_clone_is_told(repository: Path, ccm: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    git(repository.parent, "clone", "-q", "--depth", "1", repository.as_uri(), "shallow")
    monkeypatch.chdir(repository.parent / "shallow")
    status, out, err = ccm("diff", "--no-meaning", "HEAD~1")
    assert (status, out, err.split()[1]) == (2, "", "CCM-E0770:")
    assert "the clone is shallow" in err


@needs_git
def test_git_says_why_it_reads_no_revision(repository: Path, ccm: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    git(repository.parent, "clone", "-q", "--bare", "rules", "bare")
    monkeypatch.chdir(repository.parent / "bare")
    status, out, err = ccm("diff", "--no-meaning", "HEAD~1..HEAD")
    assert (status, out, err.split()[1]) == (2, "", "CCM-E0772:")
    assert "git says `this operation must be run in a work tree`" in err


def test_outside_of_a_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ccm: Run) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    small(tmp_path / "policies")
    monkeypatch.chdir(tmp_path)
    assert _said(ccm("diff", "--no-meaning", "HEAD~1")) == ("CCM-E0772" if shutil.which("git") else "CCM-E0771")


def test_without_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ccm: Run) -> None:
    small(tmp_path / "policies")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert _said(ccm("diff", "--no-meaning", "main..HEAD")) == "CCM-E0771"


def test_editions(tmp_path: Path, ccm: Run) -> None:
    rules = small(tmp_path / "rules")
    _, out, _ = ccm("diff", "--no-meaning", "base.care@2020-01", "base.care@2022-01", "--policies", rules)
    assert "+ service 99487: added" in out
    assert "- requirement plan_reviewed: removed" in out
    assert "payer.alpha" not in out


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["base.care@2021-01", "base.care@2022-01"], "CCM-E0774"),
        (["base.core@2020-01", "base.care@2022-01"], "CCM-E0443"),
        (["payer.alpha@2020-01", "base.care@2022-01"], "CCM-E0775"),
        (["2019-12", "2022-01"], "CCM-E0441"),
        (["2022-01", "2027-01"], "CCM-E0440"),
        (["2022-01"], "CCM-E0803"),
        (["2022-01", "2022-02", "2022-03"], "CCM-E0801"),
        (["2022-01", "2022-02", "--policy", "payer.alfa"], "CCM-E0443"),
    ],
)
def test_sides_that_are_not_there(words: list[str], code: str, tmp_path: Path, ccm: Run) -> None:
    rules = small(tmp_path / "rules")
    assert _said(ccm("diff", "--no-meaning", *words, "--policies", rules)) == code


def _said(result: tuple[int, str, str]) -> str:
    status, out, err = result
    assert (status, out) == (2, "")
    return err.split()[1].rstrip(":")
