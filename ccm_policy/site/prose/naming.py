"""What facts, fields, lists and definitions are called in a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ccm_policy.language import tree
from ccm_policy.site.prose import english
from ccm_policy.site.prose.lexicon import Lexicon


@dataclass(frozen=True, slots=True)
class Naming:
    """Names of one program: phrases of the lexicon first, then titles, then the names themselves."""

    lexicon: Lexicon
    vocabulary: tree.Vocabulary
    definitions: Mapping[str, tree.Definition]

    def definition(self, name: str) -> str:
        """A definition as a noun: `minutes of clinical staff`, `the first day whose minutes count`."""
        said = self.lexicon.facts.get(name, "")
        if said and "|" not in said:
            return said
        title = self.title(name)
        definition = self.definitions.get(name)
        dated = definition is not None and definition.type.kind in {"date", "record"}
        return f"the {title}" if dated and not title.startswith(("the ", "a ", "an ")) else title

    def title(self, name: str) -> str:
        """A definition's title up to its first semicolon, as it stands inside a sentence."""
        definition = self.definitions.get(name)
        title = definition.title.partition(";")[0].strip().rstrip(".") if definition else ""
        return english.lower(title) if title else self.lexicon.words(name)

    def title_of_record(self, name: str, of: str) -> str:
        """A title without what the record is anyway: `a service that was billed` is `that was billed`."""
        title = self.title(name)
        for one in (english.singular(self.one(of)), self.called(of)):
            if title.startswith(f"{english.article(one)} "):
                return title.removeprefix(f"{english.article(one)} ")
        return title

    def fact(self, path: str) -> str:
        """A fact as a noun."""
        said = self.lexicon.facts.get(path, "")
        return said if said and "|" not in said else f"the {self.fact_title(path)}"

    def fact_title(self, path: str) -> str:
        """What a fact is called in a sentence."""
        declared = self.vocabulary.facts.get(path)
        return english.lower(declared.title) if declared and declared.title else self.lexicon.words(path)

    def field(self, name: str, field: str) -> str:
        """A field as a noun; `revoked_on` is the date it was revoked."""
        words = self.lexicon.words(field)
        day = words.removesuffix(" on")
        return self.lexicon.nouns.get(f"{name}.{field}") or (words if day == words else f"date it was {day}")

    def template(self, node: tree.Node) -> str:
        """The lexicon's phrase for a fact or a field, with `{}` where a value stands; empty where it has none."""
        match node:
            case tree.Field(_, name, field):
                return self.lexicon.fields.get(f"{name}.{field}", "")
            case tree.LookedUp(depth=_, list=_, field=_, target=target, by=_, target_field=target_field):
                return self.lexicon.fields.get(f"{target}.{target_field}", "")
            case tree.Fact(path):
                return self.lexicon.facts.get(path, "")
        return ""

    def set(self, name: str) -> str:
        """A named set of values, as one of its members."""
        return self.lexicon.values.get(name) or f"one of the {self.lexicon.words(name)}"

    def owner(self, name: str, field: str) -> str:
        """What leads over to the record that a field refers to: `by a person who`, `whose reviewer`."""
        return self.lexicon.fields.get(f"{name}.{field}") or f"whose {self.field(name, field)}"

    def called(self, name: str) -> str:
        """What one record of a list is called for short."""
        declared = self.vocabulary.lists.get(name)
        return declared.called if declared and declared.called else english.singular(self.one(name))

    def one(self, name: str) -> str:
        """What one record of a list is called, with its plural where that is its own (`person | people`)."""
        return self.lexicon.one(self.vocabulary.lists.get(name), name)

    def is_dated_twice(self, name: str) -> bool:
        """Whether records of a list may have a period besides their date."""
        declared = self.vocabulary.lists.get(name)
        return declared is not None and declared.date_field is not None and declared.first_field is not None
