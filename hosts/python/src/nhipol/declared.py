"""What a policy declares of a request, as names within names, from the section `nhipol.encoding`: nothing else of a
mapping is looked at."""

from collections.abc import Mapping
from typing import Final, TypeAlias

from .call_digest import PRINCIPAL
from .checks import ShapeError, counts, items, members, text
from .errors import LoadError
from .json_text import quote
from .manifest import Manifest
from .manifest_reader import read_json

Row: TypeAlias = tuple[str, "Declared | None"]
"""Of a member: its name as JSON with the colon behind it, and what is declared within; None: it is taken as it is."""


class Declared:
    """Of a record. Of an entity `properties` are, by what its member `by` says; `others`: where that is not among them."""

    __slots__ = ("_by", "_rows", "_rows_by")

    def __init__(
        self,
        members: Mapping[str, "Declared | None"],
        by: str | None = None,
        properties: Mapping[str, "Declared"] | None = None,
        others: "Declared | None" = None,
    ) -> None:
        self._by = by
        self._rows = _rows(members if others is None else {**members, "properties": others})
        self._rows_by = {
            chooser: _rows({**members, "properties": of})
            for chooser, of in (properties or {}).items()
        }

    def rows(self, entity: Mapping[object, object]) -> Mapping[object, Row]:
        """By the names of its members."""
        if self._by is None:
            return self._rows
        chooser = entity.get(self._by)
        return self._rows_by.get(chooser, self._rows) if isinstance(chooser, str) else self._rows


def _rows(members: Mapping[str, Declared | None]) -> Mapping[object, Row]:
    return {name: (f"{quote(name)}:", within) for name, within in members.items()}


WHOLE_CALL: Final = Declared(
    {
        "subject": Declared({"type": None, "id": None, "properties": Declared({PRINCIPAL: None})}),
        "action": None,
        "resource": None,
    }
)
"""What the digest of a call covers."""


def read_declared(section: bytes, manifest: Manifest) -> Declared:
    """`section`: the contents of the custom section."""
    try:
        data = members(read_json(section, "encoding"))
        declared: dict[str, Declared | None] = {
            "subject": _entity(data["subject"], "type", manifest.subjects),
            "action": _entity(data["action"], "name", manifest.actions),
            "resource": _entity(data["resource"], "type", manifest.resources),
        }
        if "context" in data:
            declared["context"] = _record(data["context"])
        return Declared(declared)
    except (ShapeError, KeyError, IndexError):
        raise LoadError("the module's encoding does not conform to the ABI") from None


def _entity(value: object, by: str, names: tuple[str, ...]) -> Declared:
    row = members(value)
    by_selector: dict[int, Declared] = {}
    for shape in map(members, items(row["shapes"])):
        record = _record(shape["members"])
        for selector in counts(shape["selectors"]):
            by_selector[selector] = record
    others = by_selector.get(0, Declared({}))
    properties = {name: by_selector.get(at, others) for at, name in enumerate(names, 1)}
    own: dict[str, Declared | None] = dict.fromkeys(members(row["own"]))
    return Declared(own, by, properties, others)


def _record(value: object) -> Declared:
    declared = {}
    for row in map(items, items(value)):
        declared[text(row[0])] = _value(row[1])
    return Declared(declared)


def _value(value: object) -> Declared | None:
    """Elements of a collection are declared like a value that is none."""
    if isinstance(value, str):
        return None
    row = members(value)
    kind = text(row["kind"])
    if kind in ("Set", "List"):
        return _value(row["element"])
    return _record(row["members"]) if kind == "Record" else None
