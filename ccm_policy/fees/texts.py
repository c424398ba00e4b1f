"""The YAML of a schedule as text: every scalar stays what was written, so that no value passes through a binary float.

Numbers are made of that text by `tables.number`. A key that is given twice is refused, with its line.
"""

from __future__ import annotations

from pathlib import Path

from ccm_policy.facts.yaml_lines import Document, NotYamlError, Trail, read_document
from ccm_policy.fees.tables import broken, read_text

__all__ = ["Document", "Trail", "read_yaml"]


def read_yaml(path: Path) -> Document:
    """Read one document; raises `BrokenFileError` with the line."""
    try:
        return read_document(read_text(path))
    except NotYamlError as fault:
        raise broken(path, fault.line, fault.says, fault.help) from None
