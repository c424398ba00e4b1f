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

from ccm_policy.cli.comparing import DONE, add_panel, comparison, keys, nothing_there, panel, tell
from ccm_policy.cli.usage import form_asked_for
from ccm_policy.language.diagnostics import CcmPolicyError, Diagnostic, error, has_errors

if TYPE_CHECKING:
    from ccm_policy.fees import FeeSchedules
    from ccm_policy.report.keys import Keys
    from ccm_policy.review.patients import Patients
    from ccm_policy.review.sides import Reading, Side
    from ccm_policy.review.whole import Difference

DIFFERS, COULD_NOT_RUN = 1, 2
_SUFFIXES = {".html": "html", ".md": "markdown", ".json": "json", ".txt": "table"}


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("sides", nargs="+", metavar="SIDE", help="a month, POLICY@MONTH, a folder, or a revision")
    parser.add_argument("--policy", action="append", default=[], metavar="NAME", help="only this one; may be repeated")
    parser.add_argument("--merged", action="store_true", help="with --policy: and all that it rests on")
    parser.add_argument("--no-meaning", action="store_true", help="do not ask what each change means; is quicker")
    parser.add_argument("--panel", type=Path, metavar="PATH", help="decide these patient-months on both sides")
    parser.add_argument("--policies", type=Path, metavar="DIR", help="the library of months, or the folder in git")
    parser.add_argument("--format", choices=("table", "markdown", "html", "json"), help="default: table")
    parser.add_argument("--out", type=Path, metavar="FILE", help="write to a file: .html, .md, .json or .txt")
    parser.add_argument("--exit-code", action="store_true", help="exit status 1 where anything differs")
    add_panel(parser)


def run(args: argparse.Namespace) -> int:
    return comparison(args.policies, lambda reading: _compare(reading, args))


def _compare(reading: Reading, args: argparse.Namespace) -> int:
    from ccm_policy import fees
    from ccm_policy.cli.place import refuse_in_the_way
    from ccm_policy.review.deciding import refuse
    from ccm_policy.review.whole import difference

    form = form_asked_for(args, _SUFFIXES, ".html, .md, .json or .txt")
    if len(args.sides) > 2:
        says = f"`{args.sides[2]}` is one too many: two sides are compared"
        raise CcmPolicyError([error("E0801", says, help="`ccm-policy diff --help` shows what a side is")])
    refuse_in_the_way((args.out,), (args.panel, args.policies, args.fees, args.secret))
    hashing = keys(args)
    schedules = fees.load(args.fees)
    old, new = reading.sides(args.sides)
    _known(args.policy, old, new)
    wrong: list[Diagnostic] = []
    patients = None if args.panel is None else _patients(reading, old, new, schedules, hashing, wrong, args)
    refuse(wrong)
    if wrong:
        tell(reading, wrong)
        if nothing_there(patients, wrong):
            return COULD_NOT_RUN
    found = difference(
        old, new, schedules, tuple(args.policy), merged=args.merged, patients=patients, meaning=not args.no_meaning
    )
    _write(found, form, args.out, hashed=hashing is not None)
    return DIFFERS if has_errors(wrong) or (args.exit_code and found.differs) else DONE


def _patients(
    reading: Reading,
    old: Side,
    new: Side,
    schedules: FeeSchedules,
    hashing: Keys | None,
    wrong: list[Diagnostic],
    args: argparse.Namespace,
) -> Patients:
    from ccm_policy.review.deciding import Known, decided
    from ccm_policy.review.patients import compared

    asked = panel(reading, schedules, args)
    carry = old.month != new.month
    known: Known = {}
    sides = [decided(asked, side, known, wrong, carry=carry) for side in (old, new)]
    said = f"the facts are carried to {old.month} and to {new.month}, each record as if it were of that month"
    return compared(sides[0], sides[1], said if carry else None, str if hashing is None else hashing.of)


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
