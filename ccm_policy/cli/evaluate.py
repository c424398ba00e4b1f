"""Decide and price patient-months: one record, or a whole panel.

PATH is a JSON, JSON Lines, YAML or Parquet file, a folder of tables, or - for JSON Lines from standard input.

examples:
  ccm-policy evaluate examples/clinic-2026-03
  ccm-policy evaluate month.jsonl --format jsonl > decisions.jsonl
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ccm_policy.cli.usage import NO_SUCH_INPUT, add_evaluator, month
from ccm_policy.language.diagnostics import CcmPolicyError, Diagnostic, error, in_order, rendered

if TYPE_CHECKING:
    from ccm_policy.evaluate import Decision
    from ccm_policy.evaluate.record import Reasons

DONE, REFUSED, COULD_NOT_RUN = 0, 1, 2

_HELD = ("table", "json")
"""Formats of which nothing is written before the last decision is made."""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("path", type=Path, metavar="PATH", help="file or folder of facts, or - for standard input")
    parser.add_argument("--format", choices=("table", "json", "jsonl", "csv"), default="table")
    parser.add_argument("--month", type=month, metavar="YYYY-MM", help="only the records of this month")
    parser.add_argument(
        "--policies",
        type=Path,
        metavar="DIR",
        help="your own policies: laid on the shipped ones, or in their place where they hold a `library`",
    )
    parser.add_argument("--fees", type=Path, metavar="DIR", help="fee schedules laid beside those shipped")
    parser.add_argument("--strict", action="store_true", help="exit status 1 also for findings about the records")
    parser.add_argument("--presume", choices=("nothing",), help="take nothing for granted that nobody recorded")
    parser.add_argument("--sequestration", action="store_true", help="show what sequestration withholds")
    parser.add_argument("--layers", nargs="+", default=[], metavar="NAME", help="optional layers to add")
    parser.add_argument(
        "--reasons",
        choices=("full", "short", "none"),
        help="in JSON: every rule (the default); only what does not hold or is at risk; or statuses and amounts alone",
    )
    parser.add_argument(
        "--within",
        type=_minutes,
        default=Fraction(10),
        metavar="MINUTES",
        help="how many minutes short is within reach (default: 10)",
    )
    add_evaluator(parser)


def run(args: argparse.Namespace) -> int:
    from ccm_policy import fees, library
    from ccm_policy.evaluate import Options, decided
    from ccm_policy.facts import read

    try:
        policies, schedules = library.load(args.policies), fees.load(args.fees)
    except CcmPolicyError as fault:
        _tell(list(fault.diagnostics))
        return COULD_NOT_RUN
    given, problems = read(args.path, policies.vocabulary, month=args.month)
    _tell([*problems, *_unheard(args)])
    if not given and problems and {d.code for d in problems} <= NO_SUCH_INPUT:
        return COULD_NOT_RUN
    options = Options(
        presumptions=args.presume is None,
        reach=args.within,
        layers=frozenset(args.layers),
        sequestration=args.sequestration,
        evaluator=args.evaluator,
    )
    refused: list[Diagnostic] = []
    decisions = decided(given, policies, schedules, options, refused, held=args.format in _HELD)
    found = _write(decisions, args.format, args.reasons or "full", len(given))
    _tell(refused)
    if any(d.span is not None or d.code in NO_SUCH_INPUT for d in refused):
        return COULD_NOT_RUN
    return REFUSED if problems or refused or (args.strict and found) else DONE


def _unheard(args: argparse.Namespace) -> Iterator[Diagnostic]:
    """What was asked for and changes nothing in the form that was asked for."""
    if args.reasons is not None and args.format in ("table", "csv"):
        name = "the table" if args.format == "table" else "CSV"
        message = f"`--reasons {args.reasons}` changes nothing here: {name} shows one reason, of what does not hold"
        yield error("W0805", message, help="add `--format json` or `--format jsonl`, or leave `--reasons` out")


def _write(decisions: Iterator[Decision], form: str, reasons: Reasons, records: int) -> bool:
    """Write the decisions; whether any of them has a finding."""
    from ccm_policy.evaluate.opening import opened

    found = False

    def watched() -> Iterator[dict[str, Any]]:
        nonlocal found
        for decision in decisions:
            found = found or bool(decision.findings)
            yield decision.to_dict(reasons if form in ("json", "jsonl") else "full")

    if form == "jsonl":
        for decision in watched():
            sys.stdout.write(_compact(decision) + "\n")
    elif form == "json":
        every = list(watched())
        if records == 1 and every:
            sys.stdout.write(json.dumps(every[0], ensure_ascii=False, indent=1) + "\n")
        else:
            sys.stdout.write("[" + ",".join(f"\n{_compact(decision)}" for decision in every) + "\n]\n")
    elif form == "csv":
        from ccm_policy.cli.flat import write_csv

        write_csv(map(opened, watched()), sys.stdout)
    else:
        from ccm_policy.cli.panel import panel

        for line in panel(list(map(opened, watched()))):
            sys.stdout.write(line + "\n")
    return found


def _compact(decision: dict[str, Any]) -> str:
    return json.dumps(decision, ensure_ascii=False, separators=(",", ":"))


def _tell(diagnostics: list[Diagnostic]) -> None:
    sys.stdout.flush()
    for message in rendered(in_order(diagnostics)):
        sys.stderr.write(message + "\n")


def _minutes(text: str) -> Fraction:
    if not re.fullmatch(r"\d{1,4}(\.\d{1,2})?", text):
        raise argparse.ArgumentTypeError("minutes are written as a number, for example 10")
    return Fraction(text)
