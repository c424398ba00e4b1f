"""Named sets: codes, areas, roles. A set may hold another by name."""

from __future__ import annotations

from collections.abc import Iterable

from ccm_policy.language import syntax as s
from ccm_policy.language.resolve.codes import members
from ccm_policy.language.resolve.names import Refused, Resolver

KINDS = ("codes", "area", "roles")


def declare_sets(r: Resolver, statements: Iterable[s.Statement]) -> None:
    """Put the sets of these statements among the names, each with the values of the sets it names."""
    written = {st.name: st for st in statements if st.kind in KINDS}
    done: dict[str, tuple[str, ...]] = {}
    for name in written:
        _expand(r, name, written, done, ())
    for name, values in done.items():
        if written[name].kind == "roles":
            r.names.roles[name] = values
        else:
            r.names.sets[name] = values


def _expand(
    r: Resolver, name: str, written: dict[str, s.Statement], done: dict[str, tuple[str, ...]], path: tuple[str, ...]
) -> tuple[str, ...]:
    if name in done:
        return done[name]
    statement = written[name]
    if name in path:
        cycle = " → ".join((*path[path.index(name) :], name))
        r.report.add(
            "E0222", f"the set `{name}` holds itself: {cycle}", statement.name_span, "list the codes themselves"
        )
        return ()
    found: list[str] = []
    for e in statement.head.values:
        try:
            found += _values(r, e, written, done, (*path, name), statement.kind)
        except Refused:
            continue
    done[name] = tuple(dict.fromkeys(found))
    return done[name]


def _values(
    r: Resolver,
    e: s.Expr,
    written: dict[str, s.Statement],
    done: dict[str, tuple[str, ...]],
    path: tuple[str, ...],
    kind: str,
) -> Iterable[str]:
    if isinstance(e, s.CodeRange):
        return members(r, e)
    if isinstance(e, s.Name):
        if e.path in written and e.path != path[-1]:
            return _expand(r, e.path, written, done, path)
        known = r.names.sets.get(e.path) or r.names.roles.get(e.path)
        if known is not None:
            return known
        if kind == "codes":
            r.report.unknown(
                "E0204",
                "named set of codes",
                e.path,
                e.span,
                [*written, *r.names.sets],
                "write codes, ranges or named sets",
            )
            return ()
        return (e.path,)
    if not isinstance(e, s.Shape | s.Text | s.Number):
        r.refuse("E0315", "a code or a word is expected here", e.span, "separate the values by commas")
    return (str(e.value),)
