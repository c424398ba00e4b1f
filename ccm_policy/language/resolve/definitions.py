"""Definitions, made when they are first asked for: their types follow from what they read, and none reads itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from ccm_policy.language import syntax as s
from ccm_policy.language import tree as t
from ccm_policy.language.diagnostics import Span
from ccm_policy.language.resolve.expressions import condition, value
from ccm_policy.language.resolve.ground import Ground, ground
from ccm_policy.language.resolve.names import Refused, Resolver, Scope
from ccm_policy.language.resolve.reads import Once
from ccm_policy.language.resolve.types import comparable, described, hull, read_type
from ccm_policy.language.walk import within


@dataclass(slots=True)
class Definitions:
    """The definitions of a program. `made` holds them in an order in which each reads only earlier ones.

    `making`: those that are being made, one for the other, each with the definitions that it asked for so far.
    """

    r: Resolver
    written: dict[str, s.Statement]
    once: Once | None = None
    made: dict[str, t.Definition] = field(default_factory=dict)
    failed: set[str] = field(default_factory=set)
    making: dict[str, list[str]] = field(default_factory=dict)

    def get(self, name: str, span: Span) -> t.Definition:
        """The definition of that name; refuses one that is wrong (told where it stands) or reads itself."""
        if self.making:
            self.making[next(reversed(self.making))].append(name)
        if name in self.made:
            return self.made[name]
        if name in self.failed or self.written[name].broken:
            raise Refused
        if name in self.making:
            path = list(self.making)
            circle = [*path[path.index(name) :], name]
            self.failed.update(circle)
            words = " reads ".join(f"`{each}`" for each in circle)
            first = self.written[name]
            self.r.refuse(
                "E0240",
                f"definitions go round in a circle: {words}",
                first.name_span,
                "let one of them read facts only",
            )
        self.making[name] = []
        try:
            self.made[name] = self._known(name) or self._new(name)
        except Refused:
            self.failed.add(name)
            raise
        finally:
            del self.making[name]
        return self.made[name]

    def _known(self, name: str) -> t.Definition | None:
        """The definition as another program has it; what it reads is made first, as if it were made now."""
        known = self.once.known(self.written[name]) if self.once is not None else None
        if known is None:
            return None
        made, asked = known
        for each in asked:
            self.get(each, made.span)
        assert isinstance(made, t.Definition)
        return made

    def _new(self, name: str) -> t.Definition:
        made = _define(self.r, self.written[name])
        if self.once is not None:
            self.once.put(self.written[name], made, tuple(dict.fromkeys(self.making[name])))
        return made

    def all(self, names: Iterable[str]) -> None:
        """Make the definitions of these names, so that each that is wrong is told."""
        for name in names:
            try:
                self.get(name, self.written[name].name_span)
            except Refused:
                continue


def _define(r: Resolver, statement: s.Statement) -> t.Definition:
    of = statement.head.of
    scope = Scope()
    if of is not None:
        scope = Scope((r.list_named(of, statement.name_span).name,), about=True)
    declared = None if statement.head.type is None else read_type(statement.head.type, r.names.values, r.report)
    written = [c for c in statement.clauses if c.word == "as"]
    if not written:
        r.refuse("E0241", f"`{statement.name}` does not say what it is", statement.name_span, "write `as …`")
    ground_ = ground(r, statement)
    node, type_ = _cases(r, [_case(r, c) for c in written], scope, declared, statement.name)
    _check_type(r, statement, declared, type_)
    _check_pick(r, node, of, statement)
    return _made(statement, scope, ground_, node, _joined(declared, type_))


def _made(statement: s.Statement, scope: Scope, g: Ground, node: t.Node, type_: t.Type) -> t.Definition:
    of = scope.subjects[0] if scope.subjects else None
    span = statement.name_span
    return t.Definition(
        name=statement.name,
        of=of,
        type=type_,
        value=node,
        where=g.where,
        title=g.title,
        confidence=g.confidence,
        basis=g.basis,
        cites=g.cites,
        span=span,
    )


def _case(r: Resolver, clause: s.Clause) -> s.Case:
    if isinstance(clause.body, s.ServiceUnion):
        message = "a list joined with the lines of the claim is declared in the vocabulary, not in a policy"
        help = "move it to a file of the vocabulary, or read a joined list that is declared there"
        r.refuse("E0343", message, clause.span, help)
    assert isinstance(clause.body, s.Case)
    return clause.body


def _cases(r: Resolver, cases: list[s.Case], scope: Scope, declared: t.Type | None, name: str) -> tuple[t.Node, t.Type]:
    """The value of a definition: one expression, or the first case whose condition holds."""
    if len(cases) == 1 and cases[0].when is None:
        node = value(r, cases[0].value, scope, declared)
        return node, node.type
    if cases[-1].when is not None or any(c.when is None for c in cases[:-1]):
        help = "give the last case `otherwise`, and every other one `when`"
        r.refuse("E0242", f"the cases of `{name}` do not say what it is in every case", cases[-1].span, help)
    made: list[tuple[t.Node | None, t.Node]] = []
    expected = declared
    for case in cases:
        when = None if case.when is None else condition(r, case.when, scope)
        node = value(r, case.value, scope, expected)
        if expected is None and not isinstance(node, t.UnknownValue):
            expected = node.type
        made.append((when, node))
    type_ = hull([node.type for _, node in made if not isinstance(node, t.UnknownValue)] or [t.YES_NO])
    if type_ is None:
        r.refuse(
            "E0312",
            f"the cases of `{name}` are not of one type",
            cases[0].span,
            "give each case the same type and unit",
        )
    return t.Cases(tuple(made), type_, cases[0].span), type_


def _check_type(r: Resolver, statement: s.Statement, declared: t.Type | None, found: t.Type) -> None:
    if declared is not None and not comparable(declared, found):
        message = f"`{statement.name}` is declared as {described(declared)}, and what it says is {described(found)}"
        span = statement.head.type.span if statement.head.type else statement.name_span
        r.refuse("E0312", message, span, f"declare it as {described(found)}, or change what it says")


def _joined(declared: t.Type | None, found: t.Type) -> t.Type:
    """The declared type, with the range that follows from the value where none was declared."""
    if declared is None or declared.kind != found.kind:
        return found
    low = declared.low if declared.low is not None else found.low
    high = declared.high if declared.high is not None else found.high
    return replace(declared, low=low, high=high, whole=declared.whole or found.whole, may_be_none=found.may_be_none)


def _check_pick(r: Resolver, node: t.Node, of: str | None, statement: s.Statement) -> None:
    """One record out of many is the whole of a definition of the month."""
    for part in within(node):
        if isinstance(part, t.Pick) and (part is not node or of is not None):
            help = f"define it by itself: `define … as the {part.how} {part.records.list} …`"
            r.refuse("E0243", "a record is picked by a definition of the month that does nothing else", part.span, help)
