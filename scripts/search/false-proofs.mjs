// Searches for false proofs: makes policies whose claims aim at what proofs went wrong with, and evaluates at least 2,000
// requests, pairs of requests or sessions for each claim that is called proved, by module and evaluator:
// `npm run false-proofs -- --claims 50000 --seed 1`. `--claims` is the number of proved claims. A violation ends the run
// with the policy, the claim and the request, and exit code 1. Progress goes to standard error, the counts to standard
// output; `--seed` with the next printed seed resumes a run, and processes with distant seeds share one. An interrupted run
// prints its counts, as does one after `--minutes`. `--only WORD` takes one kind of policies, `--lost` counts the claims that
// only lists prove. Claims about changes of a member and about sessions cost most: they are those of one in `--pairs 6`
// seeds.

import { parseArgs } from 'node:util';
import { openSources } from './load-sources.mjs';

const { values } = parseArgs({
  options: {
    claims: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
    requests: { type: 'string', default: '2000' },
    invariants: { type: 'string', default: '100' },
    pairs: { type: 'string', default: '6' },
    minutes: { type: 'string', default: 'Infinity' },
    only: { type: 'string', default: '' },
    lost: { type: 'boolean', default: false },
  },
});
const [claims, first, requests, invariants, pairs, minutes] = [
  values.claims,
  values.seed,
  values.requests,
  values.invariants,
  values.pairs,
  values.minutes,
].map(Number);

const server = await openSources();
const started = performance.now();
const seconds = () => Math.round((performance.now() - started) / 1000);
const { addRound, noTotals } = await server.ssrLoadModule('/test/proving/false-proofs/run.ts');
const { materials } = await server.ssrLoadModule('/test/proving/false-proofs/materials/all.ts');
const chosen = materials.filter(({ name }) => name.includes(values.only));

let isInterrupted = false;
for (const signal of ['SIGINT', 'SIGTERM'])
  process.once(signal, () => {
    isInterrupted = true;
  });
const totals = noTotals();
let seed = first;
const isExpensive = () => seed % pairs === 0;
const isOpen = () =>
  totals.proved < claims && totals.violation === undefined && seconds() < minutes * 60;
while (isOpen() && !isInterrupted) {
  await addRound(totals, {
    seed,
    claims: invariants,
    requests,
    materials: chosen.filter(({ hasHistory }) => hasHistory !== true || isExpensive()),
    countsLost: values.lost,
    hasPairs: isExpensive(),
  });
  seed += 1;
  const { claims: made, proved, refuted, undecided, requests: searched, pairs: changed } = totals;
  console.error(
    `next seed ${seed}: ${made} claims, ${proved} proved, ${refuted} refuted, ${undecided} not proved, ` +
      `${searched} requests, ${changed} pairs, ${seconds()} s`,
  );
  await new Promise((resolve) => setImmediate(resolve));
}
await server.close();

const percent = (part, whole) => `${((100 * part) / Math.max(1, whole)).toFixed(1)} %`;
for (const [name, counts] of totals.byMaterial)
  console.log(
    `${name.padEnd(21)}${counts.claims} claims, ${counts.proved} proved, ${counts.refuted} refuted, ` +
      `${counts.undecided} not proved, ${counts.unsearched} proved and not searched; of the evaluations for proved ones ` +
      `${percent(counts.near, counts.evaluations)} nearly violate one, none does for ${counts.farAway}`,
  );
for (const [construct, count] of [...totals.open].sort(([, a], [, b]) => b - a))
  console.log(`not proved: ${construct.padEnd(40)}${count}`);
for (const [construct, count] of totals.lost)
  console.log(`proved by lists only: ${construct.padEnd(30)}${count}`);
const spent = Object.entries(totals.spent).map(([on, of]) => `${on} ${Math.round(of / 1000)} s`);
console.log(
  `${totals.claims} claims (seeds ${first} to ${seed - 1}): ${totals.proved} proved, ${totals.refuted} refuted, ` +
    `${totals.undecided} not proved; ${totals.requests} requests and sessions, ${totals.pairs} pairs, ` +
    `${totals.evaluations} evaluations of proved claims, ${seconds()} s (processor time: ${spent.join(', ')}): ` +
    `${totals.violation === undefined ? 'no violation' : 'a violation'}`,
);
if (totals.violation !== undefined) {
  const { claim, policy, shown } = totals.violation;
  console.log(`${policy}\nviolated: ${claim}\n${shown}`);
  process.exitCode = 1;
}
