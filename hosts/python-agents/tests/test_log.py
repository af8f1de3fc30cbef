"""The decision log: its chain, what it contains, and a log that cannot be written."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import lines

from nhipol_agents import DecisionLog, Guard, LogError, NotPermitted
from nhipol_agents.log import _CHAIN_START, _digest_of

GuardWith = Callable[..., Guard]
SMALL = {"order": "o-1", "amount": 5, "card": "4000-1234", "note": "undeclared"}


def check_chain(*paths: Path) -> int:
    """Checks the links of a log that has several files, and returns the number of its lines."""
    link, count = _CHAIN_START, 0
    for path in paths:
        for line in path.read_bytes().splitlines():
            assert line.endswith(f',"prev":"{link}"}}'.encode())
            link, count = _digest_of(line), count + 1
    return count


def test_each_line_has_the_members_of_the_format(guard_with: GuardWith, log: Path) -> None:
    with guard_with(session="run-17") as guard:
        guard.call("refund", SMALL, len)
    opened, decided, completed, closed = lines(log)
    assert [line["kind"] for line in lines(log)] == ["opened", "decision", "event", "closed"]
    for line in lines(log):
        assert list(line)[:6] == ["format", "id", "time", "kind", "entry_point", "session"]
        assert (line["format"], line["entry_point"], line["session"]) == ("nhipol-log/1", "middleware", "run-17")
        assert line["policy"]["name"] == "shop.agent"
        assert line["policy"]["digest"].startswith("sha-256:")
        assert list(line)[-1] == "prev"
    assert (opened["mode"], opened["request"]["context"]) == ("enforce", {"customer": "ada"})
    assert (decided["mode"], decided["trigger"], decided["decision"]) == ("enforce", "request", True)
    assert decided["response"]["context"]["reasons"] == ["refunds"]
    assert isinstance(decided["latency_us"], int)
    assert completed["payload"]["result"] == {"bytes": 1}
    assert closed["policy"] == opened["policy"]
    assert check_chain(log) == 4
    assert log.stat().st_mode & 0o777 == 0o600


def test_secrets_are_masked_and_undeclared_members_left_out(guard_with: GuardWith, log: Path) -> None:
    guard = guard_with()
    for _ in range(2):
        guard.call("refund", SMALL, len)
    text = log.read_text("utf-8")
    assert "4000-1234" not in text
    assert "undeclared" not in text
    masks = {line["request"]["action"]["properties"]["arguments"]["card"] for line in lines(log, "decision")}
    [mask] = masks
    assert mask.startswith("secret:")
    assert len(mask) == len("secret:") + 12


def test_a_log_is_continued(guard_with: GuardWith, log: Path) -> None:
    for _ in range(3):
        with guard_with() as guard:
            guard.call("refund", SMALL, len)
    assert check_chain(log) == 12
    with log.open("ab") as file:
        file.write(b'{"format":"nhipol-log/1","id":')
    with guard_with():
        pass
    whole = [line for line in log.read_bytes().splitlines() if line.endswith(b"}")]
    assert len(whole) == 14
    assert whole[12].endswith(f'"prev":"{_digest_of(whole[11])}"}}'.encode())


def test_a_long_last_line_is_found(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    for size in (10, 200_000, 65_536):
        log = DecisionLog(path)
        log.append({"kind": "refusal", "reason": "x" * size}, 0)
        log.close()
    assert check_chain(path) == 3


def test_a_full_file_is_renamed(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    log = DecisionLog(path, max_bytes=1_000, sync=True)
    for _ in range(12):
        log.append({"kind": "refusal", "reason": "x" * 200}, 0)
    log.close()
    older = [path.with_name(f"log.jsonl.{number}") for number in range(1, 6)]
    assert check_chain(*[each for each in older if each.exists()], path) == 12
    assert older[0].exists()
    path.unlink()
    log = DecisionLog(path)
    log.append({"kind": "refusal", "reason": "x"}, 0)
    log.close()


def test_another_file_is_not_continued(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("notes\n")
    with pytest.raises(LogError, match="is not a decision log"):
        DecisionLog(path)
    assert not path.with_name("notes.txt.lock").exists()
    with pytest.raises(LogError, match="cannot be locked"):
        DecisionLog(tmp_path / "missing" / "log.jsonl")


def test_one_process_writes_a_log_at_a_time(log: Path) -> None:
    first = DecisionLog(log)
    lock = log.with_name(f"{log.name}.lock")
    with pytest.raises(LogError, match=f"is used by process {os.getpid()}"):
        DecisionLog(log)
    script = "import sys; from nhipol_agents import DecisionLog; DecisionLog(sys.argv[1])"
    command = [sys.executable, "-c", script, str(log)]
    other = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    assert "is used by process" in other.stderr
    first.close()
    assert not lock.exists()
    # A process that was killed leaves its lock.
    killed = subprocess.run([*command[:2], f"{script}; import os; os._exit(0)", str(log)], check=True)  # noqa: S603
    assert killed.returncode == 0
    assert lock.exists()
    DecisionLog(log).close()
    lock.write_text("{}")
    with pytest.raises(LogError, match="another process"):
        DecisionLog(log)


def test_several_guards_share_a_log(guard_with: GuardWith, log: Path) -> None:
    shared = DecisionLog(log)
    for name in ("one", "two"):
        guard_with(log=shared, session=name).call("refund", SMALL, len)
    assert [line["session"] for line in lines(log, "decision")] == ["one", "two"]
    assert check_chain(log) == 6


class FullDisk(DecisionLog):
    is_full = False

    def _write(self, data: bytes) -> None:
        if self.is_full:
            raise OSError("No space left on device")
        super()._write(data)


def test_a_log_that_cannot_be_written_refuses(guard_with: GuardWith, log: Path) -> None:
    shared = FullDisk(log)
    guard = guard_with(log=shared, approve=lambda _: True)
    shared.is_full = True
    for amount in (5, 500):
        with pytest.raises(NotPermitted, match="the decision log cannot be written"):
            guard.call("refund", {"order": "o", "amount": amount}, lambda _: pytest.fail("it ran"))
    assert guard.lost_lines == 2
    with pytest.raises(LogError):
        guard_with(log=shared)
    shared.is_full = False
    assert guard.call("refund", SMALL, len) == 4
    counting = guard_with(log=shared, log_required=False)
    shared.is_full = True
    assert counting.call("refund", SMALL, len) == 4
    assert counting.lost_lines == 2
    check_chain(log)


def test_lines_are_json_of_utf_8(guard_with: GuardWith, log: Path) -> None:
    guard = guard_with()
    guard.call("refund", {"order": 'Ü\u2028\n"', "amount": 5}, len)
    read: list[Any] = [json.loads(line) for line in log.read_text("utf-8").split("\n")[:-1]]
    assert read[1]["request"]["action"]["properties"]["arguments"]["order"] == 'Ü\u2028\n"'
