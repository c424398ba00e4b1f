"""A program as compiled code: its text, and the functions that come of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial
from typing import Any

from ccm_policy.compile import conditions, grounds, grounds_of_records, known, phrases, quantities, reckoning
from ccm_policy.compile.beside import slots_of_the_claim
from ccm_policy.compile.conditions import all_of, any_of
from ccm_policy.compile.grounds import rule_told
from ccm_policy.compile.known import Pair
from ccm_policy.compile.layout import Layout, layout_of
from ccm_policy.compile.names import Function, execute, of_owner, tables, when_called
from ccm_policy.compile.quantities import number
from ccm_policy.compile.records import Listed as Rows
from ccm_policy.compile.records import State, builders, fill, imagined_of, record_of
from ccm_policy.compile.writer import Bound, Emit, Frame, Tell, Writer
from ccm_policy.evaluate.later import made_once
from ccm_policy.evaluate.patient_month import Listed
from ccm_policy.evaluate.presume import presumed_when_read
from ccm_policy.evaluate.rules import AUDIT_RISK, severity_of
from ccm_policy.evaluate.services import already_billed
from ccm_policy.facts.values import NONE, UNKNOWN, Given, Value
from ccm_policy.language import tree as t

KINDS: dict[type, Emit] = {**conditions.KINDS, **quantities.KINDS, **phrases.KINDS}
"""How every kind of node is written."""

TELLS: dict[type, Tell] = {**grounds.KINDS, **grounds_of_records.KINDS}
"""How it is written what every kind of node rests on."""


Holds = tuple[t.Rule, str]
"""A rule, and the name of the function that says whether it holds as it stands for a service."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfService:
    """The functions of a service: its own outcome, its units, its base, its date where no claim says; every rule that
    is for it, in the order of the program, and those that may be told as a risk."""

    service: t.Service
    own: Callable[[State], int]
    units: Callable[[State], Pair]
    base: Callable[[State], int]
    served: Callable[[State], Pair]
    rules: tuple[Holds, ...]
    flagging: tuple[Holds, ...]


