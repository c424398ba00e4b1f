"""What is wrong with statements that are right one by one: rules out of place, conditions that are always so."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from ccm_policy.language import syntax as s
from ccm_policy.language import tree as t
from ccm_policy.language.conditions_of import conditions_of, name_of, statements_of
from ccm_policy.language.diagnostics import Note, Span
from ccm_policy.language.report import Report
from ccm_policy.language.walk import definition_of, parts, records_of, within

_OF_THE_MONTH = re.compile(r"\b(?:(?:in|of) the|this) month\b")

NESTED = 2
"""How deep phrases over records may stand one inside the other."""


@dataclass(slots=True)
class Reader:
    """What definitions come to, followed through the definitions that they read."""

    program: t.Program
    _kept: dict[tuple[str, str], bool] = field(default_factory=dict)
    _depth: dict[str, int] = field(default_factory=dict)

    @property
    def claim(self) -> str | None:
        """The list of the claim's lines."""
        return self.program.vocabulary.claim

    def any(self, what: str, node: t.Node, test: Callable[[t.Node], bool]) -> bool:
        """Whether the test holds for the node or anything below it, also through definitions."""
        return any(test(part) or self._of_definition(what, part, test) for part in within(node))

    def _of_definition(self, what: str, part: t.Node, test: Callable[[t.Node], bool]) -> bool:
        name = definition_of(part)
        if name is None or name not in self.program.definitions:
            return False
        key = (what, name)
        if key not in self._kept:
            self._kept[key] = self.any(what, self.program.definitions[name].value, test)
        return self._kept[key]

    def meaning(self, node: t.Node) -> t.Node:
        """What a definition of the month says, where the node is one."""
        while isinstance(node, t.Defined) and node.name in self.program.definitions:
            node = self.program.definitions[node.name].value
        return node

    def conjuncts(self, node: t.Node) -> Iterator[t.Node]:
        """The parts of a condition on a record that must all hold, through definitions about the record."""
        if isinstance(node, t.DefinedOf) and node.depth == 0 and node.name in self.program.definitions:
            yield from self.conjuncts(self.program.definitions[node.name].value)
        elif isinstance(node, t.And):
            for operand in node.operands:
                yield from self.conjuncts(operand)
        else:
            yield node

    def depth(self, node: t.Node) -> int:
        """How many phrases over records stand one inside the other, through definitions about a record."""
        below = max((self.depth(part) for part, _ in parts(node)), default=0)
        if isinstance(node, t.DefinedOf) and node.name in self.program.definitions:
            if node.name not in self._depth:
                self._depth[node.name] = self.depth(self.program.definitions[node.name].value)
            below = max(below, self._depth[node.name])
        return below + (records_of(node) is not None)


def lint(program: t.Program, there: Mapping[tuple[str, str], s.Statement], report: Report, whole: t.Program) -> None:
    """Put down what is wrong across the statements of a program, which are some of a whole one or all of it."""
    reader = Reader(whole)
    for name, node, span in _conditions(program):
        if reader.depth(node) > NESTED:
            help = "give the inner phrase a name with `define … of LIST` about fewer lists, or split the rule"
            report.add("E0231", f"`{name}` asks about records inside records inside records", span, help)
    _heard(program, reader, report)
    _once(program, there, reader, report)
    for _, node, _ in _conditions(program):
        for part in within(node):
            _always(part, report)
    for rule in program.rules:
        for node in rule.conditions:
            _cut_already(rule, node, reader, report)
        _undated(rule, program.vocabulary, report)


def _conditions(program: t.Program) -> Iterator[tuple[str, t.Node, Span]]:
    for statement in statements_of(program):
        for asked in conditions_of(statement):
            yield name_of(statement), asked.node, asked.node.span


