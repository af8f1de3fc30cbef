// A service that holds versions back, in this process: from its files, and a URL that a test controls, to the answers.

import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  Activation,
  createMetrics,
  DecisionPoint,
  serviceItself,
  sqliteStore,
} from '@nhipol/service';
import { selectSignalsAtStart } from '../../../cli/commands/serve/open-signals.ts';
import { createSettingsLister, openTables } from '../../../cli/commands/serve/settings.ts';
import { fingerprintFiles } from '../../../cli/commands/serve/versions/file-versions.ts';
import { selectFirstVersion } from '../../../cli/commands/serve/versions/first-version.ts';
import { follow } from '../../../cli/commands/serve/versions/follow.ts';
import { Keeping } from '../../../cli/commands/serve/versions/keeping.ts';
import type { KeptVersion } from '../../../cli/commands/serve/versions/kept-policy.ts';
import {
  readVersionFiles,
  VersionFiles,
} from '../../../cli/commands/serve/versions/version-files.ts';
import { holdAbove, ids } from './held-inputs-oracle.ts';

/** A service, whose process can end and start again. */
export class HeldService {
  kept: KeptVersion | undefined;
  /** The version of the URL, and whether its server does not answer. */
  url = 0;
  isSlow = false;
  signals: string | undefined;
  readonly #folder: string;
  readonly #modules: readonly Uint8Array[];
  #parts: { point: DecisionPoint; activation: Activation; files: VersionFiles } | undefined;
  #reloads: ReturnType<typeof follow> | undefined;
  #end: () => Promise<void> = async () => {};

  /** `folder`: of its files and its state. `modules`: the versions by their number. */
  constructor(folder: string, modules: readonly Uint8Array[]) {
    [this.#folder, this.#modules] = [folder, modules];
  }

  get parts() {
    if (this.#parts === undefined) throw new Error('the service has not started');
    return this.#parts;
  }

  async start(facts: boolean, signals: boolean): Promise<void> {
    const path = (name: string) => join(this.#folder, name);
    const options = {
      entities: [],
      table: [{ name: 'owners', path: path('owners.json') }],
      ...(facts ? { facts: path('facts.json') } : {}),
      ...(signals ? { signals: path('signals.json') } : {}),
    };
    let latest = this.url;
    const source = {
      module: this.#modules[this.url] ?? new Uint8Array(),
      limits: () => [],
      interval: 0,
      next: async () => {
        while (this.isSlow) await delay(5);
        const isSame = latest === this.url;
        latest = this.url;
        return isSame ? undefined : this.#modules[latest];
      },
      isRemote: true,
      name: 'https://policies.example/p.wasm',
      keep: (version: KeptVersion) => {
        this.kept = version;
      },
      kept: async () => this.kept,
    };
    const settings = createSettingsLister(options);
    const version = await fingerprintFiles(await settings());
    const read = await readVersionFiles(options);
    const tables = await openTables(options.table);
    const current = { module: source.module, tables, files: read };
    const warn = () => {};
    const first = await selectFirstVersion(source, current, warn);
    const store = sqliteStore(join(this.#folder, 'state.db'));
    const point = await DecisionPoint.open({
      module: first.module,
      tables: first.tables,
      store,
      observer: createMetrics(),
      onWarning: warn,
    });
    if (point.sessions.size === 0) for (const id of ids) await point.sessions.open(...session(id));
    const files = new VersionFiles(first.files);
    const keeping = new Keeping(source, warn, () => ({
      module: point.policy.bytes,
      tables: point.tables,
      files: files.used,
    }));
    const activation = new Activation({
      point,
      holdAbove,
      onWarning: warn,
      onForce: (given, isLast) =>
        keeping.keep({ ...given, files: isLast ? files.next : files.used }),
    });
    keeping.keepCurrent();
    const isCurrent = first === current;
    const [now] = read.signals;
    this.signals = isCurrent
      ? now
      : await selectSignalsAtStart(options, first.files.signals[0], now, warn);
    const service = { recheckCallers: () => {}, replaceSigningKey: () => {}, replaceTls: () => {} };
    const reloads = follow(
      source,
      {
        access: undefined,
        point,
        activation,
        files,
        keeping,
        service: service as never,
        grpc: undefined,
        signals: undefined,
      },
      { options, files: settings, version, cluster: undefined, shipping: undefined, warn },
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
      version,
      isHeld,
      areTablesHeld: isHeld ? heldTables !== undefined : held !== undefined,
      permitted: (await Promise.all(answers)).map(({ decision }) => decision),
      owners: JSON.parse(point.tables.get('owners') ?? ''),
      facts: files.used.facts,
      signals: files.used.signals,
    };
  }
}

function session(id: string) {
  const request = {
    subject: { type: 'ai_agent', id },
    action: { name: 'read' },
    resource: { type: 'file', id: 'f' },
  };
  return [serviceItself, id, request] as const;
}
