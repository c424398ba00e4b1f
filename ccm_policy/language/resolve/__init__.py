"""Surface tree to typed tree: names, types, units and ranges; what is wrong is told with its place, many at a time."""

from ccm_policy.language.resolve.program import Consolidated, resolve_program
from ccm_policy.language.resolve.vocabulary import Shared, resolve_vocabulary

__all__ = ["Consolidated", "Shared", "resolve_program", "resolve_vocabulary"]
