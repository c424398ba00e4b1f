"""What to say when a clause cannot be read: from where the grammar stopped to a message in the author's words."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from lark import Token
from lark.exceptions import UnexpectedInput, UnexpectedToken

from ccm_policy.language import clauses, messages
from ccm_policy.language.clauses import RESERVED
from ccm_policy.language.diagnostics import Diagnostic, Span
from ccm_policy.language.transform import UNITS, VALUES, Reader


@dataclass(frozen=True, slots=True)
class Where:
    """The statement's kind, the clause's word (empty: the head) and the rule it was read with."""

    kind: str
    word: str
    rule: str

    @property
    def what(self) -> str:
        return f"`{clauses.written(self.word)}`" if self.word else f"the first line of this `{self.kind}`"


@dataclass(frozen=True, slots=True)
class Stop:
    """Where reading stopped: the word there (empty at the end), its span, the word before, what was possible."""

    word: str
    span: Span
    before: str
    adjoining: bool
    """Whether nothing separates the word from the one before it."""
    accepts: frozenset[str]
    where: Where

    @property
    def expected(self) -> str:
        return in_words(self.accepts)


def explain(fault: UnexpectedInput, reader: Reader, where: Where) -> Diagnostic:
    """The message for a clause that could not be read."""
    stop = _stop(fault, reader, where)
    for situation in SITUATIONS:
        found = situation(stop)
        if found is not None:
            return found
    return messages.cannot_stand_here(stop.span, f"`{stop.word}`", stop.expected)


def _stop(fault: UnexpectedInput, reader: Reader, where: Where) -> Stop:
    assert isinstance(fault, UnexpectedToken)
    token, text = fault.token, reader.fragment.text
    accepts = frozenset(fault.accepts or ())
    if token.type == "$END":
        end = len(text.rstrip())
        before = text[:end].split()[-1] if text.strip() else ""
        return Stop("", _end_span(reader, end), before, False, accepts, where)
    assert token.start_pos is not None
    word_match = re.compile(r'"[^\n]*|[\w.:-]+|[^\w\s"]+').match(text, token.start_pos)
    word = word_match.group() if word_match else str(token)
    before = text[: token.start_pos].split()[-1:] or [""]
    whole = Token(
        token.type, word, token.start_pos, token.line, token.column, token.line, (token.column or 1) + len(word)
    )
    adjoining = token.start_pos > 0 and not text[token.start_pos - 1].isspace()
    return Stop(word, reader.span(whole), before[0], adjoining, accepts, where)


def _end_span(reader: Reader, end: int) -> Span:
    """The last word before the end."""
    here, text = reader.fragment, reader.fragment.text[:end]
    start = max(text.rfind(" "), text.rfind("\n"), text.rfind("\t")) + 1
    line, first = text.count("\n", 0, start), text.rfind("\n", 0, start) + 1
    column = start - first + (here.column if line == 0 else 1)
    return Span(here.file, here.line + line, column, here.line + line, column + end - start)


# --- situations, the most telling first --------------------------------------------------------------------------

SYMBOLS = {
    ">=": "write `is at least`",
    "=>": "write `is at least`",
    "≥": "write `is at least`",
    "<=": "write `is at most`",
    "=<": "write `is at most`",
    "≤": "write `is at most`",
    ">": "write `is more than`, or `is after` for dates",
    "<": "write `is less than`, or `is before` for dates",
    "==": "write `is`",
    "=": "write `is`",
    "!=": "write `is not`",
    "<>": "write `is not`",
    "&&": "write `and`",
    "&": "write `and`",
    "||": "write `or`",
    "|": "write `or`",
    "!": "write `not`",
    "+": "write `plus`",
    "-": "write `minus`; a name has underscores, not hyphens",
    "–": "write `to` between two codes, `minus` between two numbers",
    "*": "write `times`",
    "/": "write `divided by`",
    "%": "write `percent`",
    "$": "write the amount with its unit: 66.13 dollars",
    ";": "write a comma, or start a new line",
    ".": "a number starts with a digit: 0.5",
}
NUMBER_WORDS = (
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
)
WRONG_UNITS = {
    "min": "write minutes",
    "mins": "write minutes",
    "hour": "write minutes: one hour is 60 minutes",
    "hours": "write minutes: one hour is 60 minutes",
    "hr": "write minutes: one hour is 60 minutes",
    "hrs": "write minutes: one hour is 60 minutes",
    "second": "write minutes: 30 seconds are 0.5 minutes",
    "seconds": "write minutes: 30 seconds are 0.5 minutes",
    "week": "write days: one week is 7 days",
    "weeks": "write days: one week is 7 days",
    "mo": "write months",
    "mos": "write months",
    "yr": "write years",
    "yrs": "write years",
    "pct": "write percent",
    "usd": "write dollars",
}


def _quotes(stop: Stop) -> Diagnostic | None:
    if stop.word.startswith('"') and not re.match(r'"(?:[^"\\]|\\.)*"', stop.word):
        return messages.open_quote(stop.span)
    if stop.word[:1] and stop.word[0] in "“”„‘’'«»`":
        return messages.other_quote(stop.span, stop.word[0])
    return None


def _symbols(stop: Stop) -> Diagnostic | None:
    for symbol in (stop.word, stop.word[:2], stop.word[:1]):
        if symbol in SYMBOLS and not stop.word[:1].isalnum():
            return messages.symbol(stop.span, symbol, SYMBOLS[symbol])
    if stop.word and not stop.word.isprintable():
        return messages.symbol(stop.span, f"U+{ord(stop.word[0]):04X}", "an invisible character stands here; delete it")
    return None


def _number_words(stop: Stop) -> Diagnostic | None:
    if "NUMBER" in stop.accepts and stop.word.lower() in NUMBER_WORDS:
        return messages.number_in_words(stop.span, stop.word, str(NUMBER_WORDS.index(stop.word.lower())))
    return None


def _units(stop: Stop) -> Diagnostic | None:
    if stop.word.lower() in WRONG_UNITS and (stop.accepts & UNITS.keys() or stop.before.replace(".", "").isdigit()):
        return messages.wrong_unit(stop.span, stop.word, WRONG_UNITS[stop.word.lower()])
    return None


def _clause_word(stop: Stop) -> Diagnostic | None:
    form = clauses.form_of(stop.where.kind, None) if stop.where.kind in clauses.FORMS else None
    if form is None or stop.word not in form.clauses:
        return None
    return messages.clause_on_same_line(stop.span, stop.word)


def _exception(stop: Stop) -> Diagnostic | None:
    if stop.where.rule == "exception" and stop.word == "when" and "NAME" in stop.accepts:
        return messages.exception_without_name(stop.span)
    if stop.where.rule == "exception" and stop.accepts == {"_WHEN"}:
        return messages.exception_without_when(stop.span, stop.before)
    return None


VALUE_LISTS = frozenset(
    {"head_values", "head_set", "services", "adds_to", "allows", "field_decl", "words", "column", "each", "head_prefer"}
)
"""Rules of lists, where `and` is a slip for a comma."""


def _joined_values(stop: Stop) -> Diagnostic | None:
    if stop.where.rule in VALUE_LISTS and stop.word in ("and", "or", "&"):
        return messages.comma_between_values(stop.span, stop.word)
    return None


MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_OTHER_DATE = re.compile(r"\d{1,4}[./-]\d{1,2}([./-]\d{1,4})?")


def _dates(stop: Stop) -> Diagnostic | None:
    wanted = stop.accepts & {"DATE", "YEAR_MONTH"} and "NAME" not in stop.accepts
    if wanted and (stop.word[:1].isdigit() or stop.word[:3].lower() in MONTHS):
        return messages.other_date(stop.span, stop.word)
    if stop.word[:1].isdigit() and stop.before[:3].lower() in MONTHS:
        return messages.other_date(stop.span, f"{stop.before} {stop.word}")
    if stop.adjoining and stop.word.startswith("/") and re.fullmatch(r"\d{1,4}", stop.before):
        return messages.other_date(stop.span, f"{stop.before}/…")
    return None


def _names(stop: Stop) -> Diagnostic | None:
    if stop.adjoining and stop.word.startswith("-") and re.fullmatch(r"[\w.]+", stop.before):
        return messages.name_in_parts(stop.span, stop.before + stop.word)
    named = re.fullmatch(r"[a-z_]\w*", stop.before) and re.fullmatch(r"\w+:?", stop.word)
    if named and stop.where.rule in ("head_name", "head_define") and stop.word not in clauses.ALL_CLAUSE_WORDS:
        return messages.name_in_parts(stop.span, f"{stop.before} {stop.word.rstrip(':')}")
    return None


def _brackets(stop: Stop) -> Diagnostic | None:
    return messages.bracket_without_start(stop.span) if stop.word.startswith(")") else None


def _second_is(stop: Stop) -> Diagnostic | None:
    if stop.word == "is" and "AND" in stop.accepts and "_IS" not in stop.accepts:
        return messages.second_test(stop.span)
    return None


def _reserved(stop: Stop) -> Diagnostic | None:
    if "NAME" in stop.accepts and re.fullmatch(r"[a-z]+", stop.word) and stop.word in RESERVED:
        return messages.reserved_word(stop.span, stop.word)
    return None


def _every(stop: Stop) -> Diagnostic | None:
    if not stop.word and "_HAS" in stop.accepts and not stop.accepts & {"NAME", "$END"}:
        return messages.every_without_has(stop.span)
    return None


def _is_in(stop: Stop) -> Diagnostic | None:
    if stop.word == "in" and stop.before == "is":
        return messages.cannot_stand_here(
            stop.span, "`is in`", "", help="write `FACT in NAME` without `is`; for the service month, `is in the month`"
        )
    return None


def _end(stop: Stop) -> Diagnostic | None:
    if stop.word:
        return None
    return messages.ends_too_early(stop.span, stop.where.what, stop.expected)


SITUATIONS: tuple[Callable[[Stop], Diagnostic | None], ...] = (
    _quotes,
    _number_words,
    _units,
    _exception,
    _every,
    _dates,
    _names,
    _brackets,
    _symbols,
    _joined_values,
    _second_is,
    _is_in,
    _clause_word,
    _reserved,
    _end,
)

# --- what could have stood here, in words ------------------------------------------------------------------------

SHOWN = {
    "NAME": "a name",
    "TEXT": "a text in quotes",
    "NUMBER": "a number",
    "DATE": "a date such as 2026-03-31",
    "YEAR_MONTH": "a month such as 2026-03",
    "SHAPE": "a code",
    "HOLDER": "",
    "HYPHENATED": "",
    "OTHER": "",
    "_DATE_WORD": "`date`",
    "MINUTES": "`minutes`",
    "DAYS": "`day`",
    "MONTHS": "`month`",
    "COMMA": "a comma",
    "COLON": "a colon",
    "LPAR": "an opening bracket",
    "RPAR": "a closing bracket",
    "$END": "the end of the clause",
    "YES_NO": "`yes/no`",
    "WHEN_UNKNOWN": "`when that is unknown`",
    "_IS_THE_SAME": "`is the same`",
    "_IN_THE": "`in the month`",
}
STARTS_OF_QUANTITY = frozenset(
    {
        "NAME",
        "TEXT",
        "NUMBER",
        "DATE",
        "YEAR_MONTH",
        "SHAPE",
        "LPAR",
        "_ITS",
        "START",
        "END",
        "_THE",
        "_FIRST",
        "_UNKNOWN",
        "EARLIEST",
        "LATEST",
        "_SUM",
        "_COUNT",
        "_ESTABLISHED",
        "_FULL",
        "HOLDER",
    }
)
STARTS_OF_CONDITION = STARTS_OF_QUANTITY | {"NOT", "ANY", "NO", "EVERY", "AT", "BY", "_HAS"}
TESTS = frozenset({"_IS", "_INCLUDES", "PLUS", "MINUS", "TIMES", "DIVIDED", "_FOR", "NOT", "IN"})


def in_words(accepts: frozenset[str]) -> str:
    """`a number`, `a comma or the end of the clause`: what the grammar would take, as an author calls it."""
    left = set(accepts)
    shown: list[str] = []
    if left >= {"NOT", "EVERY", "NAME", "_SUM"}:
        shown.append("a condition")
        left -= STARTS_OF_CONDITION
    elif left >= {"NAME", "_SUM", "NUMBER"}:
        shown.append("a fact, a value or a quantity")
        left -= STARTS_OF_QUANTITY
    elif left >= {"NAME", "SHAPE", "TEXT"}:
        shown.append("a value")
        left -= STARTS_OF_QUANTITY | {"NO", "YES"}
    if left >= {"_IS", "PLUS"}:
        shown.append("`is`")
        left -= TESTS
    if left & {"AND", "$END"}:
        left -= {"PLUS", "MINUS", "TIMES", "DIVIDED", "_FOR", "_C_COUNTING_DAYS", "_C_COUNTING"}
    if left >= {"MINUTES", "DAYS", "MONTHS"}:
        shown.append("a unit such as `minutes`")
        left -= UNITS.keys()
    names = sorted(left - {"$END"}, key=lambda n: (n not in VALUES, n))
    shown += [s for s in (show(n) for n in names) if s and s not in shown]
    if "$END" in left:
        shown.append(SHOWN["$END"])
    if len(shown) > 6:
        shown = [*shown[:5], "…"]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} or {shown[-1]}" if shown else "nothing more"


def show(terminal: str) -> str:
    """One terminal in words."""
    if terminal in SHOWN:
        return SHOWN[terminal]
    word = terminal.removeprefix("_C_").strip("_").lower().replace("_", " ")
    return f"`, {word}`" if terminal.startswith("_C_") else f"`{word}`"


WANTED = {
    "condition": "a condition",
    "text": "a text in quotes",
    "citation": "the name of a source",
    "words": "a name",
    "day_body": "a date such as 2026-03-31",
    "services": "whom it is for, such as `every ccm service` or codes",
    "case": "what it is",
    "exception": "a name, then `when` and a condition",
    "expectation": "a code and what is expected of it",
    "given": "a set of facts, a fact with its value, or a record",
}


def wanted(rule: str) -> str:
    """What a clause of this rule holds, for a clause that holds nothing."""
    return WANTED.get(rule, "what it says")
