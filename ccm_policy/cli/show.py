"""Print a policy as it stands in a month, each statement with the edition that it comes from.

example:
  ccm-policy show medicare.ccm --on 2026-03
  ccm-policy show medicare.ccm --on 2026-03 --merged
  ccm-policy show
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ccm_policy.cli.usage import month
from ccm_policy.language.clauses import form_of
from ccm_policy.language.diagnostics import CcmPolicyError, rendered
from ccm_policy.language.syntax.texts import texts
from ccm_policy.library.showing import bare

if TYPE_CHECKING:
    from ccm_policy.language import syntax as s
    from ccm_policy.library import Library

DONE, REFUSED, COULD_NOT_RUN = 0, 1, 2


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("policy", nargs="?", metavar="POLICY", help="its name; without one, the policies are listed")
    parser.add_argument("--on", type=month, metavar="YYYY-MM", help="the month (default: the last known)")
    parser.add_argument("--merged", action="store_true", help="with the statements of everything it rests on")
    parser.add_argument("--policies", type=Path, metavar="DIR", help="the library (default: the shipped one)")
    parser.add_argument("--format", choices=("text", "json"), default="text")


def run(args: argparse.Namespace) -> int:
    """Prints the consolidated text, or the list of policies. Status 2 where there is none of that name or month."""
    from ccm_policy.library import load

    try:
        library = load(args.policies)
        if args.policy is None:
            _print_list(library, args.format)
        else:
            _print_policy(library, args.policy, args.on or library.known_through, args.merged, args.format)
    except CcmPolicyError as refused:
        sys.stderr.write("\n\n".join(rendered(refused.diagnostics)) + "\n")
        return COULD_NOT_RUN
    return DONE


def _print_list(library: Library, format: str) -> None:
    rows = [
        {
            "policy": p.name,
            "title": p.title,
            "level": p.level,
            "extends": list(p.extends),
            "editions": [{"month": e.month, "title": e.title, "file": e.path} for e in p.editions],
        }
        for p in library.policies.values()
    ]
    if format == "json":
        sys.stdout.write(json.dumps(rows, indent=2, ensure_ascii=False) + "\n")
        return
    width = max((len(p) for p in library.policies), default=0)
    for policy in library.policies.values():
        first, last = policy.editions[0].month, policy.editions[-1].month
        since = first if first == last else f"{first} to {last}"
        sys.stdout.write(f"{policy.name:<{width}}  {since:<18}  {policy.title}\n")


def _print_policy(library: Library, name: str, month: str, merged: bool, format: str) -> None:
    from ccm_policy.language.format import format_statement

    title, statements = library.consolidated(name, month, merged=merged)
    edition = library.policies[name].edition(month)
    since = edition.month if edition else month
    if format == "json":
        made = [_as_data(st, format_statement(bare(st))) for st in statements]
        answer = {"policy": name, "title": title, "month": month, "edition": since, "statements": made}
        sys.stdout.write(json.dumps(answer, indent=2, ensure_ascii=False) + "\n")
        return
    sys.stdout.write(f"# {title}: `{name}` as it stands in {month}, by its edition of {since}.\n")
    for statement in statements:
        sys.stdout.write("\n" + format_statement(_told(statement)) + "\n")


def _told(statement: s.Statement) -> s.Statement:
    """The statement with a comment that names its edition, and one at each clause that another edition gave.

    What only an amendment may say (why it adds a dispute) is a comment too, so that what is shown can be read again.
    """
    own = form_of(statement.kind, None).clauses
    clauses = tuple(
        replace(c, comments=(), trailing=_edition(c.origin) if c.origin != statement.origin else None)
        for c in statement.clauses
        if c.word in own
    )
    why = tuple(f"{c.word} {' '.join(texts(c.body))}" for c in statement.clauses if c.word not in own)
    return replace(bare(statement), comments=(_edition(statement.origin), *why), clauses=clauses)


def _edition(origin: s.Origin | None) -> str:
    return f"{origin.policy} {origin.edition}" if origin is not None else ""


def _as_data(statement: s.Statement, text: str) -> dict[str, object]:
    origin = statement.origin
    changed = {(c.origin.policy, c.origin.edition) for c in statement.clauses if c.origin and c.origin != origin}
    return {
        "kind": statement.kind,
        "name": statement.name,
        "policy": origin.policy if origin else None,
        "edition": origin.edition if origin else None,
        "changed_by": [{"policy": p, "edition": e} for p, e in sorted(changed)],
        "text": text,
    }
