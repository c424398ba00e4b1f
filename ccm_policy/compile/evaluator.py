"""What evaluates programs that are used often by compiled code, and leaves the rest to the reference."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ccm_policy.evaluate.patient_month import Facts
from ccm_policy.evaluate.scene import Scene
from ccm_policy.evaluate.services import Outcome
from ccm_policy.evaluate.stages import own_outcomes
from ccm_policy.facts.values import Given
from ccm_policy.language.tree import Program

if TYPE_CHECKING:
    from ccm_policy.compile.program import Compiled

MOST_KEPT = 64
"""Programs that are kept compiled, some 4 MB each; one that was not asked for longest goes first."""


@dataclass(slots=True)
class _Kept:
    """A program, how often it was asked for, and its code; none while it is not worth it or where none is written."""

    program: Program
    used: int = 0
    code: Compiled | None = None


@dataclass(slots=True)
class Compiler:
    """Compiles a program when it is asked for the `after`-th time: one record is decided sooner without."""

    after: int = 2
    kept: OrderedDict[int, _Kept] = field(default_factory=OrderedDict)

    def own_outcomes(
        self, given: Given, program: Program, *, presumptions: bool
    ) -> tuple[Facts, Scene, dict[str, Outcome]]:
        """By compiled code, or by the reference where that cannot tell."""
        code = self.code_of(program) if presumptions else None
        if code is not None:
            from ccm_policy.compile.known import NotCompiledError
            from ccm_policy.compile.outcomes import outcomes_of
            from ccm_policy.compile.records import state_of
            from ccm_policy.compile.scene import CompiledScene, Slots

            slots = Slots(code, given, state_of(given, code.layout))
            scene = CompiledScene(slots)
            try:
                return scene.facts, scene, outcomes_of(slots, scene)
            except NotCompiledError:
                pass
        return own_outcomes(given, program, presumptions=presumptions)

    def code_of(self, program: Program) -> Compiled | None:
        """The code of a program; None where it is left to the reference."""
        kept = self._kept_of(program)
        kept.used += 1
        if kept.used == self.after:
            self._compile(kept)
        return kept.code

    def code_at_once(self, program: Program) -> Compiled | None:
        """The same for a program that will be used often."""
        kept = self._kept_of(program)
        if kept.used < self.after:
            kept.used = self.after
            self._compile(kept)
        return kept.code

    def _kept_of(self, program: Program) -> _Kept:
        kept = self.kept.get(id(program))
        if kept is None:
            kept = self.kept[id(program)] = _Kept(program)
            if len(self.kept) > MOST_KEPT:
                self.kept.popitem(last=False)
        self.kept.move_to_end(id(program))
        return kept

    @staticmethod
    def _compile(kept: _Kept) -> None:
        from ccm_policy.compile.program import compiled
        from ccm_policy.compile.writer import NotWrittenError

        try:
            kept.code = compiled(kept.program)
        except NotWrittenError:
            kept.code = None
