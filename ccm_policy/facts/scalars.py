"""One value, from what a file holds to what the vocabulary says it is.

`parser(type)` gives a function from a raw value (text, a JSON number, yes/no or list, a date from a table) to a
value, or to `Bad`: what is wrong with it, in words that complete "`field` …". Text is read by the type, whatever the
format, so that `6:40`, `00123`, `no` and `66.10` mean the same everywhere. Nothing here ever repeats the value it
refuses.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from ccm_policy.facts import durations
from ccm_policy.facts.clock import clock_time
from ccm_policy.facts.values import NONE, UNKNOWN, Value
from ccm_policy.language.nearest import nearest_called
from ccm_policy.language.tree import Type


@dataclass(frozen=True, slots=True)
class Bad:
    """Why a value cannot be used: the code of the message, the end of its sentence, and what to do.

    `word` is one that is none of `words`, some of which are also `called` something; the nearest of them is looked for
    when the message is shown, not before: of a file with a hundred thousand slips few are shown.
    """

    code: str
    says: str
    help: str | None = None
    word: str = ""
    words: tuple[str, ...] = ()
    called: tuple[tuple[str, str], ...] = ()

    def what_to_do(self) -> str | None:
        """The help, or the word that was probably meant."""
        near = nearest_called(self.word, self.words, dict(self.called)) if self.words else None
        return f"did you mean `{near}`?" if near else self.help


Parser = Callable[[Any], Value | Bad]
_Text = Callable[[str], Value | Bad]
_Plain = Callable[[Any], Value | Bad]

LONGEST_NUMBER = 40
"""Digits that a number may have; a longer one is a slip of a file, and would only cost time."""
TOO_LONG = Bad("E0510", f"has more than {LONGEST_NUMBER} digits", "check how the file was made")
_DECIMAL = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)", re.ASCII)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MONTH = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])", re.ASCII)
_CODE = re.compile(r"[0-9A-Za-z]{5}", re.ASCII)
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_EMPTY = Bad("E0546", "is empty text", "leave the field out, or write `unknown`")
_TWO_WAYS = Bad("E0550", durations.SAYS, durations.BY_ITSELF)
_UNITS = {"minute": "minutes", "dollar": "dollars", "percent": "percent", "day": "days", "month": "months"}


def parser(type: Type, *, never: Iterable[str] = (), also: Mapping[str, str] = MappingProxyType({})) -> Parser:
    """The function that reads values of a type. `never` are further words for `none` (the open end of a period);
    `also` leads from what a value is called to the value, for what is suggested."""
    text, plain = _readers(type)
    called = tuple(also.items())
    words: dict[str, Value | Bad] = {"": _EMPTY}
    if "unknown" not in type.values:
        words["unknown"] = UNKNOWN
    if "none" not in type.values:
        if type.kind == "set":
            words["none"] = frozenset()
        elif type.may_be_none:
            words |= {"none": NONE, **dict.fromkeys(never, NONE)}
        elif type.kind not in ("text", "code"):
            words["none"] = Bad("E0538", "cannot be none", "leave it out, or write `unknown`, where it is not known")

    def parse(raw: Any) -> Value | Bad:
        if raw.__class__ is str:
            raw = raw.strip()
            value = words[raw] if raw in words else text(raw)
            return replace(value, called=called) if called and isinstance(value, Bad) and value.word else value
        if isinstance(raw, Bad):
            return raw
        return UNKNOWN if raw is None else plain(raw)

    return parse


def describe(type: Type) -> str:
    """What a value of the type looks like, to complete "must be …"."""
    if type.kind == "number":
        what = "a whole number" if type.whole else "a number"
        if type.unit in _UNITS and not type.whole:
            what += f" of {_UNITS[type.unit]}"
        if type.low is not None and type.high is not None:
            return f"{what} from {_plain_number(type.low)} to {_plain_number(type.high)}"
        if type.low is not None:
            return f"{what}, {_plain_number(type.low)} or more"
        return what
    if type.kind == "value":
        return f"one of {listing(type.values)}"
    if type.kind == "set":
        return f"one or more of {listing(type.values)}" if type.values else "a list of words"
    return {
        "yes/no": "yes or no (true or false)",
        "text": "text",
        "code": "a billing code: five letters or digits",
        "date": "a date, written YYYY-MM-DD",
        "month": "a month, written YYYY-MM",
        "time": "a clock time, written HH:MM",
        "period": "a period, written YYYY-MM-DD to YYYY-MM-DD",
    }.get(type.kind, "text")


def listing(words: Iterable[str]) -> str:
    """Words in backticks with commas; a long list is cut."""
    all_words = list(words)
    shown = ", ".join(f"`{w}`" for w in all_words[:12])
    return shown + (", …" if len(all_words) > 12 else "")


def number(raw: Any) -> Fraction | Bad | None:
    """A plain number exactly, or None when it is not a number. A binary float is read as the decimal it prints as."""
    if isinstance(raw, Bad):
        return raw
    if raw.__class__ is int:
        return Fraction(raw) if -(10**LONGEST_NUMBER) < raw < 10**LONGEST_NUMBER else TOO_LONG
    if isinstance(raw, float):
        if not math.isfinite(raw):
            return _NOT_FINITE
        raw = Decimal(repr(raw))
    if isinstance(raw, Decimal):
        if not raw.is_finite():
            return _NOT_FINITE
        exponent = raw.as_tuple().exponent
        assert isinstance(exponent, int)
        if raw.adjusted() > LONGEST_NUMBER or exponent < -LONGEST_NUMBER:
            return TOO_LONG
        return Fraction(raw)
    return raw if isinstance(raw, Fraction) else None


_NOT_FINITE = Bad("E0509", "is not a number (NaN or infinity)", "leave the field out where the number is not known")


def _readers(type: Type) -> tuple[_Text, _Plain]:
    wrong = Bad("E0532", f"must be {describe(type)}")
    match type.kind:
        case "yes/no":
            return _yes_no(wrong)
        case "number":
            return _number(type, wrong)
        case "date":
            return _date(wrong)
        case "month":
            return (lambda s: s if _MONTH.fullmatch(s) and s > "1900" else Bad("E0534", wrong.says, _MONTH_HELP)), _is(
                wrong
            )
        case "time":
            return _clock, _is(wrong)
        case "period":
            return _period(wrong)
        case "value":
            return _value(type), _is(wrong)
        case "set":
            return _set(type, wrong)
        case "code":
            return (lambda s: s.upper() if _CODE.fullmatch(s) else wrong), _is(_quote(wrong))
    return _free_text, _is(_quote(wrong))


_MONTH_HELP = "write the year in four digits and the month in two: `2026-03`"


def _quote(wrong: Bad) -> Bad:
    return Bad(wrong.code, wrong.says, "write it in quotes: leading zeros count")


def _is(wrong: Bad) -> _Plain:
    return lambda raw: wrong


def _free_text(text: str) -> Value | Bad:
    if text.isspace():
        return _EMPTY
    if _UNPRINTABLE.search(text):
        return Bad("E0505", "holds a character that is not text (NUL or another control character)", "remove it")
    return text


def _yes_no(wrong: Bad) -> tuple[_Text, _Plain]:
    words = {"yes": True, "true": True, "no": False, "false": False}
    return (lambda s: words.get(s.lower(), wrong)), (lambda raw: raw if raw.__class__ is bool else wrong)


def _number(type: Type, wrong: Bad) -> tuple[_Text, _Plain]:
    low = None if type.low is None else Fraction(type.low)
    high = None if type.high is None else Fraction(type.high)
    outside = Bad("E0535", f"must be {describe(type)}")
    broken = Bad("E0536", f"must be {describe(type)}")
    hint = "write digits only, as `7.5`" + (f", or {durations.WRITTEN}" if type.unit == "minute" else "")
    not_read = Bad("E0532", wrong.says, hint)

    def bounded(value: Fraction) -> Value | Bad:
        if type.whole and value.denominator != 1:
            return broken
        return outside if (low is not None and value < low) or (high is not None and value > high) else value

    def text(raw: str) -> Value | Bad:
        if _DECIMAL.fullmatch(raw):
            return bounded(Fraction(raw)) if len(raw) <= LONGEST_NUMBER else TOO_LONG
        duration = durations.minutes(raw, type) if type.unit == "minute" else None
        if duration is None:
            return not_read
        return _TWO_WAYS if duration == durations.EITHER else bounded(duration)

    def plain(raw: Any) -> Value | Bad:
        timed = isinstance(raw, timedelta) and type.unit == "minute"
        value = Fraction(raw // timedelta(microseconds=1), 60_000_000) if timed else number(raw)
        if value is None:
            return not_read
        return value if isinstance(value, Bad) else bounded(value)

    return text, plain


def _date(wrong: Bad) -> tuple[_Text, _Plain]:
    impossible = Bad("E0534", "is a date that does not exist", "check day and month: YYYY-MM-DD")
    how = Bad("E0534", wrong.says, "write the year first: `2026-03-31` is 31 March 2026")

    def text(raw: str) -> Value | Bad:
        if not _DATE.fullmatch(raw):
            return how
        try:
            value = date.fromisoformat(raw)
        except ValueError:
            return impossible
        return value if value.year >= 1900 else impossible

    def plain(raw: Any) -> Value | Bad:
        if isinstance(raw, datetime):
            return raw.date() if (raw.hour, raw.minute, raw.second, raw.microsecond) == (0, 0, 0, 0) else how
        return raw if isinstance(raw, date) else wrong

    return text, plain


def _period(wrong: Bad) -> tuple[_Text, _Plain]:
    """A period is kept as text, `FIRST to LAST`; an end that has not come is `ongoing`."""
    read_date = _date(Bad("E0534", wrong.says, "an end that has not come is written `ongoing`"))[0]
    backwards = Bad("E0544", "ends before it begins", "check the two dates")

    def text(raw: str) -> Value | Bad:
        first, mark, last = (part.strip() for part in raw.partition(" to "))
        begin, end = read_date(first), _ONGOING if last in _OPEN or not mark else read_date(last)
        if isinstance(begin, Bad) or isinstance(end, Bad):
            return begin if isinstance(begin, Bad) else end
        return backwards if str(end) < str(begin) else f"{begin} to {end}"

    def plain(raw: Any) -> Value | Bad:
        if not isinstance(raw, dict) or not {"from"} <= set(raw) <= {"from", "to"}:
            return Bad(wrong.code, wrong.says, "or an object with `from` and `to`")
        return text(f"{raw['from']} to {_ONGOING if raw.get('to') is None else raw['to']}")

    return text, plain


_ONGOING = "ongoing"
_OPEN = ("none", _ONGOING)


def _clock(text: str) -> Value | Bad:
    return clock_time(text) or Bad("E0547", "must be a clock time, written HH:MM", "use the 24-hour clock: `14:30`")


def _member(word: str, type: Type, wrong: str) -> Bad:
    return Bad("E0533", wrong, word=word, words=tuple(type.values))


def _value(type: Type) -> _Text:
    by_word = {word: word for word in type.values}
    return lambda raw: by_word.get(raw) or _member(raw, type, f"must be one of {listing(type.values)}")


def _set(type: Type, wrong: Bad) -> tuple[_Text, _Plain]:
    says = f"may hold only {listing(type.values)}"

    def members(words: list[Any]) -> Value | Bad:
        found: set[str] = set()
        for word in words:
            if word.__class__ is not str:
                return Bad("E0532", wrong.says, "write each as text, in quotes")
            stripped = word.strip()
            if type.values and stripped not in type.values:
                return _member(stripped, type, says)
            checked = _free_text(stripped)
            if isinstance(checked, Bad):
                return checked
            if not stripped:
                return Bad("E0546", "holds an empty word", "take it out")
            found.add(stripped)
        return frozenset(found)

    def text(raw: str) -> Value | Bad:
        return members([word for word in raw.split(";") if word.strip()])

    return text, (lambda raw: members(list(raw)) if isinstance(raw, list | tuple | set | frozenset) else wrong)


def _plain_number(value: Decimal) -> str:
    return f"{value.normalize():f}"
