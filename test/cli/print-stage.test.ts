// Stages as JSON: values that JSON cannot represent, and shared parts.

import { expect, test } from 'vitest';
import { printStage } from '../../cli/output/print-stage.ts';

test('prints large integers as strings, maps as objects and lists as arrays', () => {
  const stage = {
    n: 2n ** 60n,
    m: new Map([['a', { b: 1n }]]),
    l: [1, undefined, 'x'],
    f: () => 1,
  };
  expect(JSON.parse(printStage(stage))).toEqual({
    n: '1152921504606846976',
    m: { a: { b: '1' } },
    l: [1, null, 'x'],
  });
});

test('prints a named object once, and references it elsewhere', () => {
  const record: Record<string, unknown> = { name: 'r', size: 1 };
  record.self = record;
  expect(JSON.parse(printStage([record, record]))).toEqual([
    { name: 'r', size: 1, self: { see: 'r' } },
    { see: 'r' },
  ]);
});
