"""All rules of the grammar together: what a tree of Lark's is read with."""

from __future__ import annotations

from collections.abc import Mapping

from ccm_policy.language import (
    transform,
    transform_clauses,
    transform_declarations,
    transform_examples,
    transform_expressions,
)
from ccm_policy.language.transform import Fragment, Handler, Reader

READERS: Mapping[str, Handler] = {
    **transform.READERS,
    **transform_expressions.READERS,
    **transform_declarations.READERS,
    **transform_clauses.READERS,
    **transform_examples.READERS,
}


def reader(fragment: Fragment) -> Reader:
    """A reader of the trees of one piece of text."""
    return Reader(READERS, fragment)
