// Properties of `could` for incomplete requests, for the examples, special policies and generated programs: if a request
// is not possible, none of its completions is permitted; without open members it is possible if it is permitted; and it
// stays so until `valid_until`. NHIPOL_SEED changes the requests, NHIPOL_TIMES multiplies their number.

import { could, decode, type EvaluatedPossibility } from '@nhipol/language';
import { collectPolicyHistory, mayConflict, type PolicyModel } from '@nhipol/language/model';
import {
  createRandomNumbers,
  createRequestArbitrary,
  fillTables,
  type GeneratedRequest,
} from '@nhipol/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  collectMapNames,
  removeSomeMembers,
} from '../../../assurance/testing/generate/incomplete.ts';
import { Dice } from '../../../assurance/testing/generate/random.ts';
import { groupByKey } from '../../../compiler/ir/group-by.ts';
import { couldFacts } from '../../../language/evaluator/could.ts';
import { programs } from '../../support/arbitraries/program-arbitrary.ts';
import { runs, share } from '../../support/budget.ts';
import { checkPolicy } from '../../support/checking.ts';
import { completeRequest, readSelectors, rewriteRequest } from '../../support/completions.ts';
import { evaluator } from '../../support/modules/engines.ts';
import {
  all,
  generateRequests,
  readRequestTime,
  seed,
} from '../../support/policies/property-policies.ts';

type Named = readonly [name: string, policy: PolicyModel];

const more = fc
  .sample(programs, { numRuns: runs(240, 10), seed: seed + 1 })
  .map(({ text, others }, index): Named => [`more ${index}`, checkPolicy(text, others)]);
/** Its rules are skipped for unusable values, which no completion replaces. */
const skipping: Named = [
  'skipping',
  checkPolicy(`policy p
enum Level { low < high }
subject any {}
context { n?: Int(0..9), at?: Timestamp, ip?: Ip, level?: Level, words?: Set<String> }
for any {
  permit works otherwise
  deny large when context.n > 3, if unknown skip
  deny late when context.at > 2026-03-03T10:00:00Z, if unknown skip
  challenge outside when context.ip not in { 10.0.0.0/8 }, if unknown skip
  deny high when context.level is high, if unknown skip
  revoke named when "a" in context.words, if unknown skip
}`),
];
const policies: readonly Named[] = [...all, ...more, skipping];

function requests(policy: PolicyModel, at: number): readonly GeneratedRequest[] {
  return [
    ...generateRequests(policy).slice(0, 60),
    ...fc.sample(createRequestArbitrary(policy), { numRuns: runs(60, 20), seed: seed + at }),
  ];
}

function possibility(
  policy: PolicyModel,
  text: string,
  { now, tables }: Pick<GeneratedRequest, 'now' | 'tables'>,
): EvaluatedPossibility {
  const clock = { now, precedence: now === undefined ? 'request' : 'host' } as const;
  return could(fillTables(policy, tables), new TextEncoder().encode(text), clock);
}

/** Without the answers of the policy, which say what is wrong. */
function describeCase(name: string, policy: PolicyModel, text: string): string {
  return `${name}: ${text}\n${policy.sources.map((source) => source.text).join('\n')}`;
}

test('a request is possible if a completion of it is permitted', () => {
  let permitted = 0;
  for (const [index, [name, policy]] of policies.entries()) {
    const ask = evaluator(policy);
    const maps = collectMapNames(policy);
    for (const [at, request] of requests(policy, index).entries()) {
      const text = rewriteRequest(request.text);
      if (text === undefined || !ask(text, request.now, request.tables).decision) continue;
      const dice = new Dice(createRandomNumbers(seed + at));
      for (const left of [1000, 900, 600, 300, 0]) {
        const part = removeSomeMembers(text, dice, left, maps);
        if (part === undefined) continue;
        permitted += 1;
        const found = possibility(policy, part, request);
        if (!found.possible)
          expect.fail(
            describeCase(name, policy, `${JSON.stringify(found)}\n${part}\n${request.text}`),
          );
      }
    }
  }
  expect(permitted).toBeGreaterThan(share(4000));
}, 600_000);

