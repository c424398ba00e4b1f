"""What is found about a practice's own policies."""

from __future__ import annotations

from collections.abc import Iterator

from ccm_policy.evaluate.decision import Finding
from ccm_policy.evaluate.layers import Layers, ended_words
from ccm_policy.facts.values import Given
from ccm_policy.library import Library


def of_the_practice(given: Given, layers: Layers, library: Library) -> Iterator[Finding]:
    """What a person should know of the practice's own policies: that none is of the practice that the record names, and
    what the practice attested up to some month before this one."""
    named = library.outline.house if layers.established else None
    if named is not None and isinstance(given.facts.get(named), str) and not (layers.house or layers.possible_house):
        message = f"No policy that applies in this month is of the `{named}` given; only the payer's rules are told."
        yield Finding("CCM-W0712", message, named)
    for ended in ended_words(library, layers, given.service_month):
        what = f"`{ended.name}` of `{ended.where.policy}` stands through {ended.until}"
        yield Finding("CCM-W0720", f"{what}; in {given.service_month} what it attests is asked of the record.")
