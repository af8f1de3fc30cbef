// The documentation of diagnostics: every entry explains itself, and every code is in one group.

import { readdirSync, readFileSync } from 'node:fs';
import { type DiagnosticCode, groups, messages } from '@nhipol/language';
import { explainCode, isCode } from '@nhipol/language/explain-code';
import { expect, test } from 'vitest';

const codes = Object.keys(messages) as DiagnosticCode[];

test('every code is in exactly one group', () => {
  expect(groups.flatMap((group) => group.codes).sort()).toEqual([...codes].sort());
});

test.each(codes)('%s has an explanation of two or three sentences', (code) => {
  const { why } = messages[code];
  expect(why).toMatch(/^["A-Z`0-9].*[.]$/);
  const sentences = why.split(/[.?!] (?=[A-Z`])/).length;
  expect(sentences).toBeGreaterThanOrEqual(2);
  expect(sentences).toBeLessThanOrEqual(3);
});

test.each(codes)('the page of %s contains both examples and a diagnostic', (code) => {
  const { rendered, avoid, prefer, message } = explainCode(code);
  expect(rendered.startsWith(`${messages[code].severity}[${code}]: `)).toBe(true);
  expect(message).not.toBe('');
  for (const text of [avoid, prefer]) {
    expect(text.endsWith('\n')).toBe(true);
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
  }
});

test('other strings are not codes', () => {
  expect(['wrong-type', 'wrong type', 'toString', ''].filter(isCode)).toEqual(['wrong-type']);
});

test('docs/errors has an index and a page for each code', () => {
  const folder = new URL('../../../docs/errors/', import.meta.url);
  const pages = codes.map((code) => `${code}.md`);
  expect(readdirSync(folder).sort()).toEqual(['README.md', ...pages].sort());
  const index = readFileSync(new URL('README.md', folder), 'utf8');
  for (const code of codes) {
    expect(index).toContain(`| [${code}](${code}.md) |`);
    const page = readFileSync(new URL(`${code}.md`, folder), 'utf8');
    expect(page).toContain(explainCode(code).rendered.trimEnd());
  }
});
