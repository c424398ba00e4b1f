"""The digest of facts: the same for the same facts, whatever file they came from."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from hashlib import sha256
from typing import Any

from ccm_policy.facts.values import UNKNOWN, GivenList, Special, Value


def digest(facts: Mapping[str, Value], lists: Mapping[str, GivenList | Special]) -> str:
    """`sha256:…` of the canonical form: names in order, numbers as exact fractions, sets in order, unknown as null.

    The order of a list's records counts; the rows they were read from do not.
    """
    plain = {"facts": facts, "lists": {name: _plain_list(given) for name, given in lists.items()}}
    text = json.dumps(plain, sort_keys=True, separators=(",", ":"), default=_plain, ensure_ascii=True)
    return f"sha256:{sha256(text.encode('ascii')).hexdigest()}"


def _plain_list(given: GivenList | Special) -> Any:
    if isinstance(given, Special):
        return given
    return given.rows if given.complete else {"rows": given.rows, "complete": False}


def _plain(value: Any) -> Any:
    match value:
        case Fraction() | date():
            return str(value)
        case frozenset():
            return sorted(value)
    assert isinstance(value, Special)
    return None if value is UNKNOWN else value.value
