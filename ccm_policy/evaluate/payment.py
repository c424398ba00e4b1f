"""What a service is worth: `payment` statements applied to fee schedules (L16, D28 to D33).

The percentages of a payment are multiplied before the one rounding, half up to the cent, of each unit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache

from ccm_policy.evaluate.derived import derived
from ccm_policy.evaluate.expressions import truth_of
from ccm_policy.evaluate.lacking import lacking
from ccm_policy.evaluate.later import Later, WhenRead
from ccm_policy.evaluate.money import Money, each, less
from ccm_policy.evaluate.patient_month import Facts
from ccm_policy.evaluate.ranges import as_number, settled
from ccm_policy.evaluate.scene import Scene
from ccm_policy.evaluate.trace import deciding, missing
from ccm_policy.facts.values import UNKNOWN
from ccm_policy.fees import FeeSchedules, Price, Question, to_cents
from ccm_policy.fees.tables import BrokenFileError
from ccm_policy.fees.terms import sequestration_on
from ccm_policy.language.tree import FACTOR, LOCALITY, SETTING, Absent, Node, PayClause, Payment, Program, Service
from ccm_policy.language.truth import Truth

THAT = "that"
HUNDRED = Fraction(100)


Note = str | None
"""What is said of an amount; None: nothing."""


@dataclass(frozen=True)
class Worth:
    """The amount of one unit, and why there is none or what it rests on. `payment` is the statement that it follows;
    `open`: whether the amount is one for conditions that are not known; `asks`: the unknown facts on which it hangs."""

    unit: Money
    note: WhenRead[Note] = WhenRead()
    asks: WhenRead[tuple[str, ...]] = WhenRead()
    payment: Payment | None = None
    open: bool = False

    @property
    def sure(self) -> Money:
        """The amount of one unit as far as nothing that becomes known can change it; None where something can."""
        return None if self.open else self.unit


@dataclass(frozen=True)
class Share:
    """The patient's part of an amount; `note` says on which unknown facts it rests."""

    amount: Money
    note: WhenRead[Note] = WhenRead()


@dataclass(frozen=True)
class Ceiling:
    """Whether amounts are only the most that may be paid, because another payer comes first, and what is said of it."""

    is_one: Truth
    note: WhenRead[Note] = WhenRead()


NO_SHARE, NO_CEILING = Share(None, None), Ceiling(False, None)


@dataclass(frozen=True, slots=True)
class _Rate:
    """A part of a schedule: what a pay clause comes to."""

    schedule: str
    part: Fraction
    setting: str | None = None
    locality: str | None = None


def worth(
    service: Service, on: date, program: Program, scene: Scene, fees: FeeSchedules, setting: str | None = None
) -> Worth:
    """What one unit of a service is worth on its date of service. A missing rate leaves the amount unknown (D30).

    `setting`: that of a line of the claim, where it is another than the record's.
    """
    for payment in derived(program).payments.get(service.code, ()):
        applies = True if payment.when is None else scene.truth(payment.when)
        if applies is UNKNOWN and payment.when is not None:
            return _unpaid((payment.when,), "how it is paid", scene)
        if applies is True:
            return _paid(service.code, payment, on, scene, fees, setting)
    schedule = service.priced_by or derived(program).priced_by
    if schedule is None:
        return Worth(None, "no rate of this payer is known", ())
    rate = _Rate(schedule, Fraction(1))
    unit, refused = _price(service.code, rate, on, scene, fees, setting)
    return Worth(unit, refused, Later(lambda: _priced_by(rate, on, scene, fees, setting)))


def _paid(code: str, payment: Payment, on: date, scene: Scene, fees: FeeSchedules, setting: str | None) -> Worth:
    """By the statement that applies."""
    rate, whens = _rate(payment, scene)
    if rate is None and whens:
        return _unpaid(whens, "the percentage", scene, payment)
    if rate is None:
        return Worth(None, "no clause of the payment applies", (), payment)
    waits = _waits(whens, scene)
    note = Later(lambda: _asks(waits(), "the percentage")) if whens else None
    unit, refused = _price(code, rate, on, scene, fees, setting)
    asks = Later(lambda: (*waits(), *_priced_by(rate, on, scene, fees, setting)))
    return Worth(unit, refused or note, asks, payment, open=bool(whens))


