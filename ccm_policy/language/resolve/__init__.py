"""Surface tree to typed tree: names, types, units and ranges; what is wrong is told with its place, many at a time.

What other folders use stands here: programs and vocabularies, examples checked, one condition by itself (a selector),
and the words by which a statement is also called.
"""

from ccm_policy.language.resolve.also import other_words
from ccm_policy.language.resolve.examples import Known, check_examples
from ccm_policy.language.resolve.expressions import condition
from ccm_policy.language.resolve.kinds import resolver
from ccm_policy.language.resolve.names import Refused, Scope
from ccm_policy.language.resolve.program import Consolidated, resolve_program
from ccm_policy.language.resolve.reads import Kept, Reach, Words
from ccm_policy.language.resolve.vocabulary import Shared, resolve_vocabulary

__all__ = [
    "Consolidated",
    "Kept",
    "Known",
    "Reach",
    "Refused",
    "Scope",
    "Shared",
    "Words",
    "check_examples",
    "condition",
    "other_words",
    "resolve_program",
    "resolve_vocabulary",
    "resolver",
]
