"""What changes mean, in lines: each with its effect, whether that is proved, and the patient-month that shows it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ccm_policy.review.effects import OF_THEIR_OWN, Effect
from ccm_policy.review.text import Change

if TYPE_CHECKING:
    from ccm_policy.review.meaning import Meaning, Told
    from ccm_policy.review.showing import Witness

NOT_ASKED = "not asked, for `--no-meaning` was said"
"""What is said of the meaning of changes where nobody asked."""


@dataclass(frozen=True, slots=True)
class Meant:
    """What one change means: what it is called, the sentence, and lines about the patient-months that show it."""

    title: str
    said: str
    shown: tuple[str, ...]
    examples: tuple[str, ...]


def meant(meaning: Meaning, text: Sequence[Change]) -> Iterator[Meant]:
    """Every change that is no example, in its order; those that have no effect of their own in one line."""
    quiet: list[str] = []
    for change in text:
        told = None if change.is_example else meaning.of(change)
        if told is not None and told.effect is Effect.NOTHING and told.note in OF_THEIR_OWN:
            quiet.append(change.title)
        elif told is not None:
            shown = tuple(line for witness in told.witnesses for line in _shown(witness))
            examples = tuple(witness.example for witness in told.witnesses if witness.example is not None)
            yield Meant(change.title, _said(told), shown, examples)
    if quiet:
        yield Meant("no effect of their own, proved", ", ".join(quiet), (), ())


def unchanged(meaning: Meaning) -> str:
    """What is said of the services that no change was found to touch."""
    more = [kept.code for kept in meaning.unchanged if kept.changes]
    proved = [kept.code for kept in meaning.unchanged if kept.proved]
    others = [kept.code for kept in meaning.unchanged if not kept.proved and not kept.changes]
    said = [f"changes as well, by what is changed together: {', '.join(more)}"] if more else []
    said += [f"no other service changes, proved of {', '.join(proved)}{_in(meaning.months)}"] if proved else []
    but_for = dict.fromkeys(policy for kept in meaning.unchanged if kept.proved for policy in kept.but_for)
    said += [f"for patients of {', '.join(but_for)} it is not decided"] if but_for else []
    tried = max((kept.tried for kept in meaning.unchanged if not kept.proved), default=0)
    said += [f"not decided, with nothing found in {tried:,} patient-months, of {', '.join(others)}"] if others else []
    return "; ".join(said)


def _in(months: Sequence[str]) -> str:
    return f", in {' and '.join(sorted(months))}" if months else ""


def _said(told: Told) -> str:
    effect = told.effect.value
    how = (
        f"proved{_in(told.months)}" if told.proved else f"of {told.tried:,} patient-months tried" if told.tried else ""
    )
    services = f"in {', '.join(told.codes)}" if told.codes else ""
    said = ", ".join(filter(None, (effect, services, how)))
    return f"{said}. {told.note}".rstrip(". ")


def _shown(witness: Witness) -> Iterator[str]:
    """The patient-month by what it departs in, and what both sides say of it."""
    departs = "; ".join(witness.departures) or "as it is"
    yield f"shown by {witness.chart or 'a patient-month'}: {departs}"
    for code in witness.codes:
        before, after = (_outcome(side.get(code, "no service")) for side in (witness.before, witness.after))
        yield f"{code}: {before} -> {after}"
    if not witness.differs:
        yield "the sides agree on it: other changes outweigh this one"


MOST_NAMED = 3


def _outcome(said: str) -> str:
    """An outcome in words, of many things that it waits for the first."""
    names = said.split(", ")
    more = len(names) - MOST_NAMED
    return said if more <= 1 else f"{', '.join(names[:MOST_NAMED])} and {more} more"
