"""The rows of tables kept on the disk by the database that Python brings, and given back in the order of their
patient-months, so that memory does not grow with the tables. What is kept has no name and is gone with the process.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from ccm_policy.facts.scalars import Bad

_CACHE = "PRAGMA cache_size = -8192"
_SETTINGS = ("PRAGMA journal_mode = OFF", "PRAGMA synchronous = OFF", "PRAGMA temp_store = FILE", _CACHE)
_ITS = "m.patient = t.patient AND m.month = t.month AND (t.practitioner = '' OR t.practitioner = m.practitioner)"
_OWNERS = "SELECT patient, month, practitioner FROM m WHERE patient = ?1 AND month = ?2 AND ?3 IN ('', practitioner)"

Key = tuple[str, str, str]
"""Patient, month and practitioner; empty text where one is not given."""
Kept = tuple[int, str]
"""A row: its number, and its cells as text."""


class KeptRows:
    """The table of patient-months, and others whose rows belong to them."""

    def __init__(self) -> None:
        self._database = sqlite3.connect("")
        for setting in _SETTINGS:
            self._database.execute(setting)
        self._database.execute(
            "CREATE TABLE m (place INTEGER PRIMARY KEY, number INT, patient TEXT, month TEXT, practitioner TEXT, "
            "bad TEXT, refused INT, cells TEXT)"
        )
        self._tables = 0

    def close(self) -> None:
        """Nothing is kept any more."""
        self._database.close()

    def add_months(self, rows: Iterable[tuple[int, Key, Bad | None, str]]) -> None:
        """The rows of the table of patient-months, in their order."""
        insert = "INSERT INTO m VALUES (NULL, ?, ?, ?, ?, ?, ?, ?)"
        self._database.executemany(insert, ((n, *key, _text(bad), bad is not None, c) for n, key, bad, c in rows))

    def add(self, rows: Iterable[tuple[int, Key, Bad | None, str]]) -> int:
        """The rows of another table; the number by which it is asked for."""
        self._tables += 1
        columns = "number INT, patient TEXT, month TEXT, practitioner TEXT, bad TEXT, cells TEXT"
        self._database.execute(f"CREATE TABLE t{self._tables} ({columns})")
        insert = f"INSERT INTO t{self._tables} VALUES (?, ?, ?, ?, ?, ?)"
        self._database.executemany(insert, ((n, *key, _text(bad), cells) for n, key, bad, cells in rows))
        return self._tables

    def all_added(self) -> None:
        """Before anything is asked."""
        self._database.execute("CREATE INDEX of_patient ON m (patient, month)")

    def bad_months(self) -> Iterator[tuple[int, Key, Bad]]:
        """Rows of patient-months that cannot be used."""
        for number, *key, bad in self._ask(
            "SELECT number, patient, month, practitioner, bad FROM m WHERE bad > '' ORDER BY place"
        ):
            yield number, (key[0], key[1], key[2]), _bad(bad)

    def suspect(self, table: int, *, names_practitioner: bool) -> Iterator[tuple[int, Key, Bad | None, list[Key]]]:
        """Rows of a table that may not be usable, in order, each with the keys that it belongs to: what is not whole,
        has no key or no patient-month, or, where the table names no practitioner, those of several."""
        several = "SELECT patient, month FROM m GROUP BY patient, month HAVING min(practitioner) < max(practitioner)"
        of_several = "" if names_practitioner else f" OR (t.patient, t.month) IN ({several})"
        rows = self._ask(
            f"SELECT number, patient, month, practitioner, bad FROM t{table} AS t WHERE patient = '' OR month = '' "
            f"OR bad > '' OR NOT EXISTS (SELECT 1 FROM m WHERE {_ITS}){of_several} ORDER BY number"
        )
        for number, patient, month, practitioner, bad in rows:
            owners = list(self._ask(_OWNERS, (patient, month, practitioner)))
            yield number, (patient, month, practitioner), _bad(bad) if bad else None, owners

    def given_twice(self, table: int) -> Iterator[tuple[int, Key]]:
        """Rows of a table of which a patient-month has one already, in order."""
        owners = f"SELECT m.place, t.number FROM t{table} AS t CROSS JOIN m ON {_ITS} WHERE t.bad = ''"
        twice = (
            f"SELECT a.number, m.patient, m.month, m.practitioner FROM ({owners}) AS a JOIN m ON m.place = a.place "
            f"WHERE a.number > (SELECT min(b.number) FROM ({owners}) AS b WHERE b.place = a.place) ORDER BY a.number"
        )
        if next(self._ask(f"SELECT 1 FROM ({owners}) GROUP BY place HAVING count(*) > 1 LIMIT 1"), None):
            yield from ((number, (key[0], key[1], key[2])) for number, *key in self._ask(twice))

    def refuse(self, keys: Sequence[Key] | None) -> None:
        """None of these patient-months is used; or no one of all."""
        if keys is None:
            self._database.execute("UPDATE m SET refused = 1")
            return
        where = "patient = ? AND month = ? AND practitioner = ?"
        self._database.executemany(f"UPDATE m SET refused = 1 WHERE {where}", keys)

    def keys(self) -> Iterator[tuple[str, str]]:
        """Patient and month of those that are used, in order."""
        return self._ask("SELECT patient, month FROM m WHERE refused = 0 ORDER BY place")

    def months(self) -> Iterator[tuple[Kept, tuple[tuple[Kept, ...], ...]]]:
        """Each patient-month that is used, in order, with its rows of each other table."""
        cursors = [_groups(self._of_table(number)) for number in range(1, self._tables + 1)]
        waiting = [next(cursor, None) for cursor in cursors]
        for place, number, cells in self._ask("SELECT place, number, cells FROM m WHERE refused = 0 ORDER BY place"):
            rows: list[tuple[Kept, ...]] = []
            for each, group in enumerate(waiting):
                if group is None or group[0] != place:
                    rows.append(())
                else:
                    rows.append(group[1])
                    waiting[each] = next(cursors[each], None)
            yield (number, cells), tuple(rows)

    def _of_table(self, table: int) -> Iterator[tuple[int, int, str]]:
        usable = "t.bad = '' AND m.refused = 0"
        return self._ask(
            f"SELECT m.place, t.number, t.cells FROM t{table} AS t CROSS JOIN m ON {_ITS} WHERE {usable} "
            "ORDER BY m.place, t.number"
        )

    def _ask(self, question: str, values: Sequence[Any] = ()) -> Iterator[Any]:
        with closing(self._database.execute(question, values)) as answers:
            yield from answers


def _groups(rows: Iterator[tuple[int, int, str]]) -> Iterator[tuple[int, tuple[Kept, ...]]]:
    """Rows of one place together."""
    now = -1
    group: list[Kept] = []
    for place, number, cells in rows:
        if place != now and group:
            yield now, tuple(group)
            group = []
        now = place
        group.append((number, cells))
    if group:
        yield now, tuple(group)


def _text(bad: Bad | None) -> str:
    return "" if bad is None else json.dumps([bad.code, bad.says, bad.help])


def _bad(text: str) -> Bad:
    return Bad(*json.loads(text))


# --- cells as text ---------------------------------------------------------------------------------------------------


def packed(cells: Sequence[Any]) -> str:
    """Cells as text, from which they are had again as they were."""
    return _ENCODER.encode(cells)


def unpacked(text: str) -> list[Any]:
    """The cells."""
    cells: list[Any] = json.loads(text, object_hook=_untagged) if '{"' in text else json.loads(text)
    return cells


_TAG = "$"


def _tagged(value: Any) -> dict[str, str]:
    if isinstance(value, timedelta):
        return {_TAG: f"length {value // timedelta(microseconds=1)}"}
    if isinstance(value, Bad):
        return {_TAG: f"bad {_text(value)}"}
    if isinstance(value, Decimal | date):
        return {_TAG: f"{type(value).__name__} {value}"}
    return {_TAG: "other"}


def _untagged(found: dict[str, Any]) -> Any:
    if found.keys() != {_TAG}:
        return found
    kind, _, text = found[_TAG].partition(" ")
    match kind:
        case "length":
            return timedelta(microseconds=int(text))
        case "bad":
            return _bad(text)
        case "Decimal":
            return Decimal(text)
        case "date":
            return date.fromisoformat(text)
        case "datetime" | "Timestamp":
            return datetime.fromisoformat(text)
    return object()


_ENCODER = json.JSONEncoder(default=_tagged, separators=(",", ":"), ensure_ascii=False)
