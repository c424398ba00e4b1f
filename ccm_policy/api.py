"""The Python API: load policies and fee schedules once, then evaluate patient-months.

    import ccm_policy

    library = ccm_policy.load()
    decision = library.evaluate({"patient_id": "0042", "service_month": "2026-03", "payer": "medicare", ...})
    decision.to_dict()

Nothing here has rules of its own: it joins the folders that do.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ccm_policy import evaluate, facts, fees, library
from ccm_policy.evaluate import Decision, Options
from ccm_policy.evaluate.stages import COMPILED
from ccm_policy.facts.values import Given
from ccm_policy.language.diagnostics import CcmPolicyError, Diagnostic, has_errors, in_order

if TYPE_CHECKING:
    from ccm_policy.panel.alike import Alike

_DEFAULT = Options()
_MOST_KEPT = 4
"""Options with which decisions are remembered; those that were asked for last."""


@dataclass(frozen=True)
class PolicyLibrary:
    """Policies and fee schedules, loaded and checked, ready to evaluate."""

    policies: library.Library
    """The policies, with their vocabulary."""
    fees: fees.FeeSchedules
    """What codes are worth."""
    directories: tuple[Path | None, Path | None] = (None, None)
    """The folders of one's own policies and fee schedules; None: the shipped ones alone."""

    def evaluate(self, record: Mapping[str, Any] | Given, options: Options | None = None) -> Decision:
        """Decide and price one patient-month.

        `record` is an object as in the published JSON Schema of the facts, or a `Given` from `read`. Raises
        `CcmPolicyError` with every fault of the record when it cannot be used; a decision is never a guess.

        Of an object whose facts all have one value, statuses, units and amounts are those of an earlier one that gave
        the same answers to everything that its decision asked; the rest is made of the object itself when it is read.
        """
        options = options or _DEFAULT
        if isinstance(record, dict) and (alike := self._alike(options)) is not None:
            decision = alike.decided(record)
            if decision is not None:
                return decision
        if not isinstance(record, Given):
            given, diagnostics = facts.check(record, self.policies.vocabulary)
            if given is None:
                raise CcmPolicyError(diagnostics)
            record = given
        return evaluate.decide(record, self.policies, self.fees, options)

    def read(self, path: Path | str) -> tuple[list[Given], list[Diagnostic]]:
        """Read a file or folder of patient-months: what could be used, and what is wrong with the rest."""
        return facts.read(Path(path), self.policies.vocabulary)

    def evaluate_panel(
        self, path: Path | str, options: Options | None = None, *, refused: list[Diagnostic] | None = None
    ) -> Iterator[Decision]:
        """Decide every usable patient-month of a file or folder, in its order, each when it is asked for.

        Few records are in memory at a time. What is wrong with the others joins `refused` as it is met. Without such a
        list `CcmPolicyError` is raised with all of it after the last decision, so that no record is left out unseen.
        What panel checks find between two patients is a finding of the later of their decisions.
        """
        found: list[Diagnostic] = [] if refused is None else refused

        def usable() -> Iterator[Given]:
            for item in facts.stream(Path(path), self.policies.vocabulary):
                if isinstance(item, Given):
                    yield item
                else:
                    found.append(item)

        yield from evaluate.decided(usable(), self.policies, self.fees, options or Options(), found)
        if refused is None and has_errors(found):
            raise CcmPolicyError(in_order(found))

    def evaluate_table(self, table: Any, options: Options | None = None, *, reasons: bool = False) -> Any:
        """Decide a table of patient-months, and give back an Arrow table of answers, in the same order.

        `table`: an Arrow table, a frame of polars, a relation of DuckDB, or anything else that gives Arrow's stream. A
        row is a whole record as in the JSON Schema of the facts: columns are the names of facts (dotted, or structs),
        lists are columns of lists of structs, and null is absence.

        The answer has a row for each patient-month and service: `patient_id`, `service_month`, `practitioner_id`, the
        `decision` as a whole (`decided`, `needs_information`, `not_established`, `refused`), then `code`, `status`,
        `units`, `allowed` and what belongs to them; `ccm_policy.panel.rows.COLUMNS` lists all. Amounts are dollars,
        `decimal128(18, 2)`. Where no service can be spoken of there is one row without a `code`. A record that cannot
        be used has one too: its `decision` is `refused`, and `problems` says why. No record is without a row.

        With `reasons` the columns `rule`, `message` and `remedy` say what does not hold; it takes longer. Needs the
        extra `parquet`.
        """
        from ccm_policy.panel.table import evaluated

        return evaluated(table, self.policies, self.fees, options or Options(), reasons=reasons)

    def evaluate_spark(self, frame: Any, options: Options | None = None, *, reasons: bool = False) -> Any:
        """Decide a Spark frame of patient-months, and give back a frame of answers, for Spark to work out.

        Rows in and out are as for `evaluate_table`, and so is what a refused record becomes; the order is Spark's. The
        policies are sent to each executor once; this package, in the same version, is installed on all of them. What
        panel checks find between patients is not among the answers. Needs the extra `spark`.
        """
        from ccm_policy.panel import shipping, spark

        shipped = shipping.packed(*self.directories, (self.policies.digest, self.fees.digest))
        sent = frame.sparkSession.sparkContext.broadcast(shipped)
        return spark.evaluated(frame, spark.Task(sent, options or Options(), reasons))

    def _alike(self, options: Options) -> Alike | None:
        """What decides records of facts of one value each as others that gave the same answers; None where each is
        decided by itself."""
        for asked, found in self._remembered:
            if asked is options:
                return found
        if options in (asked for asked, _ in self._remembered):
            return next(found for asked, found in self._remembered if asked == options)
        found = None
        if options.presumptions and options.evaluator == COMPILED:
            from ccm_policy.panel.alike import Alike

            found = Alike(self.policies, self.fees, options)
        self._remembered[:] = [(options, found), *self._remembered][:_MOST_KEPT]
        return found

    @cached_property
    def _remembered(self) -> list[tuple[Options, Alike | None]]:
        return []

    @cached_property
    def facts_schema(self) -> dict[str, Any]:
        """The JSON Schema of a patient-month."""
        return facts.schema(self.policies.vocabulary)


def load(policies: Path | str | None = None, fee_schedules: Path | str | None = None) -> PolicyLibrary:
    """Load policies and fee schedules, the shipped ones unless directories are named.

    Raises `CcmPolicyError` with every fault found in them.
    """
    own = (Path(policies) if policies is not None else None, Path(fee_schedules) if fee_schedules is not None else None)
    return PolicyLibrary(library.load(own[0]), fees.load(own[1]), own)
