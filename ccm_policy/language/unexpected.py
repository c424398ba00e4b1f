"""What to say when a clause cannot be read: from where the grammar stopped to a message in the author's words."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from lark.exceptions import UnexpectedInput, UnexpectedToken

from ccm_policy.language import clauses, messages
from ccm_policy.language.accepted import in_words, show
from ccm_policy.language.clauses import RESERVED
from ccm_policy.language.diagnostics import Diagnostic, Span
from ccm_policy.language.phrases import (
    MONTHS,
    NUMBER_WORDS,
    SYMBOLS,
    VALUE_LISTS,
    WHOLE_DATE,
    WRONG_UNITS,
    date_meant,
    phrase_at,
)
from ccm_policy.language.transform import UNITS, Reader


@dataclass(frozen=True, slots=True)
class Where:
    """The statement's kind, the clause's word (empty: the head) and the rule it was read with."""

    kind: str
    word: str
    rule: str

    @property
    def what(self) -> str:
        """What was being read, in words."""
        return f"`{clauses.written(self.word)}`" if self.word else f"the first line of this `{self.kind}`"


@dataclass(frozen=True, slots=True)
class Stop:
    """Where reading stopped: the word there (empty at the end), its span, its offset, what was possible."""

    word: str
    span: Span
    at: int
    accepts: frozenset[str]
    where: Where
    reader: Reader

    @property
    def text(self) -> str:
        """The text of the clause."""
        return self.reader.fragment.text

    @property
    def before(self) -> str:
        """The word before."""
        return (self.text[: self.at].split()[-1:] or [""])[0]

    @property
    def adjoining(self) -> bool:
        """Whether nothing separates the word from the one before it."""
        return bool(self.word) and self.at > 0 and not self.text[self.at - 1].isspace()

    @property
    def joined(self) -> tuple[str, Span]:
        """Everything without a blank in it around this place."""
        start = self.at - len(self.before) if self.adjoining else self.at
        end = self.at + len(self.text[self.at :].split()[0])
        return self.text[start:end], span_of(self.reader, start, end)

    @property
    def expected(self) -> str:
        """What could have stood there, in words."""
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
        start = max(text.rfind(c, 0, end) for c in " \n\t") + 1
        return Stop("", span_of(reader, start, end), end, accepts, where, reader)
    assert token.start_pos is not None
    word_match = re.compile(r'"[^\n]*|[\w.:-]+|[^\w\s"]+').match(text, token.start_pos)
    word = word_match.group() if word_match else str(token)
    span = span_of(reader, token.start_pos, token.start_pos + len(word))
    return Stop(word, span, token.start_pos, accepts, where, reader)


def span_of(reader: Reader, start: int, end: int) -> Span:
    """The place in the file of a stretch of one line of the clause."""
    here, text = reader.fragment, reader.fragment.text
    line, first = text.count("\n", 0, start), text.rfind("\n", 0, start) + 1
    column = start - first + (here.column if line == 0 else 1)
    return Span(here.file, here.line + line, column, here.line + line, column + end - start)


# --- situations, the most telling first --------------------------------------------------------------------------


def _quotes(stop: Stop) -> Diagnostic | None:
    if stop.word.startswith('"') and not re.match(r'"(?:[^"\\]|\\.)*"', stop.word):
        return messages.open_quote(stop.span)
    if stop.word[:1] and stop.word[0] in "“”„‘’'«»`":
        return messages.other_quote(stop.span, stop.word[0])
    return None


def _symbols(stop: Stop) -> Diagnostic | None:
    if re.match(r"-\.?\d", stop.word):
        return messages.signed_number(stop.span, stop.word)
    for symbol in (stop.word, stop.word[:2], stop.word[:1]):
        if symbol in SYMBOLS and not stop.word[:1].isalnum():
            return messages.symbol(stop.span, symbol, SYMBOLS[symbol])
    if stop.word and not stop.word.isprintable():
        return messages.symbol(stop.span, f"U+{ord(stop.word[0]):04X}", "an invisible character stands here; delete it")
    return None


def _number_words(stop: Stop) -> Diagnostic | None:
    if "NUMBER" in stop.accepts and stop.word.lower() in NUMBER_WORDS:
        return messages.number_in_words(stop.span, stop.word, str(NUMBER_WORDS[stop.word.lower()]))
    before = stop.before.lower()
    if before in NUMBER_WORDS and "AND" in stop.accepts and stop.word not in RESERVED and stop.word.isalpha():
        start = stop.text.rindex(stop.before, 0, stop.at)
        span = span_of(stop.reader, start, start + len(before))
        return messages.number_in_words(span, stop.before, str(NUMBER_WORDS[before]))
    return None


def _units(stop: Stop) -> Diagnostic | None:
    if stop.word.lower() in WRONG_UNITS and (stop.accepts & UNITS.keys() or stop.before.replace(".", "").isdigit()):
        return messages.wrong_unit(stop.span, stop.word, WRONG_UNITS[stop.word.lower()])
    if stop.word.rstrip("s") in UNITS.values() and re.fullmatch(r"\d{5,}", stop.before):
        start = stop.text.rindex(stop.before, 0, stop.at)
        return messages.number_like_a_code(
            span_of(stop.reader, start, start + len(stop.before)), stop.before, stop.word
        )
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


def _joined_values(stop: Stop) -> Diagnostic | None:
    if stop.where.rule in VALUE_LISTS and stop.word in ("and", "or", "&"):
        return messages.comma_between_values(stop.span, stop.word)
    return None


_OTHER_DATE = re.compile(r"\d{1,4}[./-]\d{1,2}([./-]\d{1,4})?")


def _dates(stop: Stop) -> Diagnostic | None:
    for match in WHOLE_DATE.finditer(stop.text):
        if match.start() <= stop.at <= match.end() and "TEXT" not in stop.accepts:
            span = span_of(stop.reader, match.start(), match.end())
            return messages.other_date(span, match.group(), date_meant(match))
    wanted = stop.accepts & {"DATE", "YEAR_MONTH"} and "NAME" not in stop.accepts
    if wanted and (stop.word[:1].isdigit() or stop.word[:3].lower() in MONTHS):
        return messages.other_date(stop.span, stop.word)
    if stop.word[:1].isdigit() and stop.before[:3].lower() in MONTHS:
        return messages.other_date(stop.span, f"{stop.before} {stop.word}")
    if stop.adjoining and stop.word.startswith("/") and re.fullmatch(r"\d{1,4}", stop.before):
        found, span = stop.joined
        return messages.other_date(span, found)
    return None


def _names(stop: Stop) -> Diagnostic | None:
    if stop.adjoining and stop.word.startswith("-") and re.fullmatch(r"[\w.]+", stop.before):
        found, span = stop.joined
        value = re.search(r"(?:\bis|\bnot|\bof|\bincludes|,)\s+$", stop.text[: stop.at - len(stop.before)])
        return messages.value_with_hyphen(span, found) if value else messages.name_in_parts(span, found)
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


_TEST_WORDS = frozenset({"at", "on", "before", "after", "within", "outside", "during", "one", "more", "less"})


def _test_without_is(stop: Stop) -> Diagnostic | None:
    possible = stop.accepts >= {"_IS", "OR"} and stop.word not in RESERVED - _TEST_WORDS
    new_line = "\n" in stop.text[len(stop.text[: stop.at].rstrip()) : stop.at]
    if not possible or new_line or not re.fullmatch(r"[\w.-]+", stop.word):
        return None
    return messages.test_without_is(stop.span, stop.word)


def _capitals(stop: Stop) -> Diagnostic | None:
    small = stop.word.lower()
    if small != stop.word and f"`{small.rstrip('s')}`" in {show(a).replace("s`", "`") for a in stop.accepts}:
        return messages.symbol(stop.span, stop.word, f"write it in small letters: `{small}`")
    return None


def _phrases(stop: Stop) -> Diagnostic | None:
    in_a_condition = not stop.word or not stop.accepts or "OR" in stop.accepts or stop.accepts >= {"NOT", "NAME"}
    found = phrase_at(stop.text, stop.at) if in_a_condition else None
    if found is None:
        return None
    start, end, instead = found
    return messages.said_otherwise(span_of(stop.reader, start, end), stop.text[start:end], instead)


def _commas(stop: Stop) -> Diagnostic | None:
    if not stop.word.startswith(",") or "OR" not in stop.accepts:
        return None
    lead = stop.text[: stop.at]
    if re.search(r"\d$", lead) and stop.text[stop.at + 1 : stop.at + 2].isdigit():
        help = "a comma stands before each three digits: 1,440"
    elif re.search(r"\bin\s+[\w.]+$", lead):
        help = "after `in` stands one name; several values stand after `is one of`"
    else:
        help = "join two conditions with `and` or `or`, or put each on a line of its own"
    return messages.cannot_stand_here(stop.span, "a comma", "", help=help)


def _list_in_brackets(stop: Stop) -> Diagnostic | None:
    if stop.word[:1] in ("(", "[") and stop.before == "in":
        help = "write `is one of a, b, c`, without brackets"
        return messages.cannot_stand_here(stop.span, f"`in {stop.word[0]}`", "", help=help)
    if stop.word[:1] in ("(", "[") and stop.before == "of":
        return messages.cannot_stand_here(stop.span, f"`{stop.word[0]}`", "", help="a list has no brackets: a, b, c")
    return None


def _services(stop: Stop) -> Diagnostic | None:
    if stop.where.rule != "services" or stop.before.lower() not in ("all", "any", "each"):
        return None
    start = stop.text.rindex(stop.before, 0, stop.at)
    family = f" {stop.word}" if re.fullmatch(r"\w+", stop.word) and not stop.word.startswith("service") else ""
    found = stop.text[start : stop.at + len(stop.word)]
    span = span_of(stop.reader, start, start + len(found))
    return messages.said_otherwise(span, found, f"write `every{family} service`")


def _quoted_source(stop: Stop) -> Diagnostic | None:
    if stop.where.rule != "citation" or not stop.word.startswith('"') or stop.at:
        return None
    help = "write the name of a `source` statement, then `at` and the place in it"
    return messages.cannot_stand_here(stop.span, "a text in quotes", "", help=help)


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
    _list_in_brackets,
    _dates,
    _names,
    _brackets,
    _symbols,
    _services,
    _quoted_source,
    _joined_values,
    _second_is,
    _is_in,
    _clause_word,
    _capitals,
    _phrases,
    _commas,
    _test_without_is,
    _reserved,
    _end,
)
