"""Who needs what by when: of a month that is not billed yet, the things that can still be done, and what each brings.

PATH is what `evaluate` reads: a file or folder of facts, or - for standard input. With --mapping, PATH and what follows
are exports. --as-of is the day from which the work is planned: entries of the log that are dated later do not count,
and minutes are only offered where a day is left on which they would.

examples:
  ccm-policy worklist examples/clinic-2026-03 --as-of 2026-03-24
  ccm-policy worklist month.jsonl --as-of 2026-03-24 --by worth --out monday.csv
  ccm-policy worklist activity_log.csv enrolment.xlsx --mapping mapping.yaml --as-of 2026-03-24 --out monday.xlsx

What takes no minutes stands first, by its worth; then minutes, by dollars a minute. Totals count the best thing of each
patient-month, since two may bring the same dollars.
"""

from __future__ import annotations

import argparse
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ccm_policy.cli.deciding import decided, guarded, library_of, on_facts
from ccm_policy.cli.usage import (
    add_evaluator,
    add_facts,
    add_hashing,
    add_layers,
    add_policies,
    add_processes,
    day,
    form_asked_for,
    minutes,
    refuse_one_too_many,
)

if TYPE_CHECKING:
    from ccm_policy.api import PolicyLibrary
    from ccm_policy.intake.origins import Origins
    from ccm_policy.report.keys import Keys

_SUFFIXES = {".csv": "csv", ".json": "json", ".xlsx": "xlsx", ".txt": "table"}


def configure(parser: argparse.ArgumentParser) -> None:
    add_facts(parser)
    parser.add_argument("--as-of", type=day, required=True, metavar="YYYY-MM-DD", help="the day planned from")
    parser.add_argument(
        "--by",
        choices=("staff", "patient", "worth"),
        default="staff",
        help="how rows stand together: for whoever has most of the patient's minutes (the default), or else",
    )
    parser.add_argument("--format", choices=("table", "csv", "json"), help="default: table")
    parser.add_argument(
        "--out", type=Path, metavar="FILE", help="write to a file, by its name's ending: .csv, .json, .txt or .xlsx"
    )
    parser.add_argument(
        "--within",
        type=minutes,
        default=Fraction(10),
        metavar="MINUTES",
        help="how many minutes short is still worth a row (default: 10)",
    )
    parser.add_argument(
        "--together",
        type=_count,
        default=3,
        metavar="N",
        help="a fact for which so many patient-months wait is asked once, at the head (default: 3)",
    )
    add_policies(parser)
    add_layers(parser)
    add_hashing(parser)
    add_evaluator(parser)
    add_processes(parser)


def run(args: argparse.Namespace) -> int:
    return guarded(lambda: _run(args))


def _run(args: argparse.Namespace) -> int:
    from ccm_policy.report.keys import keys_of

    form = form_asked_for(args, _SUFFIXES, ".csv, .json, .txt or .xlsx")
    refuse_one_too_many(args, "worklist")
    keys = keys_of(args.hash_keys, args.secret)
    library = library_of(args, read=(args.secret,))
    return on_facts(args, library, lambda facts, exports: _list(facts, args, library, _Asked(form, keys, exports)))


class _Asked(NamedTuple):
    form: str
    keys: Keys | None
    exports: Origins | None


def _list(facts: Path, args: argparse.Namespace, library: PolicyLibrary, asked: _Asked) -> int:
    from ccm_policy.cli.listing import Listed
    from ccm_policy.cli.running import Task
    from ccm_policy.evaluate import Options
    from ccm_policy.report.attestable import attestable

    vocabulary = library.policies.vocabulary
    listed = Listed(
        day=args.as_of,
        by=args.by,
        together=args.together,
        form=asked.form,
        attestable=attestable(vocabulary),
        apart=frozenset(fact.path for fact in vocabulary.facts.values() if fact.key),
    )
    task = Task(
        policies=args.policies,
        fees=args.fees,
        options=Options(reach=args.within, layers=frozenset(args.layers), evaluator=args.evaluator),
        form="list",
        reasons="full",
        out=args.out,
        processes=args.processes,
        keys=asked.keys,
        listed=listed,
        exports=asked.exports,
    )
    return decided(facts, args.month, library, task)


def _count(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 999_999:
        raise argparse.ArgumentTypeError("it is a number from 1 on")
    return int(text)
