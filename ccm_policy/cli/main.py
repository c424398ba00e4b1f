"""`ccm-policy`: finds the command that was asked for and runs it. One file a command; only that file is imported."""

from __future__ import annotations

import argparse
import errno
import importlib
import os
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

from ccm_policy.cli.usage import Parser
from ccm_policy.extras import install

COMMANDS: dict[str, str] = {
    "evaluate": "decide and price patient-months, one record or a whole panel",
    "report": "write the page of a month, to look at and to print",
    "intake": "turn exports into facts by a mapping",
    "new": "write a practice's first policy from questions in plain words",
    "worklist": "list what can still be done in a month: for whom, by when, for how much",
    "explain": "show why one patient-month is decided as it is",
    "check": "check policy files",
    "prove": "ask of every possible patient-month: invariants, layers that only tighten, idle rules",
    "format": "lay policy files out in canonical form",
    "test": "run the examples that stand in the policies",
    "show": "print a policy as it stands in a month",
    "diff": "compare months, editions, folders or revisions: text, rates, patients and dollars",
    "impact": "tell what the edit at hand does to a panel, again after every save",
    "fees": "price codes; show, compare, check and import fee schedules",
    "schema": "print the JSON Schema of the facts or of a decision",
    "site": "build the documentation site from the policies, or preview it",
}

DONE, REFUSED, COULD_NOT_RUN = 0, 1, 2
"""Exit statuses: all done; a record, a check or an example was refused or failed; it could not run at all."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the result is the process's exit status."""
    args = list(sys.argv[1:] if argv is None else argv)
    try:
        with _ended_in_order():
            return _run(args)
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else COULD_NOT_RUN


@contextmanager
def _ended_in_order() -> Iterator[None]:
    """Let what the system asks this process to end by do so as an interrupt does: what was begun is taken away."""
    told = [number for name in ("SIGTERM", "SIGHUP") if (number := getattr(signal, name, None)) is not None]
    alone = threading.current_thread() is threading.main_thread()
    kept = [number for number in told if alone and signal.getsignal(number) == signal.SIG_DFL]
    for number in kept:
        signal.signal(number, _end)
    try:
        yield
    finally:
        for number in kept:
            signal.signal(number, signal.SIG_DFL)


def _end(number: int, _: object) -> NoReturn:
    sys.exit(128 + number)


def _run(args: list[str]) -> int:
    try:
        _open_streams()
        status = _dispatch(args)
        sys.stdout.flush()
        return status
    except BrokenPipeError:
        _no_more_output()
        return DONE
    except KeyboardInterrupt:
        return 130
    except Exception as fault:
        if isinstance(fault, ModuleNotFoundError) and fault.name and not fault.name.startswith("ccm_policy"):
            name = fault.name.partition(".")[0]
            return _stop("E0815", f"this needs the package `{name}`, which is not installed", install(name))
        if _reader_is_gone(fault):
            _no_more_output()
            return DONE
        if isinstance(fault, OSError) and fault.errno in _CANNOT_WRITE:
            _no_more_output()
            return _stop(
                "E0804",
                f"the output could not be written: {(fault.strerror or 'the system refused').lower()}",
                "what was written is not whole; choose another place for it, and run it again",
            )
        if os.environ.get("CCM_POLICY_TRACEBACK"):
            raise
        return _stop(
            "E0899",
            "ccm-policy met a fault of its own; this is a defect of the program, not of your files",
            "report it; CCM_POLICY_TRACEBACK=1 shows where it happened (the text may contain facts)",
        )


_CANNOT_WRITE = (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EFBIG, errno.EBADF)


def _open_streams() -> None:
    """Both streams in UTF-8 with lines that end in LF, whatever the system says; one that the caller closed is an error
    or goes nowhere."""
    closed = sys.stdout is None
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115
    if closed:
        raise OSError(errno.EBADF, "it is closed")
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")


def _reader_is_gone(fault: Exception) -> bool:
    """What Windows says of a pipe that nobody reads any more: an argument that is not valid, and no file to it."""
    on_windows = sys.platform == "win32"
    return on_windows and isinstance(fault, OSError) and fault.errno == errno.EINVAL and fault.filename is None


def _no_more_output() -> None:
    """Let nothing be written when the process ends, where nobody can take it."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


def _stop(code: str, message: str, help: str) -> int:
    sys.stderr.write(f"error CCM-{code}: {message}\n  help: {help}\n")
    return COULD_NOT_RUN


def _dispatch(args: list[str]) -> int:
    from ccm_policy import __version__

    if "" in args:
        help = "most likely a variable of the shell without a value; `.` is the folder you are in"
        return _stop("E0803", "one of the words after `ccm-policy` is empty", help)
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
