"""Patient-months as the tables that `facts` reads, in a folder that is there only when it is whole."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Any

from ccm_policy.facts.cells import shielded
from ccm_policy.facts.plan import MONTH, OWN_PRACTITIONER, PATIENT, PRACTITIONER
from ccm_policy.facts.tables import GIVEN, MAIN, key_columns
from ccm_policy.intake import parts
from ccm_policy.intake.fitting import Fitted
from ccm_policy.intake.months import PatientMonth
from ccm_policy.intake.origins import Origins
from ccm_policy.intake.parts import MARK
from ccm_policy.intake.rows import Record
from ccm_policy.intake.sheets import refused
from ccm_policy.intake.unread import Hold
from ccm_policy.intake.values import UNKNOWN


class Tables:
    """The tables of a folder, written row by row; `origins` keeps where each row came from."""

    def __init__(
        self, folder: Path, fitted: Fitted, origins: Origins, closing: ExitStack, holds: Iterable[Hold] = ()
    ) -> None:
        self._folder, self._fitted, self._origins, self._closing = folder, fitted, origins, closing
        held = list(holds)
        self._facts = list(dict.fromkeys([*_facts(fitted), *(each.path for each in held if each.list is None)]))
        self._lists = dict(_lists(fitted))
        for each in held:
            if each.list is not None:
                own = self._lists.setdefault(each.list, [])
                field = each.field or next(iter(fitted.plan.lists[each.list].decl.fields))
                own += [field] if field not in own else []
        self._writers: dict[str, Any] = {}
        header = [PATIENT, MONTH, PRACTITIONER, *self._facts, *(name + GIVEN for name in self._lists)]
        self._months = self._open(MAIN, header)

    def add(self, each: PatientMonth) -> None:
        """A patient-month with its records."""
        key = (each.patient, each.month, each.practitioner)
        facts = (each.facts.get(name, "") for name in self._facts)
        cells = [*key[:2], each.biller, *facts, *(_given(each, name) for name in self._lists)]
        self._months.writerow(map(shielded, cells))
        self._origins.add_month((row.file, row.number) for row in each.rows)
        for name, records in each.lists.items():
            for record, row in zip(records or (), each.origins.get(name, ()), strict=True):
                self._origins.add(name, row.file, row.number)
                cells = [*key, *(record.get(field, "") for field in self._lists[name])]
                self._writer(name).writerow(map(shielded, cells))

    def add_register(self, name: str, records: Sequence[Record]) -> None:
        """A table of the practice, without a key."""
        fields = list(dict.fromkeys(field for record in records for field in record))
        writer = self._open(name, fields)
        writer.writerows([shielded(record.get(field, "")) for field in fields] for record in records)

    def _writer(self, name: str) -> Any:
        if name not in self._writers:
            self._writers[name] = self._open(name, [*key_columns(name, self._fitted.plan), *self._lists[name]])
        return self._writers[name]

    def _open(self, name: str, header: Sequence[str]) -> Any:
        stream: IO[str] = (self._folder / f"{name}.csv").open("w", encoding="utf-8", newline="")
        self._closing.enter_context(stream)
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(header)
        return writer


def _given(each: PatientMonth, name: str) -> str:
    """Whether a list is given, as the table of patient-months says it."""
    return "no" if name not in each.lists else UNKNOWN if each.lists[name] is None else "yes"


def _facts(fitted: Fitted) -> Iterator[str]:
    names = dict.fromkeys(name for name in fitted.constants if name != PRACTITIONER)
    for file in fitted.files:
        for giving in file.givings:
            if giving.records is None:
                names |= dict.fromkeys(field.name for field in giving.fields)
    yield from names


def _lists(fitted: Fitted) -> Iterator[tuple[str, list[str]]]:
    found: dict[str, dict[str, None]] = {}
    for file in fitted.files:
        for giving in file.givings:
            if giving.records is not None and not file.of_practice:
                records = giving.records
                names: dict[str, None] = dict.fromkeys(field.name for field in giving.fields)
                if names.keys() & {*(records.clock or ()), *records.identities}:
                    names |= dict.fromkeys(leaf.path for leaf in records.durations)
                if PRACTITIONER in file.key and OWN_PRACTITIONER in records.decl.fields:
                    names[OWN_PRACTITIONER] = None
                found.setdefault(records.name, {}).update(names)
                other = fitted.elsewhere.get(records.name)
                if other is not None and other.code in names:
                    found.setdefault(other.to, {}).update(dict.fromkeys(name for name in names if name in other.fields))
    yield from ((name, list(fields)) for name, fields in found.items())


@contextmanager
def whole(out: Path) -> Iterator[Path]:
    """A folder to write into, which takes its place when nothing went wrong; a folder that is not empty and that this
    did not write is left alone."""
    if out.exists() and not out.is_dir():
        raise refused("E0721", out, None, "this is a file; facts are written into a folder", "name another for `--out`")
    if out.is_dir() and any(out.iterdir()) and not (out / MARK).exists():
        says = "the folder holds something that intake has not written"
        raise refused("E0721", out, None, says, "name a folder for `--out` that is empty or not there")
    parts.clear(out)
    with parts.made(out) as part:
        (part / MARK).write_bytes(b"")
        yield part
        if out.is_dir():
            shutil.rmtree(out)
        part.rename(out)
