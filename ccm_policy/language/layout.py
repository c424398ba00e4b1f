"""Cuts a policy text into statements and clauses by its lines, before any grammar.

A word in the first column starts a statement; an indented line whose first word is a clause word of that statement
starts a clause; every other line continues what stands before it. So an error in one clause cannot hide the next.
Comments are taken out here and kept beside what they speak of; the pieces that go to the grammar have blanks in
their place, so that lines and columns stay those of the file.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

from ccm_policy.language import clauses, messages
from ccm_policy.language.clauses import Form


@dataclass(slots=True)
class Comment:
    """A comment as written, with its `#`; an empty text is a blank line that keeps two comments apart."""

    text: str
    line: int
    own_line: bool
    indented: bool


@dataclass(slots=True, kw_only=True)
class Piece:
    """A head or a clause: its word, where the word starts, and the stretch of text that is its body (offsets)."""

    word: str
    at: int
    start: int
    end: int
    comments: list[Comment] = field(default_factory=list)
    inside: list[Comment] = field(default_factory=list)
    line_starts: list[int] = field(default_factory=list)
    """Offsets of the first word of each line that continues the piece."""
    misplaced: bool = False
    """A clause that starts in the first column."""
    bullet: int = 0
    """How many characters a dash or bullet before the clause takes."""


@dataclass(slots=True, kw_only=True)
class Block:
    """A statement: its words in the first column, its head and its clauses.

    `unknown` is the word that should be a kind and is none; `kind` is then the one that was most likely meant, or None.
    `indented`: it starts a statement, and does not stand in the first column.
    """

    verb: str | None
    kind: str | None
    at: int
    head: Piece
    unknown: str | None = None
    indented: bool = False
    clauses: list[Piece] = field(default_factory=list)
    comments_at_end: list[Comment] = field(default_factory=list)


@dataclass(slots=True)
class Layout:
    """A text cut into blocks. `text` has blanks for comments; `stray` are indented lines before any statement."""

    text: str
    blocks: list[Block]
    stray: list[int]
    comments_at_end: list[Comment]


_COMMENT = re.compile(r'"(?:[^"\\\n]|\\.)*(?:"|(?=\n)|$)|(#[^\n]*)')
_INLINE = {("define", ""): "as", ("coverage", "for"): "is"}
_KINDS = "|".join(k.replace(" ", r"[ \t]+") for k in sorted(clauses.FORMS, key=len, reverse=True))
_STATEMENT = re.compile(rf"(?:(?P<verb>{'|'.join(clauses.VERBS)})(?![\w.])\s*)?(?:(?P<kind>{_KINDS})(?![\w.]))?")
_NAME_ALONE = re.compile(r"[ \t]+\w[\w.]*(?:[ \t]+\".*\")?")
_DEFINED = re.compile(r"[ \t]+\w+(?:[ \t]+of[ \t]+\w+)?[ \t]+as[ \t]")
_BULLET = re.compile(r"[-*•–—][ \t]+")
_NEXT_LINE = re.compile(r"(?:[ \t]*\n)+[ \t]+")
_RAISED = re.compile(r"raise\s+(?:(?P<rule>requirement|exclusion|claim check|log check|panel check)(?=\s+\w+\s+to\s))?")


def lay_out(text: str) -> Layout:
    """Cut a text; line ends must already be `\\n`."""
    code, comments = _without_comments(text)
    return _Cutter(code, comments).run()


def _without_comments(text: str) -> tuple[str, dict[int, tuple[str, int]]]:
    """The text with blanks for comments, and by line (from 1) each comment and its column (from 0)."""
    found: dict[int, tuple[str, int]] = {}
    if "#" not in text:
        return text, found
    parts: list[str] = []
    end, line, line_start = 0, 1, 0
    for match in _COMMENT.finditer(text):
        if match.group(1) is None:
            continue
        breaks = text.count("\n", line_start, match.start())
        if breaks:
            line += breaks
            line_start = text.rindex("\n", 0, match.start()) + 1
        found[line] = (match.group(1).rstrip(), match.start() - line_start)
        parts += [text[end : match.start()], " " * len(match.group(1))]
        end = match.end()
    return "".join([*parts, text[end:]]), found


def statement_words(words: str) -> tuple[str | None, str | None, int]:
    """The verb and kind that a line in the first column starts with, and how many characters they take."""
    start = _STATEMENT.match(words)
    assert start is not None  # both parts may be missing
    verb = start.group("verb")
    if verb == "raise":
        start = _RAISED.match(words) or start
        return verb, start.groupdict().get("rule") or "rule", start.end()
    kind = start.group("kind")
    return verb, kind and " ".join(kind.split()), start.end()


@lru_cache(maxsize=256)
def _starts(words: tuple[str, ...], codes: bool) -> re.Pattern[str]:
    """What a line of a statement must begin with to start a clause."""
    each = sorted((clauses.written(w) for w in words), key=len, reverse=True)
    pattern = "|".join(re.escape(w).replace(r"\ ", r"[ \t]+") for w in each)
    code = r"|(?P<code>[A-Z]*\d\w*(?=[ \t]+(?:requires|never)(?!\w)))" if codes else ""
    return re.compile(rf"(?:(?P<word>{pattern})(?![\w.]){code})")


def clause_start(form: Form, text: str, at: int) -> tuple[str, int] | None:
    """The clause word that stands at an offset, and where its body starts."""
    codes = "always" in form.clauses
    match = _starts(tuple(form.clauses), codes).match(text, at)
    if match is None:
        return None
    if codes and match.group("code"):
        return "always", at
    word = re.sub(r"[ \t]+", " ", match.group("word"))
    if word in clauses.KEPT_WORDS:
        return "always", at
    return ("applies" if word == "applies when" else word), match.end()


class _Cutter:
    def __init__(self, text: str, comments: dict[int, tuple[str, int]]) -> None:
        self.text, self.comments = text, comments
        self.blocks: list[Block] = []
        self.stray: list[int] = []
        self.pending: list[Comment] = []
        self.piece: Piece | None = None

    def run(self) -> Layout:
        offset = 0
        for number, line in enumerate(self.text.split("\n"), start=1):
            self._line(number, line, offset)
            offset += len(line) + 1
        at_end = self._comments_of_next()
        return Layout(self.text, self.blocks, self.stray, at_end)

    def _line(self, number: int, line: str, offset: int) -> None:
        body = line.strip()
        comment = self.comments.get(number)
        if not body:
            if comment is not None:
                self.pending.append(Comment(comment[0], number, True, comment[1] > 0))
            elif self.pending and self.pending[-1].text:
                self.pending.append(Comment("", number, True, False))
            return
        at = offset + len(line) - len(line.lstrip())
        end = offset + len(line.rstrip())
        if at == offset:
            self._statement(at, end)
        elif not self.blocks:
            self.stray.append(at)
            return
        else:
            self._indented(at, end)
        if comment is not None and self.piece is not None:
            self.piece.inside.append(Comment(comment[0], number, False, True))

    def _statement(self, at: int, end: int) -> None:
        verb, kind, used = statement_words(self.text[at:end])
        if kind is None and verb is None and self.blocks and self._clause(at, end, misplaced=True):
            return
        comments = self._comments_of_next()
        head = Piece(word="", at=at, start=at + used, end=end, comments=comments)
        block = Block(verb=verb, kind=kind, at=at, head=head)
        self.blocks.append(block)
        self.piece = head
        if kind is None:
            block.unknown = self.text[head.start : end].split()[0] if head.start < end else ""
            block.kind = messages.meant(block.unknown, clauses.FORMS)
            head.start += len(block.unknown)
        self._split_inline(block, head)

    def _indented(self, at: int, end: int) -> None:
        if self._clause(at, end):
            return
        if self._is_statement(at, end):
            self._statement(at, end)
            self.blocks[-1].indented = True
            return
        piece = self.piece
        assert piece is not None
        piece.end = end
        piece.line_starts.append(at)
        piece.inside += [c for c in self.pending if c.text]
        self.pending = []
        self._split_inline(self.blocks[-1], piece)

    def _is_statement(self, at: int, end: int) -> bool:
        """Whether an indented line is a statement all the same: kind and name, and below it a clause of that kind."""
        verb, kind, used = statement_words(self.text[at:end])
        if kind == "define" and _DEFINED.match(self.text, at + used, end):
            return True
        if kind is None or not _NAME_ALONE.fullmatch(self.text, at + used, end):
            return False
        below = _NEXT_LINE.match(self.text, end)
        return below is not None and clause_start(clauses.form_of(kind, verb), self.text, below.end()) is not None

    def _clause(self, at: int, end: int, misplaced: bool = False) -> bool:
        """Start a clause at an offset, if a clause word of the statement stands there."""
        block = self.blocks[-1]
        if block.kind is None:
            return False
        listed = _BULLET.match(self.text, at, end)
        bullet = listed.end() - at if listed else 0
        at += bullet
        found = clause_start(clauses.form_of(block.kind, block.verb), self.text, at)
        if found is None:
            return False
        word, start = found
        clause = Piece(
            word=word,
            at=at,
            start=start,
            end=end,
            comments=[c for c in self.pending if c.text],
            misplaced=misplaced,
            bullet=bullet,
        )
        self.pending = []
        block.clauses.append(clause)
        self.piece = clause
        self._split_inline(block, clause)
        return True

    def _split_inline(self, block: Block, piece: Piece) -> None:
        """`define X of L as …` and `for … is covered`: a clause that starts on the line of what stands before it."""
        word = _INLINE.get((block.kind or "", piece.word))
        match = word and re.compile(rf"(?<=\s){word}(?!\w)").search(self.text, piece.start, piece.end)
        if not word or not match:
            return
        clause = Piece(word=word, at=match.start(), start=match.end(), end=piece.end)
        piece.end = piece.start + len(self.text[piece.start : match.start()].rstrip())
        block.clauses.append(clause)
        self.piece = clause

    def _comments_of_next(self) -> list[Comment]:
        """The comments that wait for the next statement; indented ones stay at the end of the statement before."""
        last = max((i for i, c in enumerate(self.pending) if c.indented), default=-1)
        if self.blocks and last >= 0:
            self.blocks[-1].comments_at_end += [c for c in self.pending[: last + 1] if c.text]
            rest = self.pending[last + 1 :]
        else:
            rest = self.pending
        while rest and not rest[0].text:
            rest = rest[1:]
        self.pending = []
        return rest
