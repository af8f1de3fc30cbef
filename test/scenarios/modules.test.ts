// The scenarios' modules: the sample of cases, and random requests, compared with the tables and with
// the evaluator.

import { isSameAnswer } from '@nhipol/testing';
import { expect, test } from 'vitest';
import { runs } from '../support/budget.ts';
import { assemble } from '../support/modules/assembler.ts';
import { evaluator, modules } from '../support/modules/engines.ts';
import cases from './cases.json' with { type: 'json' };
import { loadPolicy } from './load-policy.ts';
import { oracles } from './oracle.ts';
import { scenarios } from './requests.ts';

function loadOrFail(path: string) {
  return loadPolicy(path).policy ?? expect.fail(`${path} does not check`);
}

const requests = runs(10_000);

const answerByScenario = await modules(
  scenarios.map(({ policy }) => loadOrFail(policy)),
  assemble,
);

for (const [index, { name, policy, request }] of scenarios.entries()) {
  const byModule = answerByScenario[index] ?? expect.fail('a scenario without a module');

  test(`${name}: all cases of the sample are answered as expected`, () => {
    const own = cases.filter(({ id }) => id.startsWith(`S${index + 1}.`));
    expect(own.length).toBeGreaterThan(0);
    for (const { id, request: json, expected } of own) {
      const { decision, effect, reasons } = byModule(JSON.stringify(json));
      const wanted = { ...expected, reasons: [...expected.reasons].sort() };
      expect({ id, decision, effect, reasons }).toEqual({ id, ...wanted });
    }
  });

  test(`${name}: random requests are answered as expected`, () => {
    const byMeaning = evaluator(loadOrFail(policy));
    for (let seed = 1; seed <= requests; seed += 1) {
      const random = request(seed);
      const text = JSON.stringify(random);
      const answer = byModule(text);
      const expected = oracles[name as keyof typeof oracles](random);
      const { effect, reasons } = answer;
      if (effect !== expected.effect || String(reasons) !== String([...expected.reasons].sort())) {
        expect({ seed, text, effect, reasons }).toEqual({ seed, text, ...expected });
      }
      if (!isSameAnswer(answer, byMeaning(text)))
        expect({ seed, answer }).toEqual({ seed, answer: byMeaning(text) });
    }
  }, 120_000);
}
