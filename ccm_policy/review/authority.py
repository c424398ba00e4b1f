"""On what a changed statement rests: its basis, how sure it is, why it was changed, and what is cited for that."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from ccm_policy.language import syntax as s
from ccm_policy.language.syntax.texts import citations, text_of
from ccm_policy.review.sides import Side


@dataclass(frozen=True, slots=True)
class Cited:
    """A source, by its title, and the place in it."""

    source: str
    title: str
    at: str | None

    def __str__(self) -> str:
        return f"{self.title}, {self.at}" if self.at else self.title


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """What stands behind a change. `basis`, `confidence`: of the statement as it now stands, empty where it does not
    say; `because`: the amendment's reason; `edition`: which edition made it."""

    basis: str = ""
    confidence: str = ""
    because: str = ""
    edition: str = ""
    cites: tuple[Cited, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "basis": self.basis or None,
            "confidence": self.confidence or None,
            "because": self.because or None,
            "edition": self.edition or None,
            "cites": [{"source": c.source, "title": c.title, "at": c.at} for c in self.cites],
        }


def authority(
    sides: tuple[Side, Side],
    months: tuple[str, str] | None,
    policy: str,
    before: s.Statement | None,
    after: s.Statement | None,
) -> Authority:
    """The authority of a change: what the edition that made it cites, else what the statement itself does."""
    stands = after or before
    assert stands is not None, "it is on one of the sides"
    side = sides[1] if after is not None or months is not None else sides[0]
    made = _made_by(side, policy, months[1], stands) if months is not None else None
    edition, amendment = made if made is not None else ("", None)
    cited = [*citations(amendment)] if amendment is not None else []
    cited = cited or list(citations(stands))
    titles = _titles(sides)
    return Authority(
        basis=text_of(stands, "basis"),
        confidence=text_of(stands, "confidence"),
        because="" if amendment is None else text_of(amendment, "because"),
        edition=edition,
        cites=tuple(dict.fromkeys(Cited(c.source, titles.get(c.source, c.source), c.at) for c in cited)),
    )


def _made_by(side: Side, policy: str, month: str, statement: s.Statement) -> tuple[str, s.Statement] | None:
    """The last edition in force that says something of a statement, and what it says; its header where that cites for
    it."""
    there = side.library.source.policies.get(policy)
    for edition in reversed(there.in_force(month) if there is not None else ()):
        for said in edition.statements:
            if said.name == statement.name and (said.kind == statement.kind or said.verb == "raise"):
                cites = said.verb is None or next(citations(said), None) is not None
                return edition.month, said if cites else _with(said, edition.header)
    return None


def _with(said: s.Statement, header: s.Statement) -> s.Statement:
    """A statement of an amendment that cites nothing, with what its edition cites."""
    return replace(said, clauses=(*said.clauses, *header.all("cite")))


def _titles(sides: tuple[Side, Side]) -> dict[str, str]:
    """The title of every source of either library."""
    found: dict[str, str] = {}
    for side in sides:
        for file in side.library.files:
            found |= {st.name: text_of(st, "title") for st in file.statements if st.kind == "source"}
    return {name: title for name, title in found.items() if title}
