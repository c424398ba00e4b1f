"""What follows a price: the practitioner's percentage, the patient's share, sequestration. Percentages are data.

Decisions take these from the `payment` statements of policies; here they serve `fees price` and `fees project`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from ccm_policy.fees.fitting import read_fitting
from ccm_policy.fees.prices import EXACT, Price, to_cents
from ccm_policy.fees.tables import broken, need_date, need_number

HUNDRED = Decimal(100)
NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Terms:
    """A schedule's percentages: by type of practitioner, and the patient's share after the deductible."""

    practitioners: dict[str, Decimal]
    patient: Decimal


def read_terms(folder: Path) -> Terms:
    """From the schedule's `schedule.yaml`; raises `BrokenFileError`."""
    path = folder / "schedule.yaml"
    data: dict[str, Any] = read_fitting(path, _kind(folder)).data
    types = {
        kind: need_number(path, None, group["percent"], "a percentage")
        for group in data.get("practitioners") or []
        for kind in group["types"]
    }
    share = (data.get("patient_share") or {}).get("percent", "0")
    return Terms(types, need_number(path, None, share, "a percentage"))


def read_clinics(folder: Path) -> tuple[str, str] | None:
    """Locality and setting whose amounts clinics are paid, where the schedule states them; raises `BrokenFileError`."""
    stated = read_fitting(folder / "schedule.yaml", _kind(folder)).data.get("clinics")
    return (stated["locality"], stated["setting"]) if stated else None


def _kind(folder: Path) -> str:
    return "contract" if folder.parent.name == "payers" else "schedule"


def sequestration_on(root: Path, on: date) -> Decimal:
    """Percent taken from Medicare's share on a date of service; raises `BrokenFileError`."""
    path = root / "sequestration.yaml"
    for rate in read_fitting(path, "sequestration").data["rates"]:
        first = need_date(path, None, rate["from"])
        if first <= on and (not rate.get("to") or on <= need_date(path, None, rate["to"])):
            return need_number(path, None, rate["percent"], "a percentage")
    raise broken(path, None, f"no sequestration rate is held for {on}", "add it with its dates and its source")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """A claim line in dollars. `allowed` = `patient` + `medicare`; `paid`: allowed less sequestration."""

    unit: Decimal
    units: int
    allowed: Decimal
    patient: Decimal
    medicare: Decimal
    sequestration: Decimal
    paid: Decimal

    def to_dict(self) -> dict[str, Any]:
        """Plain data; amounts as texts."""
        return {
            "unit": str(self.unit),
            "units": self.units,
            "allowed": str(self.allowed),
            "patient_share": str(self.patient),
            "medicare_share": str(self.medicare),
            "sequestration": str(self.sequestration),
            "net": str(self.paid),
        }


def bill(
    price: Price, units: int, *, percent: Decimal = HUNDRED, patient: Decimal = NOTHING, cut: Decimal = NOTHING
) -> Bill:
    """A line of `units`. A unit is rounded once, after the practitioner's percentage; each share of the line once."""
    unit = to_cents(_share(price.exact, percent))
    allowed = unit * units
    owed = to_cents(_share(allowed, patient))
    medicare = allowed - owed
    taken = to_cents(_share(medicare, cut))
    return Bill(
        unit=unit,
        units=units,
        allowed=allowed,
        patient=owed,
        medicare=medicare,
        sequestration=taken,
        paid=allowed - taken,
    )


def _share(value: Decimal, percent: Decimal) -> Decimal:
    return EXACT.divide(EXACT.multiply(value, percent), HUNDRED)
