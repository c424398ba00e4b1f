"""Words of exports as a mapping writes them, in YAML."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from ccm_policy.intake.likeness import PART_MARKS, Likeness
from ccm_policy.intake.values import text_of


def quoted(text: str) -> str:
    """A text as YAML writes it, in quotes where it needs them."""
    plain = text.replace(" ", "").replace("_", "").replace("/", "").replace("-", "").replace(".", "")
    if plain.isalnum() and not text[0].isdigit() and text.lower() not in ("yes", "no", "null", "true", "false"):
        return text
    return json.dumps(text, ensure_ascii=False)


def values_text(told: Mapping[str, str | None]) -> str:
    """Words of a column to values, as a mapping writes them."""
    return "{" + ", ".join(f"{quoted(word)}: {value or 'unknown'}" for word, value in told.items()) + "}"


def parts_of(each: Likeness, known: Callable[[str], str | None] | None) -> str:
    """What stands between the parts of a column that holds several values: words alone, or known ones of a set."""
    records = each.target.records
    if each.target.leaf.type.kind not in ("text", "code", "value") or records is None or records.decl.one_is_all:
        return ""
    texts = [text for cell in each.column.cells if (text := text_of(cell)) and not (known and known(text))]
    for mark in (";", "|", ",") if known is None else PART_MARKS:
        parts = [part.strip() for text in texts if known is None or mark in text for part in text.split(mark)]
        fits = all(known(part) if known else len(part.split()) <= 1 for part in parts)
        if fits and any(mark in text for text in texts):
            return mark
    return ""
