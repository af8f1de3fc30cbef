// The inputs in use after any sequence of reads, restarts, removals, versions of a hostile URL, and activations, by an oracle of
// its own: a service in this process, from its files to the answers.

import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serviceItself } from '@nhipol/service';
import fc from 'fast-check';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { attack } from '../../attacks/attack.ts';
import { compileForGuard } from '../guard/guard-policy.ts';
import { conditions, type Inputs, ids, Oracle, permits } from './held-inputs-oracle.ts';
import { HeldService } from './held-inputs-service.ts';

let modules: readonly Uint8Array[];
beforeAll(async () => {
  modules = await Promise.all(
    conditions.map((condition, version) =>
      compileForGuard(`policy acme.inputs version "${version}.0.0"
external table owners: String -> String
subject ai_agent {}
action read {}
resource file {}
for ai_agent { permit reads when ${condition} }
`),
    ),
  );
}, 120_000);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nhipol-inputs-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

type Step =
  | ({ readonly kind: 'look' | 'restart' } & Partial<Inputs> & { readonly isSlow?: boolean })
  | { readonly kind: 'activate'; readonly what: 'held' | 'heldTables' };

const isNamed = (file: number | undefined) => file !== undefined;
const ownersText = (owners: string) =>
  JSON.stringify(Object.fromEntries([...owners].map((id) => [id, 'ops'])));
const factsText = (facts: number) =>
  JSON.stringify({ subject: { properties: { [`team${facts}`]: '$token.?team' } } });
const signalsText = (days: number) => JSON.stringify({ retention_days: days });

function write(name: string, text: string): void {
  writeFileSync(join(folder, 'new'), text);
  renameSync(join(folder, 'new'), join(folder, name));
}

function writeInputs({ owners, facts, signals }: Inputs): void {
  write('owners.json', ownersText(owners));
  if (facts !== undefined) write('facts.json', factsText(facts));
  if (signals !== undefined) write('signals.json', signalsText(signals));
}

async function run(steps: readonly Step[]): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  folder = mkdtempSync(join(tmpdir(), 'nhipol-inputs-'));
  const service = new HeldService(folder, modules);
  const oracle = new Oracle({ version: 0, owners: 'abc', facts: 1, signals: 1 });
  writeInputs(oracle.disk);
  await service.start(true, true);
  try {
    for (const step of steps) {
      await take(step, service, oracle);
      const { used } = oracle;
      const expected = {
        version: `${used.version}.0.0`,
        permitted: ids.map((id) => permits(used.version, used.owners, id)),
        owners: JSON.parse(ownersText(used.owners)),
        facts: [used.facts].filter(isNamed).map(factsText),
        signals: [used.signals].filter(isNamed).map(signalsText),
        isHeld: oracle.isHeld,
        areTablesHeld: oracle.areTablesHeld,
      };
      await expect.poll(() => service.state(), { timeout: 10_000 }).toEqual(expected);
    }
  } finally {
    service.isSlow = false;
    await service.end();
  }
}

async function take(step: Step, service: HeldService, oracle: Oracle): Promise<void> {
  if (step.kind === 'activate') {
    const { activation } = service.parts;
    const digest = activation[step.what]?.digest;
    if (digest === undefined) return;
    activation.force(serviceItself, digest);
    oracle.activate(step.what);
    return;
  }
  const { kind, isSlow = false, ...inputs } = step;
  if (service.isSlow) {
    service.isSlow = false;
    await service.look();
    oracle.look(oracle.disk.version);
  }
  const { disk } = oracle;
  const isRestart = kind === 'restart';
  // Only another command line names a file, or names it no longer.
  const pickVersion = (next: number | undefined, before: number | undefined) =>
    isRestart || (next !== undefined && before !== undefined) ? next : before;
  oracle.disk = {
    ...disk,
    ...inputs,
    facts: 'facts' in inputs ? pickVersion(inputs.facts, disk.facts) : disk.facts,
    signals: 'signals' in inputs ? pickVersion(inputs.signals, disk.signals) : disk.signals,
  };
  service.isSlow = isSlow && !isRestart;
  service.url = oracle.disk.version;
  if (!isRestart) {
    writeInputs(oracle.disk);
    await service.look();
    oracle.look(isSlow ? oracle.newest : oracle.disk.version);
    return;
  }
  await service.end();
  writeInputs(oracle.disk);
  await service.start(oracle.disk.facts !== undefined, oracle.disk.signals !== undefined);
  oracle.look(oracle.disk.version);
  // Where settings wait, those before say what events mean.
  const { signals } = oracle.used;
  const days = service.signals && JSON.parse(service.signals).retention_days;
  if (oracle.isHeld || oracle.areTablesHeld) expect(days).toBe(signals);
}

const look = (inputs: Partial<Inputs> & { readonly isSlow?: boolean } = {}): Step => ({
  kind: 'look',
  ...inputs,
});
const restart = (inputs: Partial<Inputs> = {}): Step => ({ kind: 'restart', ...inputs });

attack(
  'http-held-table-inputs',
  async () => {
    const hostile = look({ version: 2 });
    await run([hostile, restart({ owners: 'bc' }), look()]);
    await run([
      hostile,
      look({ version: 3, owners: 'ab' }),
      look({ version: 2, owners: 'a' }),
      look({ isSlow: true, owners: 'ab' }),
    ]);
    await run([look({ version: 3, owners: 'bc' })]);
  },
  120_000,
);

attack(
  'http-held-large-removal',
  async () => {
    const removal = [look({ version: 2 }), look({ owners: 'c' }), restart()];
    await run([...removal, { kind: 'activate', what: 'heldTables' }, restart()]);
    await run([...removal, { kind: 'activate', what: 'held' }, restart()]);
  },
  120_000,
);

test('a snapshot that waits is used for settings that are no longer named', async () => {
  await run([look({ version: 2 }), restart({ signals: undefined, facts: undefined }), look()]);
}, 120_000);

const value = fc.integer({ min: 1, max: 2 });
const inputs = {
  version: fc.integer({ min: 0, max: 3 }),
  owners: fc.constantFrom('abc', 'bc', 'ab', 'a', 'abcde', 'c'),
  facts: fc.option(value, { nil: undefined }),
  signals: fc.option(value, { nil: undefined }),
};
const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record(
      { kind: fc.constant('look' as const), ...inputs, isSlow: fc.boolean() },
      { requiredKeys: ['kind'] },
    ),
  },
  {
    weight: 2,
    arbitrary: fc.record(
      { kind: fc.constant('restart' as const), ...inputs },
      { requiredKeys: ['kind'] },
    ),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('activate' as const),
      what: fc.constantFrom('held' as const, 'heldTables' as const),
    }),
  },
);

test('the inputs in use follow from those before, those that were read and what was activated', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 10 }), (steps) => run(steps)),
    { numRuns: 25 },
  );
}, 300_000);
