"""The public surface: what may be relied on. A change of this list is a change for users; say so in the changelog."""

from __future__ import annotations

import ast
import dataclasses
import importlib
import inspect
import json
import subprocess
import sys
import textwrap
import typing
from pathlib import Path

import jsonschema
import pytest

import ccm_policy
from ccm_policy.evaluate.schema import decision_schema

PLAIN = json.loads((Path(__file__).parent / "golden" / "plain_chart.json").read_text(encoding="utf-8"))


def test_the_public_names_are_these() -> None:
    assert ccm_policy.__all__ == [
        "LANGUAGE_VERSION",
        "CcmPolicyError",
        "Decision",
        "Diagnostic",
        "Given",
        "Options",
        "Place",
        "PolicyLibrary",
        "Span",
        "__version__",
        "load",
        "opened",
        "render",
    ]
    for name in ccm_policy.__all__:
        assert getattr(ccm_policy, name) is not None


def test_a_name_that_is_not_public_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'engine'"):
        _ = ccm_policy.engine


def test_importing_the_package_imports_nothing_heavy() -> None:
    code = (
        "import sys, ccm_policy\n"
        "print(sorted(m for m in ('lark', 'yaml', 'jsonschema', 'ccm_policy.api') if m in sys.modules))"
    )
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True).stdout == "[]\n"
    )


def test_load_and_evaluate_the_plain_chart() -> None:
    library = ccm_policy.load()
    decision = library.evaluate(PLAIN).to_dict()
    jsonschema.Draft202012Validator(decision_schema()).validate(decision)
    assert decision["services"]["99490"]["status"] == "supported"


def test_no_record_of_a_panel_is_left_out_unseen(tmp_path: Path) -> None:
    """What is wrong with one that cannot be read, or be decided, is collected, or raised at last."""
    bad = PLAIN | {"patient_id": "bad", "payer": "medicair"}
    late = {"patient_id": "late", "service_month": "2031-01", "payer": "medicare"}
    path = tmp_path / "panel.json"
    path.write_text(json.dumps([bad, late, PLAIN]), encoding="utf-8")
    library = ccm_policy.load()
    refused: list[ccm_policy.Diagnostic] = []
    assert [d.patient_id for d in library.evaluate_panel(path, refused=refused)] == ["plain"]
    assert [(d.code, d.place.patient) for d in refused if d.place] == [
        ("CCM-E0533", "bad 2026-03"),
        ("CCM-E0440", "late 2031-01"),
    ]
    decisions = library.evaluate_panel(path)
    assert next(decisions).patient_id == "plain"
    with pytest.raises(ccm_policy.CcmPolicyError) as fault:
        next(decisions)
    assert {d.code for d in fault.value.diagnostics} == {"CCM-E0533", "CCM-E0440"}


def test_a_record_that_cannot_be_used_raises_with_its_faults() -> None:
    library = ccm_policy.load()
    with pytest.raises(ccm_policy.CcmPolicyError) as caught:
        library.evaluate({"patient_id": "1", "service_month": "2026-13"})
    assert caught.value.diagnostics


def public_classes() -> list[type]:
    """The classes of the public names, and every dataclass that their fields lead to; the typed tree is documented by
    the language."""
    modules = [
        importlib.import_module(name)
        for name in ("ccm_policy", "ccm_policy.evaluate", "ccm_policy.fees", "ccm_policy.library")
    ]
    left = [found for module in modules for name in module.__all__ if isinstance(found := getattr(module, name), type)]
    seen: dict[type, None] = {}
    while left:
        one = left.pop()
        if one in seen or not one.__module__.startswith("ccm_policy") or ".language.tree" in one.__module__:
            continue
        seen[one] = None
        hints = typing.get_type_hints(one) if dataclasses.is_dataclass(one) else {}
        left += [
            part for name, hint in hints.items() if name not in UNPINNED and name[0] != "_" for part in within(hint)
        ]
    return sorted(seen, key=lambda one: f"{one.__module__}.{one.__name__}")


def within(hint: typing.Any) -> list[type]:
    parts = [part for inner in typing.get_args(hint) for part in within(inner)]
    return [hint, *parts] if isinstance(hint, type) else parts


UNPINNED = {"evaluated", "policies", "fees", "applies"}
"""Fields that lead inside: how a decision came about, and the parts that a library is made of."""


@pytest.mark.parametrize("one", public_classes(), ids=lambda one: one.__name__)
def test_what_is_public_says_what_it_is(one: type) -> None:
    """Each class, each method and each field by itself: its meaning, its unit, and what None says."""
    node = ast.parse(textwrap.dedent(inspect.getsource(one))).body[0]
    assert isinstance(node, ast.ClassDef) and ast.get_docstring(node)
    methods = [n for n in node.body if isinstance(n, ast.FunctionDef) and not n.name.startswith("_")]
    assert [method.name for method in methods if not ast.get_docstring(method)] == []
    if not dataclasses.is_dataclass(one):
        return
    told: dict[str, tuple[str, str]] = {}
    for field, after in zip(node.body, [*node.body[1:], None], strict=True):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and field.target.id[0] != "_":
            said = after.value.value if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant) else ""
            told[field.target.id] = (ast.unparse(field.annotation), str(said))
    assert [name for name, (_, said) in told.items() if not said] == []
    assert [name for name, (kind, said) in told.items() if "None" in kind and "None" not in said] == []
