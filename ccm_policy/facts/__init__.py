"""The vocabulary as JSON Schema and table layouts, and the readers of facts.

`read` reads a file or folder, `stream` the same one record after another, `check` one record from a program, `schema`
publishes what a record may hold. All know the names of facts and lists from the vocabulary alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ccm_policy.facts.checking import Raw, check_raw
from ccm_policy.facts.plan import compiled
from ccm_policy.facts.values import Given
from ccm_policy.language.diagnostics import Diagnostic
from ccm_policy.language.tree import Vocabulary


def read(path: Path, vocabulary: Vocabulary, *, month: str | None = None) -> tuple[list[Given], list[Diagnostic]]:
    """Every usable patient-month of a file or folder, in its order, and everything that is wrong with the rest.

    The format is found by the name's ending, or by content: JSON, JSON Lines, YAML, Parquet, or a folder of tables
    (CSV or Parquet). `-` is JSON Lines from standard input. `month` (`YYYY-MM`) keeps the records of that month only.
    Never raises for bad input: a record with a fault is refused whole and told of, every other one is returned.
    """
    given: list[Given] = []
    wrong: list[Diagnostic] = []
    for found in stream(path, vocabulary, month=month):
        if isinstance(found, Given):
            given.append(found)
        else:
            wrong.append(found)
    return given, wrong


def stream(path: Path, vocabulary: Vocabulary, *, month: str | None = None) -> Iterator[Given | Diagnostic]:
    """What `read` returns, one after another in the order of the path, with a few records in memory at a time.

    JSON and YAML files are read whole, since only their end says whether they are right. What is known at the end
    alone, such as a patient-month that was given twice, comes last; its records have not come before.
    """
    from ccm_policy.facts.reading import stream_path

    return stream_path(path, compiled(vocabulary), month)


def check(record: Mapping[str, Any], vocabulary: Vocabulary) -> tuple[Given | None, list[Diagnostic]]:
    """One record as a program holds it (as in the JSON Schema; dates, decimals and sets of Python are read too): the
    typed facts, or None and everything that is wrong with it."""
    return check_raw(Raw(record), compiled(vocabulary))


def schema(vocabulary: Vocabulary) -> dict[str, Any]:
    """The JSON Schema (2020-12) of a patient-month."""
    from ccm_policy.facts.json_schema import facts_schema

    return facts_schema(vocabulary)
