"""What is said of a record after its noun, and how several such parts are put together."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ccm_policy.site.prose import english

STANDS_AFTER = frozenset(
    {
        *("by", "while", "in", "not", "on", "with", "without", "under", "at", "before", "after", "during", "for", "of"),
        *("done", "given", "made", "spent", "coded", "held", "as", "from", "to", "called"),
    }
)
CLAUSE = re.compile(r"(that|who|whose|\w+ which|by a \w+ who) ")
ENUMERATED = re.compile(r", \S+ or \S+$")
OWNER = re.compile(r"(whose \w+|by a \w+ who) ")
DOER = re.compile(r"by (the|another) ")
LONG = 60
"""Characters from which a phrase goes last, so that what follows it is not read as part of it."""


@dataclass(frozen=True, slots=True)
class Part:
    """What is said of a record after its noun. `that` takes the word before it once for all such parts."""

    that: bool
    text: str


def being(part: Part) -> str:
    """What is said of a record, as a predicate: `is documented`, `has modifier 25`, `is dated in the month`."""
    text = part.text
    if part.that:
        return text
    if text.startswith(("not with ", "with ")):
        return f"does not have {text[9:]}" if text.startswith("not") else f"has {text[5:]}"
    if text.startswith("whose "):
        owner, _, rest = text.removeprefix("whose ").partition(" is ")
        return f"has {english.article(owner)} that is {rest}" if rest else f"has {owner}"
    return f"is {text.removeprefix('that is ')}"


def together(parts: list[Part]) -> str:
    """Parts that all hold: short ones, what needs `that`, who did it, whole clauses, and long ones last."""
    plain = [p.text for p in parts if not p.that and not CLAUSE.match(p.text)]
    short = [t for t in plain if len(t) <= LONG and ("," not in t or ENUMERATED.search(t))]
    that = english.listed(p.text for p in parts if p.that)
    whole = [p.text for p in parts if not p.that and CLAUSE.match(p.text)]
    owned = [t for t in whole if OWNER.match(t)]
    owners = dict.fromkeys(OWNER.match(t).group() for t in owned)  # type: ignore[union-attr]
    grouped = [f"{o}{english.listed(t.removeprefix(o) for t in owned if t.startswith(o))}" for o in owners]
    done_by = [t for t in short if DOER.match(t)] if that else []
    verbs = " ".join([f"that {that}", *done_by]) if that else ""
    said = [t for t in (verbs, *(t for t in whole if t not in owned), *grouped) if t]
    first = " ".join(t for t in (_dated_once([t for t in short if t not in done_by]), english.listed(said)) if t)
    long = _dated_once([t for t in plain if t not in short], ", ")
    return ", ".join(t for t in (first, long) if t)


def _dated_once(texts: list[str], mark: str = " ") -> str:
    """Phrases in a row; a second date does not say `dated` again."""
    said = ""
    for text in texts:
        again = text.startswith("dated ") and "dated " in said
        said += f" and {text.removeprefix('dated ')}" if again else mark + text
    return said.removeprefix(mark)


def placed(said: str, negated: bool, many: bool) -> Part:
    """A phrase of the lexicon or a title, as a part. A phrase may bring its own opposite after ` // `."""
    said, _, opposite = (p.strip() for p in said.partition(" // "))
    if opposite and negated:
        said, negated = opposite, False
    first, _, rest = said.partition(" ")
    if first in {"that", "who"} and english.is_verb(rest):
        return Part(True, english.verb(rest, many=many, negated=negated))
    if first not in STANDS_AFTER and english.is_verb(said):
        return Part(True, english.verb(said, many=many, negated=negated))
    if not negated:
        return Part(False, said)
    for be in (" was ", " is "):
        if " which " in said and be in said:
            return Part(False, said.replace(be, f"{be}not ", 1))
    if said.startswith("not "):
        return Part(False, said.removeprefix("not "))
    return Part(True, f"{'are' if many else 'is'} not {said}")


def titled(title: str, negated: bool, many: bool) -> Part:
    """A title as a part: as it is where it can stand after a noun, else after `is`."""
    first = title.partition(" ")[0]
    fits = english.is_verb(title) or first in STANDS_AFTER or first in {"that", "who"} or first.endswith("ed")
    return placed(title if fits else f"is {title}", negated, many)


def after_that(part: Part, many: bool) -> str:
    """A part as it stands after a `that` which is already said."""
    return part.text if part.that else f"{'are' if many else 'is'} {part.text}"
