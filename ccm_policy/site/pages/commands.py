"""The command-line reference, from the parsers that read the command line."""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Iterator

from ccm_policy.site.page import Page, code, fence, link, plain, table


def pages(commands: dict[str, str], program: str, package: str) -> Iterator[Page]:
    """The list of commands and a page for each. `commands`: names and what they are for; `package`: their modules."""
    at = "commands/index.md"

    def row(name: str, what: str) -> list[str]:
        return [link(f"`{program} {name}`", f"commands/{name}.md", at), plain(what)]

    rows = [row(name, what) for name, what in commands.items()]
    body = table(["Command", "What it does"], rows) + (
        "\nResults go to standard output, messages for people to standard error. The exit status is 0 when all is "
        "done, 1 when a record, a check or an example was refused or failed, and 2 when the command could not run.\n"
    )
    yield Page(path=at, title="Command line", body=body, summary="Every command of ccm-policy")
    for name, what in commands.items():
        parser = argparse.ArgumentParser(prog=f"{program} {name}", add_help=False)
        module = importlib.import_module(f"{package}.{name}")
        module.configure(parser)
        yield Page(
            path=f"commands/{name}.md",
            title=f"{program} {name}",
            body=_body(parser, module.__doc__ or what),
            summary=what,
        )


def _body(parser: argparse.ArgumentParser, about: str) -> str:
    first, _, rest = about.strip().partition("\n\n")
    parts = [plain(" ".join(first.split())), ""]
    if rest.strip():
        parts += [fence(_dedented(rest), "text")]
    parts += _usage(parser, 2)
    if parser.epilog:
        parts += ["## Examples\n", fence(parser.epilog, "text")]
    return "\n".join(parts)


def _usage(parser: argparse.ArgumentParser, level: int) -> list[str]:
    formatter = argparse.HelpFormatter(parser.prog, width=100)
    formatter.add_usage(parser.usage, parser._actions, parser._mutually_exclusive_groups, prefix="")
    parts = [fence(formatter.format_help(), "text")]
    rows = [row for action in parser._actions if (row := _row(action)) is not None]
    if rows:
        parts.append(table(["Option", "Meaning"], rows))
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            notes = {choice.dest: choice.help or "" for choice in action._choices_actions}
            for name, inner in dict.fromkeys(action.choices.items()):
                parts += [f"{'#' * level} {name}\n", plain(notes.get(name, "")), ""]
                parts += _usage(inner, level + 1)
    return parts


def _row(action: argparse.Action) -> list[str] | None:
    if isinstance(action, argparse._SubParsersAction | argparse._HelpAction) or action.help == argparse.SUPPRESS:
        return None
    metavar = action.metavar if isinstance(action.metavar, str) else action.dest.upper().replace("_", "-")
    takes = "" if action.nargs == 0 else f" {metavar}"
    name = ", ".join(option + takes for option in action.option_strings) or metavar
    said = plain((action.help or "").replace("%%", "%"))
    if action.choices:
        said += f" ({', '.join(code(str(c)) for c in action.choices)})"
    return [code(name), said]


def _dedented(text: str) -> str:
    import textwrap

    return textwrap.dedent(text).strip("\n")
