"""What people write out of habit from elsewhere, and how a policy says it: symbols, numbers, units, phrases."""

from __future__ import annotations

import re

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
    "≠": "write `is not`",
    "<>": "write `is not`",
    "&&": "write `and`",
    "&": "write `and`",
    "||": "write `or`",
    "|": "write `or`",
    "!": "write `not`",
    "+": "write `plus`",
    "-": "write `minus`; a name has underscores, not hyphens",
    "–": "write `to` between two codes, `minus` between two numbers",
    "—": "write a comma, `and` or `or`, or start a new line",
    "//": "a remark starts with `#`",
    "/*": "a remark starts with `#`",
    ":": "a clause has no colon after its word: leave it out",
    "*": "write `times`",
    "×": "write `times`",
    "/": "write `divided by`",
    "÷": "write `divided by`",
    "%": "write `percent`",
    "$": "write the amount with its unit: 66.13 dollars",
    ";": "write a comma, or start a new line",
    ".": "a number starts with a digit: 0.5",
    "[": "write a list without brackets: a, b, c; a condition has round ones",
    "{": "write a list without brackets: a, b, c; a condition has round ones",
}

NUMBER_WORDS = {
    "zero": 0,
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "eleven": 11,
    "twelve": 12,
    "fifteen": 15,
    "twenty": 20,
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
    "sixty": 60,
    "ninety": 90,
}

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

_PHRASES = (
    (r"is +(?:greater|bigger|larger|longer|higher|over|above)(?: +than)?", "write `is more than`"),
    (r"is +(?:smaller|shorter|lower|fewer|under|below)(?: +than)?", "write `is less than`"),
    (r"is +later(?: +than)?", "write `is after`"),
    (r"is +(?:earlier|prior)(?: +(?:than|to))?", "write `is before`"),
    (
        r"(?:is +)?between",
        "write two tests: `… is at least A and … is at most B`; for dates `on or after`, `on or before`",
    ),
    (r"is +(?:a +)?(?:minimum|atleast)(?: +of)?", "write `is at least`"),
    (r"is +(?:a +)?(?:maximum|atmost|up +to)(?: +of)?", "write `is at most`"),
    (r"is +equal(?: +to)?|equals?", "write `is`"),
    (r"isn|doesn|hasn|wasn|don", "write `is not`, or `not` before a condition"),
    (r"exceeds?", "write `is more than`"),
    (r"contains?|include|including", "write `includes`"),
    (r"if", "write the condition by itself, or `when …` on a line of its own"),
    (r"either|both", "leave it out: `A or B`, `A and B`"),
    (
        r"or +(?:more|less|fewer|later|earlier)",
        "say it before the quantity: `is at least`, `is at most`, `on or after`",
    ),
    (r"exactly", "leave it out for a fact; of records write `at least N … and at most N …`"),
    (r"(?:more|less|fewer) +than +\d+", "of records write `at least N …` or `at most N …`"),
    (r"at +(?:least|most) +\d+ +of", "leave `of` out: `at least 2 conditions where …`"),
    (r"count(?= +(?!of\b))|number +of", "write `count of`"),
    (r"sum(?= +(?!of\b))|total(?: +of)?", "write `sum of … over …`"),
    (
        r"is +(?:not +)?unknown",
        "no rule asks whether a fact is known; what is unknown is reported as missing",
    ),
)
_WORDS = (
    (r"but", "write `and`"),
    (r"unless", "write an exception below the rule: `except NAME when …`"),
    (r"then|else", "a condition has neither `then` nor `else`; a rule says `when` it applies"),
    (r"with|whose|which|that|when", "write `where` after a list: `any visits where …`"),
    (r"exists?", "leave it out: `any visits`, `no visits`"),
    (r"per|monthly", "leave it out: a quantity is of the service month, and `where` limits the records"),
)


