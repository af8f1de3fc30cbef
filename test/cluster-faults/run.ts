// One run: clients decide and read sessions and send signals at random nodes while faults happen, until all is well again.
// Returns what they saw.

import { setTimeout as wait } from 'node:timers/promises';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { epochHeader } from '../../service/cluster/records/records.ts';
import { type FaultKind, faultKinds, Random, type Scheduled, schedule } from './faults.ts';
import { type Final, marksIn, type Operation, type Outcome, type Written } from './history.ts';
import type { Machines } from './machines.ts';
import { maxMarks } from './policy.ts';

export const streamName = 'NHIPOL_default';

export interface RunOptions {
  readonly machines: Machines;
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
  readonly finals: readonly Final[];
  /** How long each session was not permitted, at most, in milliseconds, from fault to fault. */
  readonly longestOutage: number;
}

const read = { action: { name: 'read' }, resource: { type: 'file', id: 'f' } };
/** How long a client waits for a response, in milliseconds. */
const patience = 4_000;

export async function runFaults(options: RunOptions): Promise<RunResult> {
  const { machines, seed, length, sessions: count = 5, only = () => true } = options;
  const random = new Random(seed);
  const kinds = faultKinds(() => leaderOf(machines)).filter(
    (kind) => only(kind) && kind.isPossible?.(machines) !== false,
  );
  const faults = schedule(kinds, random, length);
  await machines.untilReady();
  const sessions = Array.from({ length: count }, (_, index) => `${seed}-${index}`);
  for (const session of sessions) await openSession(machines, session);
  const operations: Operation[] = [];
  const started = performance.now();
  const isOver = () => performance.now() - started > length;
  const clients = sessions.map((session, index) =>
    client(machines, session, {
      ...{ operations, random: new Random(seed * 31 + index), isOver },
      revokesAt: index % 2 === 0 ? random.between(0.2, 0.9) * length : undefined,
    }),
  );
  const opened: string[] = [];
  const opening = async () => {
    for (let index = 0; !isOver(); index += 1) {
      const session = `${seed}-new-${index}`;
      if (await isOpened(machines, random, session)) opened.push(session);
      await wait(100);
    }
  };
  await Promise.all([
    ...clients,
    opening(),
    ...faults.map((fault) => suffer(machines, fault, random)),
  ]);
  for (const node of machines.nodes) if (!node.isRunning) node.start();
  await machines.untilReady();
  const finals = await Promise.all(
    [...sessions, ...opened].map((session) => finalOf(machines, session)),
  );
  const names = faults.map(({ kind: { name } }) => name);
  return { faults: names, operations, finals, longestOutage: longestOutage(operations) };
}

async function suffer(machines: Machines, fault: Scheduled, random: Random): Promise<void> {
  await wait(fault.at);
  const end = await fault.kind.begin(machines, random);
  await wait(fault.duration);
  await end();
}

interface ClientOptions {
  readonly operations: Operation[];
  readonly random: Random;
  readonly isOver: () => boolean;
  /** Milliseconds from the start. */
  readonly revokesAt: number | undefined;
}

/** Uses a session at random nodes, from several places at once. */
async function client(machines: Machines, session: string, options: ClientOptions): Promise<void> {
  const { operations, random, isOver, revokesAt } = options;
  const started = performance.now();
  let marks = 0;
  const anyNode = () => Math.floor(random.next() * machines.nodes.length);
  const perform = async (kind: Operation['kind'], node = anyNode()) => {
    const called = performance.now();
    const outcome = await request(machines, node, session, kind);
    operations.push({ session, kind, node, called, answered: performance.now(), outcome });
    return outcome;
  };
  const loop = async (kind: 'decide' | 'view' | 'mark', pause: number) => {
    while (!isOver()) {
      if (kind !== 'mark') await perform(kind);
      else if (marks < maxMarks) {
        marks += 1;
        await perform(kind);
      }
      await wait(random.between(0.5, 1.5) * pause);
    }
  };
  const revoke = async () => {
    if (revokesAt === undefined) return;
    await wait(Math.max(0, revokesAt - (performance.now() - started)));
    while (!isOver() && (await perform('revoke'))?.status !== 200) await wait(50);
    // Requests that a suspended node finds when it wakes up.
    const late: Promise<unknown>[] = [];
    while (!isOver()) {
      for (const node of machines.nodes.keys())
        late.push(perform('view', node), perform('decide', node));
      await wait(150);
    }
    await Promise.all(late);
  };
  await Promise.all([
    ...[loop('decide', 40), loop('decide', 40), loop('view', 60), loop('mark', 300)],
    revoke(),
  ]);
}

const calls: Readonly<
  Record<
    Operation['kind'],
    (session: string) => readonly [method: string, path: string, body: object | undefined]
  >
> = {
  decide: (session: string) => ['POST', `/sessions/${session}/decide`, read],
  view: (session: string) => ['GET', `/sessions/${session}`, undefined],
  revoke: (session: string) => ['POST', `/sessions/${session}/signals`, { signal: 'leaked' }],
  mark: (session: string) => ['POST', `/sessions/${session}/signals`, { signal: 'mark' }],
};

