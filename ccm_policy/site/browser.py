"""What the Try it page asks the interpreter, and what it answers: text in, text out, nothing kept.

Runs the same functions as the command line. In the browser it is called from a worker; it is plain Python all the same.
"""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

ORDER = ("supported", "needs_information", "not_supported", "not_established")
_loaded: dict[tuple[tuple[str, str], ...], Any] = {}
"""The library as last edited. Loading is the slow part, and most questions change the facts alone."""


def answer(question: str, policies: str, fee_schedules: str) -> str:
    """The decision for `{"facts": text, "edits": {path: text}}` as JSON: messages, services in order, seconds.

    `facts` is one patient-month in YAML or JSON. `edits` are policy files as the visitor changed them.
    """
    from ccm_policy.language.diagnostics import CcmPolicyError, render

    began = time.perf_counter()
    asked = json.loads(question)
    said: dict[str, Any] = {"messages": [], "services": [], "lines": []}
    try:
        library = _library(asked.get("edits") or {}, Path(policies), Path(fee_schedules))
        said |= _decided(library, asked["facts"])
    except CcmPolicyError as refused:
        said["messages"] = [render(d) for d in refused.diagnostics[:20]]
    said["seconds"] = f"{time.perf_counter() - began:.1f}"
    return json.dumps(said, ensure_ascii=False)


def _library(edits: dict[str, str], policies: Path, fee_schedules: Path) -> Any:
    import ccm_policy

    key = tuple(sorted(edits.items()))
    if key not in _loaded:
        kept = {path: (policies / path).read_text(encoding="utf-8") for path in edits}
        try:
            for path, text in edits.items():
                (policies / path).write_text(text, encoding="utf-8", newline="\n")
            library = ccm_policy.load(policies, fee_schedules)
        finally:
            for path, text in kept.items():
                (policies / path).write_text(text, encoding="utf-8", newline="\n")
        _loaded.clear()
        _loaded[key] = library
    return _loaded[key]


def _decided(library: Any, facts: str) -> dict[str, Any]:
    import tempfile

    from ccm_policy.evaluate.opening import opened
    from ccm_policy.language.diagnostics import render

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / ("facts.json" if facts.lstrip().startswith(("{", "[")) else "facts.yaml")
        file.write_text(facts, encoding="utf-8", newline="\n")
        given, diagnostics = library.read(file)
        messages = [render(d, {str(file): facts}).replace(f"{folder}{os.sep}", "") for d in diagnostics]
        if not given:
            return {"messages": messages}
        decision = opened(library.evaluate(given[0]).to_dict())
    services = [_service(code, outcome) for code, outcome in decision["services"].items()]
    for outside in decision["not_enrolled"]:
        for service in services:
            service["because"] += [outside["message"]] if service["code"] in outside["services"] else []
    lines = [{"code": line["code"], "verdict": line["verdict"]} for line in (decision["claim"] or {}).get("lines", [])]
    return {"messages": messages, "services": sorted(services, key=lambda s: ORDER.index(s["status"])), "lines": lines}


def _service(code: str, outcome: dict[str, Any]) -> dict[str, Any]:
    allowed = outcome.get("allowed")
    because = [r["message"] for r in outcome["reasons"] if r["outcome"] == "no" and r["message"]]
    because += [f"Needs information: {m['fact']}" for m in outcome.get("missing", [])]
    if outcome.get("yields_to"):
        because.append(f"Yields to {outcome['yields_to']}.")
    return {
        "code": code,
        "title": outcome.get("title", ""),
        "status": outcome["status"],
        "units": outcome["units"],
        "allowed": f"${allowed}" if isinstance(allowed, str) else "",
        "because": because,
        "rules": [
            {"rule": r["rule"], "outcome": r["outcome"], "policy": r["policy"], "edition": r["edition"]}
            for r in outcome["reasons"]
        ],
    }
