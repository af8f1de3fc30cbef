// The evaluator and the module agree on whole programs: both engines give identical answers to generated
// requests of generated policies, with every plan. NHIPOL_PROGRAMS and NHIPOL_REQUESTS increase their
// number, NHIPOL_SEED changes them; `npm run differential` runs for any length of time.

import type { EffectName } from '@nhipol/runtime/abi';
import { createRequestArbitrary } from '@nhipol/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { programs as generated } from '../support/arbitraries/program-arbitrary.ts';
import { runs, share } from '../support/budget.ts';
import { checkPolicy } from '../support/checking.ts';
import { compareFleets } from '../support/fleets/generated.ts';
import { assembleQuickly } from '../support/modules/assembler.ts';
import { compareBatch } from '../support/modules/differential.ts';
import { evaluator } from '../support/modules/engines.ts';
import { layouts } from '../support/policies/layouts.ts';

const setting = (name: string, defaultValue: number) => Number(process.env[name] ?? defaultValue);
const programs = setting('NHIPOL_PROGRAMS', runs(24, 6));
const requests = setting('NHIPOL_REQUESTS', runs(250, 40));
const seed = setting('NHIPOL_SEED', 20_261_141);

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

test('module and evaluator agree in sessions of generated policies', {
  timeout: 600_000,
}, async () => {
  const fleets = {
    seed,
    programs: runs(60, 16),
    steps: runs(600, 120),
    assembler: assembleQuickly,
  };
  const { compared, counts, disagreement } = await compareFleets(fleets);
  expect(disagreement).toBeUndefined();
  expect(compared).toBeGreaterThan(share(3));
  for (const kind of ['decide', 'record', 'could', 'evaluated by sweeps', 'found by sweeps'])
    expect(counts[kind], kind).toBeGreaterThan(0);
});

// Modules take too long for the number of programs that gets every effect.
test('generated requests of generated policies get every effect', () => {
  const found = new Set<EffectName>();
  for (const [index, { text, others }] of fc
    .sample(generated, { numRuns: runs(60, 20), seed })
    .entries()) {
    const policy = checkPolicy(text, others);
    const ask = evaluator(policy);
    for (const { text: request, now, tables } of fc.sample(createRequestArbitrary(policy), {
      numRuns: runs(60, 30),
      seed: seed + index,
    })) {
      found.add(ask(request, now, tables).effect);
    }
  }
  expect([...found].sort()).toEqual(['challenge', 'deny', 'narrow', 'permit', 'revoke']);
});
