"""A Pygments lexer for policy text, so that the site and any other tool that knows Pygments can highlight it.

The words of statements and clauses are those that the parser reads by.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, ClassVar

from pygments.lexer import RegexLexer, bygroups, words
from pygments.token import Comment, Keyword, Literal, Name, Number, Operator, String, Text, Whitespace

from ccm_policy.language.clauses import ALL_CLAUSE_WORDS, FORMS, TWO_WORDS, VERBS


def _any(phrases: Iterable[str]) -> str:
    return "|".join(re.escape(p).replace(r"\ ", r"\s+") for p in sorted(phrases, key=len, reverse=True))


STATEMENT = rf"^((?:{_any(VERBS)})\s+)?({_any(FORMS)})\b([ \t]*)([\w.]*)"
CLAUSE = rf"^([ \t]+)({_any([*TWO_WORDS.values(), *ALL_CLAUSE_WORDS])})(?=\s|$)"
QUANTITY = r"(\d[\d,]*(?:\.\d+)?)([ \t]+)((?:minute|day|month|year|dollar|unit)s?|percent)\b"
OPERATORS = (
    "and", "or", "not", "is", "any", "every", "no", "at least", "at most", "one of", "on or before", "on or after",
    "before", "after", "within", "outside", "during", "in", "on", "of", "by", "the", "where", "when", "its", "has",
    "includes", "for", "each", "beyond", "none", "unknown", "sum", "count", "earliest", "latest", "earlier", "later",
    "over", "full", "divided by", "plus", "minus", "times", "established", "presumed", "same", "to", "from",
    "otherwise", "nothing", "in that order", "by amount",
)  # fmt: skip


def _groups(*kinds: Any) -> Any:
    return bygroups(*kinds)  # type: ignore[no-untyped-call]


class PolicyLexer(RegexLexer):
    """Highlights policy text: statements, clauses, quantities with units, citations."""

    name = "ccm-policy"
    aliases: ClassVar[list[str]] = ["policy", "ccm-policy"]
    filenames: ClassVar[list[str]] = ["*.policy"]
    url = "https://pypi.org/project/ccm-policy/"
    flags = re.MULTILINE

    tokens: ClassVar = {
        "root": [
            (r"#.*?$", Comment.Single),
            (STATEMENT, _groups(Keyword.Declaration, Keyword.Declaration, Whitespace, Name.Function)),
            (rf"^({_any(VERBS)})\b", Keyword.Declaration),
            (CLAUSE, _groups(Whitespace, Keyword)),
            (r'"[^"\n]*"', String),
            (r"\d{4}-\d{2}(-\d{2})?\b", Literal.Date),
            (QUANTITY, _groups(Number, Whitespace, Keyword.Type)),
            (r"\b[A-Z]?\d{4,5}[A-Z]?\b", Name.Constant),
            (r"\b\d[\d,]*(\.\d+)?\b", Number),
            (words(OPERATORS, prefix=r"\b", suffix=r"\b"), Operator.Word),
            (r"[\w.]+", Name),
            (r"\n+|[ \t]+", Whitespace),
            (r".", Text),
        ]
    }
