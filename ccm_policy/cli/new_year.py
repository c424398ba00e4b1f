"""`new year`: the tables of a year from CMS's files, what they changed, and an empty amendment for each policy."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from ccm_policy.cli.place import write_all
from ccm_policy.cli.usage import release, year
from ccm_policy.language.diagnostics import CcmPolicyError, Place, error

if TYPE_CHECKING:
    from ccm_policy.author.amendments import Amendment
    from ccm_policy.fees.new_year import Year

DONE = 0


def configure(parser: argparse.ArgumentParser) -> None:
    """The options of `new year`."""
    parser.add_argument("year", type=year, metavar="YEAR", help="such as 2027")
    for kind, said in (
        ("rvu", "relative values"),
        ("gpci", "indices of the localities"),
        ("mue", "unit limits of practitioners"),
    ):
        parser.add_argument(f"--{kind}", type=Path, metavar="FILE", help=f"{said}, as CMS ships them")
    parser.add_argument("--ptp", type=Path, nargs="+", default=[], metavar="FILE", help="pairs of codes, all parts")
    parser.add_argument("--release", type=release, default="A", metavar="R", help="of values and indices (A)")
    parser.add_argument("--quarter", type=release, default="Q1", metavar="Q", help="of units and pairs (Q1)")
    parser.add_argument("--policies", type=Path, default=Path("policies"), metavar="DIR", help="to amend (policies)")
    help = "to import into (fee_schedules)"
    parser.add_argument("--fees", type=Path, default=Path("fee_schedules"), metavar="DIR", help=help)
    parser.add_argument("--dry-run", action="store_true", help="only say what there is to look at")
    parser.add_argument("--format", choices=("text", "json"), default="text")


def run(args: argparse.Namespace) -> int:
    """Write the tables and amendments, all or none, and say what there is to look at."""
    from ccm_policy import fees, library
    from ccm_policy.author.amendments import amendments
    from ccm_policy.fees.new_year import Shipped, new_year

    for folder, option in ((args.policies, "--policies"), (args.fees, "--fees")):
        if not folder.is_dir():
            help = f"run it where the folder stands, or name it with `{option}`"
            raise CcmPolicyError([error("E0759", f"there is no folder `{folder}`", help=help)])
    own, schedules = library.load(args.policies), fees.load(args.fees)
    if args.year != (following := int(own.known_through[:4]) + 1):
        says = f"the policies are known through {own.known_through}, and {args.year} is not the year after that"
        raise CcmPolicyError(
            [error("E0782", says, help=f"begin {following}: an amendment of a known year is in force")]
        )
    shipped = Shipped(
        year=args.year,
        release=args.release,
        quarter=args.quarter,
        rvu=args.rvu,
        gpci=args.gpci,
        mue=args.mue,
        ptp=tuple(args.ptp),
    )
    with tempfile.TemporaryDirectory(prefix="ccm-policy-") as folder:
        made = new_year(shipped, args.fees, schedules, own.outline.lives, Path(folder))
        compared = ", ".join(made.compared)
        begun = [a for a in amendments(own, args.year, made.looks, compared) if _below(a.path, args.policies)]
        written: list[Path] = []
        if not args.dry_run:
            written = _write(Path(folder), args.fees, begun)
    (_print_json if args.format == "json" else _print_text)(args, made, begun, written)
    return DONE


def _below(path: Path, folder: Path) -> bool:
    return path.resolve().is_relative_to(folder.resolve())


def _write(made: Path, fees: Path, begun: list[Amendment]) -> list[Path]:
    """Every file in its place, once all of them are whole."""
    texts = {fees / path.relative_to(made): path.read_bytes() for path in sorted(made.rglob("*")) if path.is_file()}
    texts |= {amendment.path: amendment.text.encode() for amendment in begun}
    in_the_way = [path for path in (a.path for a in begun) if path.exists() or path.is_symlink()]
    if in_the_way:
        help = "it was begun already: take it away to begin anew"
        raise CcmPolicyError(
            [error("E0754", "the file is there already", place=Place(str(p)), help=help) for p in in_the_way]
        )
    write_all(texts)
    return list(texts)


def _print_text(args: argparse.Namespace, made: Year, begun: list[Amendment], written: list[Path]) -> None:
    lines = [f"written: {path.as_posix()}" for path in written]
    compared = f": {', '.join(made.compared)}" if made.compared else ", from no file"
    lines += ["", f"to look at for {args.year}{compared}"]
    lines += [f"  {look.kind:<20} {' '.join(look.codes):<12} {look.says}" for look in made.looks] or ["  nothing"]
    lines += ["", *(f"note: {note}" for note in made.notes)]
    if written:
        lines.append(f"next: ccm-policy fees diff {args.year - 1} {args.year}; fill in the amendments;")
        lines.append("      move `known through` by hand when the rule is read")
    sys.stdout.write("\n".join(lines).lstrip("\n") + "\n")


def _print_json(args: argparse.Namespace, made: Year, begun: list[Amendment], written: list[Path]) -> None:
    answer = {
        "year": args.year,
        "compared": made.compared,
        "to_look_at": [{"kind": look.kind, "codes": list(look.codes), "says": look.says} for look in made.looks],
        "amendments": [{"policy": a.policy, "file": a.path.as_posix(), "looks": len(a.looks)} for a in begun],
        "written": [path.as_posix() for path in written],
        "notes": made.notes,
    }
    sys.stdout.write(json.dumps(answer, indent=2, ensure_ascii=False) + "\n")
