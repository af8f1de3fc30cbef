"""Instants: what callers pass becomes the number for the module, and the module's numbers become datetimes or text."""

import math
import time
from datetime import datetime, timedelta, timezone
from typing import Final, Literal, TypeAlias

from . import _contract as abi
from .errors import EngineError

Instant: TypeAlias = int | float | datetime
"""Milliseconds since the epoch, whose fraction is dropped; or a datetime with a time zone."""

Clock: TypeAlias = Literal["host", "request"]
"""Whose time is the instant of evaluation: with `request`, `context.time` of the request."""

EPOCH: Final = datetime(1970, 1, 1, tzinfo=timezone.utc)
INVALID: Final = math.inf
"""A number that a module refuses as an instant."""

_MAX_DISTANCE: Final = 8.64e15
_YEAR_0: Final = -62_167_219_200_000
_YEAR_1: Final = -62_135_596_800_000
_YEAR_10000: Final = 253_402_300_800_000
_MS_OF_400_YEARS: Final = 146_097 * 86_400_000


def host_now() -> int:
    """The host's clock, in milliseconds."""
    return time.time_ns() // 1_000_000


def instant_and_clock(now: object, clock: object) -> tuple[float, int]:
    """What `decide` of a module takes."""
    if clock == "request":
        return (math.nan if now is None else milliseconds(now)), abi.CLOCK_REQUEST
    if clock != "host":
        raise EngineError("the clock `host` or `request`", "another clock")
    return (host_now() if now is None else milliseconds(now)), abi.CLOCK_HOST


def milliseconds(instant: object) -> float:
    """Whole milliseconds since the epoch; `INVALID` for what is not an instant."""
    number: float = math.nan
    if isinstance(instant, datetime):
        if instant.utcoffset() is not None:
            number = (instant - EPOCH) // timedelta(milliseconds=1)
    elif isinstance(instant, (int, float)) and not isinstance(instant, bool):
        number = instant
    return float(math.trunc(number)) if abs(number) <= _MAX_DISTANCE else INVALID


def to_datetime(ms: float) -> datetime:
    """The instant in UTC, or the nearest one that a datetime can represent."""
    if _YEAR_1 <= ms < _YEAR_10000:
        return EPOCH + timedelta(milliseconds=ms)
    return (datetime.min if ms < 0 else datetime.max).replace(tzinfo=timezone.utc)


def write_instant(ms: int) -> str:
    """As a module writes it."""
    if not _YEAR_0 <= ms < _YEAR_10000:
        return f"{ms}ms"
    # datetime has no year 0; the calendar repeats every 400 years.
    is_year_0 = ms < _YEAR_1
    when = to_datetime(ms + _MS_OF_400_YEARS if is_year_0 else ms)
    text = when.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return f"0000{text[4:]}" if is_year_0 else text
