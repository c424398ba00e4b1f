"""The lives of codes over all editions: from which month to which each is a service, and what came after it."""

from __future__ import annotations

from collections.abc import Iterable

from ccm_policy.language.syntax.texts import text_of, words_of
from ccm_policy.library.editions import Policy

Life = tuple[str, str | None, str | None]


def lives(policies: Iterable[Policy]) -> dict[str, Life]:
    """Every code that any edition decides, to its first month, last month (None: it lives) and successor."""
    found: dict[str, Life] = {}
    for policy in policies:
        for edition in policy.editions:
            for statement in edition.statements:
                if statement.kind != "service":
                    continue
                first, _, successor = found.get(statement.name, (edition.month, None, None))
                if statement.verb == "repeal":
                    after = words_of(statement, "replaced by")
                    found[statement.name] = (first, month_before(edition.month), after[0] if after else successor)
                else:
                    found[statement.name] = (min(first, edition.month), None, successor)
    return dict(sorted(found.items()))


def groups_ever(policies: Iterable[Policy]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Every family and every tier that some service of some edition declares."""
    services = [st for p in policies for e in p.editions for st in e.statements if st.kind == "service"]
    families, tiers = ({text_of(st, word) for st in services} - {""} for word in ("family", "tier"))
    return tuple(sorted(families)), tuple(sorted(tiers))


def month_before(month: str) -> str:
    """`2026-01` to `2025-12`."""
    year, number = int(month[:4]), int(month[5:7])
    return f"{year - 1}-12" if number == 1 else f"{year}-{number - 1:02d}"
