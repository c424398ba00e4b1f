"""What reports look like, for the documentation site: made of the example clinic whenever the site is built."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from ccm_policy import facts
from ccm_policy.evaluate import Options, decide
from ccm_policy.report.entries import entry
from ccm_policy.report.month import Heading, page
from ccm_policy.report.packet import packet
from ccm_policy.report.sentences import saying
from ccm_policy.shipped import CLINIC
from ccm_policy.site.book import Book
from ccm_policy.site.page import Asset, Page

_WITHIN = Fraction(10)
_BODY = """Made of an invented clinic when this site was built. Each is one file that needs nothing from elsewhere: for a screen, a phone and paper.

- [The page of a month](samples/month.html), as `ccm-policy report month.jsonl --out month.html` writes it.
- [The packet of one patient-month](samples/packet.html) for an audit, as `ccm-policy explain month.jsonl --patient KEY --format html --out packet.html` writes it.
"""  # noqa: E501


def samples(book: Book) -> Iterator[Page | Asset]:
    """The page of the clinic's month, the packet of a patient of whom auditors would ask, and a page that leads to
    them."""
    given, _ = facts.read(CLINIC, book.library.vocabulary)
    decisions = [decide(each, book.library, book.fees, Options(reach=_WITHIN)) for each in given]
    asked = next(each for each in decisions if each.audit_risks and each.evaluated is not None)
    assert asked.evaluated is not None
    say = saying(book.library, asked.evaluated.program)
    yield Asset("samples/month.html", page([entry(each) for each in decisions], Heading(False, 0)))
    yield Asset("samples/packet.html", packet(asked, say, []))
    yield Page(path="samples.md", title="What reports look like", body=_BODY)
