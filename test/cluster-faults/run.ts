// One run: clients open, decide and read sessions, and send signals and events at random nodes while faults happen, until all
// is well again. Returns what they saw.

import { setTimeout as wait } from 'node:timers/promises';
import type { TestIssuer } from '../service/signals/signal-issuer.ts';
import { deliver, openSession, openSessions, request, type Target, useSession } from './clients.ts';
import { type FaultKind, faultKinds, Random, type Scheduled, schedule } from './faults.ts';
import { countMarks, type Final, type Operation, type SentEvent } from './history.ts';
import type { Machines } from './machines.ts';
import { findLeader } from './stream.ts';

export interface RunOptions {
  readonly machines: Machines;
  /** Signs the events, and is trusted by the nodes. */
  readonly issuer: TestIssuer;
  readonly seed: number;
  /** How long faults begin, in milliseconds. */
  readonly length: number;
  readonly sessions?: number;
  /** Which faults there may be; default: all. */
  readonly only?: (kind: FaultKind) => boolean;
}

export interface RunResult {
  readonly faults: readonly string[];
  readonly operations: readonly Operation[];
  readonly events: readonly SentEvent[];
  readonly finals: readonly Final[];
  /** How long each session was not permitted, at most, in milliseconds, from fault to fault. */
  readonly longestOutage: number;
}

/** How long sessions and events may take when all faults are over, in milliseconds. */
const settleTime = 15_000;
/** The events of a run end the sessions of all groups but the last. */
const groupCount = 3;

export async function runFaults(options: RunOptions): Promise<RunResult> {
  const { machines, issuer, seed, length, sessions: count = 5, only = () => true } = options;
  const random = new Random(seed);
  const kinds = faultKinds(() => findLeader(machines)).filter(
    (kind) => only(kind) && kind.isPossible?.(machines) !== false,
  );
  const faults = schedule(kinds, random, length);
  await machines.untilReady();
  const groups = Array.from({ length: groupCount }, (_, index) => `${seed} group ${index}`);
  const pickGroup = (index: number) => groups[index % groupCount] as string;
  const targets = Array.from({ length: count }, (_, index): Target => {
    return { session: `${seed}-${index}`, group: pickGroup(index) };
  });
  for (const target of targets) await openSession(machines, target);
  const operations: Operation[] = [];
  const started = performance.now();
  const isFinished = () => performance.now() - started > length;
  const observing = (number: number) => ({
    machines,
    operations,
    isFinished,
    random: new Random(seed * 31 + number),
  });
  const clients = targets.map((target, index) =>
    useSession(target, {
      ...observing(index),
      revokesAt: index % 2 === 0 ? random.between(0.2, 0.9) * length : undefined,
    }),
  );
  const ended = groups.slice(0, -1).map(async (group, index) => {
    const token = await signEvent(issuer, group);
    await wait(random.between(0.1, 0.8) * length);
    const event = await deliver(group, token, observing(count + index));
    return { token, event };
  });
  const [opened] = await Promise.all([
    openSessions(`${seed}-new`, groups, observing(-1)),
    Promise.all(clients),
    ...faults.map((fault) => suffer(machines, fault, random)),
  ]);
  const sent = await Promise.all(ended);
  for (const node of machines.nodes) if (!node.isRunning) node.start();
  await machines.untilReady();
  const events = await Promise.all(
    sent.map(async ({ token, event }) => {
      if (event.acknowledged !== undefined) return event;
      const end = performance.now() + settleTime;
      const isLate = () => performance.now() > end;
      const later = await deliver(event.group, token, { ...observing(-2), isFinished: isLate });
      return { ...later, sent: event.sent };
    }),
  );
  const finals = await Promise.all(
    [...targets, ...opened].map((target) => awaitFinal(machines, target)),
  );
  const names = faults.map(({ kind: { name } }) => name);
  return { faults: names, operations, events, finals, longestOutage: longestOutage(operations) };
}

/** A token with an event that ends the sessions of a group. */
function signEvent(issuer: TestIssuer, group: string): Promise<string> {
  const subject = { format: 'complex', group: { format: 'opaque', id: group } };
  return issuer.sign({ type: 'credential-compromise', subject });
}

async function suffer(machines: Machines, fault: Scheduled, random: Random): Promise<void> {
  await wait(fault.at);
  const end = await fault.kind.begin(machines, random);
  await wait(fault.duration);
  await end();
}

/** A clock that was ahead denies for a moment, so the last decision counts. */
async function awaitFinal(machines: Machines, target: Target): Promise<Final> {
  const end = performance.now() + settleTime;
  for (;;) {
    const outcome = await request(machines, 0, target.session, 'decide');
    const { effect = `status ${outcome?.status}`, reasons = [] } = outcome ?? {};
    const isSettled = effect === 'permit' || effect === 'revoke';
    if (isSettled || performance.now() > end)
      return { ...target, effect, marks: countMarks(reasons) };
    await wait(100);
  }
}

/** The longest time in which no decision of any session was a permit or a revoke. */
function longestOutage(operations: readonly Operation[]): number {
  const decided = operations
    .filter(
      ({ kind, outcome }) => kind === 'decide' && /^(permit|revoke)$/.test(outcome?.effect ?? ''),
    )
    .map(({ session, answered }) => ({ session, answered }));
  let longest = 0;
  const last = new Map<string, number>();
  for (const { session, answered } of decided) {
    longest = Math.max(longest, answered - (last.get(session) ?? answered));
    last.set(session, answered);
  }
  return longest;
}
