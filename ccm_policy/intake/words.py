"""The words of exports that are no fact's, as `words.yaml` has them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportWords:
    """What the file says. `yes_no`: cells to the word of facts; `plain`: words of columns of standing that say nothing;
    `beside`: types to words that say nothing beside a known one; `within`: types to words that say it whatever stands
    beside them, but for one of `not_so`; `lengths`: words of columns to a unit; `units`, `weekdays`: as patterns have
    them; `short`: words of columns to the one that they stand for; `asides`: what the end of a name says of how its
    column is filled in; `nobody`: words of columns that say nothing that is decided; `anything`: words that tell not
    what a column is about; `without`: cells by which there is none of it; `minutes_of`: words of columns of minutes to
    whose they are."""

    footers: frozenset[str]
    standing: frozenset[str]
    plain: frozenset[str]
    against: frozenset[str]
    total: str
    nothing: frozenset[str]
    unknown: frozenset[str]
    beside: Mapping[str, frozenset[str]]
    within: Mapping[str, tuple[str, ...]]
    not_so: frozenset[str]
    yes_no: Mapping[str, str]
    lengths: Mapping[str, str]
    units: Mapping[str, str]
    months: Mapping[str, int]
    weekdays: str
    short: Mapping[str, str]
    asides: tuple[str, ...]
    nobody: frozenset[str]
    anything: frozenset[str]
    without: frozenset[str]
    minutes_of: Mapping[str, str]

    def without_aside(self, name: str) -> str:
        """The name of a column, as it is compared, without what it says of how it is filled in."""
        return next((name.removesuffix(f" {aside}") for aside in self.asides if name.endswith(f" {aside}")), name)

    def spelt_out(self, name: str) -> str:
        """The name of a column, as it is compared, with each word that is written in several ways in one of them."""
        return " ".join(self.short.get(word, word) for word in name.split())


@cache
def export_words() -> ExportWords:
    """The words, read once."""
    import yaml

    said: dict[str, Any] = yaml.safe_load(files("ccm_policy.intake").joinpath("words.yaml").read_text(encoding="utf-8"))
    return ExportWords(
        footers=frozenset(said["footers"]),
        standing=frozenset(said["standing"]),
        plain=frozenset(said["plain"]),
        against=frozenset(said["against"]),
        total=said["total"],
        nothing=frozenset(said["nothing"]),
        unknown=frozenset(said["unknown"]),
        within={type: tuple(words) for type, words in said["within"].items()},
        not_so=frozenset(said["not_so"]),
        beside={type: frozenset(words) for type, words in said["beside"].items()},
        yes_no={word: value for value in ("yes", "no") for word in said[value]},
        lengths=_each(said["lengths"]),
        units={unit: "|".join(words) for unit, words in said["units"].items()},
        months={name: number for number, name in enumerate(said["months"], 1)},
        weekdays="|".join(said["weekdays"]),
        short=_each(said["short"]),
        asides=tuple(said["asides"]),
        nobody=frozenset(said["nobody"]),
        anything=frozenset(said["anything"]),
        without=frozenset(said["without"]),
        minutes_of=said["minutes_of"],
    )


def _each(groups: Mapping[str, list[str]]) -> dict[str, str]:
    return {word: name for name, words in groups.items() for word in words}
