"""The policies of a month, as questions of which the answers tell a decision."""

from __future__ import annotations

from collections.abc import Mapping

from ccm_policy.compile import EVALUATOR
from ccm_policy.compile.questions import Questions
from ccm_policy.evaluate import Options
from ccm_policy.evaluate.layers import layers_of
from ccm_policy.facts.plan import MONTH
from ccm_policy.facts.values import Value
from ccm_policy.language.diagnostics import CcmPolicyError, Diagnostic
from ccm_policy.language.tree import CHOICE_OF_LAYERS
from ccm_policy.library import Library

MOST_REMEMBERED = 20_000
"""Decisions that are remembered, and combinations of policies and month that they are of; then all are forgotten."""
MOST_LOST = 100
"""Decisions of a month that asked more than questions, while fewer are remembered; then each is made by itself."""


def selecting(library: Library) -> tuple[str, ...]:
    """The facts that tell which policies apply."""
    outline = library.outline
    others = (MONTH, outline.vocabulary.marks.get(CHOICE_OF_LAYERS), outline.house)
    return tuple(dict.fromkeys([*library.selected_by, *(path for path in others if path is not None)]))


def questions_of(facts: Mapping[str, Value], library: Library, options: Options) -> Questions | None:
    """The questions of the policies that these facts select; None where each record is decided by itself."""
    month, asked = facts.get(MONTH), facts.get(library.vocabulary.marks.get(CHOICE_OF_LAYERS, ""))
    if not isinstance(month, str):
        return None
    optional = options.layers | (asked if isinstance(asked, frozenset) else frozenset())
    try:
        selection = library.select(facts, month, optional)
        if isinstance(selection, Diagnostic):
            return None
        layers = layers_of(library, selection)
        if not layers.established or layers.possible or layers.house or layers.possible_house:
            return None
        code = EVALUATOR.code_at_once(library.program(layers.payers, month))
    except CcmPolicyError:
        return None
    return None if code is None else Questions(code, month)
