// The log lines of decisions in sessions: each has the facts and the policy with which it was decided, also if they changed
// before the decision was durable, and the facts that only the session has.

import type { LogEntry } from '@nhipol/service';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { attack } from '../../attacks/attack.ts';
import { type Harness, openHarness } from '../decisions/service-harness.ts';

const writePolicy = (version: string) => `
policy test.lines version "${version}"
subject workload { team?: String }
action read {}
resource file {}
context { time: Timestamp, level?: String, note?: String }
for workload doing read on file {
  permit low when context.level is "LOW" and subject.team is "ops"
}
`;

let harness: Harness;
let lines: LogEntry[];
let isFull = false;
beforeEach(async () => {
  lines = [];
  isFull = false;
  const append = (entry: LogEntry) => {
    if (isFull) throw new Error('the disk is full');
    return `${lines.push(entry)}`;
  };
  const log = { append, close: async () => {} };
  harness = await openHarness({ policy: writePolicy('1.0.0'), point: { log } });
});
afterEach(() => harness.close());

const read = { action: { name: 'read' }, resource: { type: 'file', id: 'f' } };
const subject = { type: 'workload', id: 'w', properties: { team: 'ops' } };
const open = (id: string, level: string) =>
  harness.post('/sessions', { id, subject, context: { level } });

type Decision = Extract<LogEntry, { readonly kind: 'decision' }>;
const decisions = () =>
  lines.filter((each): each is Decision => each.kind === 'decision' && each.trigger === 'request');
const getLevel = ({ request }: Decision) =>
  (request as { readonly context?: { readonly level?: string } }).context?.level;

attack('log-decided-facts', async () => {
  for (let n = 0; n < 12; n += 1) {
    const id = `s${n}`;
    await open(id, 'LOW');
    await Promise.all([
      harness.post(`/sessions/${id}/decide`, read),
      harness.call('PATCH', `/sessions/${id}`, { context: { level: 'HIGH' } }),
      harness.post('/access/v1/evaluation', { subject, ...read }, { 'nhipol-session': id }),
    ]);
  }
  expect(decisions()).toHaveLength(24);
  for (const line of decisions()) {
    expect([line.effect, getLevel(line)]).toEqual(
      line.decision ? ['permit', 'LOW'] : ['deny', 'HIGH'],
    );
  }
});

test('an evaluation in a session has the facts of the session', async () => {
  await open('s1', 'HIGH');
  await harness.call('PATCH', '/sessions/s1', { context: { level: 'LOW', note: 'x' } });
  const bare = { subject: { type: 'workload', id: 'w' }, ...read };
  const { body } = await harness.post('/access/v1/evaluation', bare, { 'nhipol-session': 's1' });
  expect(body.decision).toBe(true);
  expect(decisions().map(({ request }) => request)).toEqual([
    expect.objectContaining({
      subject,
      context: expect.objectContaining({ level: 'LOW', note: 'x' }),
    }),
  ]);
});

test('no decision is answered that cannot be logged', async () => {
  await open('s1', 'LOW');
  await open('s2', 'HIGH');
  isFull = true;
  const evaluate = (level: string) =>
    harness.post('/access/v1/evaluation', { subject, ...read, context: { level } });
  const answers = [
    await evaluate('LOW'),
    await evaluate('HIGH'),
    ...(await Promise.all(['s1', 's2'].map((id) => harness.post(`/sessions/${id}/decide`, read)))),
  ];
  expect(answers.map(({ body }) => [body.decision, body.context.reasons])).toEqual(
    answers.map(() => [false, ['log_unavailable']]),
  );
  // An invalid request gets an error instead.
  expect(
    (await harness.post('/access/v1/evaluation', { subject, ...read, resource: 1 })).status,
  ).toBe(400);
});
