// Kills a service at random moments while tokens are pushed to it, and starts it again with the same state: what it
// acknowledged happened, happens once, and is reported to its own receiver. `NHIPOL_SIGNAL_CRASHES` is the number of crashes.
// Needs `dist/bin/`.

import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createRandomNumbers } from '@nhipol/testing';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  applyLoad,
  callService,
  type ServiceProcess,
  startService,
} from '../../decisions/service-process.ts';
import { compileForGuard } from '../../guard/guard-policy.ts';
import { audience, issuerName, push, signalPolicy, TestIssuer } from '../signal-issuer.ts';

const crashes = Number(process.env.NHIPOL_SIGNAL_CRASHES ?? 3);
const draw = createRandomNumbers(Number(process.env.NHIPOL_SEED ?? 1));
const workers = 6;
/** The longest time from the start of the load to the crash, in milliseconds. */
const longestLife = 1_000;
/** The number of recent sessions and tokens that are checked after a crash. */
const checked = 100;

const folder = mkdtempSync(join(tmpdir(), 'nhipol-signal-crashes-'));
let issuer: TestIssuer;
let receiver: Server;
/** The ids of the sessions whose end was reported to the receiver. */
const reported = new Set<string>();

beforeAll(async () => {
  issuer = await TestIssuer.start();
  receiver = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      // Such a token is sent again.
      if (draw() < 0.1) return void response.writeHead(503).end();
      const { sub_id: subject } = decodeJwt(Buffer.concat(chunks).toString());
      const about = subject as { readonly session?: { readonly id?: string } } | undefined;
      if (about?.session?.id !== undefined) reported.add(about.session.id);
      response.writeHead(202).end();
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
});
afterAll(() => {
  issuer.close();
  receiver.close();
  receiver.closeAllConnections();
  rmSync(folder, { recursive: true, force: true });
});

interface Session {
  /** Whether an event that revokes it was acknowledged. */
  isRevoked: boolean;
  /** The last acknowledged level of risk, and one that was sent. */
  level: string | undefined;
  pending: string | undefined;
}

const known = new Map<string, Session>();
/** The tokens that were acknowledged. */
const acknowledged: string[] = [];
const counts = { open: 0, revoke: 0, change: 0, decide: 0, repeated: 0 };
const isMissing = () => [counts.open, counts.revoke, counts.change, counts.decide].includes(0);
const problems: string[] = [];
const read = { action: { name: 'read' }, resource: { type: 'file', id: 'f' } };

async function operate(url: string): Promise<void> {
  const ids = [...known.keys()];
  const id = ids[Math.floor(draw() * ids.length)];
  const kind = draw();
  if (id === undefined || kind < 0.2) return open(url);
  const session = known.get(id) as Session;
  if (kind < 0.35) {
    const token = await issuer.sign({
      type: 'credential-compromise',
      subject: { format: 'opaque', id },
      claims: { credential_type: 'api_key' },
    });
    if ((await push(url, token)).status !== 202) return;
    session.isRevoked = true;
    acknowledged.push(token);
    counts.revoke += 1;
  } else if (kind < 0.6 && session.pending === undefined) {
    const level = draw() < 0.5 ? 'HIGH' : 'MEDIUM';
    session.pending = level;
    const token = await issuer.sign({
      type: 'risk-level-change',
      subject: { format: 'opaque', id },
      claims: { current_level: level, event_timestamp: Date.now() / 1_000 },
    });
    if ((await push(url, token)).status !== 202) return;
    Object.assign(session, { level, pending: undefined });
    acknowledged.push(token);
    counts.change += 1;
  } else {
    const { isRevoked } = session;
    const { status, body } = await callService(url, 'POST', `/sessions/${id}/decide`, read);
    if (status !== 200) return void problems.push(`decide ${id}: ${status}`);
    if (body.decision && isRevoked) problems.push(`${id}: a permit after an event that revokes`);
    counts.decide += 1;
  }
}

async function open(url: string): Promise<void> {
  const id = `a-${counts.open}`;
  counts.open += 1;
  const risk = { level: 'LOW', observed_at: new Date().toISOString() };
  const opening = { id, subject: { type: 'ai_agent', id }, context: { risk } };
  const { status } = await callService(url, 'POST', '/sessions', opening);
  if (status !== 201) return void problems.push(`open ${id}: ${status}`);
  known.set(id, { isRevoked: false, level: undefined, pending: undefined });
}

