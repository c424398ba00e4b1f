"""Records to start from: the samples that stand beside the pages written by hand, each a YAML file whose first line is
its title as a comment."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path("assets") / "samples"


def samples(docs: Path) -> list[dict[str, str]]:
    """Title and text of each sample, in order of the files' names."""
    found = []
    for file in sorted((docs / FOLDER).glob("*.yaml")):
        first, _, text = file.read_text(encoding="utf-8").partition("\n")
        found.append({"title": first.lstrip("# ").strip(), "text": text, "name": file.name})
    return found
