// A cluster of three nodes and three NATS servers keeps its promises under random faults, and the checker finds what goes
// wrong if a node has one check less. NHIPOL_CLUSTER_RUNS is the number of runs, NHIPOL_CLUSTER_SEED the first seed. Needs
// `dist/bin/`; skipped if the NATS server is not installed: `node scripts/install/nats.mjs`.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasNats } from '../service/cluster/nats-harness.ts';
import { compileForGuard } from '../service/guard/guard-policy.ts';
import { audience, issuerName, TestIssuer } from '../service/signals/signal-issuer.ts';
import type { FaultKind } from './faults.ts';
import { findViolations } from './history.ts';
import { canMount, Machines, type MachinesOptions } from './machines.ts';
import { policy, signalSettings } from './policy.ts';
import { runFaults } from './run.ts';
import { createStream, readMessages } from './stream.ts';

const runs = Number(process.env.NHIPOL_CLUSTER_RUNS ?? 2);
const firstSeed = Number(process.env.NHIPOL_CLUSTER_SEED ?? 1);
const partitions = 6;
/**
 * The stream keeps all messages, and the disks are small, so new machines are used after this number of runs: after about 25, the
 * disks of two servers are full, and nodes never become ready.
 */
const runsPerStream = 10;
/** Whether each run is reported. */
const isReporting = process.env.NHIPOL_CLUSTER_RUNS !== undefined;
/** The checks that are removed, see planted-hooks.mjs. */
const plants = ['fence', 'clock', 'durability', 'events'];
/** The number of violations of a run that are shown. */
const shownViolations = 5;
/** How long faults begin in one run, in milliseconds. */
const length = 4_000;

let issuer: TestIssuer;
beforeAll(async () => {
  issuer = await TestIssuer.start();
});
afterAll(() => issuer.close());

async function startMachines(
  module: Uint8Array,
  options: Partial<MachinesOptions> = {},
): Promise<Machines> {
  const signals = signalSettings(issuerName, audience, issuer.jwks);
  const machines = await Machines.start({ module, signals, partitions, ...options });
  try {
    await createStream(machines, partitions);
    for (const node of machines.nodes) node.start();
    await machines.untilReady();
    return machines;
  } catch (error) {
    await machines.close();
    throw error;
  }
}

describe.skipIf(!hasNats)('under faults', () => {
  let module: Uint8Array;
  let machines: Machines;
  let count = 0;
  const options = { hasDisks: canMount(), skews: [0, 1_500, -700] };
  beforeAll(async () => {
    module = await compileForGuard(policy);
    machines = await startMachines(module, options);
  }, 120_000);
  afterAll(() => machines?.close());

  async function restart(): Promise<void> {
    await machines.close();
    machines = await startMachines(module, options);
  }

  /** Returns what was broken. */
  async function run(seed: number): Promise<readonly string[]> {
    const result = await runFaults({ machines, issuer, seed, length });
    const { faults, operations, events, finals, longestOutage } = result;
    const violations = findViolations({ ...result, written: await readMessages(machines) });
    count += operations.length;
    if (isReporting) {
      const permits = operations.filter(({ outcome }) => outcome?.effect === 'permit').length;
      const acknowledged = events.filter((each) => each.acknowledged !== undefined).length;
      const seconds = (longestOutage / 1_000).toFixed(1);
      process.stdout.write(
        `seed ${seed}: ${operations.length} operations, ${permits} permits, ${finals.length} sessions, ${acknowledged} of ${events.length} events acknowledged, ${seconds} s, ${violations.length} violations: ${faults.join(', ')}\n`,
      );
      for (const each of violations.slice(0, shownViolations)) process.stdout.write(`  ${each}\n`);
    }
    return violations.map((each) => `seed ${seed} (${faults.join(', ')}): ${each}`);
  }

  test(`no promise is broken in ${runs} runs`, { timeout: runs * 120_000 }, async () => {
    const report: string[] = [];
    for (let seed = firstSeed; seed < firstSeed + runs; seed += 1) {
      try {
        report.push(...(await run(seed)));
      } catch (error) {
        report.push(`seed ${seed}: ${(error as Error).message}`);
        if (isReporting) process.stdout.write(`seed ${seed}: ${(error as Error).message}\n`);
        await restart();
      }
      if ((seed - firstSeed + 1) % runsPerStream === 0) await restart();
    }
    expect(report).toEqual([]);
    expect(count).toBeGreaterThan(runs * 20);
  });
});

// It takes minutes; history.test.ts tests the checker itself.
describe.skipIf(!hasNats || !isReporting)('without a check', () => {
  /** The largest number of runs until the checker finds what the check prevents. */
  const maxRuns = 12;
  const suspensions = ['a node is suspended', 'a node is cut off from all servers'];

  test.each(plants)('of the %s, a broken promise is found', { timeout: 300_000 }, async (plant) => {
    const machines = await startMachines(await compileForGuard(policy), { plant });
    const found: string[] = [];
    try {
      let seed = firstSeed;
      for (; seed < firstSeed + maxRuns && found.length === 0; seed += 1) {
        const only = ({ name }: FaultKind) => suspensions.includes(name);
        const result = await runFaults({ machines, issuer, seed, length, only });
        found.push(...findViolations({ ...result, written: await readMessages(machines) }));
      }
      if (isReporting) {
        const some = found.slice(0, 4).join('\n  ');
        process.stdout.write(
          `without the ${plant}: ${found.length} violations after ${seed - firstSeed} runs\n  ${some}\n`,
        );
      }
    } finally {
      await machines.close();
    }
    expect(found).not.toEqual([]);
  });
});