async function check(url: string, id: string, session: Session): Promise<void> {
  const { status, body } = await callService(url, 'GET', `/sessions/${id}`);
  if (status !== 200) return void problems.push(`${id}: it was opened, and is lost (${status})`);
  const { effect } = body.context;
  if (session.isRevoked && effect !== 'revoke')
    problems.push(`${id}: an event is lost (${effect})`);
  const { level } = body.facts.context.risk;
  // A revoke is final: facts do not change after it.
  const isKnown = [session.level ?? 'LOW', session.pending].includes(level);
  if (effect !== 'revoke' && !isKnown) {
    problems.push(`${id}: the risk was set to ${session.level}, and is ${level}`);
  }
  Object.assign(session, { level, pending: undefined });
}

/** Sends acknowledged tokens again: each is a duplicate, and changes nothing. */
async function repeat(url: string): Promise<void> {
  const before = await countReceived(url);
  const tokens = acknowledged.slice(-checked);
  const answers = await Promise.all(tokens.map((token) => push(url, token)));
  const refused = answers.filter(({ status }) => status !== 202);
  if (refused.length > 0) problems.push(`${refused.length} repeated tokens were not accepted`);
  const after = await countReceived(url);
  const [fresh, repeated] = [after.accepted - before.accepted, after.duplicate - before.duplicate];
  if (fresh !== 0 || repeated !== tokens.length) {
    problems.push(`of ${tokens.length} repeated tokens, ${fresh} count again, ${repeated} do not`);
  }
  counts.repeated += tokens.length;
}

async function countReceived(url: string) {
  const text = await (await fetch(`${url}/metrics`)).text();
  const count = (outcome: string) =>
    Number(
      new RegExp(`^nhipol_sets_received_total\\{.*outcome="${outcome}".*\\} (\\d+)`, 'm').exec(
        text,
      )?.[1] ?? 0,
    );
  return { accepted: count('accepted'), duplicate: count('duplicate') };
}

function settings(): object {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  writeFileSync(join(folder, 'key.pem'), privateKey.export({ type: 'pkcs8', format: 'pem' }));
  const source = { name: 'idp', issuer: issuerName, audience, jwks: issuer.jwks.href };
  return {
    sources: [{ ...source, delivery: 'push', manage: false }],
    transmitter: { key_files: ['key.pem'] },
    allow_addresses: ['127.0.0.1'],
  };
}

test(`no acknowledged event is lost in ${crashes} crashes`, {
  timeout: 120_000 + crashes * 30_000,
}, async () => {
  const module = join(folder, 'policy.wasm');
  const signals = join(folder, 'signals.json');
  writeFileSync(module, await compileForGuard(signalPolicy));
  writeFileSync(signals, JSON.stringify(settings()));
  const state = ['--state', join(folder, 'state.db'), '--max-sessions', '1000000'];
  const args = [module, ...state, '--signals', signals, '--drain', '0'];
  let service: ServiceProcess = await startService(args);
  const endpoint = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/events`;
  const delivery = { method: 'urn:ietf:rfc:8935', endpoint_url: endpoint };
  const created = await callService(service.url, 'POST', '/ssf/stream', {
    delivery,
    events_requested: [`${caep}/session-revoked`],
  });
  expect(created.status).toBe(201);
  for (let crash = 0; crash < crashes; crash += 1) {
    // Before the first crash, each operation is done once.
    while (crash === 0 && isMissing()) await operate(service.url);
    const killed = delay(20 + draw() * longestLife).then(() => service.child.kill('SIGKILL'));
    await applyLoad(killed, workers, () => operate(service.url));
    await service.ended;
    service = await startService(args);
    const recent = [...known].slice(-checked);
    await Promise.all(recent.map(([id, session]) => check(service.url, id, session)));
    await repeat(service.url);
    expect(problems).toEqual([]);
  }
  const ended = [...known].filter(([, { isRevoked }]) => isRevoked).map(([id]) => id);
  const waiting = () => ended.filter((id) => !reported.has(id));
  await expect.poll(waiting, { timeout: 90_000 }).toEqual([]);
  service.child.kill('SIGTERM');
  expect(await service.ended).toBe(0);
  expect(Object.entries(counts).filter(([, count]) => count === 0)).toEqual([]);
  console.info(`${crashes} crashes: ${JSON.stringify({ ...counts, reported: reported.size })}`);
});

const caep = 'https://schemas.openid.net/secevent/caep/event-type';
