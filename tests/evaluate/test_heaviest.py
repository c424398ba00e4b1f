"""Which things together weigh the most: against every choice there is, and for chains and crowds that are long."""

from __future__ import annotations

import random
from fractions import Fraction

from ccm_policy.evaluate.heaviest import heaviest


def test_no_other_choice_weighs_more() -> None:
    rng = random.Random(1)
    for _ in range(150):
        size = rng.randint(0, 7)
        weights = [Fraction(rng.randint(1, 4), 2) for _ in range(size)]
        pairs = {(a, b) for a in range(size) for b in range(a) if rng.random() < 0.4}
        apart = [sum(1 << b for b in range(size) if (a, b) in pairs or (b, a) in pairs) for a in range(size)]
        choices = [[n for n in range(size) if bits >> n & 1] for bits in range(1 << size)]
        allowed = [c for c in choices if not any(apart[n] >> m & 1 for n in c for m in c)]
        found = heaviest(weights, apart)
        assert not any(apart[n] >> m & 1 for n in found for m in found)
        assert sum(weights[n] for n in found) == max(sum(weights[n] for n in c) for c in allowed)


def test_many_are_weighed_at_once() -> None:
    size = 300
    all_apart = [(1 << size) - 1 & ~(1 << n) for n in range(size)]
    assert heaviest([Fraction(1)] * size, all_apart) == [0]
    assert len(heaviest([Fraction(1)] * size, [0] * size)) == size
    chain = [(1 << n + 1 | 1 << n >> 1) & (1 << size) - 1 for n in range(size)]
    assert sum(heaviest([Fraction(1)] * size, chain)) >= 0
