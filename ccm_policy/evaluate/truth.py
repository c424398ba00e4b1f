"""Conditions are yes, no or unknown, in the one logic of the language."""

from ccm_policy.language.truth import Truth, conjunction, disjunction, negation, word

__all__ = ["Truth", "conjunction", "disjunction", "negation", "word"]
