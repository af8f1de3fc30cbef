"""The contents of the external tables of a policy, and how an instance gets them. Contents go in as UTF-8 JSON; a refusal
comes out as an error, and then the table is unchanged."""

import threading
from collections.abc import Mapping
from typing import Final

from . import _contract as abi
from .errors import AnswerError, EngineError
from .instance import Instance
from .responses import read_refusal

NO_TABLE: Final = AnswerError(abi.ErrorCode.UNKNOWN_TABLE, "$", "no table", "an unknown table")
"""For a policy without external tables."""


class Tables:
    def __init__(self) -> None:
        self.lock: Final = threading.Lock()
        self.current: Mapping[int, bytes] = {}
        """The contents by the numbers of the tables. Each change replaces the mapping."""

    def update(self, instance: Instance) -> None:
        """Gives an instance the current contents."""
        current, before = self.current, instance.tables
        if current is before:
            return
        for number in sorted({*current, *before}):
            if current.get(number) is not before.get(number):
                error = _change(instance, number, current.get(number))
                if error is not None:
                    raise EngineError("room for the tables that were loaded", error.found)
        instance.tables = current

    def change(self, instance: Instance, name: bytes, text: bytes | None) -> AnswerError | None:
        """Changes an instance, which has the current contents; others are updated before they are used. None as a text
        empties the table."""
        number: int = instance.calls.table_find(instance.write_name(name))
        error = _change(instance, number, text)
        if error is None:
            contents = {other: old for other, old in self.current.items() if other != number}
            instance.tables = self.current = contents if text is None else {**contents, number: text}
        return error


def _change(instance: Instance, number: int, text: bytes | None) -> AnswerError | None:
    if text is None:
        refused = instance.calls.table_drop(number)
    else:
        instance.write_to(instance.calls.table_text, text)
        refused = instance.calls.table_load(number)
    return read_refusal(instance, refused)[1] if refused else None