@dataclass(kw_only=True)
class Compiled:
    """A program that can be run. Slots are those of `layout`; a function takes the slots of a month first."""

    program: t.Program
    layout: Layout
    writer: Writer
    names: dict[str, Any]
    services: tuple[OfService, ...] = ()
    places: dict[int, int] = field(default_factory=dict)
    overlap_checks: tuple[t.OverlapCheck, ...] = ()
    of_facts: dict[str, str] = field(default_factory=dict)
    nothing: dict[str, Listed] = field(default_factory=dict)
    by_node: dict[tuple[int, str], tuple[t.Node | t.Records, str]] = field(default_factory=dict)
    tellers: dict[tuple[int, str], tuple[t.Node | t.Rule, str]] = field(default_factory=dict)

    def function(self, node: t.Node, listed: str = "") -> Function:
        """The function of a node, over the slots and, where it is about a record of a list, that record."""
        key = (id(node), listed)
        found = self.by_node.get(key)
        if found is None:
            write = partial(_node_by_itself, self.writer, node, self._at(listed))
            found = self.by_node[key] = (node, self._written(write))
        made: Function = self.names[found[1]]
        return made

    @made_once
    def of_claim(self) -> tuple[int, ...] | None:
        """The slots that may hang on lines of the claim."""
        return slots_of_the_claim(self.program, self.layout, self.writer)

    def applies(self, rule: t.Rule, state: State) -> int:
        """Whether a rule speaks of the month at all."""
        return int(self.names[f"applies_{self.places[id(rule)]}"](state))

    def waiver(self, rule: t.Rule, state: State) -> t.Waiver | None:
        """The named exception that a rule holds by, where it would not hold by itself."""
        place = self.names[f"waiver_{self.places[id(rule)]}"](state) if rule.waivers else None
        return None if place is None else rule.waivers[place]

    def teller(self, node: t.Node, listed: str = "") -> Function:
        """The function that tells what a node rests on. Raises `NotCompiledError` where none is written."""
        return self._teller(node, listed, lambda: self.writer.told(node, self._at(listed)))

    def rule_teller(self, rule: t.Rule) -> Function:
        """The function that tells what a rule rests on."""
        truth = self.writer.made["rule", self.places[id(rule)]]
        return self._teller(rule, "", lambda: rule_told(self.writer, rule, truth))

    def _teller(self, node: t.Node | t.Rule, listed: str, lines: Callable[[], list[str]]) -> Function:
        def write() -> str:
            name = self.writer.fresh("tells_")
            self.writer.define(name, "S, T, r=None", lines() or ["pass"])
            return name

        key = (id(node), listed)
        found = self.tellers.get(key)
        if found is None:
            found = self.tellers[key] = (node, self._written(write))
        made: Function = self.names[found[1]]
        return made

    def match(self, records: t.Records, row: list[Any], state: State) -> int:
        """Whether a record is one of those that are spoken of."""
        key = (id(records), records.list)
        found = self.by_node.get(key)
        if found is None:
            found = self.by_node[key] = (records, self._write_match(records))
        truth: int = self.names[found[1]](state, row)
        return truth

    def fact(self, path: str, state: State) -> Any:
        """What is known of a fact."""
        name = self.of_facts.get(path)
        if name is None:
            self.function(node := t.Fact(path, self.program.vocabulary.facts[path].type))
            name = self.of_facts[path] = self.by_node[id(node), ""][1]
        return self.names[name](state)

    def not_given(self, name: str) -> Listed:
        """A list that was not given, as the reference has it: the same for every patient-month."""
        found = self.nothing.get(name)
        if found is None:
            empty = Given(patient_id="", service_month="2000-01", practitioner_id=None, facts={}, lists={}, digest="")
            found = self.nothing[name] = presumed_when_read(empty, self.program).list(name)
        return found

    def rows(self, name: str, state: State) -> list[list[Any]]:
        """The records of a list, the unseen one last."""
        return self.listed(name, state)[0]

    def listed(self, name: str, state: State) -> Rows:
        """A list: its records, whether nothing is known of it, and whether it is presumed to be empty."""
        listed: Rows = state[self.layout.lists[name].slot] or self.names[f"list_{name}"](state)
        return listed

    def row_of(self, name: str, cells: Mapping[str, Value], state: State) -> list[Any]:
        """A record that no list has: what it does not say is not known."""
        return record_of(self.layout.lists[name], cells, state)

    def refill(self, name: str, row: list[Any], cells: Mapping[str, Value], state: State) -> None:
        """Give a record other values."""
        fill(self.layout.lists[name], row, cells, state)

    def _at(self, listed: str) -> Frame:
        return (Bound("r", self.layout.lists[listed]),) if listed else ()

    def _write_match(self, records: t.Records) -> str:
        def write() -> str:
            bound, name = Bound("r", self.layout.lists[records.list]), self.writer.fresh("match_")
            nothing = f"if {self.writer.of_list(records.list)}[1]: return 1"
            day = "" if records.on is None else self.writer.value(records.on, ())
            lines = phrases.match(self.writer, records, bound, (), day)
            self.writer.define(name, "S, r", [nothing, *lines, "return m"])
            return name

        return self._written(write)

    def _written(self, write: Callable[[], str]) -> str:
        """The name of a function that is written after the others, with what is written for it; it can be called."""
        before, constants = len(self.writer.functions), len(self.writer.constants)
        name = write()
        self._run(self.writer.constants[constants:], self.writer.functions[before:])
        return name

    def _run(self, constants: list[str], functions: list[str]) -> None:
        execute("\n".join(constants), self.names)
        for text in functions:
            name = text[len("def ") : text.index("(")]
            self.names[name] = when_called(name, text, self.names)


