"""Tables with editions: their columns and rows, in the text or in a file beside it."""

from __future__ import annotations

import csv
import re
from itertools import pairwise
from pathlib import Path

from ccm_policy.language import syntax as s
from ccm_policy.language import tree as t
from ccm_policy.language.diagnostics import Span
from ccm_policy.language.nearest import nearest
from ccm_policy.language.report import listed
from ccm_policy.language.resolve.names import Refused, Resolver
from ccm_policy.language.resolve.types import described, read_type
from ccm_policy.language.syntax.texts import texts, words_of

Rows = dict[tuple[str, ...], tuple[str | None, ...]]


def read_table(r: Resolver, statement: s.Statement) -> t.Table | None:
    """The table that a statement declares, or None where it has no key or no column."""
    keys, columns = _columns(statement, "key"), _columns(statement, "column")
    if not keys or not columns:
        r.report.add(
            "E0223",
            f"table `{statement.name}` has no {'column' if keys else 'key'}",
            statement.name_span,
            "write `key NAME: TYPE` and `column NAME: TYPE`",
        )
        return None
    types = {c.name: read_type(c.type, r.names.values, r.report, c.absence.how == "none") for c in (*keys, *columns)}
    by = "month" if "month" in words_of(statement, "in force") else "service"
    table = t.Table(
        name=statement.name,
        keys=tuple(c.name for c in keys),
        columns=tuple(c.name for c in columns),
        types=types,
        by=by,
        editions=(),
        span=statement.name_span,
    )
    return t.Table(
        name=table.name,
        keys=table.keys,
        columns=table.columns,
        types=types,
        by=by,
        editions=_editions(r, statement, table),
        span=table.span,
    )


def _columns(statement: s.Statement, word: str) -> list[s.TableColumn]:
    return [c.body for c in statement.all(word) if isinstance(c.body, s.TableColumn)]


def _editions(r: Resolver, statement: s.Statement, table: t.Table) -> tuple[t.TableRows, ...]:
    editions: list[tuple[str | None, str | None, Rows]] = []
    for clause in statement.clauses:
        try:
            if isinstance(clause.body, s.TableEdition):
                rows = _file(r, statement, table, clause.body) if clause.body.file else {}
                editions.append((clause.body.first, clause.body.last, rows))
            elif isinstance(clause.body, s.Row):
                if not editions:
                    editions.append((None, None, {}))
                _add(r, table, editions[-1][2], [_cell(e) for e in clause.body.values], clause.body.span, "")
        except Refused:
            continue
    ordered = sorted(editions, key=lambda edition: edition[0] or "")
    for (_, last, _), (first, _, _) in pairwise(ordered):
        if first is not None and (last is None or last >= first) and last is not None:
            r.report.add(
                "E0224",
                f"two editions of table `{table.name}` are in force in {first}",
                statement.name_span,
                "end one before the other begins",
            )
    return tuple(t.TableRows(first, last, rows) for first, last, rows in ordered)


def _cell(e: s.Expr) -> str | None:
    word = (texts(e) or ("",))[0]
    return None if isinstance(e, s.Name) and word == "none" else word


def _add(r: Resolver, table: t.Table, rows: Rows, cells: list[str | None], span: Span, where: str) -> None:
    wanted = (*table.keys, *table.columns)
    if len(cells) != len(wanted):
        r.refuse(
            "E0225",
            f"a row of `{table.name}` has {len(wanted)} values, and {len(cells)} are given{where}",
            span,
            f"in order: {listed(wanted)}",
        )
    key = tuple(c or "" for c in cells[: len(table.keys)])
    if key in rows:
        r.refuse("E0226", f"two rows of `{table.name}` have the key {', '.join(key)}{where}", span, "keep one of them")
    for name, cell in zip(wanted, cells, strict=True):
        values = table.types[name].values
        if cell is not None and values and cell not in values:
            near = nearest(cell, values)
            help = f"did you mean `{near}`?" if near else f"the values are {listed(values, 20)}"
            r.refuse("E0310", f"`{cell}` is not a value of `{name}`{where}", span, help)
        if cell is not None and not _fits(cell, table.types[name]):
            help = f"write {described(table.types[name])}"
            r.refuse("E0312", f"`{cell}` is no value for the column `{name}`{where}", span, help)
    rows[key] = tuple(cells[len(table.keys) :])


_FORMS = {
    "date": r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])",
    "month": r"\d{4}-(0[1-9]|1[0-2])",
    "number": r"-?\d+(\.\d+)?",
    "code": r"[A-Z0-9]{5}",
}


def _fits(cell: str, type_: t.Type) -> bool:
    form = _FORMS.get(type_.kind)
    return form is None or re.fullmatch(form, cell) is not None


def _file(r: Resolver, statement: s.Statement, table: t.Table, edition: s.TableEdition) -> Rows:
    name = edition.file or ""
    folder = Path(statement.span.file).parent
    path = folder / name
    rows: Rows = {}
    if why := _not_beside(folder, name):
        r.refuse("E0228", f"the file `{name}` cannot be read: {why}", edition.span, _BESIDE)
        return rows
    try:
        with path.open(encoding="utf-8-sig", newline="") as opened:
            reader = csv.DictReader(opened, strict=True)
            wanted = (*table.keys, *table.columns)
            missing = [name for name in wanted if name not in (reader.fieldnames or ())]
            if missing:
                r.refuse(
                    "E0227",
                    f"the file `{edition.file}` has no column {listed(missing)}",
                    edition.span,
                    "name the columns in its first line",
                )
            for line in reader:
                where = f" (line {reader.line_num} of {edition.file})"
                if None in line or None in line.values():
                    help = "each line has a value, or nothing, for every column of the first line"
                    r.refuse("E0225", f"a line has not as many values as there are columns{where}", edition.span, help)
                _add(r, table, rows, [line[name] or None for name in wanted], edition.span, where)
    except (OSError, UnicodeDecodeError, csv.Error) as fault:
        r.refuse(
            "E0228",
            f"the file `{edition.file}` cannot be read: {_why(fault)}",
            edition.span,
            _BESIDE,
        )
    return rows


_BESIDE = "it stands beside the policy file or in a folder there, as CSV in UTF-8"


def _not_beside(folder: Path, name: str) -> str | None:
    """Why a table's file is none of the policies': policies read nothing else, and only these count in their digest."""
    if not name.endswith(".csv"):
        return "its name does not end in `.csv`"
    if any(part.startswith(".") and part != "." for part in re.split(r"[/\\]", name)):
        return "it is hidden, or a way out of the policy file's folder"
    try:
        within = (folder / name).resolve().is_relative_to(folder.resolve())
    except (OSError, RuntimeError):
        return "the system refused"
    return None if within else "it lies outside the policy file's folder"


def _why(fault: OSError | UnicodeDecodeError | csv.Error) -> str:
    if isinstance(fault, FileNotFoundError):
        return "it is not there"
    if isinstance(fault, IsADirectoryError):
        return "it is a folder"
    if isinstance(fault, UnicodeDecodeError):
        return "it is not in UTF-8"
    return "a quote is not closed" if isinstance(fault, csv.Error) else "the system refused"