async function request(
  { nodes }: Machines,
  node: number,
  session: string,
  kind: Operation['kind'],
): Promise<Outcome | undefined> {
  const [method, path, body] = calls[kind](session);
  try {
    const response = await fetch(`${nodes[node]?.url}${path}`, {
      method,
      signal: AbortSignal.timeout(patience),
      ...(body === undefined
        ? {}
        : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    const { context } = (await response.json()) as {
      readonly context?: { readonly effect?: string; readonly reasons?: readonly string[] };
    };
    return { status: response.status, effect: context?.effect, reasons: context?.reasons ?? [] };
  } catch {
    return undefined;
  }
}

async function openSession({ nodes }: Machines, session: string): Promise<void> {
  const subject = { type: 'ai_agent', id: `agent ${session}` };
  const body = JSON.stringify({ id: session, subject, context: { ok: true } });
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const response = await fetch(`${nodes[attempt % nodes.length]?.url}/sessions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
      signal: AbortSignal.timeout(patience),
    }).catch(() => undefined);
    if (response?.status === 201 || response?.status === 409) return;
    await wait(100);
  }
  throw new Error(`the session ${session} was not opened`);
}

/** Whether the opening of a session was acknowledged. */
async function isOpened({ nodes }: Machines, random: Random, session: string): Promise<boolean> {
  const subject = { type: 'ai_agent', id: `agent ${session}` };
  const response = await fetch(`${random.pick(nodes).url}/sessions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ id: session, subject, context: { ok: true } }),
    signal: AbortSignal.timeout(patience),
  }).catch(() => undefined);
  return response?.status === 201;
}

/** A clock that was ahead denies for a moment, so the last decision counts. */
async function finalOf(machines: Machines, session: string): Promise<Final> {
  const end = performance.now() + 15_000;
  for (;;) {
    const outcome = await request(machines, 0, session, 'decide');
    const { effect = `status ${outcome?.status}`, reasons = [] } = outcome ?? {};
    const isSettled = effect === 'permit' || effect === 'revoke';
    if (isSettled || performance.now() > end) return { session, effect, marks: marksIn(reasons) };
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

/** Creates the stream of the cluster before the nodes do, so that it has all messages and not only the latest. */
export async function createStream(machines: Machines, partitions: number): Promise<void> {
  const connection = await anyServer(machines);
  // It has no leader at first, and answers nothing.
  const manager = await jetstreamManager(connection, { timeout: 2_000, checkAPI: false });
  const end = performance.now() + 30_000;
  for (;;) {
    try {
      await manager.streams.add({
        name: streamName,
        subjects: ['partition.>', 'session.*', 'approval.>', 'policy'].map(
          (subject) => `nhipol.default.${subject}`,
        ),
        num_replicas: 3,
        allow_atomic: true,
        allow_msg_ttl: true,
        allow_direct: false,
        metadata: { partitions: `${partitions}`, identity: 'subject.id' },
      });
      break;
    } catch (error) {
      if (performance.now() > end) throw error;
      await wait(200);
    }
  }
  await connection.close();
}

/** All messages of partitions, in their order. */
export async function messagesOf(machines: Machines): Promise<readonly Written[]> {
  const connection = await anyServer(machines);
  try {
    const client = jetstream(connection, { timeout: 10_000 });
    const manager = await jetstreamManager(connection, { timeout: 10_000 });
    const { state } = await manager.streams.info(streamName);
    const consumer = await client.consumers.get(streamName, {
      filter_subjects: ['nhipol.default.partition.>'],
    });
    const written: Written[] = [];
    for (;;) {
      const batch = await consumer.fetch({ max_messages: 1_000, expires: 1_000 });
      let last = 0;
      for await (const { seq, subject, headers, info } of batch) {
        const [, , , partition, kind] = subject.split('.');
        const epoch = headers?.get(epochHeader) ?? '';
        written.push({
          sequence: seq,
          partition: Number(partition),
          isLease: kind === 'lease',
          epoch: epoch === '' ? undefined : Number(epoch),
        });
        last = seq;
        if (info.pending === 0 || seq >= state.last_seq) break;
      }
      const isEmpty = last === 0;
      if (isEmpty || last >= state.last_seq) return written;
    }
  } finally {
    await connection.close();
  }
}

async function leaderOf(machines: Machines): Promise<number> {
  const connection = await anyServer(machines).catch(() => undefined);
  if (connection === undefined) return 0;
  try {
    const manager = await jetstreamManager(connection, { timeout: 1_000 });
    const { cluster } = await manager.streams.info(streamName);
    return Number(cluster?.leader?.slice(1) ?? 0);
  } catch {
    return 0;
  } finally {
    await connection.close();
  }
}

function anyServer({ servers }: Machines): Promise<NatsConnection> {
  return connect({
    servers: servers.map(({ options }) => `127.0.0.1:${options.port}`),
    ignoreClusterUpdates: true,
    timeout: 2_000,
  });
}
