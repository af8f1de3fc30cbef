"""Decides a request by a compiled policy, both in files, and prints the answer.

python examples/decide.py policy.wasm request.json
"""

import sys
from pathlib import Path

import nhipol


def main(module: str, request: str) -> int:
    policy = nhipol.load(Path(module).read_bytes())
    answer = policy.decide_json(Path(request).read_bytes())
    print(answer.effect, *answer.reasons)
    for detail in answer.reason_details:
        if detail.message is not None:
            print(f"  {detail.message}")
    for obligation in answer.obligations:
        print(f"  carry out {obligation.name}: {dict(obligation.properties)}")
    if answer.error is not None:
        print(f"  {answer.error.path}: expected {answer.error.expected}, found {answer.error.found}")
    return 0 if answer.decision else 1


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: decide.py POLICY.wasm REQUEST.json")
    sys.exit(main(*sys.argv[1:]))