test('no completion of a request that is not possible is permitted', () => {
  const seen = { impossible: 0, completions: 0, possible: 0, confirmed: 0 };
  for (const [index, [name, policy]] of policies.entries()) {
    const ask = evaluator(policy);
    const maps = collectMapNames(policy);
    const sample = requests(policy, index).slice(0, 60);
    const bySelectors = groupByKey(sample, ({ text }) => readSelectors(text) ?? '');
    for (const [at, request] of sample.entries()) {
      const { now, tables } = request;
      const dice = new Dice(createRandomNumbers(seed + at));
      const part = removeSomeMembers(request.text, dice, dice.pick([800, 500, 200]), maps);
      const selectors = readSelectors(request.text);
      if (part === undefined || selectors === undefined) continue;
      const { possible } = possibility(policy, part, request);
      const others = bySelectors.get(selectors) ?? [];
      const completions = others.flatMap(({ text }) => {
        const thinned = dice.chance(300) ? removeSomeMembers(text, dice, 700, maps) : text;
        return completeRequest(part, thinned ?? text, maps) ?? [];
      });
      const isPermitted = completions.some((text) => ask(text, now, tables).decision);
      seen.completions += completions.length;
      if (possible) seen.possible += 1;
      else seen.impossible += 1;
      if (possible && isPermitted) seen.confirmed += 1;
      if (!possible && isPermitted) expect.fail(describeCase(name, policy, part));
    }
  }
  expect(seen.impossible).toBeGreaterThan(share(3000));
  expect(seen.completions).toBeGreaterThan(share(60_000));
  expect(seen.confirmed).toBeGreaterThan(share(500));
  if (process.env.NHIPOL_SHOW !== undefined) console.log(seen);
}, 600_000);

/** Values of bands that conflict are not compared, and history is open without a session. */
function isExact(policy: PolicyModel): boolean {
  const conflicts = policy.scores.some(({ bands }) =>
    bands.some(({ narrowing }) => narrowing !== undefined && mayConflict(narrowing)),
  );
  return collectPolicyHistory(policy).length === 0 && !conflicts;
}

test('a request without open members is possible if it is permitted', () => {
  const seen = { permitted: 0, refused: 0 };
  for (const [index, [name, policy]] of policies.entries()) {
    if (!isExact(policy)) continue;
    for (const { text, now, tables } of requests(policy, index)) {
      const bytes = new TextEncoder().encode(text);
      const clock = { now, precedence: now === undefined ? 'request' : 'host' } as const;
      const { facts, error } = decode(policy, bytes, clock);
      if (facts === undefined || error !== undefined) continue;
      const { decision } = evaluator(policy)(text, now, tables);
      const { possible } = couldFacts(fillTables(policy, tables), facts, undefined);
      if (possible !== decision) expect.fail(describeCase(name, policy, `${text} ${possible}`));
      seen[decision ? 'permitted' : 'refused'] += 1;
    }
  }
  expect(seen.permitted).toBeGreaterThan(share(600));
  expect(seen.refused).toBeGreaterThan(share(1000));
}, 600_000);

test('a possibility is valid strictly before its `valid_until`', () => {
  let bounded = 0;
  for (const [index, [name, policy]] of policies.entries()) {
    const maps = collectMapNames(policy);
    for (const [at, request] of requests(policy, index).slice(0, 40).entries()) {
      const dice = new Dice(createRandomNumbers(seed + at));
      const part = removeSomeMembers(request.text, dice, 850, maps);
      if (part === undefined) continue;
      const now = readRequestTime(request);
      const found = possibility(policy, part, { ...request, now });
      const { validUntil } = found;
      const year = 31_536_000_000n;
      const end = validUntil === undefined ? now + year : BigInt(validUntil);
      if (validUntil !== undefined) bounded += 1;
      for (const instant of [(now + end) / 2n, end - 1n]) {
        const { possible } = possibility(policy, part, { ...request, now: instant });
        if (possible !== found.possible)
          expect.fail(describeCase(name, policy, `${part} at ${now} and ${instant}`));
      }
    }
  }
  expect(bounded).toBeGreaterThan(share(100));
}, 600_000);
