// The inputs in use after any sequence of reads, restarts, removals, versions of a hostile URL, and activations, by an oracle of
// its own: a service in this process, from its files to the answers.

import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { fingerprintFiles } from '../../../cli/commands/serve/file-versions.ts';
import { firstVersion } from '../../../cli/commands/serve/first-version.ts';
import { follow } from '../../../cli/commands/serve/follow.ts';
import { Keeping } from '../../../cli/commands/serve/keeping.ts';
import type { KeptVersion } from '../../../cli/commands/serve/kept-policy.ts';
import { signalsAtStart } from '../../../cli/commands/serve/open-signals.ts';
import { openTables, settingsFiles } from '../../../cli/commands/serve/settings.ts';
import { readVersionFiles, VersionFiles } from '../../../cli/commands/serve/version-files.ts';
import { createMetrics } from '../../../service/http/metrics.ts';
import { Activation } from '../../../service/pdp/activation.ts';
import { DecisionPoint } from '../../../service/pdp/decision-point.ts';
import { serviceItself } from '../../../service/pdp/session-caller.ts';
import { sqliteStore } from '../../../service/store/sqlite-store.ts';
import { attack } from '../../attacks/attack.ts';
import { compileForGuard } from '../guard/guard-policy.ts';

const ids = ['a', 'b', 'c', 'd', 'e'];
/** The share of five sessions above which a change is held back: one may change. */
const holdAbove = 0.3;
const conditions = [
  'owners[subject.id] is "ops"',
  'owners[subject.id] is "ops" or subject.id is "a"',
  'subject.id is not "nobody"',
  'subject.id is "nobody"',
];
/** The answers of each of these versions, by the sessions that its table has. */
const permits = (version: number, owners: string, id: string): boolean =>
  [owners.includes(id), owners.includes(id) || id === 'a', true, false][version] ?? false;

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

interface Inputs {
  readonly version: number;
  /** The sessions that the table has. */
  readonly owners: string;
  /** The contents of facts and signals; undefined: the command line names no file. */
  readonly facts: number | undefined;
  readonly signals: number | undefined;
}

type Step =
  | ({ readonly kind: 'look' | 'restart' } & Partial<Inputs> & { readonly isSlow?: boolean })
  | { readonly kind: 'activate'; readonly what: 'held' | 'heldTables' };

/** The inputs that should be in use. `newest`: the version that was read last. */
class Oracle {
  disk: Inputs;
  used: Inputs;
  newest: number;
  isHeld = false;
  areTablesHeld = false;

  constructor(inputs: Inputs) {
    [this.disk, this.used, this.newest] = [inputs, inputs, inputs.version];
  }

  #isSurprising(version: number, owners: string): boolean {
    const { used } = this;
    const changed = ids.filter(
      (id) => permits(version, owners, id) !== permits(used.version, used.owners, id),
    );
    return changed.length / ids.length > holdAbove;
  }

  /** `newest`: what the URL has returned last. */
  look(newest: number): void {
    this.newest = newest;
    const { owners } = this.disk;
    if (!this.#isSurprising(this.used.version, owners)) this.used = { ...this.used, owners };
    this.#compareVersion();
  }

  /** A version that is held back is compared again, when what is in use or what was read is another one. */
  #compareVersion(): void {
    const { newest: version, disk } = this;
    const isOther = version !== this.used.version;
    this.isHeld = isOther && this.#isSurprising(version, disk.owners);
    if (isOther && !this.isHeld) this.used = { ...this.used, version, owners: disk.owners };
    this.areTablesHeld = this.used.owners !== disk.owners;
    const { facts, signals } = disk;
    if (!this.isHeld && !this.areTablesHeld) this.used = { ...this.used, facts, signals };
  }

  activate(what: 'held' | 'heldTables'): void {
    const isVersion = what === 'held' && this.isHeld;
    const version = isVersion ? this.newest : this.used.version;
    this.used = { ...this.used, version, owners: this.disk.owners };
    this.#compareVersion();
  }
}

/** A service, whose process can end and start again. */
class Service {
  kept: KeptVersion | undefined;
  /** The version of the URL, and whether its server does not answer. */
  url = 0;
  isSlow = false;
  signals: string | undefined;
  #parts: { point: DecisionPoint; activation: Activation; files: VersionFiles } | undefined;
  #reloads: ReturnType<typeof follow> | undefined;
  #end: () => Promise<void> = async () => {};

