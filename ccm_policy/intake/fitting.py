"""A mapping held to the vocabulary: every list, field, fact and value that it names must be one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from ccm_policy.facts.plan import MONTH, PATIENT, PRACTITIONER, Leaf, Plan, Records, compiled, words_of
from ccm_policy.facts.scalars import Bad, listing
from ccm_policy.intake.dates import DAYS, order_of
from ccm_policy.intake.elsewhere import Elsewhere, elsewhere
from ccm_policy.intake.mapping import IGNORE, NOT_READ, NUMBER, ExportMapping, FileMapping, Filter, Gives, Source
from ccm_policy.intake.values import LEAVE_OUT, NOTHING, UNKNOWN, Format, Reading, spelt
from ccm_policy.intake.values import words_of as as_compared
from ccm_policy.language.diagnostics import CcmPolicyError, Diagnostic, Place, error
from ccm_policy.language.nearest import nearest_called
from ccm_policy.language.tree import Vocabulary

KEYS = (PATIENT, MONTH, PRACTITIONER)
"""Whose a row is."""
_LENGTHS = ("h:mm", "m:ss", "minutes", "hours", "seconds")


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A field or a fact that a mapping fills: where from, and how its cells are read. `told`: its format is not said,
    so that the values must tell it."""

    name: str
    source: Source
    reading: Reading
    told: bool
    otherwise: Field | None = None

    def chain(self) -> Iterator[Field]:
        """It, and those that speak where it says nothing."""
        yield self
        if self.otherwise is not None:
            yield from self.otherwise.chain()

    @property
    def told_by_days(self) -> bool:
        """Whether its cells are days, or months."""
        return bool(self.source.columns) and self.reading.leaf.type.kind in DAYS


@dataclass(frozen=True, slots=True)
class Giving:
    """What a row gives. `records`: the list; None: facts."""

    gives: Gives
    records: Records | None
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FittedFile:
    """One export. `of_practice`: its rows are no patient's, but the practice's."""

    mapping: FileMapping
    key: Mapping[str, Field]
    givings: tuple[Giving, ...]

    @property
    def of_practice(self) -> bool:
        """Whether its rows are nobody's."""
        return not self.key

    @property
    def loose(self) -> bool:
        """Whether its rows say no month, so that they belong to every month of the patient."""
        return MONTH not in self.key

    def paths(self) -> Iterator[str]:
        """Each fact, and each field of a list, that it fills."""
        yield from self.key
        for giving in self.givings:
            yield from (f"{giving.records.name}.{f.name}" if giving.records else f.name for f in giving.fields)

    def every_field(self) -> Iterator[Field]:
        """The fields of its key and of what it gives."""
        for field in (*self.key.values(), *(field for giving in self.givings for field in giving.fields)):
            yield from field.chain()


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """A mapping with all that it names."""

    mapping: ExportMapping
    plan: Plan
    files: tuple[FittedFile, ...]
    constants: Mapping[str, str]
    elsewhere: Mapping[str, Elsewhere]


def fitted(mappings: Sequence[ExportMapping], vocabulary: Vocabulary) -> Fitted:
    """Mappings as one, by the vocabulary; raises with everything that they name wrongly, or say differently."""
    each = [_fitted(mapping, vocabulary) for mapping in mappings]
    first = each[0]
    for other in each[1:]:
        first = _joined(first, other)
    return first


def _joined(one: Fitted, other: Fitted) -> Fitted:
    months = {month for month in (one.mapping.month, other.mapping.month) if month}
    differ = [name for name in one.constants.keys() & other.constants if one.constants[name] != other.constants[name]]
    twice = {file.mapping.name for file in one.files} & {file.mapping.name for file in other.files}
    for what in (*(["month"] if len(months) > 1 else []), *sorted(differ)):
        says = f"two mappings say `{what}` differently"
        raise CcmPolicyError([error("E0717", says, place=Place(str(other.mapping.path)), help="say it in one of them")])
    for name in sorted(twice):
        says = f"two mappings have an entry `{name}`"
        raise CcmPolicyError([error("E0717", says, place=Place(str(other.mapping.path)), help="give one another name")])
    mapping = replace(one.mapping, month=next(iter(months), None), files=one.mapping.files + other.mapping.files)
    constants = {**one.constants, **other.constants}
    return replace(one, mapping=mapping, files=one.files + other.files, constants=constants)


