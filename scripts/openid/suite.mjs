// A running conformance suite, by its REST interface. In: its address. Out: plans and the results of their modules.

import { setTimeout as delay } from 'node:timers/promises';

/** A module that waits for nothing ends within seconds. */
const maxModuleTime = 60_000;
const pollInterval = 50;

export async function openSuite(url) {
  const { version } = await request(url, 'GET', 'server');
  return {
    version,
    createPlan: (planName, variant, config) =>
      request(url, 'POST', 'plan', { planName, variant: JSON.stringify(variant) }, config),
    runModule: (plan, module) => runModule(url, plan, module),
  };
}

/** `outcome`: PASSED, WARNING, FAILED, REVIEW, SKIPPED, or INTERRUPTED. `findings`: why it is not PASSED. */
async function runModule(url, plan, { testModule, variant }) {
  const query = { test: testModule, plan, variant: JSON.stringify(variant ?? {}) };
  const { id } = await request(url, 'POST', 'runner', query);
  const { status, result } = await awaitEnd(url, id);
  const outcome = status === 'FINISHED' ? result : status;
  return {
    module: testModule,
    outcome,
    isFailed: !['PASSED', 'WARNING', 'SKIPPED', 'REVIEW'].includes(outcome),
    findings: outcome === 'PASSED' ? [] : await listFindings(url, id),
  };
}

async function awaitEnd(url, id) {
  const latest = Date.now() + maxModuleTime;
  for (;;) {
    const info = await request(url, 'GET', `info/${id}`);
    if (info.status === 'FINISHED' || info.status === 'INTERRUPTED') return info;
    if (Date.now() > latest) return { status: 'TIMEOUT' };
    await delay(pollInterval);
  }
}

async function listFindings(url, id) {
  const log = await request(url, 'GET', `log/${id}`);
  return log
    .filter(({ result }) => ['FAILURE', 'WARNING', 'INTERRUPTED'].includes(result))
    .map(({ src, msg, result }) => `${result} ${src}: ${msg}`);
}

async function request(url, method, path, query = {}, body = undefined) {
  const target = new URL(`api/${path}?${new URLSearchParams(query)}`, `${url}/`);
  const headers = { 'Content-Type': 'application/json', 'X-Forwarded-Proto': 'https' };
  const response = await fetch(target, { method, headers, body: body && JSON.stringify(body) });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${target}: ${response.status} ${text}`);
  return JSON.parse(text);
}
