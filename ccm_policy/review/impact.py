"""What an edit of the policies does to a panel, again after every save: the side before is decided once."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ccm_policy import library
from ccm_policy.language.diagnostics import Diagnostic
from ccm_policy.review.deciding import Known, Panel, decided, refuse
from ccm_policy.review.patients import Decided, compared
from ccm_policy.review.revisions import READ
from ccm_policy.review.sides import Side
from ccm_policy.review.whole import Difference, difference

_LOOKS_EVERY = 0.2
"""Seconds between two looks at the files."""
_State = dict[str, tuple[int, int]]


@dataclass(slots=True)
class Impact:
    """A panel and the side before. `named`: how keys of persons are shown."""

    before: Side
    panel: Panel
    named: Callable[[str], str] = str
    wrong: list[Diagnostic] = field(default_factory=list)
    _decided: Decided | None = None
    _known: Known = field(default_factory=dict)

    @property
    def ready(self) -> bool:
        """Whether there are patient-months that the side before decided."""
        return self._decided is not None and bool(self._decided.outcomes)

    def of(self, folder: Path) -> Difference:
        """What the policies of a folder, as they are now, change. Raises `CcmPolicyError` for what is wrong in them;
        what is wrong with records joins `wrong`, each once.

        A patient-month whose facts and rules are as before, or as in the edit before this one, is not decided again.
        """
        if self._decided is None:
            found = decided(self.panel, self.before, self._known, self.wrong, carry=False)
            refuse(self.wrong)
            self._decided = found
        before = {outcome.made_of: outcome for outcome in self._decided.outcomes.values()}
        side = Side(str(folder), library.load(folder), folder)
        told: list[Diagnostic] = []
        after = decided(self.panel, side, self._known, told, carry=False)
        refuse(told)
        self.wrong += [each for each in told if each not in self.wrong]
        latest = {outcome.made_of: outcome for outcome in after.outcomes.values()}
        self._known.clear()
        self._known.update(before | latest)
        patients = compared(self._decided, after, None, self.named)
        return difference(self.before, side, self.panel.fees, (), merged=False, patients=patients)


def saved(folder: Path, pause: Callable[[float], None] = time.sleep) -> Iterator[None]:
    """Comes after each save of a file of the policies, or of a table beside them, since this was called."""
    return _saved(folder, _state(folder), pause)


def _saved(folder: Path, seen: _State, pause: Callable[[float], None]) -> Iterator[None]:
    while True:
        pause(_LOOKS_EVERY)
        now = _state(folder)
        if now != seen:
            seen = now
            yield


def _state(folder: Path) -> _State:
    """Every file's time and size; one that goes while it is looked at is as if it were gone already."""
    found: _State = {}
    for path in folder.rglob("*"):
        if path.suffix in READ and not path.name.startswith("."):
            try:
                about = path.stat()
            except OSError:
                continue
            found[str(path)] = (about.st_mtime_ns, about.st_size)
    return found
