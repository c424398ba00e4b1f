"""A preview of the site that is built again when a policy, a schedule or a page changes."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from ccm_policy import fees
from ccm_policy.language.diagnostics import CcmPolicyError, Diagnostic, error, render
from ccm_policy.site import make
from ccm_policy.site.book import shipped_docs
from ccm_policy.site.make import Plan


def watched(plan: Plan) -> list[Path]:
    """The folders whose changes are seen."""
    from ccm_policy.library.files import shipped

    return [
        plan.policies if plan.policies is not None else shipped(),
        plan.fee_schedules if plan.fee_schedules is not None else fees.shipped(),
        plan.docs if plan.docs is not None else shipped_docs(),
    ]


def rebuild(plan: Plan, say: Callable[[str], None]) -> None:
    """Build what changed. What is wrong is said, and the last good site stays."""
    try:
        report = make.build(plan, dirty=True)
        for line in (*report.summary(), *(render(d) for d in report.diagnostics)):
            say(line)
    except CcmPolicyError as refused:
        for diagnostic in refused.diagnostics:
            say(render(diagnostic))


def serve(plan: Plan, port: int, say: Callable[[str], None]) -> list[Diagnostic]:
    """Build once, then serve until stopped. Returns what kept it from serving."""
    report = make.build(plan)
    if report.written is None or any(d.code == "CCM-E0902" for d in report.diagnostics):
        return report.diagnostics
    for line in (*report.summary(), *(render(d) for d in report.diagnostics)):
        say(line)
    from mkdocs.livereload import LiveReloadServer

    logging.getLogger("mkdocs.livereload").setLevel(logging.WARNING)
    kept = replace(plan, try_it="auto")
    try:
        server = LiveReloadServer(
            builder=lambda: rebuild(kept, say),
            host="127.0.0.1",
            port=port,
            root=str(plan.folders.html.resolve()),
            polling_interval=0.3,
        )
    except OSError:
        help = "choose another with --port"
        return [error("E0906", f"port {port} is taken by another program", help=help)]
    for folder in watched(plan):
        server.watch(str(folder))
    say(f"preview at http://127.0.0.1:{port}/, until you press Ctrl-C")
    try:
        server.serve(open_in_browser=False)  # type: ignore[no-untyped-call]
    except KeyboardInterrupt:
        server.shutdown()
    return []
