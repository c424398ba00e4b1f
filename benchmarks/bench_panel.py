"""What a panel costs, from file to file: patients of the example clinic, cloned.

    python benchmarks/bench_panel.py [--patients N ...] [--evaluator NAME] [--format jsonl|csv|parquet] [--processes N]

For each number of patients (500 and 50,000 unless others are named) it writes their month as JSON Lines, as a folder of
tables or as Parquet, prints what one record costs by stage in one process (read, decide, write), then runs `ccm-policy
evaluate` on it and prints seconds, CPU seconds (also for each thousand) and the memory of all its processes together.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import ccm_policy
from ccm_policy.cli.forms import JsonText
from ccm_policy.evaluate import Options, decide
from ccm_policy.facts import stream
from ccm_policy.facts.values import Given

CLINIC = Path(__file__).parents[1] / "examples" / "clinic-2026-03"
STAGED = 300
"""Records by which stages are measured."""


def json_lines(patients: int, folder: Path) -> Path:
    lines = (CLINIC.parent / f"{CLINIC.name}.jsonl").read_text(encoding="utf-8").splitlines()
    records = [json.loads(line) for line in lines]
    path = folder / "panel.jsonl"
    with path.open("w", encoding="utf-8") as out:
        for number, record in enumerate(islice(cycle(records), patients)):
            out.write(json.dumps({**record, "patient_id": f"p{number}"}) + "\n")
    return path


def tables(patients: int, folder: Path) -> Path:
    """The clinic's tables, with the patients of each copy called anew."""
    path = folder / "panel"
    path.mkdir()
    for table in CLINIC.glob("*.csv"):
        with (
            table.open(encoding="utf-8", newline="") as given,
            (path / table.name).open("w", encoding="utf-8", newline="") as out,
        ):
            reader = csv.DictReader(given)
            rows, writer = list(reader), csv.DictWriter(out, reader.fieldnames or [])
            writer.writeheader()
            writer.writerows(_copies(rows, patients) if "patient_id" in (reader.fieldnames or ()) else rows)
    return path


def _copies(rows: list[dict[str, str]], patients: int) -> Iterator[dict[str, str]]:
    with (CLINIC / "patient_months.csv").open(encoding="utf-8", newline="") as given:
        size = sum(1 for _ in csv.DictReader(given))
    for copy in range(max(1, patients // size)):
        yield from ({**row, "patient_id": f"{row['patient_id']}-{copy}"} for row in rows)


def parquet(patients: int, folder: Path) -> Path:
    import pyarrow
    from pyarrow import csv as arrow_csv
    from pyarrow import parquet

    path = tables(patients, folder)
    for table in path.glob("*.csv"):
        names = table.open(encoding="utf-8").readline().strip().split(",")
        as_text = arrow_csv.ConvertOptions(
            column_types=dict.fromkeys(names, pyarrow.string()), strings_can_be_null=True
        )
        parquet.write_table(arrow_csv.read_csv(table, convert_options=as_text), table.with_suffix(".parquet"))
        table.unlink()
    return path


WRITERS = {"jsonl": json_lines, "csv": tables, "parquet": parquet}


def stages(path: Path, options: Options) -> dict[str, float]:
    """Microseconds a record, in one process that has decided such records before."""
    library = ccm_policy.load()
    form = JsonText("short")

    def timed(work: Any) -> tuple[list[Any], float]:
        begun = time.process_time()
        made = list(work())
        return made, (time.process_time() - begun) / max(1, len(made)) * 1e6

    def read() -> Iterator[Given]:
        found = (one for one in stream(path, library.policies.vocabulary) if isinstance(one, Given))
        return islice(found, STAGED)

    list(read())
    given, reading = timed(read)
    for one in given:
        form.of(decide(one, library.policies, library.fees, options))
    decisions, deciding = timed(lambda: (decide(one, library.policies, library.fees, options) for one in given))
    _, writing = timed(lambda: map(form.of, decisions))
    return {"read": reading, "decide": deciding, "write": writing}


def memory_of(process: int) -> int:
    """Bytes that a process and its children have for themselves now."""
    total = 0
    for one in [process, *_children(process)]:
        try:
            lines = Path(f"/proc/{one}/smaps_rollup").read_text(encoding="ascii").splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
    return total


def _children(process: int) -> list[int]:
    try:
        return [
            int(one) for one in Path(f"/proc/{process}/task/{process}/children").read_text(encoding="ascii").split()
        ]
    except OSError:
        return []


def run(path: Path, folder: Path, args: argparse.Namespace) -> tuple[float, float, int, int]:
    """Seconds, CPU seconds, the most memory of all processes together, and of the largest of them."""
    start = "import sys; from ccm_policy.cli.main import main; sys.exit(main())"
    command = [sys.executable, "-c", start, "evaluate", str(path), "--out", str(folder / "decisions.jsonl")]
    command += ["--reasons", "short", *(["--evaluator", args.evaluator] if args.evaluator else [])]
    command += ["--processes", str(args.processes)] if args.processes else []
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    most = 0

    def watch() -> None:
        nonlocal most
        while process.poll() is None:
            most = max(most, memory_of(process.pid))
            time.sleep(0.25)

    watching = threading.Thread(target=watch)
    watching.start()
    process.wait()
    watching.join()
    seconds, after = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return seconds, spent, most, after.ru_maxrss * 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--patients", type=int, nargs="+", default=[500, 50_000])
    parser.add_argument("--format", choices=list(WRITERS), default="jsonl")
    parser.add_argument("--evaluator")
    parser.add_argument("--processes", type=int)
    args = parser.parse_args()
    options = Options(evaluator=args.evaluator) if args.evaluator else Options()
    for patients in args.patients:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            path = WRITERS[args.format](patients, folder)
            costs = stages(path, options)
            print(f"{patients:,} patient-months, {args.format}, {os.cpu_count()} cores")
            print("  one record  " + ", ".join(f"{stage} {cost:,.0f} µs" for stage, cost in costs.items()))
            seconds, spent, most, largest = run(path, folder, args)
            each = spent / patients * 1000
            print(f"  the whole   {seconds:.1f} s, {spent:.1f} s of CPU, {each:.1f} s of CPU for each thousand")
            print(f"  memory      {most / 1e6:,.0f} MB in all processes, {largest / 1e6:,.0f} MB in the largest")


if __name__ == "__main__":
    main()
