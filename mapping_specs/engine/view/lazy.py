"""An attribute made on first use and kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar, overload

Made = TypeVar("Made")


class lazy(Generic[Made]):
    """`functools.cached_property` without its lock, which would cost more than what most nodes make with it."""

    def __init__(self, make: Callable[[Any], Made]) -> None:
        self.make = make
        self.name = make.__name__
        self.__doc__ = make.__doc__

    @overload
    def __get__(self, instance: None, owner: Any) -> lazy[Made]: ...
    @overload
    def __get__(self, instance: object, owner: Any) -> Made: ...
    def __get__(self, instance: object | None, owner: Any) -> lazy[Made] | Made:
        if instance is None:
            return self
        made = instance.__dict__[self.name] = self.make(instance)
        return made
