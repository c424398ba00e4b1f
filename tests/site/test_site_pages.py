"""The pages of the shipped library, before mkdocs: everything is reachable, and a change touches what shows it."""

from __future__ import annotations

import posixpath
import re
import shutil
from functools import cache
from pathlib import Path

import pytest

from ccm_policy import fees, library
from ccm_policy.cli.main import COMMANDS
from ccm_policy.language import syntax as s
from ccm_policy.review.years import Year
from ccm_policy.site import build, make
from ccm_policy.site.book import RULES, Book
from ccm_policy.site.build import Folders
from ccm_policy.site.page import Page
from ccm_policy.site.pages import facts, messages, rules, years
from ccm_policy.site.prose import lexicon, statements

HERE = Path(__file__).parent
SPELLING = re.compile(r"[a-z]_[a-z]|  |\.\.")
LINK = re.compile(r"\]\(([^)#\s]*)(?:#[^)]*)?\)|href=\"([^\"#]*)")


@cache
def shipped() -> Book:
    loaded = library.load(cache=False)
    return Book(library=loaded, fees=fees.load(), lexicon=lexicon.read(loaded.directory))


@cache
def pages() -> dict[str, Page]:
    plan = make.Plan(Folders(Path("unused")), try_it="off", commands=COMMANDS)
    missing, _ = make.interpreter(plan)
    return {page.path: page for page in (*make.library_pages(shipped()), *make.program_pages(plan, missing))}


def targets(path: str, text: str) -> set[str]:
    """The pages that a page leads to. An address in HTML counts from the page's folder in the finished site."""
    found = set()
    for markdown, html in LINK.findall(text):
        if markdown.endswith(".md"):
            found.add(posixpath.normpath(posixpath.join(posixpath.dirname(path), markdown)))
        elif html and "://" not in html:
            folder = path.removesuffix("index.md") if path.endswith("index.md") else path.removesuffix(".md")
            to = posixpath.normpath(posixpath.join(folder, html))
            found |= {f"{to}.md", f"{to}/index.md"}
    return found


def test_every_page_is_reached_from_the_navigation() -> None:
    """Nobody has to know an address: every page is some links away from the tabs, every rule within three clicks."""
    texts = {path: page.text() for path, page in pages().items()}
    tabs = {
        "bill/index.md",
        "services/index.md",
        "rules/index.md",
        "policies/index.md",
        "changes/index.md",
        "layers/index.md",
        "fees/index.md",
    }
    tabs |= {
        "facts/index.md",
        "try/index.md",
        "messages/index.md",
        "commands/index.md",
        "api.md",
        "language/grammar.md",
    }
    tabs |= {"language/statements.md", "disputes.md", "examples/index.md", "sources/index.md", "facts/formats.md"}
    steps, reached = dict.fromkeys(tabs, 1), sorted(tabs)
    while reached:
        path = reached.pop(0)
        for to in sorted(targets(path, texts[path]) & texts.keys() - steps.keys()):
            steps[to] = steps[path] + 1
            reached.append(to)
    assert sorted(texts.keys() - steps.keys()) == []
    far = [e.path for e in shipped().entries.values() if steps[e.path] > 2]
    assert far == []


def test_a_year_tells_each_statement_that_it_changed_what_that_means_and_each_rate() -> None:
    page = pages()["changes/2026.md"]
    rows = [line for line in page.body.splitlines() if line.startswith("| [")]
    first = (
        "| [The first month of collaborative care](../rules/core.apcm/apcm_cocm_first_month.md) | Requirement | added |"
    )
    assert f"{first} tightens, in G0568, proved |" in rows
    assert "What the changes of 2026 mean. no effect: " in page.body, "the picture"
    shown = page.body[page.body.index('??? example "The smallest patient-months that show it"') :]
    assert "    - G0568: no service -\\> x 1\n" in shown
    assert re.search(r'\n    ```policy\n    example ".+"\n      month  2026-12\n      given  apcm_chart\n', shown)
    assert "| [99490](../services/99490.md) | non-facility, non-qp | $60.49 | $66.13 | +9.3 % |" in rows
    assert "1 removed" in page.body.split("\n")[0]
    assert sorted(path for path in pages() if path.startswith("changes/2")) == [
        f"changes/{year}.md" for year in range(2016, 2027)
    ]


def test_a_year_of_which_nobody_asked_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Year, "known", lambda _: None)
    page = next(page for page in years.pages(shipped()) if page.path == "changes/2026.md")
    assert "was not asked of this text: <code>ccm-policy diff 2025-12 2026-12</code> asks it." in page.body
    assert "(../rules/core.apcm/apcm_cocm_first_month.md) | Requirement | added |\n" in page.body
    assert "proved" not in page.body


def test_every_rule_of_every_edition_has_a_page() -> None:
    named = {
        (policy, statement.name)
        for policy, its in shipped().library.source.policies.items()
        for edition in its.editions
        for statement in edition.statements
        if statement.kind in RULES and statement.verb in {None, "add"}
    }
    assert named
    paths = pages()
    assert {(p, n) for p, n in named if f"rules/{p}/{n}.md" not in paths} == set()


def test_every_fact_names_all_that_read_it() -> None:
    """Payment, services with their steps and dates, checks of lines and logs, invariants: not rules alone."""
    readers = facts._readers(shipped())
    deductible = " ".join(readers["patient.deductible_remaining"])
    assert deductible.count("payment/professional.md") == 2
    told = " ".join(link for links in readers.values() for link in links)
    assert all(f"/{part}/" in told for part in ("payment", "invariant", "services"))
    (page,) = facts.pages(shipped())
    chooser = page.body.partition("{#contractor}")[2].partition("\n###")[0]
    assert "Chooses policies" in chooser and "../policies/medicare.ccm.ngs_jk/index.md" in chooser


