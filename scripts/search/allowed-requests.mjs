// Checks that the formula of terms allows every request: the answer of the evaluator, and the value of each expression, are a
// model. Takes the examples and generated policies in turn, and for each 1,000 requests that are mixed from the members of some
// that explore it, and some sessions: `npm run allowed-requests -- --requests 1000000 --seed 1`. A request of which the same
// is observed as of an earlier one is not decided again. Progress goes to standard error, the counts to standard output; a
// difference ends the run with exit code 1. An interrupted run prints its counts, as does one after `--minutes`; `--seed`
// with the next printed seed resumes it. `--limit 5`: seconds of processor time for the requests of one policy.

import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { openSources } from './load-sources.mjs';

const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
    'per-policy': { type: 'string', default: '1000' },
    limit: { type: 'string', default: '5' },
    sessions: { type: 'string', default: '2' },
    policies: { type: 'string', default: '15' },
    minutes: { type: 'string', default: 'Infinity' },
  },
});
const [wanted, first, perPolicy, limit, sessions, policies, minutes] = [
  values.requests,
  values.seed,
  values['per-policy'],
  values.limit,
  values.sessions,
  values.policies,
  values.minutes,
].map(Number);

const server = await openSources();
const load = (path) => server.ssrLoadModule(path);
const { compareMixed, compareSessions } = await load('/test/proving/agreement/compare.ts');
const { listConstructs } = await load('/test/proving/agreement/generated.ts');
const { programs } = await load('/test/support/arbitraries/program-arbitrary.ts');
const { checkPolicy } = await load('/test/support/checking.ts');
const { samples } = await load('/test/support/policies/samples.ts');
const { check } = await load('/language/index.ts');
const examples = samples.map(({ path, sources }) => ({
  policy: check(path, sources).policy,
  texts: [...sources.values()],
}));

const started = performance.now();
const seconds = () => Math.round((performance.now() - started) / 1000);
let isInterrupted = false;
for (const signal of ['SIGINT', 'SIGTERM'])
  process.once(signal, () => {
    isInterrupted = true;
  });

const totals = { policies: 0, requests: 0, distinct: 0, inSessions: 0, values: 0 };
const constructs = new Map();
let difference;
let seed = first;
const isOpen = () =>
  totals.requests < wanted && difference === undefined && seconds() < minutes * 60;

function compare({ policy, texts }) {
  const alone = compareMixed(policy, perPolicy, seed, 1000 * limit);
  const played = compareSessions(policy, sessions, seed, 'lemmas');
  totals.policies += 1;
  totals.requests += alone.requests + played.requests;
  totals.distinct += alone.count + played.count;
  totals.inSessions += played.requests;
  totals.values += alone.literals + played.literals;
  for (const each of listConstructs(policy, texts)) {
    const before = constructs.get(each) ?? { policies: 0, requests: 0 };
    before.policies += 1;
    before.requests += alone.requests + played.requests;
    constructs.set(each, before);
  }
  const [found] = [...alone.differences, ...played.differences];
  if (found !== undefined)
    difference ??= `seed ${seed}: ${policy.name}: ${found}\n${texts.join('\n')}`;
}

while (isOpen() && !isInterrupted) {
  const made = fc.sample(programs, { numRuns: policies, seed });
  const generated = made.map(({ text, others }) => ({
    policy: checkPolicy(text, others),
    texts: [text, ...Object.values(others)],
  }));
  for (const each of [...examples, ...generated]) {
    if (!isOpen() || isInterrupted) break;
    compare(each);
    await new Promise((resolve) => setImmediate(resolve));
  }
  seed += 1;
  console.error(`next seed ${seed}: ${JSON.stringify(totals)}, ${seconds()} s`);
}
await server.close();

for (const [name, counts] of [...constructs].sort(([a], [b]) => (a < b ? -1 : 1)))
  console.log(`${name.padEnd(30)}${counts.policies} policies, ${counts.requests} requests`);
const { user, system } = process.cpuUsage();
console.log(
  `${totals.requests} requests (${totals.distinct} that differ in what is observed, ${totals.inSessions} in sessions) of ` +
    `${totals.policies} examples and generated policies (seeds ${first} to ${seed - 1}), ${totals.values} values, ` +
    `${seconds()} s, ${Math.round((user + system) / 1_000_000)} s of processor time: ` +
    `${difference === undefined ? 'no difference' : 'a difference'}`,
);
if (difference !== undefined) {
  console.log(difference);
  process.exitCode = 1;
}
