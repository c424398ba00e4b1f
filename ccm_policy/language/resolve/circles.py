"""What reads one another must not go round in a circle: presumptions, and services that rest on other services."""

from __future__ import annotations

from collections.abc import Iterator, Mapping


def circles(reads: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
    """Each circle of names once, its first name again at its end. `reads`: what each name reads."""
    sound: set[str] = set()
    for name in reads:
        found = _circle(name, reads, (), sound)
        if found:
            sound.update(found)
            yield found


def _circle(
    name: str, reads: Mapping[str, tuple[str, ...]], above: tuple[str, ...], sound: set[str]
) -> tuple[str, ...]:
    """A circle that is reached from a name; nothing where there is none."""
    if name in above:
        return (*above[above.index(name) :], name)
    if name in sound:
        return ()
    for read in reads.get(name, ()):
        found = _circle(read, reads, (*above, name), sound)
        if found:
            return found
    sound.add(name)
    return ()
