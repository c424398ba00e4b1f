"""Whole statements as sentences: rules with their scope and exceptions, coverage, payment, preference, definitions."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from ccm_policy.language import tree as t
from ccm_policy.site.prose import english
from ccm_policy.site.prose.parts import being
from ccm_policy.site.prose.speaker import Speaker

Statement = (
    t.Rule | t.LineCheck | t.OverlapCheck | t.Coverage | t.Payment | t.Preference | t.Permission | t.Definition
    | t.Invariant | t.Service | t.Attestation
)  # fmt: skip


def sentences(node: Statement, say: Speaker) -> list[str]:
    """What a statement asks or gives, in one or more sentences."""
    match node:
        case t.Rule():
            return _rule(node, say)
        case t.LineCheck():
            return _line_check(node, say)
        case t.OverlapCheck():
            return _overlap_check(node, say)
        case t.Coverage():
            return _coverage(node, say)
        case t.Payment():
            return _payment(node, say)
        case t.Preference():
            return _preference(node, say)
        case t.Permission():
            by = f" by {node.scope.replace('same ', 'the same ')}" if node.scope else ""
            beside = english.listed(node.beside, "or")
            return [english.sentence(f"{english.listed(node.codes)} may be billed beside {beside}{by}")]
        case t.Definition():
            return [definition(node, say)]
        case t.Invariant():
            return [_invariant(node, say)]
        case t.Attestation():
            return _attestation(node, say)
        case t.Service():
            said = [earning(node.earning, say), *(modifier(one, say) for one in node.modifiers)]
            return said if node.entered is None else [*said, entered(node.entered, say)]


def _rule(rule: t.Rule, say: Speaker) -> list[str]:
    said = [say.headline(condition) for condition in rule.conditions]
    if rule.when is not None:
        said = [english.sentence(f"When {say.clause(rule.when)}: {english.lower(one)}") for one in said]
    return said


def exception(waiver: t.Waiver, say: Speaker) -> str:
    """When a rule does not apply after all."""
    return english.sentence(f"not needed when {say.clause(waiver.when)}")


def _line_check(check: t.LineCheck, say: Speaker) -> list[str]:
    inner = say.into(check.lines.list)
    which = inner.which(check.lines, False)
    one = english.singular(say.names.one(check.lines.list))
    said = []
    for condition in check.conditions:
        refused = isinstance(condition, t.Not)
        part = inner.part(condition.operand if isinstance(condition, t.Not) else condition, negated=False, many=False)
        if part.text.startswith("for which ") and refused:
            refused, part = False, inner.part(condition, negated=False, many=False)
        lead = f"{'no' if refused else 'every'} {one}{which}"
        own = not part.text.startswith("for which ")
        said.append(f"{lead} {being(part)}" if own else f"for {lead}, {part.text.removeprefix('for which ')}")
    when = f", when {say.clause(check.when)}" if check.when is not None else ""
    return [english.sentence(one + when) for one in said]


def _overlap_check(check: t.OverlapCheck, say: Speaker) -> list[str]:
    inner = say.into(check.list)

    def bare(node: t.Node) -> str:
        return inner.noun(node).removeprefix("its ").removeprefix("the ")

    matching = t.Records(check.list, where=check.matches)
    of_both = inner.which(matching, True) if check.matches is not None and not check.across else ""
    apart = ["patient"] if check.across else [bare(node) for node in check.different]
    of_both += f" of different {english.listed(map(english.plural, apart))}" if apart else ""
    alike = english.listed(bare(nodes[0]) for nodes in check.same)
    of_both += f" with the same {alike}" if alike else ""
    two = f"no two {english.plural(say.names.one(check.list))}{of_both.replace(' whose the ', ' whose ')}"
    if check.matches is not None and check.across:
        two += f", at least one of them one{inner.which(matching, False).replace(' whose the ', ' whose ')},"
    said = [english.sentence(f"{two} have minutes of the clock in common")]
    if not check.across and check.severity == "decides":
        said.append(english.sentence("minutes that they do have in common count once"))
    for condition in check.keeps:
        part = inner.part(condition, negated=False, many=False)
        one = f"the one {'that ' if part.that else ''}{part.text}"
        said.append(english.sentence(f"{one} keeps them from one of which that is not so"))
    return said


def _coverage(coverage: t.Coverage, say: Speaker) -> list[str]:
    are = "is" if len(coverage.codes) == 1 else "are"
    codes = english.listed(coverage.codes) or "the services named"
    status = coverage.status
    said = f"may be paid {status}" if status.startswith("with ") else f"{are} {status}"
    when = f" when {say.clause(coverage.when)}" if coverage.when is not None else ""
    first = f" from {english.day(coverage.from_day)}" if coverage.from_day else ""
    last = f" until {english.day(coverage.until_day)}" if coverage.until_day else ""
    return [english.sentence(f"{codes} {said}{when}{first}{last}")]


def _payment(payment: t.Payment, say: Speaker) -> list[str]:
    said = []
    for clause in payment.pays:
        of = "of that" if clause.schedule == "that" else f"of {say.names.lexicon.value(clause.schedule)}"
        where = " ".join(word.replace("_", "-") for word in (clause.setting, clause.locality) if word)
        tail = {"otherwise": " otherwise", "unknown": " when that is not known"}.get(clause.tail, "")
        if clause.when is not None:
            tail = f" when {say.clause(clause.when)}"
        rate = english.quantity(clause.percent, "percent")
        said.append(english.sentence(f"pays {rate} {of}{f' ({where})' if where else ''}{tail}"))
    if payment.patient_percent is not None:
        after = f", after {say.noun(payment.patient_after)}" if payment.patient_after is not None else ""
        free = f", and nothing when {say.clause(payment.patient_nothing)}" if payment.patient_nothing else ""
        share = english.quantity(payment.patient_percent, "percent")
        said.append(english.sentence(f"the patient owes {share} of the allowed amount{after}{free}"))
    return said


def _preference(preference: t.Preference, say: Speaker) -> list[str]:
    names, what = [say.names.lexicon.value(name) for name in preference.order], say.names.lexicon.value(preference.what)
    if preference.by_amount:
        order = f"the one that comes to the most, and of equals the first of {english.listed(names, 'and')}"
    else:
        order = english.listed(names, "then")
    return [english.sentence(f"of several {what}s that are supported in one month, one is billed: {order}")]


def definition(node: t.Definition, say: Speaker) -> str:
    """What a definition means, in a sentence about the month or about a record."""
    if node.of is None:
        said = say.clause(node.value) if node.type.kind == "yes/no" else say.noun_of(node.value)
        return english.sentence(said)
    inner = say.into(node.of)
    one = english.article(say.names.called(node.of))
    if node.type.kind == "yes/no":
        part = inner.part(node.value, negated=False, many=False)
        return english.sentence(f"{one} {'that ' if part.that else ''}{part.text}")
    return english.sentence(f"of {one}: {inner.noun_of(node.value)}")


def points(node: t.Definition, say: Speaker) -> list[str]:
    """The parts of a definition about a record that all have to hold, each by itself; empty where it has no parts."""
    if node.of is None or not isinstance(node.value, t.And):
        return []
    inner = say.into(node.of)
    parts = (inner.part(operand, negated=False, many=False) for operand in node.value.operands)
    return [p.text.removeprefix("for which ") if p.text.startswith("for which ") else being(p) for p in parts]


def earning(node: t.Earning, say: Speaker) -> str:
    """How units are earned."""
    units = english.quantity(Decimal(node.units), "unit")
    cap = f", at most {english.quantity(Decimal(node.at_most), 'unit')}" if node.at_most is not None else ""
    if node.step is not None and node.amount is not None:
        beyond = f" beyond {say.noun(node.beyond)}" if node.beyond is not None else ""
        step, amount = say.noun(node.step), say.noun(node.amount)
        amount = amount.removeprefix(f"{step.rpartition(' ')[2]} of ")
        return english.sentence(f"{units} for each full {step} of {amount}{beyond}{cap}")
    if node.each_of:
        each = english.listed(node.each_of, "or")
        return english.sentence(f"{units} for each of {each} whose own rules hold{cap}")
    when = f" when {say.clause(node.when)}" if node.when is not None else " for the month"
    return english.sentence(f"{units}{when}{cap}")


def modifier(node: t.Modifier, say: Speaker) -> str:
    """When the service's line of a claim carries a modifier."""
    when = f" when {say.into(say.names.vocabulary.claim or '').clause(node.when)}" if node.when is not None else ""
    return english.sentence(f"its line of a claim carries modifier {node.name}{when}")


