"""What a clause says as plain words or text, whatever body it was given."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from ccm_policy.language import syntax as s


def texts(body: Any) -> tuple[str, ...]:
    """The words of a body: of words, names, texts, codes and numbers, alone or many."""
    if body is None:
        return ()
    if isinstance(body, s.Words):
        return body.values
    if isinstance(body, s.Name):
        return (body.path,)
    if isinstance(body, s.Number | s.Text | s.Shape | s.Month | s.Day):
        return (str(body.value),)
    if isinstance(body, s.Row):
        return texts(body.values)
    if isinstance(body, Iterable):
        return tuple(word for each in body for word in texts(each))
    return ()


def words_of(statement: s.Statement, word: str) -> tuple[str, ...]:
    """The words of the first clause of that word, or none."""
    clause = statement.one(word)
    return () if clause is None else texts(clause.body)


def text_of(statement: s.Statement, word: str) -> str:
    """The text of the first clause of that word, or nothing."""
    return " ".join(words_of(statement, word))


def citations(statement: s.Statement) -> Iterator[s.Citation]:
    """Every citation of a statement, its exceptions' and disputes' included."""
    for clause in statement.clauses:
        match clause.body:
            case s.Citation():
                yield clause.body
            case s.Waiver(cites=cites):
                yield from cites
            case s.Says(source) | s.Resolved(source):
                yield s.Citation(source)
