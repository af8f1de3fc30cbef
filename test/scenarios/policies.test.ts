// The example policies as they are shipped: nothing to complain about, their own tests pass, and
// those tests expect every reason that a policy can give.

import { expect, test } from 'vitest';
import { evaluate } from '../../language/index.ts';
import { runTests } from '../../testing/run-tests.ts';
import { loadPolicy } from './load-policy.ts';
import { scenarios } from './requests.ts';

for (const { name, policy: entry } of scenarios) {
  const { policy, diagnostics } = loadPolicy(entry);

  test(`${name} has no findings`, () => {
    expect(diagnostics).toEqual([]);
    expect(policy).toBeDefined();
  });

  test(`${name} passes its own tests`, () => {
    if (policy === undefined) throw new Error('no policy');
    const results = runTests(policy, (request, now) =>
      evaluate(policy, request, { now, by: now === undefined ? 'request' : 'host' }),
    );
    const failed = results.filter(({ passed }) => !passed);
    expect(failed.map(({ test: { name: failing }, failures }) => ({ failing, failures }))).toEqual(
      [],
    );
    expect(results.length).toBeGreaterThan(10);
  });

  test(`${name} expects each of its reasons in a test`, () => {
    const rules = policy?.rules.map(({ id }) => id) ?? [];
    const signs = policy?.scores.flatMap(({ conditions }) => conditions.map(({ id }) => id)) ?? [];
    const steps = policy?.tests.flatMap(({ steps: all }) => all) ?? [];
    const expected = new Set(steps.flatMap(({ reasons }) => reasons ?? []));
    expect([...rules, ...signs].filter((id) => !expected.has(id))).toEqual([]);
    expect(rules.length).toBeGreaterThan(5);
  });
}
