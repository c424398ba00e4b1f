"""Facts from a path: finds the format, reads every record, and checks each by the vocabulary."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from ccm_policy.facts import read_csv, read_json, read_json_lines, read_parquet, read_yaml, tables
from ccm_policy.facts.checking import Raw, check_raw
from ccm_policy.facts.plan import MONTH, PATIENT, Plan
from ccm_policy.facts.scalars import listing
from ccm_policy.facts.text import decoded, empty
from ccm_policy.facts.values import Given
from ccm_policy.language.diagnostics import Diagnostic, Place, error, has_errors
from ccm_policy.language.nearest import nearest

STDIN = "-"
_INPUT = "standard input"
_SUFFIXES = {
    ".json": "json",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".yaml": "yaml",
    ".yml": "yaml",
    ".csv": "csv",
    ".parquet": "parquet",
}
_FORMATS = "JSON (.json), JSON Lines (.jsonl), YAML (.yaml), Parquet (.parquet), or a folder of tables (.csv, .parquet)"


def read_path(path: Path, plan: Plan, month: str | None) -> tuple[list[Given], list[Diagnostic]]:
    """Every record that can be used, in order, and everything that is wrong with the rest."""
    given: list[Given] = []
    diagnostics: list[Diagnostic] = []
    months: set[str] = set()
    for item in _records(path, plan):
        if isinstance(item, Diagnostic):
            diagnostics.append(item)
            continue
        checked, problems = check_raw(item, plan)
        if checked is None:
            if month is None or _is_of(item, month):
                diagnostics += problems
        elif month is None or checked.service_month == month:
            given.append(checked)
        months |= {checked.service_month} if checked is not None else set()
    unique, repeated = _without_repeated(given, plan)
    diagnostics += repeated
    if not given and not has_errors(diagnostics):
        diagnostics.append(_nothing(path, month, months))
    return unique, diagnostics


def _is_of(raw: Raw, month: str) -> bool:
    """Whether a faulty record may be of the month asked for: only one that says another month is not."""
    said = raw.data.get(MONTH) if isinstance(raw.data, dict) else None
    return not isinstance(said, str) or said.strip() == month or not said[:4].isdigit()


def _nothing(path: Path, month: str | None, months: Iterable[str]) -> Diagnostic:
    place = Place(_INPUT if str(path) == STDIN else str(path))
    if month is None or not months:
        hint = f"a record needs at least `{PATIENT}` and `{MONTH}`"
        return error("E0523", "there are no patient-months in it", place=place, help=hint)
    hint = f"there are records of {listing(sorted(months))}"
    return error("E0523", f"there are no patient-months of {month} in it", place=place, help=hint)


def _without_repeated(given: list[Given], plan: Plan) -> tuple[list[Given], list[Diagnostic]]:
    """Records of one key contradict each other: none of them is used, since nothing says which is right."""
    seen: dict[tuple[object, ...], list[Given]] = {}
    for record in given:
        seen.setdefault(tuple(record.facts.get(path) for path in plan.identity), []).append(record)
    if len(seen) == len(given):
        return given, []
    diagnostics: list[Diagnostic] = []
    refused: set[int] = set()
    for same in seen.values():
        if len(same) > 1:
            refused |= {id(record) for record in same}
            rows = ", ".join(str(record.row) for record in same[:5])
            where = f" (rows {rows}{', …' if len(same) > 5 else ''})" if same[0].row is not None else ""
            says = f"this patient-month is given {len(same)} times{where}; none of them is used"
            hint = f"keep the right one; what must differ is {listing(plan.identity)}"
            place = Place(same[0].file, same[1].row, None, same[0].key)
            diagnostics.append(error("E0540", says, place=place, help=hint))
    return [record for record in given if id(record) not in refused], diagnostics


def _records(path: Path, plan: Plan) -> Iterator[Raw | Diagnostic]:
    file = str(path)
    if file == STDIN:
        yield from _standard_input()
    elif path.is_dir():
        yield from _folder(path, plan)
    else:
        try:
            with path.open("rb") as stream:
                yield from _file(path, stream, plan)
        except OSError as fault:
            says = (
                "there is no such file or folder" if isinstance(fault, FileNotFoundError) else "the file cannot be read"
            )
            yield error("E0501", says, place=Place(file), help="check the path, and whether you may read it")


def _standard_input() -> Iterator[Raw | Diagnostic]:
    if sys.stdin is None:
        hint = "write JSON Lines to the command, or name a file of facts"
        yield error("E0501", "the standard input is closed", place=Place(_INPUT), help=hint)
    else:
        yield from read_json_lines.records(sys.stdin.buffer, _INPUT)


def _file(path: Path, stream: BinaryIO, plan: Plan) -> Iterator[Raw | Diagnostic]:
    file = str(path)
    kind = _SUFFIXES.get(path.suffix.lower()) or _by_content(stream)
    if kind == "jsonl":
        yield from read_json_lines.records(stream, file)
    elif kind == "parquet":
        yield from _parquet(path)
    elif kind == "csv":
        yield from _one_table(path, stream.read(), plan)
    elif kind is None:
        hint = f"facts are read from {_FORMATS}"
        yield error("E0503", "this is not a kind of file that holds facts", place=Place(file), help=hint)
    else:
        yield from _text(stream.read(), kind, file)


def _text(data: bytes, kind: str, file: str) -> Iterator[Raw | Diagnostic]:
    text = decoded(data, Place(file))
    if isinstance(text, Diagnostic):
        yield text
    elif not text.strip():
        yield empty(Place(file))
    elif kind == "yaml":
        yield from read_yaml.records(text, file)
    else:
        yield from read_json.records(text, file)


def _by_content(stream: BinaryIO) -> str | None:
    """The format of a file without a known ending, by its first bytes."""
    start = stream.read(4096)
    stream.seek(0)
    if start[:4] == b"PAR1":
        return "parquet"
    first = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    if first[:1] == b"[":
        return "json"
    if first[:1] == b"{":
        line = first.split(b"\n", 1)[0].rstrip()
        return "jsonl" if line.endswith(b"}") else "json"
    return None if first else "json"


def _parquet(path: Path) -> Iterator[Raw | Diagnostic]:
    found = read_parquet.rows(path, str(path))
    if isinstance(found, Diagnostic):
        yield found
        return
    for number, record in enumerate(found[1], 1):
        yield Raw(record, str(path), number)


def _one_table(path: Path, data: bytes, plan: Plan) -> Iterator[Raw | Diagnostic]:
    """A CSV file alone is the table of patient-months, with no lists but those in short form."""
    beside = [p.name for p in path.parent.glob("*.csv") if p.stem in plan.lists]
    if beside if path.stem == tables.MAIN else path.stem in tables.known_tables(plan):
        yield error("E0503", _ONE_OF_MANY, place=Place(str(path)), help=f"give the folder: {path.parent}")
    else:
        found = read_csv.table(data, tables.MAIN, str(path), plan)
        if isinstance(found, list):
            yield from found
        else:
            yield from tables.joined({tables.MAIN: found}, plan)


_ONE_OF_MANY = "this is one table of a folder; alone it would leave every list of the others out"


def _folder(path: Path, plan: Plan) -> Iterator[Raw | Diagnostic]:
    """The tables of a folder. A fault of a whole table leaves every record without that table, so none is read."""
    try:
        there = sorted(path.iterdir())
    except OSError:
        hint = "check whether you may read it"
        yield error("E0501", "the folder cannot be read", place=Place(str(path)), help=hint)
        return
    files = [p for p in there if p.suffix.lower() in (".csv", ".parquet") and p.name[0] not in "._~"]
    known = tables.known_tables(plan)
    problems: list[Diagnostic] = []
    found: dict[str, tables.Table] = {}
    for file in files:
        name = file.stem
        if name not in known:
            close = nearest(name, known)
            hint = f"did you mean `{close}`?" if close else f"the tables are {listing(known)}"
            problems.append(error("E0516", f"`{name}` is not a table of facts", place=Place(str(file)), help=hint))
        elif name in found:
            hint = "keep one of the two files"
            problems.append(error("E0518", f"the table `{name}` is there twice", place=Place(str(file)), help=hint))
        else:
            table = _table(file, name, plan)
            if isinstance(table, tables.Table):
                found[name] = table
            else:
                problems += table
    if tables.MAIN not in {file.stem for file in files}:
        hint = f"a folder of facts holds `{tables.MAIN}.csv` and one table for each list"
        problems.append(error("E0515", f"there is no table `{tables.MAIN}`", place=Place(str(path)), help=hint))
    if problems:
        yield from problems
    else:
        yield from tables.joined(found, plan)


def _table(file: Path, name: str, plan: Plan) -> tables.Table | list[Diagnostic]:
    try:
        if file.suffix.lower() == ".parquet":
            return read_parquet.table(file, name, str(file), plan)
        return read_csv.table(file.read_bytes(), name, str(file), plan)
    except OSError:
        says = "this is a folder, not a file" if file.is_dir() else "the file cannot be read"
        return [error("E0501", says, place=Place(str(file)), help="check whether it is a file, and you may read it")]
