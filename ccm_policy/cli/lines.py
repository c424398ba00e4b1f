"""How commands print: lines on standard output, what is wrong on standard error."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from ccm_policy.language.diagnostics import Diagnostic, render

DONE, REFUSED, COULD_NOT_RUN = 0, 1, 2


def show_lines(lines: Iterable[str]) -> None:
    """Print lines."""
    for line in lines:
        sys.stdout.write(line + "\n")


def tell(found: Iterable[Diagnostic], status: int) -> int:
    """Print messages to the error stream; the status is given back."""
    for each in found:
        sys.stderr.write(render(each) + "\n")
    return status
