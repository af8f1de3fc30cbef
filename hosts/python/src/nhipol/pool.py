"""The instances of a policy: a thread takes one that nobody else uses, and gives it back. There is a maximum, for which
threads wait."""

from collections.abc import Callable
from queue import SimpleQueue

from .instance import Instance


class Pool:
    def __init__(self, make: Callable[[], Instance], max_instances: int) -> None:
        self._make = make
        self.free = [make()]
        # A thread that holds a token may use an instance. Both structures are atomic, and faster than a lock.
        self._tokens: SimpleQueue[None] = SimpleQueue()
        for _ in range(max_instances):
            self._tokens.put(None)

    def take(self) -> Instance:
        """Every instance that was taken must be given back or dropped."""
        self._tokens.get()
        try:
            return self.free.pop()
        except IndexError:
            pass
        try:
            return self._make()
        except BaseException:
            self.drop()
            raise

    def give(self, instance: Instance) -> None:
        self.free.append(instance)
        self._tokens.put(None)

    def drop(self) -> None:
        """An instance that failed is not used again."""
        self._tokens.put(None)
