"""What is made when somebody reads it: the traces, and all that is told from them.

Values decide; a trace says how a value came about, and costs more than the value. So whatever needs one is a field that
is given *later*: `WhenRead` is such a field, `Later` what it is given. To whoever reads it, it is a plain value, in
whichever thread: one at a time makes what is not made yet.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import fields
from threading import RLock
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast, overload

T = TypeVar("T")
S = TypeVar("S", covariant=True)
W = TypeVar("W")


class Later(Generic[S]):
    """A value that is made when it is first read, or sent to another process (`pickle`)."""

    __slots__ = ("make",)

    def __init__(self, make: Callable[[], S]) -> None:
        self.make = make

    def __reduce__(self) -> tuple[Callable[[Any], Any], tuple[Any]]:
        with _making[0]:
            return _itself, (self.make(),)


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
            with _making[0]:
                value = held[self.name]
                if type(value) is Later:  # no other thread made it in the meantime
                    value = held[self.name] = value.make()
        return value

    def __set__(self, whole: object, value: T | Later[T]) -> None:
        whole.__dict__[self.name] = value


_making = [RLock()]
"""Held by who makes a value, and with it all that this is made of: facts that are presumed, traces, what is reckoned
once. Nothing of a patient-month is made anywhere else once it is decided, and what is made already is read without.
There is no other lock, so nobody waits for somebody who waits for him."""


def _made_anew() -> None:
    """In a copy of the process there is one thread, and nobody else who could let go of the lock."""
    _making[0] = RLock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_made_anew)


if TYPE_CHECKING:
    from functools import cached_property

    made_once = cached_property
else:

    class made_once:  # noqa: N801 - it is written like a property
        """A property that is made when it is first read, and then kept. Python's own has a lock of its own in some
        versions."""

        def __init__(self, make):
            self.make = make
            self.__doc__ = make.__doc__

        def __set_name__(self, owner, name):
            self.name = name

        def __get__(self, whole, owner=None):
            if whole is None:
                return self
            held = whole.__dict__
            with _making[0]:
                if self.name not in held:
                    held[self.name] = self.make(whole)
                return held[self.name]


def _itself(value: Any) -> Any:
    return value


def changed(whole: W, **values: Any) -> W:
    """A copy of a dataclass with other values of some fields; what is to be made later stays so."""
    return filled(type(whole), {**whole.__dict__, **values})


def filled(kind: type[W], values: Mapping[str, Any]) -> W:
    """An object of these values, as they are."""
    made = object.__new__(kind)
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
