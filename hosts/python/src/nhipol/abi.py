"""The module contract, version 1, as numbers: where a module puts an answer, and what its numbers
stand for. The repository's `runtime/ABI.md` says the same in words."""

from enum import StrEnum
from typing import Final, NamedTuple

ABI_MAJOR: Final = 1
MANIFEST_SECTION: Final = "nhipol.manifest"
ENCODING_SECTION: Final = "nhipol.encoding"

PAGE_BYTES: Final = 65_536
LONGEST_REQUEST: Final = 65_536
LONGEST_SESSION_ID: Final = 255
LONGEST_SESSION: Final = 16_777_216
MOST_CHANGES: Final = 1024

CELL_SIZE: Final = 16
REASON_SIZE: Final = 16
RESULT_SIZE: Final = 64
OUTCOME_SIZE: Final = 32
CHANGE_SIZE: Final = 8

ACCESS_REQUEST: Final = "access_request"
"""The type of obligations that an answer tells apart, as its access request."""


class Effect(StrEnum):
    """What an answer says, from the loosest to the strictest."""

    PERMIT = "permit"
    NARROW = "narrow"
    CHALLENGE = "challenge"
    DENY = "deny"
    REVOKE = "revoke"


EFFECTS: Final = tuple(Effect)
"""A module gives an effect as its place here."""

FLAG_DEFAULT_DENY: Final = 1
FLAG_INVALID: Final = 2
FLAG_CLOCK_WENT_BACK: Final = 4
FLAG_REVOKED_BEFORE: Final = 8

PART_SUBJECT: Final = 1
PART_ACTION: Final = 2
PART_RESOURCE: Final = 4
PART_CONTEXT: Final = 8


class ErrorTexts(NamedTuple):
    """A text is empty where the path, or what was found, tells it."""

    name: str
    expected: str
    found: str


ERROR_OUT_OF_MEMORY: Final = 7
LAST_ERROR_OF_TEXT: Final = 5
FIRST_ERROR_OF_MEMBER: Final = 16
LAST_ERROR_OF_MEMBER: Final = 21
ERROR_NO_ROOM: Final = 22
ERROR_NO_SIGNAL: Final = 25

ERROR_TEXTS: Final = {
    1: ErrorTexts("not_json", "JSON text", "a byte that cannot stand there"),
    2: ErrorTexts("not_utf8", "UTF-8", "bytes that are not UTF-8"),
    3: ErrorTexts("lone_surrogate", "paired surrogates", "a lone surrogate"),
    4: ErrorTexts("too_deep", "at most 16 levels", "a deeper nesting"),
    5: ErrorTexts("too_large", "at most 65536 bytes", "a longer text"),
    6: ErrorTexts("duplicate_name", "each name once", "a name twice"),
    7: ErrorTexts("out_of_memory", "a smaller request", "more than fits"),
    16: ErrorTexts("wrong_type", "", ""),
    17: ErrorTexts("missing", "", ""),
    18: ErrorTexts("too_long", "at most 4096 bytes", "a longer string"),
    19: ErrorTexts("too_many", "at most 256 elements", "more elements"),
    20: ErrorTexts("wrong_key", "", ""),
    21: ErrorTexts("duplicate_key", "each key once", "a key twice"),
    22: ErrorTexts("no_room", "room for another session", "none, until more memory is reserved"),
    23: ErrorTexts("no_session", "the handle of an open session", "another"),
    24: ErrorTexts("other_type", "the same as the session was opened with", "another"),
    25: ErrorTexts("no_signal", "a signal that the policy declares", "another"),
    26: ErrorTexts("no_snapshot", "a session's text, as a module writes it", "another"),
}

FOUND_TEXTS: Final = (
    "nothing",
    "an object",
    "an array",
    "a string",
    "a number",
    "true or false",
    "null",
    "a fraction",
    "text that is no instant",
    "a value outside of it",
)
