"""Build the documentation site from the policies, fee schedules, messages and grammar, or preview it.

examples:
ccm-policy site build --out build/site     # Markdown in build/site/source, the site in build/site/html
ccm-policy site serve                      # preview, rebuilt when a file changes
ccm-policy site meaning                    # ask what each year's changes mean, and keep it beside the policies
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from ccm_policy.cli.main import COULD_NOT_RUN, DONE, REFUSED
from ccm_policy.cli.usage import NO_SUCH_INPUT
from ccm_policy.extras import MODULES, install
from ccm_policy.language.diagnostics import CcmPolicyError, Diagnostic, error, render

if TYPE_CHECKING:
    from ccm_policy.site.make import More


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "action",
        choices=["build", "serve", "meaning"],
        metavar="build|serve|meaning",
        help="build it, preview it and rebuild on change, or ask what the pages of the years tell",
    )
    parser.add_argument("--out", type=Path, default=Path("build/site"), metavar="DIR", help="where (build/site)")
    parser.add_argument("--policies", type=Path, metavar="DIR", help="your own policies, as in `evaluate`")
    parser.add_argument("--fee-schedules", type=Path, metavar="DIR", help="fee schedules besides the shipped ones")
    parser.add_argument("--docs", type=Path, metavar="DIR", help="pages written by hand, instead of the shipped ones")
    parser.add_argument(
        "--try-it",
        choices=["auto", "on", "off"],
        default="auto",
        help="the page that decides in the browser: needed, left out, or made where its parts can be had (auto)",
    )
    parser.add_argument("--pages-only", action="store_true", help="write the Markdown and leave the rest to mkdocs")
    parser.add_argument("--port", type=int, default=8000, help="port of the preview (8000)")


def run(args: argparse.Namespace) -> int:
    from ccm_policy.site import make
    from ccm_policy.site.build import Folders

    plan = make.Plan(Folders(args.out), args.policies, args.fee_schedules, args.docs, args.try_it, _commands())
    try:
        if args.action == "meaning":
            return _meaning(args)
        if args.action == "serve":
            from ccm_policy.site.serve import serve

            return _told(serve(plan, args.port, _say))
        report = make.build(plan, html=not args.pages_only, more=_more(args))
    except CcmPolicyError as refused:
        return _told(list(refused.diagnostics))
    for line in report.summary():
        _say(line)
    return _told(report.diagnostics)


def _meaning(args: argparse.Namespace) -> int:
    """Ask of each year whose text is another than when it was asked, and keep the answers."""
    from ccm_policy.cli.place import write_all
    from ccm_policy.library import load
    from ccm_policy.review.proofs import EXTRA, Solver
    from ccm_policy.review.years import years

    if not Solver.there():
        name = MODULES[EXTRA][0]
        raise CcmPolicyError(
            [error("E0815", f"this needs the package `{name}`, which is not installed", help=install(name))]
        )
    for year in years(load(args.policies)):
        if year.known() is None:
            write_all({year.path: year.asked().encode()})
            _say(f"asked: what the {len(year.changes)} changes of {year.year} mean")
    return DONE


def _more(args: argparse.Namespace) -> More:
    """Samples of reports, where the site is one of the shipped policies, which the example clinic is decided by."""
    from ccm_policy.cli.samples import samples

    return samples if args.policies is None else lambda book: ()


def _commands() -> dict[str, str]:
    from ccm_policy.cli.main import COMMANDS

    return COMMANDS


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _told(diagnostics: list[Diagnostic]) -> int:
    for diagnostic in diagnostics:
        sys.stderr.write(render(diagnostic) + "\n\n")
    if any(d.code in {"CCM-E0901", "CCM-E0902", "CCM-E0905", "CCM-E0906", *NO_SUCH_INPUT} for d in diagnostics):
        return COULD_NOT_RUN
    return REFUSED if any(d.is_error for d in diagnostics) else DONE