def _unpaid(whens: Sequence[Node], what: str, scene: Scene, payment: Payment | None = None) -> Worth:
    """That there is no amount while these conditions are not known."""
    waits = _waits(whens, scene)
    return Worth(None, Later(lambda: _asks(waits(), what)), Later(waits), payment)


def _waits(whens: Sequence[Node], scene: Scene) -> Callable[[], tuple[str, ...]]:
    """The facts that conditions wait for, when they are asked for."""
    return lambda: tuple(path for when in whens for path in lacking(when, scene))


def _rate(payment: Payment, scene: Scene) -> tuple[_Rate | None, list[Node]]:
    """The first clause that applies, and every share of `that` after it; the conditions that the percentage waits for.

    While a condition is unknown, only a clause for the unknown speaks; without one there is no rate.
    """
    rate: _Rate | None = None
    open_ones: list[Node] = []
    settled_by_unknown = False
    for clause in payment.pays:
        if clause.tail == "unknown":
            if open_ones and not settled_by_unknown:
                rate, settled_by_unknown = _rate_of(clause, rate), True
        elif not open_ones and (rate is None or clause.schedule == THAT):
            speaks = True if clause.when is None else scene.truth(clause.when)
            if speaks is True:
                rate = _rate_of(clause, rate)
            elif speaks is UNKNOWN and clause.when is not None:
                open_ones.append(clause.when)
    return rate if settled_by_unknown or not open_ones else None, open_ones


@cache
def _part(percent: Decimal) -> Fraction:
    return Fraction(percent) / HUNDRED


def _rate_of(clause: PayClause, rate: _Rate | None) -> _Rate:
    part = _part(clause.percent)
    if clause.schedule == THAT and rate is not None:
        return _Rate(rate.schedule, rate.part * part, rate.setting, rate.locality)
    return _Rate(clause.schedule, part, clause.setting, clause.locality)


def _asks(paths: Iterable[str], what: str) -> str:
    return f"{what} depends on {', '.join(dict.fromkeys(paths))}, which is not known"


def _price(
    code: str, rate: _Rate, on: date, scene: Scene, fees: FeeSchedules, own: str | None
) -> tuple[Money, str | None]:
    """One unit, for each setting and each factor that the unknown facts leave open."""
    locality = rate.locality or _known(scene, LOCALITY)
    setting, factor = rate.setting or own or _known(scene, SETTING), _known(scene, FACTOR)
    question = Question(code=code, on=on, locality=locality, setting=setting, factor=factor)
    key = (rate.schedule, rate.part.numerator, rate.part.denominator, question)
    return fees.kept(key, lambda: _priced(question, rate, fees))


def _priced(asked: Question, rate: _Rate, fees: FeeSchedules) -> tuple[Money, str | None]:
    axes = fees.axes(rate.schedule, asked.on)
    notes: list[str] = []

    def priced(setting: str | None, factor: str | None) -> Money:
        price = fees.price(rate.schedule, replace(asked, setting=setting, factor=factor))
        if isinstance(price, Price):
            return to_cents(price.unrounded * rate.part)
        notes.append(f"{price.reason} ({price.would_hold})")
        return None

    factors, settings = _open(axes.factors, asked.factor), _open(axes.settings, asked.setting)
    money = _by(settings, lambda setting: _by(factors, lambda factor: priced(setting, factor)))
    return (None, notes[0]) if notes else (money, None)


def _priced_by(rate: _Rate, on: date, scene: Scene, fees: FeeSchedules, own: str | None) -> tuple[str, ...]:
    """The unknown facts that a schedule's amount differs by."""
    axes = fees.axes(rate.schedule, on)
    read = [(LOCALITY, axes.by_locality and not rate.locality), (FACTOR, bool(axes.factors))]
    read.append((SETTING, bool(axes.settings) and not (rate.setting or own)))
    marks = scene.vocabulary.marks
    return tuple(marks[mark] for mark, asks in read if asks and mark in marks and _known(scene, mark) is None)


