// Sources made to hang or overflow the parser: each is rejected at a limit, or parsed in linear time.

import { visit } from '@nhipol/language/syntax';
import { expect, test } from 'vitest';
import { parseText } from '../../support/parsing.ts';

const repeatText = (count: number, text: string) => text.repeat(count);

function codes(text: string): string[] {
  return [...new Set(parseText(text).diagnostics.map(({ code }) => code))];
}

/** CPU time, which does not depend on other processes. */
function measureMilliseconds(started: NodeJS.CpuUsage): number {
  return process.cpuUsage(started).user / 1000;
}

test('does not parse a source that is too large', () => {
  const { file, diagnostics } = parseText(`const a = 1 //${repeatText(10_000_000, 'x')}`);
  expect(file.items).toEqual([]);
  expect(diagnostics.map(({ code }) => code)).toEqual(['source-too-large']);
});

test.each([
  ['parentheses', `const a = ${repeatText(1000, '(')}1${repeatText(1000, ')')}`],
  ['sets', `const a = ${repeatText(1000, '{')}1${repeatText(1000, '}')}`],
  ['calls', `const a = ${repeatText(1000, 'f(')}1${repeatText(1000, ')')}`],
  ['braces alone', repeatText(1_000_000, '{')],
  ['not', `const a = ${repeatText(1000, 'not ')}x`],
  ['minus', `const a = ${repeatText(1000, '- ')}x`],
  ['if … else if', `const a = ${repeatText(1000, 'if a then b else ')}c`],
  ['if if', `const a = ${repeatText(1000, 'if ')}a${repeatText(1000, ' then b else c')}`],
  ['quantifiers', `const a = ${repeatText(1000, 'any x in y satisfies ')}z`],
  ['types', `record R { a: ${repeatText(1000, 'Set<')}Int${repeatText(1000, '>')} }`],
  ['records', `record R ${repeatText(1000, '{ a: ')}Int${repeatText(1000, '}')}`],
  [
    'placeholders',
    `for any { deny a because "{${repeatText(1000, '(')}a${repeatText(1000, ')')}}" }`,
  ],
])('reports nesting that is too deep: %s', (_, text) => {
  expect(codes(text)).toEqual(['nesting-too-deep']);
});

test.each([
  ['and', `const a = ${repeatText(10_000, 'a and ')}b`],
  ['else', `const a = ${repeatText(10_000, 'a else ')}b`],
  ['implies', `const a = ${repeatText(10_000, 'a implies ')}b`],
  ['members', `const a = a${repeatText(10_000, '.b')}`],
  [
    'chains in chains',
    `const a = ${repeatText(50, `(${repeatText(20, 'a and ')}`)}b${repeatText(50, ')')}`,
  ],
])('reports an expression that is too long: %s', (_, text) => {
  expect(codes(text)).toEqual(['expression-too-long']);
});

test.each([
  ['parentheses', `const a = ${repeatText(100, '(')}1${repeatText(100, ')')}`],
  ['not', `const a = ${repeatText(100, 'not ')}x`],
  ['if … else if', `const a = ${repeatText(99, 'if a then b else ')}c`],
  ['and', `const a = ${repeatText(500, 'a and ')}b`],
  ['a wide set', `const a = { ${repeatText(50_000, '"x", ')} }`],
])('accepts a source within the limits: %s', (_, text) => {
  const { found, file } = parseText(text);
  expect(found).toEqual([]);
  let nodes = 0;
  visit(file, () => {
    nodes += 1;
    return true;
  });
  expect(nodes).toBeGreaterThan(3);
});

test.each([
  ['NUL', repeatText(300_000, '\0 ')],
  ['lone surrogates', repeatText(1_000_000, '\ud800')],
  ['quotes', repeatText(500_000, '"\n')],
  ['backslashes', `const a = "${repeatText(1_000_000, '\\')}`],
  ['digits', `const a = ${repeatText(1_000_000, '9')}`],
  ['errors in rules', `for any { ${repeatText(80_000, 'x permit a ')} }`],
  ['errors in declarations', repeatText(60_000, 'x const a = 1 ')],
  ['errors in members', `record R { ${repeatText(100_000, 'a: ? ')} }`],
  ['errors in sets', `const a = { ${repeatText(200_000, 'a ? ')} }`],
  ['open placeholders', `for any { deny a because "${repeatText(200_000, '{a ')}" }`],
])('reports errors for a megabyte of invalid source: %s', (_, text) => {
  const started = process.cpuUsage();
  expect(codes(text).length).toBeGreaterThan(0);
  expect(measureMilliseconds(started)).toBeLessThan(20_000);
});

test('parses ten thousand rules in a few seconds', () => {
  const rules = Array.from(
    { length: 10_000 },
    (_, i) => `deny rule_${i} when subject.state is not active and context.time >= subject.until\n`,
  );
  const text = `for any {\n${rules.join('')}}`;
  parseText(text.slice(0, 100_000));
  const started = process.cpuUsage();
  const { file, found } = parseText(text);
  expect(measureMilliseconds(started)).toBeLessThan(5000);
  expect(found).toEqual([]);
  expect(file.items[0]).toMatchObject({ items: { length: 10_000 } });
});
