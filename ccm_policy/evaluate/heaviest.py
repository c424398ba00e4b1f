"""Which of several things together weigh the most, where some cannot be taken together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

_MOST = 48
"""From how many on, of those that are linked, all are taken: too much, which a highest end may be."""


def heaviest(weights: Sequence[Fraction], apart: Sequence[int]) -> list[int]:
    """The numbers of the things that weigh the most together. `apart`: for each, those that exclude it, as bits."""
    return _of_all((1 << len(weights)) - 1, weights, apart)


def _of_all(left: int, weights: Sequence[Fraction], apart: Sequence[int]) -> list[int]:
    return [n for part in _parts(left, apart) for n in _of_part(part, weights, apart)]


def _of_part(part: int, weights: Sequence[Fraction], apart: Sequence[int]) -> list[int]:
    """Of things that are linked: the one that excludes the most is taken, or it is not."""
    members = list(_bits(part))
    if all((apart[n] | 1 << n) & part == part for n in members):
        return [max(members, key=lambda n: weights[n])]
    if len(members) > _MOST:
        return members
    one = max(members, key=lambda n: (apart[n] & part).bit_count())
    with_it = [one, *_of_all(part & ~apart[one] & ~(1 << one), weights, apart)]
    without = _of_all(part & ~(1 << one), weights, apart)
    return max(with_it, without, key=lambda found: sum(weights[n] for n in found))


def _parts(left: int, apart: Sequence[int]) -> Iterator[int]:
    """Those that are linked, directly or by others, together."""
    while left:
        part, new = 0, left & -left
        while new:
            part |= new
            new = _united(new, apart) & left & ~part
        left &= ~part
        yield part


def _united(members: int, apart: Sequence[int]) -> int:
    found = 0
    for n in _bits(members):
        found |= apart[n]
    return found


def _bits(members: int) -> Iterator[int]:
    while members:
        lowest = members & -members
        yield lowest.bit_length() - 1
        members ^= lowest