  get parts() {
    if (this.#parts === undefined) throw new Error('the service has not started');
    return this.#parts;
  }

  async start(facts: boolean, signals: boolean): Promise<void> {
    const path = (name: string) => join(folder, name);
    const options = {
      ...{ entities: [], table: [{ name: 'owners', path: path('owners.json') }] },
      ...(facts ? { facts: path('facts.json') } : {}),
      ...(signals ? { signals: path('signals.json') } : {}),
    };
    let latest = this.url;
    const source = {
      ...{ module: modules[this.url] ?? new Uint8Array(), limits: () => [], interval: 0 },
      next: async () => {
        while (this.isSlow) await delay(5);
        const isSame = latest === this.url;
        latest = this.url;
        return isSame ? undefined : modules[latest];
      },
      isRemote: true,
      keep: (version: KeptVersion) => {
        this.kept = version;
      },
      kept: async () => this.kept,
    };
    const settings = settingsFiles(options);
    const version = await fingerprintFiles(await settings());
    const read = await readVersionFiles(options);
    const tables = await openTables(options.table);
    const current = { module: source.module, tables, files: read };
    const warn = () => {};
    const first = await firstVersion(source, current, warn);
    const store = sqliteStore(join(folder, 'state.db'));
    const point = await DecisionPoint.open({
      ...{ module: first.module, tables: first.tables, store, observer: createMetrics() },
      onWarning: warn,
    });
    if (point.sessions.size === 0) for (const id of ids) await point.sessions.open(...session(id));
    const files = new VersionFiles(first.files);
    const keeping = new Keeping(source, warn, () => ({
      ...{ module: point.policy.bytes, tables: point.tables, files: files.used },
    }));
    const activation = new Activation({
      ...{ point, holdAbove, onWarning: warn },
      onForce: (given, isLast) =>
        keeping.keep({ ...given, files: isLast ? files.next : files.used }),
    });
    keeping.keepCurrent();
    const isCurrent = first === current;
    const [now] = read.signals;
    this.signals = isCurrent
      ? now
      : await signalsAtStart(options, first.files.signals[0], now, warn);
    const service = { recheckCallers: () => {}, replaceSigningKey: () => {}, replaceTls: () => {} };
    const reloads = follow(
      source,
      {
        ...{ access: undefined, point, activation, files, keeping, service: service as never },
        ...{ grpc: undefined, signals: undefined },
      },
      { ...{ options, files: settings, version }, cluster: undefined, shipping: undefined, warn },
    );
    if (!isCurrent) await reloads.begin(source.module);
    [this.#reloads, this.#parts] = [reloads, { point, activation, files }];
    this.#end = async () => {
      keeping.end();
      await reloads.end();
      await point.close();
      await store.close();
    };
  }

  /** Looks at the files; a server that is slow is not waited for. */
  look(): Promise<void> {
    const reloading = this.#reloads?.reload();
    return this.isSlow ? Promise.resolve() : (reloading ?? Promise.resolve());
  }

  end(): Promise<void> {
    return this.#end();
  }

  async state() {
    const { point, activation, files } = this.parts;
    const answers = ids.map(async (id) => (await point.sessions.view(serviceItself, id)).answer);
    const { version } = point.policy.logged;
    const { held, heldTables } = activation;
    const isHeld = held !== undefined && held.policy.version !== version;
    return {
      ...{ version, isHeld, areTablesHeld: isHeld ? heldTables !== undefined : held !== undefined },
      permitted: (await Promise.all(answers)).map(({ decision }) => decision),
      owners: JSON.parse(point.tables.get('owners') ?? ''),
      ...{ facts: files.used.facts, signals: files.used.signals },
    };
  }
}

function session(id: string) {
  const request = {
    ...{ subject: { type: 'ai_agent', id }, action: { name: 'read' } },
    resource: { type: 'file', id: 'f' },
  };
  return [serviceItself, id, request] as const;
}

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
  const service = new Service();
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

async function take(step: Step, service: Service, oracle: Oracle): Promise<void> {
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
  const named = (next: number | undefined, before: number | undefined) =>
    isRestart || (next !== undefined && before !== undefined) ? next : before;
  oracle.disk = {
    ...{ ...disk, ...inputs },
    facts: 'facts' in inputs ? named(inputs.facts, disk.facts) : disk.facts,
    signals: 'signals' in inputs ? named(inputs.signals, disk.signals) : disk.signals,
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
  ...{ kind: 'look', ...inputs },
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
