"""A lock file, so that one process at a time writes a log. It has the format of the lock files of the other entry points
of nhipol: it names its process by number, host and start time."""

import atexit
import json
import os
import socket
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

from .errors import LogError

_ATTEMPTS = 10


def lock_file(path: Path) -> Callable[[], None]:
    """Returns a function that releases the lock. Raises `LogError` if a running process holds it, also this one."""
    lock = path.with_name(f"{path.name}.lock")
    text = json.dumps(_this_process(), separators=(",", ":"))
    for _ in range(_ATTEMPTS):
        if _create(lock, text):
            return _release(lock, text)
        found = _read(lock)
        if found is None:
            continue
        if _is_held(found):
            break
        _remove_stale(lock, found)
    raise LogError(f"{path} is used by {_owner(_read(lock))}; if that process has ended, remove {lock}")


def _create(lock: Path, text: str) -> bool:
    """Creates a file with this content, atomically; False: it exists."""
    new = lock.with_name(f"{lock.name}.{uuid4()}")
    try:
        new.write_text(text, "utf-8")
        os.link(new, lock)
    except FileExistsError:
        return False
    finally:
        new.unlink(missing_ok=True)
    return True


def _read(lock: Path) -> str | None:
    try:
        return lock.read_text("utf-8")
    except FileNotFoundError:
        return None


def _remove_stale(lock: Path, found: str) -> None:
    """Removes the lock of a process that ended. The first process to move it away wins; a lock that has changed by then
    is put back."""
    aside = lock.with_name(f"{lock.name}.{os.getpid()}.old")
    with suppress(FileNotFoundError):
        lock.rename(aside)
        if aside.read_text("utf-8") != found:
            _create(lock, aside.read_text("utf-8"))
        aside.unlink()


def _release(lock: Path, text: str) -> Callable[[], None]:
    def release() -> None:
        atexit.unregister(release)
        # A process that was forked has another number, and does not hold it.
        if _read(lock) == text and _this_process()["pid"] == json.loads(text)["pid"]:
            lock.unlink(missing_ok=True)

    atexit.register(release)
    return release


def _this_process() -> dict[str, Any]:
    return {"pid": os.getpid(), "host": socket.gethostname(), "thread": 0, "started": _start_of(os.getpid())}


def _is_held(text: str) -> bool:
    """A lock that cannot be read, or that belongs to a process of another host, counts as held."""
    try:
        owner = json.loads(text)
        pid, host, started = owner["pid"], owner["host"], owner["started"]
    except (ValueError, KeyError, TypeError):
        return True
    if host != socket.gethostname() or not isinstance(pid, int) or os.name == "nt":
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        pass
    now = _start_of(pid)
    return "" in (started, now) or started == now


def _owner(text: str | None) -> str:
    try:
        owner = json.loads(text or "")
        return f"process {owner['pid']} on {owner['host']}"
    except (ValueError, KeyError, TypeError):
        return "another process"


def _start_of(pid: int) -> str:
    """On Linux: the boot id, the process namespace, and the tick in which the process was started; otherwise empty."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text("utf-8")
        boot = Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
        return f"{boot} {os.readlink('/proc/self/ns/pid')} {stat[stat.rindex(')') + 2 :].split(' ')[19]}"
    except (OSError, ValueError, IndexError):
        return ""
