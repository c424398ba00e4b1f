"""From the ledger to the rules and back: all carried, none surer than its source, none deciding without examples that
come out as they say."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from ccm_policy import fees, library
from ccm_policy.cli.test import told
from ccm_policy.evaluate.decision import Decision
from ccm_policy.evaluate.examples import examples_of, run
from ccm_policy.language.syntax import Statement, Words

LEDGER = Path(__file__).parents[2] / "policies" / "ledger"
CONFIDENCE = ("unverified", "secondary", "primary")
RULES = frozenset({"requirement", "exclusion", "claim check"})
SILENT = frozenset({"audit_risk", "advice"})
PRACTICE = "practice"

# What these forbid is what they are about, so no line that they are about can meet them.
REFUSALS = frozenset({"medicare.rhc_fqhc:rhc_codes_of_others"})

Record = dict[str, Any]


class Version(NamedTuple):
    """A statement as one edition writes it."""

    edition: str
    statement: Statement


def words_of(statement: Statement, word: str) -> tuple[str, ...]:
    clause = statement.one(word)
    return tuple(str(v) for v in clause.body.values) if clause and isinstance(clause.body, Words) else ()


@pytest.fixture(scope="module")
def written() -> dict[str, list[Version]]:
    """Every named statement of every edition, by `policy:name`."""
    found: dict[str, list[Version]] = defaultdict(list)
    for file in library.load().files:
        header = next((st for st in file.statements if st.kind == "policy"), None)
        if header is not None:
            for statement in file.statements:
                found[f"{header.name}:{statement.name}"].append(Version(file.path, statement))
    return found


def ledger(kind: str) -> Iterator[Record]:
    for path in sorted(LEDGER.glob("*.yaml")):
        yield from yaml.safe_load(path.read_text(encoding="utf-8")).get(kind, [])


def coverage() -> dict[str, Record]:
    table: dict[str, Record] = yaml.safe_load((LEDGER / "coverage.yaml").read_text(encoding="utf-8"))["coverage"]
    return table


def carried(row: Record) -> Iterator[tuple[str | None, str]]:
    """(part, rule): part is None where the rule carries the whole row."""
    yield from ((None, rule) for rule in row.get("rules", []))
    for part, rules in row.get("parts", {}).items():
        yield from ((part, rule) for rule in rules)


def test_every_id_leads_to_rules_that_exist_or_to_a_reason(
    written: dict[str, list[Version]], capsys: pytest.CaptureFixture[str]
) -> None:
    table = coverage()
    ids = [row["id"] for kind in ("entries", "conflicts", "items") for row in ledger(kind)]
    assert sorted(table) == sorted(ids)
    nowhere = {i for i, row in table.items() if not list(carried(row)) and not row.get("not_a_rule", "").strip()}
    both = {i for i, row in table.items() if list(carried(row)) and "not_a_rule" in row}
    unwritten = {(i, rule) for i, row in table.items() for _, rule in carried(row) if rule not in written}
    assert (nowhere, both, unwritten) == (set(), set(), set())
    kinds = Counter("carried by rules" if list(carried(row)) else "not a rule, with a reason" for row in table.values())
    with capsys.disabled():
        print(f"\n  {len(table)} ledger ids: " + ", ".join(f"{n} {what}" for what, n in sorted(kinds.items())))


def test_no_rule_is_surer_than_the_row_that_it_carries(written: dict[str, list[Version]]) -> None:
    rows = {row["id"]: row for row in ledger("entries")}
    surer = []
    for i, row in coverage().items():
        for part, rule in carried(row) if i in rows else ():
            parts = {p["part"]: p["confidence"] for p in rows[i].get("parts", [])}
            bound = rows[i]["confidence"] if part is None else parts[part]
            for edition, statement in written[rule]:
                for stated in words_of(statement, "confidence"):
                    if CONFIDENCE.index(stated) > CONFIDENCE.index(bound):
                        surer.append(f"{rule} ({edition}) says {stated}; {i}{part or ''} is {bound}")
    assert surer == []


def deciding(written: dict[str, list[Version]]) -> set[str]:
    return {
        name
        for name, versions in written.items()
        for _, st in versions
        if st.kind in RULES and st.verb in (None, "add", "replace") and not SILENT & set(words_of(st, "severity"))
    }


def outcomes(decision: Decision, house_rules: set[str]) -> Iterator[tuple[str, str]]:
    """(rule, outcome) wherever the decision shows one. A practice's own rules show only what they hold back, so where
    nothing is held of what the payer supports, all of that practice's rules are met."""
    services = decision.services.values()
    lines = decision.claim.lines if decision.claim else ()
    for reason in (*(r for s in services for r in s.reasons), *(r for line in lines for r in line.reasons)):
        if reason.applies == "yes":
            yield f"{reason.policy}:{reason.rule}", reason.outcome
    for service in services:
        if service.held:
            yield f"{service.held.policy}:{service.held.rule}", service.held.outcome
        elif service.status == "supported":
            yield from ((rule, "yes") for rule in house_rules if rule.split(":")[0] in decision.provenance.layers)


def test_every_example_is_as_it_says_and_every_deciding_rule_is_met_by_one_and_broken_by_one(
    written: dict[str, list[Version]], capsys: pytest.CaptureFixture[str]
) -> None:
    policies, schedules = library.load(), fees.load()
    rules = deciding(written)
    house_rules = {rule for rule in rules if policies.policies[rule.split(":")[0]].level == PRACTICE}
    shown: dict[str, set[str]] = {"yes": set(), "no": set(), "unknown": set()}
    examples, otherwise = examples_of(policies), []
    for example in examples:
        result = run(example, policies, schedules)
        otherwise += [] if result.passed else [told(result)]
        for rule, outcome in outcomes(result.decision, house_rules) if result.decision else ():
            shown[outcome].add(rule)
    assert not otherwise, "\n".join(otherwise)
    unmet, unbroken = rules - shown["yes"] - REFUSALS, rules - shown["no"]
    with capsys.disabled():
        print(
            f"\n  {len(examples)} examples, {len(rules)} deciding rules: {len(unmet)} met by none, "
            f"{len(unbroken)} broken by none, {len(rules & shown['unknown'])} waiting for a fact in one"
        )
    assert (unmet, unbroken) == (set(), set())
