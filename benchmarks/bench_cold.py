"""What a start costs: processes that begin with an empty cache, and with what an earlier one kept.

    python benchmarks/bench_cold.py [--records N]

Prints CPU seconds of whole processes, imports included. The last work is N records of as many months and payers, their
programs alone and decided; `each alone` makes a program for each month and payer by itself, as if none were shared.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from itertools import cycle, islice
from pathlib import Path
from typing import Any

RECORDS = 249
MONTHS = [f"{year}-{month:02}" for year in range(2015, 2027) for month in range(1, 13)]
A_DAY = re.compile(r"(\d{4})-(\d{2})(-\d{2})?")
OF_A_PROCESS = """
import json, resource, sys
{work}
used = resource.getrusage(resource.RUSAGE_SELF)
print("used", used.ru_utime + used.ru_stime)
"""
ASKED = """
from ccm_policy import facts, library
from ccm_policy.evaluate.layers import layers_of
policies = library.load()
asked = {{}}
for line in open({records!r}):
    given, wrong = facts.check(json.loads(line), policies.vocabulary)
    names = layers_of(policies, policies.select(given.facts, given.service_month)).payers
    if names:
        asked[names, given.service_month] = None
"""
WORKS: Mapping[str, str] = {
    "start Python": "",
    "ccm-policy --version": "from ccm_policy.cli.main import main; main(['--version'])",
    "load the policies": "from ccm_policy import library; library.load()",
    "ccm-policy evaluate, one record": "from ccm_policy.cli.main import main; main(['evaluate', {one!r}])",
    "programs of {number} records": ASKED
    + "made = {{policies.program(*each).digest for each in asked}}\nprint('made', len(asked), len(made))",
    "  each alone": ASKED + "for each in asked: policies.source.program(*each)",
    "{number} records decided": """
import ccm_policy
library = ccm_policy.load()
for line in open({records!r}): library.evaluate(json.loads(line))
""",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=RECORDS)
    number = parser.parse_args().records
    with tempfile.TemporaryDirectory() as folder:
        one, records = Path(folder, "one.json"), Path(folder, "records.jsonl")
        found = list(mixed(number))
        one.write_text(json.dumps(found[0]), encoding="utf-8")
        records.write_text("".join(f"{json.dumps(record)}\n" for record in found), encoding="utf-8")
        filled = {"one": str(one), "records": str(records), "number": number}
        print(f"{'':<34}{'empty cache':>13}{'warm cache':>13}{'ratio':>8}")
        for name, work in WORKS.items():
            script = OF_A_PROCESS.format(work=work.format(**filled))
            cache = str(Path(folder, f"cache of {name.strip()}"))
            cold, said = used(script, cache)
            warm = min(used(script, cache)[0] for _ in range(2))
            print(f"{name.format(**filled):<34}{cold:>11.2f} s{warm:>11.2f} s{cold / warm:>8.1f}  {said}")


def used(script: str, cache: str) -> tuple[float, str]:
    """CPU seconds of a process, and what it says of itself."""
    env = {**os.environ, "CCM_POLICY_CACHE": cache}
    done = subprocess.run([sys.executable, "-c", script], env=env, capture_output=True, encoding="utf-8", check=True)
    lines = done.stdout.splitlines()
    seconds = next(line for line in lines if line.startswith("used ")).split()[1]
    made = next((line.split()[1:] for line in lines if line.startswith("made ")), None)
    return float(seconds), f"{made[0]} asked for are {made[1]}" if made else ""


# --- records of many months and payers -----------------------------------------------------------------------------


def mixed(number: int) -> Iterator[dict[str, Any]]:
    """A patient-month of other payers in other months, no two alike."""
    from bench_evaluate import patient

    from ccm_policy import library

    payers = library.load().vocabulary.facts["payer"].type.values
    spread = [(MONTHS[(37 * place) % len(MONTHS)], payer) for place, payer in enumerate(cycle_of(payers))]
    for month, payer in islice(spread, number):
        yield {**moved(patient(), month), "patient_id": f"{payer} {month}", "payer": payer}


def cycle_of(payers: tuple[str, ...]) -> Iterator[str]:
    """The payers again and again, often enough for every month."""
    return islice(cycle(payers), len(payers) * len(MONTHS))


def moved(value: Any, month: str) -> Any:
    """A record with every date as far from its month as it was."""
    if isinstance(value, dict):
        return {key: moved(item, month) for key, item in value.items()}
    if isinstance(value, list):
        return [moved(item, month) for item in value]
    found = A_DAY.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return value
    months = 12 * (int(found[1]) - 2026 + int(month[:4])) + int(found[2]) - 3 + int(month[5:]) - 1
    return f"{months // 12:04}-{months % 12 + 1:02}{found[3] or ''}"


if __name__ == "__main__":
    main()
