"""The whole of a review: text, meaning, rates and patients of two sides, as one object."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ccm_policy.fees import FeeSchedules
from ccm_policy.review.patients import Patients
from ccm_policy.review.rates import Rates, rates
from ccm_policy.review.sentence import sentence
from ccm_policy.review.sides import Side
from ccm_policy.review.text import Change, changes

if TYPE_CHECKING:
    from ccm_policy.review.meaning import Meaning

SCHEMA = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Two sides beside each other. `rates`: None where both sides are of one month; `patients`: None where no panel was
    given; `meaning`: None where nobody asked."""

    old: str
    new: str
    months: tuple[str | None, str | None]
    text: tuple[Change, ...]
    rates: Rates | None = None
    patients: Patients | None = None
    meaning: Meaning | None = None

    @property
    def differs(self) -> bool:
        """Whether anything is not as before."""
        money = self.rates is not None and bool(self.rates.changed)
        return bool(self.text) or money or (self.patients is not None and bool(self.patients.changed))

    @property
    def sentence(self) -> str:
        """All of it in a sentence."""
        return sentence(self.text, self.rates, self.patients, self.meaning)

    def to_dict(self) -> dict[str, Any]:
        """The pinned object, as `ccm-policy schema diff` says."""
        sides = zip((self.old, self.new), self.months, strict=True)
        return {
            "schema": SCHEMA,
            "sides": [{"name": name, "month": month} for name, month in sides],
            "differs": self.differs,
            "sentence": self.sentence,
            "text": [change.to_dict() for change in self.text],
            "meaning": "not asked" if self.meaning is None else self.meaning.to_dict(),
            "rates": None if self.rates is None else self.rates.to_dict(),
            "patients": None if self.patients is None else self.patients.to_dict(),
        }


def difference(
    old: Side,
    new: Side,
    fees: FeeSchedules,
    only: tuple[str, ...],
    *,
    merged: bool,
    patients: Patients | None = None,
    meaning: bool = False,
) -> Difference:
    """Two sides compared. `only`, `merged`: as for the text; `meaning`: whether it is asked what changes mean. Raises
    `BrokenFileError` for fee schedules."""
    wanted = tuple(dict.fromkeys((*only, *filter(None, (old.policy, new.policy)))))
    money = None
    if old.month is not None and new.month is not None:
        codes = {code for side in (old, new) for code in side.library.outline.lives}
        money = rates(fees, old.month, new.month, codes)
    text = changes(old, new, wanted, merged=merged)
    return Difference(
        old=old.name,
        new=new.name,
        months=(old.month, new.month),
        text=text,
        rates=money,
        patients=patients,
        meaning=_meaning(old, new, text) if meaning else None,
    )


def _meaning(old: Side, new: Side, text: tuple[Change, ...]) -> Meaning:
    from ccm_policy.review.meaning import compare

    return compare(old, new, [change for change in text if not change.is_example])
