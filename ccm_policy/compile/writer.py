"""From nodes of the tree to Python text.

A `Writer` gives for each node an expression over `S` (the slots of the month) and the bound records; what goes through
records, and what is worked out once, becomes a function of its own, which the expression calls. How each kind of node
is written stands in `conditions`, `quantities` and `phrases`, joined in `KINDS`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from ccm_policy.compile.layout import Layout, ListLayout, constant, unknown_of
from ccm_policy.language import tree as t
from ccm_policy.language.walk import parts


@dataclass(frozen=True, slots=True)
class Bound:
    """A record that is bound: the variable that holds it and the list whose slots it has."""

    name: str
    listed: ListLayout


Frame = tuple[Bound, ...]
"""The records that are bound, the nearest first."""

Emit = Callable[["Writer", Any, Frame], str]
"""How a kind of node is written."""


Tell = Callable[["Writer", Any, Frame, str], list[str]]
"""How it is written what a kind of node rests on."""


class NotWrittenError(Exception):
    """A program that has something of which no code is written; the reference evaluates it."""


@dataclass(slots=True, kw_only=True)
class Writer:
    """The text of a program as it grows. `functions`: those that are whole. `asked`: nodes of which the reference is
    asked whether a null leaves them open."""

    program: t.Program
    layout: Layout
    kinds: Mapping[type, Emit]
    tells: Mapping[type, Tell]
    functions: list[str] = field(default_factory=list)
    constants: list[str] = field(default_factory=list)
    made: dict[Any, str] = field(default_factory=dict)
    definitions: dict[str, int] = field(default_factory=dict)
    """The slots of definitions of the month."""
    asked: list[t.Node] = field(default_factory=list)
    count: int = 0
    sums: list[t.Sum] = field(default_factory=list)
    """Sums in which a minute of the clock counts once."""
    presuming: bool = False
    """Whether it is a presumption that is written: in those no minute is shared."""
    closed: bool = False
    """Whether the slots are given away: what is written then is worked out each time it is asked for."""

    def fresh(self, letter: str = "t") -> str:
        """A name that nothing else has."""
        self.count += 1
        return f"{letter}{self.count}"

    def kept(self, text: str) -> str:
        """The name of a constant, which is made once."""
        key = ("constant", text)
        if key not in self.made:
            self.made[key] = name = self.fresh("K")
            self.constants.append(f"{name} = {text}")
        return self.made[key]

    # --- expressions ---

    def value(self, node: t.Node, at: Frame) -> str:
        """The value of a node; a truth of which there is none is `NONE`."""
        return self.kinds[type(node)](self, node, at)

    def truth(self, node: t.Node, at: Frame) -> str:
        """A node as a condition. A yes/no fact of which there is none is not so."""
        text = self.value(node, at)
        if isinstance(node, t.Condition | t.Const) or node.type.kind != "yes/no" or not self._may_be_none(node):
            return text
        name = self.fresh()
        return f"(0 if ({name}:={text}) is NONE else {name})"

    def told(self, node: t.Node, at: Frame, truth: str = "") -> list[str]:
        """Lines that tell what a node rests on; none where it rests on nothing."""
        return self.tells[type(node)](self, node, at, truth)

    def _may_be_none(self, node: t.Node) -> bool:
        match node:
            case t.Fact(path):
                declared = self.layout.vocabulary.facts.get(path)
                return declared is not None and (
                    declared.type.may_be_none or declared.absent.how == "none" or not _is_plain(declared.absent.value)
                )
            case t.Field(_, _, name) if (at := self.layout.vocabulary.lists[node.list].fields.get(name)) is not None:
                return at.type.may_be_none or at.absent.how == "none" or not _is_plain(at.absent.value)
            case t.Defined(name) | t.DefinedOf(name):
                value = self.program.definitions[name].value
                return not isinstance(value, t.Condition)
        return True

    def once(self, slot: int, call: str) -> str:
        """What stands in a slot of the month, worked out by the call where nothing does yet."""
        name = self.fresh()
        return f"({name} if ({name}:=S[{slot}]) is not None else {call})"

    def unknown(self, type: t.Type) -> str:
        """An unknown value of a type."""
        found = unknown_of(type)
        if found is None:
            return "(S[0][0], NEVER)" if type.may_be_none else "(S[0][0], S[1][0])"
        return self.literal(found)

    def literal(self, value: Any) -> str:
        """A value of compiled code as text."""
        if isinstance(value, frozenset):
            return f"frozenset({{{', '.join(map(repr, sorted(value)))}}})" if value else "frozenset()"
        if isinstance(value, tuple):
            return f"({', '.join(map(self.literal, value))})"
        if value.__class__.__name__ == "Special":
            return str(value.name)
        return repr(value)

    def waits_for_null(self, node: t.Node, at: Frame) -> str:
        """Whether what is open of a node is so because of an explicit null; the reference tells."""
        self.asked.append(node)
        used = bound_in(node, at)
        bound = "".join(f"({one.listed.name!r}, {one.name}), " for one in used)
        return f"waits_for_null(S, {len(self.asked) - 1}, ({bound}))"

    # --- facts, lists, records ---

    def fact(self, path: str, type: t.Type) -> str:
        """A fact of the month."""
        slot = self.layout.facts.get(path)
        if slot is None:
            return self.unknown(type)
        if path not in self.layout.lazy:
            return f"S[{slot}]"
        return self.once(slot, f"{self._presumed_fact(path, slot)}(S)")

    def _presumed_fact(self, path: str, slot: int) -> str:
        key = ("fact", path)
        if key not in self.made:
            self.made[key] = name = self.fresh("fact_")
            declared = self.layout.vocabulary.facts[path]
            with self._presumption():
                lines = self._absent(declared.absent, declared.type, ())
            self.define(name, "S", [*lines, f"S[{slot}] = v", "return v"])
        return self.made[key]

    def of_list(self, name: str) -> str:
        """A list's records, whether nothing is known of it, and whether it is presumed to be empty."""
        return self.once(self.layout.lists[name].slot, f"list_{name}(S)")

    def of_record(self, bound: Bound, name: str) -> str:
        """A field of a record."""
        listed = bound.listed
        slot = listed.fields[name]
        if name not in listed.lazy:
            return f"{bound.name}[{slot}]"
        call = f"{self._presumed_field(listed, name, slot)}(S, {bound.name})"
        read = self.fresh()
        return f"({read} if ({read}:={bound.name}[{slot}]) is not None else {call})"

    def _presumed_field(self, listed: ListLayout, name: str, slot: int) -> str:
        key = ("field", listed.name, name)
        if key not in self.made:
            self.made[key] = function = self.fresh(f"{listed.name}_")
            with self._presumption():
                lines = self._absent_field(listed, name)
            self.define(function, "S, r", [*lines, f"r[{slot}] = v", "return v"])
        return self.made[key]

    def _absent_field(self, listed: ListLayout, name: str) -> list[str]:
        """Lines that make `v` of a field that was not given."""
        about = listed.declared.fields[name]
        at = (Bound("r", listed),)
        if listed.declared.union_of is not None:
            return self._of_union(listed, name)
        if f"{listed.name}.{name}" in self.layout.asked:
            return [f"v = {self.unknown(about.type)}"]
        clock = listed.declared.clock
        lines = self._absent(about.absent, about.type, at)
        if clock is None or name != clock[2]:
            return lines
        start, end = (self.of_record(at[0], one) for one in clock[:2])
        return [f"v = clock_minutes({start}, {end})", "if v is None:", *(f"    {line}" for line in lines)]

    @contextmanager
    def _presumption(self) -> Iterator[None]:
        before, self.presuming = self.presuming, True
        yield
        self.presuming = before

    def _of_union(self, listed: ListLayout, name: str) -> list[str]:
        """A field of a record of a union: that of the record which it is made of, or what its absence means."""
        vocabulary = self.layout.vocabulary
        other = self.layout.lists[listed.declared.union_of or ""]
        claim = None if vocabulary.claim is None else self.layout.lists[vocabulary.claim]
        about = other.declared.fields.get(name)
        absent = ["v = UNKNOWN"]
        if about is not None:
            if f"{other.name}.{name}" in self.layout.asked:
                absent = [f"v = {self.unknown(about.type)}"]
            else:
                absent = self._absent(about.absent, about.type, (Bound("r", listed),))

        def of(base: ListLayout | None) -> list[str]:
            if base is None or name not in base.fields:
                return absent
            return [f"v = {self.of_record(Bound('b', base), name)}"]

        return [
            "b = r[3]",
            "if r[4]:",
            *(f"    {line}" for line in of(claim)),
            "else:",
            *(f"    {line}" for line in of(other)),
        ]

    def _absent(self, absent: t.Absent, type: t.Type, at: Frame) -> list[str]:
        """Lines that make `v` of a value that was not given."""
        unknown = self.unknown(type)
        if absent.how in ("unknown", "error", "empty"):
            return [f"v = {unknown}"]
        if absent.how == "none":
            told = "(NEVER, NEVER)" if type.kind == "date" else "NONE"
        else:
            assert absent.value is not None, "a presumption has a value"
            fixed = constant(absent.value)
            told = self.value(absent.value, at) if fixed is None else self.literal(fixed)
            if type.kind in ("date", "number") and fixed is None:
                told = f"told_{'day' if type.kind == 'date' else 'number'}({told}, {unknown})"
        if absent.unless is None:
            return [f"v = {told}"]
        return [
            f"c = {self.truth(absent.unless, at)}",
            f"v = {unknown} if c == 3 or c == 1 and S[4] and {self.waits_for_null(absent.unless, at)} else {told}",
        ]

    # --- definitions ---

    def defined(self, name: str) -> str:
        """A definition of the month."""
        key = ("defined", name)
        if key not in self.made:
            assert not self.closed, "every definition is written at first"
            slot = self.definitions[name] = self.layout.more()
            self.made[key] = self.once(slot, f"define_{name}(S)")
            text = self.value(self.program.definitions[name].value, ())
            self.define(f"define_{name}", "S", [f"v = S[{slot}] = {text}", "return v"])
        return self.made[key]

    def defined_of(self, name: str, bound: Bound) -> str:
        """A definition about a record."""
        key = ("defined of", name, bound.listed.name)
        if key not in self.made and self.closed:
            value = self.program.definitions[name].value
            return self.function(value, (bound,), lambda at: [f"v = {self.value(value, at)}"], "defined")
        if key not in self.made:
            slot = bound.listed.more()
            self.made[key] = f"{slot} {name}_of_{bound.listed.name}"
            text = self.value(self.program.definitions[name].value, (Bound("r", bound.listed),))
            self.define(f"{name}_of_{bound.listed.name}", "S, r", [f"v = r[{slot}] = {text}", "return v"])
        place, function = self.made[key].split(" ")
        read = self.fresh()
        return f"({read} if ({read}:={bound.name}[{place}]) is not None else {function}(S, {bound.name}))"

    # --- functions ---

    def define(self, name: str, arguments: str, lines: list[str]) -> None:
        """Add a function."""
        self.functions.append("\n".join([f"def {name}({arguments}):", *(f"    {line}" for line in lines)]))

    def function(self, node: Any, at: Frame, lines: Callable[[Frame], list[str]], kind: str = "") -> str:
        """A call of the function that works a node out; once for the month where no record is bound in it.

        `lines`: its body, in which the bound records have names of their own; it ends with `v`.
        """
        used = bound_in(node, at)
        key = ("function", kind, node, self.presuming, tuple(bound.listed.name for bound in used))
        if key not in self.made:
            name = self.fresh("f")
            inner = tuple(Bound(f"b{n}", bound.listed) for n, bound in enumerate(used))
            if used or self.closed:
                self.made[key] = name
                self.define(name, ", ".join(["S", *(b.name for b in inner)]), [*lines(inner), "return v"])
            else:
                slot = self.layout.more()
                self.made[key] = f"{slot} {name}"
                self.define(name, "S", [*lines(()), f"S[{slot}] = v", "return v"])
        if " " not in self.made[key]:
            return f"{self.made[key]}({', '.join(['S', *(bound.name for bound in used)])})"
        place, name = self.made[key].split(" ")
        return self.once(int(place), f"{name}(S)")


def _is_plain(node: t.Node | None) -> bool:
    return node is None or isinstance(node, t.Condition | t.Const)


def bound_in(node: t.Node, at: Frame) -> Frame:
    """Those of the bound records that a node may read, from the outermost on."""
    return at[: deepest(node)] if at else at


def deepest(node: t.Node) -> int:
    """How many of the bound records around it a node may read."""
    depth = getattr(node, "depth", -1) + 1
    return max([depth, *(deepest(part) - bound for part, bound in parts(node))])
