// Kills the service at random moments under load, and starts it again with the same state: what it acknowledged must be
// so. `NHIPOL_CRASHES` is the number of crashes. Needs `dist/bin/`.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createRandomNumbers } from '@nhipol/testing';
import { afterAll, expect, test } from 'vitest';
import {
  applyLoad,
  callService,
  type ServiceProcess,
  startService,
} from '../decisions/service-process.ts';
import { sessionPolicy } from '../decisions/sessions/session-policy.ts';
import { accessFile, ofApprover, ofWorkload } from '../guard/approvals/approver.ts';
import { compileForGuard } from '../guard/guard-policy.ts';

const crashes = Number(process.env.NHIPOL_CRASHES ?? 3);
const seed = Number(process.env.NHIPOL_SEED ?? 1);
const draw = createRandomNumbers(seed);
const workers = 8;
/** The longest time from the start of the load to the crash, in milliseconds. */
const longestLife = 400;

const folder = mkdtempSync(join(tmpdir(), 'nhipol-crashes-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The acknowledged state of a session. A change that was sent and not acknowledged may be so or not. */
interface Acknowledged {
  isRevoked: boolean;
  /** The number of acknowledged decisions of the action that is limited to three. */
  decisions: number;
  /** The latest acknowledged level of risk, and one that was sent. */
  level: string;
  pending: string | undefined;
  approval: string | undefined;
}

const file = { type: 'file', id: 'f' };
const read = { action: { name: 'read' }, resource: file };
const pay = { action: { name: 'pay', properties: { amount: 5 } }, resource: file };
const createRisk = (level: string) => ({
  context: { risk: { level, observed_at: new Date().toISOString() } },
});

const known = new Map<string, Acknowledged>();
const counts: Record<string, number> = {};
const problems: string[] = [];
let sequence = 0;

/** Performs one random operation. Rejects after the service was killed. */
async function operate(url: string): Promise<void> {
  const call = (method: string, path: string, body?: unknown, caller: object = ofWorkload) =>
    callService(url, method, path, body, { ...caller });
  const ids = [...known.keys()];
  const id = ids[Math.floor(draw() * ids.length)];
  const kind = draw();
  if (id === undefined || kind < 0.25) {
    sequence += 1;
    const opened = `s${sequence}`;
    const { status } = await call('POST', '/sessions', {
      id: opened,
      subject: { type: 'ai_agent', id: opened },
      ...createRisk('LOW'),
    });
    if (status !== 201) return void problems.push(`open ${opened}: ${status}`);
    const fresh = { isRevoked: false, decisions: 0, pending: undefined, approval: undefined };
    known.set(opened, { ...fresh, level: 'LOW' });
    counts.open = (counts.open ?? 0) + 1;
    return;
  }
  const session = known.get(id) as Acknowledged;
  if (kind < 0.4) {
    const level = draw() < 0.5 ? 'HIGH' : 'MEDIUM';
    session.pending = level;
    const { status } = await call('PATCH', `/sessions/${id}`, createRisk(level));
    if (status === 200) [session.level, session.pending] = [level, undefined];
    counts.patch = (counts.patch ?? 0) + 1;
  } else if (kind < 0.5) {
    const { status } = await call('POST', `/sessions/${id}/signals`, { signal: 'leaked' });
    if (status === 200) session.isRevoked = true;
    counts.signal = (counts.signal ?? 0) + 1;
  } else if (kind < 0.6) {
    const challenged = await call('POST', `/sessions/${id}/decide`, pay);
    const digest = challenged.body?.context?.call_digest;
    if (digest === undefined) return;
    const expires = new Date(Date.now() + 3_600_000).toISOString();
    const approval = { digest, expires_at: expires };
    const { status } = await call('POST', `/sessions/${id}/approvals`, approval, ofApprover);
    if (status === 200) session.approval = digest;
    counts.approve = (counts.approve ?? 0) + 1;
  } else {
    const before = { ...session };
    const { status, body } = await call('POST', `/sessions/${id}/decide`, read);
    if (status !== 200) return void problems.push(`decide ${id}: ${status}`);
    if (body.decision && before.isRevoked) problems.push(`${id}: a permit after a revoke`);
    session.decisions += 1;
    counts.decide = (counts.decide ?? 0) + 1;
  }
}

/** Compares a session with what was acknowledged. */
async function check(url: string, id: string, session: Acknowledged): Promise<void> {
  const { status, body } = await callService(url, 'GET', `/sessions/${id}`, undefined, ofWorkload);
  if (status !== 200) return void problems.push(`${id}: it was opened, and is lost (${status})`);
  const { level } = body.facts.context.risk;
  // A revoke is final: facts do not change after it.
  const isFinal = session.isRevoked || body.context.effect === 'revoke';
  if (!isFinal && level !== session.level && level !== session.pending) {
    problems.push(`${id}: the risk was set to ${session.level}, and is ${level}`);
  }
  session.level = level;
  session.pending = undefined;
  const decided = await callService(url, 'POST', `/sessions/${id}/decide`, read, ofWorkload);
  if (session.isRevoked && decided.body.context.effect !== 'revoke') {
    problems.push(`${id}: a revoke is lost (${decided.body.context.effect})`);
  }
  if (session.decisions >= 3 && decided.body.decision) {
    problems.push(`${id}: permitted after ${session.decisions} decisions of 3`);
  }
  session.decisions += 1;
  if (session.approval === undefined || session.isRevoked) return;
  const paid = await callService(url, 'POST', `/sessions/${id}/decide`, pay, ofWorkload);
  if (paid.body.context.effect === 'challenge') problems.push(`${id}: an approval is lost`);
}

test(`nothing that was acknowledged is lost in ${crashes} crashes`, {
  timeout: 60_000 + crashes * 30_000,
}, async () => {
  const module = join(folder, 'policy.wasm');
  writeFileSync(module, await compileForGuard(sessionPolicy));
  const access = join(folder, 'access.json');
  writeFileSync(access, JSON.stringify(accessFile));
  const state = join(folder, 'state.db');
  const args = [module, '--access', access, '--state', state, '--max-sessions', '1000000'];
  let service: ServiceProcess = await startService(args);
  for (let crash = 0; crash < crashes; crash += 1) {
    const killed = delay(20 + draw() * longestLife).then(() => service.child.kill('SIGKILL'));
    await applyLoad(killed, workers, () => operate(service.url));
    await service.ended;
    service = await startService(args);
    const recent = [...known].slice(-200);
    await Promise.all(recent.map(([id, session]) => check(service.url, id, session)));
    expect(problems).toEqual([]);
  }
  service.child.kill('SIGTERM');
  expect(await service.ended).toBe(0);
  expect(Object.keys(counts).sort()).toEqual(['approve', 'decide', 'open', 'patch', 'signal']);
  console.info(`${crashes} crashes: ${JSON.stringify(counts)}`);
});
