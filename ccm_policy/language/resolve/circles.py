"""What reads one another must not go round in a circle: presumptions, and services that rest on other services."""

from __future__ import annotations

from collections.abc import Iterator, Mapping


def circles(reads: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
    """Each circle of names once, its first name again at its end. `reads`: what each name reads."""
    sound: set[str] = set()
    for name in reads:
        found = _circle(name, reads, sound)
        if found:
            sound.update(found)
            yield found


def _circle(name: str, reads: Mapping[str, tuple[str, ...]], sound: set[str]) -> tuple[str, ...]:
    """A circle that is reached from a name; nothing where there is none. However long a chain is, it is walked in a
    loop."""
    if name in sound:
        return ()
    above = {name: iter(reads.get(name, ()))}
    while above:
        last = next(reversed(above))
        read = next(above[last], None)
        if read is None:
            sound.add(last)
            del above[last]
        elif read in above:
            names = tuple(above)
            return (*names[names.index(read) :], read)
        elif read not in sound:
            above[read] = iter(reads.get(read, ()))
    return ()
