"""Run the examples that stand in policy files, and show where a decision is not what they expect.

examples:
  ccm-policy test
  ccm-policy test policies/medicare/ccm --name "three short calls"
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ccm_policy.cli.usage import add_evaluator
from ccm_policy.language.diagnostics import CcmPolicyError, error, render, rendered, shown

if TYPE_CHECKING:
    from ccm_policy.evaluate.examples import ExampleResult
    from ccm_policy.language.syntax import Statement

DONE, REFUSED, COULD_NOT_RUN = 0, 1, 2


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", nargs="*", type=Path, metavar="PATH", help="files or directories (default: all)")
    help = "the library they belong to (default: the one around them, or the shipped one)"
    parser.add_argument("--policies", type=Path, metavar="DIR", help=help)
    parser.add_argument("--fees", type=Path, metavar="DIR", help="fee schedules besides the shipped ones")
    parser.add_argument("--name", metavar="TEXT", help="only examples whose name has this text in it")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    add_evaluator(parser)


def run(args: argparse.Namespace) -> int:
    """Prints every example that fails. Status 1 where one does, 2 where there is none to run."""
    from ccm_policy import fees, library
    from ccm_policy.evaluate import Options
    from ccm_policy.evaluate.examples import examples_of, run_all
    from ccm_policy.library.paths import without_policies

    try:
        if missing := without_policies(args.paths):
            raise CcmPolicyError(missing)
        root = args.policies or _root(args.paths)
        policies, schedules = library.load(root), fees.load(args.fees)
        chosen = list(_chosen(examples_of(policies), args.paths, args.name))
        if not chosen:
            where = ", ".join(f"`{path}`" for path in args.paths) or "the library"
            named = f' with "{args.name}" in its name' if args.name else ""
            help = "`ccm-policy test` runs all of them; a policy file outside of a library is tested with its folder"
            raise CcmPolicyError([error("E0701", f"there is no example{named} in {where}", help=help)])
        results = list(run_all(chosen, policies, schedules, Options(evaluator=args.evaluator)))
    except CcmPolicyError as fault:
        for message in rendered(fault.diagnostics):
            sys.stderr.write(message + "\n")
        return COULD_NOT_RUN
    (_print_json if args.format == "json" else _print_text)(results)
    return DONE if all(result.passed for result in results) else REFUSED


def _root(paths: Sequence[Path]) -> Path | None:
    """The library that the paths belong to; a folder outside of any is an addition to the shipped one."""
    from ccm_policy.library.paths import library_around

    around = next((found for path in paths if (found := library_around(path)) is not None), None)
    return around or next((path for path in paths if path.is_dir()), None)


def _chosen(examples: Sequence[Statement], paths: Sequence[Path], name: str | None) -> Iterator[Statement]:
    asked = [path.absolute() for path in paths]
    for example in examples:
        file = Path(example.span.file).absolute()
        here = not asked or any(file == path or path in file.parents for path in asked)
        if here and (name is None or name in example.name):
            yield example


def _print_json(results: Sequence[ExampleResult]) -> None:
    sys.stdout.write(json.dumps([_plain(result) for result in results], ensure_ascii=False, indent=2) + "\n")


def _plain(result: ExampleResult) -> dict[str, Any]:
    return {
        "example": result.name,
        "file": shown(result.span.file),
        "line": result.span.line,
        "passed": result.passed,
        "refused": [diagnostic.to_dict() for diagnostic in result.refused],
        "expectations": [
            {"expected": c.expected, "actual": c.actual, "passed": c.passed, "because": list(c.because)}
            for c in result.comparisons
        ],
    }


def _print_text(results: Sequence[ExampleResult]) -> None:
    failed = [result for result in results if not result.passed]
    for result in failed:
        sys.stdout.write(told(result) + "\n\n")
    many = "1 example" if len(results) == 1 else f"{len(results)} examples"
    sys.stderr.write(f"{many} run: {len(failed)} failed\n" if failed else f"{many} run: all as expected\n")


def told(result: ExampleResult) -> str:
    """A failed example: expected and actual side by side, and the reason for the difference."""
    lines = [f'{shown(result.span.file)}:{result.span.line}: example "{result.name}"']
    lines += [f"  {line}" for diagnostic in result.refused for line in render(diagnostic).splitlines()]
    wrong = [comparison for comparison in result.comparisons if not comparison.passed]
    width = max((len(comparison.expected) for comparison in wrong), default=0)
    for comparison in wrong:
        lines.append(f"  expected  {comparison.expected:<{width}}   actual  {comparison.actual}")
        lines += [f"            {reason}" for reason in comparison.because]
    return "\n".join(lines)
