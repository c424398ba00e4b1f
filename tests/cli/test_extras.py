"""A package that is not installed: one line that names it, the command that brings it, and nothing else."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from ccm_policy.extras import MODULES, absent

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PARQUET = "clinic.parquet"
CHART = "chart.yaml"
CASES = [
    ("lark", ["check", "policies/library.policy"]),
    ("yaml", ["evaluate", CHART]),
    ("z3", ["prove"]),
    ("pyarrow", ["evaluate", PARQUET]),
    ("pyarrow", ["explain", PARQUET, "--patient", "1"]),
    *((name, ["site", action]) for name in MODULES["site"] for action in ("build", "serve")),
]


def wanted(extra: str) -> set[str]:
    return {re.split(r"[<>=\\[ ]", line)[0] for line in PROJECT["optional-dependencies"][extra]}


@pytest.mark.parametrize("extra", MODULES)
def test_the_extras_are_those_of_the_project(extra: str) -> None:
    if extra == "spark" and absent(extra):
        pytest.skip("it is large, and has a step of its own")
    brings = packages_distributions()
    direct = {name for module in MODULES[extra] for name in brings[module]}
    assert wanted(extra) <= direct


def test_an_extra_brings_what_it_is_for_alone() -> None:
    assert wanted("parquet") == {"pyarrow"}
    assert "ccm-policy" not in wanted("parquet") | wanted("site") | wanted("browser")


@pytest.mark.parametrize(("module", "words"), CASES, ids=lambda c: c if isinstance(c, str) else c[0])
def test_without_a_package(module: str, words: list[str], tmp_path: Path) -> None:
    (tmp_path / PARQUET).write_bytes(b"PAR1")
    (tmp_path / CHART).write_text("patient_id: '1'\n", encoding="utf-8")
    args = [str(tmp_path / word) if word in (PARQUET, CHART) else word for word in words]
    run = f"import sys; sys.modules[{module!r}] = None; from ccm_policy.cli.main import main; sys.exit(main({args!r}))"
    command, without_cache = [sys.executable, "-c", run], {"CCM_POLICY_CACHE": "off"}
    done = subprocess.run(command, capture_output=True, encoding="utf-8", cwd=ROOT, env=without_cache)
    assert (done.returncode, done.stdout) == (2, ""), done.stderr
    first, *rest = done.stderr.strip().splitlines()
    code = {"pyarrow": "CCM-E0521", **dict.fromkeys(MODULES["site"], "CCM-E0902")}.get(module, "CCM-E0815")
    assert first.startswith(f"error {code}: ") and first.endswith("which is not installed")
    extra = next((extra for extra, modules in MODULES.items() if module in modules), None)
    brings = f"pip install 'ccm-policy[{extra}]'" if extra else "pip install --upgrade ccm-policy"
    assert rest[-1].startswith("  help: ") and rest[-1].endswith(brings)
