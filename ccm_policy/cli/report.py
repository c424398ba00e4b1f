"""Write the page of a month: one HTML file to look at and to print, which needs nothing from elsewhere.

Dollars by service, what is at risk, held, within reach or waiting for information, minutes against what earns units,
the rules that fail most, and each patient with what is billed, what stands against it and what is missing.

examples:
  ccm-policy report examples/clinic-2026-03 --out month.html
  ccm-policy report activity_log.csv --mapping mapping.yaml --out month.html
  ccm-policy report month.jsonl --out month.html --hash-keys

With --hash-keys the keys of patients and practitioners are replaced by short hashes, under a fresh secret in every run;
with --secret under that of a file, so that next month's page calls a patient the same. Days of service remain.
"""

from __future__ import annotations

import argparse
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from ccm_policy.cli.deciding import decided, guarded, library_of, on_facts
from ccm_policy.cli.usage import (
    add_evaluator,
    add_facts,
    add_hashing,
    add_layers,
    add_policies,
    add_processes,
    refuse_one_too_many,
)

if TYPE_CHECKING:
    from ccm_policy.api import PolicyLibrary
    from ccm_policy.intake.origins import Origins
    from ccm_policy.report.keys import Keys


def configure(parser: argparse.ArgumentParser) -> None:
    add_facts(parser)
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="the page, whole or not at all")
    add_policies(parser)
    add_layers(parser)
    add_hashing(parser)
    add_evaluator(parser)
    add_processes(parser)


def run(args: argparse.Namespace) -> int:
    return guarded(lambda: _run(args))


def _run(args: argparse.Namespace) -> int:
    from ccm_policy.report.keys import keys_of

    refuse_one_too_many(args, "report")
    keys = keys_of(args.hash_keys, args.secret)
    library = library_of(args, read=(args.secret,))
    return on_facts(args, library, lambda facts, exports: _write(facts, args, library, keys, exports))


def _write(
    path: Path, args: argparse.Namespace, library: PolicyLibrary, keys: Keys | None, exports: Origins | None
) -> int:
    from ccm_policy.cli.running import Task
    from ccm_policy.evaluate import Options

    task = Task(
        policies=args.policies,
        fees=args.fees,
        options=Options(reach=Fraction(10), layers=frozenset(args.layers), evaluator=args.evaluator),
        form="page",
        reasons="full",
        out=args.out,
        processes=args.processes,
        keys=keys,
        exports=exports,
    )
    return decided(path, args.month, library, task)
