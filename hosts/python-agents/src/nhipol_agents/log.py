"""The decision log: one line of JSON for each entry, linked to the one before it by a hash, so that a changed, removed or
inserted line is found. The format is `nhipol-log/1`, that of all entry points of nhipol."""

import hashlib
import os
import re
import threading
from collections.abc import Mapping
from datetime import datetime, timezone
from pathlib import Path
from typing import BinaryIO, Final
from uuid import uuid4

from .encoding import encode
from .errors import LogError
from .log_lock import lock_file

_FORMAT: Final = "nhipol-log/1"
_CHAIN_START: Final = f"sha-256:{'0' * 64}"
_LINK: Final = re.compile(rb',"prev":"sha-256:[0-9a-f]{64}"\}$')
_MAX_BYTES: Final = 100_000_000
_CHUNK: Final = 65_536


class DecisionLog:
    """The log at a path, which is created if it does not exist, and continued otherwise. It may be used by any number of
    guards and threads, of one process at a time. Raises `LogError`.

    `sync`: each line is on the disk, and not only in the system's memory, when it was written. `max_bytes`: a file that
    would become longer is renamed to `….1`, `….2` and so on.
    """

    def __init__(self, path: str | os.PathLike[str], *, sync: bool = False, max_bytes: int = _MAX_BYTES) -> None:
        self._path = Path(path)
        self._sync = sync
        self._max_bytes = max_bytes
        self._lock = threading.Lock()
        self._pid = os.getpid()
        try:
            self._release = lock_file(self._path)
        except OSError as cause:
            raise LogError(f"{path} cannot be locked: {cause}") from cause
        try:
            self._link, self._is_torn = _end_of(self._path)
            self._file = _open(self._path)
            self._size = os.fstat(self._file.fileno()).st_size
        except OSError as cause:
            self._release()
            raise LogError(f"{path} cannot be opened: {cause}") from cause
        except LogError:
            self._release()
            raise

    def append(self, entry: Mapping[str, object], now: float) -> str:
        """Writes an entry with its time, in milliseconds since the epoch, and returns its id. Raises `LogError`."""
        entry_id = str(uuid4())
        with self._lock:
            if os.getpid() != self._pid:
                raise LogError(f"{self._path} was opened by another process")
            try:
                line = encode({"format": _FORMAT, "id": entry_id, "time": instant(now), **entry, "prev": self._link}).encode()
                if self._size > 0 and self._max_bytes < self._size + len(line):
                    self._rotate()
                self._write((b"\n" if self._is_torn else b"") + line + b"\n")
            except (OSError, ValueError) as cause:
                raise LogError(f"{self._path} cannot be written: {cause}") from cause
            self._link = _digest_of(line)
        return entry_id

    def close(self) -> None:
        """Closes the file, and releases it for other processes."""
        with self._lock:
            self._file.close()
            self._release()

    def _write(self, data: bytes) -> None:
        was_torn, written = self._is_torn, 0
        try:
            while written < len(data):
                written += self._file.write(data[written:])
            if self._sync:
                os.fsync(self._file.fileno())
        except OSError:
            # The next line begins after what was written of this one.
            self._is_torn = was_torn or written > 0
            self._size += written
            raise
        self._is_torn = False
        self._size += len(data)

    def _rotate(self) -> None:
        """The chain continues in the new file."""
        following = (_rotated(self._path) or [0])[-1] + 1
        self._path.rename(f"{self._path}.{following}")
        self._file.close()
        self._file = _open(self._path)
        self._size = 0
        self._is_torn = False


def instant(milliseconds: float) -> str:
    """RFC 3339 in UTC, with milliseconds."""
    when = datetime.fromtimestamp(milliseconds / 1000, timezone.utc)
    return when.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _digest_of(line: bytes) -> str:
    return f"sha-256:{hashlib.sha256(line).hexdigest()}"


def _open(path: Path) -> BinaryIO:
    def owner_only(name: str, flags: int) -> int:
        return os.open(name, flags, 0o600)

    return open(path, "ab", buffering=0, opener=owner_only)


def _rotated(path: Path) -> list[int]:
    """The numbers of older files, the oldest first."""
    prefix = f"{path.name}."
    numbers = [each.name[len(prefix) :] for each in path.parent.iterdir() if each.name.startswith(prefix)]
    return sorted(int(number) for number in numbers if re.fullmatch(r"[1-9][0-9]*", number))


def _end_of(path: Path) -> tuple[str, bool]:
    """The digest that the next line contains, and whether the file ends within a line."""
    is_torn = False
    older = [path.with_name(f"{path.name}.{number}") for number in reversed(_rotated(path))]
    for each in [path, *older]:
        if not each.exists():
            continue
        last, ends_within = _last_line(each)
        if each == path:
            is_torn = ends_within
        if last is not None:
            if _LINK.search(last) is None:
                raise LogError(f"{each} is not a decision log")
            return _digest_of(last), is_torn
    return _CHAIN_START, is_torn


def _last_line(path: Path) -> tuple[bytes | None, bool]:
    """The last complete line, and whether the file ends within another one."""
    with open(path, "rb") as file:
        start = file.seek(0, os.SEEK_END)
        tail = b""
        while True:
            end = tail.rfind(b"\n")
            before = tail.rfind(b"\n", 0, max(end, 0))
            if start == 0 or (end >= 0 and before >= 0):
                return (tail[before + 1 : end] if end >= 0 else None), bool(tail) and not tail.endswith(b"\n")
            length = min(_CHUNK, start)
            start -= length
            file.seek(start)
            tail = file.read(length) + tail
