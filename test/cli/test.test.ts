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

test('an invariant is told with how many requests tried to refute it', async () => {
  const claims = `invariant "who acts is active" for agent effect is permit implies subject.active
invariant "nobody acts" for agent effect >= deny
invariant "of strangers" for agent doing "write" on "none" risky in reasons implies effect is deny
`;
  using folder = new Folder({ 'p.nhipol': policy + claims, 'request.json': request });
  const { code, out } = await folder.run(['test', '@p.nhipol']);
  expect(code).toBe(1);
  const lines = out.split('\n');
  expect(lines).toContainEqual(
    expect.stringMatching(
      /^ {2}✓ invariant who acts is active \(not refuted by [1-9]\d+ requests\)$/,
    ),
  );
  const broken = lines.indexOf('  ✗ invariant nobody acts');
  expect(lines.slice(broken + 1, broken + 3)).toEqual([
    '      p.nhipol:21:11',
    expect.stringMatching(/^ {8}answer {2}(permit|narrow), because (acts|careful)$/),
  ]);
  expect(lines[broken + 4]).toMatch(/^ {8}request \{/);
  expect(lines.at(-2)).toBe('3 passed, 1 failed');
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
