"""Which optional parts of the installation bring which packages, and how one is had."""

from __future__ import annotations

from importlib.util import find_spec

MODULES = {
    "parquet": ("pyarrow",),
    "progress": ("tqdm",),
    "spark": ("pyspark", "pandas"),
    "xlsx": ("openpyxl",),
    "prove": ("z3",),
    "site": ("mkdocs", "material", "pymdownx", "pygments", "griffe", "railroad"),
    "browser": ("selenium",),
}
"""What is imported of each extra of `pyproject.toml`."""


def absent(extra: str) -> list[str]:
    """The packages of an extra that are not there."""
    return [name for name in MODULES[extra] if find_spec(name) is None]


def install(module: str) -> str:
    """The command that brings a package which a part of the program asked for."""
    top = module.partition(".")[0]
    extra = next((extra for extra, modules in MODULES.items() if top in modules), None)
    return "pip install --upgrade ccm-policy" if extra is None else f"pip install 'ccm-policy[{extra}]'"
