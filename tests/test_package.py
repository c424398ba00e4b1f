"""What is released: a wheel made of the sdist, installed in an empty environment with no checkout in sight."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
import tarfile
import tomllib
import venv
import zipfile
from importlib.metadata import distribution
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
CLINIC = Path("examples", "clinic-2026-03")
PATIENTS = {f"{number:04}" for number in range(1, 13)}
SHIPPED = ("policies", "fee_schedules", "docs", "mappings")
DATA = {".policy", ".yaml", ".csv", ".md", ".json", ".lark", ".gz", ".py", ".css", ".js", ".svg", ".typed"}


def run(*words: str | Path, at: Path) -> str:
    """What a command says, where neither the checkout nor the caller's packages are found."""
    kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT", "TEMP", "CCM_POLICY_CACHE") if name in os.environ}
    env = kept | {"PYTHONUTF8": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    done = subprocess.run(
        [str(word) for word in words], cwd=at, env=env, capture_output=True, encoding="utf-8", timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def built(hook: str, source: Path, to: Path) -> Path:
    """What the build backend makes of a source tree; no registry is asked."""
    to.mkdir(exist_ok=True)
    run(sys.executable, "-c", f"from hatchling.build import {hook} as build; build({str(to)!r})", at=source)
    return next(path for path in to.iterdir() if path.suffix in (".whl", ".gz"))


def needed(names: set[str]) -> set[str]:
    """Distributions with all that they rest on, by what each says."""
    found, left = set[str](), set(names)
    while left:
        name = left.pop()
        found.add(name)
        wanted = map(Requirement, distribution(name).requires or ())
        left |= {each.name for each in wanted if not each.marker or each.marker.evaluate({"extra": ""})} - found
    return found


def install(wheel: Path, environment: Path) -> Path:
    """An empty environment with the wheel, and of other packages those that the wheel says it needs; its commands."""
    venv.create(environment, with_pip=True)
    commands = environment / ("Scripts" if os.name == "nt" else "bin")
    run(commands / "python", "-m", "pip", "install", "-q", "--no-index", "--no-deps", wheel, at=environment)
    packages = next(environment.rglob("site-packages"))
    metadata = next(packages.glob("ccm_policy-*.dist-info/METADATA")).read_text(encoding="utf-8").splitlines()
    says = [Requirement(line.partition(": ")[2]) for line in metadata if line.startswith("Requires-Dist: ")]
    for name in needed({each.name for each in says if not each.marker or each.marker.evaluate({"extra": ""})}):
        for file in distribution(name).files or ():
            if ".." not in file.parts and file.suffix != ".pyc":
                target = packages.joinpath(*file.parts)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(file.read_binary())
    return commands


def of_the_checkout(*folders: str) -> set[str]:
    """The files of folders of the checkout that a release needs."""
    found = (path for folder in folders for path in (ROOT / folder).rglob("*") if path.suffix in DATA)
    return {path.relative_to(ROOT).as_posix() for path in found if "__pycache__" not in path.parts}


def few(clinic: Path, to: Path) -> Path:
    """The first patients of the example clinic."""
    to.mkdir()
    for table in clinic.glob("*.csv"):
        with table.open(encoding="utf-8", newline="") as opened:
            first, *rows = csv.reader(opened)
        if first[0] == "patient_id":  # other tables are of the practice
            rows = [row for row in rows if row[0] in PATIENTS]
        with (to / table.name).open("w", encoding="utf-8", newline="") as opened:
            csv.writer(opened).writerows([first, *rows])
    return to


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The unpacked sdist and the wheel that is made of it."""
    base = tmp_path_factory.mktemp("release")
    with tarfile.open(built("build_sdist", ROOT, base / "sdist")) as packed:
        packed.extractall(base / "unpacked", filter="data")
    source = next((base / "unpacked").iterdir())
    return source, built("build_wheel", source, base / "wheel")


def test_sdist_and_wheel_hold_everything(release: tuple[Path, Path]) -> None:
    source, wheel = release
    lost = {
        name for name in of_the_checkout("ccm_policy", *SHIPPED, "tests", "examples") if not (source / name).exists()
    }
    assert lost == set()
    with zipfile.ZipFile(wheel) as packed:
        names = set(packed.namelist())
        metadata = packed.read(next(name for name in names if name.endswith("/METADATA"))).decode()
    assert of_the_checkout("ccm_policy") <= names
    assert {f"ccm_policy/_shipped/{name}" for name in of_the_checkout(*SHIPPED)} <= names
    assert {name.rpartition("/")[2] for name in names if "/licenses/" in name} == {"LICENSE", "NOTICE"}
    assert "License-Expression: Apache-2.0\n" in metadata
    assert [name for name in names if name.startswith(("tests/", "ccm_policy/tests/", "examples/"))] == []


def test_the_wheel_works_where_nothing_else_is(release: tuple[Path, Path], tmp_path: Path) -> None:
    source, wheel = release
    commands = install(wheel, tmp_path / "environment")
    ccm_policy = commands / "ccm-policy"
    where = run(commands / "python", "-c", "import ccm_policy; print(ccm_policy.__file__)", at=tmp_path)
    assert Path(where.strip()).is_relative_to(tmp_path)
    assert run(ccm_policy, "--version", at=tmp_path) == f"ccm-policy {PROJECT['version']}\n"
    assert "nothing is wrong" in run(ccm_policy, "check", at=tmp_path)
    decided = run(ccm_policy, "evaluate", few(source / CLINIC, tmp_path / "clinic"), at=tmp_path)
    assert {line.partition(" ")[0] for line in decided.splitlines()} >= PATIENTS


def test_the_workflows_run_the_steps_of_this_place_on_every_supported_python() -> None:
    checks, release = (
        yaml.safe_load((ROOT / ".github" / "workflows" / name).read_text(encoding="utf-8"))["jobs"]
        for name in ("checks.yml", "release.yml")
    )
    supported = [said.rpartition(" ")[2] for said in PROJECT["classifiers"] if "Python :: 3." in said]
    assert PROJECT["requires-python"] == f">={supported[0]}"
    for job, command in ((checks["checks"], "steps.py"), (release["check"], "release.py check")):
        assert job["strategy"]["matrix"]["python"] == supported
        assert {system.partition("-")[0] for system in job["strategy"]["matrix"]["system"]} == {
            "ubuntu",
            "macos",
            "windows",
        }
        assert job["steps"][-1] == {"run": f"python .ci/{command}"}
    assert "steps.py" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


@pytest.mark.parametrize("purpose", ["main", "test"])
def test_the_readme_says_each_command_for_windows_too(purpose: str) -> None:
    told = [run(sys.executable, ".ci/readme_command.py", name, at=ROOT) for name in (purpose, f"{purpose}-windows")]
    last = [text.strip().splitlines()[-1].rpartition("&& ")[2] for text in told]
    assert last[0] == last[1].replace("\\Scripts\\", "/bin/").replace("\\", "/")
