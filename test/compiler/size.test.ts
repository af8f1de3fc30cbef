// The size of a module compiled from a small policy: most of it is the reader of requests, the writer of responses and
// the encoding, so this is close to the minimum.

import { gzipSync } from 'node:zlib';
import { compile } from '@nhipol/compiler';
import { expect, test } from 'vitest';
import { loadPolicy } from '../scenarios/load-policy.ts';
import { assemble } from '../support/modules/assembler.ts';

const { policy } = loadPolicy('benchmarks/policies/p1.nhipol');
const { wasm } = await compile(policy ?? expect.fail('it does not check'), assemble);

test('the module of P1 has less than 25 KB', () => {
  expect(wasm.length).toBeLessThan(25 * 1024);
});

test('the module of P1 has less than 12 KB when it is compressed', () => {
  expect(gzipSync(wasm, { level: 9 }).length).toBeLessThan(12 * 1024);
});
