"""`ccm-policy`: finds the command that was asked for and runs it. One file a command; only that file is imported."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

COMMANDS: dict[str, str] = {
    "evaluate": "decide and price patient-months, one record or a whole panel",
    "explain": "show the whole reasoning for one patient-month",
    "check": "check policy files",
    "format": "lay policy files out in canonical form",
    "test": "run the examples that stand in the policies",
    "show": "print a policy as it stands in a month",
    "fees": "price codes; show, compare, check and import fee schedules",
    "schema": "print the JSON Schema of the facts or of a decision",
    "site": "build the documentation site from the policies, or preview it",
}

DONE, REFUSED, COULD_NOT_RUN = 0, 1, 2
"""Exit statuses: all done; a record, a check or an example was refused or failed; it could not run at all."""


class Parser(argparse.ArgumentParser):
    """argparse, with its complaints in the form of every other message."""

    def error(self, message: str) -> NoReturn:
        self.exit(
            COULD_NOT_RUN,
            f"error CCM-E0801: {message}\n  help: `{self.prog} --help` shows the options and an example\n",
        )


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the result is the process's exit status."""
    args = list(sys.argv[1:] if argv is None else argv)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        return _dispatch(args)
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else COULD_NOT_RUN
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return DONE
    except KeyboardInterrupt:
        return 130
    except Exception as fault:
        if os.environ.get("CCM_POLICY_TRACEBACK"):
            raise
        sys.stderr.write(
            f"error CCM-E0899: ccm-policy met a fault of its own ({type(fault).__name__});"
            " this is a defect of the program, not of your files\n"
            "  help: report it; CCM_POLICY_TRACEBACK=1 shows where it happened (the text may contain facts)\n"
        )
        return COULD_NOT_RUN


def _dispatch(args: list[str]) -> int:
    from ccm_policy import __version__

    if args and args[0] in COMMANDS:
        module = importlib.import_module(f"ccm_policy.cli.{args[0]}")
        parser = Parser(
            prog=f"ccm-policy {args[0]}",
            description=module.__doc__,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        module.configure(parser)
        status: int = module.run(parser.parse_args(args[1:]))
        return status
    listing = "\n".join(f"  {name:<10} {what}" for name, what in COMMANDS.items())
    top = Parser(
        prog="ccm-policy",
        description="Billing rules of care management as policy files.",
        epilog=f"commands:\n{listing}\n\n`ccm-policy COMMAND --help` shows each with an example.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        usage="ccm-policy COMMAND …",
    )
    top.add_argument("--version", action="version", version=f"ccm-policy {__version__}")
    top.add_argument("command", nargs="?", choices=sorted(COMMANDS), metavar="COMMAND")
    top.parse_args(args)
    top.print_help()
    return COULD_NOT_RUN
