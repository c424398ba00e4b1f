"""Billing codes as they are written: one, a range, or the name of a set."""

from __future__ import annotations

from collections.abc import Iterable

from ccm_policy.language import syntax as s
from ccm_policy.language.resolve.names import Refused, Resolver


def members(r: Resolver, written: s.CodeRange) -> list[str]:
    """The codes of a range: the digits count up, everything around them stays."""
    first, last = written.first, written.last
    prefix = first.rstrip("0123456789")
    digits, end = first[len(prefix) :], last[len(prefix) :]
    if not last.startswith(prefix) or len(first) != len(last) or not digits or not end.isdigit():
        r.refuse(
            "E0314",
            f"`{first} to {last}` is no range of codes",
            written.span,
            "both ends have the same letters and length",
        )
    if int(digits) > int(end):
        r.refuse("E0314", f"`{first} to {last}` runs backwards", written.span, f"write `{last} to {first}`")
    return [f"{prefix}{n:0{len(digits)}d}" for n in range(int(digits), int(end) + 1)]


def code_list(r: Resolver, written: Iterable[s.Expr]) -> tuple[str, ...]:
    """Codes in the order written, each once. A name is a named set of codes."""
    found: list[str] = []
    for e in written:
        if isinstance(e, s.CodeRange):
            found += members(r, e)
        elif isinstance(e, s.Shape | s.Text):
            found.append(e.value)
        elif isinstance(e, s.Number) and e.unit is None:
            found.append(str(e.value))
        elif isinstance(e, s.Name) and e.path in r.names.sets:
            found += r.names.sets[e.path]
        elif isinstance(e, s.Name):
            r.report.unknown(
                "E0204", "named set of codes", e.path, e.span, r.names.sets, "declare it with `codes … are …`"
            )
            raise Refused
        else:
            r.refuse("E0315", "a code is expected here", e.span, "write codes, separated by commas")
    return tuple(dict.fromkeys(found))
