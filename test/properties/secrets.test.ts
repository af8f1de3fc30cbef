// Properties of secret members in generated programs: no answer, explanation, log or difference contains their
// values, and the code of the policy is the same without the modifier.

import {
  evaluate,
  explain,
  type Json,
  maskSecrets,
  parseJson,
  renderExplanation,
  writeJson,
} from '@nhipol/language';
import type { PolicyModel } from '@nhipol/language/model';
import type { Type } from '@nhipol/language/types';
import { stringify, toAuthZen } from '@nhipol/runtime';
import { createRequestArbitrary } from '@nhipol/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { setJsonValue } from '../../assurance/testing/explore/paths.ts';
import { emit } from '../../compiler/emit/emit.ts';
import { link } from '../../compiler/emit/link.ts';
import { lower } from '../../compiler/lower/lower.ts';
import { describePolicy } from '../../compiler/manifest/describe-policy.ts';
import { plan } from '../../compiler/plan/plan.ts';
import { programs } from '../support/arbitraries/program-arbitrary.ts';
import { runs } from '../support/budget.ts';
import { checkPolicy } from '../support/checking.ts';

const generated = runs(120, 15);
const requests = runs(60, 20);

/** Values of each type that occur nowhere else, each with what must not be shown of it. */
const unmistakable: Readonly<Record<string, readonly (readonly [json: string, shown: string])[]>> =
  {
    Int: [['7316529048', '7316529048']],
    Decimal: [['731652.904871', '731652.904871']],
    Duration: [['73165290', '73165290']],
    Timestamp: [['"2031-07-16T05:29:04.871Z"', '2031-07-16']],
    String: [
      ['"Unmistakable7316"', 'nmistakable7316'],
      ['"/a/../unmistakable7316"', 'nmistakable7316'],
      ['"spiffe://unmistakable7316/x"', 'nmistakable7316'],
    ],
    SpiffeId: [
      ['"spiffe://unmistakable7316/ns"', 'nmistakable7316'],
      ['"unmistakable7316"', 'nmistakable7316'],
    ],
    Ip: [
      ['"203.0.113.73"', '203.0.113'],
      ['"unmistakable7316"', 'nmistakable7316'],
    ],
    Cidr: [
      ['"203.0.113.64/28"', '203.0.113'],
      ['"unmistakable7316"', 'nmistakable7316'],
    ],
    Enum: [['"unmistakable7316"', 'nmistakable7316']],
  };
const seconds = ['1941945344.871', '1941945344'] as const;
/** Values that have another type than declared. */
const odd = [
  ['{"unmistakable7316": 1}', 'nmistakable7316'],
  ['["unmistakable7316"]', 'nmistakable7316'],
  ['"unmistakable7316"', 'nmistakable7316'],
] as const;
const needles = [
  ...new Set([...Object.values(unmistakable).flat(), seconds, ...odd].map(([, shown]) => shown)),
];

function secretValue(type: Type, pick: (count: number) => number): string {
  if (type.kind === 'Set' || type.kind === 'List') {
    const elements = Array.from({ length: pick(3) }, () => secretValue(type.element, pick));
    return `[${elements.join(', ')}]`;
  }
  if (pick(12) === 0) return odd[pick(odd.length)]?.[0] ?? '';
  if (type.kind === 'Timestamp' && type.inSeconds) return seconds[0];
  const choices = unmistakable[type.kind] ?? [];
  return choices[pick(choices.length)]?.[0] ?? 'null';
}

/** The request with a value of its own for each member of the vault. */
function withSecrets(policy: PolicyModel, request: string, seed: number): string {
  let state = seed;
  const pick = (count: number) => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return Math.floor((state / 2147483648) * count);
  };
  const vault = policy.context?.members.get('vault')?.type;
  const json = parseJson(request);
  if (json?.kind !== 'object' || vault?.kind !== 'Record') return request;
  const members = [...vault.members.values()].map(
    ({ name, type }) => `${JSON.stringify(name)}: ${secretValue(type, pick)}`,
  );
  const value = parseJson(`{${members.join(', ')}}`) as Json;
  return writeJson(setJsonValue(json, ['context', 'vault'], value) ?? json);
}

function expectHidden(text: string, what: string): void {
  const found = needles.filter((needle) => text.includes(needle));
  expect(found, `${what}: ${text}`).toEqual([]);
}

test('no answer, explanation or masked request contains the value of a secret member', () => {
  let shown = 0;
  for (const { text: source, others } of fc.sample(programs, generated)) {
    const policy = checkPolicy(source, others);
    for (const [index, { text, now }] of fc
      .sample(createRequestArbitrary(policy), requests)
      .entries()) {
      const request = withSecrets(policy, text, index + 1);
      const bytes = new TextEncoder().encode(request);
      const clock = {
        now,
        precedence: now === undefined ? ('request' as const) : ('host' as const),
      };
      expectHidden(stringify(toAuthZen(evaluate(policy, bytes, clock))), 'the answer');
      const everyRule = policy.rules.map(({ id }) => id);
      const explanation = explain(policy, bytes, clock, everyRule);
      const json = stringify(explanation);
      expectHidden(json, 'the explanation as JSON');
      const rendered = renderExplanation(explanation, policy.sources, { silent: true });
      expectHidden(rendered, 'the explanation as text');
      expectHidden(maskSecrets(policy, request), 'the masked request');
      if (json.includes('secret:')) shown += 1;
    }
  }
  // Explanations do show secret members, so that the property says something.
  expect(shown).toBeGreaterThan(generated / 8);
});

test('a policy has the same code with and without the modifier', () => {
  for (const { text, others } of fc.sample(programs, generated)) {
    // Spaces keep the positions, which are part of the code.
    const open = (source: string) => source.replaceAll(/\bsecret (?=[A-Z{])/g, '       ');
    expect(open(text) + Object.values(others).map(open)).not.toBe(text + Object.values(others));
    const emitCode = (entry: string, files: typeof others) => {
      const policy = checkPolicy(entry, files);
      const ir = lower(policy);
      const description = describePolicy(policy, ir);
      return link(emit([{ ir, plan: plan(ir), description, sessions: true }]), () => '');
    };
    const opened = Object.fromEntries(
      Object.entries(others).map(([path, source]) => [path, open(source)]),
    );
    expect(emitCode(open(text), opened)).toEqual(emitCode(text, others));
  }
});
