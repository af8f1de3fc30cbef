// Events in a cluster of three nodes with one NATS server: a token that any node receives changes the sessions of all owners
// before it is acknowledged, once, also if the owner changes; events are sent by one node. Skipped if the server is not
// installed: `node scripts/install/nats.mjs`.

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { formatEventUri, type SignalSettings, serviceItself } from '@nhipol/service';
import { decodeJwt, exportPKCS8, generateKeyPair } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { connectToNats } from '../../../service/cluster/records/connection.ts';
import { Names } from '../../../service/cluster/records/names.ts';
import { Records } from '../../../service/cluster/records/records.ts';
import { SetLog } from '../../../service/cluster/signals/set-log.ts';
import { toStoredSet } from '../../../service/signals/receive/stored-set.ts';
import { attack } from '../../attacks/attack.ts';
import { compileForGuard } from '../guard/guard-policy.ts';
import {
  signalPolicy,
  signalSettings,
  sourceSettings,
  TestIssuer,
  thisMachine,
} from '../signals/signal-issuer.ts';
import { type ClusterNode, divideNetwork, newCluster, ready } from './cluster-harness.ts';
import { hasNats, startNats } from './nats-harness.ts';

const read = { action: { name: 'read' }, resource: { type: 'file', id: 'f' } };
const ids = Array.from({ length: 12 }, (_, index) => `s${index}`);
const subjects = {
  any: { format: 'opaque', id: '$session.subject.id' },
  tenant: { format: 'opaque', id: '$session.context.tenant' },
};

/** A verified token about all sessions of a tenant. */
function leak(jti: string, time = Date.now()) {
  const issuer = 'https://idp.example';
  const event = {
    issuer,
    jti,
    txn: `txn ${jti}`,
    time,
    type: formatEventUri('credential-compromise'),
    subject: { format: 'complex', tenant: { format: 'opaque', id: 't' } },
    claims: {},
  };
  return { issuer, jti, events: [event] };
}

