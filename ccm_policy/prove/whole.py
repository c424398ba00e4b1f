"""A library asked through: what is asked of each policy in a month, answered, and kept for the next time."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import KW_ONLY, dataclass, field, replace
from pathlib import Path
from typing import Any

import z3

from ccm_policy.language import tree as t
from ccm_policy.language.diagnostics import Diagnostic, Span, error, shown
from ccm_policy.library import Library
from ccm_policy.prove.ask import MOST_RECORDS, Answer, NotDecided, Proved, Seen, Shown, Worlds, seen
from ccm_policy.prove.questions import Question, invariants, of_layer, of_statements
from ccm_policy.shipped import POLICIES

PROVED, SHOWN, NOT_DECIDED, CANNOT_BE_SAID = "proved", "shown", "not decided", "cannot be said"
KEPT_AS = "proofs"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A question and its answer. `holds`: whether what should be so is; None: nobody knows. `relaxed`: a layer that
    loosens, and says so. `opaque`: what a proof does not look into. `month`: in which it was asked."""

    kind: str
    name: str
    text: str
    policy: str
    edition: str
    answer: str
    holds: bool | None
    span: Span = field(compare=False)
    facts: dict[str, Any] | None = None
    other: dict[str, Any] | None = None
    records: int | None = None
    why: str = ""
    opaque: tuple[str, ...] = ()
    relaxed: bool = False
    month: str = ""
    seconds: float = field(default=0.0, compare=False)


@dataclass(slots=True)
class Asking:
    """The questions of one policy in one month. `keep`: answers are kept between runs, and read."""

    library: Library
    policy: str
    month: str
    records: int = MOST_RECORDS
    _: KW_ONLY
    keep: bool = True
    pool: dict[tuple[int, ...], list[tuple[tuple[Seen, ...], Shown]]] = field(default_factory=dict)
    worlds: dict[tuple[Any, ...], Worlds] = field(default_factory=dict)

    def answers(self) -> Iterator[Told]:
        """Every question with its answer, in the order in which they are asked."""
        kept = self._kept()
        found: list[Told] = []
        for programs, question in self.questions():
            key = _key(question)
            if key in kept:
                found.append(_again(question, kept[key]))
            else:
                start = time.perf_counter()
                found.append(replace(self._told(programs, question), seconds=time.perf_counter() - start))
            yield found[-1]
        if any(_key(told) not in kept for told in found):
            self._keep(found)
        yield from self._cannot_be_said()

    def questions(self) -> Iterator[tuple[tuple[t.Program, ...], Question]]:
        """Every question, with the programs that it is about."""
        program = self._program(self._chain())
        for question in (*invariants(program), *of_statements(program, self.policy)):
            yield (program,), question
        below = self._chain() - {self.policy}
        if below:
            base = self._program(below)
            edition = self.library.policies[self.policy].edition(self.month)
            where = t.Where(self.policy, edition.month if edition else self.month)
            for question in of_layer(base, program, where, self._place(program)):
                yield (base, program), question

    def _chain(self) -> frozenset[str]:
        return self.library.outline.with_bases(frozenset({self.policy}))

    def _program(self, names: frozenset[str]) -> t.Program:
        return self.library.program(self.library.outline.in_order(names), self.month)

    def _place(self, program: t.Program) -> Span:
        """Where a layer begins to speak: its first statement."""
        stated: tuple[t.Rule | t.Definition, ...] = (*program.rules, *program.definitions.values())
        own = (said for said in stated if said.where.policy == self.policy)
        spans = sorted((said.span for said in own), key=lambda span: (span.file, span.line))
        edition = self.library.policies[self.policy].edition(self.month)
        return spans[0] if spans else Span(edition.path if edition else "", 1, 1, 1, 2)

    # --- answers -----------------------------------------------------------------------------------------------

    def _told(self, programs: tuple[t.Program, ...], question: Question) -> Told:
        answer = self._answer(programs, question)
        holds = None if isinstance(answer, NotDecided) else isinstance(answer, Shown) is question.good
        relaxed = question.kind == "only tightens" and holds is False and self._relaxes()
        common: dict[str, Any] = {
            "kind": question.kind, "name": question.name, "text": question.text, "policy": question.where.policy,
            "edition": question.where.edition, "span": question.span, "holds": holds or relaxed, "relaxed": relaxed,
        }  # fmt: skip
        match answer:
            case Proved(opaque):
                return Told(answer=PROVED, opaque=opaque, **common)
            case Shown(facts, other):
                return Told(answer=SHOWN, facts=facts, other=other, **common)
            case NotDecided(records, why):
                return Told(answer=NOT_DECIDED, records=records, why=why, **{**common, "holds": None})

    def _answer(self, programs: tuple[t.Program, ...], question: Question) -> Answer:
        pool = self.pool.setdefault(tuple(map(id, programs)), [])
        if question.good:
            known = next((shown for each, shown in pool if question.replayed(*each)), None)
            if known is not None:
                return known
        worlds = self._worlds(programs, question.apart)

        def replay(*facts: dict[str, Any]) -> bool:
            found = tuple(one for each in facts for program in programs if (one := seen(program, each)) is not None)
            if len(found) < len(facts) * len(programs) or not question.replayed(*found):
                return False
            if len(facts) == 1:
                pool.append((found, Shown(facts[0])))
            return True

        if not question.good:
            return worlds.find(question.sought, replay)
        answer = worlds.some(question.sought, replay)
        return answer if isinstance(answer, Shown) else worlds.none(question.sought) or answer

    def _worlds(self, programs: tuple[t.Program, ...], apart: frozenset[str]) -> Worlds:
        key = (*map(id, programs), apart)
        if key not in self.worlds:
            policies = self.library.policies
            applies = (policies[name].applies for name in sorted(self._chain()))
            selected = tuple(node for node in applies if node is not None)
            self.worlds[key] = Worlds(programs, self.month, selected, self.records, apart)
        return self.worlds[key]

    def _relaxes(self) -> bool:
        """Whether the layer says that it loosens its base."""
        editions = self.library.source.policies[self.policy].editions
        return any(edition.header.all("relaxes") for edition in editions if edition.month <= self.month)

    def _cannot_be_said(self) -> Iterator[Told]:
        """What decides about lines of a claim or the clock, of which the solver is not told."""
        program = self._program(self._chain())
        checks: tuple[t.LineCheck | t.OverlapCheck, ...] = (*program.line_checks, *program.overlap_checks)
        for check in checks:
            if check.where.policy == self.policy:
                of_a_claim = isinstance(check, t.LineCheck)
                yield Told(
                    kind="claim check" if of_a_claim else "log check", name=check.name, text=check.title,
                    policy=self.policy, edition=check.where.edition, answer=CANNOT_BE_SAID, holds=None, span=check.span,
                    why="it is about lines of a claim" if of_a_claim else "it is about minutes of the clock",
                )  # fmt: skip

    # --- kept --------------------------------------------------------------------------------------------------

    def _digest(self) -> str:
        """What the answers hang on: the text of the policy and of what it rests on, the month, how far was looked, and
        by which solver."""
        if not self.keep:
            return ""
        made = [self._program(self._chain()), *([self._program(b)] if (b := self._chain() - {self.policy}) else [])]
        if not all(program.digest for program in made):
            return ""
        asked = [
            z3.get_version_string(),
            self.policy,
            self.month,
            str(self.records),
            *(program.digest for program in made),
        ]
        return hashlib.sha256("\0".join(asked).encode()).hexdigest()

    def _kept(self) -> dict[tuple[str, ...], dict[str, Any]]:
        text = self.library.texts.read(self._digest(), KEPT_AS)
        return {} if text is None else {tuple(key): said for key, said in json.loads(text)}

    def _keep(self, found: Iterable[Told]) -> None:
        said = [(_key(told), _plain(told)) for told in found if not told.why]
        self.library.texts.write(self._digest(), KEPT_AS, json.dumps(said))


