"""What a programme would bring in: patients, services and months, priced month by month on the last day of each."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from ccm_policy.fees.prices import NoPrice, Price, Question
from ccm_policy.fees.schedules import FeeSchedules
from ccm_policy.fees.terms import HUNDRED, Bill, bill, read_terms, sequestration_on
from ccm_policy.shipped import FEE_SCHEDULES


@dataclass(frozen=True, slots=True)
class Service:
    """Units of a code for each patient in each month."""

    code: str
    units: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    """A plan. `months`: how many of each year, from January. `practitioner`: a type the schedule names, else full."""

    schedule: str
    services: tuple[Service, ...]
    patients: int
    months: int
    years: tuple[int, ...]
    locality: str
    setting: str
    factor: str | None
    practitioner: str | None = None
    proposed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One service over months of one year that pay the same, first to last."""

    year: int
    first: int
    last: int
    service: Service
    price: Price
    line: Bill
    patients: int

    def times(self, amount: Decimal) -> Decimal:
        """Dollars of all its patients and months."""
        return amount * (self.patients * (self.last - self.first + 1))

    def to_dict(self) -> dict[str, Any]:
        """Plain data; amounts as texts."""
        return {
            "year": self.year,
            "months": f"{self.first}-{self.last}",
            "code": self.service.code,
            "line": self.line.to_dict(),
            "gross": str(self.times(self.line.allowed)),
            "patient_share": str(self.times(self.line.patient)),
            "sequestration": str(self.times(self.line.sequestration)),
            "net": str(self.times(self.line.paid)),
            "proposed": self.price.proposed,
            "arithmetic": self.price.arithmetic(),
        }


def project(fees: FeeSchedules, plan: Programme) -> list[Row] | NoPrice:
    """The rows of a plan, or the first reason why it cannot be priced; raises `BrokenFileError`."""
    folder = fees.folders.get(plan.schedule)
    terms = read_terms(folder) if folder else None
    rows: list[Row] = []
    for year in plan.years:
        for service in plan.services:
            run: list[Row] = []
            for month in range(1, plan.months + 1):
                on = date(year, month, calendar.monthrange(year, month)[1])
                price = fees.price(
                    plan.schedule, Question(code=service.code, on=on, locality=plan.locality, setting=plan.setting,
                    factor=plan.factor, proposed=plan.proposed,
                ))  # fmt: skip
                if isinstance(price, NoPrice):
                    return price
                line = bill(
                    price, service.units,
                    percent=terms.practitioners.get(plan.practitioner or "", HUNDRED) if terms else HUNDRED,
                    patient=terms.patient if terms else Decimal(0),
                    cut=sequestration_on(FEE_SCHEDULES, on),
                )  # fmt: skip
                if run and run[-1].line == line:
                    last = run.pop()
                    run.append(
                        Row(
                            year=year,
                            first=last.first,
                            last=month,
                            service=service,
                            price=last.price,
                            line=line,
                            patients=plan.patients,
                        )
                    )
                else:
                    run.append(
                        Row(
                            year=year,
                            first=month,
                            last=month,
                            service=service,
                            price=price,
                            line=line,
                            patients=plan.patients,
                        )
                    )
            rows += run
    return rows