def compiled(program: t.Program) -> Compiled:
    """The program in Python. Raises `NotWrittenError` where it has something of which no code is written."""
    layout = layout_of(program)
    of_nodes: list[tuple[t.Node, str, str]] = []
    writer = Writer(program=program, layout=layout, kinds=KINDS, tells=TELLS)
    for number_, rule in enumerate(program.rules):
        _rule(writer, number_, rule)
    for code, service in program.services.items():
        _service(writer, code, service)
    names: dict[str, Any] = {
        **vars(known),
        **vars(reckoning),
        "NONE": NONE,
        "UNKNOWN": UNKNOWN,
        "Fraction": Fraction,
        **tables(program),
        **of_owner(writer.asked, writer.sums),
    }
    made = Compiled(program=program, layout=layout, writer=writer, names=names)

    def fact(state: State, path: str) -> Any:
        return made.fact(path, state)

    for name, build in builders(program, layout, fact).items():
        names[f"list_{name}"] = build
        names[f"imagined_{name}"] = partial(imagined_of, layout.lists[name])
    for node, listed in _asked_by_stages(program):
        of_nodes.append((node, listed, _node_by_itself(writer, node, made._at(listed))))
    writer.closed = True
    made.places = {id(rule): place for place, rule in enumerate(program.rules)}
    made.overlap_checks = tuple(check for check in program.overlap_checks if not check.across)
    rules_of = {code: tuple(_rules_of(writer, code)) for code in program.services}
    made._run(writer.constants, writer.functions)
    made.services = tuple(_of_service(made, service, rules_of[code]) for code, service in program.services.items())
    made.by_node = {(id(node), listed): (node, name) for node, listed, name in of_nodes}
    return made


def _node_by_itself(to: Writer, node: t.Node, at: Frame) -> str:
    """The name of a function for a node by itself."""
    name = to.fresh("node_")
    to.define(name, "S, r=None", [f"return {to.value(node, at)}"])
    return name


def _asked_by_stages(program: t.Program) -> Iterator[tuple[t.Node, str]]:
    """What the stages after own outcomes ask for by itself, with the list whose record is bound in it."""
    claim = program.vocabulary.claim or ""
    for definition in program.definitions.values():
        yield definition.value, definition.of or ""
    for check in program.line_checks:
        for node in (*check.conditions, check.when, check.lines.where):
            if node is not None:
                yield node, claim
    for service in program.services.values():
        yield from ((m.when, claim) for m in service.modifiers if m.when is not None)
        earning = service.earning
        for node in (service.entered, service.dated, earning.when, earning.step, earning.amount, earning.beyond):
            if node is not None:
                yield node, ""
    yield from ((c.when, "") for c in program.coverages if c.when is not None)
    for payment in program.payments:
        clauses = [clause.when for clause in payment.pays]
        for node in (payment.when, payment.patient_after, payment.patient_nothing, *clauses):
            if node is not None:
                yield node, ""


def _rules_of(to: Writer, code: str) -> Iterator[str]:
    """The functions of the rules that are for a service."""
    for place, rule in enumerate(to.program.rules):
        if code not in rule.codes:
            continue
        name = f"rule_{place}"
        if rule.from_day is not None or rule.until_day is not None:
            name = f"rule_{place}_of_{_name(code)}"
            to.define(name, "S", [f"return {rule_for(to, place, rule, code)}"])
        yield name


def _of_service(made: Compiled, service: t.Service, rules: tuple[str, ...]) -> OfService:
    name = _name(service.code)
    holds = tuple(zip((rule for rule in made.program.rules if service.code in rule.codes), rules, strict=True))
    return OfService(
        service=service,
        own=made.names[f"own_{name}"],
        units=made.names[f"units_{name}"],
        base=made.names[f"base_{name}"],
        served=made.names[f"served_{name}"],
        rules=holds,
        flagging=tuple(one for one in holds if severity_of(one[0]) == AUDIT_RISK),
    )


# --- rules and services ------------------------------------------------------------------------------------------


def _rule(to: Writer, place: int, rule: t.Rule) -> None:
    """Whether a rule holds, worked out once: it does not apply, its conditions, its named exceptions."""
    slot = to.layout.more()
    to.made["rule", place] = to.once(slot, f"rule_{place}(S)")
    ways = [] if rule.when is None else [f"NOT[{to.truth(rule.when, ())}]"]
    required = all_of(to, [to.truth(condition, ()) for condition in rule.conditions])
    waivers = [to.truth(waiver.when, ()) for waiver in rule.waivers]
    ways += [required, *waivers]
    applies = "3" if rule.when is None else to.truth(rule.when, ())
    to.define(f"applies_{place}", "S", [f"return {applies}"])
    if waivers:
        tried = [line for n, text in enumerate(waivers) for line in (f"if {text} == 3: return {n}",)]
        to.define(f"waiver_{place}", "S", [f"if {required} == 3: return None", *tried])
    body = [f"v = S[{slot}]", "if v is None:", f"    v = S[{slot}] = {any_of(to, ways)}", "return v"]
    to.define(f"rule_{place}", "S", body)


