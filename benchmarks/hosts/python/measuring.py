"""Times engines one after the other in each round, so that a slowdown of the machine affects all of them. Rounds are short, so that
most end before the machine does something else. The first decisions of an engine in a round are not timed, because
the caches are cold. A slow engine decides fewer requests in a round, and different ones in the next."""

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

_ROUNDS: Final = 101
_ROUND_NS: Final = 2_000_000
"""The approximate duration of a round of an engine, and of the warm-up before it."""

_MIN_REQUESTS: Final = 4


@dataclass(slots=True)
class Timed:
    """An engine with its times. `decide` returns true if the request is permitted."""

    engine: str
    decide: Callable[[bytes], bool]
    rounds: list[float] = field(default_factory=list)


def measure(timed: Sequence[Timed], requests: Sequence[bytes]) -> list[dict[str, object]]:
    counts = [_count(one, requests) for one in timed]
    for number in range(_ROUNDS):
        for one, count in zip(timed, counts, strict=True):
            start = 2 * number * count
            chosen = [requests[at % len(requests)] for at in range(start, start + 2 * count)]
            _time(one.decide, chosen[:count])
            one.rounds.append(_time(one.decide, chosen[count:]))
    return [_figure(one) for one in timed]


def _count(one: Timed, requests: Sequence[bytes]) -> int:
    each = _time(one.decide, requests[:_MIN_REQUESTS])
    return max(_MIN_REQUESTS, int(_ROUND_NS / each))


def _time(decide: Callable[[bytes], bool], requests: Sequence[bytes]) -> float:
    start = time.perf_counter_ns()
    for request in requests:
        decide(request)
    return (time.perf_counter_ns() - start) / len(requests)


def _figure(one: Timed) -> dict[str, object]:
    lower, median, upper = statistics.quantiles(one.rounds, n=4, method="inclusive")
    return {
        "engine": one.engine,
        "ns": round(median, 1),
        "min": round(min(one.rounds), 1),
        "lower": round(lower, 1),
        "upper": round(upper, 1),
        "rounds": len(one.rounds),
    }
