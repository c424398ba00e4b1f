"""What reports look like, for the documentation site: made of the example clinic whenever the site is built."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from fractions import Fraction
from itertools import islice

from ccm_policy import facts
from ccm_policy.cli.listing import Listed, gathered
from ccm_policy.cli.worklist_forms import shown
from ccm_policy.evaluate import Options, decide
from ccm_policy.facts.plan import compiled
from ccm_policy.facts.reading import Reader
from ccm_policy.facts.values import Given
from ccm_policy.panel.work import Made
from ccm_policy.report.attestable import attestable
from ccm_policy.report.entries import entry
from ccm_policy.report.month import Heading, page
from ccm_policy.report.packet import packet
from ccm_policy.report.sentences import saying
from ccm_policy.report.worklist_run import Planning
from ccm_policy.shipped import CLINIC
from ccm_policy.site.book import Book
from ccm_policy.site.page import Asset, Page

_WITHIN = Fraction(10)
_BODY = """Made of an invented clinic when this site was built. Each is one file that needs nothing from elsewhere: for a screen, a phone and paper.

- [The page of a month](samples/month.html), as `ccm-policy report month.jsonl --out month.html` writes it.
- [The packet of one patient-month](samples/packet.html) for an audit, as `ccm-policy explain month.jsonl --patient KEY --format html --out packet.html` writes it.

## What is left to do

The beginning of the list of work, as `ccm-policy worklist month.jsonl --as-of {day}` prints it; [What is left to do](worklist.md) says how to read it.

```text
{lines}
```
"""  # noqa: E501
_PLANNED = date(2026, 3, 24)
"""A day in the month of the example clinic."""
_LINES, _WIDTH = 30, 110


def samples(book: Book) -> Iterator[Page | Asset]:
    """The page of the clinic's month, the packet of a patient of whom auditors would ask, and a page that leads to
    them and shows the list of work."""
    given, _ = facts.read(CLINIC, book.library.vocabulary)
    decisions = [decide(each, book.library, book.fees, Options(reach=_WITHIN)) for each in given]
    asked = next(each for each in decisions if each.audit_risks and each.evaluated is not None)
    assert asked.evaluated is not None
    say = saying(book.library, asked.evaluated.program)
    yield Asset("samples/month.html", page([entry(each) for each in decisions], Heading(False, 0)))
    yield Asset("samples/packet.html", packet(asked, say, []))
    body = _BODY.format(day=_PLANNED, lines="\n".join(_worklist(given, book)))
    yield Page(path="samples.md", title="What reports look like", body=body)


def _worklist(given: Sequence[Given], book: Book) -> list[str]:
    """The first lines of the list of work."""
    vocabulary = book.library.vocabulary
    asked = Listed(day=_PLANNED, by="staff", together=3, form="table", attestable=attestable(vocabulary), apart=())
    planning = Planning(book.library, book.fees, Options(reach=_WITHIN), Reader(compiled(vocabulary)), _PLANNED)
    made = [found.form for each in given if isinstance(found := planning.of(each), Made)]
    return list(islice(shown(*gathered(made, asked), asked.by, _WIDTH), _LINES))
