"""What a year's changes mean, question by question, with the seconds of each.

    python benchmarks/bench_meaning.py 2025-12 2026-01 [POLICY ...]

The aim is ten seconds on two cores for all policies of a year.
"""

from __future__ import annotations

import sys
from time import perf_counter

from ccm_policy.review.meaning import Asking
from ccm_policy.review.sides import Reading
from ccm_policy.review.text import changes


def main(words: list[str]) -> None:
    """Print each change with what it means, and how long it took to find out."""
    began = perf_counter()
    with Reading(None).opened() as reading:
        old, new = reading.sides(words[:2])
        found = [each for each in changes(old, new, tuple(words[2:])) if not each.is_example]
        print(f"{perf_counter() - began:6.2f} s  both sides read, {len(found)} changes", flush=True)
        asking = Asking(old, new, tuple(found))
        told = []
        for change in found:
            start = perf_counter()
            told.append(asking.told(change))
            one = told[-1]
            proof = "proved" if one.proved else f"{one.tried} tried"
            print(
                f"{perf_counter() - start:6.2f} s  {change.policy} {change.how} {change.kind} {change.name}", flush=True
            )
            print(f"          {one.effect.value} ({proof}) {' '.join(one.codes)} {one.note}")
            for witness in one.witnesses:
                print(f"          {witness.chart}: {'; '.join(witness.departures)}")
                print(f"          {dict(witness.before)} -> {dict(witness.after)}")
        start = perf_counter()
        kept = list(asking.unchanged(told))
        print(f"{perf_counter() - start:6.2f} s  services that stay as they are")
        for each in kept:
            print(
                f"          {each.code}: {'proved' if each.proved else 'not decided, reads ' + ', '.join(each.reaches)}"
            )
    print(f"{perf_counter() - began:6.2f} s  in all")


if __name__ == "__main__":
    main(sys.argv[1:])
