"""JSON: one record, or a list of records. Decimals are read exactly, and a name given twice is an error."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

from ccm_policy.facts.check import Raw
from ccm_policy.facts.scalars import LONGEST_NUMBER, Bad
from ccm_policy.language.diagnostics import Diagnostic, Place, error


class UnusableError(ValueError):
    """Something that JSON allows and facts do not, met in the middle of reading; caught in `parsed`."""

    def __init__(self, bad: Bad) -> None:
        self.bad = bad


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
    except UnusableError as fault:
        return error(fault.bad.code, fault.bad.says, place=place, help=fault.bad.help)
    except RecursionError:
        return error(
            "E0511",
            "lists and objects are nested too deep to be a record",
            place=place,
            help="a record is an object of fields, lists of objects, and values",
        )


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        twice = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
        named = f"`{twice}`" if twice.isprintable() and len(twice) <= 60 else "a name"
        raise UnusableError(Bad("E0508", f"{named} stands twice in one object", "keep one of the two"))
    return found


def _whole(digits: str) -> int:
    if len(digits) > LONGEST_NUMBER + 1:
        raise UnusableError(_TOO_LONG)
    return int(digits)


def _decimal(digits: str) -> Decimal:
    try:
        value = Decimal(digits)
    except InvalidOperation:
        raise UnusableError(_TOO_LONG) from None
    if len(digits) > 2 * LONGEST_NUMBER:
        raise UnusableError(_TOO_LONG)
    return value


def _constant(word: str) -> Any:
    raise UnusableError(
        Bad("E0509", f"{word} is not a number", "leave the field out where the number is not known, or write null")
    )


_TOO_LONG = Bad("E0510", f"a number has more than {LONGEST_NUMBER} digits", "check how the file was made")
_DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_float=_decimal, parse_int=_whole, parse_constant=_constant, strict=True
)

_SAYS = {
    "Expecting property name enclosed in double quotes": "a field name in double quotes was expected",
    "Expecting ':' delimiter": "a `:` was expected after a field name",
    "Expecting ',' delimiter": "a `,` or a closing bracket was expected",
    "Expecting value": "a value was expected",
    "Unterminated string starting at": "the text that starts here has no closing quote",
    "Invalid control character at": "a text runs over the end of its line, or holds a control character",
    "Illegal trailing comma before end of object": "a comma stands before a closing bracket",
    "Illegal trailing comma before end of array": "a comma stands before a closing bracket",
    "Extra data": "there is more text after the end of the record",
}


def _broken(fault: json.JSONDecodeError, text: str, place: Place) -> Diagnostic:
    if not text.strip():
        return error("E0502", "there is nothing in it", place=place, help="the file is empty")
    says = _SAYS.get(fault.msg, "a text holds a backslash that means nothing here")
    at = f"column {fault.colno}" if place.row is not None else f"line {fault.lineno}, column {fault.colno}"
    hint = "a list of records stands in [ ], or use JSON Lines: one record a line, file name ending in .jsonl"
    return error(
        "E0506",
        f"this is not JSON: at {at}, {says}",
        place=place,
        help=hint
        if fault.msg == "Extra data"
        else "JSON wants double quotes, commas between values, and none after the last",
    )
