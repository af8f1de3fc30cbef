// Each policy compared with the table that it implements: on random requests both must agree. A difference is
// shown with its seed, which generates the same request again.

import { evaluate } from '@nhipol/language';
import { expect, test } from 'vitest';
import { runs } from '../support/budget.ts';
import { loadPolicy } from './load-policy.ts';
import { oracles } from './oracle.ts';
import { scenarios } from './requests.ts';

const requests = runs(3_000, 1_500);

for (const { name, policy: entry, request: generate } of scenarios) {
  test(`${name} answers as its table does`, () => {
    const { policy } = loadPolicy(entry);
    if (policy === undefined) throw new Error(`${name} has errors`);
    const seen = new Set<string>();
    for (let seed = 1; seed <= requests; seed++) {
      const request = generate(seed);
      const bytes = new TextEncoder().encode(JSON.stringify(request));
      const answer = evaluate(policy, bytes, { now: undefined, precedence: 'request' });
      const expected = oracles[name](request);
      expect(
        { effect: answer.effect, reasons: answer.reasons },
        `seed ${seed}: ${JSON.stringify(request)}`,
      ).toEqual(expected);
      for (const reason of expected.reasons) seen.add(reason);
    }
    const possible = [
      ...policy.rules.map(({ id }) => id),
      ...policy.scores.flatMap(({ conditions }) => conditions.map(({ id }) => id)),
      'default_deny',
      'invalid_request',
    ];
    expect([...seen].sort(), 'every reason occurs').toEqual([...new Set(possible)].sort());
  });
}
