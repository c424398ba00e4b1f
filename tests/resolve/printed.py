"""A typed program as text, one statement a paragraph, so that a golden file can be read and reviewed."""

from __future__ import annotations

from dataclasses import MISSING, fields, is_dataclass
from typing import Any

from ccm_policy.language import tree as t


def printed(program: t.Program, policy: str) -> str:
    """What a policy adds to the program."""
    found: list[str] = []
    for definition in program.definitions.values():
        if definition.where.policy == policy:
            of = f" of {definition.of}" if definition.of else ""
            found.append(f"define {definition.name}{of}: {show_type(definition.type)}\n  {show(definition.value)}")
    made: list[Any] = [*program.services.values(), *program.rules, *program.line_checks, *program.preferences]
    made += [*program.coverages, *program.payments, *program.permissions, *program.disputes, *program.remarks]
    made += program.invariants
    found += [_statement(each) for each in made if each.where.policy == policy]
    return "\n\n".join(found) + "\n"


def _statement(made: Any) -> str:
    lines = [type(made).__name__]
    for f in fields(made):
        value = getattr(made, f.name)
        default = f.default if f.default is not MISSING else None
        if f.name == "span" or isinstance(value, t.Where) or value in (default, ()):
            continue
        parts = value if isinstance(value, tuple) and value and is_dataclass(value[0]) else (value,)
        lines += [f"  {f.name} {show(part)}" for part in parts]
    return "\n".join(lines)


def show(value: Any) -> str:
    if isinstance(value, t.Type):
        return show_type(value)
    if isinstance(value, t.Const):
        return show(value.value)
    if isinstance(value, tuple):
        return "(" + ", ".join(show(v) for v in value) + ")"
    if not is_dataclass(value):
        return str(value)
    parts = []
    for f in fields(value):
        part = getattr(value, f.name)
        if (
            f.name in ("span", "type")
            or isinstance(part, t.Where)
            or part == (f.default if f.default is not MISSING else None)
        ):
            continue
        parts.append(f"{f.name}={show(part)}" if f.default is not MISSING else show(part))
    return f"{type(value).__name__}({', '.join(parts)})"


def show_type(type_: t.Type) -> str:
    words = [type_.kind]
    words += [type_.unit] if type_.unit else []
    words += ["whole"] if type_.whole else []
    words += [f"{type_.low}..{type_.high if type_.high is not None else ''}"] if type_.low is not None else []
    words += ["|".join(type_.values)] if type_.values else []
    words += [type_.name] if type_.kind == "record" and type_.name else []
    words += ["or none"] if type_.may_be_none else []
    return " ".join(words)
