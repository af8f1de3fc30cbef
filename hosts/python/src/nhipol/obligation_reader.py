"""The obligations of an answer, from what its reasons ask for, once the module has explained them: each once, in
the order of the reasons. What is not said whole is left out of a deny, and is a failure of the module anywhere
else. And the answer's access request, which is the first of them."""

import math
from collections.abc import Iterator, Mapping, Sequence

from ._contract import (
    ACCESS_REQUEST_TYPE,
    CELL_SIZE,
    VIOLATION_ENDLESS_ACCESS_REQUEST,
    VIOLATION_INVALID_INSTANT,
    VIOLATION_UNKNOWN_OBLIGATION,
    VIOLATION_UNKNOWN_PROPERTY,
    VIOLATION_UNUSABLE_ACCESS_REQUEST,
    VIOLATION_UNUSABLE_OBLIGATION,
)
from .abi import Effect
from .answer import AccessRequest, JsonValue, Obligation
from .errors import misread
from .frozen import FrozenMapping
from .instance import Instance
from .json_text import to_json
from .manifest import Demand, Manifest, ObligationRow, ReasonRow, Type
from .values import cell_json, is_known


class ObligationReader:
    def __init__(self, manifest: Manifest) -> None:
        self._manifest = manifest

    def read(
        self, instance: Instance, effect: Effect, reasons: Sequence[ReasonRow]
    ) -> tuple[Obligation, ...]:
        """`reasons`: those that fired, in order."""
        found: dict[str, Obligation] = {}
        for reason, demand, row in self._asked(effect, reasons):
            if row.type == ACCESS_REQUEST_TYPE:
                continue
            said = self._said(instance, demand)
            if said is None:
                if effect in (Effect.DENY, Effect.REVOKE):
                    continue
                raise misread(VIOLATION_UNUSABLE_OBLIGATION)
            key = f"{to_json(row.name)}{to_json(said)}"
            before = found[key].reasons if key in found else ()
            asking = before if reason in before else (*before, reason)
            found[key] = Obligation(row.name, row.type, said, asking)
        return tuple(found.values())

    def access_request(
        self, instance: Instance, effect: Effect, reasons: Sequence[ReasonRow]
    ) -> AccessRequest | None:
        """None also where the module judged without an instant: nobody could tell until when."""
        for reason, demand, row in self._asked(effect, reasons):
            if row.type != ACCESS_REQUEST_TYPE:
                continue
            evaluated_at = _instant(instance)
            if evaluated_at is None:
                return None
            said = self._said(instance, demand)
            if said is None:
                raise misread(VIOLATION_UNUSABLE_ACCESS_REQUEST)
            expires_at = evaluated_at + self._lasting(instance, demand)
            return AccessRequest(row.name, said, reason, evaluated_at, expires_at)
        return None

    def _lasting(self, instance: Instance, demand: Demand) -> int:
        for name, place in demand.properties:
            cell, kind = self._cell(instance, place)
            if name == "expires_in" and kind.kind == "Duration":
                return instance.i64(cell)
        raise misread(VIOLATION_ENDLESS_ACCESS_REQUEST)

    def _asked(
        self, effect: Effect, reasons: Sequence[ReasonRow]
    ) -> Iterator[tuple[str, Demand, ObligationRow]]:
        obligations = self._manifest.obligations
        for reason in reasons:
            if reason.asks_at != effect:
                continue
            for demand in reason.demands:
                if demand.obligation >= len(obligations):
                    raise misread(VIOLATION_UNKNOWN_OBLIGATION)
                yield reason.id, demand, obligations[demand.obligation]

    def _said(self, instance: Instance, demand: Demand) -> Mapping[str, JsonValue] | None:
        """None where a value is not known."""
        said: dict[str, JsonValue] = {}
        for name, place in demand.properties:
            cell, kind = self._cell(instance, place)
            if not is_known(instance, cell):
                return None
            said[name] = cell_json(instance, cell, kind)
        return FrozenMapping(said)

    def _cell(self, instance: Instance, place: int) -> tuple[int, Type]:
        properties = self._manifest.properties
        if instance.properties is None or place >= len(properties):
            raise misread(VIOLATION_UNKNOWN_PROPERTY)
        return instance.properties + place * CELL_SIZE, properties[place]


def _instant(instance: Instance) -> int | None:
    """None: the module judged without one."""
    call = instance.calls.get("instant")
    instant = math.inf if call is None else float(call())
    if math.isnan(instant):
        return None
    if not instant.is_integer():
        raise misread(VIOLATION_INVALID_INSTANT)
    return int(instant)
