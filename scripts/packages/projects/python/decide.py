from pathlib import Path

import nhipol

policy = nhipol.load(Path("policy.wasm").read_bytes())
for request in Path("requests.jsonl").read_bytes().splitlines():
    answer = policy.decide_json(request)
    print(answer.effect, *answer.reasons)
