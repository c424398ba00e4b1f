"""From a policy text to its surface tree, with every finding on the way.

The layout pass cuts the text, the grammar reads each head and clause by itself, so one clause's error never hides
another's. This is the only module of the language, with `transform*` and `unexpected`, that imports Lark.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from lark import Tree
from lark.exceptions import UnexpectedInput

from ccm_policy.language import clauses, layout, messages, syntax, unexpected
from ccm_policy.language.accepted import wanted
from ccm_policy.language.clauses import Form
from ccm_policy.language.diagnostics import Diagnostic, Span, in_order
from ccm_policy.language.layout import Block, Piece
from ccm_policy.language.phrases import CLAUSES
from ccm_policy.language.reading import reader as reader_of
from ccm_policy.language.syntax import Clause, Expr, File, Head, Statement
from ccm_policy.language.tables import grammar
from ccm_policy.language.transform import Fragment


def parse(text: str, path: str) -> tuple[File, list[Diagnostic]]:
    """Read a policy text. What could not be read is not in the tree; its statement is marked `broken`.

    `path` names the file in spans and messages; nothing is read from it.
    """
    plain = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    reading = _Reading(plain, path)
    file = reading.file()
    return file, in_order(reading.diagnostics)


def parse_expression(text: str, path: str = "") -> tuple[Expr | None, list[Diagnostic]]:
    """Read one condition or quantity."""
    node, found = _read("condition", Fragment(path, 1, 1, text), "expression", "")
    return node, found


def _read(rule: str, fragment: Fragment, kind: str, word: str) -> tuple[Any, list[Diagnostic]]:
    """One head or body; None where anything was found wrong."""
    reader = reader_of(fragment)
    try:
        tree = _tree(rule, fragment.text)
    except UnexpectedInput as fault:
        return None, [unexpected.explain(fault, reader, unexpected.Where(kind, word, rule))]
    if _depth(tree, fragment.text) > DEEPEST:
        whole = unexpected.span_of(reader, 0, len(fragment.text.split("\n")[0]))
        return None, [messages.too_deep(whole, unexpected.Where(kind, word, rule).what)]
    node = reader.read(tree)
    return (None if reader.diagnostics else node), reader.diagnostics


DEEPEST = 60
"""How many levels a clause may have; nobody can read that many, and every reader of the tree goes down them."""

_LEVELS = re.compile(r"\(|(?<!\w)(?:not|plus|minus|times|divided)(?!\w)")


def _depth(tree: Tree[Any], text: str) -> int:
    """The levels of a tree; one without many brackets and operators is not looked at."""
    if sum(1 for _ in _LEVELS.finditer(text)) < DEEPEST // 3:
        return 0
    depth, level = 0, [tree]
    while level:
        depth += 1
        level = [c for t in level for c in t.children if isinstance(c, Tree)]
    return depth


@lru_cache(maxsize=2000)
def _tree(rule: str, text: str) -> Tree[Any]:
    """The same short bodies come again and again (`every ccm service`, a month), so half of all need no reading."""
    return grammar().parse(text, start=rule)


@dataclass(slots=True)
class _Draft:
    """A statement while its parts are being read."""

    kind: str
    verb: str | None
    form: Form
    clauses: list[Clause]
    broken: bool = False


class _Reading:
    def __init__(self, text: str, path: str) -> None:
        self.path = path
        self.layout = layout.lay_out(text)
        self.text = self.layout.text
        self.line_starts = [0, *(m.end() for m in re.finditer("\n", self.text))]
        self.diagnostics: list[Diagnostic] = []
        self.later: list[Piece] = []

    def report(self, diagnostic: Diagnostic) -> None:
        self.diagnostics.append(diagnostic)

    def file(self) -> File:
        for at in self.layout.stray[:1]:
            self.report(messages.text_before_statement(self.span(at, self.line_end(at))))
        statements: list[Statement] = []
        for block in self.layout.blocks:
            statement = self.statement(block)
            if statement is not None:
                statements.append(statement)
        return File(self.path, tuple(statements), _texts(self.layout.comments_at_end))

    # --- places ------------------------------------------------------------------------------------------------

    def place(self, offset: int) -> tuple[int, int]:
        line = bisect_right(self.line_starts, offset)
        return line, offset - self.line_starts[line - 1] + 1

    def span(self, start: int, end: int) -> Span:
        return Span(self.path, *self.place(start), *self.place(end))

    def line_end(self, offset: int) -> int:
        end = self.text.find("\n", offset)
        end = len(self.text) if end < 0 else end
        return offset + len(self.text[offset:end].rstrip())

    def fragment(self, start: int, end: int) -> Fragment:
        text = self.text[start:end]
        start += len(text) - len(text.lstrip())
        return Fragment(self.path, *self.place(start), text.strip())

    def word_span(self, at: int) -> tuple[str, Span]:
        match = re.compile(r"[^\s]+").match(self.text, at)
        assert match is not None
        return match.group(), self.span(at, match.end())

    # --- statements --------------------------------------------------------------------------------------------

    def statement(self, block: Block) -> Statement | None:
        if block.unknown is not None:
            self.unknown_statement(block)
        kind, verb = block.kind, block.verb
        if block.indented:
            self.report(messages.statement_indented(self.word_span(block.at)[1], kind or ""))
        if kind is None:
            return None
        draft = _Draft(kind, verb, clauses.form_of(kind, verb), [], block.unknown is not None)
        head = self.head(draft, block.head)
        self.read_later(draft)
        for piece in block.clauses:
            self.clause(draft, piece)
        end = max((p.end for p in block.clauses), default=block.head.end)
        span = self.span(block.at, max(end, block.head.end))
        name, rest, name_span = head or (_likely_name(self.text[block.head.start : block.head.end]), Head(), span)
        if kind == "prefer" and name:
            name = _name_of_preference(name, draft.clauses)
        comments, trailing = _remarks(block.head)
        return Statement(
            kind=kind,
            name=name,
            head=rest,
            clauses=tuple(draft.clauses),
            verb=verb,
            span=span,
            name_span=name_span,
            comments=comments,
            trailing=trailing,
            comments_at_end=_texts(block.comments_at_end),
            broken=draft.broken or head is None,
        )

    def unknown_statement(self, block: Block) -> None:
        word = block.unknown or ""
        start = block.head.start - len(word)
        span = self.span(start, block.head.start) if word else self.span(block.at, block.head.end)
        if block.verb is not None:
            self.report(messages.verb_without_statement(span, block.verb, word, block.kind))
        else:
            meant = block.kind or messages.meant(word, clauses.VERBS)
            self.report(messages.unknown_statement(span, word, meant, tuple(clauses.FORMS)))

    def head(self, draft: _Draft, piece: Piece) -> tuple[str, Head, Span] | None:
        body = self.text[piece.start : piece.end]
        if draft.form.head is None:
            if body.strip():
                start = piece.end - len(body.lstrip())
                self.report(messages.word_stands_alone(self.span(start, piece.end), draft.kind))
                return None
            return draft.kind, Head(), self.span(piece.at, piece.end)
        if not body.strip():
            wanted = "a title in quotes" if draft.form.head == "head_text" else "a name"
            span = self.span(piece.at, piece.end)
            self.report(messages.name_missing(span, draft.kind, wanted))
            return None
        head: tuple[str, Head, Span] | None = self.body(draft, piece, draft.form.head)
        return head

    # --- clauses -----------------------------------------------------------------------------------------------

    def clause(self, draft: _Draft, piece: Piece) -> None:
        rule = draft.form.clauses[piece.word]
        if piece.bullet:
            self.report(messages.dash_before_clause(self.span(piece.at - piece.bullet, piece.at)))
        elif piece.misplaced:
            word, span = self.word_span(piece.at)
            self.report(messages.clause_in_first_column(span, word, draft.kind))
        comments, trailing = _remarks(piece)
        if rule == "nothing" or not self.text[piece.start : piece.end].strip():
            node = None
            self.word_alone(draft, piece, rule)
        elif rule == "given" and self.has_rows(piece):
            node = self.rows(draft, piece)
            line = self.place(piece.at)[0]
            comments = _texts(piece.comments)
            trailing = next((c.text for c in piece.inside if c.line == line), None)
        else:
            node = self.body(draft, piece, rule)
        if node is not None or rule == "nothing":
            clause = Clause(piece.word, node, self.span(piece.at, piece.end), comments, trailing)
            if not _joins_exception(draft, clause):
                self.once(draft, clause)
                draft.clauses.append(clause)
        self.read_later(draft)

    def once(self, draft: _Draft, clause: Clause) -> None:
        """A clause that the statement has already, though it may stand there only once."""
        first = next((c for c in draft.clauses if c.word == clause.word), None)
        if first is not None and clauses.stands_once(draft.kind, clause.word):
            written = clauses.written(clause.word)
            self.report(messages.clause_twice(clause.span, written, draft.kind, first.span))

    def read_later(self, draft: _Draft) -> None:
        """Read the clauses that were found inside another piece."""
        waiting, self.later = self.later, []
        for piece in waiting:
            self.clause(draft, piece)

    def word_alone(self, draft: _Draft, piece: Piece, rule: str) -> None:
        """A clause of one word, or one that should have said more."""
        body = self.text[piece.start : piece.end]
        span = self.span(piece.at, piece.end)
        if rule != "nothing":
            draft.broken = True
            self.report(messages.empty_clause(span, clauses.written(piece.word), wanted(rule)))
        elif body.strip():
            draft.broken = True
            start = piece.end - len(body.lstrip())
            self.report(messages.word_stands_alone(self.span(start, piece.end), piece.word))

    def body(self, draft: _Draft, piece: Piece, rule: str) -> Any:
        """A head or body read; where that fails and a line of it was meant as another clause, both are read apart."""
        if rule == "case" and _UNION.search(self.text, piece.start, piece.end):
            rule = "service_union"
        node, found = _read(rule, self.fragment(piece.start, piece.end), draft.kind, piece.word)
        if not found:
            return node
        draft.broken = True
        doubt = self.doubt(draft, piece, found[0])
        if doubt is None:
            self.diagnostics += found
            return None
        at, diagnostic, meant = doubt
        self.report(diagnostic)
        if meant is not None:
            _, span = self.word_span(at)
            start = at + span.end_column - span.column
            more = [o for o in piece.line_starts if o > at]
            self.later = [Piece(word=meant, at=at, start=start, end=piece.end, line_starts=more)]
        before = self.text[piece.start : at].rstrip()
        if not before.strip():
            return None
        cut = Piece(word=piece.word, at=piece.at, start=piece.start, end=piece.start + len(before))
        cut.line_starts = [o for o in piece.line_starts if o < at]
        waiting, self.later = self.later, []
        node = self.body(draft, cut, rule)
        self.later += waiting
        return node

    def doubt(self, draft: _Draft, piece: Piece, found: Diagnostic) -> tuple[int, Diagnostic, str | None] | None:
        """A line that goes on, but was meant as a clause: its offset, what to say, and the clause, if that is clear."""
        assert found.span is not None
        for at in piece.line_starts:
            line, column = self.place(at)
            if line > found.span.line:
                return None
            word, span = self.word_span(at)
            meant = messages.meant(word.rstrip(":"), draft.form.clauses)
            if meant is not None and line == found.span.line:
                return at, messages.misspelt_clause(span, word, clauses.written(meant), draft.kind), meant
            known = tuple(clauses.written(w) for w in draft.form.clauses)
            if (line, column) != (found.span.line, found.span.column):
                continue
            if word in clauses.ALL_CLAUSE_WORDS:
                return at, messages.clause_of_others(span, word, draft.kind, known), None
            if found.code == "CCM-E0110" and word.rstrip(":").isalpha():
                other = CLAUSES.get(word.rstrip(":").lower())
                other = other if other in draft.form.clauses else None
                return at, messages.no_clause(span, word, other, draft.kind, known), None
        return None

    def has_rows(self, piece: Piece) -> bool:
        """`given LIST` with a line for each record below it."""
        if not piece.line_starts or _JOINED.match(self.text, piece.line_starts[0]):
            return False
        return _LIST_ALONE.match(self.text, piece.start, piece.line_starts[0]) is not None

    def rows(self, draft: _Draft, piece: Piece) -> syntax.GivenRows:
        rows: list[syntax.Row] = []
        before = 0
        for at in piece.line_starts:
            line = self.place(at)[0]
            own = tuple(c.text for c in piece.inside if c.own_line and before < c.line < line)
            trailing = next((c.text for c in piece.inside if not c.own_line and c.line == line), None)
            row, found = _read("given_row", self.fragment(at, self.line_end(at)), draft.kind, "given")
            self.diagnostics += found
            if row is not None:
                rows.append(replace(row, comments=own, trailing=trailing))
            draft.broken |= row is None
            before = line
        name = self.text[piece.start : piece.line_starts[0]].strip()
        return syntax.GivenRows(name, tuple(rows), self.span(piece.start, piece.end))


_LIST_ALONE = re.compile(r"\s*[a-z_][\w.]*\s*$")
_UNION = re.compile(r"\sand\s+lines\s+of(?!\w)")
_JOINED = re.compile(r"(?:and|without)(?!\w)")


def _texts(comments: list[layout.Comment]) -> tuple[str, ...]:
    return tuple(c.text for c in comments)


def _remarks(piece: Piece) -> tuple[tuple[str, ...], str | None]:
    """A piece's comments and its trailing one; where several trail, they all go before it."""
    own = [c.text for c in piece.inside if c.own_line]
    trailing = [c.text for c in piece.inside if not c.own_line]
    if len(trailing) == 1:
        return (*_texts(piece.comments), *own), trailing[0]
    return (*_texts(piece.comments), *(c.text for c in piece.inside)), None


