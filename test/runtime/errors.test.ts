// ABI.md repeats the errors of the contract's table, which evaluator and module share.

import { readFileSync } from 'node:fs';
import { foundNames, requestErrorTexts, sessionErrorTexts } from '@nhipol/runtime/abi';
import { expect, test } from 'vitest';

test('ABI.md lists each error with its number and texts', () => {
  const page = readFileSync(new URL('../../runtime/ABI.md', import.meta.url), 'utf8');
  for (const [code, [name, expected, found]] of [...requestErrorTexts, ...sessionErrorTexts]) {
    const row = ['', code, `\`${name}\``, expected, found, ''].join(' | ');
    expect(page.replaceAll(/ +/g, ' ')).toContain(row.replaceAll(/ +/g, ' ').trim());
  }
  expect(page.replaceAll('\n', ' ')).toContain(`from 0 on: ${foundNames.join(', ')}.`);
});
