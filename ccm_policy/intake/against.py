"""Rows that are no data, as a column says that nothing uses: a test, an entry that was voided."""

from __future__ import annotations

from collections import Counter

from ccm_policy.intake.likeness import Column
from ccm_policy.intake.values import spelt, text_of
from ccm_policy.intake.words import export_words

_MOST = 40
"""How many different cells are written down; a column of more is asked about."""


def against_billing(column: Column) -> list[str]:
    """The cells of a column by which their rows are no data; none where most of its rows would go.

    A column named so says it by whatever is in it, another by a word of its cells.
    """
    words, texts = export_words(), [text for cell in column.cells if (text := text_of(cell))]
    named = set(column.plain().split())
    if named & words.against:
        said = {text for text in texts if words.yes_no.get(spelt(text)) != "no"}
    elif named & words.standing:
        said = {text for text in texts if set(spelt(text).replace(",", " ").split()) & words.against}
    else:
        return []
    counted = Counter(texts)
    rows = len(column.rows) or len(column.cells)
    many = rows > 1 and sum(counted[text] for text in said) * 2 > rows
    return [] if many or len(said) > _MOST else sorted(said)
