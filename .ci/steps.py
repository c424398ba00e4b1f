"""What must hold before a change lands, on a clean clone: the README's own commands in fresh environments, the style
and type checks, the shipped policies, and the documentation built strictly. One list, for every system.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
WINDOWS = os.name == "nt"
FOLDER = "Scripts" if WINDOWS else "bin"
PACKAGES_OF_DEBIAN = ("chromium", "chromium-driver")
JAVA_OF_DEBIAN = "default-jre-headless"


def run(*words: str | Path, at: Path = ROOT, quiet: bool = False, **more: str) -> str:
    """Run a command to its good end; with `quiet` its output is returned instead of shown."""
    pipe = subprocess.PIPE if quiet else None
    done = subprocess.run(
        [str(word) for word in words], cwd=at, env={**os.environ, **more}, stdout=pipe, encoding="utf-8"
    )
    if done.returncode:
        sys.exit(f"{' '.join(map(str, words))}: ended with {done.returncode}\n{done.stdout or ''}")
    return done.stdout or ""


def of(environment: str, command: str) -> Path:
    return ROOT / environment / FOLDER / command


def readme(command: str, quiet: bool = False) -> str:
    """Run a command of the README, as it stands there for this system."""
    text = run(sys.executable, ".ci/readme_command.py", f"{command}-windows" if WINDOWS else command, quiet=True)
    if not WINDOWS:
        return run("bash", "-euo", "pipefail", "-c", text, quiet=quiet)
    said = ""
    for line in text.splitlines():
        said += subprocess.run(line, shell=True, cwd=ROOT, stdout=subprocess.PIPE, encoding="utf-8", check=True).stdout
    if not quiet:
        print(said)
    return said


def browser() -> None:
    """A browser for the site's tests. Where it cannot be had, those tests are left out."""
    if shutil.which("chromedriver") or not shutil.which("apt-get"):
        return
    install(*PACKAGES_OF_DEBIAN)


def install(*packages: str) -> None:
    first = [] if not hasattr(os, "geteuid") or os.geteuid() == 0 else ["sudo"]
    run(*first, "apt-get", "update", "-qq", quiet=True)
    run(*first, "apt-get", "install", "-y", "-qq", *packages, quiet=True)


def tests() -> None:
    shutil.rmtree(ROOT / ".venv", ignore_errors=True)
    readme("test")


def main_job() -> None:
    print("\n".join(readme("main", quiet=True).splitlines()[-25:]))


def lowest() -> None:
    """What the dependencies say and count, with the lowest versions that are allowed."""
    shutil.rmtree(ROOT / "build" / "lowest", ignore_errors=True)
    run(sys.executable, "-m", "venv", "build/lowest")
    constraints = run(sys.executable, ".ci/lowest.py", quiet=True)
    (ROOT / "build" / "lowest.txt").write_text(constraints, encoding="utf-8")
    python = of("build/lowest", "python")
    readers, tools = ".[parquet,xlsx]", ("pytest", "pytest-xdist", "hypothesis")
    run(python, "-m", "pip", "install", "-q", "-e", readers, *tools, "-c", "build/lowest.txt")
    files = ("tests/facts/test_facts_bad.py", "tests/facts/test_facts_formats.py", "tests/language/test_messages.py")
    run(python, "-m", "pytest", *files)


def spark() -> None:
    """Where Java can be had, the test must run; elsewhere it is said that it does not."""
    if not shutil.which("java"):
        if not shutil.which("apt-get"):
            print("no Java: the test of Spark is left out")
            return
        install(JAVA_OF_DEBIAN)
    run(of(".venv", "python"), "-m", "pip", "install", "-q", "-e", ".[spark]")
    run(of(".venv", "python"), "-m", "pytest", "-n", "0", "tests/panel/test_spark.py", CCM_POLICY_SPARK="required")


def style_and_types() -> None:
    run(of(".venv", "python"), "-m", "pip", "install", "-q", "-e", ".[test,dev]")
    run(of(".venv", "ruff"), "check", ".")
    run(of(".venv", "ruff"), "format", "--check", ".")
    run(of(".venv", "mypy"))


def policies_and_fee_schedules() -> None:
    run(of(".venv", "ccm-policy"), "check", "--prove")
    run(of(".venv", "ccm-policy"), "format", "--check", "policies")
    run(of(".venv", "ccm-policy"), "fees", "check")


def documentation() -> None:
    """Strictly, by two successors of mkdocs 1.x; by itself the tests build it."""
    run(of(".venv", "ccm-policy"), "site", "build", "--pages-only", "--out", "build/site")
    run(of(".venv", "python"), "-m", "pip", "install", "-q", "properdocs", "zensical")
    words = ("build", "--strict", "--quiet", "-f", "build/site/source/mkdocs.yml", "-d", ROOT / "build" / "properdocs")
    run(of(".venv", "properdocs"), *words, NO_MKDOCS_2_WARNING="1")
    run(of(".venv", "zensical"), "build", "--clean", at=ROOT / "build" / "site" / "source")


STEPS = {
    "a browser for the site's tests": browser,
    "the README's test command, in a fresh environment": tests,
    "the README's main job": main_job,
    "what the dependencies say and count, with their lowest versions": lowest,
    "the same answers on Spark": spark,
    "style and types": style_and_types,
    "policies and fee schedules": policies_and_fee_schedules,
    "documentation, strictly, by two successors of mkdocs 1.x": documentation,
}


def all_steps() -> None:
    cache = ROOT / "build" / "cache"  # of this run alone: the first step starts without one, as a new user does
    shutil.rmtree(cache, ignore_errors=True)
    os.environ |= {"CCM_POLICY_CACHE": str(cache), "PIP_NO_COMPILE": "1", "PYTHONUTF8": "1"}
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    for name, step in STEPS.items():
        print(f"\n== {name}", flush=True)
        step()
    print("\n== done", flush=True)


if __name__ == "__main__":
    all_steps()
