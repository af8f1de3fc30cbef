// The policies for which properties are tested, and requests for them: the examples, two special policies
// and generated programs, which the seed determines.

import type { PolicyModel } from '@nhipol/language/model';
import { createRequestArbitrary, type GeneratedRequest, noTables } from '@nhipol/testing';
import fc from 'fast-check';
import { expect } from 'vitest';
import { loadPolicy } from '../../scenarios/load-policy.ts';
import { scenarios } from '../../scenarios/requests.ts';
import { programs } from '../arbitraries/program-arbitrary.ts';
import { runs } from '../budget.ts';
import { checkPolicy } from '../checking.ts';
import { approvalsPolicy } from './approvals-policy.ts';
import { examples as exampleFolders } from './examples.ts';
import { separatePolicy } from './separate-policy.ts';
import { strictPolicy } from './strict-policy.ts';

type Named = readonly [name: string, policy: PolicyModel];

export const seed = Number(process.env.NHIPOL_SEED ?? 20_261_125);

export const examples = exampleFolders.map(
  ({ name, path }): Named => [name, loadPolicy(path).policy ?? expect.fail(`${name} has errors`)],
);
export const strict: Named = ['strict', checkPolicy(strictPolicy)];
export const approvals: Named = ['approvals', checkPolicy(approvalsPolicy)];
export const separate: Named = ['separate', checkPolicy(separatePolicy)];
const generated = fc
  .sample(programs, { numRuns: runs(8, 3), seed })
  .map(({ text, others }, index): Named => [`generated ${index}`, checkPolicy(text, others)]);
export const all = [...examples, strict, separate, approvals, ...generated];
/** The first of them, whose modules are compared as well. Few, because the assembler takes most of the time. */
export const compiled = [
  ...examples,
  strict,
  separate,
  approvals,
  ...generated.slice(0, runs(3, 1)),
];

/** Creates them once for each policy, because that takes most of the time. */
const made = new Map<PolicyModel, readonly GeneratedRequest[]>();

/** For an example, half of the requests are from its scenario, most of which are valid. */
export function generateRequests(policy: PolicyModel): readonly GeneratedRequest[] {
  const known = made.get(policy);
  if (known !== undefined) return known;
  const numRuns = [strict, separate, approvals].some(([, own]) => own === policy) ? 400 : 60;
  const name = examples.find(([, example]) => example === policy)?.[0];
  const ofScenario = scenarios.find((scenario) => scenario.name === name);
  const requests = fc
    .sample(createRequestArbitrary(policy), { numRuns, seed })
    .flatMap((request, index) => {
      if (ofScenario === undefined) return [request];
      const text = JSON.stringify(ofScenario.request(seed + index));
      return [request, { text, now: undefined, tables: noTables }];
    });
  made.set(policy, requests);
  return requests;
}

export function chooseRequest(policy: PolicyModel): fc.Arbitrary<GeneratedRequest> {
  return fc.constantFrom(...generateRequests(policy));
}

/** Milliseconds: the instant of evaluation, or the time of the request. */
export function readRequestTime({ text, now }: GeneratedRequest): bigint {
  const [, time = ''] = /"time": ?"([^"]+)"/.exec(text) ?? [];
  const own = Date.parse(time);
  return now ?? BigInt(Number.isNaN(own) ? Date.UTC(2026, 2, 3, 10) : own);
}
