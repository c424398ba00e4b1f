"""What is made when somebody reads it: the traces, and all that is told from them.

Values decide; a trace says how a value came about, and costs more than the value. So whatever needs one is a field that
is given *later*: `WhenRead` is such a field, `Later` what it is given. To whoever reads it, it is a plain value.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from dataclasses import fields
from typing import Any, Generic, TypeVar, cast, overload

T = TypeVar("T")
S = TypeVar("S", covariant=True)
W = TypeVar("W")


class Later(Generic[S]):
    """A value that is made when it is first read."""

    __slots__ = ("make",)

    def __init__(self, make: Callable[[], S]) -> None:
        self.make = make


def once(make: Callable[[], S]) -> Callable[[], S]:
    """The same, made by the first call."""
    made: list[S] = []

    def read() -> S:
        if not made:
            made.append(make())
        return made[0]

    return read


class WhenRead(Generic[T]):
    """A field of a dataclass that takes a value, or makes it of a `Later` when it is first read and then keeps it.

    Comparing and printing read it. `changed` copies without reading, where `dataclasses.replace` reads.
    """

    name: str

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @overload
    def __get__(self, whole: None, owner: type) -> WhenRead[T]: ...

    @overload
    def __get__(self, whole: object, owner: type) -> T: ...

    def __get__(self, whole: object | None, owner: type) -> Any:
        if whole is None:
            raise AttributeError(self.name)  # so that the field has no default
        held = whole.__dict__
        value = held[self.name]
        if type(value) is Later:
            value = held[self.name] = value.make()
        return value

    def __set__(self, whole: object, value: T | Later[T]) -> None:
        whole.__dict__[self.name] = value


def changed(whole: W, **values: Any) -> W:
    """A copy of a dataclass with other values of some fields; what is to be made later stays so."""
    made = copy(whole)
    made.__dict__.update(values)
    return made


def filled_at_once(kind: type[W]) -> type[W]:
    """A frozen dataclass, made by the names of its fields, that takes all of them in one step; there are many of it."""
    names, one_by_one = {field.name for field in fields(cast(Any, kind))}, kind.__init__

    def fill(self: W, **values: Any) -> None:
        if values.keys() == names:
            self.__dict__.update(values)
        else:
            one_by_one(self, **values)

    setattr(kind, "__init__", fill)  # noqa: B010 - a method is not assigned otherwise
    return kind
