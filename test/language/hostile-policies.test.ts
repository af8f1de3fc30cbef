// Policies made to hang or overflow the checker, the evaluator or the lowering: the result is a diagnostic, or an
// answer in time that is linear in the length of the policy.

import { evaluate } from '@nhipol/language';
import { expect, test } from 'vitest';
import { lower } from '../../compiler/public.ts';
import { checkPolicy, checkText } from '../support/checking.ts';

const request = new TextEncoder().encode(
  '{ "subject": { "type": "a", "id": "b" }, "action": { "name": "c" }, "resource": { "type": "d", "id": "e" }, "context": { "n": 0 } }',
);

function codes(text: string): string[] {
  return [...new Set(checkText(text).diagnostics.map(({ code }) => code))];
}

/** The milliseconds of processor time, which other processes do not lengthen. */
function milliseconds(work: () => void): number {
  const started = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(started);
  return (user + system) / 1000;
}

/** A chain of `let`s, each using the one before twice. */
function doubling(count: number): string {
  const lets = Array.from({ length: count }, (_, i) => `let n${i + 1} = n${i} + n${i}\n`);
  return `policy p\ncontext { n?: Int }\nfor any {\nlet n0 = context.n\n${lets.join('')}permit ok when n${count} is 0\ndeny no when n${count} > 0 }`;
}

function rules(count: number): string {
  const each = (_: unknown, i: number) =>
    `deny r${i} when context.n > ${i} and not (context.n < ${-i})\n`;
  return `policy p\ncontext { n?: Int }\nfor any {\npermit ok otherwise\n${Array.from({ length: count }, each).join('')}}`;
}

test.each([
  ['ten megabytes', `policy p //${'x'.repeat(10_000_000)}`, 'source-too-large'],
  [
    'a thousand parentheses',
    `policy p\nfor any { permit ok when ${'('.repeat(1000)}true${')'.repeat(1000)} }`,
    'nesting-too-deep',
  ],
  ['a thousand levels of `let`s', doubling(5000), 'too-many'],
])('rejects %s in a few seconds', (_, text, code) => {
  let found: string[] = [];
  expect(milliseconds(() => (found = codes(text)))).toBeLessThan(10_000);
  expect(found).toEqual([code]);
});

test('a shared `let` is checked, evaluated and lowered once', () => {
  const policy = checkPolicy(doubling(250));
  const answer = evaluate(policy, request, { now: undefined, precedence: 'request' });
  expect(answer.effect).toBe('permit');
  expect(answer.read).toEqual(['context.n']);
  expect(lower(policy).rules).toHaveLength(2);
});

test('a shared unknown value is reported once', () => {
  const policy = checkPolicy(doubling(250));
  const unknown = new TextEncoder().encode(
    new TextDecoder().decode(request).replace('"n": 0', '"n": null'),
  );
  const { reasonDetails } = evaluate(policy, unknown, { now: undefined, precedence: 'request' });
  expect(reasonDetails).toMatchObject([{ id: 'no', firedOn: 'unknown', unknown: ['context.n'] }]);
});

test('ten thousand rules are checked, evaluated and lowered in seconds', () => {
  expect(milliseconds(() => checkPolicy(rules(10_000)))).toBeLessThan(10_000);
  const policy = checkPolicy(rules(10_000));
  expect(
    milliseconds(() => {
      expect(evaluate(policy, request, { now: undefined, precedence: 'request' }).effect).toBe(
        'permit',
      );
      expect(lower(policy).rules).toHaveLength(10_001);
    }),
  ).toBeLessThan(5000);
});

test('five thousand independent `let`s are not a chain', () => {
  const lets = Array.from({ length: 5000 }, (_, i) => `let n${i} = context.n + ${i}\n`).join('');
  const used = Array.from({ length: 50 }, (_, i) => `deny r${i} when n${i * 100} > 9999\n`).join(
    '',
  );
  const text = `policy p\ncontext { n?: Int }\nfor any {\npermit ok otherwise\n${lets}${used}}`;
  expect(milliseconds(() => checkPolicy(text))).toBeLessThan(10_000);
});
