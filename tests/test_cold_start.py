"""What a command does not import: a start costs what is imported, and most commands need little of what there is."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import ccm_policy

RECORD = json.loads((Path(__file__).parent / "golden" / "plain_chart.json").read_text(encoding="utf-8"))
HEAVY = {
    "lark": "reads policies; what was read once is kept",
    "ccm_policy.language.parser": "the same",
    "ccm_policy.language.syntax": "the same",
    "ccm_policy.language.resolve": "the same",
    "yaml": "reads YAML",
    "jsonschema": "checks schemas in tests",
    "numpy": "comes with others",
    "pandas": "is never needed",
    "pyarrow": "reads and writes Parquet",
    "duckdb": "sorts large tables",
    "polars": "is a caller's own",
    "pyspark": "decides on many machines",
    "rich": "draws on a terminal",
    "tqdm": "draws on a terminal",
    "multiprocessing": "decides on many cores",
    "concurrent.futures": "the same",
    "socket": "this program speaks to nobody",
    "subprocess": "runs nobody",
    "tempfile": "keeps a long standard input",
    "ccm_policy.compile.program": "writes code for programs that are used more often",
    "difflib": "looks for what was meant, after a mistake",
    "ccm_policy.site": "makes pages",
}
"""Each module that the two commands do without, and what it is for."""


def imported(*words: str) -> set[str]:
    """The modules that there are after a command."""
    script = (
        "import sys\n"
        "from ccm_policy.cli.main import main\n"
        f"assert main({list(words)!r}) == 0\n"
        "print('imported', *sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.rpartition("imported ")[2].split())


def test_the_version_is_told_without_the_library() -> None:
    modules = imported("--version")
    assert "ccm_policy.cli.main" in modules
    unneeded = {"json", "decimal", "hashlib", "datetime", *HEAVY}
    folders = ("library", "facts", "fees", "evaluate", "compile", "panel")
    assert modules & {*unneeded, *(f"ccm_policy.{folder}" for folder in folders)} == set()


def test_one_patient_month_is_decided_without_what_reads_policies_and_panels(
    tmp_path: Path,
) -> None:
    ccm_policy.load().evaluate(RECORD)
    (tmp_path / "record.json").write_text(json.dumps(RECORD), encoding="utf-8")
    modules = imported("evaluate", str(tmp_path / "record.json"))
    assert "ccm_policy.evaluate" in modules
    assert {name: HEAVY[name] for name in HEAVY if name in modules} == {}
