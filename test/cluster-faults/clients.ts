// The clients of a cluster under faults: they use sessions at random nodes, from several places at once, and write down what
// they saw.

import { setTimeout as wait } from 'node:timers/promises';
import type { Random } from './faults.ts';
import type { Operation, Outcome, SentEvent } from './history.ts';
import type { Machines } from './machines.ts';
import { maxMarks } from './policy.ts';

const read = { action: { name: 'read' }, resource: { type: 'file', id: 'f' } };
/** How long a client waits for a response, in milliseconds. */
const patience = 4_000;

/** A session, and the group whose sessions an event ends. */
export interface Target {
  readonly session: string;
  readonly group: string;
}

interface Observing {
  readonly machines: Machines;
  /** Gets what the clients saw. */
  readonly operations: Operation[];
  readonly random: Random;
  readonly isFinished: () => boolean;
}

export interface ClientOptions extends Observing {
  /** Milliseconds from the start. */
  readonly revokesAt: number | undefined;
}

/** Uses a session at random nodes, from several places at once. */
export async function useSession(target: Target, options: ClientOptions): Promise<void> {
  const { machines, operations, random, isFinished, revokesAt } = options;
  const started = performance.now();
  let marks = 0;
  const anyNode = () => Math.floor(random.next() * machines.nodes.length);
  const perform = async (kind: Operation['kind'], node = anyNode()) => {
    const called = performance.now();
    const outcome = await request(machines, node, target.session, kind);
    operations.push({ ...target, kind, node, called, answered: performance.now(), outcome });
    return outcome;
  };
  const loop = async (kind: 'decide' | 'view' | 'mark', pause: number) => {
    while (!isFinished()) {
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
    while (!isFinished() && (await perform('revoke'))?.status !== 200) await wait(50);
    // Requests that a suspended node finds when it wakes up.
    const late: Promise<unknown>[] = [];
    while (!isFinished()) {
      for (const node of machines.nodes.keys())
        late.push(perform('view', node), perform('decide', node));
      await wait(150);
    }
    await Promise.all(late);
  };
  await Promise.all([
    loop('decide', 40),
    loop('decide', 40),
    loop('view', 60),
    loop('mark', 300),
    revoke(),
  ]);
}

/** Opens sessions of random groups during the faults, and decides in them. Returns those whose opening was acknowledged. */
export async function openSessions(
  prefix: string,
  groups: readonly string[],
  { machines, operations, random, isFinished }: Observing,
): Promise<readonly Target[]> {
  const opened: Target[] = [];
  const users: Promise<void>[] = [];
  const decide = async (target: Target) => {
    while (!isFinished()) {
      const node = Math.floor(random.next() * machines.nodes.length);
      const called = performance.now();
      const outcome = await request(machines, node, target.session, 'decide');
      const answered = performance.now();
      operations.push({ ...target, kind: 'decide', node, called, answered, outcome });
      await wait(random.between(100, 300));
    }
  };
  for (let index = 0; !isFinished(); index += 1) {
    const target = { session: `${prefix}-${index}`, group: random.pick(groups) };
    const status = await open(random.pick(machines.nodes).url, target);
    if (status === 201) {
      opened.push(target);
      users.push(decide(target));
    }
    await wait(200);
  }
  await Promise.all(users);
  return opened;
}

/** Delivers an event that ends the sessions of a group until it is acknowledged, as transmitters do. */
export async function deliver(
  group: string,
  token: string,
  { machines, random, isFinished }: Pick<Observing, 'machines' | 'random' | 'isFinished'>,
): Promise<SentEvent> {
  const sent = performance.now();
  while (!isFinished()) {
    const status = await fetch(`${random.pick(machines.nodes).url}/signals/idp`, {
      method: 'POST',
      headers: { 'content-type': 'application/secevent+jwt' },
      body: token,
      signal: AbortSignal.timeout(2 * patience),
    }).then(
      (response) => response.status,
      () => undefined,
    );
    if (status === 202) return { group, sent, acknowledged: performance.now() };
    await wait(50);
  }
  return { group, sent, acknowledged: undefined };
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

export async function request(
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

/** Opens a session before the faults begin. */
export async function openSession({ nodes }: Machines, target: Target): Promise<void> {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const status = await open(nodes[attempt % nodes.length]?.url ?? '', target);
    if (status === 201 || status === 409) return;
    await wait(100);
  }
  throw new Error(`the session ${target.session} was not opened`);
}

/** Returns the status of the response, or `undefined` if there was none. */
async function open(url: string, { session, group }: Target): Promise<number | undefined> {
  const subject = { type: 'ai_agent', id: `agent ${session}` };
  const response = await fetch(`${url}/sessions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ id: session, subject, context: { ok: true, group } }),
    signal: AbortSignal.timeout(patience),
  }).catch(() => undefined);
  return response?.status;
}
