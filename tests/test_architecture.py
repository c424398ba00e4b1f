"""The shape of the code, held by tests: imports run downward, files fit in the head, patterns of debt stay out."""

from __future__ import annotations

import ast
import re
from collections import Counter
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from ccm_policy.language import syntax, tree

TREES = ("ccm_policy.language.syntax", "ccm_policy.language.tree")
PACKAGE = Path(__file__).parents[1] / "ccm_policy"
ORDER = [
    "language",
    "library",
    "facts",
    "intake",
    "fees",
    "evaluate",
    "compile",
    "panel",
    "tables",
    "prove",
    "review",
    "site",
    "author",
    "report",
    "editor",
    "cli",
]
ABOVE_ALL = {"api"}
"""Modules at the top of the package, which stand on all folders but the command line and are used by it."""
SOURCES = sorted(PACKAGE.rglob("*.py"))


def rank(module: str) -> int:
    parts = module.split(".")
    if len(parts) < 2 or parts[1] in ABOVE_ALL:
        return ORDER.index("cli") - 1 if len(parts) > 1 else -1
    return ORDER.index(parts[1]) if parts[1] in ORDER else -1


def imported(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
            names |= {f"{node.module}.{alias.name}" for alias in node.names if node.module == "ccm_policy"}
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
    return {n for n in names if n.startswith("ccm_policy")}


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_run_downward(path: Path) -> None:
    own = rank("ccm_policy." + ".".join(path.relative_to(PACKAGE).with_suffix("").parts))
    if path.parent == PACKAGE and path.name == "__init__.py":
        return
    back = {name for name in imported(path) if rank(name) > own}
    assert not back, f"{path.relative_to(PACKAGE)} imports {sorted(back)}, which stand above it"


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")


def read_by(path: Path, modules: set[str]) -> set[str]:
    """The files that a file imports when it runs, at its top or in a function; not what it imports for types alone."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    guards = (n for n in ast.walk(tree) if isinstance(n, ast.If) and ast.unparse(n.test) == "TYPE_CHECKING")
    for_types = {part for guard in guards for part in ast.walk(guard)}
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and node not in for_types:
            found |= {name if (name := f"{node.module}.{a.name}") in modules else node.module for a in node.names}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return found & modules - {module_of(path)}


def test_no_files_import_one_another_in_a_circle() -> None:
    modules = {module_of(path): path for path in SOURCES}
    graph = {module: read_by(path, set(modules)) for module, path in modules.items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as fault:
        pytest.fail("files import one another in a circle: " + " <- ".join(fault.args[1]))


def test_no_two_files_of_tests_have_one_name() -> None:
    """pytest takes two files of one name for one module, and collects neither."""
    names = Counter(path.name for path in (PACKAGE.parent / "tests").rglob("test_*.py"))
    assert [name for name, count in names.items() if count > 1] == []


def test_what_stands_in_both_trees_is_named_with_its_tree() -> None:
    """Where a file reads both trees, `s.And` and `t.And` are told apart."""
    both = set(syntax.__all__) & set(tree.__all__)
    assert both
    for path in SOURCES:
        named: dict[str, set[str]] = {"syntax": set(), "tree": set()}
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module in ("ccm_policy.language", *TREES):
                for alias in node.names:
                    which = alias.name if node.module not in TREES else node.module.rpartition(".")[2]
                    if which in named:
                        named[which].add(alias.name)
        bare = both & (named["syntax"] | named["tree"])
        assert not (bare and all(named.values())), f"{path.relative_to(PACKAGE)} has {sorted(bare)} of both trees"


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_files_stay_short_enough_to_hold_in_the_head(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_nothing_is_left_open(path: Path) -> None:
    marks = "|".join(["TO" + "DO", "FIX" + "ME", "X" * 3, "NotImplemented" + "Error"])
    assert not re.search(rf"\b({marks})\b", path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_no_function_needs_scrolling(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    long = [
        (node.name, (node.end_lineno or 0) - node.lineno + 1)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (node.end_lineno or 0) - node.lineno >= 70
    ]
    assert not long


def test_every_folder_says_what_it_is_for() -> None:
    folders = [p.parent for p in PACKAGE.rglob("__init__.py") if p.parent.parent == PACKAGE]
    missing = [f.name for f in folders if not (f / "README.md").exists()]
    assert not missing


@pytest.mark.parametrize(
    "folder", ["facts", "library", "evaluate", "compile", "intake", "panel", "prove", "report", "author", "review"]
)
def test_a_folder_names_each_of_its_files(folder: str) -> None:
    told = (PACKAGE / folder / "README.md").read_text(encoding="utf-8")
    files = [p.stem for p in (PACKAGE / folder).glob("*.py") if p.stem != "__init__"]
    assert [name for name in files if f"`{name}`" not in told and f"`{name}.py`" not in told] == []


SAY_THEMSELVES = {
    "language/messages.py", "fees/refusals.py", "site/prose/comparisons.py", "site/prose/conditions.py",
    "site/prose/things.py",
}  # fmt: skip
"""Files in which a function is the one sentence that it returns."""
OF_EVERY_COMMAND = {"configure", "run"}
"""What each command has; `cli/README.md` says what they do."""


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_every_public_definition_says_what_it_is(path: Path) -> None:
    name = path.relative_to(PACKAGE).as_posix()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    commands = OF_EVERY_COMMAND if name.startswith("cli/") else set()
    holders = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Module) or (isinstance(node, ast.ClassDef) and node.name[0] != "_")
    ]
    bases = [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    said = {m.name for base in bases for m in base.body if isinstance(m, ast.FunctionDef) and ast.get_docstring(m)}
    silent = [
        node.name
        for holder in holders
        for node in holder.body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        if node.name[0] != "_" and not ast.get_docstring(node) and node.name not in commands
        if not (isinstance(holder, ast.ClassDef) and holder.bases and node.name in said)  # a base says it
    ]
    assert silent == [] or name in SAY_THEMSELVES


MOST_BY_POSITION = 6
"""Fields that a reader of a call can tell apart by their order."""


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_what_has_many_fields_is_made_by_their_names(path: Path) -> None:
    many = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ClassDef) and "dataclass" in (how := " ".join(map(ast.unparse, node.decorator_list))):
            fields = [ast.unparse(each.annotation) for each in node.body if isinstance(each, ast.AnnAssign)]
            free = fields.index("KW_ONLY") if "KW_ONLY" in fields else len(fields)
            if free > MOST_BY_POSITION and "kw_only" not in how:
                many.append(node.name)
    assert not many


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_resolving_is_entered_by_its_front(path: Path) -> None:
    """What others use of `language/resolve` stands in its `__init__`; its files are its own."""
    if (PACKAGE / "language" / "resolve") in path.parents:
        return
    assert [name for name in imported(path) if name.startswith("ccm_policy.language.resolve.")] == []


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_others_use_of_the_language_what_its_front_names(path: Path) -> None:
    if (PACKAGE / "language") in path.parents:
        return
    front = ast.get_docstring(ast.parse((PACKAGE / "language" / "__init__.py").read_text(encoding="utf-8"))) or ""
    named = set(re.findall(r"`(\w+)`", front))
    used = {name.split(".")[2] for name in imported(path) if name.startswith("ccm_policy.language.")}
    assert used <= named
