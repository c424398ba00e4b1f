"""A review as Markdown, short enough for a comment on a pull request: the sentence, counts, and the rest folded."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from html import escape

from ccm_policy.language.diagnostics import printable
from ccm_policy.review.lines import SHARED, about, rate_rows, shown_first, standing, told, where
from ccm_policy.review.meant import meant, unchanged
from ccm_policy.review.patients import Patients
from ccm_policy.review.rates import Rates
from ccm_policy.review.sentence import called, counted, dollars, money
from ccm_policy.review.text import KEPT, Change, of_policies
from ccm_policy.review.whole import Difference

LONGEST = 60_000
"""Characters of a comment; where it is posted, some more than that are refused."""
MOST_PATIENTS, MOST_BY_RATES = 40, 5
_MARKED = re.compile(r"([\\`*_\[\]|~])")
_CALLS = re.compile(r"([@#])(?=\w)")
"""What calls a person or names an issue where the comment is posted."""


def markdown(found: Difference) -> str:
    """The whole comment. What has no room is left out from the end, and that is said."""
    parts = [f"### {plain(found.old)} → {plain(found.new)}\n\n**{plain(found.sentence)}**\n"]
    parts += [*_policies(found.text)]
    parts += [_meaning(found)] if found.text else []
    parts += [] if found.patients is None else [*_patients(found.patients)]
    parts += [] if found.rates is None else [*_rates(found.rates)]
    parts += [folded(f"Text of {policy or SHARED}", _texts(each)) for policy, each in of_policies(found.text).items()]
    kept: list[str] = []
    for part in parts:
        if sum(map(len, kept)) + len(part) > LONGEST:
            kept.append("What else there is has no room here: `--out review.html` shows all of it.\n")
            break
        kept.append(part)
    return "\n".join(kept)


def plain(text: str) -> str:
    """Text that is nothing but text in Markdown: marks and tags are written out."""
    return _CALLS.sub(r"\1<!-- -->", _MARKED.sub(r"\\\1", escape(printable(text), quote=False)))


def folded(title: str, body: str) -> str:
    """What opens on a click."""
    return f"<details><summary>{escape(title)}</summary>\n\n{body}\n</details>\n"


def table(head: Sequence[str], rows: Iterable[Sequence[str]], right: Sequence[int] = ()) -> str:
    """A table; `right`: columns of numbers."""
    rules = ["---:" if place in right else "---" for place in range(len(head))]
    lines = [head, rules, *([plain(cell) for cell in row] for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _policies(text: Sequence[Change]) -> Iterator[str]:
    rows = []
    for policy, changes in of_policies(text).items():
        counts = Counter(called(c) for c in changes if not c.is_example)
        examples = sum(change.is_example for change in changes)
        said = [f"{count} {word}" for word, count in counts.items()]
        said += [counted(examples, "example")] if examples else []
        rows.append((policy or SHARED, ", ".join(said)))
    if rows:
        yield table(("Policy", "Statements"), rows)


def _meaning(found: Difference) -> str:
    if found.meaning is None:
        return "Meaning: not asked.\n"
    rows = [(each.title, each.said, "; ".join(each.shown)) for each in meant(found.meaning, found.text)]
    body = table(("Statement", "Meaning", "Shown by"), rows)
    return folded("Meaning of each change", f"{body}\n{plain(unchanged(found.meaning))}\n")


def _texts(changes: Sequence[Change]) -> str:
    return "\n".join(_text(change) for change in changes if not change.is_example)


def _text(change: Change) -> str:
    was = f" (was {plain(change.was)})" if change.was else ""
    notes = [where(change), *standing(change.authority)]
    body = "\n".join(
        f"{' ' if line.mark == KEPT else line.mark} {text}" for line in change.lines for text in line.text.split("\n")
    )
    fence = "`" * (1 + max([2, *(len(run) for run in re.findall(r"`+", body))]))
    said = "  \n".join(plain(note) for note in notes if note)
    return f"**{plain(change.title)}**{was}: {called(change)}  \n{said}\n\n{fence}diff\n{body}\n{fence}\n"


def _patients(patients: Patients) -> Iterator[str]:
    said = [*([patients.carried] if patients.carried else []), *about(patients)]
    yield "".join(f"- {plain(each)}\n" for each in said)
    rules = [(f"{rule.title} ({rule.key})", str(n), dollars(amount)) for rule, n, amount in patients.rules()]
    if rules:
        yield table(("Rule that turned it", "Patient-months", "Dollars"), rules, (1, 2))
    shown, left = shown_first(patients, MOST_BY_RATES)
    left += max(0, len(shown) - MOST_PATIENTS)
    rows = [
        (p.patient, p.month, money(p.before), money(p.after), dollars(p.dollars), "; ".join(map(told, p.services)))
        for p in shown[:MOST_PATIENTS]
    ]
    if rows:
        head = ("Patient", "Month", "Before", "After", "Change", "What changed")
        more = f"\nand {left:,} more\n" if left else ""
        yield folded(f"{counted(len(patients.changed), 'patient-month')} changed", table(head, rows, (2, 3, 4)) + more)


def _rates(rates: Rates) -> Iterator[str]:
    rows = [*rate_rows(rates)]
    if rows:
        head = ("Code", "Setting", "National", "", "", "Least of localities", "Greatest", "Causes")
        notes = "".join(f"\n- {plain(note)}" for note in rates.notes)
        codes = len({row[0] for row in rows})
        yield folded(
            f"Rates: {counted(codes, 'code')}, {rates.old} to {rates.new}", table(head, rows, (2, 3, 4)) + notes + "\n"
        )
