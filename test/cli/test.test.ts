// `nhipol test`: what is told about tests that pass, that fail, and that can't be run.

import { expect, test } from 'vitest';
import { Folder } from '../support/run-cli.ts';
import { broken, policy, request, requestWith } from './policies.ts';

test('passing tests', async () => {
  using folder = new Folder({ 'p.nhipol': policy, 'request.json': request });
  const { code, out } = await folder.run(['test', '@p.nhipol']);
  expect(code).toBe(0);
  expect(out).toBe(
    `${folder.path}/p.nhipol\n  ✓ low risk\n1 passed, 0 failed\n`.replaceAll(`${folder.path}/`, ''),
  );
});

test('a failing test tells what came and why', async () => {
  using folder = new Folder({ 'p.nhipol': policy, 'request.json': requestWith({ risk: 'HIGH' }) });
  const { code, out } = await folder.run(['test', '@p.nhipol']);
  expect(code).toBe(1);
  expect(out).toBe(
    [
      'p.nhipol',
      '  ✗ low risk',
      '      p.nhipol:18:3',
      '        effect      expected permit',
      '                    got      deny',
      '        reasons     expected acts',
      '                    got      risky',
      '        deny risky at p.nhipol:11: risk is HIGH',
      '0 passed, 1 failed',
      '',
    ].join('\n'),
  );
});

test('a request at fault is told by its error', async () => {
  using folder = new Folder({ 'p.nhipol': policy, 'request.json': requestWith({ time: 5 }) });
  const { code, out } = await folder.run(['test', '@p.nhipol']);
  expect(code).toBe(1);
  expect(out).toContain(
    '        $.context.time: expected a Timestamp, RFC 3339 text, found a number\n',
  );
});

test('a policy with mistakes fails, and the others are run', async () => {
  using folder = new Folder({ 'b.nhipol': broken, 'p.nhipol': policy, 'request.json': request });
  const { code, out, err } = await folder.run(['test', '@b.nhipol', '@p.nhipol']);
  expect(code).toBe(1);
  expect(out.endsWith('1 passed, 0 failed, 1 of 2 policies have errors\n')).toBe(true);
  expect(err).toContain('error[unknown-member]');
});
