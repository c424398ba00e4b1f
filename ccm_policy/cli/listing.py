"""A list of work as what becomes of a panel: things to do are kept, and written when all are known."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from ccm_policy.cli.worklist_forms import Headed, written
from ccm_policy.evaluate.decision import Finding
from ccm_policy.report.worklist import Worklist, worklist
from ccm_policy.report.worklist_run import Todo


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """What was asked for: the day from which work is planned, how rows stand together, from how many patient-months on
    a question is asked once, the form; what a practice may attest, and the facts that are asked of each."""

    day: date
    by: str
    together: int
    form: str
    attestable: Mapping[str, str]
    apart: Collection[str]


@dataclass(slots=True)
class ListOfWork:
    """The list, written when all of the panel is decided. `left_out`: records that could not be used."""

    listed: Listed
    out: Path | None
    made: list[Todo] = field(default_factory=list)
    left_out: int = 0
    held: bool = True

    def with_findings(self, made: Todo, found: Sequence[Finding]) -> Todo:
        """The same: what panel checks find between patients is not on this list."""
        return made

    def add(self, made: Todo) -> None:
        """Keep it."""
        self.made.append(made)

    def end(self, earlier: Mapping[int, Sequence[Finding]], records: int) -> None:
        """Write all, unless no record could be used."""
        if not self.made and self.left_out:
            return
        written(*gathered(self.made, self.listed), self.listed.form, self.listed.by, self.out)


def gathered(made: Sequence[Todo], asked: Listed) -> tuple[Worklist, Headed]:
    """The things of many patient-months as one list, and what is said of the whole."""
    items = [item for todo in made for item in todo.items]
    headed = Headed(
        day=asked.day,
        over=sum(todo.over for todo in made),
        left_out=sum(todo.left_out for todo in made),
        too_late=sum(todo.too_late for todo in made),
        month_over=sum(todo.month_over for todo in made),
    )
    return worklist(items, asked.together, asked.attestable, asked.apart), headed
