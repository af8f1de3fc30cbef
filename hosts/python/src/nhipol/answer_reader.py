"""What the module wrote, as an answer, by the manifest. Every number is checked: one that the contract does not allow
is a misreading, and so never passes for an answer.

Most answers are the same each time, but for how long they hold: their reasons say the same whenever they fire. These are
kept, by the numbers that make them what they are, so that reading one again makes nothing."""

import math
from collections.abc import Mapping
from dataclasses import replace
from struct import Struct
from typing import Final, NamedTuple

from ._contract import (
    CELL_SIZE,
    CODE_DUPLICATE_KEY,
    CODE_WRONG_TYPE,
    FLAG_CLOCK_WENT_BACK,
    FLAG_DEFAULT_DENY,
    FLAG_INVALID,
    FLAG_REVOKED_BEFORE,
    VIOLATION_EFFECT_FLAGS,
    VIOLATION_EFFECT_REASONS,
    VIOLATION_ERROR_FLAG,
    VIOLATION_GRANTED_INVALID,
    VIOLATION_INVALID_INSTANT,
    VIOLATION_UNKNOWN_EFFECT,
    VIOLATION_UNKNOWN_SELECTOR,
)
from .abi import EFFECTS, Effect
from .answer import NOTHING, Answer, AnswerError, JsonValue, OwnReason, invalid_answer
from .error_reader import read_error
from .errors import misread
from .frozen import FrozenMapping
from .instance import Instance
from .manifest import Manifest
from .reads import ALL, Read, Reads, Selectors
from .reason_reader import ReasonReader, own_reasons
from .values import cell_json, is_known, is_present

_RESULT: Final = Struct("<2IdI28x4I").unpack_from
_MOST_REASONS: Final = 16
_ENTRIES: Final = tuple([Struct("<" + "II8x" * n).unpack_from for n in range(_MOST_REASONS)])
"""By how many reasons there are: the index and the marks of each."""

_MOST_KEPT: Final = 4096
"""Callers choose among the answers: what is kept of them must have an end."""

_DIGEST_PATH: Final = "context.call_digest"
_OWN_REASONS: Final[dict[int, OwnReason]] = {
    FLAG_DEFAULT_DENY: "default_deny",
    FLAG_CLOCK_WENT_BACK: "clock_went_back",
    FLAG_REVOKED_BEFORE: "revoked_before",
}


class _Result(NamedTuple):
    """As it lies in memory."""

    effect: int
    flags: int
    valid_until: float
    error: int
    reasons: int
    subject: int
    action: int
    resource: int


