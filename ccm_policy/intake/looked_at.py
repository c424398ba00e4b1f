"""An export that was looked at: what its columns most likely are."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from ccm_policy.facts.plan import MONTH, Records
from ccm_policy.intake.likeness import Column, Likeness
from ccm_policy.intake.shares import Share
from ccm_policy.intake.standing import Said


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """An export with what its columns most likely are. `said`: what columns of outcomes and of standing say, by the
    path of what they say it of; `more`: columns of minutes that a record of their own is made of."""

    name: str
    path: Path
    columns: tuple[Column, ...]
    main: Records | None
    found: dict[str, Likeness]
    said: dict[str, Said]
    shares: tuple[Share, ...]
    more: set[str] = field(default_factory=set)

    def of(self, path: str) -> Likeness | None:
        """What a target is taken from."""
        return self.found.get(path)

    def used(self) -> set[str]:
        """The columns that something is taken from."""
        split = {each.column.name for each in self.shares}
        said = {each.likeness.column.name for each in self.said.values()}
        return self.more | split | said | {each.column.name for each in self.found.values()}

    def lists_said(self) -> list[str]:
        """The lists of which columns of outcomes or standing speak."""
        of = [each.likeness.target.records for each in self.said.values()]
        return list(dict.fromkeys(records.name for records in of if records is not None))

    @property
    def of_a_period(self) -> bool:
        """Whether a row says how things stand with whoever bills, as an enrolment does, and not what was once done."""
        return self.main is not None and self.main.decl.first_field is not None

    @property
    def says_who_bills(self) -> bool:
        """Whether its practitioner is the one who bills."""
        monthly = self.main is not None and bool(self.main.in_month)
        return monthly or self.of(MONTH) is not None or self.of_a_period
