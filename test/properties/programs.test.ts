// The evaluator and the module agree on whole programs: each generated policy is compiled, many in
// one call of the assembler, and both engines answer generated requests alike, to the last member.
// NHIPOL_PROGRAMS and NHIPOL_REQUESTS ask for more of both, NHIPOL_SEED for others.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { check } from '../../language/index.ts';
import { requestsFor } from '../../testing/requests.ts';
import { sameAnswer } from '../../testing/validate.ts';
import { evaluator, modules } from '../support/engines.ts';
import { programs } from '../support/program-arbitrary.ts';

const setting = (name: string, usual: number) => Number(process.env[name] ?? usual);
const count = setting('NHIPOL_PROGRAMS', 24);
const requests = setting('NHIPOL_REQUESTS', 250);
const seed = setting('NHIPOL_SEED', 20_261_125);

test(`module and evaluator agree on ${count} generated policies (seed ${seed})`, async () => {
  const sources = fc.sample(programs, { numRuns: count, seed });
  const policies = sources.map((source) => {
    const { policy, diagnostics } = check('p.nhipol', new Map([['p.nhipol', source]]));
    expect(
      diagnostics.filter(({ severity }) => severity === 'error'),
      source,
    ).toEqual([]);
    return policy ?? expect.fail('no policy without a diagnostic');
  });
  const asked = await modules(policies);
  const effects = new Set<string>();
  for (const [index, policy] of policies.entries()) {
    const [byMeaning, byModule] = [evaluator(policy), asked[index]];
    for (const { text, now } of fc.sample(requestsFor(policy), {
      numRuns: requests,
      seed: seed + index,
    })) {
      const bytes = new TextEncoder().encode(text);
      const [expected, found] = [byMeaning(bytes, now), byModule?.(bytes, now)];
      effects.add(expected.effect);
      if (found === undefined || !sameAnswer(expected, found)) {
        expect({ source: sources[index], text, now, answer: found }).toEqual({ answer: expected });
      }
    }
  }
  expect([...effects].sort()).toEqual(['challenge', 'deny', 'narrow', 'permit', 'revoke']);
}, 600_000);
