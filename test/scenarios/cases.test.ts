// Fifty situations written by hand, each a request and the answer that both the policies and the oracle must give.

import { readFileSync } from 'node:fs';
import { evaluate } from '@nhipol/language';
import { expect, test } from 'vitest';
import type { Json } from './facts.ts';
import { loadPolicy } from './load-policy.ts';
import { oracles, type ScenarioName } from './oracle.ts';

interface Case {
  readonly id: string;
  readonly scenario: string;
  readonly situation: string;
  readonly request: Json;
  readonly expected: {
    readonly decision: boolean;
    readonly effect: string;
    readonly reasons: readonly string[];
  };
}

const cases = JSON.parse(
  readFileSync(new URL('cases.json', import.meta.url), 'utf8'),
) as readonly Case[];

const names: Readonly<Record<string, ScenarioName>> = {
  S1: 'support-agent',
  S2: 'ci-deploy',
  S3: 'api-key',
  S4: 'federated-workload',
  S5: 'admin-bot',
};

const policies = new Map(
  Object.values(names).map((name) => [name, loadPolicy(`examples/${name}/policy.nhipol`).policy]),
);

test.each(cases)('$id $situation', ({ id, request, expected }) => {
  const name = names[id.slice(0, 2)] as ScenarioName;
  const policy = policies.get(name);
  if (policy === undefined) throw new Error(`${name} has errors`);
  const bytes = new TextEncoder().encode(JSON.stringify(request));
  const { effect, decision, reasons } = evaluate(policy, bytes, {
    now: undefined,
    precedence: 'request',
  });
  const sorted = { ...expected, reasons: [...expected.reasons].sort() };
  expect({ effect, decision, reasons }).toEqual(sorted);
  const oracle = oracles[name](request);
  expect(oracle).toEqual({ effect: sorted.effect, reasons: sorted.reasons });
});
