// The tutorial and the reference of the language: builtins, reserved words, errors and limits are documented.

import { evaluate } from '@nhipol/language';
import { reservedWords } from '@nhipol/language/syntax';
import { builtins } from '@nhipol/language/types';
import { toAuthZen } from '@nhipol/runtime';
import { requestErrors, requestLimits } from '@nhipol/runtime/abi';
import { expect, test } from 'vitest';
import { checkBlock, readPage, readReference } from '../support/pages/pages.ts';

const tutorial = readPage('tutorial.md');
const reference = readReference();
const text = reference.map((page) => page.text).join('\n');

test('the pages contain only blocks of known kinds', () => {
  const blocks = [tutorial, ...reference].flatMap((page) => page.blocks);
  const kinds = new Set(blocks.map(({ language }) => language));
  expect([...kinds].sort()).toEqual([
    'csv',
    'ebnf',
    'json',
    'nhipol',
    'nhipol-file',
    'nhipol-part',
  ]);
  expect(blocks.filter(({ language }) => language === 'nhipol').length).toBeGreaterThan(8);
});

test('no page of the reference is longer than 400 lines', () => {
  const long = reference.filter((page) => page.text.split('\n').length > 400);
  expect(long.map((page) => page.text.split('\n')[0])).toEqual([]);
});

test('the tutorial shows the real answer of its last policy', () => {
  const last = tutorial.blocks.findLast(({ language }) => language === 'nhipol');
  if (last === undefined) throw new Error('no policy');
  const policy = checkBlock(tutorial, last);
  const request = new TextEncoder().encode(tutorial.files.get('read.json'));
  const answer = toAuthZen(evaluate(policy, request, { now: undefined, precedence: 'request' }));
  expect(answer).toEqual(JSON.parse(readPage('language/answer.md').files.get('answer') ?? ''));
});

test('documents every builtin', () => {
  const rows = text
    .split('\n')
    .filter((row) => row.startsWith('| `'))
    .map((row) => row.replaceAll(/ +/g, ' '));
  const missing = [...builtins.values()].filter(
    ({ name, doc }) => !rows.some((row) => row.includes(name) && row.endsWith(`| ${doc} |`)),
  );
  expect(missing.map(({ name }) => name)).toEqual([]);
});

test('lists the reserved words', () => {
  expect(text.replace(/\s+/g, ' ')).toContain(
    [...reservedWords].map((word) => `\`${word}\``).join(', '),
  );
});

test('documents each error of an invalid request', () => {
  expect(Object.keys(requestErrors).filter((code) => !text.includes(`\`${code}\``))).toEqual([]);
});

test('documents the limits of a request', () => {
  const section = text.slice(text.indexOf('## Limits'), text.indexOf('| of a policy'));
  const found = [...section.matchAll(/\| ([\d,]+) /g)].map(([, n = '']) =>
    Number(n.replace(',', '')),
  );
  const { bytes, stringBytes, elements, depth } = requestLimits;
  expect(found).toEqual([bytes, stringBytes, elements, depth]);
});
