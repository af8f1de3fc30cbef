"""When a request is judged: what a caller says comes in, the number and the clock that the module takes go out."""

import math
from datetime import datetime, timedelta
from typing import Final, Literal, NamedTuple, TypeAlias

from ._contract import (
    ENGINE_EPOCH_INSTANT,
    TEXT_OTHER_VALUE,
)
from .errors import EngineError
from .show import EPOCH

Instant: TypeAlias = int | float | datetime
"""Milliseconds since the epoch, a fraction cut off; or a datetime with a time zone."""

Clock: TypeAlias = Literal["host", "request"]
"""Whose time counts: `request` is the request's own `context.time`."""

_FURTHEST: Final = 8.64e15
"""From the epoch, in milliseconds."""

_BY_HOST: Final = 0
_BY_REQUEST: Final = 1


class ModuleInstant(NamedTuple):
    """`now`: NaN for none."""

    now: float
    clock: int


def module_instant(now: object, clock: object, host_now: float) -> ModuleInstant:
    """`host_now`: the host's clock, which counts where the caller says nothing. Raises `EngineError`."""
    if clock not in ("host", "request"):
        raise EngineError("the clock `host` or `request`", "another")
    if clock == "host":
        return ModuleInstant(host_now if now is None else milliseconds(now), _BY_HOST)
    return ModuleInstant(math.nan if now is None else milliseconds(now), _BY_REQUEST)


def milliseconds(instant: object) -> float:
    """Whole ones. Raises `EngineError` for what is no instant."""
    number: float = math.nan
    if isinstance(instant, datetime):
        if instant.utcoffset() is not None:
            number = (instant - EPOCH) // timedelta(milliseconds=1)
    elif isinstance(instant, int | float) and not isinstance(instant, bool):
        number = instant
    if not abs(number) <= _FURTHEST:
        raise EngineError(ENGINE_EPOCH_INSTANT, TEXT_OTHER_VALUE)
    return float(math.trunc(number))
