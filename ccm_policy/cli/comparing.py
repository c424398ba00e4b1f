"""What `diff` and `impact` share: how sides are opened, which panel is asked for, and how what is wrong is told."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ccm_policy.cli.usage import NO_SUCH_INPUT, add_evaluator, add_hashing, add_layers, month
from ccm_policy.language.diagnostics import CcmPolicyError, Diagnostic, in_order

if TYPE_CHECKING:
    from ccm_policy.fees import FeeSchedules
    from ccm_policy.report.keys import Keys
    from ccm_policy.review.deciding import Panel
    from ccm_policy.review.patients import Patients
    from ccm_policy.review.sides import Reading

DONE, REFUSED, COULD_NOT_RUN = 0, 1, 2


def add_panel(parser: argparse.ArgumentParser) -> None:
    """The options by which a panel is decided on both sides."""
    parser.add_argument("--month", type=month, metavar="YYYY-MM", help="only the records of this month")
    parser.add_argument("--fees", type=Path, metavar="DIR", help="fee schedules laid beside those shipped")
    add_layers(parser)
    add_hashing(parser)
    add_evaluator(parser)


def comparison(policies: Path | None, compare: Callable[[Reading], int]) -> int:
    """The exit status of a comparison; where it cannot be made, what is wrong is told while the text of revisions is
    there to be shown."""
    from ccm_policy.fees.tables import BrokenFileError
    from ccm_policy.review.sides import Reading

    reading = Reading(policies)
    with reading.opened():
        try:
            return compare(reading)
        except CcmPolicyError as fault:
            return could_not(reading, fault.diagnostics)
        except BrokenFileError as fault:
            return could_not(reading, (fault.diagnostic,))


def could_not(reading: Reading, wrong: Iterable[Diagnostic]) -> int:
    """Tell why nothing is compared."""
    sys.stdout.flush()
    tell(reading, wrong)
    return COULD_NOT_RUN


def tell(reading: Reading, wrong: Iterable[Diagnostic]) -> None:
    """What is wrong, in order."""
    sys.stderr.write(reading.told(tuple(in_order(wrong))))
    sys.stderr.flush()


def keys(args: argparse.Namespace) -> Keys | None:
    """What hashes the keys of patients; None where they are shown."""
    from ccm_policy.report.keys import keys_from

    return keys_from(args.secret) if args.hash_keys or args.secret else None


def panel(reading: Reading, schedules: FeeSchedules, args: argparse.Namespace) -> Panel:
    """The panel that is asked for."""
    from ccm_policy.evaluate import Options
    from ccm_policy.review.deciding import Panel

    options = Options(layers=frozenset(args.layers), evaluator=args.evaluator)
    path = reading.twice(args.panel)
    return Panel(path=path, fees=schedules, directory=args.fees, options=options, month=args.month)


def nothing_there(patients: Patients | None, wrong: Sequence[Diagnostic]) -> bool:
    """Whether no patient-month was decided since what was named is not there at all."""
    decided = patients is not None and patients.patient_months
    return not decided and bool(wrong) and {each.code for each in wrong} <= NO_SUCH_INPUT