def rule_for(to: Writer, place: int, rule: t.Rule, code: str) -> str:
    """A rule as it stands for a service: outside its own first and last day it does not apply."""
    truth = to.made["rule", place]
    if rule.from_day is None and rule.until_day is None:
        return truth
    first, last = (None if day is None else day.toordinal() for day in (rule.from_day, rule.until_day))
    return f"({truth} | NOT[in_force(served_{_name(code)}(S), {first}, {last})])"


def _name(code: str) -> str:
    return "".join(letter if letter.isalnum() else f"_{ord(letter)}_" for letter in code)


def _service(to: Writer, code: str, service: t.Service) -> None:
    """A service's date, units, base and own outcome, each worked out once."""
    name = _name(code)
    of = {kind: to.layout.more() for kind in ("served", "units", "base", "own")}
    for kind, lines in (
        ("served", _served(to, service)),
        ("units", _units(to, service.earning)),
        ("base", _base(to, service)),
        ("own", _own(to, code, service)),
    ):
        slot = of[kind]
        body = [f"v = S[{slot}]", "if v is None:", *(f"    {line}" for line in lines), f"    S[{slot}] = v", "return v"]
        to.define(f"{kind}_{name}", "S", body)


def _marked(to: Writer, mark: str) -> str:
    path = to.layout.vocabulary.marks.get(mark)
    return "AFTER_DAYS" if path is None else to.fact(path, to.layout.vocabulary.facts[path].type)


def _served(to: Writer, service: t.Service) -> list[str]:
    ends = f"{_marked(to, t.END_OF_MONTH)}, {_marked(to, t.END_OF_RECORD)}"
    last = f"last_day(S[0], S[1], {ends})"
    if service.dated is None:
        return [f"v = {last}"]
    return [f"v = dated_on({last}, S[0], {to.value(service.dated, ())})"]


def _units(to: Writer, earning: t.Earning) -> list[str]:
    if earning.each_of:
        owns = ", ".join(f"own_{_name(code)}(S)" for code in earning.each_of if code in to.program.services)
        count = f"standing(({owns}{',' if owns else ''}))"
    elif earning.step is not None and earning.amount is not None:
        amount = number(to, earning.amount, ())
        if earning.beyond is not None:
            amount = f"minus({amount}, {number(to, earning.beyond, ())})"
        count = f"full_multiples({number(to, earning.step, ())}, {amount})"
    else:
        count = "(1, 1)"
    if earning.when is not None:
        count = f"only_when({count}, {to.truth(earning.when, ())})"
    if earning.units != 1:
        count = f"times({count}, ({earning.units}, {earning.units}))"
    return [f"v = {count}" if earning.at_most is None else f"v = at_most_units({count}, {earning.at_most})"]


def _base(to: Writer, service: t.Service) -> list[str]:
    if not service.base:
        return ["v = 3"]
    ways = [f"own_{_name(code)}(S)" for code in service.base if code in to.program.services]
    billed = already_billed(service, to.program)
    ways += [] if billed is None else [to.truth(billed, ())]
    return [f"v = {any_of(to, ways)}"]


def _own(to: Writer, code: str, service: t.Service) -> list[str]:
    """Its units and its base first: of most services that is all there is to ask."""
    parts = [f"at_least_one(units_{_name(code)}(S))"]
    parts += [f"base_{_name(code)}(S)"] if service.base else []
    parts += list(_deciding(to, code))
    if t.END_OF_MONTH in to.layout.vocabulary.marks:
        parts.append(f"lived(S[0], S[1], {_marked(to, t.END_OF_MONTH)})")
    return [f"v = {all_of(to, parts)}"]


def _deciding(to: Writer, code: str) -> Iterator[str]:
    for place, rule in enumerate(to.program.rules):
        if code in rule.codes and rule.decides:
            yield rule_for(to, place, rule, code)
