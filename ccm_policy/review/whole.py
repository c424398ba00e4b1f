"""The whole of a review: text, meaning, rates and patients of two sides, as one object."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ccm_policy.fees import FeeSchedules
from ccm_policy.review.patients import Patients
from ccm_policy.review.rates import Rates, rates
from ccm_policy.review.sentence import sentence
from ccm_policy.review.sides import Side
from ccm_policy.review.text import Change, changes

SCHEMA = 1
NOT_ASKED = "not asked"
"""What is said of the meaning of changes where nothing was proved."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Two sides beside each other. `rates`: None where both sides are of one month; `patients`: None where no panel was
    given."""

    old: str
    new: str
    months: tuple[str | None, str | None]
    text: tuple[Change, ...]
    rates: Rates | None = None
    patients: Patients | None = None

    @property
    def differs(self) -> bool:
        """Whether anything is not as before."""
        money = self.rates is not None and bool(self.rates.changed)
        return bool(self.text) or money or (self.patients is not None and bool(self.patients.changed))

    @property
    def sentence(self) -> str:
        """All of it in a sentence."""
        return sentence(self.text, self.rates, self.patients)

    def to_dict(self) -> dict[str, Any]:
        """The pinned object, as `ccm-policy schema diff` says."""
        sides = zip((self.old, self.new), self.months, strict=True)
        return {
            "schema": SCHEMA,
            "sides": [{"name": name, "month": month} for name, month in sides],
            "differs": self.differs,
            "sentence": self.sentence,
            "text": [change.to_dict() for change in self.text],
            "meaning": NOT_ASKED,
            "rates": None if self.rates is None else self.rates.to_dict(),
            "patients": None if self.patients is None else self.patients.to_dict(),
        }


def difference(
    old: Side, new: Side, fees: FeeSchedules, only: tuple[str, ...], *, merged: bool, patients: Patients | None = None
) -> Difference:
    """Two sides compared. `only`, `merged`: as for the text. Raises `BrokenFileError` for fee schedules."""
    wanted = tuple(dict.fromkeys((*only, *filter(None, (old.policy, new.policy)))))
    money = None
    if old.month is not None and new.month is not None:
        codes = {code for side in (old, new) for code in side.library.outline.lives}
        money = rates(fees, old.month, new.month, codes)
    return Difference(
        old=old.name,
        new=new.name,
        months=(old.month, new.month),
        text=changes(old, new, wanted, merged=merged),
        rates=money,
        patients=patients,
    )
