"""Check policy files: names, types, units and ranges, in every month and for every set of layers that can meet.

example:
  ccm-policy check
  ccm-policy check policies/medicare
  ccm-policy check lakeside.policy --policies policies
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from ccm_policy.language.diagnostics import CcmPolicyError, has_errors, render, rendered

if TYPE_CHECKING:
    from ccm_policy.library.paths import Checked

DONE, REFUSED, COULD_NOT_RUN = 0, 1, 2

_TIMES = 3
"""How many places are shown of one and the same message; `--format json` has them all."""
_KINDS = 20
"""How many different messages are shown of one code."""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", nargs="*", type=Path, metavar="PATH", help="directories or files (default: all)")
    help = "the library they belong to (default: the one around them, or the shipped one)"
    parser.add_argument("--policies", type=Path, metavar="DIR", help=help)
    parser.add_argument("--fees", type=Path, metavar="DIR", help="fee schedules besides the shipped ones")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    help = "prove as well what `ccm-policy prove` asks, where nothing is wrong (needs the extra `prove`)"
    parser.add_argument("--prove", action="store_true", help=help)
    parser.add_argument("--strict", action="store_true", help="warnings count too")


def run(args: argparse.Namespace) -> int:
    """Prints what is wrong. Status 1 where something is, 2 where there is nothing to check."""
    from ccm_policy import fees
    from ccm_policy.library.paths import check_paths

    try:
        schedules = fees.load(args.fees).folders
    except CcmPolicyError as fault:
        sys.stderr.write("\n".join(rendered(fault.diagnostics)) + "\n")
        return COULD_NOT_RUN
    checked = check_paths(args.paths, args.policies, schedules)
    (_print_json if args.format == "json" else _print_text)(checked)
    if checked.files == 0:
        return COULD_NOT_RUN
    if has_errors(checked.found) or (args.strict and checked.found):
        return REFUSED
    return _prove(args) if args.prove else DONE


def _prove(args: argparse.Namespace) -> int:
    from ccm_policy.cli.prove import answers, print_wrong

    found = answers(args.paths, args.policies, None, 3)
    if found is None:
        return COULD_NOT_RUN
    print_wrong(found[1])
    return REFUSED if any(each.holds is False for each in found[1]) else DONE


def _print_json(checked: Checked) -> None:
    findings = [d.to_dict() for d in checked.found]
    answer = {"files": checked.files, "findings": findings, "findings_elsewhere": checked.elsewhere}
    sys.stdout.write(json.dumps(answer, indent=2, ensure_ascii=False) + "\n")


def _print_text(checked: Checked) -> None:
    said = Counter((d.code, d.message) for d in checked.found)
    shown: Counter[tuple[str, str]] = Counter()
    kinds: Counter[str] = Counter()
    for diagnostic in checked.found:
        words = (diagnostic.code, diagnostic.message)
        kinds[diagnostic.code] += words not in shown
        shown[words] += 1
        if shown[words] <= _TIMES and kinds[diagnostic.code] <= _KINDS:
            more = said[words] - _TIMES if shown[words] == _TIMES else 0
            rest = f"\n  note: and so in {_many(more, 'more place')}" if more > 0 else ""
            sys.stdout.write(f"{render(diagnostic)}{rest}\n\n")
    for code, times in kinds.items():
        if times > _KINDS:
            sys.stdout.write(f"note: and {times - _KINDS} more of {code}; `--format json` has them all\n\n")
    errors = sum(d.is_error for d in checked.found)
    warnings = len(checked.found) - errors
    parts = [_many(errors, "error")] + ([_many(warnings, "warning")] if warnings else [])
    line = f"{_many(checked.files, 'file')} checked: {', '.join(parts) if checked.found else 'nothing is wrong'}"
    if checked.elsewhere:
        line += f"; {_many(checked.elsewhere, 'finding')} in other files of the library"
    sys.stderr.write(line + "\n")


def _many(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"