def _fitted(mapping: ExportMapping, vocabulary: Vocabulary) -> Fitted:
    fit = _Fit(mapping, vocabulary, compiled(vocabulary), [])
    constants = {name: each.value for name, each in mapping.constants.items()}
    for name, each in mapping.constants.items():
        leaf = fit.fact(name, each.line)
        if leaf is not None:
            fit.value(each.value, leaf, each.line)
    files = tuple(fit.file(each) for each in mapping.files)
    if fit.problems:
        raise CcmPolicyError(fit.problems)
    return Fitted(mapping=mapping, plan=fit.plan, files=files, constants=constants, elsewhere=elsewhere(vocabulary))


@dataclass(frozen=True, slots=True)
class _Fit:
    mapping: ExportMapping
    vocabulary: Vocabulary
    plan: Plan
    problems: list[Diagnostic]

    def wrong(self, line: int | None, says: str, help: str) -> None:
        self.problems.append(error("E0717", says, place=Place(str(self.mapping.path), line), help=help))

    def fact(self, name: str, line: int | None) -> Leaf | None:
        """The fact of a name, or what is wrong with it."""
        leaves = {leaf.path: leaf for leaf in self.plan.root.leaves()}
        if name not in leaves:
            near = nearest_called(name, leaves, self.plan.root.called)
            near = near or next((path for path in leaves if path.rpartition(".")[2] == name), None)
            help = f"did you mean `{near}`?" if near else "`ccm-policy schema facts` lists the names"
            self.wrong(line, f"`{name}` is not a fact of a patient-month", help)
        return leaves.get(name)

    def file(self, file: FileMapping) -> FittedFile:
        key: dict[str, Field] = {}
        for name, source in file.key.items():
            if name not in KEYS:
                self.wrong(source.line, f"`{name}` is no part of the key", f"the key is {listing(KEYS)}")
            elif (leaf := self.fact(name, source.line)) is not None:
                key[name] = self.field(name, leaf, source, self.words(leaf, "", ""), None)
        if key and PATIENT not in key:
            self.wrong(
                file.line, f"the key of `{file.name}` has no `{PATIENT}`", "every row needs it, to say whose it is"
            )
        file = replace(file, gives=self.with_columns(file))
        givings = tuple(self.giving(gives, file) for gives in file.gives)
        return FittedFile(mapping=file, key=key, givings=givings)

    def with_columns(self, file: FileMapping) -> tuple[Gives, ...]:
        """What a file gives, with what its columns say by themselves: a field of the records that its rows give."""
        gives = list(file.gives)
        for column, path in file.says.items():
            if path in (IGNORE, NOT_READ):
                continue
            source = Source(columns=(column,), values={}, line=file.line)
            of, _, name = path.partition(".")
            listed = of if name and of in self.plan.lists else None
            own = name if listed else path
            at = next(
                (at for at, g in enumerate(gives) if g.list == listed and not g.repeat and own not in g.fields), None
            )
            if at is not None:
                gives[at] = replace(gives[at], fields={**gives[at].fields, own: source})
            else:
                gives.append(Gives(list=listed, fields={own: source}, line=file.line))
        return tuple(gives)

    def giving(self, gives: Gives, file: FileMapping) -> Giving:
        records = None
        if gives.list is not None:
            records = self.plan.lists.get(gives.list)
            if records is None:
                near = nearest_called(gives.list, self.plan.lists, self.plan.root.called)
                help = (
                    f"did you mean `{near}`?"
                    if near in self.plan.lists
                    else f"the lists are {listing(self.plan.lists)}"
                )
                self.wrong(gives.line, f"`{gives.list}` is not a list of the vocabulary", help)
                return Giving(gives, None, ())
        if not file.key and (records is None or records.name not in self.plan.registers):
            says = f"the rows of `{file.name}` have no key, and give what a patient has"
            self.wrong(
                gives.line, says, f"write `key:` with `{PATIENT}`; only {listing(self.plan.registers)} need none"
            )
        fields = []
        for name, source in gives.fields.items():
            leaf = self.of_list(name, records, source.line) if records else self.own_fact(name, source.line)
            if leaf is not None:
                of, field = (records.name, name) if records else ("", "")
                fields.append(self.field(name, leaf, source, self.words(leaf, of, field), gives))
        return Giving(gives, records, tuple(fields))

    def own_fact(self, name: str, line: int | None) -> Leaf | None:
        if name in KEYS:
            self.wrong(line, f"`{name}` says whose a row is", "write it under `key:`")
            return None
        return self.fact(name, line)

    def of_list(self, name: str, records: Records, line: int | None) -> Leaf | None:
        leaves = {leaf.path: leaf for leaf in records.fields.leaves()}
        if name not in leaves:
            near = nearest_called(name, leaves, records.fields.called)
            help = f"did you mean `{near}`?" if near else f"its fields are {listing(leaves)}"
            self.wrong(line, f"`{name}` is not a field of `{records.name}`", help)
        return leaves.get(name)

    def words(self, leaf: Leaf, of: str, field: str) -> Mapping[str, str]:
        return words_of(self.vocabulary, leaf.type, of or leaf.path, field)

    def field(self, name: str, leaf: Leaf, source: Source, also: Mapping[str, str], gives: Gives | None) -> Field:
        """A field with its reading; what is wrong with its source is told."""
        for value in source.values.values():
            if value not in (UNKNOWN, LEAVE_OUT, NOTHING):
                self.value(value, leaf, source.line)
        if source.constant is not None:
            self.value(source.constant, leaf, source.line)
        if source.part and (gives is None or gives.each is None):
            self.wrong(source.line, f"`{name}` is a part, and nothing is split", "write `each:` beside `list:`")
        repeated = any(NUMBER in column for column in source.columns)
        if repeated and not (gives and gives.repeat):
            self.wrong(
                source.line, f"`{NUMBER}` stands in a column, and nothing is repeated", "write `repeat: [1, 2, 3]`"
            )
        format = self.format(name, leaf, source)
        reading = Reading(
            leaf=leaf,
            words=as_compared(leaf.type, also),
            mapped={spelt(word): value for word, value in source.values.items()},
            format=format,
            split=source.split,
        )
        timed = leaf.type.kind in DAYS or leaf.type.unit == "minute"
        told = timed and format is None and not source.format
        other = self.field(name, leaf, source.otherwise, also, gives) if source.otherwise else None
        return Field(name=name, source=source, reading=reading, told=told, otherwise=other)

    def format(self, name: str, leaf: Leaf, source: Source) -> Format | None:
        said = source.format.lower() if source.format else None
        if said is None:
            return None
        kind = leaf.type.kind
        if leaf.path == PATIENT and set(said) == {"0"}:
            return None
        if kind in DAYS and any(letter in said for letter in "dy") and ":" not in said:
            return order_of(said)
        if kind == "time" and said.startswith("h"):
            return None
        if leaf.type.unit == "minute":
            said = "h:mm" if said.startswith("h") and ":" in said else "m:ss" if ":" in said else said
            if said in _LENGTHS:
                return said  # type: ignore[return-value]
        forms = "`m/d/yyyy` or `d/m/yyyy`" if kind in DAYS else listing(_LENGTHS)
        self.wrong(source.line, f"`{name}` cannot have the format `{source.format}`", f"write {forms}")
        return None

    def value(self, text: str, leaf: Leaf, line: int | None) -> None:
        read = leaf.parse(text)
        if isinstance(read, Bad):
            self.wrong(line, f"`{text}` cannot be `{leaf.path}`: it {read.says}", read.what_to_do() or "correct it")


def columns_of(file: FileMapping) -> list[str]:
    """The columns that a mapping names, each once."""
    return list(dict.fromkeys(file.columns()))


def taken(filter: Filter, cell: str | None) -> bool:
    """Whether a filter is about a row, by the cell of its column."""
    if filter.words is None:
        return (cell is not None) is filter.filled and spelt(cell or "") not in {spelt(word) for word in filter.but}
    return spelt(cell or "") in {spelt(word) for word in filter.words}
