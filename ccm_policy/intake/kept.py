"""Rows kept on the disk until all are read, and given back patient by patient, so that memory does not grow with the
exports. What is kept has no name and is gone with the process."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from itertools import groupby

from ccm_policy.intake.rows import KeptRow

_SETTINGS = ("journal_mode = OFF", "synchronous = OFF", "temp_store = FILE", "cache_size = -8192")


class KeptRows:
    """The rows of all exports."""

    def __init__(self) -> None:
        self._database = sqlite3.connect("")
        for setting in _SETTINGS:
            self._database.execute(f"PRAGMA {setting}")
        self._database.execute("CREATE TABLE kept (patient TEXT, file INT, number INT, rest TEXT)")

    def close(self) -> None:
        """Nothing is kept any more."""
        self._database.close()

    def add(self, rows: Iterable[KeptRow]) -> None:
        """More rows."""
        values = ((row.patient, row.file, row.number, row.packed()) for row in rows)
        self._database.executemany("INSERT INTO kept VALUES (?, ?, ?, ?)", values)

    def by_patient(self) -> Iterator[list[KeptRow]]:
        """The rows of each patient, in the order of their exports."""
        with closing(self._database.execute("SELECT * FROM kept ORDER BY patient, file, number")) as found:
            for _, rows in groupby(found, key=lambda row: row[0]):
                yield [_row(*row) for row in rows]


def _row(patient: str, file: int, number: int, rest: str) -> KeptRow:
    month, undated, practitioner, lists, facts, same, takes, unread = json.loads(rest)
    return KeptRow(
        file=file,
        number=number,
        patient=patient,
        month=month,
        undated=undated,
        practitioner=practitioner,
        lists=tuple((name, record) for name, record in lists),
        facts=facts,
        same=same,
        takes=tuple(takes),
        unread=tuple(unread),
    )
