"""The text of a program run; what it calls beside its own functions and those of `known` and `reckoning`."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache
from types import CodeType
from typing import Any

from ccm_policy.compile import known, reckoning
from ccm_policy.compile.known import NotCompiledError
from ccm_policy.compile.layout import OWNER
from ccm_policy.compile.records import State
from ccm_policy.facts.values import NONE
from ccm_policy.language import tree as t

Function = Callable[..., Any]


def of_owner(asked: list[t.Node], sums: list[t.Sum]) -> dict[str, Function]:
    """What is asked of what owns the slots, which knows the reference."""

    def waits_for_null(state: State, node: int, bound: tuple[tuple[str, list[Any]], ...]) -> bool:
        if state[OWNER] is None:
            raise NotCompiledError
        found: bool = state[OWNER].waits_for_null(asked[node], bound)
        return found

    def is_null(state: State, name: str, row: list[Any], field: str) -> bool:
        if state[OWNER] is None:
            raise NotCompiledError
        found: bool = state[OWNER].is_null(name, row, field)
        return found

    def shares_once(state: State, number: int) -> Any:
        if state[OWNER] is None:
            raise NotCompiledError
        return state[OWNER].shares(sums[number])

    return {"waits_for_null": waits_for_null, "is_null": is_null, "shares_once": shares_once}


def tables(program: t.Program) -> dict[str, Function]:
    """What tables say, by their names and the month."""
    rows: dict[tuple[str, str], t.TableRows | None] = {}

    def edition_of(name: str, month: str) -> t.TableRows | None:
        key = (name, month)
        if key not in rows:
            editions = program.tables[name].editions
            rows[key] = next((e for e in editions if (e.first or month) <= month <= (e.last or month)), None)
        return rows[key]

    def in_table(state: State, name: str, keys: tuple[str | None, ...]) -> int:
        edition = edition_of(name, state[2])
        return 1 if edition is None or None in keys else 3 if keys in edition.rows else 0

    def cell_of(state: State, name: str, keys: tuple[str | None, ...], column: int, kind: str) -> Any:
        edition = edition_of(name, state[2])
        row = None if edition is None or None in keys else edition.rows.get(keys)  # type: ignore[arg-type]
        if row is None:
            return None
        text = row[column]
        if text is None:
            return NONE
        if kind == "number":
            return known.amount(Fraction(text))
        if kind == "date":
            return known.first_of(text) if len(text) == 7 else reckoning.iso_day(text)
        return known.truth(text == "yes") if kind == "yes/no" else text

    return {"edition_of": edition_of, "in_table": in_table, "cell_of": cell_of}


def execute(text: str, names: dict[str, Any]) -> None:
    """Add to the names what a text defines."""
    exec(_read(text), names)


@lru_cache(maxsize=8192)
def _read(text: str) -> CodeType:
    """A text as Python has it: programs of one library have most of theirs in common."""
    return compile(text, "<compiled policy>", "exec")


def when_called(name: str, text: str, names: dict[str, Any]) -> Function:
    """The function of a text, which Python reads when it is first called: of a program a record needs a third."""
    made: Function | None = None

    def first(*arguments: Any) -> Any:
        nonlocal made
        if made is None:
            execute(text, names)
            made = names[name]
        return made(*arguments)

    return first