class AnswerReader:
    """Shared by all instances of a module."""

    def __init__(self, manifest: Manifest) -> None:
        self._manifest = manifest
        self._reasons = ReasonReader(manifest)
        self._reads = Reads(manifest)
        self._kept: dict[object, tuple[float, Answer]] = {}
        places = range(len(manifest.constraints))
        self._constraints = sorted(places, key=lambda at: manifest.constraints[at].name)

    def read(self, instance: Instance, result: int) -> Answer:
        """`result`: its address."""
        view = instance.view
        numbers = _RESULT(view, result)
        effect, flags, until, error, count, subject, action, resource = numbers
        if count >= _MOST_REASONS:
            return self._read(instance, result, _Result(*numbers))[0]
        reasons = _ENTRIES[count](view, instance.reasons)
        key = (effect, flags, error, subject, action, resource, reasons)
        kept = self._kept.get(key)
        if kept is None:
            answer, is_steady = self._read(instance, result, _Result(*numbers))
            if is_steady:
                self._keep(key, until, answer)
            return answer
        if kept[0] == until:
            return kept[1]
        answer = replace(kept[1], valid_until=_instant(until))
        self._keep(key, until, answer)
        return answer

    def error_of(self, instance: Instance) -> AnswerError | None:
        """What is wrong with what the module was told last, if anything is."""
        return read_error(instance, instance.result, self._manifest)

    def _keep(self, key: object, until: float, answer: Answer) -> None:
        if len(self._kept) >= _MOST_KEPT:
            self._kept.clear()
        self._kept[key] = (until, answer)

    def _read(self, instance: Instance, at: int, result: _Result) -> tuple[Answer, bool]:
        """And whether it is the same whenever the module gives these numbers, but for how long it holds."""
        effect, own = _head(result)
        is_invalid = result.flags & FLAG_INVALID != 0
        error = read_error(instance, at, self._manifest)
        if is_invalid != (error is not None):
            raise misread(VIOLATION_ERROR_FLAG)
        is_own = own is not None or (is_invalid and effect == Effect.DENY)
        if is_own != (result.reasons == 0):
            raise misread(VIOLATION_EFFECT_REASONS)
        valid_until = _instant(result.valid_until)
        read = self._read_of(result, effect, own)
        if error is not None and is_own:
            answer = replace(
                invalid_answer(error),
                valid_until=valid_until,
                read=read.paths,
                single_use=read.single_use,
            )
            return answer, False
        # Explaining the reasons may use the memory that constraints lie in.
        constraints = self._read_constraints(instance) if effect == Effect.NARROW else NOTHING
        if own is None:
            reasons, is_fixed = self._reasons.read(instance, effect, result.reasons)
        else:
            reasons, is_fixed = own_reasons(own), own == "default_deny"
        is_bound = effect == Effect.CHALLENGE and _DIGEST_PATH in read.paths
        answer = Answer(
            effect=effect,
            decision=effect in (Effect.PERMIT, Effect.NARROW),
            reasons=reasons.ids,
            reason_details=reasons.details,
            constraints=constraints,
            obligations=reasons.obligations,
            access_request=reasons.access_request,
            valid_until=valid_until,
            read=read.paths,
            single_use=read.single_use,
            call_digest=judged_digest(instance) if is_bound else None,
            error=error,
        )
        return answer, is_fixed and not is_invalid and not is_bound and effect != Effect.NARROW

    def _read_constraints(self, instance: Instance) -> Mapping[str, JsonValue]:
        found: dict[str, JsonValue] = {}
        for place in self._constraints:
            cell = instance.constraints + place * CELL_SIZE
            if is_present(instance, cell):
                row = self._manifest.constraints[place]
                found[row.name] = cell_json(instance, cell, row.type)
        return FrozenMapping(found)

    def _read_of(self, result: _Result, effect: Effect, own: OwnReason | None) -> Read:
        is_invalid = result.flags & FLAG_INVALID != 0
        is_of_member = CODE_WRONG_TYPE <= result.error <= CODE_DUPLICATE_KEY
        if own == "clock_went_back" or (is_invalid and not is_of_member):
            return ALL
        manifest = self._manifest
        selectors = Selectors(result.subject, result.action, result.resource)
        lists = (manifest.subjects, manifest.actions, manifest.resources)
        if any(place > len(names) for place, names in zip(selectors, lists, strict=True)):
            raise misread(VIOLATION_UNKNOWN_SELECTOR)
        if is_invalid:
            return self._reads.of_invalid(selectors)
        return self._reads.of(selectors, None if own == "default_deny" else effect)


def _head(result: _Result) -> tuple[Effect, OwnReason | None]:
    """The effect, and a reason that is no rule's."""
    if result.effect >= len(EFFECTS):
        raise misread(VIOLATION_UNKNOWN_EFFECT)
    effect = EFFECTS[result.effect]
    is_invalid = result.flags & FLAG_INVALID != 0
    own = [reason for flag, reason in _OWN_REASONS.items() if result.flags & flag]
    if not own:
        if is_invalid and effect not in (Effect.DENY, Effect.REVOKE):
            raise misread(VIOLATION_GRANTED_INVALID)
        return effect, None
    own_effect = Effect.REVOKE if own[0] == "revoked_before" else Effect.DENY
    if effect != own_effect or is_invalid or len(own) > 1:
        raise misread(VIOLATION_EFFECT_FLAGS)
    return effect, own[0]


def _instant(milliseconds: float) -> int | None:
    """None: without an end."""
    if milliseconds == math.inf:
        return None
    if not milliseconds.is_integer() or abs(milliseconds) >= 2**53:
        raise misread(VIOLATION_INVALID_INSTANT)
    return int(milliseconds)


def judged_digest(instance: Instance) -> str | None:
    """Of the call that was judged last."""
    cell = instance.judged_digest
    if cell is None or not is_known(instance, cell):
        return None
    return instance.text(instance.u32(cell), instance.u32(cell + 4))
