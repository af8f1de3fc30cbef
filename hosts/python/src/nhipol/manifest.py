"""What a module says of itself, as far as asking it and telling its answers takes: values that cannot be changed, since
answers share parts of them."""

from collections.abc import Mapping
from dataclasses import dataclass

from .abi import Effect


@dataclass(frozen=True, slots=True)
class Type:
    """Of a cell. `names`: the members of an Enum; `element`: of a Set."""

    kind: str
    names: tuple[str, ...] = ()
    element: "Type | None" = None


@dataclass(frozen=True, slots=True)
class Demand:
    """An obligation that a reason asks for, and where its properties stand, by name in ASCII order."""

    obligation: int
    properties: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class ReasonRow:
    id: str
    source: tuple[int, ...]
    message: tuple[str | int, ...] | None
    has_placeholders: bool
    unknown: tuple[int, ...]
    asks_at: Effect | None
    demands: tuple[Demand, ...]


@dataclass(frozen=True, slots=True)
class RuleRow:
    effects: frozenset[Effect]
    read: tuple[int, ...]
    subjects: tuple[int, ...] | None
    actions: tuple[int, ...] | None
    resources: tuple[int, ...] | None


@dataclass(frozen=True, slots=True)
class Named:
    name: str
    type: Type


@dataclass(frozen=True, slots=True)
class ObligationRow:
    name: str
    type: str


@dataclass(frozen=True, slots=True)
class TableRow:
    """What an error expects: of each key, of the value, and of an element of it."""

    name: str
    keys: tuple[str, ...]
    value: str
    element: str | None


@dataclass(frozen=True, slots=True)
class SessionRow:
    signals: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class History:
    terms: frozenset[int]
    decisions: frozenset[int]


@dataclass(frozen=True, slots=True)
class Manifest:
    """`data`: all of it, as it stands in the module."""

    data: Mapping[str, object]
    policy: str
    subjects: tuple[str, ...]
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    paths: tuple[tuple[int, str, int], ...]
    expected: tuple[str, ...]
    files: tuple[str, ...]
    reads: tuple[str, ...]
    reasons: tuple[ReasonRow, ...]
    rules: tuple[RuleRow, ...]
    choosers: tuple[str, ...]
    constraints: tuple[Named, ...]
    placeholders: tuple[Type, ...]
    obligations: tuple[ObligationRow, ...]
    properties: tuple[Type, ...]
    tables: tuple[TableRow, ...]
    sessions: SessionRow | None
    history: History | None
