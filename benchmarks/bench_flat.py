"""A flat ruleset (27 facts, 21 reasons, add-ons, exclusions, a price by locality, the better paid of two tiers) as
policies, as hand-written Python and Polars, and for other rule engines where they are installed.

    python benchmarks/bench_flat.py [--rows N] [--seed N]

First all of them must give the same answer to every row; then each is timed in this process, and the times are printed
as multiples of the hand-written Python's. The packages of the others: `pip install polars zen-engine datalogic-py`.
"""

from __future__ import annotations

import argparse
import gc
import importlib.util
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import ccm_policy
from flat import by_engines, by_hand, by_policy
from flat.rows import FACTS, record, rows

ROUNDS = 5
TIMED = 2_000
"""So many rows are timed where a row is dear."""
REFERENCE_ROWS = 300


def best(work: Callable[[], Any], count: int) -> float:
    """Microseconds of processor time a row, the best of several rounds: other work on the machine counts less."""
    found = []
    for _ in range(ROUNDS):
        gc.collect()
        start = time.process_time()
        work()
        found.append(time.process_time() - start)
    return min(found) / count * 1e6


def same(name: str, expected: Sequence[Any], found: Sequence[Any]) -> None:
    """Say that all answers are the same, or end with the first that is not."""
    for number, (one, other) in enumerate(zip(expected, found, strict=True)):
        if one != other:
            sys.exit(f"{name} answers row {number} otherwise:\n  {one}\n  {other}")
    print(f"  {name:<44} the same in {len(found):,} rows")


def line(name: str, micros: float, base: float) -> None:
    print(f"  {name:<44} {micros:>10,.2f} us a row {micros / base:>10,.1f} x")


def evaluators() -> list[str]:
    """What evaluates the rules."""
    from ccm_policy.cli.usage import EVALUATORS

    return list(EVALUATORS)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    library = ccm_policy.load(by_policy.POLICIES)
    prices = by_policy.prices(library)
    drawn = rows(asked.rows, asked.seed)
    known = [row for row in drawn if None not in row]
    records = [record(number, row) for number, row in enumerate(drawn)]
    expected = [by_hand.decide(row, prices) for row in drawn]
    engines = {
        name: make()
        for name, make in by_engines.ENGINES.items()
        if importlib.util.find_spec({"zen-engine": "zen", "datalogic": "datalogic_py"}[name])
    }
    polars = importlib.util.find_spec("polars") is not None

    said = Counter(word for answer in expected for word in answer[0])
    print(f"{asked.rows:,} rows of {len(FACTS)} facts, seed {asked.seed}; in {len(known):,} everything is known")
    print("  " + ", ".join(f"{count:,} {word}" for word, count in said.most_common()))
    print("the same answers")
    options = {name: ccm_policy.Options(evaluator=name) for name in evaluators()}
    for name, chosen in options.items():
        same(f"policies, {name}", expected, [by_policy.answer(library.evaluate(each, chosen)) for each in records])
    given = by_policy.table(drawn)
    for name, chosen in options.items():
        told = list(by_policy.answers(library.evaluate_table(given, chosen)))
        same(f"policies as a table, {name}", [answer[:3] for answer in expected], told)
    if polars:
        from flat import by_polars

        table, held = by_polars.table(drawn), by_polars.price_table(prices)
        same("Polars by hand", expected, list(by_polars.answers(by_polars.decide(table, held))))
    of_known = [by_engines.record(row, prices) for row in known]
    units = [by_engines.expected(by_hand.decide(row, prices)) for row in known]
    for name, decide in engines.items():
        same(name, units, [decide(each) for each in of_known])

    print("processor time for a row, in this process")
    hand = best(lambda: [by_hand.decide(row, prices) for row in known], len(known))
    line("Python by hand, all known", hand, hand)
    line("Python by hand, every row", best(lambda: [by_hand.decide(row, prices) for row in drawn], len(drawn)), hand)
    if polars:
        line("Polars by hand, every row", best(lambda: by_polars.decide(table, held), len(drawn)), hand)
    for name, decide in engines.items():
        some = of_known[:TIMED]
        line(f"{name}, all known", best(lambda d=decide, s=some: [d(e) for e in s], len(some)), hand)  # type: ignore[misc]
    for name, chosen in options.items():
        few = records[: REFERENCE_ROWS if name == "reference" else TIMED]
        one = best(lambda c=chosen, f=few: [library.evaluate(e, c) for e in f], len(few))  # type: ignore[misc]
        line(f"policies, {name}, every row", one, hand)
        part = given if name == "compiled" else given.slice(0, len(few))
        one = best(lambda c=chosen, p=part: library.evaluate_table(p, c), len(part))  # type: ignore[misc]
        line(f"policies as a table, {name}", one, hand)
    other = by_policy.table(rows(asked.rows, asked.seed + 1))
    start = time.process_time()
    library.evaluate_table(other)
    line("policies as a table, other rows once", (time.process_time() - start) / len(other) * 1e6, hand)
    some = records[:TIMED]
    one = best(lambda: [by_policy.at_once(library.evaluate(each)) for each in some], len(some))
    line("policies, compiled, and what is told at once", one, hand)
    one = best(lambda: [library.evaluate(each).to_dict() for each in some[:REFERENCE_ROWS]], len(some[:REFERENCE_ROWS]))
    line("policies, compiled, as an object", one, hand)
    others = [record(number, row) for number, row in enumerate(rows(TIMED, asked.seed + 2))]
    start = time.process_time()
    for each in others:
        library.evaluate(each)
    line("policies, compiled, other rows once", (time.process_time() - start) / len(others) * 1e6, hand)


if __name__ == "__main__":
    main()
