"""The page on which a visitor edits facts or a rule and sees the decision, made by the interpreter in the browser."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

from ccm_policy.language.diagnostics import Diagnostic
from ccm_policy.site import bundle
from ccm_policy.site.book import Book, roots
from ccm_policy.site.page import Asset, Page, note, plain

PATH = "try/index.md"
BODY = """
Change the facts, or a rule, and see what becomes of the month. The interpreter runs in this browser, the same that the
command line runs; nothing that you type leaves it. The first decision takes some seconds, while it is loaded.

<div class="try" data-try data-state="loading">
<div>
<label for="try-sample">Start from</label>
<select id="try-sample"></select>
<label for="try-facts">Facts of one patient-month (YAML or JSON)</label>
<textarea id="try-facts" spellcheck="false" autocomplete="off"></textarea>
<label for="try-file">Policy file</label>
<select id="try-file"></select>
<label for="try-policy">Its text, yours to change</label>
<textarea id="try-policy" spellcheck="false" autocomplete="off"></textarea>
<button type="button" class="md-button" id="try-reset">Take every change of a policy back</button>
</div>
<div>
<h2 id="decision">Decision</h2>
<p class="status" id="try-status" role="status">Loading the interpreter …</p>
<div id="try-result" aria-live="polite"></div>
</div>
</div>
<noscript><p>This page needs JavaScript; <code>ccm-policy explain</code> does the same without.</p></noscript>
<script type="module" src="../assets/try/page.js"></script>
"""


def pages(missing: Diagnostic | None) -> Iterator[Page]:
    """The page; where the interpreter could not be packed, it says so and names the command that does the same."""
    if missing is not None:
        body = note(
            "info",
            "Not in this copy of the site",
            f"This copy was built without the interpreter for the browser ({plain(missing.message)}). "
            "`ccm-policy explain FACTS` shows the same on the command line.",
        )
    else:
        body = BODY
    yield Page(path=PATH, title="Try it", body=body, summary="Decide a patient-month in the browser", wide=True)


def assets(book: Book, archive: Path, fee_schedules: Path, samples: list[dict[str, str]]) -> Iterator[Asset]:
    """The scripts, the interpreter, and what the page starts with."""
    for name in ("page.js", "worker.js"):
        yield Asset(f"assets/try/{name}", files("ccm_policy.site").joinpath(f"assets/try/{name}").read_bytes())
    read_from = roots(book.library)
    texts = [
        {"path": file.relative_to(root).as_posix(), "text": file.read_text(encoding="utf-8")}
        for root in read_from
        for file in sorted(root.rglob("*.policy"))
    ]
    yield Asset("assets/try/data.json", json.dumps({"samples": samples, "files": texts}, ensure_ascii=False))
    yield from bundle.assets(archive, read_from, fee_schedules)
