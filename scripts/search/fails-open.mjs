// Measures the accuracy of the warning `fails-open`: small policies, generated from a seed, are evaluated on every
// request that they can distinguish, and the members whose absence loosens an answer are compared with those reported:
// `npm run fails-open -- --pairs 100000 --seed 1`. A pair is a policy and an optional member of its requests. Progress
// goes to standard error, the counts to standard output; with `--show N` also the first N policies for which the
// warning is wrong. Exits with 1 if a loosening was not reported.

import { parseArgs } from 'node:util';
import { openSources } from './load-sources.mjs';

const { values } = parseArgs({
  options: {
    pairs: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
    show: { type: 'string', default: '0' },
    requests: { type: 'boolean', default: false },
  },
});
const [pairs, seed, show] = [values.pairs, values.seed, values.show].map(Number);

const server = await openSources();
const started = performance.now();
const seconds = () => Math.round((performance.now() - started) / 1000);
const { measure, noCounts } = await server.ssrLoadModule('/test/support/fails-open/measure.ts');
const { members, requestMembers } = await server.ssrLoadModule(
  '/test/support/fails-open/members.ts',
);
const from = values.requests ? requestMembers : members;

const batch = 5_000;
const total = noCounts();
let shown = 0;
for (let at = seed; total.pairs < pairs; at += batch) {
  const { counts, mistakes } = measure(at, Math.min(batch, pairs - total.pairs), from);
  for (const name of Object.keys(total)) total[name] += counts[name];
  for (const { kind, path, text, why } of mistakes.slice(0, show - shown)) {
    console.log(`--- ${kind}: ${path}: ${why}\n${text}`);
    shown += 1;
  }
  console.error(
    `${total.pairs} pairs, ${total.missed} missed, ${total.false} false, ${seconds()} s`,
  );
}
await server.close();

for (const [name, count] of Object.entries(total)) console.log(`${name.padEnd(12)}${count}`);
if (total.missed > 0) process.exitCode = 1;
