// `npm run conformance:openid -- --suite URL`: runs the plans of the OpenID Foundation's conformance suite against
// `nhipol serve`, by the REST interface of a running suite, and writes the results to test/service/openid-conformance.md,
// which says how to start the suite. Needs the built command line and openssl.
//
// Exit codes: 0 every failure is explained in openid/suite-faults.mjs, 1 another failure.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { withTable } from './page.mjs';
import { planRuns } from './plan-runs.mjs';
import { startService } from './service.mjs';
import { openSuite } from './suite.mjs';
import { findFault } from './suite-faults.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { values: options } = parseArgs({
  options: {
    suite: { type: 'string', default: 'http://127.0.0.1:8080' },
    /** Runs only the plans whose name contains this, and writes no page. */
    only: { type: 'string', default: '' },
    /** The suite has the changes that the page describes. */
    repaired: { type: 'boolean', default: false },
    /** Writes the findings of each failed module to this file. */
    findings: { type: 'string' },
  },
});

const folder = mkdtempSync(join(tmpdir(), 'nhipol-openid-'));
try {
  process.exitCode = await main();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function main() {
  const suite = await openSuite(options.suite);
  const results = [];
  for (const run of planRuns(options.repaired).filter(({ plan }) => plan.includes(options.only)))
    results.push(await runPlan(suite, run));
  if (options.only === '') {
    const file = join(root, 'test/service/openid-conformance.md');
    const part = options.repaired ? 'repaired' : 'as published';
    writeFileSync(file, withTable(readFileSync(file, 'utf8'), part, results));
  }
  if (options.findings !== undefined)
    writeFileSync(options.findings, JSON.stringify(results.flatMap(failures), null, 1));
  const unexplained = results.flatMap(failures).filter(({ fault }) => fault === undefined);
  console.log(`${results.length} runs, ${unexplained.length} unexplained failures`);
  return unexplained.length > 0 || results.length === 0 ? 1 : 0;
}

/** Runs the modules of a plan against a service of their own, a few at a time. */
async function runPlan(suite, run) {
  const service = await startService(run, folder);
  try {
    const { id, modules } = await suite.createPlan(run.plan, run.variant, service.config);
    const results = await mapAtOnce(modules, 4, async (module) => {
      const result = await suite.runModule(id, module);
      return { ...result, fault: result.isFailed ? findFault(module.testModule) : undefined };
    });
    console.log(`${run.plan} ${Object.values(run.variant).join(' ')}: ${summary(results)}`);
    return { run, results };
  } finally {
    service.stop();
  }
}

async function mapAtOnce(items, count, map) {
  const results = [];
  const rest = items.entries();
  const work = async () => {
    for (const [index, item] of rest) results[index] = await map(item);
  };
  await Promise.all(Array.from({ length: count }, work));
  return results;
}

function summary(results) {
  const counts = new Map();
  for (const { outcome } of results) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  return [...counts].map(([outcome, count]) => `${count} ${outcome.toLowerCase()}`).join(', ');
}

function failures({ run, results }) {
  return results
    .filter(({ isFailed }) => isFailed)
    .map((result) => ({ plan: run.plan, variant: run.variant, ...result }));
}
