"""How large a decision is: the example clinic's, as compact JSON, with each of `--reasons`.

    python benchmarks/bench_record.py [PATH]

Prints the median and the largest, in bytes; first as version 1 of the object told it, every reason under each service.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from statistics import median
from typing import Any

import ccm_policy

CLINIC = Path(__file__).parents[1] / "examples" / "clinic-2026-03"
ONCE = ("rules", "facts", "sources", "definitions", "groups")


def size(told: dict[str, Any]) -> int:
    return len(json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode())


def version_1(written: dict[str, Any]) -> dict[str, Any]:
    return {name: told for name, told in ccm_policy.opened(written).items() if name not in ONCE}


def main() -> None:
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else CLINIC
    decisions = list(ccm_policy.load().evaluate_panel(path))
    sizes = {
        "version 1": [size(version_1(d.to_dict())) for d in decisions],
        "full": [size(d.to_dict("full")) for d in decisions],
        "short": [size(d.to_dict("short")) for d in decisions],
        "none": [size(d.to_dict("none")) for d in decisions],
    }
    print(f"{len(decisions)} decisions, bytes of compact JSON")
    for name, found in sizes.items():
        print(f"  {name:<9}  median {median(found):>9,.0f}  largest {max(found):>9,}")


if __name__ == "__main__":
    main()