def _heard(program: t.Program, reader: Reader, report: Report) -> None:
    """What is decided for the month reads no claim lines, and does not ask what is established (S8)."""
    for statement in statements_of(program):
        name, asked = name_of(statement), list(conditions_of(statement))
        nodes = [each.node for each in asked]
        match statement:
            case t.Rule(severity=severity):
                _no_claim(f"`{name}` is a rule of the month", nodes, reader, report)
                if severity == "decides":
                    _nothing_established(name, nodes, reader, report)
            case t.Service() | t.Coverage():
                nodes = [each.node for each in asked if each.part != "modifiers.when"]  # those are of a claim's line
                _no_claim(f"`{name}` is decided with or without a claim", nodes, reader, report)
                _nothing_established(name, nodes, reader, report)
            case t.LineCheck(severity="decides"):
                _nothing_established(name, nodes, reader, report)


def _once(program: t.Program, there: Mapping[tuple[str, str], s.Statement], reader: Reader, report: Report) -> None:
    """Sums in which each minute counts once have a check that says which minutes are the same, and no check asks for
    such a sum: it would wait for itself."""
    checks = (statement for (kind, _), statement in there.items() if kind == "log check")
    pairs = (clause.body for statement in checks for clause in statement.all("forbid"))
    told = {pair.list for pair in pairs if isinstance(pair, s.ForbidTwo)}
    for definition in program.definitions.values():
        for part in within(definition.value):
            if _counts_once(part) and isinstance(part, t.Sum) and not told & _names(part, program):
                help = f"write a `log check` that forbids any two {part.records.list} that overlap"
                message = f"no log check says which minutes of `{part.records.list}` are the same"
                report.add("E0361", message, part.span, help)
    for check in program.overlap_checks:
        if any(reader.any("once", node, _counts_once) for node in check.compared):
            help = "compare what stands in the records themselves"
            message = f"`{check.name}` says which minutes count, and asks for a sum of minutes that count once"
            report.add("E0359", message, check.span, help)


def _names(part: t.Sum, program: t.Program) -> set[str | None]:
    """What the text calls the list that is summed."""
    declared = program.vocabulary.lists[part.records.list]
    return {declared.name, declared.called, f"{declared.called}s"}


def _counts_once(part: t.Node) -> bool:
    return isinstance(part, t.Sum) and part.once


def _no_claim(who: str, nodes: Iterable[t.Node], reader: Reader, report: Report) -> None:
    for node in nodes:
        if reader.any("claim", node, lambda part: _reads(part, reader.claim)):
            help = "write a `claim check`; other services of the month stand in the list of services"
            report.add("E0260", f"{who} and reads the lines of the claim", node.span, help)


def _nothing_established(name: str, nodes: Iterable[t.Node], reader: Reader, report: Report) -> None:
    for node in nodes:
        if reader.any("established", node, lambda part: isinstance(part, t.Established)):
            help = "give a rule `severity audit_risk` or `advice`, or ask the sum itself"
            report.add("E0261", f"`{name}` decides, and asks what is `established`", node.span, help)


def _cut_already(rule: t.Rule, node: t.Node, reader: Reader, report: Report) -> None:
    """`D is on or before the earliest counted day` where only days on or after D are counted (S35)."""
    if not isinstance(node, t.AtMost) or node.strict:
        return
    first = reader.meaning(node.right)
    if not isinstance(first, t.Extreme) or first.how != "earliest" or first.records.where is None:
        return
    for part in reader.conjuncts(first.records.where):
        if isinstance(part, t.AtMost) and part.right == first.field and part.left == node.left:
            message = f"`{rule.name}` always holds here: only days on or after that one are looked at"
            help = (
                "cut the minutes or fail the month, one of the two: drop this condition or that part of the definition"
            )
            report.add("W0341", message, node.span, help, [Note("here the days are cut already", part.span)])


def _undated(rule: t.Rule, vocabulary: t.Vocabulary, report: Report) -> None:
    """A deciding rule speaks of the month, and asks a yes/no that nothing dates: last year's yes would count (D42)."""
    if rule.severity != "decides" or not _OF_THE_MONTH.search(f"{rule.title} {rule.otherwise}"):
        return
    dated = {path.rpartition(".")[0] for path, fact in vocabulary.facts.items() if fact.type.kind == "date"}
    for node in rule.conditions:
        for part in node.operands if isinstance(node, t.And | t.Or) else (node,):
            fact = part.operand if isinstance(part, t.Not) else part
            if isinstance(fact, t.Fact) and fact.path.rpartition(".")[0] not in dated:
                message = f"`{rule.name}` speaks of the month, and nothing dates `{fact.path}`"
                help = "give the fact a date beside it, or say what the rule asks without the month"
                report.add("W0342", message, fact.span, help)


