"""What is raised where there is no answer to give: a module that is refused, a table or a session that
is not as it was to be. Deciding raises none of them."""

from ._contract import (
    ENGINE_ANSWER,
    ENGINE_CONFORMING_ANSWER,
    ENGINE_NO_TRAP,
    ENGINE_TRAP,
)
from .answer import AnswerError, engine_error


class LoadError(ValueError):
    """The bytes are no module that this host can ask."""


class TableError(ValueError):
    """A table was not loaded; the one that was there before still is.

    `code` is one of the module contract's names, `unknown_table` or `engine_error`; `path` a JSONPath from the table's own
    object, `$` for the text as a whole; `offset` counts bytes from the start of the text.
    """

    def __init__(self, table: str, error: AnswerError) -> None:
        place = f"at byte {error.offset}" if error.path == "$" else error.path
        super().__init__(
            f"the table `{table}` was not loaded: {place}: "
            f"expected {error.expected}, found {error.found}"
        )
        self.table = table
        self.code = error.code
        self.path = error.path
        self.expected = error.expected
        self.found = error.found
        self.offset = error.offset


class SessionError(ValueError):
    """Something was not done to a session, which is then as it was.

    `code` is one of the module contract's names, `no_session`, `session_exists`, `wrong_id` or `engine_error`; `path` a JSONPath
    of the member at fault, `$` for what was told as a whole.
    """

    def __init__(self, session: str, error: AnswerError) -> None:
        what = f"the session `{session}`" if session else "the sessions"
        super().__init__(f"{what}: {error.path}: expected {error.expected}, found {error.found}")
        self.session = session
        self.code = error.code
        self.path = error.path
        self.expected = error.expected
        self.found = error.found
        self.offset = error.offset


class EngineError(Exception):
    """What went wrong on the way to an answer, in the words of an answer's error. It never leaves the
    package: callers get a deny."""

    def __init__(self, expected: str, found: str) -> None:
        super().__init__(f"expected {expected}, found {found}")
        self.expected = expected
        self.found = found


class TrapError(EngineError):
    """The module trapped."""

    def __init__(self, why: str) -> None:
        # wasmtime tells where it was before it tells why.
        reason = why.strip().rpartition("\n")[2].strip().removeprefix("wasm trap: ")
        super().__init__(ENGINE_NO_TRAP, ENGINE_TRAP.format(reason))


def misread(found: str) -> EngineError:
    """The module wrote what its manifest and the contract do not allow."""
    return EngineError(ENGINE_CONFORMING_ANSWER, found)


def failure_of(failure: Exception) -> AnswerError:
    """Of the module or of this host, in the words of an answer."""
    if isinstance(failure, EngineError):
        return engine_error(failure.expected, failure.found)
    return engine_error(ENGINE_ANSWER, str(failure) or type(failure).__name__)
