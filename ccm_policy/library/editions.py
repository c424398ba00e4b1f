"""Files to policies: what each policy is, and its editions in the order in which they take effect."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from ccm_policy.language import syntax as s
from ccm_policy.language.diagnostics import Note, Span
from ccm_policy.language.report import Report
from ccm_policy.language.syntax.texts import text_of, texts, words_of


@dataclass(frozen=True, slots=True)
class Edition:
    """One file of a policy: from which month on it holds, what it amends, and what it says."""

    policy: str
    month: str
    amends: str | None
    title: str
    header: s.Statement
    statements: tuple[s.Statement, ...]

    @property
    def path(self) -> str:
        """The file in which it stands."""
        return self.header.span.file


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """A policy and its editions in order, the first of them whole.

    `extends`: the bases under it. `uses`: policies whose definitions it reads. `applies`: when it does, None where it
    does not say. `priced_by`: fee schedule of its services.
    """

    name: str
    title: str
    editions: tuple[Edition, ...]
    extends: tuple[str, ...]
    uses: tuple[str, ...]
    applies: s.Clause | None
    optional: bool
    priced_by: str | None

    @property
    def header(self) -> s.Statement:
        """The `policy` statement of its first edition."""
        return self.editions[0].header

    def in_force(self, month: str) -> tuple[Edition, ...]:
        """The editions that make up the policy in a month, first to last; none before the first."""
        return tuple(e for e in self.editions if e.month <= month)

    def asks(self, month: str) -> tuple[str, ...]:
        """What the policy does not let be presumed in a month."""
        return tuple(dict.fromkeys((*self._words(month, "asks for"), *self.records(month))))

    def records(self, month: str) -> tuple[str, ...]:
        """That of which it wants the record itself, so that it may not be attested either."""
        return tuple(dict.fromkeys(self._words(month, "asks for the record of")))

    def _words(self, month: str, clause: str) -> Iterator[str]:
        return (word for edition in self.in_force(month) for word in words_of(edition.header, clause))


_ONCE = ("extends", "applies", "optional")


def gather(files: Iterable[s.File], report: Report) -> dict[str, Policy]:
    """The policies of these files, by name. Editions that form no chain are reported, with both places."""
    found: dict[str, list[Edition]] = {}
    for file in files:
        header = file.header
        if header is None or not header.name:
            continue
        headers = [st for st in file.statements if st.kind == "policy"]
        for extra in headers[1:]:
            help = "give each policy a file of its own"
            report.add("E0401", "a file holds one policy", extra.name_span, help, [Note("the first", header.name_span)])
        edition = _edition(header, tuple(st for st in file.statements if st.kind != "policy"), report)
        if edition is not None:
            found.setdefault(header.name, []).append(edition)
    policies = {}
    for name, editions in sorted(found.items()):
        chain = _chain(name, editions, report)
        if chain:
            policies[name] = _policy(name, chain, report)
    return _check_links(policies, report)


def _edition(header: s.Statement, statements: tuple[s.Statement, ...], report: Report) -> Edition | None:
    month = text_of(header, "edition")
    if not month and header.broken:
        return None
    if not month:
        help = "write `edition` and the first month in which it holds, for example `edition 2026-01`"
        report.add("E0402", f"policy `{header.name}` does not say from which month on it holds", header.name_span, help)
        return None
    origin = s.Origin(header.name, month)
    amends = text_of(header, "amends") or None
    said = (*statements, *_raises(header))
    return Edition(header.name, month, amends, text_of(header, "title"), header, _from(said, origin))


def _raises(header: s.Statement) -> list[s.Statement]:
    """`raise RULE to SEVERITY` in a header, as the statement it is."""
    found = []
    for clause in header.all("raise"):
        name, _, to = " ".join(texts(clause.body)).partition(" ")
        found.append(
            s.Statement(
                kind="rule",
                name=name,
                head=s.Head(to=to),
                clauses=(),
                verb="raise",
                span=clause.span,
                name_span=clause.span,
            )
        )
    return found


def _from(statements: tuple[s.Statement, ...], origin: s.Origin) -> tuple[s.Statement, ...]:
    return tuple(
        replace(st, origin=origin, clauses=tuple(replace(c, origin=origin) for c in st.clauses))
        for st in statements
        if st.name
    )


def _chain(name: str, editions: list[Edition], report: Report) -> list[Edition]:
    """The editions in order: one whole, and each other one amends the edition directly before it."""
    ordered = sorted(editions, key=lambda e: (e.month, e.amends is not None))
    chain: list[Edition] = []
    for edition in ordered:
        before = chain[-1] if chain else None
        if before is not None and edition.month == before.month:
            note = Note("the other edition of that month", _month_span(before))
            message = f"two editions of `{name}` begin in {edition.month}"
            report.add("E0403", message, _month_span(edition), "join them, or move one to another month", [note])
            continue
        _check_amends(name, edition, before, report)
        chain.append(edition)
    return chain


def _check_amends(name: str, edition: Edition, before: Edition | None, report: Report) -> None:
    if before is None:
        if edition.amends is not None:
            message = f"`{name}` of {edition.month} amends {edition.amends}, and there is no edition before it"
            report.add("E0404", message, _amends_span(edition), "write the first edition whole, without `amends`")
        return
    note = Note(f"the edition before, of {before.month}", _month_span(before))
    if edition.amends is None:
        message = f"this edition of `{name}` does not say which one it amends"
        report.add("E0405", message, _month_span(edition), f"write `amends {before.month}`", [note])
    elif edition.amends != before.month:
        message = f"this edition amends {edition.amends}, and the edition directly before it is {before.month}"
        report.add("E0406", message, _amends_span(edition), f"write `amends {before.month}`", [note])


def _month_span(edition: Edition) -> Span:
    clause = edition.header.one("edition")
    return clause.span if clause else edition.header.name_span


def _amends_span(edition: Edition) -> Span:
    clause = edition.header.one("amends")
    return clause.span if clause else edition.header.name_span


def _policy(name: str, chain: list[Edition], report: Report) -> Policy:
    first = chain[0].header
    for edition in chain[1:]:
        for word in _ONCE:
            clause = edition.header.one(word)
            if clause is not None:
                help = "it holds for every edition: change it in the first one"
                report.add("E0407", f"only the first edition of a policy says `{word}`", clause.span, help)
    priced = [words_of(e.header, "priced by") for e in chain]
    uses = dict.fromkeys(word for e in chain for word in words_of(e.header, "uses"))
    return Policy(
        name=name,
        title=text_of(first, "title"),
        editions=tuple(chain),
        extends=words_of(first, "extends"),
        uses=tuple(uses),
        applies=first.one("applies"),
        optional=first.one("optional") is not None,
        priced_by=next((words[0] for words in reversed(priced) if words), None),
    )


def _check_links(policies: dict[str, Policy], report: Report) -> dict[str, Policy]:
    """The policies, those that rest on themselves cut loose from what is under them."""
    sound = {}
    for policy in policies.values():
        for word in ("extends", "uses"):
            for edition in policy.editions:
                for name in words_of(edition.header, word):
                    if name not in policies:
                        clause = edition.header.one(word)
                        span = clause.span if clause else edition.header.name_span
                        report.unknown("E0408", "policy", name, span, policies, "name a policy of this library")
        round_about = _goes_round(policy, policies)
        if round_about:
            help = "a base cannot extend or use what rests on it"
            report.add("E0409", f"`{policy.name}` rests on itself", policy.header.name_span, help)
        sound[policy.name] = replace(policy, extends=(), uses=()) if round_about else policy
    return sound


def _goes_round(policy: Policy, policies: dict[str, Policy]) -> bool:
    seen = [policy.name]
    waiting = [*policy.extends, *policy.uses]
    while waiting:
        name = waiting.pop()
        if name == policy.name:
            return True
        if name in seen or name not in policies:
            continue
        seen.append(name)
        waiting += [*policies[name].extends, *policies[name].uses]
    return False
