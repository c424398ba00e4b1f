"""A preview in the browser that follows what is edited."""

from __future__ import annotations

import logging
from collections.abc import Callable

from ccm_policy.language.diagnostics import CcmPolicyError, Diagnostic, error, render
from ccm_policy.site.build import not_installed
from ccm_policy.site.make import Plan, Report


def serve(plan: Plan, port: int, say: Callable[[str], None]) -> list[Diagnostic]:
    """Build, then serve until stopped. Returns what kept it from serving."""
    gone = not_installed(html=True)
    if gone:
        return gone
    from mkdocs.livereload import LiveReloadServer

    from ccm_policy.site.preview import Preview

    preview = Preview(plan)
    report = preview.build()
    if report.written is None:
        return report.diagnostics
    _tell(report, say)

    def again() -> None:
        try:
            _tell(preview.build(), say)
        except CcmPolicyError as refused:
            for diagnostic in refused.diagnostics:
                say(render(diagnostic))

    logging.getLogger("mkdocs.livereload").setLevel(logging.WARNING)
    root = str(plan.folders.html.resolve())
    server = LiveReloadServer(again, "127.0.0.1", port, root, polling_interval=0.2)
    for folder in preview.folders():
        server.watch(str(folder))
    say(f"preview at http://127.0.0.1:{port}/, until you press Ctrl-C")
    try:
        server.serve()  # type: ignore[no-untyped-call]
    except OSError:
        server.server_close()
        return [error("E0906", f"port {port} is taken by another program", help="choose another with --port")]
    except KeyboardInterrupt:
        server.shutdown()
    return []


def _tell(report: Report, say: Callable[[str], None]) -> None:
    for line in (*report.summary(), *(render(d) for d in report.diagnostics)):
        say(line)
