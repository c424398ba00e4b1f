"""Words of exports as a mapping writes them, in YAML."""

from __future__ import annotations

import json
from collections.abc import Mapping


def quoted(text: str) -> str:
    """A text as YAML writes it, in quotes where it needs them."""
    plain = text.replace(" ", "").replace("_", "").replace("/", "").replace("-", "").replace(".", "")
    if plain.isalnum() and not text[0].isdigit() and text.lower() not in ("yes", "no", "null", "true", "false"):
        return text
    return json.dumps(text, ensure_ascii=False)


def values_text(told: Mapping[str, str | None]) -> str:
    """Words of a column to values, as a mapping writes them."""
    return "{" + ", ".join(f"{quoted(word)}: {value or 'unknown'}" for word, value in told.items()) + "}"
