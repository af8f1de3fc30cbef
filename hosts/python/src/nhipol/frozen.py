"""A mapping that cannot be changed, in the order in which it was made. Other than `types.MappingProxyType` it can be hashed,
copied and pickled, and so can answers that have one."""

from collections.abc import Iterator, Mapping
from typing import Final, Generic, TypeVar

T = TypeVar("T")


class FrozenMapping(Mapping[str, T], Generic[T]):
    __slots__ = ("_members",)

    def __init__(self, members: Mapping[str, T]) -> None:
        self._members: Final = dict(members)

    def __getitem__(self, name: str) -> T:
        return self._members[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._members)

    def __len__(self) -> int:
        return len(self._members)

    def __hash__(self) -> int:
        return hash(frozenset(self._members.items()))

    def __repr__(self) -> str:
        return repr(self._members)
