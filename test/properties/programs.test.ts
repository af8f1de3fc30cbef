// The evaluator and the module agree on whole programs: both engines answer generated requests of
// generated policies alike, to the last member. NHIPOL_PROGRAMS and NHIPOL_REQUESTS ask for more of
// both, NHIPOL_SEED for others; `npm run differential` goes on as long as one likes.

import { expect, test } from 'vitest';
import { compareBatch } from '../support/differential.ts';

const setting = (name: string, usual: number) => Number(process.env[name] ?? usual);
const programs = setting('NHIPOL_PROGRAMS', 24);
const requests = setting('NHIPOL_REQUESTS', 250);
const seed = setting('NHIPOL_SEED', 20_261_125);

test(`module and evaluator agree on ${programs} generated policies (seed ${seed})`, async () => {
  const { decisions, effects, disagreement } = await compareBatch({ seed, programs, requests });
  expect(disagreement).toBeUndefined();
  expect(decisions).toBe(programs * requests);
  expect([...effects].sort()).toEqual(['challenge', 'deny', 'narrow', 'permit', 'revoke']);
}, 600_000);
