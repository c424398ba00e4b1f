"""Where everything that is wrong is put down while a resolver goes on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from ccm_policy.language.diagnostics import Diagnostic, Note, Span, error
from ccm_policy.language.nearest import nearest_called


@dataclass(slots=True)
class Report:
    """The diagnostics found so far. A resolver that adds one returns None for what it could not make."""

    found: list[Diagnostic] = field(default_factory=list)

    def add(
        self, code: str, message: str, span: Span | None, help: str | None = None, notes: Iterable[Note] = ()
    ) -> None:
        """Put down an error."""
        self.found.append(error(code, message, span, help=help, notes=notes))

    def unknown(
        self,
        code: str,
        what: str,
        name: str,
        span: Span,
        known: Iterable[str],
        otherwise: str,
        words: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """A name that stands for nothing: with the nearest right one, or what to do where none is near. `words`: what
        right ones are also called."""
        near = nearest_called(name, known, words)
        self.add(code, f"there is no {what} `{name}`", span, help=f"did you mean `{near}`?" if near else otherwise)


def listed(words: Iterable[str], most: int = 8) -> str:
    """Names for a message: the first few, and how many more."""
    words = list(words)
    shown = ", ".join(f"`{w}`" for w in words[:most])
    return shown if len(words) <= most else f"{shown} and {len(words) - most} more"
