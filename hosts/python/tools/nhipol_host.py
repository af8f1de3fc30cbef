"""The host as a program, for the checks of the repository. Each command prints one line of JSON, and exits with 1 if an
answer is not the expected one.

    nhipol_host.py conformance DIR
    nhipol_host.py measure PREFIX
    nhipol_host.py stress PREFIX DECISIONS THREADS
"""

import json
import resource
import statistics
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, TypeVar

from conformance import check_all

import nhipol

_ROUNDS: Final = 201
_ROUND: Final = 200
"""The decisions of a round: so few that most rounds end before the machine does something else."""

_PAGE_BYTES: Final = resource.getpagesize()

T = TypeVar("T")


def main(arguments: Sequence[str]) -> int:
    match arguments:
        case ["conformance", folder]:
            return conformance(Path(folder))
        case ["measure", prefix]:
            return measure(prefix)
        case ["stress", prefix, decisions, threads]:
            return stress(prefix, int(decisions), int(threads))
    print(__doc__, file=sys.stderr)
    return 2


def conformance(folder: Path) -> int:
    checks, failures = check_all(folder)
    passed = checks - len(failures)
    print(json.dumps({"checks": checks, "passed": passed, "failures": failures[:20]}))
    return 1 if failures else 0


def measure(prefix: str) -> int:
    policy, requests, effects = _read(prefix)
    values = [json.loads(request) for request in requests]
    for number, expected in enumerate(effects):
        answers = (policy.decide_json(requests[number]), policy.decide(values[number]))
        if any(answer.effect != expected for answer in answers):
            print(f"{prefix}: line {number + 1}: expected {expected}", file=sys.stderr)
            return 1
    by_json = _time(policy.decide_json, requests)
    by_values = _time(policy.decide, values)
    response = _time(policy.decide_response, requests)
    figures = {"json": by_json, "native": by_values, "response": response, "allocations": None}
    print(json.dumps(figures))
    return 0


def _time(decide: Callable[[T], object], requests: Sequence[T]) -> float:
    """The median of nanoseconds per decision."""
    rounds = []
    for number in range(_ROUNDS):
        first = number * _ROUND
        chosen = [requests[at % len(requests)] for at in range(first, first + _ROUND)]
        start = time.perf_counter_ns()
        for request in chosen:
            decide(request)
        rounds.append((time.perf_counter_ns() - start) / _ROUND)
    return round(statistics.median(rounds), 1)


def stress(prefix: str, decisions: int, threads: int) -> int:
    policy, requests, effects = _read(prefix)
    disagreements = [0] * threads
    shares = [decisions // threads + (at < decisions % threads) for at in range(threads)]

    def work(at: int, first: int, count: int) -> None:
        for number in range(first, first + count):
            place = (number + at * 7) % len(requests)
            if policy.decide_json(requests[place]).effect != effects[place]:
                disagreements[at] += 1

    def run(parts: Sequence[tuple[int, int]]) -> int:
        workers = [threading.Thread(target=work, args=(at, first, count)) for at, (first, count) in enumerate(parts)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        return _resident_bytes()

    warm = [share // 10 for share in shares]
    after_warm_up = run([(0, count) for count in warm])
    at_end = run([(count, share - count) for count, share in zip(warm, shares, strict=True)])
    wrong = sum(disagreements)
    result = {
        "decisions": decisions,
        "threads": threads,
        "disagreements": wrong,
        "memory": [after_warm_up, at_end],
    }
    print(json.dumps(result))
    return 1 if wrong else 0


def _read(prefix: str) -> tuple[nhipol.Policy, list[bytes], list[str]]:
    policy = nhipol.load(Path(f"{prefix}.wasm").read_bytes())
    requests = Path(f"{prefix}.jsonl").read_bytes().removesuffix(b"\n").split(b"\n")
    effects = Path(f"{prefix}.effects").read_text("utf-8").splitlines()
    return policy, requests, effects


def _resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * _PAGE_BYTES


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
