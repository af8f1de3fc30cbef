"""Instants, durations and Decimals as messages print them, the same in every host."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final

_UNITS: Final = (("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000))
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_DAYS_OF_400_YEARS: Final = 146_097
_MILLISECONDS_OF_400_YEARS: Final = _DAYS_OF_400_YEARS * 86_400_000
_FIRST_INSTANT: Final = -62_167_219_200_000
_LAST_INSTANT: Final = 253_402_300_799_999


def show_duration(milliseconds: int) -> str:
    """As a literal: `5m`, `1500ms`."""
    if milliseconds == 0:
        return "0s"
    for unit, size in _UNITS:
        if milliseconds % size == 0:
            return f"{milliseconds // size}{unit}"
    return f"{milliseconds}ms"


def show_decimal(millionths: int) -> str:
    """In the shortest form: `12.5`, `12`."""
    whole, fraction = divmod(abs(millionths), 1_000_000)
    sign = "-" if millionths < 0 else ""
    digits = f"{fraction:06d}".rstrip("0")
    return f"{sign}{whole}.{digits}" if digits else f"{sign}{whole}"


def exact_decimal(millionths: int) -> int | Decimal:
    """A number of exactly the digits of the shortest form."""
    whole, fraction = divmod(millionths, 1_000_000)
    return whole if fraction == 0 else Decimal(show_decimal(millionths))


def seconds(milliseconds: int) -> int | Decimal:
    """A duration as JSON has it, exactly."""
    whole, fraction = divmod(milliseconds, 1_000)
    return whole if fraction == 0 else Decimal(show_decimal(milliseconds * 1_000))


def show_instant(milliseconds: int) -> str:
    """RFC 3339 with milliseconds, in UTC; outside the years 0 to 9999 the number."""
    if not _FIRST_INSTANT <= milliseconds <= _LAST_INSTANT:
        return f"{milliseconds}ms"
    # `datetime` begins with the year 1: what lies before is the same day 400 years later.
    is_early = milliseconds < _FIRST_INSTANT + 366 * 86_400_000
    moved = milliseconds + (_MILLISECONDS_OF_400_YEARS if is_early else 0)
    text = (EPOCH + timedelta(milliseconds=moved)).strftime("%m-%dT%H:%M:%S")
    year = (EPOCH + timedelta(milliseconds=moved)).year - (400 if is_early else 0)
    return f"{year:04d}-{text}.{milliseconds % 1000:03d}Z"
