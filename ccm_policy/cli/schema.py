"""Print a JSON Schema: of the facts, of a decision, of fee schedules, of a mapping, of the report of reading,
of a list of work, of a practice's answers to `ccm-policy new practice`, or of what
`ccm-policy diff` and `ccm-policy prove` write.

examples:
  ccm-policy schema facts
  ccm-policy schema facts --tables
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from ccm_policy.language.diagnostics import CcmPolicyError, error, render

DONE, COULD_NOT_RUN = 0, 2
_IN_A_FILE = {
    "mapping": ("intake", "mapping"),
    "reading": ("intake", "report"),
    "worklist": ("report", "worklist"),
    "diff": ("review", "difference"),
    "prove": ("prove", "answers"),
}
"""The schemas that are written by hand: in which room, under what name."""
_WHAT = ("facts", "decision", "fees", "mapping", "reading", "answers", "worklist", "diff", "prove")


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=_WHAT, metavar="|".join(_WHAT))
    parser.add_argument("--tables", action="store_true", help="of the facts: the columns of each table instead")
    parser.add_argument("--policies", type=Path, metavar="DIR", help="the vocabulary of your own policies")


def run(args: argparse.Namespace) -> int:
    if args.tables and args.what != "facts":
        help = "`--tables` shows the columns of the tables of facts: `ccm-policy schema facts --tables`"
        sys.stderr.write(render(error("E0801", f"there are no tables of `{args.what}`", help=help)) + "\n")
        return COULD_NOT_RUN
    try:
        found = _schema(args)
    except CcmPolicyError as fault:
        for diagnostic in fault.diagnostics:
            sys.stderr.write(render(diagnostic) + "\n")
        return COULD_NOT_RUN
    sys.stdout.write(json.dumps(found, ensure_ascii=False, indent=2) + "\n")
    return DONE


def _schema(args: argparse.Namespace) -> Any:
    if args.what == "facts":
        from ccm_policy import facts, library
        from ccm_policy.facts.json_schema import table_layouts

        vocabulary = library.load(args.policies).vocabulary
        return table_layouts(vocabulary) if args.tables else facts.schema(vocabulary)
    if args.what == "decision":
        from ccm_policy.evaluate.schema import decision_schema

        return decision_schema()
    if args.what == "answers":
        from ccm_policy.author.questions import read_questions
        from ccm_policy.author.sheet import answers_schema

        return answers_schema(read_questions())
    from importlib.resources import files

    if args.what in _IN_A_FILE:
        room, name = _IN_A_FILE[args.what]
        return json.loads(files(f"ccm_policy.{room}").joinpath(f"{name}.schema.json").read_text(encoding="utf-8"))
    folder = files("ccm_policy.fees").joinpath("schemas")
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".json"))
    return {n.removesuffix(".json"): json.loads(folder.joinpath(n).read_text(encoding="utf-8")) for n in names}
