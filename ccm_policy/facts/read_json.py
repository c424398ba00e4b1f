"""JSON: one record, or a list of records. Decimals are read exactly.

What JSON allows and facts do not (a name given twice, NaN, a number of thousands of digits) refuses its record alone:
it is handed on as a value that `checking` refuses.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

from ccm_policy.facts.checking import Raw, Repeated
from ccm_policy.facts.scalars import LONGEST_NUMBER, TOO_LONG, Bad
from ccm_policy.facts.text import empty
from ccm_policy.language.diagnostics import Diagnostic, Place, error


def records(text: str, file: str) -> Iterator[Raw | Diagnostic]:
    """The records of a JSON file, numbered from 1 where they are a list."""
    value = parsed(text, Place(file))
    if isinstance(value, Diagnostic):
        yield value
    elif isinstance(value, list):
        for number, record in enumerate(value, 1):
            yield Raw(record, file, number)
    else:
        yield Raw(value, file)


def parsed(text: str, place: Place) -> Any | Diagnostic:
    """The value of a JSON text, or what is wrong with it and where."""
    try:
        return _DECODER.decode(text)
    except json.JSONDecodeError as fault:
        return _broken(fault, text, place)
    except RecursionError:
        return error(
            "E0511",
            "lists and objects are nested too deep to be a record",
            place=place,
            help="a record is an object of fields, lists of objects, and values",
        )


def _object(pairs: list[tuple[str, Any]]) -> dict[Any, Any]:
    found: dict[Any, Any] = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        found |= {Repeated(name): None for name in found if names.count(name) > 1}
    return found


def _whole(digits: str) -> int | Bad:
    return TOO_LONG if len(digits) > LONGEST_NUMBER + 1 else int(digits)


def _decimal(digits: str) -> Decimal | Bad:
    try:
        return Decimal(digits)
    except InvalidOperation:
        return TOO_LONG


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_float=_decimal, parse_int=_whole)

_SAYS = {
    "Expecting property name enclosed in double quotes": "a field name in double quotes was expected",
    "Expecting ':' delimiter": "a `:` was expected after a field name",
    "Expecting ',' delimiter": "a `,` or a closing bracket was expected",
    "Expecting value": "a value was expected",
    "Unterminated string starting at": "the text that starts here has no closing quote",
    "Invalid control character at": "a text runs over the end of its line, or holds a control character",
    "Extra data": "there is more text after the end of the record",
}


def _broken(fault: json.JSONDecodeError, text: str, place: Place) -> Diagnostic:
    if not text.strip():
        return empty(place)
    at, says = _where(text, fault)
    line, column = text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)
    where = f"column {column}" if place.row is not None else f"line {line}, column {column}"
    hint = "a list of records stands in [ ], or use JSON Lines: one record a line, file name ending in .jsonl"
    return error(
        "E0506",
        f"this is not JSON: at {where}, {says}",
        place=place,
        help=hint if fault.msg == "Extra data" else "JSON wants double quotes, and commas between values only",
    )


def _where(text: str, fault: json.JSONDecodeError) -> tuple[int, str]:
    """Where a comma stands before a closing bracket, versions of Python differ; the bracket is shown."""
    at = fault.pos
    if text[at : at + 1] == "," and text[at + 1 :].lstrip()[:1] in ("}", "]"):
        at = len(text) - len(text[at + 1 :].lstrip())
    if text[at : at + 1] in ("}", "]") and text[:at].rstrip().endswith(","):
        return at, "a comma stands before a closing bracket"
    return at, _SAYS.get(fault.msg, "a text holds a backslash that means nothing here")
