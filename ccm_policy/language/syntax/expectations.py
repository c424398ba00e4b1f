"""What an example expects of a decision: one class for each form of `expect`."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from ccm_policy.language.diagnostics import Span, span_field

OWN_MINUTES, COVERAGE = "its own minutes", "coverage"
"""What a service may fail by besides a rule."""


class _Expected:
    """What every form can be asked."""

    __slots__ = ()

    @property
    def codes(self) -> tuple[str, ...]:
        """The services that it names."""
        return ()

    @property
    def rules(self) -> tuple[str, ...]:
        """The rules that it names."""
        return ()


class _OfService(_Expected):
    """An expectation of one service."""

    __slots__ = ()
    code: str

    @property
    def codes(self) -> tuple[str, ...]:
        return (self.code,)


@dataclass(frozen=True, slots=True)
class ExpectUnits(_OfService):
    """`CODE x N`: supported, with so many units."""

    code: str
    units: int
    span: Span = span_field()


@dataclass(frozen=True, slots=True)
class ExpectPays(_OfService):
    """`CODE [x N] pays AMOUNT`: supported, and that many dollars allowed."""

    code: str
    amount: Decimal
    units: int | None = None
    span: Span = span_field()


@dataclass(frozen=True, slots=True)
class ExpectSupported(_OfService):
    """`CODE supported`."""

    code: str
    span: Span = span_field()


@dataclass(frozen=True, slots=True)
class ExpectNotSupported(_OfService):
    """`CODE not supported [by RULE]`, `no CODE`. `by` may be `OWN_MINUTES` or `COVERAGE`."""

    code: str
    by: str | None = None
    span: Span = span_field()

    @property
    def rules(self) -> tuple[str, ...]:
        """The rule that it names, where it names one."""
        return () if self.by in (None, OWN_MINUTES, COVERAGE) else (self.by,)


@dataclass(frozen=True, slots=True)
class ExpectHeld(_OfService):
    """`CODE held`: kept back by the practice."""

    code: str
    span: Span = span_field()


@dataclass(frozen=True, slots=True)
class ExpectYields(_OfService):
    """`CODE yields [to CODE]`: stands by itself, and another is chosen."""

    code: str
    to: str | None = None
    span: Span = span_field()

    @property
    def codes(self) -> tuple[str, ...]:
        """The service, and the one that it yields to where that is named."""
        return (self.code,) if self.to is None else (self.code, self.to)


@dataclass(frozen=True, slots=True)
class ExpectNeeds(_OfService):
    """`CODE needs [information about] FACT`."""

    code: str
    fact: str
    span: Span = span_field()


@dataclass(frozen=True, slots=True)
class ExpectNotEstablished(_OfService):
    """`CODE not established`: no policy says anything about it."""

    code: str
    span: Span = span_field()


@dataclass(frozen=True, slots=True)
class ExpectLine(_Expected):
    """`line N VERDICT`: of a line of the claim."""

    line: int
    verdict: str
    span: Span = span_field()


@dataclass(frozen=True, slots=True)
class ExpectMissingLine(_OfService):
    """`missing line CODE`: a service that the claim should have."""

    code: str
    span: Span = span_field()


@dataclass(frozen=True, slots=True)
class ExpectRisk(_Expected):
    """`risk RULE`, `no risk RULE` (`there` is False)."""

    rule: str
    there: bool = True
    span: Span = span_field()

    @property
    def rules(self) -> tuple[str, ...]:
        """The rule that it names, where it names one."""
        return (self.rule,)


Expectation = (
    ExpectUnits | ExpectPays | ExpectSupported | ExpectNotSupported | ExpectHeld | ExpectYields | ExpectNeeds
    | ExpectNotEstablished | ExpectLine | ExpectMissingLine | ExpectRisk
)  # fmt: skip
