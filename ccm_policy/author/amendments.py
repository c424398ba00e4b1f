"""Empty amendments of a year: a file for each policy that is amended by years, with what there is to look at in it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from textwrap import wrap

from ccm_policy.fees.to_look_at import Look, about
from ccm_policy.language.diagnostics import CcmPolicyError
from ccm_policy.library import Library
from ccm_policy.library.outline import PolicyOutline

_OF_A_YEAR = re.compile(r"\d{4}(-\d{2})?\.policy")
_WIDTH = 118


@dataclass(frozen=True, slots=True)
class Amendment:
    """A policy's file of a year: where it belongs, its text, and what its author has to look at."""

    policy: str
    path: Path
    text: str
    looks: tuple[Look, ...]


def amendments(library: Library, year: int, looks: Collection[Look], of: str) -> Iterator[Amendment]:
    """For every policy that has been amended, and whose editions stand in files named by their year or month, the file
    of this year where there is none. `of`: the tables that were compared, as text."""
    month = f"{year:04}-01"
    for policy in library.policies.values():
        last = policy.editions[-1]
        path = Path(last.path)
        if len(policy.editions) < 2 or last.month >= month or not _OF_A_YEAR.fullmatch(path.name):
            continue
        concerned = about(looks, codes_of(library, policy))
        yield Amendment(
            policy.name, path.with_name(f"{year}.policy"), _text(policy, last.month, year, concerned, of), concerned
        )


def codes_of(library: Library, policy: PolicyOutline) -> frozenset[str]:
    """The codes that a policy decides, with what it rests on; as of the last month that is known."""
    try:
        program = library.program((policy.name,), library.known_through)
    except CcmPolicyError:
        return frozenset()
    return frozenset(program.services)


def _text(policy: PolicyOutline, amends: str, year: int, looks: tuple[Look, ...], of: str) -> str:
    told = [
        f"- {look.says if len(look.codes) > 1 else f'{look.codes[0]}: {look.says}'} ({look.kind})" for look in looks
    ]
    nothing = f"The tables of {year} ({of}) change nothing for the codes of this policy." if of else ""
    first = f"What the tables of {year} changed for these codes ({of}):" if looks else nothing
    still = "No table tells what the year's rule says: read it too. This edition is asked for in no month before "
    known = f"`known through` reaches {year:04}-01; that is moved by hand."
    head = [first, *told, still + known]
    lines = [line for text in head if text for line in _comment(text)]
    return (
        "\n".join(lines)
        + f'\n\npolicy {policy.name}\n  title   "CY {year}: nothing is entered yet"\n'
        + f"  edition {year:04}-01\n  amends  {amends}\n"
    )


def _about(look: Look) -> str:
    return "" if len(look.codes) > 1 else f"{look.codes[0]}: "


def _comment(text: str) -> list[str]:
    return wrap(text, _WIDTH, initial_indent="# ", subsequent_indent="#   " if text.startswith("- ") else "# ")
