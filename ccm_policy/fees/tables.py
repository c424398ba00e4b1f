"""The project's own tables: CSV, one value one line, exact decimals, every complaint with file and line.

A table is keyed lines: one or two key columns, an item, a value. Reading gives, for each key, its items as text;
`number` makes an exact decimal of one, never by way of a binary float.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path

from ccm_policy.language.diagnostics import Diagnostic, Place, error

Items = dict[str, str]
Keyed = dict[tuple[str, str], Items]


class BrokenFileError(Exception):
    """Inside this folder only: a file of a schedule cannot be read. Becomes a value before it reaches a caller."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        self.diagnostic = diagnostic
        super().__init__(diagnostic.message)


def broken(path: Path | str, line: int | None, message: str, help: str) -> BrokenFileError:
    """The fault of a file of a schedule, with its place and what to do."""
    return BrokenFileError(error("E0620", message, help=help, place=Place(str(path), line)))


def read_text(path: Path) -> str:
    """The text of a schedule's file, in UTF-8 with or without a mark at its start."""
    try:
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise broken(path, None, f"the fee schedule's file `{path.name}` is missing", "restore or import it") from None
    except OSError as fault:
        raise broken(path, None, f"`{path.name}` cannot be read: {fault.strerror}", "check its permissions") from None
    except UnicodeDecodeError:
        raise broken(path, None, f"`{path.name}` is not UTF-8 text", "save it as UTF-8, or import it anew") from None


def read_rows(path: Path, columns: Sequence[str]) -> list[tuple[int, list[str]]]:
    """The rows of a CSV file with exactly these columns, each with its line number (of its last line)."""
    reader = csv.reader(io.StringIO(read_text(path), newline=""), strict=True)
    rows: list[tuple[int, list[str]]] = []
    try:
        header = next(reader, [])
        if header != list(columns):
            raise broken(
                path, 1, f"`{path.name}` must begin with `{','.join(columns)}`",
                "restore the header line, or import the file anew",
            )  # fmt: skip
        width = len(columns)
        for row in reader:
            if len(row) != width:
                raise broken(
                    path, reader.line_num, f"this line has {len(row)} values; {width} are expected",
                    f"write {','.join(columns)}",
                )  # fmt: skip
            rows.append((reader.line_num, row))
    except csv.Error:
        raise broken(
            path, reader.line_num, "a quoted value is not closed, or a quote is doubled wrongly",
            "mend the quotes in this line",
        ) from None  # fmt: skip
    return rows


def read_keyed(path: Path, keys: tuple[str, str]) -> Keyed:
    """A table of one value a line, as items by key. The same item twice for one key is refused."""
    table: Keyed = {}
    for line, (first, second, item, value) in read_rows(path, (*keys, "item", "value")):
        items = table.setdefault((first, second), {})
        if item in items:
            raise broken(
                path, line, f"`{item}` of `{first}{'-' + second if second else ''}` is given twice",
                "keep the right one",
            )  # fmt: skip
        items[item] = value
    return table


def keyed_text(keys: tuple[str, str], table: Mapping[tuple[str, str], Mapping[str, str]]) -> str:
    """A keyed table as text: keys in order, items in the order they were given in."""
    return csv_text(
        (*keys, "item", "value"),
        ((*key, item, value) for key in sorted(table) for item, value in table[key].items()),
    )


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Rows as the project writes CSV: a header, lines that end in LF."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return out.getvalue()


def number(text: str) -> Decimal | None:
    """An exact decimal from its text, `None` where it is not a plain number. Signs and exponents are not accepted."""
    if not text or not text.isascii() or not text.replace(".", "", 1).isdigit():
        return None
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def need_number(path: Path | str, line: int | None, text: str, what: str) -> Decimal:
    """An exact decimal from its text; raises `BrokenFileError` where it is none."""
    value = number(text)
    if value is None:
        raise broken(path, line, f"`{text}` is not a number ({what})", "write it like 33.4009")
    return value


def need_date(path: Path, line: int | None, text: str) -> date:
    """A day from its text; raises `BrokenFileError` where it is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise broken(path, line, f"`{text}` is not a date", "write it like 2026-03-09") from None
