"""Decides by policies that nhipol compiled: `load` takes the bytes of a module, and the policy that comes of it answers AuthZEN
evaluation requests.

    policy = nhipol.load(Path("policy.wasm").read_bytes())
    answer = policy.decide_json(body)
"""

from .abi import Effect
from .answer import (
    AccessRequest,
    Answer,
    AnswerError,
    JsonValue,
    Obligation,
    ReasonDetail,
    Source,
)
from .errors import LoadError, SessionError, TableError
from .instant import Clock, Instant
from .load import load
from .policy import Policy
from .session_values import Change, Restored
from .sessions import Sessions

__all__ = [
    "AccessRequest",
    "Answer",
    "AnswerError",
    "Change",
    "Clock",
    "Effect",
    "Instant",
    "JsonValue",
    "LoadError",
    "Obligation",
    "Policy",
    "ReasonDetail",
    "Restored",
    "SessionError",
    "Sessions",
    "Source",
    "TableError",
    "load",
]
