// Replayed session logs: the timeline line by line and between the lines, and errors in lines that cannot be
// replayed.

import {
  createComparingHost,
  createEvaluatorHost,
  type Happening,
  type Host,
  HostsDisagree,
  selectSessions,
} from '@nhipol/testing/replay';
import { expect, test } from 'vitest';
import { checkPolicy } from '../support/checking.ts';
import { type Row, replayRows } from '../support/sessions/replaying.ts';

const policy = checkPolicy(`policy p
enum Level { low < high }
subject agent { risk?: { level?: Level, observed_at?: Timestamp } fresh 10s }
context { time: Timestamp }
signals { failed: { reason?: String }, ended: {} }
constraint rows: Int smallest wins
for agent {
  permit works otherwise
  narrow risky when subject.risk.level is not low to { rows: 10 }
  deny failing when once(signal "failed", within 5s)
  deny busy when count(allowed, within 4s) >= 3
  revoke over when once(signal "ended")
}`);

const open = {
  subject: {
    type: 'agent',
    id: 'a',
    properties: { risk: { level: 'low', observed_at: '1970-01-01T00:00:00Z' } },
  },
  action: { name: 'x' },
  resource: { type: 'r', id: 'i' },
};

function run(rows: readonly Row[], { until, host }: { until?: number; host?: Host } = {}) {
  return replayRows(host ?? createEvaluatorHost(policy), rows, until);
}

/** `1 decide permit works` */
function describeHappening({
  instant: at,
  session,
  cause,
  before,
  answer,
  isOther,
}: Happening): string {
  const from = isOther && before !== undefined ? `${before.effect} to ` : '';
  const to = answer === undefined ? '-' : `${from}${answer.effect} ${answer.reasons}`;
  return `${Number(at) / 1000} ${session === 's' ? '' : `${session} `}${cause.kind} ${to}`;
}

function story(rows: readonly Row[], until?: number): readonly string[] {
  const { timeline, faults } = run(rows, until === undefined ? {} : { until });
  expect(faults).toEqual([]);
  return timeline.happenings.map(describeHappening);
}

test('time passes between lines, and an expired answer is evaluated again', () => {
  expect(
    story([
      [0, { open }],
      [1, { decide: {} }],
      [30, { decide: {} }],
    ]),
  ).toEqual([
    '0 open -',
    '1 decide permit works',
    '10.001 time permit to narrow risky',
    '30 decide narrow risky',
  ]);
});

test('without an end, time stops with the last line, and the next changes are reported', () => {
  const rows: readonly Row[] = [
    [0, { open }],
    [1, { decide: {} }],
  ];
  const { timeline } = run(rows);
  expect(timeline.until).toBe(1000n);
  expect(timeline.ahead.map(describeHappening)).toEqual(['10.001 time permit to narrow risky']);
  const further = run(rows, { until: 60 }).timeline;
  expect(further.until).toBe(60_000n);
  expect(further.happenings.map(describeHappening).slice(2)).toEqual([
    '10.001 time permit to narrow risky',
  ]);
  expect(further.ahead).toEqual([]);
});

test('the next change is found after ends that change nothing', () => {
  const { timeline } = run([
    [0, { open }],
    [1, { decide: {} }],
    [2, { signal: 'failed' }],
    [3, { signal: 'failed' }],
  ]);
  expect(timeline.ahead.map(describeHappening)).toEqual(['8.001 time deny to permit works']);
});

test('a change of facts or a signal is evaluated at its line', () => {
  const high = { patch: { subject: { properties: { risk: { level: 'high' } } } } };
  expect(
    story([
      [0, { open }],
      [1, { decide: {} }],
      [2, high],
      [3, { signal: 'failed', payload: { reason: 'x' } }],
      [9, { replace: { subject: open.subject } }],
    ]),
  ).toEqual([
    '0 open -',
    '1 decide permit works',
    '2 patch permit to narrow risky',
    '3 signal narrow to deny failing',
    '8.001 time deny to narrow risky',
    '9 replace narrow to permit works',
  ]);
});

test('before the first decision there is no answer', () => {
  expect(
    story([
      [0, { open }],
      [1, { signal: 'failed' }],
      [20, { decide: {} }],
    ]),
  ).toEqual(['0 open -', '1 signal -', '20 decide narrow risky']);
});

test('a late signal counts from its own time', () => {
  expect(
    story(
      [
        [0, { open }],
        [1, { decide: {} }],
        [8, { signal: 'failed', time: 4_000 }],
      ],
      9.5,
    ),
  ).toEqual([
    '0 open -',
    '1 decide permit works',
    '8 signal permit to deny failing',
    '9.001 time deny to permit works',
  ]);
});

