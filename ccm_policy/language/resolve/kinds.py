"""All kinds of expression together: what a resolver resolves with."""

from __future__ import annotations

from collections.abc import Mapping

from ccm_policy.language.report import Report
from ccm_policy.language.resolve import comparisons, conditions, expressions, quantities, records
from ccm_policy.language.resolve.names import Handler, Names, Resolver

HANDLERS: Mapping[type, Handler] = {
    **expressions.HANDLERS,
    **conditions.HANDLERS,
    **comparisons.HANDLERS,
    **quantities.HANDLERS,
    **records.HANDLERS,
}


def resolver(names: Names, report: Report) -> Resolver:
    """A resolver of these names, which puts down what is wrong in the report."""
    return Resolver(HANDLERS, names, report)
