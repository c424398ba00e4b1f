"""Rows of Arrow as plain values, whatever a column holds: what Python has no value for refuses its own record alone.

A binary number is read as the shortest decimal of its own width: 6.7 in 32 bits is 6.7, as it is in 64.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Any

from ccm_policy.facts.checking import Repeated
from ccm_policy.facts.chunks import key_of
from ccm_policy.facts.plan import MONTH, PATIENT
from ccm_policy.facts.scalars import Bad

Exact = Callable[[Any], Any]
UNREADABLE = Bad("E0565", "holds a value that cannot be read", "correct it where the column is made, or leave it empty")


def rows_of(batch: Any, names: Sequence[str] | None = None) -> Iterator[dict[Any, Any]]:
    """The rows of a batch. `names`: those of its columns, where it has others."""
    names = batch.schema.names if names is None else names
    cells = zip(*map(values_of, batch.columns), strict=True)
    twice = {Repeated(name): True for name in names if names.count(name) > 1}
    if twice:
        return ({**dict(zip(names, row, strict=True)), **twice} for row in cells)
    return (dict(zip(names, row, strict=True)) for row in cells)


def keys_of(batch: Any) -> Iterator[object]:
    """Patient and month of each row."""
    places = [place for place, name in enumerate(batch.schema.names) if name in (PATIENT, MONTH)]
    return map(key_of, rows_of(batch.select(places))) if places else iter([(type(None),) * 2] * len(batch))


def values_of(column: Any) -> list[Any]:
    """The values of an array; `UNREADABLE` where Python has none."""
    try:
        values: list[Any] = list(map(_value, column)) if _is_finer(column.type) else column.to_pylist()
    except (ArithmeticError, LookupError, TypeError, ValueError):  # ArrowInvalid is a ValueError
        values = list(map(_value, column))
    exact = _exact(column.type)
    return values if exact is None else [value if value is None else exact(value) for value in values]


def _value(cell: Any) -> Any:
    """A value as Python has it, with `UNREADABLE` where it has none."""
    from pyarrow import types

    if _is_finer(cell.type) and cell.is_valid and cell.value % 1000:
        return UNREADABLE
    try:
        return cell.as_py()
    except (ArithmeticError, LookupError, TypeError, ValueError):
        kind = cell.type
    if types.is_struct(kind):
        names = [kind.field(place).name for place in range(kind.num_fields)]
        twice = {Repeated(name): True for name in names if names.count(name) > 1}
        return {**{name: _value(cell[place]) for place, name in enumerate(names)}, **twice}
    if _is_list(kind):
        return list(map(_value, cell.values))
    return UNREADABLE


def _is_finer(kind: Any) -> bool:
    """Whether it is a time of day finer than Python's; where pandas is installed, Arrow cuts the rest off."""
    from pyarrow import types

    return bool(types.is_time64(kind)) and kind.unit == "ns"


def _is_list(kind: Any) -> bool:
    from pyarrow import types

    return bool(types.is_list(kind) or types.is_large_list(kind) or types.is_fixed_size_list(kind))


@lru_cache(maxsize=1000)
def _exact(kind: Any) -> Exact | None:
    """What makes the values of a type exact; None: they are."""
    from pyarrow import types

    if types.is_float16(kind) or types.is_float32(kind):
        return _of_16_bits if types.is_float16(kind) else _of_32_bits
    if types.is_temporal(kind):
        return _of_nanoseconds if getattr(kind, "unit", "") == "ns" else None
    if types.is_dictionary(kind) or _is_list(kind):
        inner = _exact(kind.value_type)
        if inner is None or types.is_dictionary(kind):
            return inner
        return lambda values: [value if value is None else inner(value) for value in values]
    if types.is_struct(kind):
        fields = {f.name: made for f in map(kind.field, range(kind.num_fields)) if (made := _exact(f.type)) is not None}
        return _of_fields(fields) if fields else None
    return None


def _of_fields(fields: dict[str, Exact]) -> Exact:
    def exact(value: dict[str, Any]) -> dict[str, Any]:
        return {n: v if v is None or n not in fields else fields[n](v) for n, v in value.items()}

    return exact


def _shortest(form: str, digits: range) -> Exact:
    def exact(value: Any) -> Any:
        if isinstance(value, Bad):
            return value
        bits = struct.pack(form, value)
        for count in digits:
            short = float(f"{float(value):.{count}g}")
            try:
                if struct.pack(form, short) == bits:
                    return short
            except OverflowError:  # rounded up beyond the largest
                continue
        return float(value)

    return exact


_of_16_bits, _of_32_bits = _shortest("<e", range(3, 6)), _shortest("<f", range(6, 10))


def _of_nanoseconds(value: Any) -> Any:
    """Where pandas is installed, Arrow gives times that are finer than Python's."""
    fine = getattr(value, "nanosecond", 0) or getattr(value, "nanoseconds", 0)
    return UNREADABLE if fine else value
