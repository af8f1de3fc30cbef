// The contract tells errors in the words of the language, whose evaluator has them, too.

import { readFileSync } from 'node:fs';
import { errorTexts, foundTexts, sessionErrorTexts } from '@nhipol/runtime/abi';
import { expect, test } from 'vitest';
import { errorTable, foundNames } from '../../language/index.ts';

test('each error of the language is in the contract, with its texts', () => {
  const rows = Object.entries(errorTable).map(([name, row]) => {
    const { expected, found } = { expected: '', found: '', ...row };
    return [row.number, [name, expected, found]];
  });
  expect([...errorTexts]).toEqual(rows);
});

test('the document has the same', () => {
  const page = readFileSync(new URL('../../runtime/ABI.md', import.meta.url), 'utf8');
  for (const [code, [name, expected, found]] of [...errorTexts, ...sessionErrorTexts]) {
    const row = ['', code, `\`${name}\``, expected, found, ''].join(' | ');
    expect(page.replaceAll(/ +/g, ' ')).toContain(row.replaceAll(/ +/g, ' ').trim());
  }
  expect(page.replaceAll('\n', ' ')).toContain(`from 0 on: ${foundTexts.join(', ')}.`);
});

test('and so is what they find', () => {
  expect(foundTexts).toEqual(foundNames);
});
