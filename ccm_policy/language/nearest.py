"""The name that was probably meant by one that stands for nothing: alike by its letters, or by its words.

Names are compared without regard to case and to what joins their words. A name alike by letters has a slip of the
keyboard in it; one alike by words has the right words in another order, another form (`signed`, `signature`), or one
too many. The work for one name does not grow with the number of wrong names, and hardly with that of right ones.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

ENOUGH = 0.66
"""How much a name must be alike, from 0 to 1, to be suggested."""
_ALIKE_BY_LETTERS = 0.88
"""The same for names of several words by letters alone: a word in common says little, a slip of one letter much."""
_LEFT_OUT = 2
_LONGEST = 80
_FEW = 8
_FILLERS = frozenset(
    [
        "a",
        "an",
        "and",
        "at",
        "by",
        "for",
        "from",
        "has",
        "have",
        "in",
        "is",
        "of",
        "on",
        "or",
        "the",
        "to",
        "was",
        "were",
        "with",
    ]
)
_BETWEEN_WORDS = re.compile(r"[\s._/-]+")


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name most like this one, or None where none is like it."""
    return _nearest(name[:_LONGEST], frozenset(known))


def nearest_called(name: str, known: Iterable[str], words: Mapping[str, str]) -> str | None:
    """The same where people have other words too: each of `words` leads to the known name that it stands for."""
    names = frozenset(known)
    found = nearest(name, names | frozenset(words))
    return found if found is None or found in names else words[found]


def words_for(also: Mapping[str, tuple[str, ...]], names: Iterable[str], within: str = "") -> dict[str, str]:
    """Each word of a vocabulary's `also` to what it stands for, of these facts or lists, or of parts of one thing."""
    keys = {(f"{within} {name}" if within else name): name for name in names}
    return {word: name for key, name in keys.items() for word in also.get(key, ())}


@lru_cache(maxsize=4096)
def _nearest(name: str, known: frozenset[str]) -> str | None:
    index = _index(known)
    spelt = _spelt(name)
    if spelt in index.names:
        return index.names[spelt]
    found = [(_alike(spelt, other, index.words[other]), other) for other in _likely(spelt, index)]
    best = max(found, key=lambda one: one[0], default=None)
    return index.names[best[1]] if best is not None and best[0][0] >= ENOUGH else None


@dataclass(frozen=True, slots=True)
class _Index:
    """Names as they are compared, with the name itself; and which of them hold a pair of letters."""

    names: Mapping[str, str]
    words: Mapping[str, frozenset[str]]
    pairs: Mapping[str, tuple[str, ...]]


@lru_cache(maxsize=256)
def _index(known: frozenset[str]) -> _Index:
    names = {_spelt(name): name for name in sorted(known, reverse=True)}
    pairs: defaultdict[str, list[str]] = defaultdict(list)
    for spelt in names:
        for pair in _pairs(spelt):
            pairs[pair].append(spelt)
    return _Index(names, {spelt: _words(spelt) for spelt in names}, {pair: tuple(of) for pair, of in pairs.items()})


def _spelt(name: str) -> str:
    return _BETWEEN_WORDS.sub("_", name.strip().lower())


def _pairs(spelt: str) -> set[str]:
    return {spelt[i : i + 2] for i in range(len(spelt) - 1)} | {"^" + spelt[:1], spelt[-1:] + "$"}


def _words(spelt: str) -> frozenset[str]:
    words = [word for word in spelt.split("_") if word]
    return frozenset(word for word in words if word not in _FILLERS) or frozenset(words)


def _likely(spelt: str, index: _Index) -> list[str]:
    """The names that share most pairs of letters with this one; all of them where they are few."""
    if len(index.names) <= _FEW:
        return sorted(index.names, reverse=True)
    own = _pairs(spelt)
    shared = Counter(name for pair in own for name in index.pairs.get(pair, ()))
    likely = sorted(shared, key=lambda name: (-2 * shared[name] / (len(own) + len(name) + 1), name))
    return likely[:_FEW]


def _alike(spelt: str, other: str, theirs: frozenset[str]) -> tuple[float, float]:
    """How much two names are alike, then how much they are by letters alone, which settles a tie."""
    own = _words(spelt)
    letters = _ratio(spelt, other)
    common = sum(max((_same(word, word2) for word2 in theirs), default=0.0) for word in own)
    words = 2 * min(common, len(theirs)) / (len(own) + len(theirs))
    if own <= theirs and len(theirs) - len(own) <= _LEFT_OUT:
        words = max(words, 0.75)
    several = len(own) > 1 or len(theirs) > 1
    return max(words, letters if letters >= (_ALIKE_BY_LETTERS if several else ENOUGH) else 0.0), letters


@lru_cache(maxsize=16384)
def _same(word: str, other: str) -> float:
    """How much two words are one: the same, a slip, or two forms of it."""
    if word == other:
        return 1.0
    if len(word) > 3 and len(other) > 3:
        shorter, start = min(len(word), len(other)), 0
        while start < shorter and word[start] == other[start]:
            start += 1
        ratio = _ratio(word, other)
        if ratio >= ENOUGH or (start >= 4 and 3 * start >= 2 * shorter):
            return max(ratio, 0.75)
    return 0.0


def _ratio(one: str, other: str) -> float:
    from difflib import SequenceMatcher

    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return matcher.ratio() if matcher.quick_ratio() >= ENOUGH else 0.0
