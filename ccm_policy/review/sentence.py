"""What changed, in one sentence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from ccm_policy.language.clauses import RULE_KINDS
from ccm_policy.review.patients import Patients
from ccm_policy.review.rates import Rates
from ccm_policy.review.text import Change

if TYPE_CHECKING:
    from ccm_policy.review.meaning import Meaning

MINUS = "−"
_WORDS = {"words": "reworded", "authority": "with another authority", "renaming": "renamed"}
"""What is said of a change that touches only these, without a word about its effect where that was not proved."""
_ORDER = ("added", "removed", "changed", "renamed", "reworded", "with another authority")


def sentence(
    text: Iterable[Change], rates: Rates | None, patients: Patients | None, meaning: Meaning | None = None
) -> str:
    """`3 rules added, 1 changed; 24 rates rose by 3.3 to 10.1 %; of your 157 patient-months 12 change: …`."""
    parts = [*_statements(text, meaning)]
    parts += [] if rates is None else [*_rates(rates)]
    parts += [] if patients is None else [_patients(patients)]
    said = "; ".join(parts)
    return f"{said[0].upper()}{said[1:]}."


def called(change: Change) -> str:
    """What became of a statement, in a word."""
    if change.how == "changed" or (change.how == "renamed" and change.touches == "renaming"):
        return _WORDS.get(change.touches, change.how)
    return "renamed and changed" if change.how == "renamed" else change.how


def dollars(amount: Decimal) -> str:
    """`+$412.10` or `−$63.51`."""
    return f"{MINUS if amount < 0 else '+'}${abs(amount):,.2f}"


def money(amount: Decimal) -> str:
    """`$412.10`."""
    return f"{MINUS if amount < 0 else ''}${abs(amount):,.2f}"


def counted(count: int, one: str, many: str = "") -> str:
    """`1 rule`, `3 rules`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def span(low: Decimal, high: Decimal) -> str:
    """`3.3 to 10.1 %`, or one number where both are the same."""
    return f"{low} %" if low == high else f"{low} to {high} %"


def _effect(change: Change, meaning: Meaning | None) -> str:
    """What became of a statement, by what it means where that was asked."""
    told = meaning.of(change) if meaning is not None and change.how in ("changed", "renamed") else None
    return called(change) if told is None else _EFFECTS.get(told.effect.value, called(change))


_EFFECTS = {
    "no effect": "reworded without effect", "tightens": "tightened", "loosens": "loosened",
    "both": "tightened and loosened",
}  # fmt: skip


def _statements(text: Iterable[Change], meaning: Meaning | None) -> Iterator[str]:
    changed = [change for change in text if not change.is_example]
    rules = Counter(_effect(c, meaning) for c in changed if c.kind in RULE_KINDS)
    others = Counter(_effect(c, meaning) for c in changed if c.kind not in RULE_KINDS)
    if not changed:
        yield "no rule is written otherwise"
    for counts, name in ((rules, "rule"), (others, "other statement")):
        words = sorted(counts, key=lambda word: _ORDER.index(word) if word in _ORDER else len(_ORDER))
        said = [f"{counted(counts[w], name) if n == 0 else f'{counts[w]:,}'} {w}" for n, w in enumerate(words)]
        if said:
            yield ", ".join(said)


def _rates(rates: Rates) -> Iterator[str]:
    moved = [c.percent for rate in rates.codes for c in rate.national if c.dollars and c.percent is not None]
    up, down = sorted(p for p in moved if p > 0), sorted(-p for p in moved if p < 0)
    for found, word in ((up, "rose"), (down, "fell")):
        if found:
            yield f"{counted(len(found), 'rate')} {word} by {span(found[0], found[-1])}"
    for how, word in (("added", "new"), ("removed", "ended")):
        codes = {rate.code for rate in rates.codes if rate.how == how}
        if codes:
            yield f"{counted(len(codes), 'code')} {'is' if len(codes) == 1 else 'are'} {word} in the fee schedule"
    if not rates.changed:
        yield "no rate changed"


def _patients(patients: Patients) -> str:
    if not patients.patient_months:
        return "no patient-month was decided on both sides"
    if not patients.changed:
        return f"of your {counted(patients.patient_months, 'patient-month')} none changes"
    whole = counted(patients.patient_months, "patient-month")
    several = len(patients.changed) != 1
    said = f"of your {whole} {len(patients.changed):,} {'change' if several else 'changes'}"
    rates = len(patients.changed) - len(patients.by_rules)
    if rates:
        said += " by rates alone" if not patients.by_rules else f" ({rates:,} of them by rates alone)"
    sums = [dollars(amount) for amount in (patients.up, patients.down) if amount]
    return f"{said}: {', '.join(sums)}" if sums else f"{said}, and no dollars"
