"""The canonical layout of a policy file.

One clause a line, clause words padded to a common column within a statement, an empty line between statements, lines
of at most a hundred columns where the text can be broken. Reading the result gives the same tree and the same comments.
"""

from __future__ import annotations

from collections.abc import Sequence

from ccm_policy.language import clauses, format_bodies, syntax
from ccm_policy.language.clauses import Form
from ccm_policy.language.format_expressions import MARKS, TEXT_BREAK, flat, format_expression, literal
from ccm_policy.language.layout import clause_start
from ccm_policy.language.syntax import Clause, File, Statement

__all__ = ["format_expression", "format_file", "format_statement"]

WIDTH = 100
INDENT = "  "


def format_file(file: File) -> str:
    """The whole file in canonical layout, with its comments."""
    lines: list[str] = []
    statements = file.statements
    for index, statement in enumerate(statements):
        before = statements[index - 1] if index else None
        if before is not None and not _runs_on(before, statement):
            lines.append("")
        lines += _statement(statement, _name_width(statements, index))
    if file.comments_at_end:
        lines += ([""] if lines else []) + _comments(file.comments_at_end, "")
    while lines and not lines[-1]:
        lines.pop()
    return "\n".join(lines) + "\n" if lines else ""


def format_statement(statement: Statement) -> str:
    """One statement in canonical layout, without a line end after it."""
    return "\n".join(_statement(statement, 0))


def _runs_on(before: Statement, statement: Statement) -> bool:
    """Statements of one line and one kind stand below each other without an empty line."""
    return _one_line(before) and _one_line(statement) and before.kind == statement.kind and not statement.comments


def _one_line(statement: Statement) -> bool:
    return not statement.clauses and not statement.comments_at_end and statement.verb in (None, "raise")


def _name_width(statements: Sequence[Statement], index: int) -> int:
    """How far the names of a run of facts are padded, so that their types stand in one column."""
    if statements[index].head.decl is None:
        return 0
    first = last = index
    while first and _runs_on(statements[first - 1], statements[first]):
        first -= 1
    while last + 1 < len(statements) and _runs_on(statements[last], statements[last + 1]):
        last += 1
    return max(len(s.name) for s in statements[first : last + 1])


def _statement(statement: Statement, name_width: int) -> list[str]:
    form = clauses.form_of(statement.kind, statement.verb)
    lines = _comments(statement.comments, "")
    decl = statement.head.decl
    if decl is not None:
        verb = f"{statement.verb} " if statement.verb else ""
        text = f"{verb}{statement.kind} {format_bodies.field_decl(decl, name_width)}"
    else:
        text = format_bodies.head(statement)
    lines += _trailing(_wrapped(text, 0, INDENT * 2, form), statement.trailing)
    column = max((len(format_bodies.word(c)) for c in statement.clauses), default=0) + len(INDENT) + 1
    fields = [len(c.body.name) for c in statement.clauses if isinstance(c.body, syntax.FieldDecl)]
    for clause in statement.clauses:
        lines += _clause(clause, column, max(fields, default=0), form)
    return lines + _comments(statement.comments_at_end, INDENT)


def _clause(clause: Clause, column: int, field_width: int, form: Form) -> list[str]:
    lines = _comments(clause.comments, INDENT)
    start = f"{INDENT}{format_bodies.word(clause)}"
    if isinstance(clause.body, syntax.GivenRows):
        lines += _trailing([f"{start:<{column}}{clause.body.list}"], clause.trailing)
        return lines + _rows(clause.body.rows, " " * column)
    text = format_bodies.body(clause, field_width)
    wrapped = _wrapped(text, column, " " * column, form)
    lines += _trailing([f"{start:<{column}}{wrapped[0]}".rstrip(), *wrapped[1:]], clause.trailing)
    if isinstance(clause.body, syntax.Waiver):
        lines += _authority(clause.body, column, form)
    return lines