def _reads(node: t.Node, claim: str | None) -> bool:
    records = records_of(node)
    return records is not None and records.list == claim


def _always(node: t.Node, report: Report) -> None:
    """Conditions that hold always or never, as far as it can be seen without solving anything."""
    told = _constant(node)
    if told is not None:
        how, why = told
        report.add("E0340", f"this is {how} so: {why}", node.span, "drop it, or change what it compares")


def _constant(node: t.Node) -> tuple[str, str] | None:
    if isinstance(node, t.AtMost):
        return _ordered(node)
    if isinstance(node, t.Equal | t.AtMost) and node.left == node.right:
        return "always", "both sides are the same"
    if isinstance(node, t.Equal) and isinstance(node.left, t.Const) and isinstance(node.right, t.Const):
        return ("always" if node.left.value == node.right.value else "never"), "both sides are written values"
    if isinstance(node, t.In):
        values = node.operand.type.values
        if values and set(values) <= set(node.values):
            return "always", "it names every value there is"
    if isinstance(node, t.And | t.Or):
        return _opposites(node)
    return None


def _ordered(node: t.AtMost) -> tuple[str, str] | None:
    """A comparison that the declared ranges settle. What may be none compares with nothing, so never "always"."""
    left = node.left.type
    if node.left == node.right:
        return ("never" if node.strict else "always"), "both sides are the same"
    told = _ordered_values(node, left.values) if left.kind == "value" else _ordered_numbers(node, left)
    if told is not None and told[0] == "always" and (left.may_be_none or node.right.type.may_be_none):
        return None
    return told


def _ordered_numbers(node: t.AtMost, left: t.Type) -> tuple[str, str] | None:
    if left.kind != "number" or not (isinstance(node.left, t.Const) or isinstance(node.right, t.Const)):
        return None
    low, high = _ends(node.left)
    other_low, other_high = _ends(node.right)
    if high is not None and other_low is not None and (high < other_low or (high == other_low and not node.strict)):
        return "always", f"it is {_range(node)}"
    if low is not None and other_high is not None and (low > other_high or (low == other_high and node.strict)):
        return "never", f"it is {_range(node)}"
    return None


def _ends(node: t.Node) -> tuple[Decimal | None, Decimal | None]:
    if isinstance(node, t.Const) and isinstance(node.value, Decimal):
        return node.value, node.value
    type_ = node.type
    return type_.low, type_.high


def _range(node: t.AtMost) -> str:
    type_ = (node.right if isinstance(node.left, t.Const) else node.left).type
    if type_.high is None:
        return f"never below {type_.low}"
    return f"from {type_.low} to {type_.high}" if type_.low is not None else f"never above {type_.high}"


def _ordered_values(node: t.AtMost, values: tuple[str, ...]) -> tuple[str, str] | None:
    first = isinstance(node.left, t.Const) and node.left.value == values[0] and not node.strict
    last = isinstance(node.right, t.Const) and node.right.value == values[-1] and not node.strict
    if first or last:
        return "always", f"the values run from `{values[0]}` to `{values[-1]}`"
    before = isinstance(node.right, t.Const) and node.right.value == values[0] and node.strict
    after = isinstance(node.left, t.Const) and node.left.value == values[-1] and node.strict
    if before or after:
        return "never", f"the values run from `{values[0]}` to `{values[-1]}`"
    return None


def _opposites(node: t.And | t.Or) -> tuple[str, str] | None:
    for operand in node.operands:
        if isinstance(operand, t.Not) and operand.operand in node.operands:
            how = "never" if isinstance(node, t.And) else "always"
            return how, "it asks for something and for its opposite"
    return None
