"""Checks of parsed JSON, made of one another: what a module says of itself is trusted in nothing. Each gives the
value, typed, or raises `ShapeError`."""

from collections.abc import Callable, Mapping
from typing import TypeVar

T = TypeVar("T")
K = TypeVar("K")


class ShapeError(Exception):
    """A value is not of the shape that it should have."""


def text(value: object) -> str:
    if not isinstance(value, str):
        raise ShapeError
    return value


def count(value: object) -> int:
    """A whole number, from 0, which JSON may also write with a fraction of 0."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**53:
        raise ShapeError
    return value


def truth(value: object) -> bool:
    if not isinstance(value, bool):
        raise ShapeError
    return value


def members(value: object) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise ShapeError
    return value


def items(value: object) -> list[object]:
    if not isinstance(value, list):
        raise ShapeError
    return value


def tuple_of(check: Callable[[object], T]) -> Callable[[object], tuple[T, ...]]:
    """A list of any length."""
    return lambda value: tuple([check(item) for item in items(value)])


def map_of(check: Callable[[object], T]) -> Callable[[object], dict[str, T]]:
    """An object of any names."""
    return lambda value: {name: check(member) for name, member in members(value).items()}


def optional(
    row: Mapping[str, object], name: str, check: Callable[[object], T], absent: K
) -> T | K:
    """A member that need not be there; null is not the same as absent."""
    return check(row[name]) if name in row else absent


def numbers(value: object, length: int) -> tuple[int, ...]:
    """A list of so many counts."""
    found = tuple_of(count)(value)
    if len(found) != length:
        raise ShapeError
    return found


texts = tuple_of(text)
counts = tuple_of(count)