describe.skipIf(!hasNats)('events in a cluster', () => {
  let nats: Awaited<ReturnType<typeof startNats>>;
  let module: Uint8Array;
  let key: string;
  const nodes: ClusterNode[] = [];
  const closed: (() => void)[] = [];
  beforeAll(async () => {
    module = await compileForGuard(signalPolicy);
    nats = await startNats();
    const pair = await generateKeyPair('ES256', { extractable: true });
    key = await exportPKCS8(pair.privateKey);
  });
  afterAll(() => nats.close());
  afterEach(async () => {
    for (const node of nodes.splice(0)) await node.close();
    for (const close of closed.splice(0)) close();
  });

  type Three = [ClusterNode, ClusterNode, ClusterNode];

  /** Three nodes that own partitions, and one session in most of these. */
  async function three(parts: Partial<SignalSettings> = {}) {
    const signals = signalSettings({ subjects, ...parts });
    const { name, join } = newCluster({ server: nats.server.url, module, signals });
    const add = async () => {
      const node = await join();
      nodes.push(node);
      return node;
    };
    const joined: Three = [await add(), await add(), await add()];
    await divideNetwork(...joined);
    return { name, add, joined };
  }

  async function openAll({ sessions }: ClusterNode, prefix = ''): Promise<void> {
    for (const id of ids) await open(sessions, `${prefix}${id}`);
  }

  const open = (sessions: ClusterNode['sessions'], id: string) =>
    sessions.open(serviceItself, id, {
      subject: { type: 'ai_agent', id: `agent ${id}` },
      context: {
        tenant: 't',
        risk: { level: 'LOW', observed_at: new Date(Date.now() - 60_000).toISOString() },
      },
    });

  async function effects({ sessions }: ClusterNode, prefix = ''): Promise<readonly string[]> {
    const answers = await Promise.all(
      ids.map((id) => sessions.decide(serviceItself, `${prefix}${id}`, read)),
    );
    return answers.map(({ effect }) => effect);
  }

  const all = (effect: string) => ids.map(() => effect);

  attack('http-cluster-long-answer', async () => {
    const small = await startNats('max_payload: 262144');
    closed.push(() => void small.close());
    const signals = signalSettings({ subjects });
    const patient = { lease: 5_000 };
    const { join } = newCluster({ server: small.server.url, module, signals, ...patient });
    const joined = [await join(), await join()] as const;
    nodes.push(...joined);
    await divideNetwork(...joined);
    const numbers = Array.from({ length: 200 }, (_, index) => `${index}`.padStart(5, '0'));
    const long = numbers.map((each) => '\u0001'.repeat(250) + each);
    const request = { subject: { type: 'ai_agent', id: 'big' }, context: { tenant: 't' } };
    const [{ sessions }] = joined;
    const inParts = async <Result>(run: (id: string) => Promise<Result>) => {
      const results: Result[] = [];
      for (let start = 0; start < long.length; start += 20) {
        results.push(...(await Promise.all(long.slice(start, start + 20).map(run))));
      }
      return results;
    };
    await inParts((id) => sessions.open(serviceItself, id, request));
    for (const node of joined) {
      const found: string[] = [];
      for (let hasMore = true; hasMore; ) {
        const page = await node.sessions.list(serviceItself, found.at(-1) ?? '', 1_000);
        expect(page.sessions.length).toBeGreaterThan(0);
        found.push(...page.sessions.map(({ id }) => id));
        hasMore = page.hasMore;
      }
      expect(found).toEqual(long);
    }
    for (const [at, node] of joined.entries()) {
      await node.signals.receive('idp', leak(`long ${at}`));
      const answers = await inParts((id) => node.sessions.decide(serviceItself, id, read));
      expect(new Set(answers.map(({ effect }) => effect))).toEqual(new Set(['revoke']));
    }
  });

  test('an event at any node revokes the sessions of all before it is acknowledged', async () => {
    const { joined } = await three();
    const [one, two, other] = joined;
    await openAll(one);
    expect(await effects(two)).toEqual(all('permit'));
    await other.signals.receive('idp', leak('1'));
    for (const node of joined) expect(await effects(node)).toEqual(all('revoke'));
    const [arrival] = other.arrivals;
    expect(arrival).toMatchObject({ outcome: 'accepted', isNew: true });
    expect(arrival?.outcome === 'accepted' && arrival.sessions.toSorted()).toEqual(ids.toSorted());
  });

  test('the same token at another node is a duplicate, also when all nodes were replaced', async () => {
    const { joined, add } = await three();
    const [one, two] = joined;
    await openAll(one);
    const token = leak('1');
    await Promise.all([one, two, one, two].map(({ signals }) => signals.receive('idp', token)));
    const arrived = joined.flatMap(({ arrivals }) => arrivals);
    expect(arrived.filter((each) => each.outcome === 'accepted' && each.isNew)).toHaveLength(1);
    const late = await add();
    for (const node of joined) await node.close();
    await ready(late);
    await late.signals.receive('idp', token);
    expect(late.arrivals).toMatchObject([{ isNew: false, sessions: [] }]);
    expect(await effects(late)).toEqual(all('revoke'));
  });

  test('a session that is opened later is changed by earlier events', async () => {
    const { joined, add } = await three();
    const [one, two, other] = joined;
    await one.signals.receive('idp', leak('1'));
    await openAll(two, 'later ');
    expect(await effects(other, 'later ')).toEqual(all('revoke'));
    const late = await add();
    for (const node of joined) await node.close();
    await ready(late);
    await openAll(late, 'latest ');
    expect(await effects(late, 'latest ')).toEqual(all('revoke'));
  });

  test('a new owner applies what is stored and was not applied', async () => {
    const { name, joined, add } = await three();
    await openAll(joined[0]);
    // As a node does that ends after JetStream has stored the token.
    const connection = await connectToNats({ servers: [nats.server.url], name: 'test' });
    const records = await Records.open(connection, new Names(name), 5_000);
    await new SetLog(records).append([toStoredSet(leak('1'), Date.now())]);
    await connection.close();
    const late = await add();
    for (const node of joined) await node.close();
    await ready(late);
    expect(await effects(late)).toEqual(all('revoke'));
  });

  test('a new owner with other subjects applies the events that are remembered', async () => {
    const earlier = { any: { format: 'opaque', id: '$session.subject.id' } };
    const options = { server: nats.server.url, module };
    const before = newCluster({ ...options, signals: signalSettings({ subjects: earlier }) });
    const first = await before.join();
    nodes.push(first);
    await ready(first);
    await openAll(first);
    await first.signals.receive('idp', leak('1'));
    expect(await effects(first)).toEqual(all('permit'));
    const signals = signalSettings({ subjects });
    const next = await before.join(module, signals);
    nodes.push(next);
    await first.close();
    await ready(next);
    expect(await effects(next)).toEqual(all('revoke'));
  });

  test('a token is not acknowledged while a partition has no owner', async () => {
    const { joined } = await three();
    const [one] = joined;
    nats.server.signal('SIGSTOP');
    try {
      await expect(one.signals.receive('idp', leak('1'))).rejects.toThrow();
    } finally {
      nats.server.signal('SIGCONT');
    }
    await ready(...joined);
    await one.signals.receive('idp', leak('1'));
  });

  test('a pushed token is verified at each node', async () => {
    const issuer = await TestIssuer.start();
    closed.push(() => issuer.close());
    const { joined } = await three({ sources: [sourceSettings(issuer.jwks)] });
    const [one] = joined;
    await openAll(one);
    const subject = { format: 'complex', tenant: { format: 'opaque', id: 't' } };
    const token = await issuer.sign({ type: 'credential-compromise', subject });
    for (const { signals } of joined) await signals.sources.get('idp')?.accept(token);
    expect(joined.map(({ arrivals }) => arrivals.length)).toEqual([1, 1, 1]);
    expect(await effects(one)).toEqual(all('revoke'));
  });

  /** A server that takes requests as text. */
  async function receiver(
    answer: (body: string) => Promise<readonly [status: number, body: object]>,
  ): Promise<string> {
    const server: Server = createServer(async (request, response) => {
      const [status, body] = await answer(await text(request));
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closed.push(() => {
      server.close();
      server.closeAllConnections();
    });
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  test('each revoke is pushed once, and what waits is pushed by the next node on duty', async () => {
    const pushed: string[] = [];
    let status = 202;
    const url = await receiver(async (body) => {
      if (status === 202) pushed.push(String(decodeJwt(body).jti));
      return [status, {}];
    });
    const transmitter = {
      keys: [key],
      issuer: 'https://pdp.example',
      effects: [],
      language: 'en',
      destinations: thisMachine,
      subject: undefined,
      defaultSubjects: 'ALL' as const,
      minVerificationInterval: 0,
      maxBacklog: 1_000,
    };
    const { joined } = await three({ transmitter });
    const [one, two, other] = joined;
    await openAll(one);
    await openAll(two, 'more ');
    const delivery = { method: 'urn:ietf:rfc:8935', endpoint_url: url };
    const created = await one.signals.transmitter.streams.create('r', { delivery });
    expect(await two.signals.transmitter.streams.list('r')).toEqual([created]);
    await other.sessions.signal(serviceItself, 's0', 'credential-compromise', {}, undefined);
    await expect.poll(() => pushed.length, { timeout: 5_000 }).toBe(1);
    status = 503;
    await two.signals.receive('idp', leak('1'));
    const onDuty = joined.filter((node) => node.isOnDuty);
    expect(onDuty).toHaveLength(1);
    for (const node of onDuty) await node.close();
    status = 202;
    // All others: the first one was revoked before.
    await expect.poll(() => new Set(pushed).size, { timeout: 15_000 }).toBe(2 * ids.length);
    expect(pushed).toHaveLength(2 * ids.length);
  });

  test('changes of one stream by several nodes are all kept', async () => {
    const transmitter = {
      keys: [key],
      issuer: 'https://pdp.example',
      effects: [],
      language: 'en',
      destinations: thisMachine,
      subject: undefined,
      defaultSubjects: 'NONE' as const,
      minVerificationInterval: 0,
      maxBacklog: 1_000,
    };
    const { joined } = await three({ transmitter });
    const delivery = { method: 'urn:ietf:rfc:8936' };
    const created = await joined[0].signals.transmitter.streams.create('r', { delivery });
    const stream_id = String(created?.stream_id);
    await openAll(joined[0]);
    await Promise.all(
      ids.map((id, at) => {
        const subject = { format: 'opaque', id: `agent ${id}` };
        return joined[at % 3]?.signals.transmitter.streams.addSubject('r', { stream_id, subject });
      }),
    );
    await joined[1].signals.receive('idp', leak('1'));
    const pollSignals = async () => {
      const request = [{ returnImmediately: true }, new AbortController().signal] as const;
      const found = await joined[2].signals.transmitter.poll('r', stream_id, ...request);
      return Object.keys(found?.sets ?? {}).length;
    };
    await expect.poll(pollSignals, { timeout: 5_000 }).toBe(ids.length);
  });

  test('a source is polled by the node on duty', async () => {
    const issuer = await TestIssuer.start();
    closed.push(() => issuer.close());
    const subject = { format: 'complex', tenant: { format: 'opaque', id: 't' } };
    let [waiting, polls, maxPolls] = [{} as Record<string, string>, 0, 0];
    const acknowledged: string[] = [];
    const url = await receiver(async (body) => {
      polls += 1;
      maxPolls = Math.max(maxPolls, polls);
      await new Promise((resolve) => setTimeout(resolve, 30));
      polls -= 1;
      const { ack = [] } = JSON.parse(body) as { readonly ack?: readonly string[] };
      acknowledged.push(...ack);
      for (const jti of ack) delete waiting[jti];
      return [200, { sets: waiting }];
    });
    const polled = { delivery: 'poll', pollUrl: new URL(url), pollInterval: 50 } as const;
    const { joined } = await three({
      sources: [{ ...sourceSettings(issuer.jwks), ...polled }],
    });
    const [one] = joined;
    await openAll(one);
    expect(maxPolls).toBe(1);
    await joined.find((node) => node.isOnDuty)?.close();
    const signEvent = (jti: string) =>
      issuer.sign({ type: 'credential-compromise', subject, payload: { jti } });
    waiting = { first: await signEvent('first') };
    await expect.poll(() => acknowledged, { timeout: 10_000 }).toContain('first');
    const left = joined.filter(({ arrivals }) => arrivals.length > 0);
    expect(left).toHaveLength(1);
    for (const node of left) expect(await effects(node)).toEqual(all('revoke'));
  });
});