def _authority(waiver: syntax.Waiver, column: int, form: Form) -> list[str]:
    """The `because` and `cite` of an exception, below it."""
    below: list[Clause] = []
    if waiver.because is not None:
        below.append(Clause("because", syntax.Text(waiver.because)))
    below += [Clause("cite", cite) for cite in waiver.cites]
    width = max((len(c.word) for c in below), default=0) + 1
    lines: list[str] = []
    for clause in below:
        wrapped = _wrapped(format_bodies.body(clause), column + width, " " * (column + width), form)
        lines += [f"{' ' * column}{clause.word:<{width}}{wrapped[0]}", *wrapped[1:]]
    return lines


def _rows(rows: Sequence[syntax.Row], indent: str) -> list[str]:
    """Records in columns."""
    cells = [[literal(v) for v in row.values] for row in rows]
    widths = [max(len(r[i]) for r in cells if i < len(r)) for i in range(max(map(len, cells), default=0))]
    lines: list[str] = []
    for row, values in zip(rows, cells, strict=True):
        padded = "  ".join(f"{v:<{w}}" for v, w in zip(values, widths, strict=False))
        lines += _comments(row.comments, indent)
        lines += _trailing([f"{indent}{padded}".rstrip()], row.trailing)
    return lines


# --- comments and lines --------------------------------------------------------------------------------------------


def _comments(comments: Sequence[str], indent: str) -> list[str]:
    return [f"{indent}{_hashed(c)}" if c else "" for c in comments]


def _hashed(comment: str) -> str:
    return comment if comment.startswith("#") else f"# {comment}"


def _trailing(lines: list[str], comment: str | None) -> list[str]:
    return [*lines[:-1], f"{lines[-1]}  {_hashed(comment)}"] if comment else lines


def _wrapped(text: str, column: int, indent: str, form: Form) -> list[str]:
    """Marked text in lines, the first from a column on, the others indented. None starts with a clause word."""
    lines: list[str] = []
    for depth, line in _broken(text, WIDTH - max(column, len(indent))):
        if lines and clause_start(form, line, 0) is not None:
            lines[-1] += f" {line}"
        else:
            lines.append(f"{indent}{' ' * depth}{line}" if lines else line)
    return lines


def _broken(text: str, width: int) -> list[tuple[int, str]]:
    """Lines with their extra indentation, broken at the outermost marks that suffice."""
    whole = flat(text)
    if len(whole) <= width:
        return [(0, whole)]
    mark = next((m for m in MARKS if m in text), None)
    if mark is None:
        return _broken_text(text, width) if TEXT_BREAK in text else [(0, whole)]
    if mark == MARKS[-1]:
        return _filled(text.split(mark), width)
    lines: list[tuple[int, str]] = []
    for index, piece in enumerate(text.split(mark)):
        extra = len(INDENT) if index and mark != MARKS[0] else 0
        lines += [(extra + depth, line) for depth, line in _broken(piece, width - extra)]
    return lines


def _filled(pieces: list[str], width: int) -> list[tuple[int, str]]:
    """As many values on a line as there is room for."""
    lines: list[tuple[int, str]] = []
    for piece in pieces:
        (_, first), *rest = _broken(piece, width - len(INDENT))
        if lines and len(lines[-1][1]) + 1 + len(first) <= width - len(INDENT):
            lines[-1] = (lines[-1][0], f"{lines[-1][1]} {first}")
        else:
            lines.append((len(INDENT) if lines else 0, first))
        lines += [(len(INDENT), line) for _, line in rest]
    return lines


def _broken_text(text: str, width: int) -> list[tuple[int, str]]:
    """A long text as several, side by side."""
    lines: list[str] = []
    for word in text.split(TEXT_BREAK):
        if lines and len(lines[-1]) + 1 + len(word) < width - 1:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    last = len(lines) - 1
    return [(0, ('"' if i else "") + line + ('"' if i < last else "")) for i, line in enumerate(lines)]
