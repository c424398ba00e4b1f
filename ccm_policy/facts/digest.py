"""The digest of facts: the same for the same facts, whatever file they came from."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction
from hashlib import sha256
from typing import Any

from ccm_policy.facts.values import UNKNOWN, GivenList, Special, Value


def digest(facts: Mapping[str, Value], lists: Mapping[str, GivenList | Special]) -> str:
    """`sha256:…` of the canonical form: names in order, numbers as exact fractions, sets in order, unknown as null.

    The order of a list's records counts; the rows they were read from do not.
    """
    items = [canonical_item(path, value) for path, value in facts.items()]
    return digest_of(items, {name: canonical_list(given) for name, given in lists.items()})


def digest_of(items: Iterable[str], lists: Mapping[str, str]) -> str:
    """The digest of facts whose parts are in canonical form already."""
    by_name = [f'"{name}":{text}' for name, text in lists.items()]
    text = f'{{"facts":{canonical_object(items)},"lists":{canonical_object(by_name)}}}'
    return f"sha256:{sha256(text.encode('ascii')).hexdigest()}"


def canonical_item(name: str, value: Value) -> str:
    """A name with its value, as it stands in an object."""
    return f'"{name}":{_DUMPS(value)}'


def canonical_object(items: Iterable[str]) -> str:
    """An object of such items."""
    return "{" + ",".join(sorted(items)) + "}"


def canonical_list(given: GivenList | Special, rows: Iterable[str] | None = None) -> str:
    """A list; `rows` where its records are in canonical form already."""
    if isinstance(given, Special):
        return _DUMPS(given)
    if rows is None:
        rows = (canonical_object(canonical_item(*item) for item in row.items()) for row in given.rows)
    text = f"[{','.join(rows)}]"
    return text if given.complete else f'{{"complete":false,"rows":{text}}}'


def _plain(value: Any) -> Any:
    match value:
        case Fraction() | date():
            return str(value)
        case frozenset():
            return sorted(value)
    assert isinstance(value, Special)
    return None if value is UNKNOWN else value.value


_DUMPS = json.JSONEncoder(sort_keys=True, separators=(",", ":"), default=_plain, ensure_ascii=True).encode
