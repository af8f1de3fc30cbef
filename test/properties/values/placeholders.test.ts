// No value of a placeholder widens a comparison: a string that matches consists of the text that the author wrote, with
// one segment in the place of each placeholder. Plain names are always taken. Both engines have the same answers.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runs } from '../../support/budget.ts';
import { checkPolicy } from '../../support/checking.ts';
import { evaluator, modules } from '../../support/modules/engines.ts';

const seed = Number(process.env.NHIPOL_SEED ?? 20_261_201);

type Operator = 'under' | 'starts_with' | 'ends_with' | 'is';

/** The texts around the placeholders `{x}` and `{y}`. */
const templates: readonly (readonly [Operator, string])[] = [
  ['under', '/t/{x}'],
  ['under', '/t/{x}/'],
  ['under', '/t/{x}/f/{y}'],
  ['under', '/t/a-{x}'],
  ['under', '/t/{x}:{y}'],
  ['starts_with', 't/{x}/'],
  ['starts_with', 't/{x}'],
  ['starts_with', 'arn:{x}:{y}'],
  ['starts_with', 'https://{x}.a.b/'],
  ['starts_with', 'https://a.b/{x}/{y}/'],
  ['ends_with', '/{x}'],
  ['ends_with', '@{x}/{y}'],
  ['ends_with', ':{x}.a'],
  ['is', '{x}/{y}'],
  ['is', 't:{x}:{y}'],
];

const policy = checkPolicy(`policy placeholders
subject agent { x: String, y: String }
action any {}
resource any {}
for agent {
${templates.map(([operator, text], at) => `  permit yes_${at} when resource.id ${operator} "${text.replaceAll(/[xy]/g, 'subject.$&')}"`).join('\n')}
${templates.map(([operator, text], at) => `  deny maybe_${at} when resource.id ${operator} "${text.replaceAll(/[xy]/g, 'subject.$&')}"`).join('\n')}
}`);

const byEvaluator = evaluator(policy);
const [byModule] = await modules([policy]);

interface Values {
  readonly x: string;
  readonly y: string;
}

function fill(text: string, { x, y }: Values): string {
  return text.replace('{x}', () => x).replace('{y}', () => y);
}

/** The strings that the author can see: each placeholder is one segment without the separator next to it. */
function visible(operator: Operator, text: string): RegExp {
  const parts = (operator === 'under' ? text.replace(/\/$/, '') : text).split(/\{[xy]\}/);
  const segment = (index: number) => {
    const next = operator === 'ends_with' ? parts[index]?.at(-1) : parts[index + 1]?.at(0);
    const own = next === undefined || next === '-' ? '' : next;
    return `(?!\\.\\.?(?:[/${escapePattern(own)}]|$))[^/\\\\*?\\[\\]{}\\p{Cc}${escapePattern(own)}]+`;
  };
  const whole = parts.map(
    (part, index) => (index === 0 ? '' : segment(index - 1)) + escapePattern(part),
  );
  const inner = whole.join('');
  if (operator === 'under') return new RegExp(`^${inner}(?:/.*)?$`, 'us');
  if (operator === 'is') return new RegExp(`^${inner}$`, 'us');
  return operator === 'starts_with' ? new RegExp(`^${inner}`, 'us') : new RegExp(`${inner}$`, 'us');
}

function escapePattern(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}

const characters = [
  'a',
  'b',
  '-',
  '_',
  '.',
  '/',
  ':',
  '@',
  '*',
  '?',
  '#',
  '%',
  '2',
  'f',
  '\\',
  '\0',
  'é',
];
const value = fc.oneof(
  fc.constantFrom(
    '',
    '/',
    '..',
    '.',
    'a/b',
    '*',
    'a',
    'a.b',
    'a:b',
    'a%2fb',
    '／',
    'evil#',
    '.evil',
  ),
  fc.string({ unit: fc.constantFrom(...characters), maxLength: 5 }),
);
const plain = fc.string({
  unit: fc.constantFrom('a', 'Z', '7', '-', '_', 'é'),
  minLength: 1,
  maxLength: 5,
});

function listReasons(id: string, values: Values): readonly string[] {
  const request = JSON.stringify({
    subject: { type: 'agent', id: 'a', properties: values },
    action: { name: 'read' },
    resource: { type: 'r', id },
  });
  const [one, two] = [byEvaluator(request), byModule?.(request)];
  expect(two?.reasons).toEqual(one.reasons);
  return one.reasonDetails.map((detail) => `${detail.id} ${detail.firedOn}`);
}

test('a string that matches has one segment in the place of each placeholder', () => {
  const around = fc.constantFrom('', 'a', '/a', '/../a', 'a/b/', '.a.b/');
  fc.assert(
    fc.property(
      fc.record({ x: value, y: value }),
      fc.constantFrom(...templates.keys()),
      around,
      (values, at, more) => {
        const [operator, text] = templates[at] as (typeof templates)[number];
        const own = fill(text, values);
        for (const id of [own, `${own}${more}`, `${more}${own}`]) {
          if (!listReasons(id, values).includes(`maybe_${at} true`)) continue;
          expect(id, `${operator} ${text}`).toMatch(visible(operator, text));
        }
      },
    ),
    { numRuns: runs(400), seed },
  );
});

test('a plain name is taken by every comparison', () => {
  fc.assert(
    fc.property(fc.record({ x: plain, y: plain }), (values) => {
      for (const [at, [, text]] of templates.entries())
        expect(listReasons(fill(text, values), values), text).toContain(`maybe_${at} true`);
    }),
    { numRuns: runs(30), seed },
  );
});
