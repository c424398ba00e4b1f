"""Patient-months with the answers that the ledger gives, told as data in `cases/*.yaml`.

The cases were written from the ledger, the contractors' texts and the guides' worked examples alone, by a reader who
had not seen the policies. `cases/README.md` says how a case is written.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

import ccm_policy

HERE = Path(__file__).parent
LEDGER = HERE.parents[1] / "policies" / "ledger"
PLAIN = json.loads((HERE.parent / "golden" / "plain_chart.json").read_text(encoding="utf-8"))
PLAIN_MONTH = "2026-03"
RELATIVE_DAY = re.compile(r"(?:M([+-]\d+) )?day (\d+)")
ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
PRACTITIONERS = {"dr-a": "physician", "dr-b": "physician", "np-a": "np"}
OWN_MINUTES = "minutes"
CHARTS = "charts.yaml"
FIELDS = {
    "allowed": "allowed",
    "share": "patient_share",
    "sequestration": "sequestration",
    "date": "date_of_service",
}

Record = dict[str, Any]


# --- the chart of a case --------------------------------------------------------------------------------


def shifted(day: str, months: int) -> str:
    year, month, rest = int(day[:4]), int(day[5:7]), day[7:]
    index = year * 12 + month - 1 + months
    return f"{index // 12:04}-{index % 12 + 1:02}{rest}"


def plain_chart(month: str) -> Record:
    """The plain chart, every date of it moved so that its month is this one."""
    distance = (int(month[:4]) - int(PLAIN_MONTH[:4])) * 12 + int(month[5:]) - int(PLAIN_MONTH[5:])

    def move(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: move(item) for key, item in value.items()}
        if isinstance(value, list):
            return [move(item) for item in value]
        return shifted(value, distance) if isinstance(value, str) and ISO_DAY.fullmatch(value) else value

    return {**move(copy.deepcopy(PLAIN)), "service_month": month}


def told(value: Any, month: str) -> Any:
    """A value as a case writes it: `day 5` is the fifth of the service month, `M-2 day 5` two months earlier."""
    if isinstance(value, dict):
        return {key: str(item) if key == "code" else told(item, month) for key, item in value.items()}
    if isinstance(value, list):
        return [told(item, month) for item in value]
    if isinstance(value, str) and (match := RELATIVE_DAY.fullmatch(value)):
        return f"{shifted(month, int(match[1] or 0))}-{int(match[2]):02}"
    return value if value is None or isinstance(value, (bool, int, str)) else str(value)


def put(chart: Record, path: str, value: Any) -> None:
    *parents, last = path.split(".")
    for part in parents:
        chart = chart.setdefault(part, {})
    chart[last] = value


def time_entry(entry: str | Record, month: str) -> Record:
    """`12 rn 9` is twelve minutes of the nurse on the ninth; a mapping says more."""
    if isinstance(entry, str):
        minutes, who, *day = entry.split()
        entry = {"minutes": minutes, "by": who, "day": int(day[0]) if day else 20}
    more = {key: value for key, value in entry.items() if key not in ("by", "day")}
    who = entry.get("by", "rn")
    return {
        "date": f"{month}-{int(entry.get('day', 20)):02}",
        "performed_by": PRACTITIONERS.get(who, who),
        "staff_id": who if who in PRACTITIONERS else f"{who}-1",
        "activity": "communication",
        "description": "Went through the new medication schedule with the patient",
        **more,
    }


def dated(record: Record, month: str) -> Record:
    day = record.get("day", 15)
    return {"date": f"{month}-{int(day):02}", **{key: value for key, value in record.items() if key != "day"}}


def chart_of(case: Record, charts: dict[str, Record]) -> Record:
    month = case.get("month", PLAIN_MONTH)
    chart = plain_chart(month)
    for part in [*(charts[name] for name in case.get("chart", [])), case]:
        part = told(part, month)
        for path in part.get("without", []):
            *parents, last = path.split(".")
            holder = chart
            for name in parents:
                holder = holder[name]
            del holder[last]
        for path, value in part.get("set", {}).items():
            put(chart, path, value)
        if "time" in part:
            chart["time_log"] = [time_entry(entry, month) for entry in part["time"]]
        if "other" in part:
            chart["other_services"] = [{"practitioner_id": "dr-a", **dated(record, month)} for record in part["other"]]
        if "claim" in part:
            chart["claim_lines"] = [
                {"line": number, **dated({"units": 1, "day": 28, **line}, month)}
                for number, line in enumerate(part["claim"], 1)
            ]
    return chart


# --- what is expected -----------------------------------------------------------------------------------


@cache
def library() -> ccm_policy.PolicyLibrary:
    return ccm_policy.load()


@cache
def carriers() -> dict[str, frozenset[str]]:
    """From a ledger id to the rules that carry it, as the table of coverage says."""
    table = yaml.safe_load((LEDGER / "coverage.yaml").read_text(encoding="utf-8"))
    return {
        row: frozenset([*entry.get("rules", []), *(rule for part in entry.get("parts", {}).values() for rule in part)])
        for row, entry in table["coverage"].items()
    }


def failed(reasons: list[Record]) -> set[str]:
    """The rules with outcome no, and the definitions that they rest on."""
    found = set()
    for reason in (reason for reason in reasons if reason["outcome"] == "no"):
        found.add(f"{reason['policy']}:{reason['rule']}")
        found |= {f"{item['policy']}:{item['definition']}" for item in reason.get("rests_on", [])}
    return found


def rules_failed(reasons: list[Record]) -> set[str]:
    return {f"{reason['policy']}:{reason['rule']}" for reason in reasons if reason["outcome"] == "no"}


def noticed(decision: Record) -> set[str]:
    """Every rule with outcome no that a reader of the decision meets: of services, audit risks, checks of the claim."""
    claim = decision["claim"] or {"lines": []}
    holders = [*decision["services"].values(), claim, *claim["lines"]]
    lists = [holder.get(name) or [] for holder in holders for name in ("reasons", "checks")]
    return set().union(*(rules_failed(reasons) for reasons in [decision["audit_risks"], *lists]))


def short(service: Record) -> str:
    units = f" {service['units']}" if service["status"] == "supported" else ""
    return f"{service['status']}{units}"


def disagreements(expected: Record, decision: Record) -> Iterator[str]:
    services = decision["services"]

    def of(code: Any) -> Record:
        return services.get(str(code)) or {"status": "absent", "units": 0, "reasons": [], "missing": []}

    for code, units in expected.get("supported", {}).items():
        if (of(code)["status"], of(code)["units"]) != ("supported", units):
            yield f"{code}: expected supported {units}, got {short(of(code))}"
    for code, why in expected.get("not_supported", {}).items():
        service = of(code)
        if service["status"] != "not_supported":
            yield f"{code}: expected not supported, got {short(service)}"
        elif why == OWN_MINUTES:
            if not any(r["rule"] == "its own minutes" and r["outcome"] == "no" for r in service["reasons"]):
                yield f"{code}: expected to fail on its minutes; fails on {sorted(failed(service['reasons']))}"
        elif why and not any(failed(service["reasons"]) & carriers().get(i, frozenset()) for i in why.split()):
            yield f"{code}: expected to fail on {why}; fails on {sorted(failed(service['reasons']))}"
    for code, facts in expected.get("needs_information", {}).items():
        asked = {item["fact"] for item in of(code)["missing"]}
        if of(code)["status"] != "needs_information":
            yield f"{code}: expected to need information, got {short(of(code))}"
        for fact in (facts or "").split():
            if not any(item.startswith(fact) for item in asked):
                yield f"{code}: expected to ask for {fact}, asks for {sorted(asked)}"
    for code in expected.get("not_established", []):
        if of(code)["status"] not in ("not_established", "absent"):
            yield f"{code}: expected not established, got {short(of(code))}"
    for code in expected.get("absent", []):
        if str(code) in services:
            yield f"{code}: expected no such service in this month, got {short(of(code))}"
    for code, other in expected.get("yields", {}).items():
        if of(code).get("yields_to") != str(other):
            yield f"{code}: expected to yield to {other}, got {of(code).get('yields_to')}"
    for name, key in FIELDS.items():
        for code, value in expected.get(name, {}).items():
            if of(code).get(key) != value:
                yield f"{code}: expected {name} {value}, got {of(code).get(key)}"
    seen = noticed(decision)
    for row in expected.get("noticed", []):
        if not seen & carriers().get(row, frozenset()):
            yield f"expected a notice that carries {row} {sorted(carriers().get(row, []))}; noticed {sorted(seen)}"
    for row in expected.get("unnoticed", []):
        if both := seen & carriers().get(row, frozenset()):
            yield f"expected no notice that carries {row}, got {sorted(both)}"
    risks = rules_failed(decision["audit_risks"])
    for row in expected.get("risks", []):
        if not risks & carriers().get(row, frozenset()):
            yield f"expected an audit risk that carries {row} {sorted(carriers().get(row, []))}; risks {sorted(risks)}"
    if "claim" in expected:
        verdicts = [line["verdict"] for line in (decision["claim"] or {"lines": []})["lines"]]
        if verdicts != expected["claim"]:
            yield f"expected verdicts {expected['claim']}, got {verdicts}"
    if "missing_lines" in expected:
        lines = {line["code"]: line["units"] for line in (decision["claim"] or {"missing_lines": []})["missing_lines"]}
        if lines != {str(code): units for code, units in expected["missing_lines"].items()}:
            yield f"expected missing lines {expected['missing_lines']}, got {lines}"
    if expected.get("nothing_missing") and decision["missing"]:
        yield f"expected nothing missing, got {[item['fact'] for item in decision['missing']]}"
    if "total" in expected and decision["totals"]["allowed"] != expected["total"]:
        yield f"expected a total of {expected['total']}, got {decision['totals']['allowed']}"


def cases() -> Iterator[Any]:
    charts = yaml.safe_load((HERE / "cases" / CHARTS).read_text(encoding="utf-8"))
    for path in sorted((HERE / "cases").glob("*.yaml")):
        if path.name != CHARTS:
            for case in yaml.safe_load(path.read_text(encoding="utf-8")):
                yield pytest.param(case, charts, id=case["id"])


@pytest.mark.parametrize(("case", "charts"), list(cases()))
def test_case(case: Record, charts: dict[str, Record]) -> None:
    decision = ccm_policy.opened(
        library().evaluate(chart_of(case, charts), ccm_policy.Options(sequestration=True)).to_dict()
    )
    found = list(disagreements(case["expect"], decision))
    assert not found, "\n" + "\n".join([case["question"], f"rests on {', '.join(case['rests_on'])}", *found])


def test_every_case_rests_on_rows_of_the_ledger_and_has_a_name_of_its_own() -> None:
    rows = {row["id"] for path in LEDGER.glob("*.yaml") for row in _rows(path)}
    written = [case.values[0] for case in cases()]
    names = [case["id"] for case in written]
    assert len(names) == len(set(names))
    assert not {i for case in written for i in case["rests_on"]} - rows


def _rows(path: Path) -> list[Record]:
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    return [row for value in content.values() if isinstance(value, list) for row in value if "id" in row]
