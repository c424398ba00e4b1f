"""How facts are written down: one record in each format, from the samples, which are read like any other input."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from ccm_policy.site.page import Page, code, fence, link

PATH = "facts/formats.md"


def pages(samples: list[dict[str, str]]) -> Iterator[Page]:
    """The formats, and every sample as YAML."""
    if not samples:
        return
    first = samples[0]["text"]
    record = _plain(first)
    lists = sorted(name for name, value in record.items() if isinstance(value, list) and value)
    table = _csv(record, record[lists[-1]]) if lists else ""
    vocabulary = link("vocabulary", "facts/index.md", PATH)
    parts = [
        f"One record is one patient in one calendar month: an object; dotted names of the {vocabulary} nest.\n",
        "A panel is a list of records, one record a line (JSON Lines), or a folder of tables.\n",
        "`ccm-policy schema` prints the JSON Schema of a record.\n",
        "## YAML\n",
        fence(first, "yaml"),
        "## JSON\n",
        "The same record. In JSON Lines each record stands on one line.\n",
        fence(json.dumps(record, indent=2, ensure_ascii=False), "json"),
    ]
    if table:
        keys = f"{code('patient_id')} and {code('service_month')}"
        parts.append("## Tables\n")
        parts.append(
            f"A folder holds {code('patient_months')} and a table for each list, as CSV or Parquet, keyed by {keys}.\n"
        )
        parts += [f"This is {code(lists[-1])}.\n", fence(table, "text")]
    parts += ["## More records to start from\n"]
    for sample in samples:
        parts += [f"### {sample['title']}\n", fence(sample["text"], "yaml")]
    yield Page(
        path=PATH,
        title="Input formats",
        body="\n".join(parts),
        summary="One record as YAML, JSON and tables, with samples that validate",
    )


def _plain(text: str) -> dict[str, Any]:
    """A YAML record as JSON has it: what is quoted is text, and dates are."""
    import yaml

    resolvers = {
        first: [(tag, pattern) for tag, pattern in found if not tag.endswith(":timestamp")]
        for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }
    loader = type("Loader", (yaml.SafeLoader,), {"yaml_implicit_resolvers": resolvers})
    record: dict[str, Any] = yaml.load(text, Loader=loader)
    return record


def _csv(record: dict[str, Any], rows: list[dict[str, Any]]) -> str:
    import csv
    import io

    out = io.StringIO()
    columns = list(dict.fromkeys(key for row in rows for key in row))
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["patient_id", "service_month", *columns])
    for row in rows:
        writer.writerow([record["patient_id"], record["service_month"], *(row.get(column, "") for column in columns)])
    return out.getvalue()