def _known(scene: Scene, mark: str) -> str | None:
    value = scene.marked(mark).value
    return value if isinstance(value, str) else None


def _open(values: tuple[str, ...], known: str | None) -> tuple[str | None, ...]:
    """The values to price for: the one that is known, or all; none where the schedule does not ask."""
    return (None,) if not values else (known,) if known is not None else values


def _by(values: tuple[str | None, ...], price: Callable[[str | None], Money]) -> Money:
    if len(values) == 1:
        return price(values[0])
    parts = {str(value): price(value) for value in values}
    first = next(iter(parts.values()))
    return first if all(part == first for part in parts.values()) else dict(parts)


def patient_share(allowed: Money, payment: Payment | None, scene: Scene) -> Share:
    """The patient's part of an allowed amount: what is left of the deductible, then the percentage of the rest (L16).

    Where a fact that would lower or raise it is unknown, the percentage alone is shown and the note says so.
    """
    if payment is None or payment.patient_percent is None:
        return NO_SHARE
    nothing = False if payment.patient_nothing is None else scene.truth(payment.patient_nothing)
    if nothing is True:
        return Share(each(allowed, lambda amount: Decimal("0.00")), None)
    deductible, rests = Fraction(0), nothing is UNKNOWN
    if payment.patient_after is not None:
        left = scene.value(payment.patient_after)
        if settled(left):
            deductible = as_number(left).low or deductible
        else:
            rests = True
    percent = _part(payment.patient_percent)

    def part(amount: Decimal) -> Decimal:
        first = min(Fraction(amount), deductible)
        return to_cents(first + (Fraction(amount) - first) * percent)

    return Share(each(allowed, part), Later(lambda: "; ".join(_rests_on(payment, scene))) if rests else None)


def _rests_on(payment: Payment, scene: Scene) -> Iterator[str]:
    """What a share would be if what is not known of it turned out so."""
    if payment.patient_nothing is not None:
        yield from (f"nothing if {path}" for path in lacking(payment.patient_nothing, scene))
    if payment.patient_after is not None:
        yield from (f"more while {path} is above 0" for path in lacking(payment.patient_after, scene))


def ceiling(facts: Facts, program: Program, scene: Scene) -> Ceiling:
    """What the vocabulary says of amounts that wait for another payer; the same for every payer."""
    open_facts: list[str] = []
    for path, said in derived(program).ceilings.items():
        value = facts.fact(path).value
        if value is True:
            return Ceiling(True, said)
        if value is UNKNOWN:
            open_facts.append(path)
    if open_facts:
        return Ceiling(UNKNOWN, Later(lambda: _waits_for_another_payer(open_facts, scene)))
    return NO_CEILING


def _waits_for_another_payer(open_facts: Iterable[str], scene: Scene) -> str:
    declared = scene.vocabulary.facts
    lacks = (_open_because(declared[path].absent, scene) or [path] for path in open_facts)
    return _asks((path for paths in lacks for path in paths), "whether another payer comes first")


def _open_because(absent: Absent, scene: Scene) -> list[str]:
    """What leaves a presumption open: what its value lacks; else what is not known of the case in which nothing is
    presumed, or was recorded and brings it about."""
    value, case = (None if node is None else scene.evaluate(node) for node in (absent.value, absent.unless))
    lacks = [leaf.path for trace in (value, case) if trace is not None for leaf in missing(trace)]
    if lacks or case is None or truth_of(case) is not True:
        return lacks
    return [leaf.path for leaf in deciding(case) if not leaf.presumed]


def withheld(allowed: Money, share: Share, payment: Payment | None, on: date | None, fees: FeeSchedules) -> Money:
    """What is withheld from the payer's own part, by date of service. It is shown apart and changes no other amount."""
    if payment is None or payment.withhold is None or on is None:
        return None
    root = next((root for root in fees.roots if (root / f"{payment.withhold}.yaml").is_file()), None)
    if root is None:
        return None
    try:
        percent = Fraction(sequestration_on(root, on)) / HUNDRED
    except BrokenFileError:
        return None
    return each(less(allowed, share.amount), lambda amount: to_cents(Fraction(amount) * percent))
