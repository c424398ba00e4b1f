"""Billing rules of care management as policy files, and the decisions that follow from them.

The public names are those of `__all__`; each is imported when it is first used, so that importing the package costs
nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ccm_policy.api import PolicyLibrary, load
    from ccm_policy.evaluate import Decision, Options, opened
    from ccm_policy.facts.values import Given
    from ccm_policy.language.diagnostics import CcmPolicyError, Diagnostic, Place, Span, render

__version__ = "0.1.0"
LANGUAGE_VERSION = "1"
"""The version of the policy language and its meaning, apart from the package's own."""

__all__ = [
    "LANGUAGE_VERSION",
    "CcmPolicyError",
    "Decision",
    "Diagnostic",
    "Given",
    "Options",
    "Place",
    "PolicyLibrary",
    "Span",
    "__version__",
    "load",
    "opened",
    "render",
]

_HOMES = {
    "load": "ccm_policy.api",
    "PolicyLibrary": "ccm_policy.api",
    "Decision": "ccm_policy.evaluate",
    "Options": "ccm_policy.evaluate",
    "opened": "ccm_policy.evaluate",
    "Given": "ccm_policy.facts.values",
    "CcmPolicyError": "ccm_policy.language.diagnostics",
    "Diagnostic": "ccm_policy.language.diagnostics",
    "Place": "ccm_policy.language.diagnostics",
    "Span": "ccm_policy.language.diagnostics",
    "render": "ccm_policy.language.diagnostics",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'ccm_policy' has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(_HOMES[name]), name)
