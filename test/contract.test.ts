// The errors of the contract: every one occurs in the conformance cases, or is listed here with a reason.

import { readdirSync, readFileSync } from 'node:fs';
import { requestErrorTexts, sessionErrorTexts } from '@nhipol/runtime/abi';
import { expect, test } from 'vitest';

/** Errors without a conformance case. */
const exceptions: Readonly<Record<string, string>> = {
  not_utf8: 'test/assembly/json.test.ts compares the module with the evaluator',
  out_of_memory: 'depends on the memory that a host allows',
  no_room: 'depends on the memory that a host allows',
};

test('every error code occurs in the conformance cases, or is an exception', () => {
  const folder = new URL('./conformance/cases/', import.meta.url);
  const cases = readdirSync(folder).map((name) => readFileSync(new URL(name, folder), 'utf8'));
  const missing = [...requestErrorTexts, ...sessionErrorTexts]
    .map(([, [name]]) => name)
    .filter((name) => !cases.some((text) => text.includes(`"code":"${name}"`)));
  expect(missing).toEqual(Object.keys(exceptions));
});
