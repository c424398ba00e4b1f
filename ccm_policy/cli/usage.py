"""The command line's own complaints, in the words of every other message: what was typed, and what to type instead."""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from ccm_policy.language.diagnostics import CcmPolicyError, error
from ccm_policy.language.nearest import nearest

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from fractions import Fraction

COULD_NOT_RUN = 2

NO_SUCH_INPUT = frozenset({"CCM-E0442", "CCM-E0450", "CCM-E0452", "CCM-E0501", "CCM-E0503", "CCM-E0521", "CCM-E0630"})
"""Messages that say that what was named on the command line is not there at all: exit status 2."""

EVALUATORS = ("compiled", "reference")
"""What may evaluate the rules, the one that does unless another is named first."""


def add_evaluator(parser: argparse.ArgumentParser) -> None:
    """The option of every command that decides."""
    help = f"what evaluates the rules (default: {EVALUATORS[0]}); the answers are the same"
    parser.add_argument("--evaluator", choices=EVALUATORS, default=EVALUATORS[0], help=help)


def add_facts(parser: argparse.ArgumentParser) -> None:
    """What every command reads that decides a panel: facts, or exports with their mappings; and which month of it."""
    parser.add_argument("path", type=Path, metavar="PATH", help="file or folder of facts, or - for standard input")
    parser.add_argument("exports", type=Path, nargs="*", default=[], metavar="EXPORT", help="more, with --mapping")
    add_mapping(parser)


def add_mapping(parser: argparse.ArgumentParser) -> None:
    """How exports are read, and which month of what was read."""
    parser.add_argument(
        "--mapping",
        type=Path,
        action="append",
        metavar="FILE",
        help="what the columns of the exports are; may be repeated",
    )
    parser.add_argument("--month", type=month, metavar="YYYY-MM", help="only the records of this month")


def add_policies(parser: argparse.ArgumentParser) -> None:
    """By what is decided: a user's own policies and fee schedules, beside those shipped."""
    help = "your own policies: laid on the shipped ones, or in their place where they hold a `library`"
    parser.add_argument("--policies", type=Path, metavar="DIR", help=help)
    parser.add_argument("--fees", type=Path, metavar="DIR", help="fee schedules laid beside those shipped")


def add_layers(parser: argparse.ArgumentParser) -> None:
    """Policies that hold only where they are asked for."""
    parser.add_argument("--layers", nargs="+", default=[], metavar="NAME", help="optional layers to add")


def add_hashing(parser: argparse.ArgumentParser) -> None:
    """Keys that are hashed, for what leaves the house."""
    parser.add_argument("--hash-keys", action="store_true", help="hash the keys of patients, practitioners and staff")
    parser.add_argument("--secret", type=Path, metavar="FILE", help="hash them under the secret in this file")


def add_processes(parser: argparse.ArgumentParser) -> None:
    """How much of the machine is used."""
    help = "how many processes decide (default: one for each core)"
    parser.add_argument("--processes", type=processes, metavar="N", help=help)


def refuse_one_too_many(args: argparse.Namespace, command: str) -> None:
    """Several paths are exports, and exports need a mapping."""
    if args.mapping is None and args.exports:
        says = f"`{args.exports[0]}` is one too many: `ccm-policy {command}` has taken what it needs"
        help = f"one path of facts, or exports with `--mapping`; `ccm-policy {command} --help` shows the options"
        raise CcmPolicyError([error("E0801", says, help=help)])


