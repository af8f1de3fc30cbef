// The lines of the decision log about a call that is stopped while it runs.

import { afterEach, beforeAll, expect, test } from 'vitest';
import { compileForGuard } from '../guard/guard-policy.ts';
import { WorkGuard, workPolicy } from './work-guard.ts';

let module: Uint8Array;
beforeAll(async () => {
  module = await compileForGuard(workPolicy);
});
let guard: WorkGuard;
afterEach(() => guard.close());

interface Stop {
  readonly how: string;
  readonly stop: (leaving: AbortController) => unknown;
  readonly lines: readonly object[];
}
const reason = 'the request 1: the token has expired';
const stops: readonly Stop[] = [
  {
    how: 'by what the agent reads',
    stop: () => guard.readPage(9),
    lines: [
      { kind: 'decision', enforcement: 'passed' },
      { kind: 'decision', enforcement: 'stopped', trigger: 'event' },
    ],
  },
  { how: 'by a revoke', stop: () => guard.revoke(), lines: [{ kind: 'revocation' }] },
  {
    how: 'by the end of its token',
    stop: () => {
      guard.validUntil = Date.now();
    },
    lines: [{ kind: 'refusal', reason }],
  },
  { how: 'by the end of the guard', stop: () => guard.end(), lines: [{ kind: 'closed' }] },
  { how: 'by its client', stop: () => guard.cancel(1), lines: [] },
  { how: 'because its client leaves', stop: (leaving) => leaving.abort(), lines: [] },
];

test.each(stops)('a call that is stopped $how has its lines', async ({ stop, lines }) => {
  guard = new WorkGuard();
  await guard.open(module);
  const { server } = guard;
  const leaving = new AbortController();
  const call = guard.call(1, 'silent', { signal: leaving.signal });
  const answer = call.then((response) => response.text()).catch(() => '');
  await expect.poll(() => server.begun).toContain(1);
  const before = guard.logged.length;
  await stop(leaving);
  await expect.poll(() => server.listReasons(1)).not.toHaveLength(0);
  leaving.abort();
  await answer;
  const logged = guard.logged.slice(before).filter(({ kind }) => kind !== 'event');
  expect(logged).toHaveLength(lines.length);
  expect(logged).toMatchObject(lines);
});