test('decisions count for later ones', () => {
  const { timeline } = run([
    [0, { open }],
    ...[1, 1.5, 2, 2.5].map((at): Row => [at, { decide: { action: { name: 'y' } } }]),
  ]);
  expect(timeline.happenings.map(describeHappening).slice(-1)).toEqual([
    '2.5 decide permit to deny busy',
  ]);
  expect(timeline.happenings.at(-1)?.cause).toEqual({
    kind: 'decide',
    action: 'y',
    resource: 'r i',
  });
  expect(timeline.lanes[0]?.decisions).toMatchObject({ permit: 3, deny: 1 });
});

test('a session that ended ignores input, and repeats its answer', () => {
  const { timeline, faults } = run([
    [0, { open }],
    [1, { decide: {} }],
    [2, { signal: 'ended' }],
    [3, { patch: { context: { a: 1 } } }],
    [4, { decide: {} }],
    [5, { close: true }],
  ]);
  expect(faults).toEqual([]);
  expect(timeline.happenings.map(describeHappening).slice(2)).toEqual([
    '2 signal permit to revoke over',
    '3 patch revoke over',
    '4 decide revoke over',
    '5 close -',
  ]);
  const [lane] = timeline.lanes;
  expect(lane).toMatchObject({ end: 'revoked', decisions: { permit: 1, revoke: 1 } });
  expect(lane?.spans).toEqual([
    { effect: undefined, from: 0n, to: 1000n },
    { effect: 'permit', from: 1000n, to: 2000n },
    { effect: 'revoke', from: 2000n, to: 5000n },
  ]);
});

test('a query that cannot be evaluated is rejected, and the previous one remains', () => {
  const { timeline } = run([
    [0, { open }],
    [1, { decide: {} }],
    [2, { decide: { action: { name: 5 } } }],
    [3, { signal: 'failed' }],
  ]);
  expect(timeline.happenings.map(describeHappening).slice(2)).toEqual([
    '2 decide permit to deny invalid_request',
    '3 signal permit to deny failing',
  ]);
  expect(timeline.lanes[0]?.spans.map(({ effect }) => effect)).toEqual([
    undefined,
    'permit',
    'deny',
  ]);
});

test('a closed session may be opened again, without its history', () => {
  const { timeline } = run([
    [0, { open }],
    [1, { decide: {} }],
    [1, { signal: 'ended' }],
    [2, { close: true }],
    [4, { open }],
    [5, { decide: {} }],
  ]);
  const [lane, ...others] = timeline.lanes;
  expect(others).toEqual([]);
  expect(lane?.end).toBe('open');
  expect(lane?.spans.map(({ effect, from }) => [effect, Number(from) / 1000])).toEqual([
    [undefined, 0],
    ['permit', 1],
    ['revoke', 1],
    [undefined, 4],
    ['permit', 5],
  ]);
});

test('lanes of several sessions, and of one alone', () => {
  const { timeline } = run([
    [0, { open }, 'b'],
    [0, { open }, 'a'],
    [1, { decide: {} }, 'a'],
    [2, { decide: {} }, 'b'],
  ]);
  expect(timeline.lanes.map(({ id }) => id)).toEqual(['b', 'a']);
  expect(timeline.ahead.map(describeHappening)).toEqual([
    '10.001 a time permit to narrow risky',
    '10.001 b time permit to narrow risky',
  ]);
  const alone = selectSessions(timeline, ['a']);
  expect(alone.happenings.map(describeHappening)).toEqual([
    '0 a open -',
    '1 a decide permit works',
  ]);
  expect([...alone.lanes, ...alone.ahead]).toHaveLength(2);
});

test('an event changes the answers of other sessions with its key', () => {
  const sharing = checkPolicy(`policy p
subject agent {}
context { time: Timestamp }
signals { failed: {} }
for agent {
  permit works otherwise
  deny busy when count(allowed across sessions per subject.id up to 9, within 4s) >= 3
  deny failing when once(signal "failed" across sessions per subject.id up to 9, within 4s)
}`);
  const other = { ...open, subject: { type: 'agent', id: 'b' } };
  const { timeline } = run(
    [
      [0, { open }],
      [0, { open }, 'second'],
      [0, { open: other }, 'other'],
      [1, { decide: {} }, 'other'],
      [1, { decide: {} }],
      [1, { decide: {} }, 'second'],
      [2, { decide: {} }],
      [2, { decide: {} }, 'second'],
      [3, { signal: 'failed' }],
    ],
    { host: createEvaluatorHost(sharing), until: 8 },
  );
  const later = timeline.happenings.filter(({ instant: at }) => at > 1_000n);
  expect(later.map(describeHappening)).toEqual([
    '2 decide permit works',
    '2 second decide permit to deny busy',
    '3 signal permit to deny failing',
    '3 second other_session deny to deny busy,failing',
    '5.001 second time deny to deny failing',
    '7.001 second time deny to permit works',
    '7.001 time deny to permit works',
  ]);
});