def entered(node: t.Node, say: Speaker) -> str:
    """What shows that a patient is in a service's programme."""
    return english.sentence(f"a patient is in its programme when {say.clause(node)}")


def _attestation(node: t.Attestation, say: Speaker) -> list[str]:
    when = f", when {say.clause(node.when)}" if node.when is not None else ""
    said = [english.sentence(f"the practice vouches for what follows where nobody recorded it{when}")]
    said += [english.sentence(_vouched(vouched, say)) for vouched in node.facts]
    if node.until is not None:
        said.append(english.sentence(f"its word stands through {english.month(node.until)}"))
    return said


def _vouched(vouched: t.Vouched, say: Speaker) -> str:
    """What is attested, as the condition that holds then."""
    of, _, field = vouched.path.partition(".")
    vocabulary, value = say.names.vocabulary, vouched.value
    if value is None:
        return say.clause(t.Not(t.AtLeast(1, t.Records(of))))
    if vouched.path in vocabulary.facts:
        return say.clause(_told(t.Fact(vouched.path, vocabulary.facts[vouched.path].type), value))
    about = t.Field(0, of, field, vocabulary.lists[of].fields[field].type)
    return say.clause(t.Every(t.Records(of), _told(about, value)))


def _told(about: t.Fact | t.Field, value: bool | str | tuple[str, ...]) -> t.Node:
    if isinstance(value, bool):
        return about if value else t.Not(about)
    if isinstance(value, tuple):
        return t.IncludesAtLeast(about, len(value), value)
    return t.Equal(about, t.Const(value, about.type))


def _invariant(node: t.Invariant, say: Speaker) -> str:
    forms: dict[str, Callable[[], str]] = {
        "requires": lambda: (
            f"{node.codes[0]} is only ever supported when {say.clause(node.condition)}"
            if node.condition is not None
            else ""
        ),
        "never both": lambda: f"{english.listed(node.codes)} are never supported together",
        "never more": lambda: f"never more than {node.number} units of {node.codes[0]}",
        "never depends": lambda: f"{node.codes[0]} never depends on {say.names.fact(node.fact or '')}",
        "never lowers": lambda: (
            f"more of {say.names.fact(node.fact or '')} never takes "
            + (f"{node.codes[0]} away" if node.codes else "a service away")
        ),
    }
    return english.sentence(forms.get(node.form, lambda: node.title)())
