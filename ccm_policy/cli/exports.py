"""Exports on the command line: read to facts by a mapping, with the report, and what decisions then wait for."""

from __future__ import annotations

import json
import re
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from ccm_policy.cli.place import beside
from ccm_policy.intake.mapping import ExportMapping
from ccm_policy.intake.read_mapping import read_mapping
from ccm_policy.intake.report import Report, Waiting
from ccm_policy.intake.run import run
from ccm_policy.language.tree import Vocabulary
from ccm_policy.report.attestable import attestable

if TYPE_CHECKING:
    from ccm_policy.api import PolicyLibrary

_INDEX = re.compile(r"\[\d+\]")


@contextmanager
def as_facts(
    exports: Sequence[Path], mappings: Sequence[Path], vocabulary: Vocabulary
) -> Iterator[tuple[Path, Report]]:
    """The facts of exports for as long as they are needed, and the report."""
    with tempfile.TemporaryDirectory(prefix="ccm-policy-") as folder:
        out = Path(folder) / "facts"
        yield out, run(exports, [read_mapping(each) for each in mappings], vocabulary, out)


@contextmanager
def telling(path: Path | None, format: str = "text") -> Iterator[Callable[[Report], None]]:
    """What takes the report, to a file or to the person. A file that cannot be written is refused before anything is
    read; it is there when this ends."""
    with ExitStack() as last:
        part = None if path is None else last.enter_context(beside(path)).path

        def tell(report: Report) -> None:
            whole = report.to_dict()
            text = report.text() if format == "text" else json.dumps(whole, ensure_ascii=False, indent=2) + "\n"
            if part is not None:
                part.write_text(text, encoding="utf-8", newline="\n")
            else:
                sys.stdout.flush()
                sys.stderr.write(text)

        yield tell


def waiting(facts: Path, library: PolicyLibrary, mappings: Sequence[ExportMapping]) -> list[Waiting]:
    """What the decisions of a folder of facts wait for, most patient-months first."""
    counts: dict[str, int] = defaultdict(int)
    worth: dict[str, Decimal] = defaultdict(Decimal)
    for decision in library.evaluate_panel(facts, refused=[]):
        amounts: dict[str, Decimal] = {}
        for missing in decision.missing:
            fact = _INDEX.sub("", missing.fact)
            amount = missing.worth if isinstance(missing.worth, Decimal) else Decimal(0)
            amounts[fact] = max(amounts.get(fact, Decimal(0)), amount)
        for fact, amount in amounts.items():
            counts[fact] += 1
            worth[fact] += amount
    may = attestable(library.policies.vocabulary)
    filled = {name for mapping in mappings for name in _filled(mapping)}
    ordered = sorted(counts, key=lambda fact: (-counts[fact], fact))
    return [
        Waiting(fact, counts[fact], f"{worth[fact]:.2f}" if worth[fact] else None, fact in filled, may.get(fact))
        for fact in ordered
    ]


def _filled(mapping: ExportMapping) -> set[str]:
    found = set(mapping.constants)
    for file in mapping.files:
        found |= set(file.key)
        for gives in file.gives:
            found |= {f"{gives.list}.{name}" if gives.list else name for name in gives.fields}
            found |= {gives.list} if gives.list else set()
    return found
