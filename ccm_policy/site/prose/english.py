"""The little English that sentences need: lists, numbers in words, verbs made plural or negative, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

SMALL = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
IRREGULAR = {"is": "are", "has": "have", "was": "were", "does": "do", "goes": "go"}
MODAL = {"can", "may", "must", "will", "could", "should"}


def listed(parts: Iterable[str], word: str = "and") -> str:
    """`a`, `a and b`, `a, b and c`; semicolons where a part has a comma of its own."""
    items = [p for p in parts if p]
    if len(items) < 2:
        return "".join(items)
    mark = ";" if any("," in p for p in items) else ","
    lead = f"{mark} ".join(items[:-1])
    return f"{lead}{mark if mark == ';' else ''} {word} {items[-1]}"


def count(number: int) -> str:
    """A count in words up to ten."""
    return SMALL[number] if 0 <= number < len(SMALL) else f"{number:,}"


def plural(noun: str) -> str:
    """The plural of the last word of a noun phrase; `person | people` gives its own."""
    one, bar, many = noun.partition("|")
    if bar:
        return many.strip()
    if one.endswith("y") and one[-2:-1] not in "aeiou":
        return one[:-1] + "ies"
    return one + ("es" if one.endswith(("s", "x", "ch", "sh")) else "s")


def singular(noun: str) -> str:
    """One of what a plural word names."""
    return noun.partition("|")[0].strip()


def article(noun: str) -> str:
    """`a visit`, `an entry`; a number spelt out is read by its first sound."""
    return f"an {noun}" if noun[:1].lower() in "aeio" or noun[:1] == "8" else f"a {noun}"


def verb(phrase: str, *, many: bool = False, negated: bool = False) -> str:
    """A verb phrase in the third person singular, made plural and negative: `lasts a year` to `do not last a year`."""
    first, _, rest = phrase.partition(" ")
    rest = f" {rest}" if rest else ""
    if first in MODAL:
        return f"{first} not{rest}" if negated and first != "can" else f"{'cannot' if negated else first}{rest}"
    if first in {"is", "was"} or (first == "has" and rest.startswith((" been", " had"))):
        shown = IRREGULAR[first] if many else first
        return f"{shown} not{rest}" if negated else shown + rest
    base = _base(first)
    if negated:
        return f"{'do' if many else 'does'} not {base}{rest}"
    return (base if many else first) + rest


def _base(word: str) -> str:
    if word in IRREGULAR:
        return IRREGULAR[word]
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith(("ches", "shes", "sses", "xes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") else word


def denied(clause: str) -> str:
    """A clause with its first verb made negative: `the patient is new` is `the patient is not new`."""
    for word, opposite in (
        (" is ", " is not "),
        (" are ", " are not "),
        (" was ", " was not "),
        (" were ", " were not "),
    ):
        if word in clause:
            return clause.replace(word, opposite, 1)
    return f"it is not so that {clause}"


def is_verb(phrase: str) -> bool:
    """Whether a phrase starts with a verb in the third person singular (`is documented`, `lasts 12 months`)."""
    first = phrase.partition(" ")[0]
    return first in IRREGULAR or first in MODAL or (first.endswith("s") and not first.endswith(("ss", "us", "'s")))


def words(name: str) -> str:
    """A name of the language read aloud: `ccm_started` is `ccm started`."""
    return name.replace("_", " ").replace(".", " ")


def capital(text: str) -> str:
    """A text with a capital at its start."""
    return text[:1].upper() + text[1:]


def lower(text: str) -> str:
    """A title inside a sentence: its first letter small, unless the first word is an acronym or a code."""
    first = text.partition(" ")[0]
    return text if sum(c.isupper() or c.isdigit() for c in first) > 1 else text[:1].lower() + text[1:]


def sentence(text: str) -> str:
    """A capital first letter and one full stop."""
    text = capital(text.strip())
    return text if text.endswith((".", "?", "!")) or not text else f"{text}."


def number(value: Decimal) -> str:
    """`1,000`, `66.13`, `0.5`: exact, with thousands set apart."""
    whole = value == value.to_integral_value()
    return f"{int(value):,}" if whole else f"{value.normalize():,f}"


def quantity(value: Decimal, unit: str | None) -> str:
    """A number with its unit: `20 minutes`, `1 month`, `$66.13`, `85 percent`."""
    if unit == "dollar":
        return f"${value:,.2f}"
    if unit == "percent":
        return f"{number(value)} percent"
    if unit is None:
        return number(value)
    return f"{number(value)} {unit if value == 1 else unit + 's'}"


def day(value: date) -> str:
    """`31 March 2026`."""
    return f"{value.day} {MONTHS[value.month - 1]} {value.year}"


def month(text: str) -> str:
    """`2026-03` as `March 2026`."""
    year, _, number_of = text.partition("-")
    return f"{MONTHS[int(number_of) - 1]} {year}" if number_of.isdigit() else text