def _key(said: Question | Told) -> tuple[str, ...]:
    policy = said.where.policy if isinstance(said, Question) else said.policy
    return (said.kind, policy, said.name, said.text)


_ANSWER = ("answer", "holds", "facts", "other", "records", "opaque", "relaxed")


def _plain(told: Told) -> dict[str, Any]:
    return {name: getattr(told, name) for name in _ANSWER}


def _again(question: Question, said: dict[str, Any]) -> Told:
    return Told(
        kind=question.kind, name=question.name, text=question.text, policy=question.where.policy,
        edition=question.where.edition, span=question.span, **{**said, "opaque": tuple(said["opaque"])},
    )  # fmt: skip


def asked(
    library: Library, month: str, paths: Sequence[Path] = (), records: int = MOST_RECORDS, *, every: bool = False
) -> Iterator[Told]:
    """Every question of the policies in force in a month, answered. `paths`: only of what stands in these files and
    folders; `every`: of every edition up to that month as well, from the last to the first."""
    wanted = [path.absolute() for path in paths]
    told: set[tuple[str, ...]] = set()
    for name in library.outline.in_order(frozenset(library.policies)):
        if not _concerns(library, name, wanted):
            continue
        for when in _months(library, name, month, every):
            for each in Asking(library, name, when, records).answers():
                if each.holds and (*_key(each), each.answer) in told:
                    continue  # an invariant of a base, which holds in a layer as it does there; a later edition's too
                told.add((*_key(each), each.answer))
                yield replace(each, month=when)


def _months(library: Library, name: str, month: str, every: bool) -> Iterator[str]:
    """The month, where the policy is in force in it; and of each text before that it or what it rests on had, the
    first."""
    chain = library.outline.in_order(library.outline.with_bases(frozenset({name})))
    first = library.policies[name].editions[0].month
    began = {edition.month for each in chain for edition in library.policies[each].editions} if every else set[str]()
    seen: set[str] = set()
    for when in sorted({month, *began}, reverse=True):
        if first <= when <= month and (digest := library.digest_of(chain, when)) not in seen:
            seen.add(digest)
            yield when


def outside(library: Library, paths: Iterable[Path]) -> Iterator[Diagnostic]:
    """What to say of the files and folders in which nothing of the library stands: nothing would be asked of them."""
    for path in paths:
        there = path.absolute()
        inside = any(there.is_relative_to(root.absolute()) for root in (library.directory, POLICIES))
        if not inside and not any(_concerns(library, name, [there]) for name in library.policies):
            says = f"nothing of `{path}` stands in the library of `{shown(str(library.directory))}`"
            yield error("E0780", says, help="name its library with `--policies`")


def _concerns(library: Library, name: str, wanted: Sequence[Path]) -> bool:
    files = [Path(edition.path).absolute() for edition in library.policies[name].editions]
    return not wanted or any(file == each or each in file.parents for file in files for each in wanted)
