// A property of the guard over HTTP, with a server whose work is seen: in each schedule of lost connections, cancellations and ends of
// permissions, a request whose permission has ended is cancelled at the server, and nothing of it reaches the client afterwards.

import fc from 'fast-check';
import { afterEach, beforeAll, beforeEach, test, vi } from 'vitest';
import { runs } from '../../support/budget.ts';
import { compileForGuard } from '../guard/guard-policy.ts';
import type { WorkKind } from './running-work.ts';
import { WorkGuard, workPolicy } from './work-guard.ts';
import { resumePeriod, type Step, WorkSchedule } from './work-schedule.ts';

let module: Uint8Array;
beforeAll(async () => {
  module = await compileForGuard(workPolicy);
});

/**
 * Timers of whole seconds run out twenty times as fast: the delays between cancellations, and what looks for ends of tokens. Limits of
 * half a minute and more stay, so that a loaded machine does not reach them.
 */
beforeEach(() => {
  for (const name of ['setTimeout', 'setInterval'] as const) {
    const set: (run: () => void, delay: number, ...rest: unknown[]) => unknown = globalThis[name];
    const quick = (run: () => void, delay = 0, ...rest: unknown[]) =>
      set(run, delay % 1_000 === 0 && delay < 30_000 ? delay / 20 : delay, ...rest);
    vi.spyOn(globalThis, name).mockImplementation(quick as never);
  }
});
afterEach(() => {
  vi.restoreAllMocks();
});

const kind: fc.Arbitrary<WorkKind> = fc.record({
  plan: fc.constantFrom(
    ...(['silent', 'stream', 'polled', 'cut', 'end', '202', '200', '500', '502', '503'] as const),
    ...(['504', '404', 'answer', 'resumable', 'silent', 'stream', 'resumable'] as const),
  ),
  revision: fc.constantFrom('2025-11-25', '2025-11-25', '2026-07-28'),
  method: fc.constantFrom('tools/call', 'resources/read'),
});
const call: fc.Arbitrary<Step> = fc.record({ do: fc.constant('call'), kind });
const step: fc.Arbitrary<Step> = fc.oneof(
  { arbitrary: call, weight: 2 },
  {
    arbitrary: fc.record({
      do: fc.constantFrom('leave', 'cancel', 'cut', 'answer'),
      of: fc.nat(3),
    }),
    weight: 4,
  },
  { arbitrary: fc.record({ do: fc.constant('busy'), times: fc.nat(2) }), weight: 1 },
  {
    arbitrary: fc.record({
      do: fc.constantFrom('page', 'revoke', 'expire', 'remove', 'renew', 'delete', 'end'),
    }),
    weight: 4,
  },
  { arbitrary: fc.record({ do: fc.constantFrom('resume', 'settle') }), weight: 2 },
);
const schedule = fc
  .tuple(fc.array(call, { minLength: 1, maxLength: 3 }), fc.array(step, { maxLength: 7 }))
  .map(([calls, steps]) => [...calls, ...steps]);

/** A call of each method, as far as its plan is sent to the server. */
function callBoth(plan: WorkKind['plan']): Step[] {
  const revision = '2025-11-25';
  return (['tools/call', 'resources/read'] as const).map((method) => ({
    do: 'call',
    kind: { plan, revision, method },
  }));
}
/** Schedules that random ones rarely contain. */
const known: readonly Step[][] = [
  [...callBoth('cut'), { do: 'settle' }, { do: 'page' }, { do: 'settle' }, { do: 'revoke' }],
  [...callBoth('502'), ...callBoth('end'), { do: 'settle' }, { do: 'remove' }],
  [...callBoth('silent'), { do: 'busy', times: 2 }, { do: 'delete' }, { do: 'page' }],
  [...callBoth('stream'), ...callBoth('503'), { do: 'busy', times: 1 }, { do: 'end' }],
  [
    ...callBoth('resumable'),
    ...([{ do: 'resume' }, { do: 'leave', of: 0 }, { do: 'leave', of: 1 }] as const),
    ...([{ do: 'answer', of: 0 }, { do: 'expire' }, { do: 'answer', of: 1 }] as const),
  ],
  [
    ...callBoth('resumable'),
    ...([{ do: 'resume' }, { do: 'leave', of: 0 }, { do: 'leave', of: 1 }] as const),
    ...([{ do: 'page' }, { do: 'answer', of: 0 }, { do: 'answer', of: 1 }] as const),
  ],
  [
    ...callBoth('silent'),
    ...([
      { do: 'cancel', of: 0 },
      { do: 'cancel', of: 1 },
    ] as const),
    ...([
      { do: 'answer', of: 0 },
      { do: 'answer', of: 1 },
    ] as const),
  ],
];

test('each request whose permission ends is cancelled, and not delivered afterwards', async () => {
  await fc.assert(
    fc.asyncProperty(schedule, async (steps) => {
      const guard = new WorkGuard();
      guard.resumePeriod = resumePeriod;
      try {
        await guard.open(module);
        await new WorkSchedule(guard).run(steps);
      } finally {
        await guard.close();
      }
    }),
    // Each failure waits for what does not come: a shorter schedule would take minutes to find.
    { numRuns: runs(120, 30), examples: known.map((steps) => [steps]), endOnFailure: true },
  );
}, 600_000);
