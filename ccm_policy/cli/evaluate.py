"""Decide and price patient-months: one record, or a whole panel.

PATH is a JSON, JSON Lines, YAML or Parquet file, a folder of tables, or - for JSON Lines from standard input. With
--mapping, PATH and what follows are exports, which become facts first.

examples:
  ccm-policy evaluate examples/clinic-2026-03
  ccm-policy evaluate month.jsonl --format jsonl > decisions.jsonl
  ccm-policy evaluate month.parquet --out decisions.parquet
  ccm-policy evaluate activity_log.csv enrolment.xlsx --mapping mapping.yaml
  ccm-policy evaluate year.parquet --engine spark --out answers

A panel is read, decided and written bit by bit, on all cores; of a large one use JSON Lines, Parquet or tables, and
`--out`. JSON, YAML and the table for people hold everything. Records that are refused are told, and the run goes on.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from ccm_policy.cli.deciding import DONE, REFUSED, decided, guarded, library_of, on_facts, told
from ccm_policy.cli.usage import (
    add_evaluator,
    add_facts,
    add_layers,
    add_policies,
    add_processes,
    form_asked_for,
    minutes,
    processes,
    refuse_one_too_many,
)
from ccm_policy.language.diagnostics import CcmPolicyError, Diagnostic, error

if TYPE_CHECKING:
    from ccm_policy.api import PolicyLibrary
    from ccm_policy.cli.running import Task
    from ccm_policy.evaluate import Options
    from ccm_policy.intake.origins import Origins


def configure(parser: argparse.ArgumentParser) -> None:
    add_facts(parser)
    parser.add_argument("--report", type=Path, metavar="FILE", help="with --mapping: write the report of reading here")
    parser.add_argument("--format", choices=("table", "json", "jsonl", "csv"), help="default: table")
    parser.add_argument(
        "--out",
        type=Path,
        metavar="FILE",
        help="write to a file, by its name's ending: .jsonl, .csv or .parquet; it is there when it is whole",
    )
    parser.add_argument(
        "--engine",
        choices=("here", "spark"),
        default="here",
        help="spark: a cluster decides Parquet, part by part, into the folder --out; the same words resume it",
    )
    parser.add_argument("--parts", type=processes, metavar="N", help="with --engine spark: how many parts")
    add_policies(parser)
    parser.add_argument("--strict", action="store_true", help="exit status 1 also for findings about the records")
    parser.add_argument("--presume", choices=("nothing",), help="take nothing for granted that nobody recorded")
    parser.add_argument("--sequestration", action="store_true", help="show what sequestration withholds")
    add_layers(parser)
    parser.add_argument(
        "--reasons",
        choices=("full", "short", "none"),
        help="in JSON: every rule (the default); only what does not hold or is at risk; or statuses and amounts alone",
    )
    parser.add_argument(
        "--within",
        type=minutes,
        default=Fraction(10),
        metavar="MINUTES",
        help="how many minutes short is within reach (default: 10)",
    )
    add_evaluator(parser)
    add_processes(parser)


def run(args: argparse.Namespace) -> int:
    return guarded(lambda: _run(args))


def _run(args: argparse.Namespace) -> int:
    library = library_of(args, (args.report,))
    refuse_one_too_many(args, "evaluate")
    _refuse_together(args)
    if args.engine == "spark":
        from ccm_policy.cli.on_spark import decide

        return REFUSED if decide(args, library, _options(args)).refused else DONE
    return on_facts(args, library, lambda facts, exports: _decide(facts, args, library, exports), args.report)


def _refuse_together(args: argparse.Namespace) -> None:
    """Options that say nothing beside one another."""
    if args.mapping is None and args.report is not None:
        help = "it is about exports: add `--mapping`, or leave it out"
        raise CcmPolicyError([error("E0801", "`--report` says what became of the rows of exports", help=help)])
    if args.mapping is not None and args.engine == "spark":
        help = "`ccm-policy intake run` writes the facts, which a cluster can then decide"
        raise CcmPolicyError([error("E0801", "`--mapping` and `--engine spark` exclude each other", help=help)])


def _decide(path: Path, args: argparse.Namespace, library: PolicyLibrary, exports: Origins | None) -> int:
    task = replace(_task(args), exports=exports)
    told(_unheard(args, task.form))
    return decided(path, args.month, library, task, args.strict)


def _options(args: argparse.Namespace) -> Options:
    from ccm_policy.evaluate import Options

    return Options(
        presumptions=args.presume is None,
        reach=args.within,
        layers=frozenset(args.layers),
        sequestration=args.sequestration,
        evaluator=args.evaluator,
    )


def _task(args: argparse.Namespace) -> Task:
    from ccm_policy.cli.running import Task

    return Task(
        policies=args.policies,
        fees=args.fees,
        options=_options(args),
        form=_form(args),
        out=args.out,
        reasons=args.reasons or "full",
        processes=args.processes,
    )


def _unheard(args: argparse.Namespace, form: str) -> Iterator[Diagnostic]:
    """What was asked for and changes nothing in the form that was asked for."""
    if args.reasons is not None and form in ("table", "csv"):
        name = "the table" if form == "table" else "CSV"
        message = f"`--reasons {args.reasons}` changes nothing here: {name} shows one reason, of what does not hold"
        yield error("W0805", message, help="add `--format json` or `--format jsonl`, or leave `--reasons` out")


def _form(args: argparse.Namespace) -> str:
    """How decisions are written: what was asked for, or what the file's name says."""
    from ccm_policy.cli.forms import SUFFIXES

    return form_asked_for(args, SUFFIXES, ".jsonl, .csv or .parquet")
