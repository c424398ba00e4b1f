"""Finding fee schedules and pricing with them: the entry of this folder for the interpreter and the command line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from ccm_policy.fees import refusals as refuse
from ccm_policy.fees.contracts import Contract
from ccm_policy.fees.prices import Axes, NoPrice, Price, Question
from ccm_policy.fees.relative import RelativeValues
from ccm_policy.fees.tables import BrokenFileError
from ccm_policy.language.diagnostics import CcmPolicyError, Place, error
from ccm_policy.shipped import FEE_SCHEDULES

REMEMBERED = 200_000
"""How many prices are kept for the next line that asks the same; then all are forgotten at once."""

Schedule = RelativeValues | Contract
T = TypeVar("T")


def load(directory: Path | None = None) -> FeeSchedules:
    """The shipped schedules; with a directory, its schedules besides, each going before a shipped one of its name.

    Nothing is read yet but the names of folders. Raises `CcmPolicyError` where the directory is none or holds none.
    """
    own = FeeSchedules((FEE_SCHEDULES,))
    if directory is None:
        return own
    given = Path(directory)
    place = Place(str(given))
    if not given.is_dir():
        raise CcmPolicyError(
            [error("E0621", f"`{given}` is not a directory", place=place,
                   help="name the directory that holds the schedules' folders")]
        )  # fmt: skip
    added = FeeSchedules((given, FEE_SCHEDULES))
    if not any(given in folder.parents for folder in added.folders.values()):
        raise CcmPolicyError(
            [error("E0621", f"`{given}` holds no fee schedule", place=place,
                   help="a schedule is a folder with a `schedule.yaml`, such as `payers/NAME/schedule.yaml`")]
        )  # fmt: skip
    return added


@dataclass(slots=True)
class FeeSchedules:
    """Schedules by name, from one or more directories; the first directory that has a name wins."""

    roots: tuple[Path, ...]
    """The directories, the one that wins first."""
    _folders: dict[str, Path] | None = None
    _schedules: dict[str, Schedule] = field(default_factory=dict)
    _prices: dict[tuple[str, Question], Price | NoPrice] = field(default_factory=dict)
    _digest: str | None = None
    _kept: dict[object, Any] = field(default_factory=dict)

    @property
    def folders(self) -> dict[str, Path]:
        """Where each schedule lives."""
        if self._folders is None:
            found: dict[str, Path] = {}
            for root in reversed(self.roots):
                for pattern in ("*/schedule.yaml", "payers/*/schedule.yaml"):
                    found |= {path.parent.name: path.parent for path in root.glob(pattern)}
            self._folders = dict(sorted(found.items()))
        return self._folders

    @property
    def default(self) -> str:
        """The one schedule that is nobody's contract: the program names no schedule."""
        return next(name for name, folder in self.folders.items() if folder.parent.name != "payers")

    @property
    def digest(self) -> str:
        """`sha256:…` of every table and text of the schedules, for the provenance of a decision."""
        if self._digest is None:
            import hashlib

            total = hashlib.sha256()
            for name, path in self._files():
                data = path.read_bytes()
                total.update(f"{name}\0{len(data)}\0".encode())
                total.update(data)
            self._digest = f"sha256:{total.hexdigest()}"
        return self._digest

    def _files(self) -> Iterator[tuple[str, Path]]:
        for schedule, folder in self.folders.items():
            for path in sorted(folder.rglob("*"), key=lambda p: p.parts):
                if path.suffix in (".csv", ".yaml"):
                    yield f"{schedule}/{path.relative_to(folder).as_posix()}", path

    def schedule(self, name: str) -> Schedule | None:
        """A schedule by its name; `None` where there is none, and for folders that hold no rates."""
        if name not in self._schedules:
            folder = self.folders.get(name)
            if folder is None:
                return None
            priced: Schedule
            if folder.parent.name == "payers":
                priced = Contract(name, folder, self._price)
            else:
                priced = RelativeValues(name=name, folder=folder)
            self._schedules[name] = priced
        return self._schedules[name]

    def axes(self, schedule: str, on: date) -> Axes:
        """What an amount of this schedule depends on at this date; nothing where the schedule cannot be read."""
        found = self.schedule(schedule)
        try:
            if isinstance(found, Contract):
                return found.axes(on, self.axes)
            return found.axes(on) if found else Axes()
        except BrokenFileError:
            return Axes()

    def price(self, schedule: str, question: Question) -> Price | NoPrice:
        """What a schedule says one unit is worth, or why it says nothing."""
        known = self._prices.get((schedule, question))
        if known is None:
            if len(self._prices) >= REMEMBERED:
                self._prices.clear()
            known = self._prices[schedule, question] = self._price(schedule, question)
        return known

    def kept(self, key: object, make: Callable[[], T]) -> T:
        """What somebody made of these prices alone, for the next who asks the same."""
        found: T | None = self._kept.get(key)
        if found is None:
            if len(self._kept) >= REMEMBERED:
                self._kept.clear()
            found = self._kept[key] = make()
        return found

    def _price(self, schedule: str, question: Question, asked: tuple[str, ...] = ()) -> Price | NoPrice:
        found = self.schedule(schedule)
        try:
            if isinstance(found, Contract):
                return found.price(question, asked)
            if found is not None:
                return found.price(question)
        except BrokenFileError as fault:
            return refuse.broken_file(fault.diagnostic)
        return refuse.no_schedule(schedule, self.folders)
