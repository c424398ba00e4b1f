"""How far a panel is, on a terminal, where the package for it is installed."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

LEAST = 200
"""Records from which on it is shown."""


class Bar(Protocol):
    """What is shown."""

    def update(self, n: float | None = 1) -> Any:
        """So many more are done."""

    def clear(self) -> Any:
        """Make room for a message."""


class _Nothing:
    def update(self, n: float | None = 1) -> None:
        pass

    def clear(self) -> None:
        pass


@contextmanager
def bar(total: int, *, hidden: bool) -> Iterator[Bar]:
    """A bar on the standard error stream; nothing where that is no terminal."""
    if hidden or total < LEAST or not sys.stderr.isatty():
        yield _Nothing()
        return
    try:
        from tqdm import tqdm
    except ImportError:
        yield _Nothing()
        return
    with tqdm(total=total, unit=" patient-months", leave=False, file=sys.stderr, mininterval=0.5) as shown:
        yield shown