test('a line up to a minute before the one above counts as of its instant', () => {
  const { timeline, faults } = run([
    [100, { open }],
    [100, { decide: {} }],
    [40, { signal: 'failed' }],
    [99, { signal: 'failed' }],
  ]);
  expect(faults).toEqual([]);
  expect(timeline.behind).toEqual({ lines: 2, most: 60_000n });
  expect(timeline.happenings.map(({ instant: at }) => Number(at) / 1000)).toEqual([
    100, 100, 100, 100,
  ]);
});

test.each<[string, readonly Row[], readonly string[]]>([
  [
    'unsorted lines once',
    [
      [100, { open }],
      [39.999, { close: true }],
      [1, { close: true }],
    ],
    [
      '2 $.at: it is earlier than the line above it, at 1970-01-01T00:01:40.000Z: sort the lines by time',
    ],
  ],
  [
    'a session that was not opened',
    [
      [0, { open }, 'work-1'],
      [1, { decide: {} }, 'work-2'],
      [1, { decide: {} }, 'other'],
    ],
    [
      '2 $.session: unknown session `work-2`: did you mean `work-1`?',
      '3 $.session: unknown session `other`: a line with `open` opens it',
    ],
  ],
  [
    'a session that is open, and one that was closed',
    [
      [0, { open }],
      [1, { open }],
      [2, { close: true }],
      [3, { decide: {} }],
    ],
    ['2 $.open: `s` is open already', '4 $.session: `s` is closed'],
  ],
  [
    'a request that opens no session, without follow-up errors',
    [
      [0, { open: { ...open, subject: { type: 'agent' } } }],
      [1, { decide: {} }],
    ],
    ['1 $.open.subject.id: expected a string, found nothing'],
  ],
  [
    'rejected facts',
    [
      [0, { open }],
      [1, { patch: { resource: { id: null } } }],
      [2, { replace: { resource: {} } }],
    ],
    [
      '2 $.patch.resource.id: expected a string, found nothing',
      '3 $.replace.resource.type: expected a string, found nothing',
    ],
  ],
  [
    'a name that is not part of a query',
    [
      [0, { open }],
      [1, { patch: { action: { name: 'y' } } }],
    ],
    ['2 $.patch.action.name: it can only be changed by `decide` or `replace`'],
  ],
  [
    'signals',
    [
      [0, { open }],
      [1, { signal: 'faild' }],
      [1, { signal: 'something' }],
      [2, { signal: 'failed', payload: { reason: 5 } }],
    ],
    [
      '2 $.signal: the policy declares no signal `faild`: did you mean `failed`?',
      '3 $.signal: the policy declares no signal `something`',
      '4 $.payload.reason: expected a string, found a number',
    ],
  ],
])('reports %s', (_, rows, expected) => {
  const { faults } = run(rows);
  expect(faults.map(({ line, path, message }) => `${line} ${path}: ${message}`)).toEqual(expected);
});

test('disagreement of engines is reported with session and instant', () => {
  const own = createEvaluatorHost(policy);
  const other: Host = {
    ...own,
    judge: (id, now) => ({ ...own.judge(id, now), reasons: ['busy'] }),
  };
  const host = createComparingHost(createEvaluatorHost(policy), other);
  const rows: readonly Row[] = [
    [0, { open }],
    [1, { decide: {} }],
    [5, { signal: 'failed' }],
  ];
  expect(() => run(rows, { host })).toThrow(HostsDisagree);
  const refusing: Host = {
    ...createEvaluatorHost(policy),
    change: () => ({ path: '$', expected: 'another', found: 'this' }),
  };
  try {
    run(
      [
        [0, { open }],
        [1, { patch: {} }],
      ],
      { host: createComparingHost(createEvaluatorHost(policy), refusing) },
    );
    expect.unreachable();
  } catch (error) {
    expect(error).toMatchObject({ session: 's', at: 1000n, evaluator: undefined });
  }
});
