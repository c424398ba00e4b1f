"""What the letters after their names say of those who bill; a practice cannot say it once where they differ."""

from __future__ import annotations

from ccm_policy.facts.plan import PRACTITIONER, Leaf
from ccm_policy.intake.likeness import Column, Names, Target
from ccm_policy.intake.values import text_of
from ccm_policy.intake.words import export_words

_MOST = 12


def profession_of(names: Names) -> Leaf | None:
    """The fact that says what whoever bills is."""
    of = PRACTITIONER.partition(".")[0]
    leaves = names.plan.root.leaves()
    return next((leaf for leaf in leaves if leaf.path.startswith(f"{of}.") and leaf.type.kind == "value"), None)


def professions(names: Names, column: Column, target: Target) -> dict[str, str | None]:
    """Each name in a column to what its last word says; nothing where none says it, or where there are many names."""
    words = names.words(target)
    people = {text for cell in column.cells if (text := text_of(cell)) and not _footer(text)}
    parts = {name: name.replace(",", " ").split() for name in sorted(people)}
    told = {name: words.value(each[-1]) if len(each) > 1 else None for name, each in parts.items() if each}
    return told if len(told) <= _MOST and any(told.values()) else {}


def _footer(text: str) -> bool:
    return text.split()[0].casefold() in export_words().footers
