// Sources made to hang or overflow the parser: each is rejected at a limit, or parsed in linear time.

import { visit } from '@nhipol/language/syntax';
import { expect, test } from 'vitest';
import { parsed } from '../../support/parsing.ts';

const repeated = (count: number, text: string) => text.repeat(count);

function codes(text: string): string[] {
  return [...new Set(parsed(text).diagnostics.map(({ code }) => code))];
}

/** CPU time, which does not depend on other processes. */
function millisecondsSince(started: NodeJS.CpuUsage): number {
  return process.cpuUsage(started).user / 1000;
}

test('does not parse a source that is too large', () => {
  const { file, diagnostics } = parsed(`const a = 1 //${repeated(10_000_000, 'x')}`);
  expect(file.items).toEqual([]);
  expect(diagnostics.map(({ code }) => code)).toEqual(['source-too-large']);
});

test.each([
  ['parentheses', `const a = ${repeated(1000, '(')}1${repeated(1000, ')')}`],
  ['sets', `const a = ${repeated(1000, '{')}1${repeated(1000, '}')}`],
  ['calls', `const a = ${repeated(1000, 'f(')}1${repeated(1000, ')')}`],
  ['braces alone', repeated(1_000_000, '{')],
  ['not', `const a = ${repeated(1000, 'not ')}x`],
  ['minus', `const a = ${repeated(1000, '- ')}x`],
  ['if … else if', `const a = ${repeated(1000, 'if a then b else ')}c`],
  ['if if', `const a = ${repeated(1000, 'if ')}a${repeated(1000, ' then b else c')}`],
  ['quantifiers', `const a = ${repeated(1000, 'any x in y satisfies ')}z`],
  ['types', `record R { a: ${repeated(1000, 'Set<')}Int${repeated(1000, '>')} }`],
  ['records', `record R ${repeated(1000, '{ a: ')}Int${repeated(1000, '}')}`],
  ['placeholders', `for any { deny a because "{${repeated(1000, '(')}a${repeated(1000, ')')}}" }`],
])('reports nesting that is too deep: %s', (_, text) => {
  expect(codes(text)).toEqual(['nesting-too-deep']);
});

test.each([
  ['and', `const a = ${repeated(10_000, 'a and ')}b`],
  ['else', `const a = ${repeated(10_000, 'a else ')}b`],
  ['implies', `const a = ${repeated(10_000, 'a implies ')}b`],
  ['members', `const a = a${repeated(10_000, '.b')}`],
  [
    'chains in chains',
    `const a = ${repeated(50, `(${repeated(20, 'a and ')}`)}b${repeated(50, ')')}`,
  ],
])('reports an expression that is too long: %s', (_, text) => {
  expect(codes(text)).toEqual(['expression-too-long']);
});

test.each([
  ['parentheses', `const a = ${repeated(100, '(')}1${repeated(100, ')')}`],
  ['not', `const a = ${repeated(100, 'not ')}x`],
  ['if … else if', `const a = ${repeated(99, 'if a then b else ')}c`],
  ['and', `const a = ${repeated(500, 'a and ')}b`],
  ['a wide set', `const a = { ${repeated(50_000, '"x", ')} }`],
])('accepts a source within the limits: %s', (_, text) => {
  const { found, file } = parsed(text);
  expect(found).toEqual([]);
  let nodes = 0;
  visit(file, () => {
    nodes += 1;
    return true;
  });
  expect(nodes).toBeGreaterThan(3);
});

test.each([
  ['NUL', repeated(300_000, '\0 ')],
  ['lone surrogates', repeated(1_000_000, '\ud800')],
  ['quotes', repeated(500_000, '"\n')],
  ['backslashes', `const a = "${repeated(1_000_000, '\\')}`],
  ['digits', `const a = ${repeated(1_000_000, '9')}`],
  ['errors in rules', `for any { ${repeated(80_000, 'x permit a ')} }`],
  ['errors in declarations', repeated(60_000, 'x const a = 1 ')],
  ['errors in members', `record R { ${repeated(100_000, 'a: ? ')} }`],
  ['errors in sets', `const a = { ${repeated(200_000, 'a ? ')} }`],
  ['open placeholders', `for any { deny a because "${repeated(200_000, '{a ')}" }`],
])('reports errors for a megabyte of invalid source: %s', (_, text) => {
  const started = process.cpuUsage();
  expect(codes(text).length).toBeGreaterThan(0);
  expect(millisecondsSince(started)).toBeLessThan(20_000);
});

test('parses ten thousand rules in a few seconds', () => {
  const rules = Array.from(
    { length: 10_000 },
    (_, i) => `deny rule_${i} when subject.state is not active and context.time >= subject.until\n`,
  );
  const text = `for any {\n${rules.join('')}}`;
  parsed(text.slice(0, 100_000));
  const started = process.cpuUsage();
  const { file, found } = parsed(text);
  expect(millisecondsSince(started)).toBeLessThan(5000);
  expect(found).toEqual([]);
  expect(file.items[0]).toMatchObject({ items: { length: 10_000 } });
});
