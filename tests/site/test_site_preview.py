"""A preview makes again what an edit reaches, and keeps the last good site when the edit is wrong."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from ccm_policy.language.diagnostics import CcmPolicyError
from ccm_policy.site.build import Folders
from ccm_policy.site.make import Plan
from ccm_policy.site.preview import Preview

HERE = Path(__file__).parent / "library"


def times(html: Path) -> dict[str, int]:
    return {p.relative_to(html).as_posix(): p.stat().st_mtime_ns for p in html.rglob("*.html")}


def html_of(page: str) -> str:
    return page.removesuffix("index.md") + "index.html" if page.endswith("index.md") else f"{page[:-3]}/index.html"


@pytest.mark.usefixtures("of_the_library_alone")
def test_an_edit_reaches_its_pages_and_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CCM_POLICY_CACHE", str(tmp_path / "cache"))
    policies, docs = tmp_path / "policies", tmp_path / "docs"
    shutil.copytree(HERE, policies)
    (docs / "language").mkdir(parents=True)
    (docs / "index.md").write_text("# Home\n", encoding="utf-8")
    (docs / "language" / "reference.md").write_text("# Reference\n", encoding="utf-8")
    folders = Folders(tmp_path / "out")
    preview = Preview(Plan(folders, policies, docs=docs, try_it="off"))
    first = preview.build()
    assert first.diagnostics == [] and first.written is not None and first.written.unchanged == 0
    before = times(folders.html)

    file = policies / "sentences.policy"
    good = file.read_text(encoding="utf-8")
    edited = good.replace(
        "earns  1 unit when staff_minutes is at least 20", "earns  1 unit when staff_minutes is at least 23"
    )
    file.write_text(edited, encoding="utf-8")
    again = preview.build()
    assert again.written is not None
    after = times(folders.html)
    touched = {path for path in after if after[path] != before.get(path)}
    assert touched == {html_of(page) for page in again.written.changed}
    assert "services/99490/index.html" in touched and "services/99491/index.html" not in touched
    assert "23 minutes" in (folders.html / "services/99490/index.html").read_text(encoding="utf-8")

    file.write_text(
        good.replace("staff_minutes is at least 20 minutes", "staff_minutes is at least soon"), encoding="utf-8"
    )
    with pytest.raises(CcmPolicyError):
        preview.build()
    assert times(folders.html) == after

    file.write_text(good, encoding="utf-8")
    (docs / "more.md").write_text("# More\n", encoding="utf-8")
    assert preview.build().diagnostics == []
    assert "20 minutes" in (folders.html / "services/99490/index.html").read_text(encoding="utf-8")
    assert (folders.html / "more" / "index.html").exists()
