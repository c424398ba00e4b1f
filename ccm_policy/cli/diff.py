"""What a change changes: in the text of the policies, in rates, and for the patients of a panel, in dollars.

Each side is a month, an edition (POLICY@2026-01), a folder of policies, or a revision of git. `A..B` are two revisions;
one revision or folder by itself is compared with the policies as they stand. Revisions are read from git's objects, and
the work tree is left alone.

examples:
  ccm-policy diff 2025-12 2026-01
  ccm-policy diff 2025-12 2026-01 --panel examples/clinic-2026-03.jsonl --out year.html
  ccm-policy diff medicare.ccm@2025-01 medicare.ccm@2026-01
  ccm-policy diff main..HEAD --panel month.jsonl --format markdown
  ccm-policy diff HEAD~3 --policies policies --exit-code

Between two months the facts of the panel are carried to each of them: every day in a record moves by the same number of
months. Between folders or revisions, both decide the same facts.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from ccm_policy.cli.usage import NO_SUCH_INPUT, add_evaluator, form_asked_for, month
from ccm_policy.language.diagnostics import CcmPolicyError, Diagnostic, error, has_errors, in_order

if TYPE_CHECKING:
    from ccm_policy.fees import FeeSchedules
    from ccm_policy.report.keys import Keys
    from ccm_policy.review.patients import Patients
    from ccm_policy.review.sides import Reading, Side
    from ccm_policy.review.whole import Difference

DONE, DIFFERS, COULD_NOT_RUN = 0, 1, 2
_SUFFIXES = {".html": "html", ".md": "markdown", ".json": "json", ".txt": "table"}


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("sides", nargs="+", metavar="SIDE", help="a month, POLICY@MONTH, a folder, or a revision")
    parser.add_argument("--policy", action="append", default=[], metavar="NAME", help="only this one; may be repeated")
    parser.add_argument("--merged", action="store_true", help="with --policy: and all that it rests on")
    parser.add_argument("--no-meaning", action="store_true", help="do not ask what each change means; is quicker")
    parser.add_argument("--panel", type=Path, metavar="PATH", help="decide these patient-months on both sides")
    parser.add_argument("--month", type=month, metavar="YYYY-MM", help="only the records of this month")
    parser.add_argument("--policies", type=Path, metavar="DIR", help="the library of months, or the folder in git")
    parser.add_argument("--fees", type=Path, metavar="DIR", help="fee schedules laid beside those shipped")
    parser.add_argument("--layers", nargs="+", default=[], metavar="NAME", help="optional layers to add")
    parser.add_argument("--format", choices=("table", "markdown", "html", "json"), help="default: table")
    parser.add_argument("--out", type=Path, metavar="FILE", help="write to a file: .html, .md, .json or .txt")
    parser.add_argument("--exit-code", action="store_true", help="exit status 1 where anything differs")
    parser.add_argument("--hash-keys", action="store_true", help="hash the keys of patients and practitioners")
    parser.add_argument("--secret", type=Path, metavar="FILE", help="hash them under the secret in this file")
    add_evaluator(parser)


def run(args: argparse.Namespace) -> int:
    from ccm_policy.cli.place import refuse_in_the_way
    from ccm_policy.fees.tables import BrokenFileError
    from ccm_policy.review.sides import Reading

    reading = Reading(args.policies)
    try:
        form = form_asked_for(args, _SUFFIXES, ".html, .md, .json or .txt")
        if len(args.sides) > 2:
            says = f"`{args.sides[2]}` is one too many: two sides are compared"
            raise CcmPolicyError([error("E0801", says, help="`ccm-policy diff --help` shows what a side is")])
        refuse_in_the_way((args.out,), (args.panel, args.policies, args.fees, args.secret))
        with reading.opened():
            return _compare(reading, form, args)
    except CcmPolicyError as fault:
        return _could_not(reading, fault.diagnostics)
    except BrokenFileError as fault:
        return _could_not(reading, (fault.diagnostic,))


def _compare(reading: Reading, form: str, args: argparse.Namespace) -> int:
    from ccm_policy import fees
    from ccm_policy.report.keys import keys_from
    from ccm_policy.review.deciding import refuse
    from ccm_policy.review.whole import difference

    keys = keys_from(args.secret) if args.hash_keys or args.secret else None
    schedules = fees.load(args.fees)
    old, new = reading.sides(args.sides)
    _known(args.policy, old, new)
    wrong: list[Diagnostic] = []
    patients = None if args.panel is None else _patients(old, new, schedules, keys, wrong, args)
    refuse(wrong)
    if wrong:
        sys.stderr.write(reading.told(tuple(in_order(wrong))))
        if patients is not None and not patients.patient_months and {each.code for each in wrong} <= NO_SUCH_INPUT:
            return COULD_NOT_RUN
    found = difference(
        old, new, schedules, tuple(args.policy), merged=args.merged, patients=patients, meaning=not args.no_meaning
    )
    _write(found, form, args.out, hashed=keys is not None)
    return DIFFERS if has_errors(wrong) or (args.exit_code and found.differs) else DONE


def _patients(
    old: Side, new: Side, fees: FeeSchedules, keys: Keys | None, wrong: list[Diagnostic], args: argparse.Namespace
) -> Patients:
    from ccm_policy.evaluate import Options
    from ccm_policy.review.deciding import Known, Panel, decided
    from ccm_policy.review.patients import compared

    options = Options(layers=frozenset(args.layers), evaluator=args.evaluator)
    panel = Panel(path=args.panel, fees=fees, directory=args.fees, options=options, month=args.month)
    carry = old.month != new.month
    known: Known = {}
    sides = [decided(panel, side, known, wrong, carry=carry) for side in (old, new)]
    said = f"the facts are carried to {old.month} and to {new.month}, each record as if it were of that month"
    return compared(sides[0], sides[1], said if carry else None, str if keys is None else keys.of)


def _known(names: list[str], old: Side, new: Side) -> None:
    """Refuse a policy that neither side has."""
    from ccm_policy.language.nearest import nearest

    known = {*old.library.policies, *new.library.policies}
    for name in names:
        if name not in known:
            near = nearest(name, known)
            help = f"did you mean `{near}`?" if near else "`ccm-policy show` lists them"
            raise CcmPolicyError([error("E0443", f"there is no policy `{name}`", help=help)])


def _write(found: Difference, form: str, out: Path | None, *, hashed: bool) -> None:
    from ccm_policy.cli.place import beside

    text = _text(found, form, hashed=hashed)
    if out is None:
        sys.stdout.write(text)
        return
    with beside(out) as part:
        part.path.write_text(text, encoding="utf-8", newline="\n")


def _text(found: Difference, form: str, *, hashed: bool) -> str:
    if form == "json":
        return json.dumps(found.to_dict(), ensure_ascii=False, indent=1) + "\n"
    if form == "markdown":
        from ccm_policy.review.markdown import markdown

        return markdown(found)
    if form == "html":
        from ccm_policy.report.review_page import page

        return page(found, hashed=hashed)
    from ccm_policy.review.lines import lines

    return "".join(f"{line}\n" for line in lines(found))


def _could_not(reading: Reading, diagnostics: tuple[Diagnostic, ...]) -> int:
    sys.stdout.flush()
    sys.stderr.write(reading.told(tuple(in_order(diagnostics))))
    return COULD_NOT_RUN
