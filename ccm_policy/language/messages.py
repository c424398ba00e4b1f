"""What is said about a text that cannot be read: one function for each situation, in the words of the author.

Nothing here shows a parser's own names. Codes and their explanations stand in `catalogue/syntax.yaml`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from ccm_policy.language.diagnostics import Diagnostic, Note, Span, error
from ccm_policy.language.nearest import nearest


def meant(word: str, known: Iterable[str]) -> str | None:
    """The known word that was most likely meant. Short words resemble everything, so they get no suggestion."""
    by_first = {k.split()[0]: k for k in known}
    if word.lower() in by_first:
        return by_first[word.lower()]
    if len(word) < 4:
        return None
    by_first = {first: k for first, k in by_first.items() if len(first) >= 4}
    found = nearest(word, by_first)
    return by_first[found] if found else None


def quoted(words: Sequence[str], joined: str = "or") -> str:
    """`a`, `b` or `c`."""
    marked = [f"`{w}`" for w in words]
    return marked[0] if len(marked) == 1 else f"{', '.join(marked[:-1])} {joined} {marked[-1]}"


# --- statements and clauses ------------------------------------------------------------------------------------


def unknown_statement(span: Span, word: str, meant: str | None, known: Sequence[str]) -> Diagnostic:
    help = f"did you mean `{meant}`?" if meant else f"a statement starts with one of: {', '.join(known)}"
    return error("E0101", f"no statement starts with `{word}`", span, help=help)


def verb_without_statement(span: Span, verb: str, word: str, meant: str | None) -> Diagnostic:
    help = (
        f"did you mean `{verb} {meant}`?"
        if meant
        else f"write what kind of statement it is, for example `{verb} requirement NAME`"
    )
    said = f"`{word}` is no kind of statement" if word else "the kind of statement is missing"
    return error("E0101", f"after `{verb}`, {said}", span, help=help)


def clause_in_first_column(span: Span, word: str, kind: str) -> Diagnostic:
    return error(
        "E0102",
        f"`{word}` is a clause of the `{kind}` above, but it starts in the first column",
        span,
        help="put two spaces before it; only statements start in the first column",
    )


def statement_indented(span: Span, kind: str) -> Diagnostic:
    help = "take away the spaces before it; only its clauses are indented"
    return error("E0143", f"this `{kind}` is indented, but a statement starts in the first column", span, help=help)


def text_before_statement(span: Span) -> Diagnostic:
    return error(
        "E0102",
        "this line is indented, but no statement stands before it",
        span,
        help="a statement starts in the first column; its clauses are indented below it",
    )


def misspelt_clause(span: Span, word: str, meant: str, kind: str) -> Diagnostic:
    return error("E0103", f"`{word}` is no clause of `{kind}`", span, help=f"did you mean `{meant}`?")


def no_clause(span: Span, word: str, meant: str | None, kind: str, known: Sequence[str]) -> Diagnostic:
    help = f"a line starts with one of: {', '.join(known)}; or it goes on with the one above"
    help = f"write `{meant}`" if meant else help
    return error("E0103", f"`{word}` is no clause of `{kind}`", span, help=help)


def dash_before_clause(span: Span) -> Diagnostic:
    return error("E0144", "a clause has no dash or bullet before it", span, help="put two spaces in its place")


def clause_of_others(span: Span, word: str, kind: str, known: Sequence[str]) -> Diagnostic:
    return error(
        "E0104",
        f"`{word}` does not belong in `{kind}`",
        span,
        help=f"the clauses of `{kind}` are: {', '.join(known)}",
    )


def clause_on_same_line(span: Span, word: str) -> Diagnostic:
    return error(
        "E0105",
        f"`{word}` starts a clause of its own",
        span,
        help=f"put `{word}` on a new line; each clause has its own",
    )


def empty_clause(span: Span, word: str, wanted: str) -> Diagnostic:
    return error("E0106", f"nothing stands after `{word}`", span, help=f"write {wanted} after it, or remove the line")


def word_stands_alone(span: Span, word: str) -> Diagnostic:
    return error(
        "E0107", f"nothing may stand after `{word}`", span, help=f"`{word}` is said by itself, on its own line"
    )


def clause_twice(span: Span, word: str, kind: str, first: Span) -> Diagnostic:
    return error(
        "E0108",
        f"`{word}` stands twice in this `{kind}`",
        span,
        help="keep one of them",
        notes=[Note("the first", first)],
    )


def too_deep(span: Span, what: str) -> Diagnostic:
    message = f"{what} goes too deep: too many parts inside one another"
    return error("E0109", message, span, help="give a part of it a name with `define`")


def name_missing(span: Span, kind: str, wanted: str) -> Diagnostic:
    return error("E0106", f"this `{kind}` has no name", span, help=f"write {wanted} after `{kind}`")


# --- inside a clause -------------------------------------------------------------------------------------------


def cannot_stand_here(span: Span, found: str, expected: str, help: str | None = None) -> Diagnostic:
    return error("E0110", f"{found} cannot stand here", span, help=help or f"expected here: {expected}")


def ends_too_early(span: Span, what: str, expected: str) -> Diagnostic:
    return error("E0111", f"{what} ends too early", span, help=f"expected here: {expected}")


def mixed_and_or(span: Span, readings: tuple[str, str]) -> Diagnostic:
    return error(
        "E0112",
        "`and` and `or` stand side by side without brackets",
        span,
        help=f"write either  {readings[0]}  or  {readings[1]}",
    )


def symbol(span: Span, found: str, instead: str) -> Diagnostic:
    return error("E0113", f"`{found}` is not a word of the language", span, help=instead)


def signed_number(span: Span, found: str) -> Diagnostic:
    return error(
        "E0113", f"`{found}` has a sign, and no number has one", span, help="write `minus` between two quantities"
    )


def said_otherwise(span: Span, found: str, instead: str) -> Diagnostic:
    return error("E0113", f"`{' '.join(found.split())}` is not how a policy says it", span, help=instead)


def test_without_is(span: Span, found: str) -> Diagnostic:
    help = f"a test has `is` in it: `is {found} …`; two conditions are joined with `and` or `or`"
    return cannot_stand_here(span, f"`{found}`", "", help=help)


def number_like_a_code(span: Span, found: str, unit: str) -> Diagnostic:
    written = re.sub(r"(?<=\d)(?=(?:\d{3})+$)", ",", found)
    return error(
        "E0115",
        f"`{found}` is read as a code, and a code has no unit",
        span,
        help=f"numbers over 9,999 are written with commas: `{written}` {unit}",
    )


def number_in_words(span: Span, found: str, digits: str) -> Diagnostic:
    return error("E0114", f"`{found}` is a number written as a word", span, help=f"write {digits}")


def wrong_unit(span: Span, found: str, instead: str) -> Diagnostic:
    return error("E0115", f"`{found}` is no unit", span, help=instead)


def unit_without_space(span: Span, number: str, unit: str) -> Diagnostic:
    return error("E0115", f"`{number}{unit}` runs a number and its unit together", span, help=f"write {number} {unit}")


def comma_between_values(span: Span, found: str | None = None) -> Diagnostic:
    said = f"`{found}` stands between two values of a list" if found else "two values stand side by side"
    return error("E0116", said, span, help="put a comma between values: a, b, c")


def exception_without_when(span: Span, name: str) -> Diagnostic:
    return error(
        "E0117", f"the exception `{name}` does not say when it holds", span, help=f"write `except {name} when …`"
    )


def exception_without_name(span: Span) -> Diagnostic:
    return error("E0106", "this exception has no name", span, help="write a name before `when`: `except NAME when …`")


def open_quote(span: Span) -> Diagnostic:
    return error("E0118", "this text has no closing quote", span, help='a text starts and ends with " on one line')


def other_quote(span: Span, found: str) -> Diagnostic:
    return error(
        "E0119", f"{found} is not the quote that texts are written with", span, help='use the plain double quote: "'
    )


def no_such_day(span: Span, found: str) -> Diagnostic:
    return error("E0120", f"there is no day {found}", span, help="dates are year-month-day, such as 2026-03-31")


def no_such_month(span: Span, found: str) -> Diagnostic:
    return error("E0120", f"there is no month {found}", span, help="months are year-month, such as 2026-03")


def badly_written_date(span: Span, found: str) -> Diagnostic:
    year, *rest = found.split("-")
    written = "-".join([year, *(p.zfill(2) for p in rest)])
    return error("E0120", f"`{found}` is not how a date is written", span, help=f"write {written}")


def other_date(span: Span, found: str, instead: str | None = None) -> Diagnostic:
    help = "a date is year-month-day, such as 2026-03-31; a month is year-month, such as 2026-03"
    if instead:
        help = f"write {instead}: the year, the month, the day"
    return error("E0120", f"`{found}` is not how a date is written", span, help=help)


def name_in_parts(span: Span, found: str) -> Diagnostic:
    written = "_".join(found.replace("-", " ").split())
    return error("E0128", f"`{found}` is not one word", span, help=f"a name is one word, with underscores: {written}")


def value_with_hyphen(span: Span, found: str) -> Diagnostic:
    return error("E0128", f"`{found}` is not one word", span, help=f'a value with a hyphen stands in quotes: "{found}"')


def bracket_without_start(span: Span) -> Diagnostic:
    return error(
        "E0129",
        "this bracket closes nothing",
        span,
        help="put the opening bracket where it belongs, or delete this one",
    )


def second_test(span: Span) -> Diagnostic:
    return error(
        "E0110",
        "a second `is` cannot stand here: what stands before it is already a test",
        span,
        help="join two tests with `and`; a quantity that ends in `where …` stands in brackets before its `is`",
    )


def reserved_word(span: Span, found: str) -> Diagnostic:
    return error(
        "E0121",
        f"`{found}` is a word of the language and cannot be a name here",
        span,
        help=f'if a value is called so, put it in quotes: "{found}"',
    )


def nothing_tested_before(span: Span, word: str) -> Diagnostic:
    return error("E0122", f"`{word}` tests nothing", span, help=f"say what is tested: `or FACT is {word} …`")


def not_whole(span: Span, found: str) -> Diagnostic:
    return error("E0123", f"`{found}` is not a whole number", span, help="write a number without a fraction")


def no_calendar_unit(span: Span) -> Diagnostic:
    return error("E0115", "a stretch of time needs a unit of the calendar", span, help="write days, months or years")


def edge_in_or_out(span: Span, found: str) -> Diagnostic:
    return error(
        "E0124",
        f"`{found}` does not say whether the day counts",
        span,
        help="write `counting admission day in, discharge day out`",
    )


def nothing_to_count_days_of(span: Span) -> Diagnostic:
    return error(
        "E0124",
        "no period stands before this, whose days could count",
        span,
        help="`counting …` follows `is outside every LIST` or `is during any LIST`",
    )


def counts_another_day(span: Span) -> Diagnostic:
    return error(
        "E0124",
        "this is not the day that is counted from",
        span,
        help="write the same day twice: `30 days from D, counting D`",
    )


def column_of_table(span: Span, column: str) -> Diagnostic:
    return error(
        "E0125", f"`{column}` does not say which table it is a column of", span, help=f"write `TABLE.{column} for …`"
    )


def column_looks_up(span: Span) -> Diagnostic:
    return error("E0125", "a column of a table cannot look up a list", span, help="only the fields of a list look up")


def field_and_value(span: Span) -> Diagnostic:
    return error(
        "E0126",
        "a record is given as fields, each with its value",
        span,
        help="write FIELD VALUE, FIELD VALUE, for example `date 2025-10-15, minutes 20`",
    )


def every_without_has(span: Span) -> Diagnostic:
    return error(
        "E0127",
        "`every` does not say what its records must have",
        span,
        help="write `every LIST where … has CONDITION`",
    )