CLAUSES = {
    **dict.fromkeys(("must", "shall", "should", "needs", "need", "demand", "ask", "asks", "ensure"), "require"),
    **dict.fromkeys(("prohibit", "disallow", "deny", "refuse", "exclude", "never"), "forbid"),
    **dict.fromkeys(("if", "where", "condition"), "when"),
    **dict.fromkeys(("unless", "exception", "exempt", "waive"), "except"),
    **dict.fromkeys(("else", "message", "error", "denial", "says"), "otherwise"),
    **dict.fromkeys(("fix", "action", "correct", "solution"), "remedy"),
    **dict.fromkeys(("effective", "starts", "start", "begins", "beginning", "since"), "from"),
    **dict.fromkeys(("ends", "end", "expires", "through", "ending", "till"), "until"),
    **dict.fromkeys(("applies", "codes", "services", "scope", "to"), "for"),
    **dict.fromkeys(("reference", "references", "authority", "source", "see", "citation"), "cite"),
    **dict.fromkeys(("description", "name", "label", "called"), "title"),
    **dict.fromkeys(("level", "priority", "weight"), "severity"),
    **dict.fromkeys(("reason", "rationale", "why"), "because"),
}
"""How a line is begun elsewhere, and the clause that is meant."""


def _compiled(phrases: tuple[tuple[str, str], ...]) -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(rf"(?<![\w.])(?:{pattern})(?![\w.])"), instead) for pattern, instead in phrases)


PHRASES, WORDS = _compiled(_PHRASES), _compiled(_WORDS)
"""Patterns of words, and what to write instead; tried only where reading stopped. A phrase may also end just before."""


def phrase_at(text: str, at: int) -> tuple[int, int, str] | None:
    """A phrase at an offset: where it stands, and what to write instead."""
    for patterns, before in ((PHRASES, True), (WORDS, False)):
        for pattern, instead in patterns:
            for match in pattern.finditer(text):
                near = before and not text[match.end() : max(at, match.end())].strip()
                if match.start() <= at and (at < match.end() or near):
                    return match.start(), match.start() + len(match.group().rstrip()), instead
    return None


MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
WHOLE_DATE = re.compile(
    r"\b(?:(?P<a>\d{1,2})(?P<sep>[/.-])(?P<b>\d{1,2})(?P=sep)(?P<y>\d{4})"
    r"|(?P<y2>\d{4})(?P<sep2>[/.-])(?P<m2>\d{1,2})(?P=sep2)(?P<d2>\d{1,2})"
    rf"|(?P<month>(?:{'|'.join(MONTHS)})[a-z]*)\.? +(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,? +(?P<year>\d{{4}}))\b",
    re.IGNORECASE,
)


def date_meant(match: re.Match[str]) -> str | None:
    """The date as a policy writes it: month before day, as in the United States, unless that cannot be."""
    if match["month"]:
        year, month, day = match["year"], MONTHS.index(match["month"][:3].lower()) + 1, int(match["day"])
    elif match["y2"]:
        year, month, day = match["y2"], int(match["m2"]), int(match["d2"])
    else:
        year, month, day = match["y"], int(match["a"]), int(match["b"])
        if month > 12:
            month, day = day, month
    return f"{year}-{month:02}-{day:02}" if 1 <= month <= 12 and 1 <= day <= 31 else None


WANTED = {
    "condition": "a condition",
    "text": "a text in quotes",
    "also": "what people call it, each name in quotes",
    "citation": "the name of a source",
    "attested": "a fact or `list.field`, then its value",
    "attestable": "fields of the list, or `one record`",
    "words": "a name",
    "day_body": "a date such as 2026-03-31",
    "services": "whom it is for, such as `every ccm service` or codes",
    "case": "what it is",
    "modifier": "a modifier such as `25`, then `when` and a condition",
    "exception": "a name, then `when` and a condition",
    "expectation": "a code and what is expected of it",
    "given": "a set of facts, a fact with its value, or a record",
}

VALUE_LISTS = frozenset(
    {
        "head_values",
        "head_set",
        "services",
        "adds_to",
        "allows",
        "field_decl",
        "words",
        "column",
        "attested",
        "attestable",
        "each",
        "head_prefer",
    }
)
"""Rules of lists, where `and` is a slip for a comma."""
