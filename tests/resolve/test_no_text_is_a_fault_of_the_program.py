"""Whatever stands in a policy file, there is a message about it or nothing, never a fault of the program itself."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest
import yaml

from ccm_policy.language.diagnostics import render
from tests.resolve.small_library import WORLD, library_of

HERE = Path(__file__).parent
CATALOGUE = HERE.parents[1] / "ccm_policy" / "language" / "catalogue"


def texts() -> list[str]:
    entries = [
        e
        for area in ("names", "types", "library")
        for e in yaml.safe_load((CATALOGUE / f"{area}.yaml").read_text(encoding="utf-8"))
    ]
    found = [e[side] for e in entries for side in ("wrong", "right") if "\n" in e["wrong"]]
    found += [p.read_text(encoding="utf-8") for p in sorted(HERE.glob("[bg]*/*.policy"))]
    return found + [f"# file: {p.name}\n{p.read_text(encoding='utf-8')}" for p in sorted(WORLD.glob("*.policy"))] * 20


TEXTS = texts()
WORDS = sorted({word for text in TEXTS for word in re.findall(r"[\w.]+|[^\w\s]", text)})


def garbled(text: str, chance: random.Random) -> str:
    for _ in range(chance.randint(1, 4)):
        parts = re.findall(r"[ \t]+|\n|[\w.]+|[^\w\s]", text)
        i, j = chance.randrange(len(parts)), chance.randrange(len(parts))
        how = chance.choice(("drop", "put", "insert", "swap"))
        if how == "drop" and len(parts) > 1:
            del parts[i]
        elif how == "put":
            parts[i] = chance.choice(WORDS)
        elif how == "insert":
            parts.insert(i, f" {chance.choice(WORDS)} ")
        else:
            parts[i], parts[j] = parts[j], parts[i]
        text = "".join(parts)
    return text


@pytest.mark.parametrize("seed", range(8))
def test_a_garbled_text_is_told_about_or_means_something(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(25):
        text = garbled(chance.choice(TEXTS), chance)
        _, found, sources = library_of(text)
        assert all(render(d, sources).startswith(("error CCM-E", "warning CCM-W")) for d in found)