def _joins_exception(draft: _Draft, clause: Clause) -> bool:
    """`because` and `cite` below an `except` are the exception's own."""
    if not draft.clauses or not isinstance(draft.clauses[-1].body, syntax.Waiver):
        return False
    before = draft.clauses[-1]
    exception = before.body
    assert isinstance(exception, syntax.Waiver)
    match clause.word, clause.body:
        case "because", syntax.Text(value=reason) if exception.because is None:
            exception = replace(exception, because=reason)
        case "cite", syntax.Citation() as cite:
            exception = replace(exception, cites=(*exception.cites, cite))
        case _:
            return False
    more = (*clause.comments, *((clause.trailing,) if clause.trailing else ()))
    span = before.span.to(clause.span)
    draft.clauses[-1] = replace(before, body=exception, span=span, comments=(*before.comments, *more))
    return True


def _likely_name(head: str) -> str:
    """The name in a head that could not be read, so that what uses it is not reported as well."""
    found = re.match(r"\s*(\w[\w.]*)", head)
    return found.group(1) if found else ""


def _name_of_preference(what: str, found: list[Clause]) -> str:
    """`tier ccm`, `program patient practitioner month`: what is chosen and for whom."""
    whom = next((c.body for c in found if c.word == "for"), None)
    match whom:
        case syntax.Words(values=names) | syntax.Each(keys=names):
            return " ".join((what, *names))
    return what
