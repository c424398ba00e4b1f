"""Conditions as clauses with a subject of their own, and as parts said of the nearest record."""

from __future__ import annotations

from ccm_policy.language import tree
from ccm_policy.site.prose import english
from ccm_policy.site.prose.comparisons import part_of_test
from ccm_policy.site.prose.parts import LONG, Part, after_that, being, together
from ccm_policy.site.prose.speaker import Speaker, in_month

# --- clauses -----------------------------------------------------------------------------------------------------


def clause_of_not(say: Speaker, node: tree.Not, negated: bool) -> str:
    return say.clause(node.operand, not negated)


def clause_of_and(say: Speaker, node: tree.And, negated: bool) -> str:
    inside = in_month(node)
    if inside is not None:
        return say.stated(inside, "is in the month", negated)
    return _joined(say, node.operands, negated, "or" if negated else "and")


def clause_of_or(say: Speaker, node: tree.Or, negated: bool) -> str:
    return _joined(say, node.operands, negated, "and" if negated else "or")


def _joined(say: Speaker, operands: tuple[tree.Node, ...], negated: bool, word: str) -> str:
    inner = tree.And if word == "or" and negated else tree.Or if word == "and" and not negated else ()
    said = [("either " if inner and isinstance(o, inner) else "") + say.clause(o, negated) for o in operands]
    if len(said) == 2 and max(map(len, said)) > LONG:
        return f"{said[0]}, {word} {said[1]}"
    return english.listed(said, word)


def clause_of_at_least(say: Speaker, node: tree.AtLeast, negated: bool) -> str:
    verb = "are" if node.number > 1 and not negated else "is"
    return f"there {verb} {say.amount(node.number, node.records, negated)}"


def clause_of_every(say: Speaker, node: tree.Every, negated: bool) -> str:
    return say.every(node, negated)


def clause_of_const(say: Speaker, node: tree.Const, negated: bool) -> str:
    return "always" if bool(node.value) is not negated else "never"


def clause_of_field(say: Speaker, node: tree.Field | tree.LookedUp, negated: bool) -> str:
    return _of_record(say, node, node.list, negated)


def clause_of_defined_of(say: Speaker, node: tree.DefinedOf, negated: bool) -> str:
    return _of_record(say, node, say.list_at(node.depth), negated)


def _of_record(say: Speaker, node: tree.Node, name: str, negated: bool) -> str:
    part = say.part(node, negated=negated, many=False)
    subject = f"the {english.singular(say.names.one(name))}"
    return f"{subject} {being(part)}"


def clause_of_defined(say: Speaker, node: tree.Defined, negated: bool) -> str:
    said = say.names.lexicon.facts.get(node.name, "")
    if "|" in said:
        return _subject_verb(said, negated)
    title = said or say.names.title(node.name)
    return english.denied(title) if negated else title


def clause_of_picked_field(say: Speaker, node: tree.PickedField, negated: bool) -> str:
    declared = say.names.definitions.get(node.definition)
    name = (declared.type.name or "") if declared else ""
    part = say.phrased(f"{name}.{node.field}", say.names.lexicon.words(node.field), negated, False)
    return f"{say.names.definition(node.definition)} {being(part)}"


def clause_of_fact(say: Speaker, node: tree.Fact, negated: bool) -> str:
    said = say.names.lexicon.facts.get(node.path, "")
    if "|" in said:
        return _subject_verb(said, negated)
    return f"the record {'does not say' if negated else 'says'} “{say.names.fact_title(node.path)}”"


def _subject_verb(said: str, negated: bool) -> str:
    who, _, what = (p.strip() for p in said.partition("|"))
    many = what.partition(" ")[0] in {"put", "are", "have", "were"}
    return f"{who} {english.verb(what, many=many, negated=negated)}"


def clause_of_is_none(say: Speaker, node: tree.IsNone, negated: bool) -> str:
    noun = say.noun(node.operand).removeprefix("the ").removeprefix("its ")
    return f"{english.article(noun) if negated else 'no ' + noun} is recorded"


def clause_of_cases(say: Speaker, node: tree.Cases, negated: bool) -> str:
    return cases(say, [(when, say.clause(value, negated)) for when, value in node.cases])


def cases(say: Speaker, found: list[tuple[tree.Node | None, str]]) -> str:
    """Values with the conditions under which they hold."""
    said = [f"{value} when {say.clause(when)}" if when else f"otherwise {value}" for when, value in found]
    return "; ".join(said) if len(said) > 1 else found[0][1]


# --- parts -------------------------------------------------------------------------------------------------------


def part_of_not(say: Speaker, node: tree.Not, negated: bool, many: bool) -> Part:
    return say.part(node.operand, negated=not negated, many=many)


def part_of_joined(say: Speaker, node: tree.And | tree.Or, negated: bool, many: bool) -> Part:
    if in_month(node) is not None:
        return part_of_test(say, node, negated, many)
    parts = [say.part(o, negated=negated, many=many) for o in node.operands]
    if isinstance(node, tree.And) is not negated:
        that = all(p.that for p in parts)
        return Part(that, english.listed(p.text for p in parts) if that else together(parts))
    if all(p.that for p in parts):
        return Part(True, f"either {english.listed((p.text for p in parts), 'or')}")
    if not any(p.that for p in parts):
        return Part(False, english.listed((p.text for p in parts), "or"))
    return Part(False, f"that {english.listed((after_that(p, many) for p in parts), 'or')}")


def part_of_field(say: Speaker, node: tree.Field, negated: bool, many: bool) -> Part:
    if node.depth:
        return part_of_test(say, node, negated, many)
    return say.phrased(f"{node.list}.{node.field}", say.names.lexicon.words(node.field), negated, many)


def part_of_looked_up(say: Speaker, node: tree.LookedUp, negated: bool, many: bool) -> Part:
    if node.depth:
        return part_of_test(say, node, negated, many)
    words = say.names.lexicon.words(node.target_field)
    inner = say.phrased(f"{node.target}.{node.target_field}", words, negated, False)
    return Part(False, f"{say.names.owner(node.list, node.field)} {being(inner)}")


def part_of_defined_of(say: Speaker, node: tree.DefinedOf, negated: bool, many: bool) -> Part:
    if node.depth:
        return part_of_test(say, node, negated, many)
    of = say.list_at(0)
    return say.phrased(f"{of}.{node.name}", say.names.title_of_record(node.name, of), negated, many)


def part_of_is_none(say: Speaker, node: tree.IsNone, negated: bool, many: bool) -> Part:
    of = node.operand
    if not isinstance(of, tree.Field) or of.depth:
        return part_of_clause(say, node, negated, many)
    return Part(False, f"{'with' if negated else 'without'} {english.article(say.names.field(of.list, of.field))}")


def part_of_clause(say: Speaker, node: tree.Node, negated: bool, many: bool) -> Part:
    """A condition with a subject of its own, said of a record."""
    return Part(False, f"for which {say.clause(node, negated)}")
