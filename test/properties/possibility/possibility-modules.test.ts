// The module agrees with the evaluator about what is possible, for the examples, special policies and generated
// programs, with every plan. NHIPOL_SEED changes the requests, NHIPOL_TIMES multiplies their number.

import { could } from '@nhipol/language';
import type { PolicyModel } from '@nhipol/language/model';
import {
  createRandomNumbers,
  createRequestArbitrary,
  fillModule,
  fillTables,
} from '@nhipol/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  collectMapNames,
  removeSomeMembers,
} from '../../../assurance/testing/generate/incomplete.ts';
import { Dice } from '../../../assurance/testing/generate/random.ts';
import { programs } from '../../support/arbitraries/program-arbitrary.ts';
import { runs, share } from '../../support/budget.ts';
import { checkPolicy } from '../../support/checking.ts';
import { createCachedAssembler } from '../../support/modules/assembler.ts';
import { loadPolicies } from '../../support/modules/engines.ts';
import { layouts } from '../../support/policies/layouts.ts';
import {
  approvals,
  examples,
  generateRequests,
  seed,
  separate,
  strict,
} from '../../support/policies/property-policies.ts';

const generated = fc
  .sample(programs, { numRuns: runs(24, 4), seed: seed + 2 })
  .map(({ text, others }, index) => [`generated ${index}`, checkPolicy(text, others)] as const);
const policies = [...examples, strict, separate, approvals, ...generated];

test.each(layouts)(
  'module and evaluator agree, $layout',
  async ({ optimize, planning }) => {
    const modules = await loadPolicies(
      policies.map(([, policy]) => policy),
      createCachedAssembler(optimize),
      planning,
      { possible: true },
    );
    const seen = { possible: 0, impossible: 0, invalid: 0, bounded: 0 };
    for (const [index, [name, policy]] of policies.entries()) {
      const module = modules[index] ?? expect.fail('no module');
      const maps = collectMapNames(policy);
      for (const [at, { text, now, tables }] of requests(policy, index).entries()) {
        fillModule(module, tables);
        const dice = new Dice(createRandomNumbers(seed + at));
        const part = removeSomeMembers(text, dice, dice.pick([1000, 900, 600, 300]), maps);
        for (const request of part === undefined ? [text] : [text, part]) {
          const bytes = new TextEncoder().encode(request);
          const clock = { now, precedence: now === undefined ? 'request' : 'host' } as const;
          const meant = could(fillTables(policy, tables), bytes, clock);
          const found = module.couldJson(bytes, { now: now ?? 'request' });
          expect({ name, request, ...found }).toEqual({ name, request, ...meant });
          seen[found.possible ? 'possible' : 'impossible'] += 1;
          if (found.error !== undefined) seen.invalid += 1;
          if (found.validUntil !== undefined) seen.bounded += 1;
        }
      }
    }
    expect(seen.possible).toBeGreaterThan(share(300));
    expect(seen.impossible).toBeGreaterThan(share(300));
    expect(seen.invalid).toBeGreaterThan(share(20));
    expect(seen.bounded).toBeGreaterThan(share(50));
  },
  600_000,
);

function requests(policy: PolicyModel, at: number) {
  return [
    ...generateRequests(policy).slice(0, runs(120, 10)),
    ...fc.sample(createRequestArbitrary(policy), { numRuns: runs(240, 20), seed: seed + at }),
  ];
}
