// The evaluator and the module agree on whole programs: both engines give identical answers to generated
// requests of generated policies, with every plan. NHIPOL_PROGRAMS and NHIPOL_REQUESTS increase their
// number, NHIPOL_SEED changes them; `npm run differential` runs for any length of time.

import type { EffectName } from '@nhipol/runtime/abi';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { requestsFor } from '../../testing/generate/requests.ts';
import { runs } from '../support/budget.ts';
import { policyOf } from '../support/checking.ts';
import { compareBatch } from '../support/differential.ts';
import { evaluator } from '../support/engines.ts';
import { layouts } from '../support/layouts.ts';
import { programs as generated } from '../support/program-arbitrary.ts';

const setting = (name: string, defaultValue: number) => Number(process.env[name] ?? defaultValue);
const programs = setting('NHIPOL_PROGRAMS', runs(24, 12));
const requests = setting('NHIPOL_REQUESTS', runs(250, 60));
const seed = setting('NHIPOL_SEED', 20_261_140);

test.each(layouts)(
  'module and evaluator agree on generated policies, $layout',
  async ({ optimize, planning }) => {
    const compared = await compareBatch({ seed, programs, requests, optimize, planning });
    expect(compared.disagreement).toBeUndefined();
    expect(compared.decisions).toBe(programs * requests);
    expect(compared.effects.size).toBeGreaterThan(3);
  },
  600_000,
);

// Modules take too long for the number of programs that gets every effect.
test('generated requests of generated policies get every effect', () => {
  const found = new Set<EffectName>();
  for (const [index, { text, others }] of fc.sample(generated, { numRuns: 60, seed }).entries()) {
    const policy = policyOf(text, others);
    const ask = evaluator(policy);
    for (const { text: request, now, tables } of fc.sample(requestsFor(policy), {
      numRuns: 60,
      seed: seed + index,
    })) {
      found.add(ask(request, now, tables).effect);
    }
  }
  expect([...found].sort()).toEqual(['challenge', 'deny', 'narrow', 'permit', 'revoke']);
});
