"""What kind of export a path is."""

from __future__ import annotations

from pathlib import Path

from ccm_policy.intake import read_columns, read_delimited, read_workbook
from ccm_policy.intake.sheets import Grid, refused

_TEXT, _BOOK, _COLUMNS = (".csv", ".tsv", ".tab", ".txt"), (".xlsx", ".xlsm"), (".parquet",)
_KINDS = "exports are CSV or TSV (.csv, .tsv, .txt), workbooks (.xlsx) or Parquet (.parquet)"


def opened(
    path: Path,
    *,
    encoding: str | None = None,
    separator: str | None = None,
    sheet: str | None = None,
    query: str | None = None,
) -> Grid:
    """The rows of an export; raises where it cannot be read."""
    try:
        with path.open("rb") as stream:
            start = stream.read(8)
    except IsADirectoryError:
        raise refused("E0710", path, None, "this is a folder, not an export", "name its files") from None
    except OSError as fault:
        missing = isinstance(fault, FileNotFoundError)
        says = "there is no such file" if missing else "the file cannot be read"
        raise refused("E0710", path, None, says, "check the path, and whether you may read it") from None
    kind = path.suffix.lower()
    if query is not None:
        return read_columns.query(path, query)
    if kind in _COLUMNS or start[:4] == b"PAR1":
        return read_columns.parquet(path)
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        says = "this is a workbook of the old kind, or one with a password"
        raise refused("E0712", path, None, says, "open it in a spreadsheet and save it as .xlsx without a password")
    if start.startswith(b"PK\x03\x04") or kind in _BOOK:
        return read_workbook.grid(path, sheet)
    if kind not in _TEXT:
        raise refused("E0710", path, None, "this is not a kind of file that is an export", _KINDS)
    if not start:
        raise refused("E0722", path, None, "there is nothing in it", "check how the export was made")
    return read_delimited.grid(path, encoding, separator)
