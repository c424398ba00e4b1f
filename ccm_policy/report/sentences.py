"""The statements behind reasons, as sentences: what a rule asks, in the words of the documentation."""

from __future__ import annotations

from collections.abc import Callable

from ccm_policy.evaluate.reasons import EARNS, Reason
from ccm_policy.language import tree
from ccm_policy.library import Library
from ccm_policy.site.book import roots
from ccm_policy.site.prose import lexicon
from ccm_policy.site.prose.naming import Naming
from ccm_policy.site.prose.speaker import Speaker
from ccm_policy.site.prose.spoken import speaker
from ccm_policy.site.prose.statements import Statement, sentences


def saying(library: Library, program: tree.Program) -> Callable[[Reason, str], list[str]]:
    """What says the statement of a reason, of the service with that code; nothing where it stands in no policy."""
    say = speaker(Naming(lexicon.read(*roots(library)), library.vocabulary, program.definitions))
    named: dict[tuple[str, str], Statement] = {}
    for coverage in program.coverages:
        named.setdefault((coverage.where.policy, coverage.name), coverage)
    for preference in program.preferences:
        named.setdefault((preference.where.policy, preference.name), preference)
    named |= {(rule.where.policy, rule.name): rule for rule in program.rules}
    named |= {(check.where.policy, check.name): check for check in program.line_checks}
    return lambda reason, code: _said(reason, code, program, named, say)


def _said(
    reason: Reason,
    code: str,
    program: tree.Program,
    named: dict[tuple[str, str], Statement],
    say: Speaker,
) -> list[str]:
    statement: Statement | None = named.get((reason.policy, reason.rule))
    if reason.rule == EARNS:
        statement = program.services.get(code)
    return [] if statement is None else [one for one in sentences(statement, say) if one]
