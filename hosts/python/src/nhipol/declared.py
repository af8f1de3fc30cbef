"""What a policy declares of a request, as names within names, from the section `nhipol.encoding`: nothing else of a
mapping is looked at."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from .checks import ShapeError, counts, items, members, text
from .errors import LoadError
from .manifest import Manifest
from .manifest_reader import read_json


@dataclass(frozen=True, slots=True)
class Declared:
    """`members`: None for one that is taken as it is. `properties` are, of an entity, what its member `by` says."""

    members: Mapping[str, "Declared | None"]
    by: str = ""
    properties: Mapping[object, "Declared"] = field(default_factory=dict)
    other_properties: "Declared | None" = None

    def within(self, name: str, entity: Mapping[object, object]) -> "Declared | None":
        """What it declares of a member of the entity."""
        if self.other_properties is None or name != "properties":
            return self.members[name]
        chooser = entity.get(self.by)
        is_text = isinstance(chooser, str)
        return (
            self.properties.get(chooser, self.other_properties)
            if is_text
            else self.other_properties
        )


WHOLE_CALL: Final = Declared({"action": None, "resource": None})
"""Action and resource with all that is said of them."""


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
        raise LoadError("the module's encoding is not as its ABI says") from None


def _entity(value: object, by: str, names: tuple[str, ...]) -> Declared:
    row = members(value)
    by_selector: dict[int, Declared] = {}
    for shape in map(members, items(row["shapes"])):
        record = _record(shape["members"])
        for selector in counts(shape["selectors"]):
            by_selector[selector] = record
    others = by_selector.get(0, Declared({}))
    properties: dict[object, Declared] = {
        name: by_selector.get(at, others) for at, name in enumerate(names, 1)
    }
    own: dict[str, Declared | None] = dict.fromkeys((*members(row["own"]), "properties"))
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