def test_every_rule_says_something_a_person_would_say() -> None:
    """A sentence for each rule of each edition, with nothing of the language's own spelling in it."""
    book, wrong = shipped(), []
    for entry in book.entries.values():
        for version in entry.versions:
            said = rules.said_of(book, entry, version)
            if entry.kind in RULES and not said:
                wrong.append(f"{entry.policy} {entry.name}: nothing")
            wrong += [
                f"{entry.policy} {entry.name}: {sentence}"
                for sentence in said
                if re.search(r"[a-z]_[a-z]", sentence)
                or "  " in sentence
                or ".." in sentence
                or not sentence.endswith((".", "?", ")"))
            ]
    assert not wrong, "\n".join(wrong)


# --- one threshold changed -----------------------------------------------------------------------------------------


def made(policies: Path) -> dict[str, str]:
    loaded = library.load(policies, cache=False)
    book = Book(library=loaded, fees=fees.load(), lexicon=lexicon.read(loaded.directory))
    return {page.path: page.text() for page in make.library_pages(book)}


def test_a_threshold_changes_every_page_that_shows_it_and_nothing_else(tmp_path: Path) -> None:
    policies = tmp_path / "policies"
    shutil.copytree(HERE / "library", policies)
    file = policies / "sentences.policy"
    before = made(policies)
    text = file.read_text(encoding="utf-8")
    old, new = "at least 20 minutes", "at least 23 minutes"
    assert text.count(f"earns  1 unit when staff_minutes is {old}") == 1
    file.write_text(
        text.replace(f"earns  1 unit when staff_minutes is {old}", f"earns  1 unit when staff_minutes is {new}"),
        encoding="utf-8",
    )
    after = made(policies)
    changed = {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}
    assert changed == {path for path, text in after.items() if "23 min" in text}
    assert {"services/99490.md", "bill/medicare.md", "policies/sentences/2015-01.md"} <= changed
    for path in changed:
        assert re.sub("23", "20", after[path]).count("20 min") >= before[path].count("20 min")


# --- what keeps a site from being built ------------------------------------------------------------------------------


def test_a_folder_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letters.txt").write_text("mine", encoding="utf-8")
    report = make.build(make.Plan(Folders(tmp_path), HERE / "library", try_it="off"))
    assert [d.code for d in report.diagnostics] == ["CCM-E0901"]
    assert [p.name for p in tmp_path.iterdir()] == ["letters.txt"]


def test_without_npm_the_page_says_so_unless_it_was_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("PATH", str(tmp_path))
    plan = make.Plan(Folders(tmp_path / "out"), HERE / "library", try_it="on")
    report = make.build(plan, html=False)
    assert [d.code for d in report.diagnostics] == ["CCM-E0905"]
    plan = make.Plan(Folders(tmp_path / "out"), HERE / "library", try_it="auto")
    report = make.build(plan, html=False)
    assert report.diagnostics == []
    assert "npm is not installed" in (tmp_path / "out/source/docs/try/index.md").read_text(encoding="utf-8")


def test_a_damaged_archive_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from ccm_policy.site import npm

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    kept = npm.cache() / "something-1.0.0.tgz"
    kept.parent.mkdir(parents=True)
    kept.write_bytes(b"not what was published")
    assert npm.archive("something", "1.0.0", "AAAA") == "the archive that npm gave is not the one that was published"
    assert not kept.exists()


@pytest.mark.usefixtures("of_the_library_alone")
def test_a_broken_link_of_a_page_by_hand_is_told(tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "index.md").write_text("# Home\n\nSee [the rules](rule/index.md) and [this](#nothing).\n", encoding="utf-8")
    report = make.build(make.Plan(Folders(tmp_path / "out"), HERE / "library", docs=docs, try_it="off"))
    assert {d.code for d in report.diagnostics} == {"CCM-E0903", "CCM-E0904"}
    assert any("rule/index.md" in d.message for d in report.diagnostics)


def test_a_build_writes_only_what_changed_and_removes_what_is_stale(tmp_path: Path) -> None:
    folders = Folders(tmp_path / "out")
    build.prepare(folders)
    one, two = Page(path="a.md", title="A", body="text"), Page(path="b.md", title="B", body="text")
    assert build.write(folders, "T", [one, two], [], None).changed == ("a.md", "b.md")
    again = build.write(folders, "T", [one, Page(path="b.md", title="B", body="other")], [], None)
    assert (again.changed, again.removed, again.unchanged) == (("b.md",), (), 1)
    assert build.write(folders, "T", [one], [], None).removed == ("b.md",)
    assert not (folders.docs / "b.md").exists()


def test_every_message_has_a_page() -> None:
    found = messages.catalogue()
    assert len({m.code for m in found}) == len(found)
    for message in found:
        assert message.title and message.explanation, message.code
        assert messages.path(message) in pages()


def test_sentences_of_services_say_their_thresholds() -> None:
    """What a service's page says of its minutes is what the tree says."""
    book = shipped()
    for policies in book.payers.values():
        program = book.program(policies, book.month)
        for service in program.services.values():
            said = statements.earning(service.earning, book.speaker(policies, book.month))
            step = getattr(service.earning.step, "value", None)
            assert step is None or f"{step} minutes" in said


def test_examples_are_told_as_they_expect() -> None:
    assert rules.outcome(s.ExpectUnits("99490", 1)) == "99490 is supported, 1 unit"
    assert rules.outcome(s.ExpectNotSupported("99490", "two_conditions")) == "99490 is not supported by two conditions"
    assert rules.outcome(s.ExpectNeeds("99490", "mdm.level")) == "99490 needs information about mdm.level"