class Parser(argparse.ArgumentParser):
    """argparse with messages of this package, and options that are written out."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"allow_abbrev": False, **kwargs})

    def parse_args(self, args: Any = None, namespace: Any = None) -> Any:
        """What was typed, in any order: the words that stand behind an option count like those before it."""
        if self._subparsers is not None:
            return super().parse_args(args, namespace)
        return self.parse_intermixed_args(args, namespace)

    def error(self, message: str) -> NoReturn:
        """Say in one message what is wrong with the words of the command, and end it."""
        code, said, help = self._said(message)
        self.exit(COULD_NOT_RUN, f"error CCM-{code}: {said}\n  help: {help}\n")

    def _said(self, message: str) -> tuple[str, str, str]:
        see = f"`{self.prog} --help` shows the options and an example"
        if found := re.fullmatch(r"argument (\S+): invalid choice: (.+) \(choose from (.+)\)", message):
            what, word = found[1], found[2].strip("'\"")
            known = [name.strip("'\" ") for name in found[3].split(",")]
            near = nearest(word, known)
            help = f"did you mean `{near}`?" if near else f"write one of {_listed(known)}"
            if what.startswith("-"):
                return "E0801", f"`{word}` is nothing that `{_last(what)}` can be", help
            if self.prog == "ccm-policy":
                return "E0802", f"there is no command `{word}`", help
            return "E0802", f"`{self.prog}` does not know `{word}`", help
        if found := re.fullmatch(r"the following arguments are required: (.+)", message):
            missing = [name.strip() for name in found[1].split(",")]
            if "|" in missing[0]:
                return "E0803", f"one of {_listed(missing[0].split('|'))} is missing", see
            return "E0803", f"{_listed(missing)} {'is' if len(missing) == 1 else 'are'} missing", see
        if found := re.fullmatch(r"unrecognized arguments: (.+)", message):
            words = found[1].split()
            option = next((word.partition("=")[0] for word in words if word.startswith("-")), None)
            if option is None:
                return "E0801", f"`{words[0]}` is one too many: `{self.prog}` has taken what it needs", see
            near = nearest(option, self._option_string_actions)
            return "E0801", f"`{self.prog}` has no option `{option}`", f"did you mean `{near}`?" if near else see
        if found := re.fullmatch(r"argument (\S+): expected (?:one|at least one) argument", message):
            return "E0803", f"nothing stands after `{_last(found[1])}`", see
        if found := re.fullmatch(r"argument (\S+): not allowed with argument (\S+)", message):
            return "E0801", f"`{_last(found[1])}` and `{_last(found[2])}` exclude each other", "write one of the two"
        if found := re.fullmatch(r"argument (\S+): ignored explicit argument .*", message):
            return "E0801", f"`{_last(found[1])}` stands by itself, without a value", see
        if found := re.fullmatch(r"argument (\S+): (.+)", message):
            return "E0801", f"`{_last(found[1])}`: {found[2]}", see
        return "E0801", message, see


def month(text: str) -> str:
    """The type of an option that is a month."""
    if not re.fullmatch(r"[0-9]{4}-(0[1-9]|1[0-2])", text):
        raise argparse.ArgumentTypeError(f"`{text}` is no month; it is written YYYY-MM, for example 2026-03")
    return text


def year(text: str) -> int:
    """The type of an option that is a year."""
    if re.fullmatch(r"[12]\d{3}", text, re.ASCII):
        return int(text)
    raise argparse.ArgumentTypeError(f"`{text}` is not a year like 2026")


def release(text: str) -> str:
    """The type of an option that is a release of CMS's files."""
    if re.fullmatch(r"[A-Z]{1,2}|Q[1-4]", text.upper(), re.ASCII):
        return text.upper()
    raise argparse.ArgumentTypeError(f"`{text}` is not a release like A, AR or Q3")


def processes(text: str) -> int:
    """The type of an option that is a number of processes, or of parts."""
    if not re.fullmatch(r"[1-9]\d{0,2}", text):
        raise argparse.ArgumentTypeError("it is a number from 1 on")
    return int(text)


def minutes(text: str) -> Fraction:
    """The type of an option that is a number of minutes."""
    if not re.fullmatch(r"\d{1,4}(\.\d{1,2})?", text):
        raise argparse.ArgumentTypeError("minutes are written as a number, for example 10")
    from fractions import Fraction

    return Fraction(text)


def day(text: str) -> date:
    """The type of an option that is a day."""
    from datetime import date

    try:
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            raise ValueError
        return date.fromisoformat(text)
    except ValueError:
        says = f"`{text}` is no day; it is written YYYY-MM-DD, for example 2026-03-24"
        raise argparse.ArgumentTypeError(says) from None


def form_asked_for(args: argparse.Namespace, suffixes: Mapping[str, str], endings: str) -> str:
    """How a command writes: what `--format` asks for, or what the ending of `--out` says; `endings` are those told."""
    if args.out is None:
        return args.format or "table"
    form = suffixes.get(args.out.suffix.lower())
    if form is None:
        says = f"`--out {args.out}` does not say what to write"
        raise CcmPolicyError([error("E0801", says, help=f"its name ends in {endings}")])
    if args.format not in (None, form):
        says = f"`--format {args.format}` and `--out {args.out}` exclude each other"
        raise CcmPolicyError([error("E0801", says, help="leave `--format` out: the name of the file says the form")])
    return form


def _last(option: str) -> str:
    """`-x/--long` as `--long`."""
    return option.split("/")[-1]


def _listed(words: list[str]) -> str:
    return ", ".join(f"`{word}`" for word in words)
