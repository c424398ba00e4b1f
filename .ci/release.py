"""Build the sdist and the wheel, install each in an empty environment away from the checkout, and do the main job
there.

`python .ci/release.py build` makes both in `dist/`; `… check` installs and tries what is in `dist/`.
"""

import os
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DIST = ROOT / "dist"
EXAMPLE = Path("examples", "clinic-2026-03")


def run(*words: str | Path, at: Path) -> str:
    done = subprocess.run([str(word) for word in words], cwd=at, stdout=subprocess.PIPE, encoding="utf-8", check=True)
    return done.stdout


def build() -> None:
    """Both, the wheel from the sdist; `GITHUB_REF_NAME`, where it is a version's tag, names the project's version."""
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    tag = os.environ.get("GITHUB_REF_NAME", "")
    if tag.startswith("v") and tag != f"v{version}":
        sys.exit(f"the tag is {tag}, and pyproject.toml says {version}")
    run(sys.executable, "-m", "pip", "install", "-q", "build", at=ROOT)
    run(sys.executable, "-m", "build", "--outdir", DIST, at=ROOT)


def check() -> None:
    (sdist,), (wheel,) = DIST.glob("*.tar.gz"), DIST.glob("*.whl")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with tarfile.open(sdist) as packed:
            packed.extractall(folder / "source", filter="data")
        clinic = next((folder / "source").iterdir()) / EXAMPLE
        for released in (wheel, sdist):
            environment = folder / released.suffix.lstrip(".")
            run(sys.executable, "-m", "venv", environment, at=folder)
            commands = environment / ("Scripts" if os.name == "nt" else "bin")
            run(commands / "python", "-m", "pip", "install", "-q", released, at=folder)
            run(commands / "ccm-policy", "check", at=folder)
            print(f"{released.name}:", run(commands / "ccm-policy", "evaluate", clinic, at=folder).splitlines()[-1])


if __name__ == "__main__":
    {"build": build, "check": check}[sys.argv[1]]()
