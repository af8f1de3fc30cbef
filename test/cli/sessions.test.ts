// Sessions and history at the command line: the evaluator runs their tests, and what only a module could
// do is left out or refused with the place.

import { expect, test, vi } from 'vitest';
import { Folder } from '../support/run-cli.ts';

// asc in this thread: the thread of its own is tested in assembler.test.ts.
vi.mock('../../cli/assembler.ts', async () => {
  const { assemble } = await import('../../cli/assemble.ts');
  return { sharedAssembler: () => assemble };
});

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
const asking = policy('once(signal "failed", within 1m)');
const plain = policy('context.time >= 2026-01-01T00:01:00Z').replace(
  ' until 2026-01-01T00:02:00.001Z',
  '',
);

test('the evaluator runs the steps of a session', async () => {
  using folder = new Folder({ 'p.nhipol': asking });
  const { code, out, err } = await folder.run(['test', '@p.nhipol']);
  expect({ code, out, err }).toEqual({
    code: 0,
    out: 'p.nhipol\n  ✓ of a session\n1 passed, 0 failed\n',
    err: '',
  });
});

test('beside it a module is asked where it could answer', async () => {
  using folder = new Folder({ 'p.nhipol': asking, 'q.nhipol': plain });
  const { code, out, err } = await folder.run([
    'test',
    '--engine',
    'both',
    '@p.nhipol',
    '@q.nhipol',
  ]);
  expect(code).toBe(0);
  expect(err).toBe('p.nhipol: modules keep no history, so the evaluator alone was asked\n');
  expect(out).toBe(
    [
      'p.nhipol (evaluator)',
      '  ✓ of a session',
      'q.nhipol (evaluator)',
      '  ✓ of a session',
      'q.nhipol (wasm)',
      "  - of a session (of a session, which modules don't have)",
      '2 passed, 0 failed',
      '',
    ].join('\n'),
  );
});

test.each([
  ['test', '--engine', 'wasm', '@p.nhipol'],
  ['compile', '@p.nhipol', '-o', '@p.wasm'],
])('%s refuses a policy that asks for history', async (...args) => {
  using folder = new Folder({ 'p.nhipol': asking });
  const { code, err } = await folder.run(args);
  expect(code).toBe(2);
  expect(err).toBe(
    'nhipol: p.nhipol:8:18: a module keeps no history, and the policy asks `once(signal "failed", within 1m)`\n',
  );
  expect(folder.names).toEqual(['p.nhipol']);
});

test('a single request has no history, which restricts', async () => {
  using folder = new Folder({
    'p.nhipol': asking,
    'r.json': JSON.stringify({
      subject: { type: 'agent', id: 'a' },
      action: { name: 'x' },
      resource: { type: 'r', id: 'i' },
      context: { time: '2026-01-01T00:00:00Z' },
    }),
  });
  const args = ['eval', '@p.nhipol', '--request', '@r.json', '--engine', 'evaluator', '--explain'];
  const { out } = await folder.run(args);
  expect(out).toContain('there is no session whose events could be told');
});
