"""Tables with editions: their columns and rows, in the text or in a file beside it."""

from __future__ import annotations

import csv
from itertools import pairwise
from pathlib import Path

from ccm_policy.language import syntax as s
from ccm_policy.language import tree as t
from ccm_policy.language.diagnostics import Span
from ccm_policy.language.resolve.clauses import texts, words_of
from ccm_policy.language.resolve.literals import refuse_value
from ccm_policy.language.resolve.names import Refused, Resolver
from ccm_policy.language.resolve.report import listed
from ccm_policy.language.resolve.types import read_type

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
        statement.name,
        tuple(c.name for c in keys),
        tuple(c.name for c in columns),
        types,
        by,
        (),
        statement.name_span,
    )
    return t.Table(table.name, table.keys, table.columns, types, by, _editions(r, statement, table), table.span)


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
            refuse_value(r, cell, values, span, name)
    rows[key] = tuple(cells[len(table.keys) :])


def _file(r: Resolver, statement: s.Statement, table: t.Table, edition: s.TableEdition) -> Rows:
    path = Path(statement.span.file).parent / (edition.file or "")
    rows: Rows = {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as opened:
            reader = csv.DictReader(opened)
            wanted = (*table.keys, *table.columns)
            missing = [name for name in wanted if name not in (reader.fieldnames or ())]
            if missing:
                r.refuse(
                    "E0227",
                    f"the file `{edition.file}` has no column {listed(missing)}",
                    edition.span,
                    "name the columns in its first line",
                )
            for number, line in enumerate(reader, start=2):
                cells = [line[name] or None for name in wanted]
                _add(r, table, rows, cells, edition.span, f" (line {number} of {edition.file})")
    except (OSError, UnicodeDecodeError, csv.Error):
        r.refuse(
            "E0228",
            f"the file `{edition.file}` cannot be read",
            edition.span,
            "it stands beside the policy file, as CSV in UTF-8",
        )
    return rows
