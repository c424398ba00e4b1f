"""The verdict on a claim as a value: its lines, and what it leaves out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from ccm_policy.evaluate.later import WhenRead
from ccm_policy.evaluate.money import Money
from ccm_policy.evaluate.reasons import Reason


@dataclass(frozen=True, slots=True)
class Bill:
    """A code as it may be billed."""

    code: str
    """The billing code."""
    units: int
    """How many."""
    allowed: Money
    """Dollars for them; a mapping by the values of an unknown fact that sets it; None: there is no price."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line of the claim and its verdict."""

    line: int
    """Its number on the claim."""
    code: str | None
    """The billing code; None: it is not known."""
    units: Fraction | None
    """What it claims; None: it is not known."""
    date: date | None
    """Its date of service; None: it is not known."""
    verdict: str
    """`supported`, `alternative`, `over_billed`, `under_billed`, `not_supported`, `needs_information` or
    `not_audited`."""
    supported_units: int
    """Of this line's units, those that stand; for an under-billed line, what it could say."""
    allowed: Money = None
    """Dollars for what stands; a mapping by the values of an unknown fact that sets it; None: there is no price."""
    message: WhenRead[str | None] = WhenRead()
    """What failed most deeply, or what it waits for, and what to do; None: nothing has to be said."""
    preferred: tuple[Bill, ...] = ()
    """For an alternative, what is preferred, with its amounts."""
    reasons: WhenRead[tuple[Reason, ...]] = WhenRead()
    """What its own checks said."""
    ceiling: str = "no"
    """Whether `allowed` is only the most that may be paid, because another payer comes first: `yes`, `no`,
    `unknown`."""

    @property
    def against(self) -> tuple[Reason, ...]:
        """What its own checks said that does not hold."""
        return tuple(reason for reason in self.reasons if reason.outcome != "yes")


@dataclass(frozen=True, slots=True)
class Claim:
    """The verdict on a claim."""

    lines: tuple[Line, ...]
    """Each line, in its order."""
    missing_lines: tuple[Bill, ...]
    """Supported services that it leaves out."""
