// docs/language.md: builtins, reserved words, errors and limits are documented.

import { toAuthZen } from '@nhipol/runtime';
import { requestErrors, requestLimits } from '@nhipol/runtime/abi';
import { expect, test } from 'vitest';
import { evaluate } from '../../language/index.ts';
import { reservedWords } from '../../language/syntax/tokens.ts';
import { builtins } from '../../language/types/builtins/index.ts';
import { policyOf, readPage } from '../support/pages.ts';

const page = readPage('language.md');
const prose = page.text.replace(/\s+/g, ' ');
const wholes = page.blocks.filter(({ language }) => language === 'nhipol');

test('the page contains only blocks of known kinds', () => {
  const kinds = new Set(page.blocks.map(({ language }) => language));
  expect([...kinds].sort()).toEqual([
    'csv',
    'ebnf',
    'json',
    'nhipol',
    'nhipol-file',
    'nhipol-part',
  ]);
  expect(wholes.length).toBeGreaterThan(8);
});

test('the tutorial shows the real answer of its last policy', () => {
  const tutorial = wholes.findLast(
    ({ line }) => line < page.text.split('\n').indexOf('## Reference'),
  );
  if (tutorial === undefined) throw new Error('no policy');
  const policy = policyOf(page, tutorial);
  const request = new TextEncoder().encode(page.files.get('read.json'));
  const answer = toAuthZen(evaluate(policy, request, { now: undefined, by: 'request' }));
  expect(answer).toEqual(JSON.parse(page.files.get('answer') ?? ''));
});

test('documents every builtin', () => {
  const rows = page.text
    .split('\n')
    .filter((row) => row.startsWith('| `'))
    .map((row) => row.replaceAll(/ +/g, ' '));
  const missing = [...builtins.values()].filter(
    ({ name, doc }) => !rows.some((row) => row.includes(name) && row.endsWith(`| ${doc} |`)),
  );
  expect(missing.map(({ name }) => name)).toEqual([]);
});

test('lists the reserved words', () => {
  expect(prose).toContain([...reservedWords].map((word) => `\`${word}\``).join(', '));
});

test('documents each error of an invalid request', () => {
  expect(Object.keys(requestErrors).filter((code) => !page.text.includes(`\`${code}\``))).toEqual(
    [],
  );
});

test('documents the limits of a request', () => {
  const section = page.text.slice(
    page.text.indexOf('### Limits'),
    page.text.indexOf('| of a policy'),
  );
  const found = [...section.matchAll(/\| ([\d,]+) /g)].map(([, n = '']) =>
    Number(n.replace(',', '')),
  );
  const { bytes, stringBytes, elements, depth } = requestLimits;
  expect(found).toEqual([bytes, stringBytes, elements, depth]);
});
