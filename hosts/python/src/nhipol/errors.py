"""What goes wrong: exceptions that callers catch, and failures inside the package, which become an answer or an error
of a session or table."""

from typing import NamedTuple

from . import _contract as abi


class AnswerError(NamedTuple):
    """What is wrong with a request, with other data, or with the module."""

    code: str
    """A constant of `ErrorCode`."""
    path: str
    """JSONPath (RFC 9535) of the member at fault; `$` for the data as a whole."""
    expected: str
    found: str
    offset: int = 0
    """Bytes from the start of the JSON text."""


class LoadError(ValueError):
    """The bytes are not a module that this host can call, or its manifest is not valid."""


class _RefusedError(ValueError):
    """The members of `error` are those of the exception, too."""

    def __init__(self, message: str, error: AnswerError) -> None:
        super().__init__(message)
        self.error = error
        self.code, self.path, self.expected, self.found, self.offset = error


class TableError(_RefusedError):
    """A table was not changed."""

    def __init__(self, table: str, error: AnswerError) -> None:
        place = f"at byte {error.offset}" if error.path == "$" else error.path
        reason = f"expected {error.expected}, found {error.found}"
        super().__init__(f"the table `{table}` was not changed: {place}: {reason}", error)
        self.table = table


class SessionError(_RefusedError):
    """A call concerning a session was refused, and nothing changed. `session` is empty if the call concerns all."""

    def __init__(self, session: str, error: AnswerError) -> None:
        what = f"the session `{session}`" if session else "the sessions"
        super().__init__(f"{what}: {error.path}: expected {error.expected}, found {error.found}", error)
        self.session = session


class Failure(Exception):  # noqa: N818
    """There is no answer of the module, because of the data or of the module; never leaves the package."""

    def __init__(self, error: AnswerError) -> None:
        super().__init__(f"expected {error.expected}, found {error.found}")
        self.error = error
        self.steps: list[object] = []
        """The path of the value at fault while it unwinds, innermost first."""


class EngineError(Failure):
    """The module or this host failed."""

    def __init__(self, expected: str, found: str) -> None:
        super().__init__(AnswerError(abi.ErrorCode.ENGINE_ERROR, "$", expected, found))


class TrapError(EngineError):
    """The module trapped."""

    def __init__(self, message: str) -> None:
        # wasmtime first writes where the module was.
        reason = message.strip().rpartition("\n")[2].strip().removeprefix("wasm trap: ")
        super().__init__(abi.ENGINE_NO_TRAP, abi.ENGINE_TRAP.format(reason))


def violation(found: str) -> EngineError:
    """The module wrote something that the ABI does not allow."""
    return EngineError(abi.ENGINE_CONFORMING_ANSWER, found)


def describe(failure: Exception) -> AnswerError:
    if not isinstance(failure, Failure):
        failure = EngineError(abi.ENGINE_ANSWER, str(failure) or type(failure).__name__)
    return failure.error
