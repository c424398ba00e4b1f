"""Files that are no policy texts: each gets one message that says what it is, and never a fault."""

from __future__ import annotations

from pathlib import Path

import pytest

from ccm_policy.language.parser import parse
from ccm_policy.language.source import policy_files, read_source

TEXT = "requirement x\n  require a\n"


def read(tmp_path: Path, data: bytes) -> tuple[str, list[str]]:
    path = tmp_path / "f.policy"
    path.write_bytes(data)
    text, found = read_source(path)
    return text, [d.code for d in found]


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        b"\xef\xbb\xbf" + TEXT.encode(),
        TEXT.replace("\n", "\r\n").encode(),
        TEXT.replace("\n", "\r").encode(),
    ],
    ids=["plain", "byte-order mark", "windows line ends", "old mac line ends"],
)
def test_texts_that_differ_only_in_how_they_are_stored(tmp_path: Path, data: bytes) -> None:
    assert read(tmp_path, data) == (TEXT, [])


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "CCM-E0136"),
        (b"\xef\xbb\xbf", "CCM-E0136"),
        (b" \r\n\t\r\n", "CCM-E0136"),
        (TEXT.encode("utf-16"), "CCM-E0133"),
        ('title "§"'.encode("cp1252"), "CCM-E0133"),
        (b"PK\x03\x04\x00\x00", "CCM-E0134"),
        ("fact\u200b x date".encode(), "CCM-E0135"),
        (b"fact x\x07 date", "CCM-E0135"),
    ],
)
def test_what_is_no_text(tmp_path: Path, data: bytes, code: str) -> None:
    text, found = read(tmp_path, data)
    assert found == [code]
    assert parse(text, "f.policy")[0].path == "f.policy"


def test_a_file_that_is_not_there_and_a_folder(tmp_path: Path) -> None:
    assert [d.code for d in read_source(tmp_path / "none.policy")[1]] == ["CCM-E0130"]
    assert [d.code for d in read_source(tmp_path)[1]] == ["CCM-E0131"]


def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    (found,) = read_source(tmp_path / "f.policy")[1]
    assert found.code == "CCM-E0132"
    assert "Permission denied" in found.message


def test_the_place_of_an_invisible_character_is_named(tmp_path: Path) -> None:
    path = tmp_path / "f.policy"
    path.write_text("fact a date\nfact\u200b b date\n", encoding="utf-8")
    (found,) = read_source(path)[1]
    assert found.span is not None
    assert (found.span.line, found.span.column) == (2, 5)


def test_the_files_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / ".hidden").mkdir()
    for name in ("b/z.policy", "a.policy", ".hidden/c.policy", "notes.txt"):
        (tmp_path / name).write_text(TEXT, encoding="utf-8")
    files, found = policy_files([tmp_path, tmp_path / "a.policy"])
    assert [f.name for f in files] == ["a.policy", "z.policy"]
    assert not found
    (tmp_path / "empty").mkdir()
    assert [d.code for d in policy_files([tmp_path / "empty"])[1]] == ["CCM-E0137"]
