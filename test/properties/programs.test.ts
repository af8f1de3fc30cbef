// The evaluator and the module agree on whole programs: both engines answer generated requests of
// generated policies alike, to the last member, however the rules are laid out. NHIPOL_PROGRAMS and
// NHIPOL_REQUESTS ask for more of both, NHIPOL_SEED for others; `npm run differential` goes on as long
// as one likes.

import { expect, test } from 'vitest';

import { compareBatch } from '../support/differential.ts';
import { layouts } from '../support/layouts.ts';

const setting = (name: string, usual: number) => Number(process.env[name] ?? usual);
const programs = setting('NHIPOL_PROGRAMS', 24);
const requests = setting('NHIPOL_REQUESTS', 250);
const seed = setting('NHIPOL_SEED', 20_261_125);

test.each(layouts)(
  `module and evaluator agree on ${programs} generated policies (seed ${seed}), $layout`,
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
