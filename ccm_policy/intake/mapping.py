"""A mapping as data: which file holds what, under which column, in which form."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path

NUMBER = "{n}"
"""Stands in the name of a column for each of what is repeated."""
_NUMBER = re.escape(NUMBER)
IGNORE, NOT_READ = "ignore", "?"
"""What a mapping may say of a column that says nothing that is decided, and of one that nobody has read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a value comes from: columns, a constant, or the part of a cell. `values`: words of the export as they were
    written, to values."""

    columns: tuple[str, ...] = ()
    join: str = " "
    constant: str | None = None
    part: bool = False
    format: str | None = None
    split: str | None = None
    values: Mapping[str, str]
    otherwise: Source | None = None
    """Where the value comes from where this says nothing."""
    line: int | None = None

    def named(self, number: str | None) -> tuple[str, ...]:
        """Its columns, of one repetition."""
        return self.columns if number is None else tuple(name.replace(NUMBER, number) for name in self.columns)

    def every(self, number: str | None) -> tuple[str, ...]:
        """Its columns, and those that speak where they say nothing."""
        return self.named(number) + (self.otherwise.every(number) if self.otherwise else ())


@dataclass(frozen=True, slots=True)
class Filter:
    """Rows whose cell is one of these words; or is filled, with none of these (`but`); or is not."""

    column: str
    words: tuple[str, ...] | None
    filled: bool
    because: str
    but: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Gives:
    """What a row gives: a record of a list, or facts (`list` is None)."""

    list: str | None
    fields: Mapping[str, Source]
    only: tuple[Filter, ...] = ()
    each: tuple[str, str | None] | None = None
    repeat: tuple[str, ...] = ()
    complete: bool | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FileMapping:
    """One export: which it is, how it is read, whose its rows are and what they give."""

    name: str
    file: str
    encoding: str | None = None
    separator: str | None = None
    sheet: str | None = None
    header: int | None = None
    query: str | None = None
    leave_out: tuple[Filter, ...] = ()
    ignore: tuple[str, ...] = ()
    """Columns that say nothing that is decided."""
    says: Mapping[str, str] = field(default_factory=dict)
    """Columns to the field or fact that each says, to `IGNORE`, or to `NOT_READ`."""
    key: Mapping[str, Source]
    gives: tuple[Gives, ...]
    line: int | None = None

    def fits(self, path: Path) -> bool:
        """Whether a path is this export."""
        return fnmatch(path.name.casefold(), self.file.casefold())

    def ignores(self, column: str) -> bool:
        """Whether it says of a column that it says nothing that is decided."""
        own = {*self.ignore, *(name for name, says in self.says.items() if says == IGNORE)}
        return any(re.fullmatch(re.escape(name).replace(_NUMBER, r"\d+"), column, re.IGNORECASE) for name in own)

    def columns(self) -> Iterator[str]:
        """Every column that is named."""
        for source in self.key.values():
            yield from source.every(None)
        for filter in self.leave_out:
            yield filter.column
        for gives in self.gives:
            yield from (filter.column for filter in gives.only)
            if gives.each is not None:
                yield gives.each[0]
            for source in gives.fields.values():
                for number in gives.repeat or (None,):
                    yield from source.every(number)


@dataclass(frozen=True, slots=True)
class Constant:
    """A fact of every patient-month, and the line on which it stands."""

    value: str
    line: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportMapping:
    """A whole mapping, and the path that it was read from."""

    path: Path
    month: str | None
    constants: Mapping[str, Constant]
    files: tuple[FileMapping, ...]
