"""The parts in which CMS ships the pairs of an edition: each is known as a part, and together they make one table.

A part is known by the name that CMS gave it (`ccipra-v322r0-f1`: version 32.2, revision 0, first part). Beside the
table stands what each part brought: its first and last pair in CMS's file, and the column 1 codes that were kept.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ccm_policy.fees import tables
from ccm_policy.fees.importers.ncci import PTP_COLUMNS, PairFile
from ccm_policy.fees.importers.raw import refused
from ccm_policy.fees.texts import read_yaml

WHOLE = 4
"""Parts of a whole edition, as CMS has shipped them since 2020."""
FIRST_VERSION = 1994
"""The year of version 0: version 32 is 2026's, its first quarter's is 32.0."""
_NAME = re.compile(r"cci(pra|oph)-?(?:v(\d\d)(\d)(r\d+)?-?)?f(\d)(?!\d)", re.IGNORECASE)

Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """One part of an edition. `edition`: version and revision, empty where the name does not say them."""

    number: int
    edition: str
    source: str
    first: str
    last: str
    column_1: tuple[str, ...]

    def to_yaml(self) -> str:
        """The lines that say of the part where it was read and what it holds."""
        texts = {
            "edition": self.edition, "source": self.source, "first": self.first, "last": self.last,
            "column_1": ", ".join(self.column_1),
        }  # fmt: skip
        lines = [f"  - part: {self.number}"]
        lines += [f"    {key}: '{text.replace(chr(39), chr(39) * 2)}'" for key, text in texts.items() if text]
        return "\n".join(lines) + "\n"


Brought = tuple[Part, Sequence[Row]]
"""A part and its rows."""


@dataclass(frozen=True, slots=True)
class Edition:
    """The rows of a table of pairs and its parts in order; no parts where it came as a whole."""

    rows: tuple[Row, ...]
    parts: tuple[Part, ...]

    @property
    def missing(self) -> list[int]:
        """Parts that are not held, of an edition in parts."""
        return missing([part.number for part in self.parts])


def missing(held: Sequence[int]) -> list[int]:
    """The numbers of the parts that an edition lacks; none where it holds nothing."""
    return sorted(set(range(1, max([WHOLE, *held]) + 1)) - set(held)) if held else []


def part_of(path: Path, read: PairFile, year: int, quarter: str, source: str) -> Part | None:
    """Which part a file is, by its name; `None` where the name says none. Raises `RefusedError`."""
    said = _NAME.search(path.name)
    if said is None:
        return None
    if said[1].lower() == "oph":
        raise refused(
            "E0634", path, None, "the file's name says that these are the pairs of outpatient hospitals",
            "take the file of practitioners, `ccipra-….txt`",
        )  # fmt: skip
    if said[2] and int(said[3]) < 4:
        named = f"{FIRST_VERSION + int(said[2])}Q{int(said[3]) + 1}"
        if named != f"{year}{quarter}":
            raise refused(
                "E0634", path, None, f"version {said[2]}.{said[3]} in the file's name is {named}, and {year}{quarter} "
                "was asked for", "give the right file, or the right `--year` and `--release`",
            )  # fmt: skip
    edition = f"v{said[2]}{said[3]}{(said[4] or '').lower()}" if said[2] else ""
    codes = tuple(sorted({row[0] for row in read.rows}))
    return Part(int(said[5]), edition, source or path.name, read.first, read.last, codes)


def read_edition(table: Path) -> Edition | None:
    """What is held of an edition; `None` where nothing is."""
    if not table.is_file():
        return None
    rows = tuple(tuple(row) for _, row in tables.read_rows(table, PTP_COLUMNS))
    side = table.with_suffix(".yaml")
    data = read_yaml(side).data if side.is_file() else {}
    listed = data.get("parts") if isinstance(data, dict) else None
    parts = [
        Part(
            int(each["part"]), each.get("edition", ""), each.get("source", ""), each.get("first", ""),
            each.get("last", ""), tuple(filter(None, each.get("column_1", "").split(", "))),
        )
        for each in (listed if isinstance(listed, list) else [])
        if isinstance(each, dict) and str(each.get("part", "")).isdigit()
    ]  # fmt: skip
    return Edition(rows, tuple(sorted(parts, key=lambda part: part.number)))


def together(path: Path, found: Sequence[Brought]) -> Edition:
    """Parts that are brought at once, as one; raises `RefusedError` where they do not fit together."""
    whole = Edition((), ())
    for part, rows in found:
        if part.number in [other.number for other in whole.parts]:
            raise refused("E0641", path, None, f"part {part.number} is named twice", "name each part once")
        if whole.parts and part.edition != whole.parts[0].edition:
            raise refused(
                "E0641", path, None, f"`{whole.parts[0].edition}` and `{part.edition}` are two revisions of an "
                "edition", "bring the parts of one revision",
            )  # fmt: skip
        whole = _with(path, whole, part, rows)
    return whole


def added(path: Path, held: Edition | None, found: Sequence[Brought], replace: bool) -> tuple[Edition, list[str]]:
    """The edition with the new parts in it, and what must be said of what was held; raises `RefusedError`.

    A part that differs from the one that is held, parts of another revision, or parts in the place of a whole need to
    be meant.
    """
    new = together(path, found)
    if held is None:
        return new, []
    if not held.parts:
        if held.rows == new.rows:
            return new, []
        _need(replace, path, "the edition is held as a whole, with other pairs, and this is a part of one")
        return new, ["dropped, as parts replace it: the whole that was held"]
    other = next((part.edition for part in held.parts if part.edition != new.parts[0].edition), None)
    gone = [part for part in held.parts if part.number not in {each.number for each in new.parts}]
    if other is not None:
        _need(replace, path, f"parts of `{other}` are held, and this is of `{new.parts[0].edition}`")
        return new, [f"dropped, as they are of `{other}`: parts {_numbers(gone)}"] if gone else []
    if replace and not gone:
        return new, []
    result = held
    for part, rows in found:
        result = _replaced(path, result, part, rows, replace)
    return result, []


def whole(path: Path, held: Edition | None, rows: Sequence[Row], replace: bool) -> tuple[Edition, list[str]]:
    """The edition as one file that is no part, in the place of what was held; raises `RefusedError`."""
    new = Edition(tuple(rows), ())
    if held is None or held == new:
        return new, []
    if held.parts:
        _need(replace, path, f"the edition is held in parts ({_numbers(held.parts)}), and this is none by its name")
        return new, [f"dropped, as one file replaces them: parts {_numbers(held.parts)}"]
    differing = sorted(set(held.rows) ^ set(new.rows))
    _need(
        replace, path, f"the edition is held already, and {len(differing)} pairs would differ, such as "
        f"`{','.join(differing[0][:2])}`",
    )  # fmt: skip
    return new, []


def _need(replace: bool, path: Path, says: str) -> None:
    if not replace:
        raise refused(
            "E0639", path, None, says, "to begin the edition anew with what is brought now, say `--replace`; else this "
            "is another file",
        )  # fmt: skip


def _replaced(path: Path, held: Edition, part: Part, rows: Sequence[Row], replace: bool) -> Edition:
    """The edition with this part in the place of the one of its number."""
    old = next((each for each in held.parts if each.number == part.number), None)
    if old is None:
        return _with(path, held, part, rows)
    others = tuple(each for each in held.parts if each is not old)
    before = [row for row in held.rows if row[0] in old.column_1]
    split = sorted({code for each in others for code in each.column_1} & set(old.column_1))
    if not split and before == list(rows) and (old.first, old.last) == (part.first, part.last):
        return held
    differing = sorted(set(before) ^ set(rows))
    such = f", such as `{','.join(differing[0][:2])}`" if differing else ""
    if not replace:
        raise refused(
            "E0639", path, None, f"part {part.number} is held already, and {len(differing)} pairs would differ{such}",
            "if CMS corrected the part, say `--replace`; else this is another file",
        )  # fmt: skip
    if split:
        raise refused(
            "E0641", path, None, f"the pairs of `{split[0]}` stand in more than one part, so part {part.number} cannot "
            "be replaced alone", "bring all parts at once",
        )  # fmt: skip
    kept = tuple(row for row in held.rows if row[0] not in old.column_1)
    return _with(path, Edition(kept, others), part, rows)


def _with(path: Path, held: Edition, part: Part, rows: Sequence[Row]) -> Edition:
    """The edition with one more part. No two parts have a pair in common."""
    shared = sorted(set(held.rows) & set(rows))
    same = [other for other in held.parts if (part.first, part.last) == (other.first, other.last)]
    if shared or same:
        what = f"the pair `{','.join(shared[0][:2])}`" if shared else f"the pairs from {part.first} to {part.last}"
        raise refused(
            "E0641", path, None, f"part {part.number} holds {what}, which another part holds already",
            "one of the two is another part under this name; take each as CMS named it",
        )  # fmt: skip
    parts = tuple(sorted((*held.parts, part), key=lambda each: each.number))
    return Edition(tuple(sorted((*held.rows, *rows))), parts)


def _numbers(parts: Sequence[Part]) -> str:
    return ", ".join(str(part.number) for part in parts)


def listed(edition: Edition) -> str:
    """The parts as they stand beside the table."""
    return "parts:\n" + "".join(part.to_yaml() for part in edition.parts) if edition.parts else ""


def said(edition: Edition) -> list[str]:
    """What is held, part for part, and what is not."""
    lines = []
    for part in edition.parts:
        count = sum(1 for row in edition.rows if row[0] in part.column_1)
        lines.append(f"part {part.number}: {part.first} to {part.last}, {count} pairs kept")
    gone = edition.missing
    if gone:
        many = "parts" if len(gone) > 1 else "part"
        lines.append(f"missing: {many} {', '.join(map(str, gone))}; of their pairs nothing is known")
    return lines
