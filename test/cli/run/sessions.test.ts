// Sessions and history on the command line: both engines run tests of sessions, and modules support sessions.

import { readFileSync } from 'node:fs';
import { load } from '@nhipol/runtime';
import { expect, test } from 'vitest';
import { Folder } from '../../support/system/run-cli.ts';
import { removeTimes } from '../policies.ts';

const policy = (condition: string) => `policy p
subject agent {}
context { time: Timestamp }
record News { failed: {} }
signals News
for agent {
  permit ok otherwise
  deny stop when ${condition}
}
test "of a session" {
  session {
    subject: { type: agent, id: a },
    action: { name: x },
    resource: { type: r, id: i },
    context: { time: 2026-01-01T00:00:00Z }
  }
  ask
  expect permit
  then after 1m signal "failed"
  expect deny until 2026-01-01T00:02:00.001Z
}
`;
const withHistory = policy('once(signal "failed", within 1m)');
const plain = policy('context.time >= 2026-01-01T00:01:00Z').replace(
  ' until 2026-01-01T00:02:00.001Z',
  '',
);

test('the evaluator runs the steps of a session', async () => {
  using folder = new Folder({ 'p.nhipol': withHistory });
  const { code, out, err } = await folder.run(['test', '@p.nhipol', '--engine', 'evaluator']);
  expect({ code, out: removeTimes(out), err }).toEqual({
    code: 0,
    out: 'p.nhipol\n  ✓ of a session\n1 passed, 0 failed\n',
    err: '',
  });
});

test.each(['wasm', 'both'])('a module runs the steps of a session: %s', async (engine) => {
  using folder = new Folder({ 'p.nhipol': withHistory, 'q.nhipol': plain });
  const args = ['test', '--engine', engine, '@p.nhipol', '@q.nhipol'];
  const { code, out, err } = await folder.run(args);
  const lines = ['p', 'q'].flatMap((name) => [`${name}.nhipol`, '  ✓ of a session']);
  expect({ code, out: removeTimes(out), err }).toEqual({
    code: 0,
    out: [...lines, '2 policies', '2 passed, 0 failed', ''].join('\n'),
    err: '',
  });
});

test.each([
  ['a policy with history terms', withHistory, []],
  ['a policy with --sessions', plain, ['--sessions']],
])('%s is compiled with sessions', async (_, text, options) => {
  using folder = new Folder({ 'p.nhipol': text });
  const args = ['compile', '@p.nhipol', '-o', '@p.wasm', '--requests', '20', ...options];
  const { code, err } = await folder.run(args);
  expect(err).toContain('module and evaluator agree on 20 generated requests and 2 steps');
  expect(code).toBe(0);
  const { manifest } = load(readFileSync(`${folder.path}/p.wasm`));
  expect(manifest.sessions).toMatchObject({ signals: ['failed'] });
});

test('the history of a single request is unknown', async () => {
  using folder = new Folder({
    'p.nhipol': withHistory,
    'r.json': JSON.stringify({
      subject: { type: 'agent', id: 'a' },
      action: { name: 'x' },
      resource: { type: 'r', id: 'i' },
      context: { time: '2026-01-01T00:00:00Z' },
    }),
  });
  const args = ['eval', '@p.nhipol', '--request', '@r.json', '--engine', 'evaluator', '--explain'];
  const { out } = await folder.run(args);
  expect(out).toContain('there is no session');
});
