"""The reasons of an answer, with their messages filled in, the paths that made them unknown and what they ask for,
in order of ids and then of their places in the sources."""

from dataclasses import dataclass
from struct import Struct
from typing import Final

from ._contract import (
    CELL_SIZE,
    REASON_SIZE,
    VIOLATION_TOO_MANY_REASONS,
    VIOLATION_UNKNOWN_FILE,
    VIOLATION_UNKNOWN_PLACEHOLDER,
    VIOLATION_UNKNOWN_REASON,
    VIOLATION_UNLISTED_UNKNOWN_PATH,
)
from .abi import Effect
from .answer import AccessRequest, Obligation, OwnReason, ReasonDetail, Source, own_reason
from .errors import misread
from .instance import Instance
from .manifest import Manifest, ReasonRow
from .obligation_reader import ObligationReader
from .values import show_cell

_ENTRY: Final = Struct("<II").unpack_from
_UNKNOWN: Final = 8
_UNKNOWN_BITS: Final = 64


@dataclass(frozen=True, slots=True)
class Reasons:
    ids: tuple[str, ...]
    details: tuple[ReasonDetail, ...]
    obligations: tuple[Obligation, ...] = ()
    access_request: AccessRequest | None = None


@dataclass(frozen=True, slots=True)
class _Fired:
    row: ReasonRow
    source: Source
    is_unknown: bool
    entry: int

    def needs_explaining(self, effect: Effect) -> bool:
        """Whether the reason takes more of the request than judging it did."""
        row = self.row
        return self.is_unknown or row.has_placeholders or row.asks_at == effect


def own_reasons(reason: OwnReason) -> Reasons:
    return Reasons((reason,), (own_reason(reason),))


class ReasonReader:
    def __init__(self, manifest: Manifest) -> None:
        self._manifest = manifest
        self._obligations = ObligationReader(manifest)

    def read(self, instance: Instance, effect: Effect, count: int) -> tuple[Reasons, bool]:
        """And whether they say the same whenever they fire."""
        if count > len(self._manifest.reasons):
            raise misread(VIOLATION_TOO_MANY_REASONS)
        entries = range(instance.reasons, instance.reasons + count * REASON_SIZE, REASON_SIZE)
        fired = sorted((self._fired(instance, entry) for entry in entries), key=_order)
        explains = any(one.needs_explaining(effect) for one in fired)
        if explains:
            instance.calls["explain"]()
        details = tuple([self._detail(instance, effect, one) for one in fired])
        rows = [one.row for one in fired]
        reasons = Reasons(
            ids=tuple(dict.fromkeys(detail.id for detail in details)),
            details=details,
            obligations=self._obligations.read(instance, effect, rows),
            access_request=self._obligations.access_request(instance, effect, rows),
        )
        return reasons, not explains

    def _fired(self, instance: Instance, entry: int) -> _Fired:
        place, marks = _ENTRY(instance.view, entry)
        if place >= len(self._manifest.reasons):
            raise misread(VIOLATION_UNKNOWN_REASON)
        row = self._manifest.reasons[place]
        file, line, column = row.source
        if file >= len(self._manifest.files):
            raise misread(VIOLATION_UNKNOWN_FILE)
        source = Source(self._manifest.files[file], line, column)
        return _Fired(row, source, marks & 1 != 0, entry)

    def _detail(self, instance: Instance, effect: Effect, fired: _Fired) -> ReasonDetail:
        return ReasonDetail(
            id=fired.row.id,
            effect=effect,
            message=self._message(instance, fired.row),
            fired_on="unknown" if fired.is_unknown else "true",
            unknown=self._unknown(instance, fired) if fired.is_unknown else (),
            source=fired.source,
        )

    def _message(self, instance: Instance, row: ReasonRow) -> str | None:
        if row.message is None:
            return None
        placeholders = self._manifest.placeholders
        parts = []
        for part in row.message:
            if isinstance(part, str):
                parts.append(part)
                continue
            if part >= len(placeholders):
                raise misread(VIOLATION_UNKNOWN_PLACEHOLDER)
            cell = instance.placeholders + part * CELL_SIZE
            parts.append(show_cell(instance, cell, placeholders[part]))
        return "".join(parts)

    def _unknown(self, instance: Instance, fired: _Fired) -> tuple[str, ...]:
        mask = instance.u64(fired.entry + _UNKNOWN)
        bits = [bit for bit in range(_UNKNOWN_BITS) if mask >> bit & 1]
        listed, reads = fired.row.unknown, self._manifest.reads
        if any(bit >= len(listed) or listed[bit] >= len(reads) for bit in bits):
            raise misread(VIOLATION_UNLISTED_UNKNOWN_PATH)
        return tuple(sorted({reads[listed[bit]] for bit in bits}))


def _order(fired: _Fired) -> tuple[str, str, int, int]:
    source = fired.source
    return fired.row.id, source.file, source.line, source.column
