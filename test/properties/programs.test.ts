// The evaluator and the module agree on whole programs: both engines give identical answers to generated
// requests of generated policies, with every plan. NHIPOL_PROGRAMS and NHIPOL_REQUESTS increase their
// number, NHIPOL_SEED changes them; `npm run differential` runs for any length of time.

import { expect, test } from 'vitest';
import { runs } from '../support/budget.ts';

import { compareBatch } from '../support/differential.ts';
import { layouts } from '../support/layouts.ts';

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
    expect([...compared.effects].sort()).toEqual([
      ...['challenge', 'deny', 'narrow', 'permit', 'revoke'],
    ]);
  },
  600_000,
);
