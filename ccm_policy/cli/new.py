"""Begin what is written anew: a practice's first policy from questions in plain words, or a fee-schedule year.

examples:
  ccm-policy new practice lakeside                        # asks on the terminal
  ccm-policy new practice --questions > answers.yaml      # or fill in a file,
  ccm-policy new practice lakeside --answers answers.yaml --out my_policies
  ccm-policy new practice lakeside --zip-file ZIP5_JAN2026.txt --policies group_policies
  ccm-policy new year 2027 --rvu PPRRVU2027_Jan_nonQPP.csv --gpci GPCI2027.csv

Nothing is written before all of it fits. Exit status 2: something was wrong, and nothing was written.
"""

from __future__ import annotations

import argparse
import re
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from ccm_policy.cli import new_year
from ccm_policy.language.diagnostics import CcmPolicyError, Place, error, in_order, rendered

if TYPE_CHECKING:
    from datetime import date

    from ccm_policy.author.answers import Answers, Known
    from ccm_policy.author.questions import Questions
    from ccm_policy.fees import FeeSchedules
    from ccm_policy.library import Library

DONE, COULD_NOT_RUN = 0, 2
_NAME = re.compile(r"[a-z][a-z0-9_]{1,39}", re.ASCII)


def configure(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="what", required=True, metavar="practice|year")
    made = actions.add_parser("practice", help="what a practice vouches for, and what it does alike for everybody")
    made.add_argument("name", nargs="?", metavar="NAME", help="a short name of the practice: small letters, digits, _")
    made.add_argument("--answers", type=Path, metavar="FILE", help="a filled-in file of questions, instead of asking")
    made.add_argument("--out", type=Path, default=Path("my_policies"), metavar="DIR", help="where (my_policies)")
    made.add_argument("--policies", type=Path, metavar="DIR", help="your own policies, beside which it is to stand")
    help = "CMS's ZIP5 file, so that the locality may be answered by a ZIP code"
    made.add_argument("--zip-file", type=Path, metavar="FILE", help=help)
    made.add_argument("--force", action="store_true", help="write over files that are there")
    made.add_argument("--questions", action="store_true", help="print a file of the questions, to be filled in")
    help = "the tables of a year from CMS's files, what they changed, and an empty amendment for each policy"
    new_year.configure(actions.add_parser("year", help=help))


def run(args: argparse.Namespace) -> int:
    from ccm_policy.author.questions import read_questions
    from ccm_policy.author.sheet import sheet

    try:
        if args.what == "year":
            return new_year.run(args)
        questions = read_questions()
        if args.questions:
            sys.stdout.write(sheet(questions))
            return DONE
        return _new(args, questions)
    except CcmPolicyError as fault:
        for message in rendered(in_order(fault.diagnostics)):
            sys.stderr.write(message + "\n")
        return COULD_NOT_RUN


def _new(args: argparse.Namespace, questions: Questions) -> int:
    from ccm_policy import fees, library
    from ccm_policy.author.proving import proved
    from ccm_policy.author.writing import files

    shipped, schedules = library.load(args.policies), fees.load()
    _refuse_name(args.name, questions, shipped)
    _refuse_in_the_way([args.out / f"{questions.level}_{args.name}{end}" for end in (".policy", ".yaml")], args)
    answers = _answers(args, questions, _known(shipped, schedules, args.zip_file))
    made = files(args.name, questions, answers, shipped.vocabulary)
    _refuse_in_the_way([args.out / name for name in made], args)
    policy = next(name for name in made if name.endswith(".policy"))
    if wrong := proved(policy, made[policy], schedules, args.policies):
        raise CcmPolicyError(wrong)
    _write(args.out, made)
    _tell(args.out, made)
    return DONE


def _refuse_name(name: str | None, questions: Questions, shipped: Library) -> None:
    from ccm_policy.author.proving import can_be_named

    help = "two to forty small letters, digits and _, the first a letter, and no word of the language; such as lakeside"
    if name is None:
        raise CcmPolicyError([error("E0750", "the practice has no name", help=help)])
    if not _NAME.fullmatch(name) or not can_be_named(name, questions, shipped.vocabulary):
        raise CcmPolicyError([error("E0750", f"`{name}` cannot be the name of a practice in a policy", help=help)])
    if f"{questions.level}.{name}" in shipped.policies:
        says = f"there is a policy `{questions.level}.{name}` already"
        raise CcmPolicyError([error("E0750", says, help="choose another name")])


def _refuse_in_the_way(paths: list[Path], args: argparse.Namespace) -> None:
    there = [path for path in paths if path.exists() or path.is_symlink()]
    if there and not args.force:
        help = "choose another folder with `--out`, or write over it with `--force`"
        raise CcmPolicyError(
            [error("E0754", "the file is there already", place=Place(str(p)), help=help) for p in there]
        )


def _known(shipped: Library, schedules: FeeSchedules, zip_file: Path | None) -> Known:
    from ccm_policy.author.answers import Known, Misfit
    from ccm_policy.author.localities import localities
    from ccm_policy.fees.zips import ZipPlace, locality_of

    def values(list_of: str, field: str) -> tuple[str, ...]:
        return shipped.vocabulary.lists[list_of].fields[field].type.values

    def zipped(code: str, on: date) -> str | Misfit:
        found = locality_of(code, zip_file, on)
        if isinstance(found, ZipPlace):
            sys.stderr.writelines(f"note: ZIP code {code}: {note}\n" for note in found.notes)
            return found.locality
        return Misfit(found.code.partition("-")[2], found.message, found.help or "")

    lists = partial(localities, schedules)
    return Known(values, lists, zipped if zip_file is not None else None)


def _answers(args: argparse.Namespace, questions: Questions, known: Known) -> Answers:
    from ccm_policy.author.asking import asked
    from ccm_policy.author.sheet import read_answers

    if args.answers is not None:
        return read_answers(args.answers, questions, known)
    return asked(questions, known, sys.stdin, sys.stderr)


def _write(out: Path, made: dict[str, str]) -> None:
    from ccm_policy.cli.place import write_all

    write_all({out / name: text.encode() for name, text in made.items()})


def _tell(out: Path, made: dict[str, str]) -> None:
    for name in made:
        sys.stdout.write(f"written: {(out / name).as_posix()}\n")
    mapping = next(name for name in made if name.endswith(".yaml"))
    more = "".join(f" {(out / name).as_posix()}" for name in made if name.endswith(".csv"))
    sys.stdout.write(
        f"to decide: ccm-policy evaluate EXPORT…{more} --mapping MAPPING --mapping {(out / mapping).as_posix()}"
        f" --policies {out.as_posix()}\n"
    )
