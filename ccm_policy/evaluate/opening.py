"""A written decision, opened: what was left out filled in, and every key in place of which a rule stands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ccm_policy.evaluate.record import LINE, RULE, SERVICE, last_of

_SEVERAL = re.compile(r"(\w+)\[([\d,]+)\]\.([\w,]+)")


def opened(decision: Mapping[str, Any]) -> dict[str, Any]:
    """The decision with every rule in full wherever it is named, for whoever reads one service or one line.

    A service's `reasons` are what stands against it, in its order, then what holds; each with its facts, sources and
    definitions. Of a decision written with fewer reasons, those that it has.
    """
    whole: dict[str, Any] = dict(decision)
    by_policy = decision["rules"].items()
    whole["rules"] = {f"{policy}/{name}": rule for policy, rules in by_policy for name, rule in rules.items()}
    known = decision["facts"].items()
    whole["facts"] = {how: {p: v for e, v in values.items() for p in places(e)} for how, values in known}
    month_end = last_of(decision["service_month"])
    rules = {key: _rule(whole, key) for key in whole["rules"]}

    def holds_for(rule: Mapping[str, Any], code: str) -> bool:
        group = rule.get("services")
        return group is not None and code in whole["groups"].get(group, (group,))

    def said(key: str) -> dict[str, Any]:
        return rules[key] if key in rules else _rule(whole, key)

    def service(code: str, told: Mapping[str, Any]) -> dict[str, Any]:
        full = {**SERVICE, "date_of_service": month_end, **told}
        holds = [key for key, rule in whole["rules"].items() if holds_for(rule, code)]
        holds.sort(key=lambda key: rules[key]["severity"] != RULE["severity"])
        full["held"] = None if full["held"] is None else said(full["held"])
        full["reasons"] = [said(key) for key in (*full["reasons"], *holds)]
        full["missing"] = [{"fact": fact, "decides": code} for fact in full["missing"]]
        return full

    def line(told: Mapping[str, Any]) -> dict[str, Any]:
        return {**LINE, **told, "reasons": [said(key) for key in told.get("reasons", ())]}

    if whole["claim"] is not None:
        whole["claim"] = {**whole["claim"], "lines": [line(told) for told in whole["claim"]["lines"]]}
    whole["services"] = {code: service(code, told) for code, told in whole["services"].items()}
    whole["audit_risks"] = [{**said(risk["rule"]), "services": risk["services"]} for risk in whole["audit_risks"]]
    return whole


def _rule(decision: Mapping[str, Any], key: str) -> dict[str, Any]:
    """One rule's result; one of a service or line rests on the rule's first result."""
    policy, name = key.split("/")[:2]
    rules, sources, definitions = decision["rules"], decision["sources"], decision["definitions"]
    own = {**RULE, "edition": decision["provenance"]["editions"].get(policy)}
    told = {**own, **rules.get(f"{policy}/{name}", {}), **rules.get(key, {})}
    told.pop("services", None)
    cites = [cite.partition(": ") for cite in told["cite"]]
    return {
        "rule": name,
        "policy": policy,
        **told,
        "cite": [{"source": source, "title": sources[source], "at": at or None} for source, _, at in cites],
        "facts": [_fact(decision, fact) for entry in told["facts"] for fact in places(entry)],
        "rests_on": [_definition(definitions, entry) for entry in told["rests_on"]],
    }


def places(entry: str) -> Iterator[str]:
    """The facts that an entry stands for: `time_log[0,2].date,minutes` are two of two records."""
    found = _SEVERAL.fullmatch(entry)
    if found is None:
        yield entry
        return
    for number in found[2].split(","):
        yield from (f"{found[1]}[{number}].{field}" for field in found[3].split(","))


def _fact(decision: Mapping[str, Any], name: str) -> dict[str, Any]:
    facts: Mapping[str, Mapping[str, Any]] = decision["facts"]
    known = next(how for how, values in facts.items() if name in values)
    told = {"path": name.partition(" in ")[0], "value": facts[known][name], "presumed": known == "presumed"}
    by = [key for key, said in decision.get("attestations", {}).items() if name in said["facts"]]
    return {**told, "attested": by[0]} if by else told


def _definition(definitions: Mapping[str, str], key: str) -> dict[str, str]:
    policy, edition, *confidence = definitions[key].split(" ")
    known = confidence[0] if confidence else RULE["confidence"]
    return {"definition": key.rpartition("/")[2], "policy": policy, "edition": edition, "confidence": known}
