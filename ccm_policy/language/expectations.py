"""What an example expects, in words: as it is written in a policy, and as a report of examples tells it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ccm_policy.language import syntax
from ccm_policy.language.format_expressions import number
from ccm_policy.language.syntax import Expectation


@dataclass(frozen=True, slots=True)
class _Form:
    """The words of one form. `told`: what a report says instead, where that is shorter or exact."""

    written: Callable[[Any], str]
    told: Callable[[Any], str] | None = None


def _units(e: syntax.ExpectPays) -> str:
    return f" x {e.units}" if e.units is not None else ""


FORMS: Mapping[type, _Form] = {
    syntax.ExpectUnits: _Form(lambda e: f"{e.code} x {e.units}"),
    syntax.ExpectPays: _Form(
        lambda e: f"{e.code}{_units(e)} pays {number(e.amount)}",
        lambda e: f"{e.code}{_units(e)} pays {e.amount}",
    ),
    syntax.ExpectSupported: _Form(lambda e: f"{e.code} supported"),
    syntax.ExpectNotSupported: _Form(lambda e: f"{e.code} not supported" + (f" by {e.by}" if e.by else "")),
    syntax.ExpectHeld: _Form(lambda e: f"{e.code} held"),
    syntax.ExpectYields: _Form(lambda e: f"{e.code} yields" + (f" to {e.to}" if e.to else "")),
    syntax.ExpectNeeds: _Form(
        lambda e: f"{e.code} needs information about {e.fact}",
        lambda e: f"{e.code} needs {e.fact}",
    ),
    syntax.ExpectNotEstablished: _Form(lambda e: f"{e.code} not established"),
    syntax.ExpectLine: _Form(lambda e: f"line {e.line} {e.verdict}"),
    syntax.ExpectMissingLine: _Form(lambda e: f"missing line {e.code}"),
    syntax.ExpectRisk: _Form(lambda e: f"{'risk' if e.there else 'no risk'} {e.rule}"),
}


def written(expectation: Expectation) -> str:
    """The expectation as it stands in a policy."""
    return FORMS[type(expectation)].written(expectation)


def told(expectation: Expectation) -> str:
    """The expectation as a report sets it beside what came out."""
    form = FORMS[type(expectation)]
    return (form.told or form.written)(expectation)
