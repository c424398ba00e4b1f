"""What a path holds: the format is found, and its patient-months come in chunks."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import IO, BinaryIO

from ccm_policy.facts import read_csv, read_json, read_parquet, read_yaml, tables
from ccm_policy.facts.chunks import Chunk, Item, Items, Lines, Source, nothing_but, parts
from ccm_policy.facts.plan import Plan
from ccm_policy.facts.scalars import listing
from ccm_policy.facts.text import decoded, empty
from ccm_policy.language.diagnostics import Diagnostic, Place, error
from ccm_policy.language.nearest import nearest

STDIN = "-"
INPUT = "standard input"
_IN_MEMORY = 16_000_000
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


@contextmanager
def opened(path: Path, plan: Plan) -> Iterator[Source]:
    """The patient-months of a path. What is kept on the disk on the way is gone when this ends."""
    if str(path) == STDIN and sys.stdin is None:
        hint = "write JSON Lines to the command, or name a file of facts"
        yield nothing_but([error("E0501", "the standard input is closed", place=Place(INPUT), help=hint)])
    elif str(path) == STDIN:
        with _kept(sys.stdin.buffer) as kept:
            yield _lines(lambda: nullcontext(kept), INPUT)
    elif path.is_dir():
        problems: list[Diagnostic] = []
        files = table_files(path, plan, problems)
        with _joined((_table(file, file.stem, plan) for file in files), plan, problems) as source:
            yield source
    elif (kind := _kind(path)) == "csv":
        problems = list(_of_many(path, plan))
        with _joined([] if problems else [_table(path, tables.MAIN, plan)], plan, problems) as source:
            yield source
    else:
        yield kind if isinstance(kind, Source) else _file(path, kind)


def _joined(
    read: Iterable[tables.Table | list[Diagnostic]], plan: Plan, problems: list[Diagnostic]
) -> AbstractContextManager[Source]:
    from ccm_policy.facts.joining import joined  # the database that it needs is not everywhere

    return joined(read, plan, problems)


@contextmanager
def _kept(stream: BinaryIO) -> Iterator[IO[bytes]]:
    """What comes once, kept to be read twice: a little in memory, more on the disk."""
    import tempfile

    with tempfile.SpooledTemporaryFile(_IN_MEMORY) as kept:
        shutil.copyfileobj(stream, kept)
        yield kept


def _kind(path: Path) -> str | Source:
    """The format of a file; or a source that says why it cannot be read."""
    try:
        with path.open("rb") as stream:
            kind = _SUFFIXES.get(path.suffix.lower()) or _by_content(stream)
    except OSError as fault:
        return nothing_but([_not_read(str(path), isinstance(fault, FileNotFoundError))])
    if kind is not None:
        return kind
    says, hint = "this is not a kind of file that holds facts", f"facts are read from {_FORMATS}"
    return nothing_but([error("E0503", says, place=Place(str(path)), help=hint)])


def _file(path: Path, kind: str) -> Source:
    file = str(path)
    if kind == "jsonl":
        return _lines(lambda: path.open("rb"), file)
    if kind == "parquet":
        return read_parquet.whole_records(path, file)
    return _whole(_text(path.read_bytes(), kind, file))


def _not_read(file: str, missing: bool) -> Diagnostic:
    says = "there is no such file or folder" if missing else "the file cannot be read"
    return error("E0501", says, place=Place(file), help="check the path, and whether you may read it")


def _whole(items: Iterator[Item]) -> Source:
    """A source that is read as one."""
    read = tuple(items)
    return Source(lambda: map(Items, parts(read)))


def _lines(opened: Callable[[], AbstractContextManager[IO[bytes]]], file: str) -> Source:
    def chunks() -> Iterator[Chunk]:
        try:
            with opened() as stream:
                stream.seek(0)
                yield from (Lines(file, lines) for lines in parts(enumerate(stream, 1)))
        except OSError:
            yield Items((_not_read(file, missing=False),))

    return Source(chunks)


def _text(data: bytes, kind: str, file: str) -> Iterator[Item]:
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


def _of_many(path: Path, plan: Plan) -> Iterator[Diagnostic]:
    """A CSV file alone is the table of patient-months, with no lists but those in short form; else why it is not."""
    beside = [p.name for p in path.parent.glob("*.csv") if p.stem in plan.lists]
    if beside if path.stem == tables.MAIN else path.stem in tables.known_tables(plan):
        yield error("E0503", _ONE_OF_MANY, place=Place(str(path)), help=f"give the folder: {path.parent}")


_ONE_OF_MANY = "this is one table of a folder; alone it would leave every list of the others out"


def table_files(path: Path, plan: Plan, problems: list[Diagnostic]) -> list[Path]:
    """The tables of a folder. A fault of a whole table leaves every record without that table, so none is read."""
    try:
        there = sorted(path.iterdir())
    except OSError:
        hint = "check whether you may read it"
        problems.append(error("E0501", "the folder cannot be read", place=Place(str(path)), help=hint))
        return []
    files = [p for p in there if p.suffix.lower() in (".csv", ".parquet") and p.name[0] not in "._~"]
    known = tables.known_tables(plan)
    found: dict[str, Path] = {}
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
            found[name] = file
    if tables.MAIN not in {file.stem for file in files}:
        hint = f"a folder of facts holds `{tables.MAIN}.csv` and one table for each list"
        problems.append(error("E0515", f"there is no table `{tables.MAIN}`", place=Place(str(path)), help=hint))
    return list(found.values())


def _table(file: Path, name: str, plan: Plan) -> tables.Table | list[Diagnostic]:
    try:
        if file.suffix.lower() == ".parquet":
            return read_parquet.table(file, name, plan)
        return read_csv.table(file, name, plan)
    except OSError:
        says = "this is a folder, not a file" if file.is_dir() else "the file cannot be read"
        return [error("E0501", says, place=Place(str(file)), help="check whether it is a file, and you may read it")]
