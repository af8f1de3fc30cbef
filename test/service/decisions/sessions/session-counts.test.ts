// The number of sessions of each caller, which is counted as they are opened and closed: after any schedule, with restarts and with
// owners whose sessions were never stored, it is that of a scan through all of them.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DecisionPoint, type SessionCaller, sqliteStore } from '@nhipol/service';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { serviceSessions } from '../../../../service/store/store.ts';
import { compileForGuard } from '../../guard/guard-policy.ts';

const policy = `policy test.counts
subject workload {}
action read {}
resource file {}
for workload { permit reads otherwise }
`;
let module: Uint8Array;
beforeAll(async () => {
  module = await compileForGuard(policy);
});

const callers: readonly SessionCaller[] = [
  { id: 'key:a', isOperator: false, maxSessions: 3 },
  { id: 'key:b', isOperator: false },
  { id: 'key:c', isOperator: false, tenant: 'acme' },
  { id: 'key:d', isOperator: false, tenant: 'acme' },
];
const operator: SessionCaller = { id: 'key:o', isOperator: true };

type Step =
  | { readonly kind: 'open' | 'close'; readonly id: string; readonly caller: number }
  | { readonly kind: 'restart' | 'crash' };
const ids = fc.constantFrom('s1', 's2', 's3', 's4', 's5', 's6');
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constantFrom('open' as const, 'open' as const, 'close' as const),
      id: ids,
      caller: fc.nat(callers.length - 1),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constantFrom('restart' as const, 'crash' as const) }),
  },
);

test('is that of a scan after any schedule', { timeout: 300_000 }, async () => {
  const run = async (steps: readonly Step[]) => {
    const folder = mkdtempSync(join(tmpdir(), 'nhipol-counts-'));
    let store = sqliteStore(join(folder, 'state.db'));
    const start = () => DecisionPoint.open({ module, store, onWarning: () => {} });
    let point = await start();
    try {
      for (const each of steps) {
        if (each.kind === 'open' || each.kind === 'close') {
          const by = callers[each.caller] as SessionCaller;
          const subject = { type: 'workload', id: 'w' };
          const done =
            each.kind === 'open'
              ? point.sessions.open(by, each.id, { subject })
              : point.sessions.close(by, each.id);
          // It may be open already, be that of another caller, or be one too many.
          await done.catch(() => {});
        } else {
          await point.close();
          if (each.kind === 'crash') {
            // The owner of a session was stored, and the session was not.
            const owners = store.sessions(serviceSessions.owners);
            const lost = { id: 'lost', subject: ['workload', 'w'], context: [], holder: 'key:a' };
            await owners.write(new Map([['lost', JSON.stringify(lost)]]));
          }
          store.close();
          store = sqliteStore(join(folder, 'state.db'));
          point = await start();
        }
        for (const by of [...callers, operator]) {
          const { sessions } = await point.sessions.list(by, '', 100);
          expect(await point.sessions.count(by)).toBe(sessions.length);
          expect(sessions.length).toBeLessThanOrEqual(by.maxSessions ?? 100);
        }
      }
    } finally {
      await point.close();
      store.close();
      rmSync(folder, { recursive: true, force: true });
    }
  };
  const numRuns = Number(process.env.NHIPOL_SESSION_COUNTS ?? 12);
  await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), run), {
    numRuns,
  });
});

test('openings at the same time leave the last sessions to other callers', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'nhipol-counts-'));
  const store = sqliteStore(join(folder, 'state.db'));
  const point = await DecisionPoint.open({ module, store, maxSessions: 20, onWarning: () => {} });
  const openAll = async (by: SessionCaller, count: number) => {
    const subject = { type: 'workload', id: 'w' };
    const openings = Array.from({ length: count }, () =>
      point.sessions.open(by, undefined, { subject }).then(
        () => 'open',
        (error: Error) => error.message,
      ),
    );
    const opened = await Promise.all(openings);
    return [opened.filter((each) => each === 'open').length, opened.at(-1)];
  };
  try {
    const greedy = { id: 'key:greedy', isNamed: true, isOperator: false };
    expect(await openAll(greedy, 30)).toEqual([18, expect.stringContaining('more than half')]);
    expect(await openAll({ ...greedy, id: 'key:other' }, 2)).toEqual([2, 'open']);
  } finally {
    await point.close();
    store.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
