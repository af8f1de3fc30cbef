"""Compares the Python host of nhipol with alternatives for services in Python, from the same JSON bytes.

    main.py FOLDER WORKLOAD...

FOLDER contains the files of each workload, as `../write-workloads.mjs` writes them. First every engine must decide every request as
expected; otherwise it exits with 1. Then it prints a line of JSON for each engine, with nanoseconds per decision.
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from engines import ENGINES
from measuring import Timed, measure
from workload import Workload, read_workload


def main(arguments: Sequence[str]) -> int:
    if len(arguments) < 2:
        print(__doc__, file=sys.stderr)
        return 2
    folder, *names = arguments
    for name in names:
        workload = read_workload(Path(folder), name)
        timed = [Timed(engine, prepare(workload)) for engine, prepare in ENGINES.items()]
        wrong = first_wrong(timed, workload)
        if wrong is not None:
            print(wrong, file=sys.stderr)
            return 1
        for figure in measure(timed, workload.requests):
            figure_line = {
                "language": "python",
                "workload": name,
                **figure,
                "checked": len(workload.requests),
            }
            print(json.dumps(figure_line), flush=True)
    return 0


def first_wrong(timed: Sequence[Timed], workload: Workload) -> str | None:
    """Returns the first wrong decision, with its engine, workload and request."""
    for one in timed:
        for number, (request, expected) in enumerate(
            zip(workload.requests, workload.allowed, strict=True), 1
        ):
            found = one.decide(request)
            if found is not expected:
                return f"{one.engine}, {workload.name}, request {number}: {found}, not {expected}"
    return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
