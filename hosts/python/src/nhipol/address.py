"""Addresses as text: RFC 5952, and a v4 address as a dotted quad. A module holds an Ip in 16 bytes, v4 as
`::ffff:0:0/96`, and a Cidr with one more, how many of the 128 bits count; other bytes are a misreading."""

from typing import Final

from ._contract import (
    VIOLATION_INVALID_CIDR,
    VIOLATION_INVALID_IP,
    VIOLATION_LONG_PREFIX,
    VIOLATION_UNKNOWN_CIDR,
)
from .errors import misread

_V4_PREFIX: Final = bytes(10) + b"\xff\xff"


def show_ip(address: bytes) -> str:
    """`192.0.2.1`, `2001:db8::1`."""
    if len(address) != 16:
        raise misread(VIOLATION_INVALID_IP)
    if address.startswith(_V4_PREFIX):
        return ".".join(str(byte) for byte in address[12:])
    return _show_groups([f"{address[at] << 8 | address[at + 1]:x}" for at in range(0, 16, 2)])


def show_cidr(network: bytes) -> str:
    """`10.0.0.0/8`, `2001:db8::/32`."""
    if len(network) != 17:
        raise misread(VIOLATION_INVALID_CIDR)
    first, bits = network[:16], network[16]
    if bits > 128:
        raise misread(VIOLATION_LONG_PREFIX)
    length = bits - 96 if first.startswith(_V4_PREFIX) else bits
    if length < 0:
        raise misread(VIOLATION_UNKNOWN_CIDR)
    return f"{show_ip(first)}/{length}"


def _show_groups(groups: list[str]) -> str:
    """The first of the longest runs of two or more groups of zero is left out."""
    start, length = 0, 1
    for begin in range(8):
        end = next((at for at in range(begin, 8) if groups[at] != "0"), 8)
        if end - begin > length:
            start, length = begin, end - begin
    if length < 2:
        return ":".join(groups)
    return f"{':'.join(groups[:start])}::{':'.join(groups[start + length :])}"
