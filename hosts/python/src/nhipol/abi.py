"""The effects of the module contract; its constants are in `_contract.py`, which is generated."""

from enum import StrEnum
from typing import Final

from ._contract import (
    EFFECT_NAMES,
)


class Effect(StrEnum):
    """What an answer says, from the loosest to the strictest."""

    PERMIT = "permit"
    NARROW = "narrow"
    CHALLENGE = "challenge"
    DENY = "deny"
    REVOKE = "revoke"


EFFECTS: Final = tuple(Effect(name) for name in EFFECT_NAMES)
"""A module gives an effect as its place here."""
