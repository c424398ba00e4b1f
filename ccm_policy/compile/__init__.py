"""A program as plain Python over slots: the same meaning as `evaluate`, at a hundredth of the time."""

from ccm_policy.compile.evaluator import Compiler

EVALUATOR = Compiler()
"""What `evaluate` takes for `compiled`."""

__all__ = ["EVALUATOR", "Compiler"]
