"""The Python reference, read from the public names' own docstrings without running anything."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ccm_policy.site.page import Page, code, fence, table


def pages(package: str) -> Iterator[Page]:
    """One page with every public name of the package: signature, meaning, attributes and methods."""
    import griffe

    module = importlib.import_module(package)
    base = Path(inspect.getfile(module)).parent.parent
    read = griffe.load(package, search_paths=[str(base)], resolve_aliases=True)
    public = [name for name in getattr(module, "__all__", []) if not name.startswith("__")]
    parts = [inspect.cleandoc(module.__doc__ or ""), ""]
    for name in sorted(public):
        target = read.members[name]
        if target.is_alias:
            target = target.final_target  # type: ignore[union-attr]
        parts += _described(target, name)
    yield Page(
        path="api.md",
        title="Python API",
        body="\n".join(parts),
        summary=f"Every public name of the Python package {package}",
    )


def _described(target: Any, name: str) -> list[str]:
    parts = [f"## {name}\n"]
    doc = inspect.cleandoc(target.docstring.value) if target.docstring else ""
    if target.kind.value == "function":
        parts += [fence(f"{name}{_signature(target)}", "python"), doc, ""]
    elif target.kind.value == "class":
        parts += [doc, ""]
        fields = [m for m in target.members.values() if m.kind.value == "attribute" and not m.name.startswith("_")]
        rows = [
            [code(f"{m.name}: {m.annotation}").replace("|", "&#124;"), _meaning(m)]
            for m in fields
            if m.annotation is not None
        ]
        if rows:
            parts += ["**Fields**\n", table(["Field", "Meaning"], rows)]
        for member in target.members.values():
            if member.kind.value == "function" and not member.name.startswith("_"):
                member_doc = inspect.cleandoc(member.docstring.value) if member.docstring else ""
                parts += [
                    f"### {name}.{member.name}\n",
                    fence(f"{member.name}{_signature(member)}", "python"),
                    member_doc,
                    "",
                ]
    else:
        parts += [f"{code(str(target.value or ''))}\n", doc, ""]
    return parts


def _meaning(member: Any) -> str:
    return " ".join(member.docstring.value.split()) if member.docstring else ""


def _signature(function: Any) -> str:
    said = []
    for parameter in function.parameters:
        if parameter.name == "self":
            continue
        text = parameter.name + (f": {parameter.annotation}" if parameter.annotation is not None else "")
        said.append(text + (f" = {parameter.default}" if parameter.default is not None else ""))
    returns = f" -> {function.returns}" if function.returns is not None else ""
    return f"({', '.join(said)}){returns}"
