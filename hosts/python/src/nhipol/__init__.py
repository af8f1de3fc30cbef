"""Decides by policies that nhipol compiled: `load` takes the bytes of a module and returns a policy, which answers AuthZEN
evaluation requests.

    policy = nhipol.load(Path("policy.wasm").read_bytes())
    answer = policy.decide_json(body)
"""

from ._contract import Effect as Effect, ErrorCode as ErrorCode, Flag as Flag
from .answer import Answer as Answer
from .details import (
    AccessRequest as AccessRequest,
    JsonValue as JsonValue,
    Obligation as Obligation,
    ReasonDetail as ReasonDetail,
    Source as Source,
)
from .errors import (
    AnswerError as AnswerError,
    LoadError as LoadError,
    SessionError as SessionError,
    TableError as TableError,
)
from .instant import Clock as Clock, Instant as Instant
from .json_input import JsonInput as JsonInput, JsonText as JsonText
from .load import load as load
from .policy import Policy as Policy
from .possibility import Possibility as Possibility
from .sessions import Change as Change, Restored as Restored, Sessions as Sessions
