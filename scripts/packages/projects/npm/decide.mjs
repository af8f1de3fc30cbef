import { readFileSync } from 'node:fs';
import { load } from '@nhipol/runtime';

const policy = load(readFileSync('policy.wasm'));
for (const request of readFileSync('requests.jsonl', 'utf8').trimEnd().split('\n')) {
  const answer = policy.decideJson(request);
  console.log(answer.effect, ...answer.reasons);
}
