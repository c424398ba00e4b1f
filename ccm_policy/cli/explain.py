"""Show the whole reasoning for one patient-month: rules with values and citations, and which entries counted.

examples:
  ccm-policy explain examples/clinic-2026-03 --patient 0042
  ccm-policy explain chart.json --patient 0042 --service CODE
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ccm_policy.cli.usage import NO_SUCH_INPUT, month
from ccm_policy.language.diagnostics import CcmPolicyError, Diagnostic, error, rendered

if TYPE_CHECKING:
    from ccm_policy.facts.values import Given

DONE, REFUSED, COULD_NOT_RUN = 0, 1, 2


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("facts", type=Path, metavar="FACTS", help="file or folder of facts, or - for standard input")
    parser.add_argument("--patient", required=True, metavar="ID", help="the patient's key")
    parser.add_argument("--month", type=month, metavar="YYYY-MM", help="the month, where the facts hold several")
    parser.add_argument("--practitioner", metavar="ID", help="the billing practitioner, where there are several")
    parser.add_argument("--service", metavar="CODE", help="only this service")
    parser.add_argument(
        "--policies",
        type=Path,
        metavar="DIR",
        help="your own policies: laid on the shipped ones, or in their place where they hold a `library`",
    )
    parser.add_argument("--fees", type=Path, metavar="DIR", help="fee schedules besides the shipped ones")
    parser.add_argument("--format", choices=("text", "json"), default="text")


def run(args: argparse.Namespace) -> int:
    from ccm_policy import fees, library
    from ccm_policy.evaluate import decide
    from ccm_policy.evaluate.explain import explanation
    from ccm_policy.facts import read

    try:
        policies, schedules = library.load(args.policies), fees.load(args.fees)
        records, problems = read(args.facts, policies.vocabulary, month=args.month)
        chosen = _chosen(records, problems, args)
        decision = decide(chosen, policies, schedules)
        if args.service is not None and args.service not in decision.services:
            known = ", ".join(decision.services) or "there are none"
            message = f"`{args.service}` is no service that is decided in {decision.service_month} for this payer"
            raise CcmPolicyError([error("E0705", message, help=f"the services are {known}")])
    except CcmPolicyError as fault:
        _tell(fault.diagnostics)
        return (
            COULD_NOT_RUN if any(d.span is not None or d.code in NO_SUCH_INPUT for d in fault.diagnostics) else REFUSED
        )
    if args.format == "json":
        sys.stdout.write(json.dumps(decision.to_dict(), ensure_ascii=False, indent=1) + "\n")
    else:
        sys.stdout.write(explanation(decision, args.service))
    return DONE


def _chosen(records: Sequence[Given], problems: Sequence[Diagnostic], args: argparse.Namespace) -> Given:
    """The one record that is asked for; its own faults where it was refused."""
    found = [
        record
        for record in records
        if record.patient_id == args.patient and args.practitioner in (None, record.practitioner_id)
    ]
    if len(found) == 1:
        return found[0]
    if found:
        parts = sorted(f"{r.service_month}, practitioner {r.practitioner_id or 'unnamed'}" for r in found)
        help = f"add --month or --practitioner; there are: {'; '.join(parts)}"
        raise CcmPolicyError([error("E0703", f"patient {args.patient} has several records", help=help)])
    own = [d for d in problems if d.place is not None and args.patient in (d.place.patient or "").split()]
    unread = [d for d in problems if d.place is None or d.place.patient is None]
    if own or not records:
        raise CcmPolicyError(own or unread)
    help = "check the key, and --month or --practitioner where they are given"
    raise CcmPolicyError([error("E0702", f"there is no record of patient {args.patient}", help=help)])


def _tell(diagnostics: Sequence[Diagnostic]) -> None:
    for message in rendered(diagnostics):
        sys.stderr.write(message + "\n")
