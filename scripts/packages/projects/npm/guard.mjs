import { readFileSync } from 'node:fs';
import { openPolicy } from '@nhipol/mcp';
import { load } from '@nhipol/runtime';

const subject = { type: 'ai_agent', id: 'bot' };
const opened = openPolicy('policy.wasm', { server: 'shop', subject, state: 'state.db' });
const problem = await opened.then(
  () => undefined,
  (error) => error.name,
);
if (problem !== 'LoadError') throw new Error(`expected LoadError, found ${problem}`);

const policy = load(readFileSync('policy.wasm'));
for (const request of readFileSync('requests.jsonl', 'utf8').trimEnd().split('\n')) {
  const answer = policy.decideJson(request);
  console.log(answer.effect, ...answer.reasons);
}
