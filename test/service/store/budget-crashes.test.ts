// A budget across sessions must hold when all sessions that spent it are closed and the service starts again, after it was
// stopped and after it was killed under load. `NHIPOL_CRASHES` is the number of crashes. Needs `dist/bin/`.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createRandomNumbers } from '@nhipol/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  applyLoad,
  callService,
  type ServiceProcess,
  startService,
} from '../decisions/service-process.ts';
import { compileForGuard } from '../guard/guard-policy.ts';

const limit = 1_000;
const policy = `
policy test.budget version "1.0.0"

subject bot {}
action pay { amount: Decimal(0.01..) }
resource account {}
context { time: Timestamp }

for bot doing pay on account {
  permit pays otherwise
  deny budget
    when sum(event.action.amount of allowed doing pay across sessions per subject.id up to 1_000,
        within this month in "UTC")
      + action.amount
      > ${limit}
}
`;

const crashes = Number(process.env.NHIPOL_CRASHES ?? 3);
const draw = createRandomNumbers(Number(process.env.NHIPOL_SEED ?? 1));
const folder = mkdtempSync(join(tmpdir(), 'nhipol-budget-'));
const module = join(folder, 'policy.wasm');
const running: ServiceProcess[] = [];

beforeAll(async () => writeFileSync(module, await compileForGuard(policy)));
afterAll(() => {
  for (const { child } of running) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

async function start(state: string): Promise<ServiceProcess> {
  const service = await startService([module, '--state', join(folder, state), '--drain', '0']);
  running.push(service);
  return service;
}

async function open({ url }: ServiceProcess, id: string, bot: string): Promise<void> {
  const opening = { id, subject: { type: 'bot', id: bot }, context: {} };
  const { status } = await callService(url, 'POST', '/sessions', opening);
  if (status !== 201) throw new Error(`opening ${id}: ${status}`);
}

async function pay({ url }: ServiceProcess, id: string, amount: number): Promise<boolean> {
  const { status, body } = await callService(url, 'POST', `/sessions/${id}/decide`, {
    action: { name: 'pay', properties: { amount } },
    resource: { type: 'account', id: 'a' },
  });
  if (status !== 200) throw new Error(`paying in ${id}: ${status}`);
  return body.decision;
}

async function close({ url }: ServiceProcess, id: string): Promise<void> {
  const { status } = await callService(url, 'DELETE', `/sessions/${id}`);
  if (status !== 204) throw new Error(`closing ${id}: ${status}`);
}

test.each(['SIGTERM', 'SIGKILL'] as const)(
  'after %s, closed sessions have spent what they spent',
  async (signal) => {
    const state = `${signal}.db`;
    const first = await start(state);
    await open(first, 'one', 'b');
    expect(await pay(first, 'one', 900)).toBe(true);
    await close(first, 'one');
    await open(first, 'two', 'b');
    expect(await pay(first, 'two', 900)).toBe(false);
    await close(first, 'two');
    first.child.kill(signal);
    await first.ended;

    const second = await start(state);
    await open(second, 'three', 'b');
    expect(await pay(second, 'three', 900)).toBe(false);
    expect(await pay(second, 'three', 100)).toBe(true);
    expect(await pay(second, 'three', 0.01)).toBe(false);
    await open(second, 'four', 'other');
    expect(await pay(second, 'four', 900)).toBe(true);
    second.child.kill('SIGTERM');
    expect(await second.ended).toBe(0);
  },
);

/** The amounts that a bot was permitted to spend, and those of calls whose answers were lost. */
interface Ledger {
  acknowledged: number;
  lost: number;
}

test(`no budget is exceeded or forgotten in ${crashes} crashes`, {
  timeout: 60_000 + crashes * 30_000,
}, async () => {
  const bots = new Map<string, Ledger>();
  const problems: string[] = [];
  let [sequence, payments] = [0, 0];

  const operate = async (service: ServiceProcess, crash: number): Promise<void> => {
    sequence += 1;
    const bot = `b${crash}.${Math.floor(sequence / 60)}`;
    const ledger = bots.get(bot) ?? { acknowledged: 0, lost: 0 };
    bots.set(bot, ledger);
    const id = `s${sequence}`;
    await open(service, id, bot);
    for (let call = 0; call < 3; call += 1) {
      const amount = 1 + Math.floor(draw() * 200);
      ledger.lost += amount;
      const isPaid = await pay(service, id, amount);
      ledger.lost -= amount;
      if (isPaid) ledger.acknowledged += amount;
      payments += 1;
      if (ledger.acknowledged > limit) problems.push(`${bot} has spent ${ledger.acknowledged}`);
    }
    if (draw() < 0.8) await close(service, id);
  };

  let service = await start('crashes.db');
  for (let crash = 0; crash < crashes; crash += 1) {
    const { child } = service;
    const killed = delay(50 + draw() * 600).then(() => child.kill('SIGKILL'));
    const current = service;
    await applyLoad(killed, 8, () => operate(current, crash));
    await service.ended;
    service = await start('crashes.db');
    for (const [bot, { acknowledged, lost }] of bots) {
      sequence += 1;
      const id = `check${sequence}`;
      await open(service, id, bot);
      // Nothing that was acknowledged is forgotten, and nothing is counted that was not sent.
      if (await pay(service, id, limit - acknowledged + 0.01)) problems.push(`${bot} spends again`);
      const left = limit - acknowledged - lost;
      if (left > 0 && !(await pay(service, id, left))) problems.push(`${bot} cannot spend ${left}`);
    }
    bots.clear();
    expect(problems).toEqual([]);
  }
  service.child.kill('SIGTERM');
  expect(await service.ended).toBe(0);
  expect(payments).toBeGreaterThan(crashes * 3);
  console.info(`${crashes} crashes: ${payments} payments of ${sequence} sessions`);
});
