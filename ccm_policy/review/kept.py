"""The services that no change was told of: that they stay as they are, proved; or that they change as well.

Every set of policies that the library's examples speak of is asked, in each month in which a change was asked for:
what is so of the patients of one payer alone is not said of all.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ccm_policy.language import tree as t
from ccm_policy.review.aspects import COVERS, NO_SERVICE, Asked
from ccm_policy.review.departures import Raw
from ccm_policy.review.effects import Kept
from ccm_policy.review.proofs import Solver
from ccm_policy.review.reading import UNSOLVED, Key, covered_otherwise, differing
from ccm_policy.review.searching import Group, Search
from ccm_policy.review.wording import Wordings

MOST_SOLVED, MOST_SEARCHED = 6, 1
"""About how many sets of policies that say something else of it the solver is asked for a service; of more it is not
proved."""


@dataclass(frozen=True, slots=True)
class Cell:
    """The policies of some patients in a month, on both sides. `differs`: by service what it reads that the sides do
    not say alike; `covered`: the services of which coverage is not said alike, which no solver is told of."""

    search: Search
    group: Group
    differs: Mapping[str, Sequence[Key]]
    covered: Collection[str]

    def told(self, code: str) -> bool:
        """Whether a solver is told of all that a service reads and that differs."""
        return not any(field in UNSOLVED for field, _ in self.differs[code])


@dataclass(slots=True, kw_only=True)
class Standing:
    """What stays as it is in these searches. `told`: the services of which a change was told. `others`: by service,
    what decides for whom policies speak and is not the same."""

    searches: Sequence[Search]
    told: frozenset[str]
    called: Mapping[str, str]
    others: Mapping[str, Sequence[str]]
    wordings: Wordings = field(default_factory=Wordings)
    _cells: list[Cell] = field(default_factory=list)
    _solvers: dict[int, Solver] = field(default_factory=dict)

    def all(self) -> Iterator[Kept]:
        """Each service of both sides that was not told of."""
        self._cells = list(self._made())
        codes = dict.fromkeys(code for cell in self._cells for code in cell.group.after.services)
        before = {code for cell in self._cells for code in cell.group.before.services}
        tried = sum(search.seeded for search in self.searches)
        for code in (each for each in codes if each in before and each not in self.told):
            cells = [cell for cell in self._cells if code in cell.differs]
            reads = tuple(dict.fromkeys(name for cell in cells for _, name in cell.differs[code]))
            if not cells and code not in self.others:
                yield Kept(code=code, proved=True, tried=tried)
            elif self._shown(code, cells):
                yield Kept(code=code, proved=False, tried=tried, reaches=reads, changes=True)
            else:
                reads += tuple(self.others.get(code, ()))
                but_for = self._but_for(code, cells)
                asked = [cell for cell in cells if self._own(cell).isdisjoint(but_for)]
                proved = code not in self.others and self._proved(code, asked)
                yield Kept(code=code, proved=proved, tried=tried, reaches=reads, but_for=but_for if proved else ())

    def _made(self) -> Iterator[Cell]:
        policies = dict.fromkeys(group.policies for search in self.searches for group in search.all)
        for search in self.searches:
            seeded = {group.policies: group for group in search.all}
            for pair in policies:
                group = seeded.get(pair) or search.group(pair)
                found = differing(group.before, group.after, self.called, self.wordings)
                covered = covered_otherwise(group.before, group.after, self.wordings) if found else ()
                yield Cell(search, group, found, covered)

    def _own(self, cell: Cell) -> frozenset[str]:
        """The policies of a cell that are not those of most patients."""
        return frozenset(cell.group.policies[1]) - frozenset(cell.search.all[0].policies[1])

    def _but_for(self, code: str, cells: Iterable[Cell]) -> tuple[str, ...]:
        """The policies for whose patients alone something differs that no solver is told of."""
        found = [self._own(cell) for cell in cells if not cell.told(code) or code in cell.covered]
        return tuple(sorted(frozenset().union(*found))) if all(found) else ()

    def _shown(self, code: str, cells: Iterable[Cell]) -> bool:
        """Whether a patient-month that is at hand comes to another on the two sides."""
        for cell in cells:
            deciding = cell.search.deciding
            for seed in cell.group.seeds:
                one = deciding.states(seed.earlier, cell.group.before).get(code, NO_SERVICE)
                if one != deciding.states(seed.later, cell.group.after).get(code, NO_SERVICE):
                    return True
                asked = Asked(cell.group.before, cell.group.after, (code,), closely=1)
                if code in cell.covered and COVERS in deciding.between(seed.later, asked):
                    return True
        solved = [cell for cell in cells if cell.told(code)][:MOST_SEARCHED]
        return Solver.there() and any(self._found(code, cell) for cell in solved)

    def _proved(self, code: str, cells: Sequence[Cell]) -> bool:
        """Whether it comes to the same in all of them. Rules that both sides say alike are left out first: what is so
        without them is so with them, and many policies are one question then."""
        if not Solver.there() or not all(cell.told(code) and code not in cell.covered for cell in cells):
            return False
        asked: dict[Hashable, tuple[str, t.Program, t.Program, Cell]] = {}
        for cell in cells:
            month = cell.search.sides.later.month
            one, other = self._apart(cell)
            said = tuple(self._said(code, program) for program in (one, other))
            asked.setdefault((month, said), (month, one, other, cell))
        if len(asked) > MOST_SOLVED:
            return False
        return all(
            Solver(one, other, month).same(code) or self._solver(cell).same(code)
            for month, one, other, cell in asked.values()
        )

    def _apart(self, cell: Cell) -> tuple[t.Program, t.Program]:
        """Both programs without the rules that they say alike."""
        sides = (cell.group.before, cell.group.after)
        said = [{self.wordings.of(program, rule) for rule in program.rules} for program in sides]
        alike = said[0] & said[1]
        one, other = (
            replace(
                program,
                rules=tuple(rule for rule in program.rules if self.wordings.of(program, rule) not in alike),
                digest="",
            )
            for program in sides
        )
        return one, other

    def _said(self, code: str, program: t.Program) -> Hashable:
        """What a service and its rules say, and those of the services that it rests on."""
        service = program.services.get(code)
        if service is None:
            return None
        rules = frozenset(self.wordings.of(program, rule) for rule in program.rules if code in rule.codes)
        below = (*service.base, *service.earning.each_of)
        return self.wordings.of(program, service), rules, tuple(self._said(each, program) for each in below)

    def _found(self, code: str, cell: Cell) -> bool:
        """Whether the solver finds a patient-month in which the service comes to another."""
        asked, place = Asked(cell.group.before, cell.group.after, (code,)), cell.search.sides.later

        def shows(raw: Raw) -> bool:
            given = place.read(raw)
            if given is None or place.policies(given) != cell.group.policies[1]:
                return False
            return bool(cell.search.deciding.between(given, asked))

        return self._solver(cell).differs(code, shows)

    def _solver(self, cell: Cell) -> Solver:
        if id(cell) not in self._solvers:
            outline = cell.search.sides.later.library.outline.policies
            applies: tuple[t.Node, ...] = tuple(
                node for name in cell.group.policies[1] if (node := outline[name].applies) is not None
            )
            self._solvers[id(cell)] = Solver(
                cell.group.before, cell.group.after, cell.search.sides.later.month, applies
            )
        return self._solvers[id(cell)]
