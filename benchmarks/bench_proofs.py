"""What proofs cost: CPU seconds of each question of a policy, with nothing kept, and of all of them.

    python benchmarks/bench_proofs.py [--policy medicare.ccm] [--month 2026-03] [--least 0.05]

Questions that take less than `--least` seconds are counted together.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter

from ccm_policy.library import load
from ccm_policy.prove.whole import Asking


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--policy", default="medicare.ccm")
    parser.add_argument("--month", default="2026-03")
    parser.add_argument("--least", type=float, default=0.05)
    args = parser.parse_args()
    library = load()
    asking = Asking(library, args.policy, args.month, keep=False)
    list(asking.questions())  # the programs are made
    start = last = time.process_time()
    small: Counter[str] = Counter()
    for told in asking.answers():
        now = time.process_time()
        if now - last >= args.least:
            print(f"{now - last:6.2f}  {told.kind:14} {told.name}: {told.text}: {told.answer}")
        else:
            small[told.kind] += 1
        last = now
    for kind, number in small.items():
        print(f"{number:6}  {kind}, each under {args.least} s")
    print(f"{last - start:6.2f}  all of {args.policy} in {args.month}")


if __name__ == "__main__":
    main()
