"""What each year changed and what that means: asked once, kept beside the policies, shown of that very text alone."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from ccm_policy.library import Library
from ccm_policy.review.effects import Effect, Kept, Meaning, Told
from ccm_policy.review.showing import Witness
from ccm_policy.review.sides import Side
from ccm_policy.review.text import Change, changes

FOLDER = "meaning"
"""Where answers stand, in the folder of the policies."""
_DAMAGE = (OSError, ValueError, KeyError, TypeError)


@dataclass(frozen=True)
class Year:
    """A year beside the one before: from its last month to the last of this year, or the last that is known."""

    library: Library
    year: int

    @property
    def months(self) -> tuple[str, str]:
        """The two that are compared."""
        return f"{self.year - 1}-12", min(f"{self.year}-12", self.library.known_through)

    @cached_property
    def sides(self) -> tuple[Side, Side]:
        """The library in each of them."""
        before, after = (Side(month, self.library, None, month) for month in self.months)
        return before, after

    @cached_property
    def changes(self) -> tuple[Change, ...]:
        """What became of each statement that is no example."""
        return tuple(change for change in changes(*self.sides) if not change.is_example)

    @property
    def path(self) -> Path:
        """The file of its answers."""
        return self.library.directory / FOLDER / f"{self.year}.json"

    @property
    def digest(self) -> str:
        """Of all text that the answers are about."""
        texts = (self.library.text_of(month) for month in self.months)
        return hashlib.sha256("\0".join((*self.months, *texts)).encode()).hexdigest()

    def known(self) -> Meaning | None:
        """What the changes mean, as it was kept; None where nobody asked of this text."""
        try:
            held = json.loads(self.path.read_text(encoding="utf-8"))
            return _meaning(held) if held["of"] == self.digest else None
        except _DAMAGE:
            return None

    def asked(self) -> str:
        """What the changes mean, asked now, as it is kept."""
        from ccm_policy.review.meaning import compare

        found = compare(*self.sides, self.changes).to_dict()
        for witness in (each for told in found["changes"] for each in told["witnesses"]):
            del witness["facts"]  # the example gives them
        return json.dumps({"of": self.digest, **found}, ensure_ascii=False, indent=1) + "\n"


def years(library: Library) -> Iterator[Year]:
    """Every year after the first of which policies are known."""
    first = min(int(e.month[:4]) for policy in library.policies.values() for e in policy.editions)
    return (Year(library, year) for year in range(first + 1, int(library.known_through[:4]) + 1))


def _meaning(held: Mapping[str, Any]) -> Meaning:
    told = tuple(
        Told(
            policy=each["policy"] or "", kind=each["kind"], name=each["name"], effect=Effect(each["effect"]),
            proved=each["proved"], codes=tuple(each["services"]), witnesses=tuple(map(_witness, each["witnesses"])),
            tried=each["tried"], note=each["note"], months=tuple(each["months"]),
        )
        for each in held["changes"]
    )  # fmt: skip
    kept = tuple(
        Kept(
            code=each["service"], changes=each["changes"], proved=each["proved"], tried=each["tried"],
            reaches=tuple(each["reads"]), but_for=tuple(each["but_for"]),
        )
        for each in held["unchanged"]
    )  # fmt: skip
    return Meaning(told, kept, tuple(held["months"]))


def _witness(held: Mapping[str, Any]) -> Witness:
    return Witness(
        aspect=held["shows"], codes=tuple(held["services"]), facts={}, chart=held["chart"] or "",
        departures=tuple(held["departures"]), told=0, minutes=held["minutes"], before=held["before"],
        after=held["after"], differs=held["differs"], example=held["example"],
    )  # fmt: skip
