"""Show why one patient-month is decided as it is: the claim, what is billed, and what does not hold.

With the code of a service: every rule of it with facts and citations, and which entries counted. With --mapping, FACTS
and the files that follow are exports.

examples:
  ccm-policy explain chart.json
  ccm-policy explain chart.json CODE
  ccm-policy explain examples/clinic-2026-03 --patient 0042
  ccm-policy explain examples/clinic-2026-03 --patient 0042 --format html --out packet.html
  ccm-policy explain activity_log.csv enrolment.xlsx --mapping mapping.yaml --patient 0042 --out packet.html

With --hash-keys the packet has hashes in the place of the keys of persons, and no text that somebody wrote.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ccm_policy.cli.deciding import COULD_NOT_RUN, DONE, REFUSED, guarded, library_of, on_facts, told
from ccm_policy.cli.usage import NO_SUCH_INPUT, add_evaluator, add_hashing, add_mapping, add_policies
from ccm_policy.language.diagnostics import CcmPolicyError, Diagnostic, error

if TYPE_CHECKING:
    from ccm_policy.api import PolicyLibrary
    from ccm_policy.evaluate import Decision
    from ccm_policy.facts.values import Given
    from ccm_policy.intake.origins import Origins
    from ccm_policy.report.keys import Keys

SHOWN = 12
_NO_PLACE = ("CCM-E0786", "CCM-E0804")
SUFFIXES = {".html": "html", ".htm": "html", ".json": "json"}
"""What a file's name says of its form."""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("path", type=Path, metavar="FACTS", help="file or folder of facts, or - for standard input")
    parser.add_argument(
        "words",
        nargs="*",
        default=[],
        metavar="CODE",
        help="only this service, with all that is known of it; with --mapping, a file is one export more",
    )
    parser.add_argument("--patient", metavar="ID", help="the patient's key, where the facts hold several")
    add_mapping(parser)
    parser.add_argument("--practitioner", metavar="ID", help="the billing practitioner, where there are several")
    parser.add_argument("--service", action="append", default=[], metavar="CODE", help="the same as CODE")
    parser.add_argument("--full", action="store_true", help="all that is known of every service")
    add_policies(parser)
    parser.add_argument(
        "--format", choices=("text", "json", "html"), help="html: a page to print, for an audit (default: text)"
    )
    parser.add_argument("--out", type=Path, metavar="FILE", help="write it to this file, whole or not at all")
    add_hashing(parser)
    add_evaluator(parser)


def run(args: argparse.Namespace) -> int:
    return guarded(lambda: _run(args))


def _run(args: argparse.Namespace) -> int:
    from ccm_policy.report.keys import keys_of

    args.exports = [Path(word) for word in args.words if args.mapping is not None and _is_file(word)]
    args.codes = [word for word in args.words if args.mapping is None or not _is_file(word)]
    keys = keys_of(args.hash_keys, args.secret)
    if keys is not None and _form(args) != "html":
        help = "add `--format html`, or leave it out"
        raise CcmPolicyError([error("E0801", "keys are hashed in the packet, and nowhere else", help=help)])
    library = library_of(args, read=(args.secret,))
    return on_facts(args, library, lambda facts, exports: _explain(facts, args, library, keys, exports))


def _is_file(word: str) -> bool:
    """Whether a word names a file, or would; no code of a service has a dot or a slash."""
    return any(sign in word for sign in "./\\") or Path(word).exists()


def _explain(
    path: Path, args: argparse.Namespace, library: PolicyLibrary, keys: Keys | None, exports: Origins | None
) -> int:
    from ccm_policy.cli.place import beside
    from ccm_policy.evaluate import Options, decide
    from ccm_policy.facts import read

    try:
        records, problems = read(path, library.policies.vocabulary, month=args.month)
        chosen = _chosen(records, problems if exports is None else exports.told(problems), args)
        decision = decide(chosen, library.policies, library.fees, Options(evaluator=args.evaluator))
        args.codes += args.service
        if wrong := list(_undecided(args.codes, decision, {record.patient_id for record in records})):
            raise CcmPolicyError(wrong)
        if keys is not None and args.out is not None:
            _refuse_named(args.out, decision)
        text = _text(decision, library, args, keys)
        if args.out is None:
            sys.stdout.write(text)
        else:
            with beside(args.out) as part:
                part.path.write_text(text, encoding="utf-8", newline="\n")
    except CcmPolicyError as fault:
        told(fault.diagnostics)
        at_fault = any(d.span is not None or d.code in {*NO_SUCH_INPUT, *_NO_PLACE} for d in fault.diagnostics)
        return COULD_NOT_RUN if at_fault else REFUSED
    return DONE


def _refuse_named(out: Path, decision: Decision) -> None:
    """Raise where the name of a packet says whose it is, though its keys are hashed."""
    for key in (decision.patient_id, decision.practitioner_id):
        if key and re.search(rf"(?<![^\W_]){re.escape(key)}(?![^\W_])", out.name, re.IGNORECASE):
            says = "the name of the packet has a key in it, and the packet is to have none"
            raise CcmPolicyError([error("E0786", says, help="name the file otherwise for `--out`")])


def _form(args: argparse.Namespace) -> str:
    """What was asked for, or what the file's name says."""
    named = "text" if args.out is None else SUFFIXES.get(args.out.suffix.lower(), "text")
    return args.format or named


def _text(decision: Decision, library: PolicyLibrary, args: argparse.Namespace, keys: Keys | None) -> str:
    """What is told, in the form that was asked for."""
    from ccm_policy.evaluate.explain import explanation

    form = _form(args)
    if form == "json":
        return json.dumps(decision.to_dict(), ensure_ascii=False, indent=1) + "\n"
    if form == "html":
        from ccm_policy.report.packet import packet
        from ccm_policy.report.sentences import saying

        month = decision.evaluated
        says = None if month is None else saying(library.policies, month.program)
        return packet(decision, says, args.codes, full=args.full, keys=keys)
    text = explanation(decision, args.codes, full=args.full)
    if not args.codes and not args.full and decision.services:
        text += "Everything about one service: its code after FACTS; about all of them: --full\n"
    return text


def _undecided(codes: Sequence[str], decision: Decision, patients: Collection[str]) -> Iterator[Diagnostic]:
    known = ", ".join(decision.services) or "there are none"
    for code in codes:
        if code not in decision.services:
            message = f"`{code}` is no service that is decided in {decision.service_month} for this payer"
            help = f"a patient is named by --patient {code}" if code in patients else f"the services are {known}"
            yield error("E0705", message, help=help)


def _chosen(records: Sequence[Given], problems: Sequence[Diagnostic], args: argparse.Namespace) -> Given:
    """The one record that is asked for; its own faults where it was refused."""
    found = [
        record
        for record in records
        if args.patient in (None, record.patient_id) and args.practitioner in (None, record.practitioner_id)
    ]
    faults = [d for d in problems if d.is_error]
    if args.patient is None and (faults or len({record.patient_id for record in found}) > 1 or not found):
        raise CcmPolicyError(faults if not found and faults else [*faults, _which(found)])
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


def _which(found: Sequence[Given]) -> Diagnostic:
    """That a patient must be named, of those whose records can be used."""
    names = list(dict.fromkeys(record.patient_id for record in found))
    shown = f"{', '.join(names[:SHOWN])}{f' and {len(names) - SHOWN} more' if len(names) > SHOWN else ''}"
    if not names:
        return error("E0702", "there is no record of this practitioner", help="leave --practitioner out to see all")
    return error("E0703", "the facts hold more than one record", help=f"add --patient; there are: {shown}")
