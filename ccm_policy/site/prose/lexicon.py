"""The words for facts, fields and values: phrases from the policy folder's own file, else titles, else names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ccm_policy.language import tree
from ccm_policy.site.prose import english

PHRASES = "phrases.yaml"


_NAME = re.compile(r"[\w.-]*\w")
"""What is a name or a code; any other text is shown as it stands, in quotes."""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """How things are called. Every table may be empty: then titles and names are used."""

    lists: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)
    nouns: Mapping[str, str] = field(default_factory=dict)
    facts: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, str] = field(default_factory=dict)
    acronyms: Mapping[str, str] = field(default_factory=dict)

    def words(self, name: str) -> str:
        """A name read aloud, its acronyms in capitals: `ccm_started` is `CCM started`."""
        return " ".join(self.acronyms.get(word, word) for word in english.words(name).split(" "))

    def one(self, declaration: tree.ListDecl | None, name: str) -> str:
        """What one record of a list is called; `one | many` where the plural is its own."""
        called = declaration.called if declaration else None
        return self.lists.get(name) or self.words(called or name.removesuffix("s"))

    def value(self, value: str) -> str:
        """A value in words."""
        if value in self.values:
            return self.values[value]
        named = _NAME.fullmatch(value) and any(letter.isalnum() for letter in value)
        return self.words(value) if named else f'"{value}"'


def read(*folders: Path) -> Lexicon:
    """The phrases of policy folders, from every `phrases.yaml` in them; later files add to earlier ones."""
    files = [file for folder in folders for file in sorted(folder.rglob(PHRASES))]
    tables: dict[str, dict[str, str]] = {name: {} for name in Lexicon.__dataclass_fields__}
    if files:
        import yaml

        for file in files:
            for name, entries in (yaml.safe_load(file.read_text(encoding="utf-8")) or {}).items():
                if name in tables and isinstance(entries, dict):
                    tables[name] |= {str(key): str(phrase) for key, phrase in entries.items()}
    return Lexicon(**tables)
