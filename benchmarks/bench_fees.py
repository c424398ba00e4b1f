"""How long pricing takes: the first price of a process, new combinations, and a million claim lines.

python benchmarks/bench_fees.py
"""

from __future__ import annotations

import calendar
import json
import random
import subprocess
import sys
import time
from datetime import date

from ccm_policy import fees
from ccm_policy.fees.relative import RelativeValues

LINES = 1_000_000
SEED = 20260331


def lines(count: int) -> list[tuple[str, date, str, str, str]]:
    """Claim lines over all codes, localities and months of 2025 and 2026, as a clearing house would see them."""
    schedules = fees.load()
    schedule = schedules.schedule("medicare_pfs")
    assert isinstance(schedule, RelativeValues)
    year = schedule.year(2026)
    assert year is not None
    codes = schedule.codes(date(2026, 7, 1))
    places = ["-".join(key) for key in schedule.table("gpci", "2026/C")]
    days = [date(y, m, calendar.monthrange(y, m)[1]) for y in (2025, 2026) for m in range(1, 13)]
    pick = random.Random(SEED)
    return [
        (
            pick.choice(codes),
            pick.choice(days),
            pick.choice(places),
            pick.choice(("facility", "non_facility")),
            pick.choice(("qp", "non_qp")),
        )
        for _ in range(count)
    ]


def timed(work: list[tuple[str, date, str, str, str]], schedules: fees.FeeSchedules) -> float:
    start = time.perf_counter()
    price = schedules.price
    for code, on, locality, setting, factor in work:
        price("medicare_pfs", fees.Question(code=code, on=on, locality=locality, setting=setting, factor=factor))
    return time.perf_counter() - start


def first_price() -> float:
    """Seconds from the start of a process to its first price, the least of five."""
    code = (
        "from datetime import date; from ccm_policy import fees; from ccm_policy.fees import Question; "
        "fees.load().price('medicare_pfs', Question('99490', date(2026, 3, 31), locality='13202-01', "
        "setting='non_facility', factor='non_qp'))"
    )
    times = []
    for _ in range(5):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True)
        times.append(time.perf_counter() - start)
    return min(times)


def main() -> None:
    work = lines(LINES)
    one_practice = [(c, d, "13202-01", "non_facility", "non_qp") for c, d, *_ in work]
    every, practice = timed(work, fees.load()), timed(one_practice, fees.load())
    figures = {
        "lines": LINES,
        "a million lines of the whole country (s)": round(every, 2),
        "distinct combinations among them": len(set(work)),
        "a million lines of one practice (s)": round(practice, 2),
        "process start to first price (s)": round(first_price(), 3),
        "digest of all schedules (s)": round(digest_time(), 3),
    }
    print(json.dumps(figures, indent=2))


def digest_time() -> float:
    start = time.perf_counter()
    _ = fees.load().digest
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
