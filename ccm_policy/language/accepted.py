"""What could have stood where reading stopped, as an author calls it."""

from __future__ import annotations

from ccm_policy.language.phrases import WANTED
from ccm_policy.language.transform import UNITS, VALUES

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


def wanted(rule: str) -> str:
    """What a clause of this rule holds, for a clause that holds nothing."""
    return WANTED.get(rule, "what it says")
