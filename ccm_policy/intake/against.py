"""What a column that nothing uses says against billing its rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from ccm_policy.intake.likeness import Column, Likeness, Names
from ccm_policy.intake.values import spelt, text_of
from ccm_policy.intake.words import export_words

_MOST = 40
"""How many different cells are written down; a column of more is asked about."""


def against_billing(names: Names, column: Column, found: Mapping[str, Likeness]) -> list[str]:
    """The cells of a column that speak against billing their rows; none where most of its rows would go.

    A column named so says it by whatever is in it, another by a word of its cells. A column of how things stand or
    came out says it also by a word for a kind of record that the column of kinds never names, such as a call that
    reached nobody.
    """
    words, texts = export_words(), _texts(column)
    named = set(column.plain().split())
    if named & words.against:
        said = {text for text in texts if words.yes_no.get(spelt(text)) != "no"}
    elif named & words.standing:
        said = {text for text in texts if set(spelt(text).replace(",", " ").split()) & words.against}
        said |= {text for text in texts if _of_another_kind(names, text, found)}
    else:
        return []
    counted = Counter(texts)
    rows = len(column.rows) or len(column.cells)
    many = rows > 1 and sum(counted[text] for text in said) * 2 > rows
    return [] if many or len(said) > _MOST else sorted(said)


def _texts(column: Column) -> list[str]:
    return [text for cell in column.cells if (text := text_of(cell))]


def _of_another_kind(names: Names, text: str, found: Mapping[str, Likeness]) -> bool:
    for each in found.values():
        if each.target.records is not None and each.target.leaf.type.kind == "value" and each.column.names_kinds():
            words = names.words(each.target)
            value = words.value(text)
            if value is not None and all(words.value(other) != value for other in _texts(each.column)):
                return True
    return False
