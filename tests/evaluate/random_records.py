"""Random records over the shipped vocabulary: values that stand in the examples and in the clinic's charts, mixed anew,
with random values of the declared types among them, nulls and absences.

A date keeps its distance in months from the service month, so that a record may stand in any month.
"""

from __future__ import annotations

import calendar
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from ccm_policy.evaluate.examples import examples_of, record_of
from ccm_policy.language.tree import Type, Vocabulary
from tests.evaluate.test_law_of_the_library import CLINIC, Chart, library

FIXED = ("patient_id", "service_month")
KEYS = ("payer", "layers")
"""Facts that name something: any value of the type will not do."""
MONTHS = tuple(f"{year}-{month}" for year in range(2015, 2027) for month in ("01", "03", "07", "12"))
MINUTES = (0, 1, 5, 19, 20, 21, 29, 30, 31, 40, 59, 60, 61, 90, 120)


@dataclass(frozen=True)
class Placed:
    """A date by its distance in months from the service month, and its day."""

    months: int
    day: int

    def within(self, month: str) -> str:
        year, number = divmod(int(month[:4]) * 12 + int(month[5:]) - 1 + self.months, 12)
        return date(year, number + 1, min(self.day, calendar.monthrange(year, number + 1)[1])).isoformat()


@dataclass(frozen=True)
class Seen:
    """What stands in records: the values of each fact, and the rows of each list."""

    facts: dict[str, list[Any]]
    rows: dict[str, list[dict[str, Any]]]
    charts: list[Chart]


def example_charts() -> list[Chart]:
    """The records of the examples that stand in the policies, each named after its example."""
    policies = library().policies
    return [{**record_of(e, policies), "patient_id": e.name} for e in examples_of(policies)]


@cache
def seen() -> Seen:
    import json

    charts = [json.loads(line) for line in CLINIC.read_text(encoding="utf-8").splitlines()] + example_charts()
    facts: dict[str, list[Any]] = {}
    rows: dict[str, list[dict[str, Any]]] = {}
    lists = library().policies.vocabulary.lists
    for chart in charts:
        for path, value in flat(chart):
            if path in lists:
                kept = (placed(row, chart["service_month"]) for row in value or () if isinstance(row, dict))
                rows.setdefault(path, []).extend(kept)
            elif path not in FIXED and value is not None:
                facts.setdefault(path, []).append(placed(value, chart["service_month"]))
    return Seen(facts, rows, charts)


def flat(chart: Chart, under: str = "") -> Iterator[tuple[str, Any]]:
    """Facts by their whole paths, and lists."""
    for key, value in chart.items():
        if isinstance(value, dict):
            yield from flat(value, f"{under}{key}.")
        else:
            yield f"{under}{key}", value


def placed(value: Any, month: str) -> Any:
    """A value with its dates placed by their distance from a month."""
    if isinstance(value, dict):
        return {key: placed(part, month) for key, part in value.items()}
    try:
        day = date.fromisoformat(value)
    except (TypeError, ValueError):
        return value
    return Placed((day.year - int(month[:4])) * 12 + day.month - int(month[5:]), day.day)


def dated(value: Any, month: str) -> Any:
    if isinstance(value, dict):
        return {key: dated(part, month) for key, part in value.items()}
    return value.within(month) if isinstance(value, Placed) else value


def value_of(type: Type, rng: random.Random) -> Any:
    """Any value of a type."""
    match type.kind:
        case "yes/no":
            return rng.random() < 0.5
        case "date":
            return Placed(0 if type.in_month or rng.random() < 0.5 else rng.randint(-15, 2), rng.choice((1, 9, 15, 31)))
        case "number":
            low, high = int(type.low or 0), int(type.high or 1440)
            return rng.choice([n for n in MINUTES if low <= n <= high] or [low])
        case "set":
            return rng.sample(type.values, min(len(type.values), rng.randint(0, 3))) if type.values else ["95"]
        case "code":
            return rng.choice(sorted({*library().policies.outline.lives, "99214", "G0181", "99495"}))
        case "value":
            return rng.choice(type.values)
    return None


def random_record(rng: random.Random, month: str | None = None) -> Chart:
    """A record of a month, or of any: some of it seen elsewhere, some of it at random, some unknown, some absent."""
    vocabulary: Vocabulary = library().policies.vocabulary
    lack = rng.choice((0.0, 0.05, 0.15, 0.4))
    wild = rng.choice((0.0, 0.02, 0.1))
    base = dict(flat(rng.choice(seen().charts))) if rng.random() < 0.9 else {}
    if month is None:
        month = base["service_month"] if base and rng.random() < 0.6 else rng.choice(MONTHS)
    if base:
        base = placed(base, base["service_month"])
    record: Chart = {}

    def one(path: str, type: Type, known: list[Any]) -> Any:
        if rng.random() < lack / 4 and path not in KEYS:
            return None
        return value_of(type, rng) if path not in KEYS and (rng.random() < wild or not known) else rng.choice(known)

    for path, declared in vocabulary.facts.items():
        if path in base and rng.random() > wild:
            record[path] = base[path]
        elif base and rng.random() > wild and not declared.key:
            continue
        elif declared.key or (seen().facts.get(path) and rng.random() > lack):
            record[path] = one(path, declared.type, seen().facts.get(path, []))
    for name, listed in vocabulary.lists.items():
        if listed.union_of is not None or rng.random() < lack / 4:
            continue
        if rng.random() < lack / 6:
            record[name] = None
            continue
        if base and name not in base and rng.random() > wild:
            continue
        rows = base.get(name) if rng.random() > wild else None
        if not isinstance(rows, list):
            rows = [dict(rng.choice(seen().rows[name])) for _ in range(rng.randint(0, 3)) if seen().rows.get(name)]
        else:
            rows = [placed(row, base["service_month"]) for row in rows]
        if name == "staff":
            rows = list({row.get("id"): row for row in rows}.values())
        for row in rows:
            for field, about in listed.fields.items():
                if rng.random() < wild / 2:
                    row[field] = one(f"{name}.{field}", about.type, [])
                elif field in row and rng.random() < lack / 4:
                    row[field] = None
        record[name] = rows
    record = {
        path: [dated(row, month) for row in v] if path in vocabulary.lists and v else dated(v, month)
        for path, v in record.items()
    }
    return {**record, "patient_id": "random", "service_month": month}
