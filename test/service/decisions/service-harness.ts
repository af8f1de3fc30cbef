// Starts a service over HTTP for tests: compiles a policy, opens the state in a folder of its own, and listens on a free
// port.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  Activation,
  addSignals,
  addTransmitter,
  createAccess,
  createMetrics,
  DecisionPoint,
  type DecisionPointOptions,
  listenService,
  type Service,
  type ServiceOptions,
  type SignalSettings,
  type SignalStore,
  Signals,
  type Store,
  sqliteSignals,
  sqliteStore,
} from '@nhipol/service';
import { createInventory, type InventoryEntity } from '../../../service/pdp/inventory.ts';
import type { SessionTarget } from '../../../service/pdp/sessions/session-target.ts';
import { compileForGuard } from '../guard/guard-policy.ts';

export interface HarnessOptions {
  /** The source of the policy, or its module. */
  readonly policy: string | Uint8Array;
  readonly entities?: readonly InventoryEntity[];
  readonly point?: Partial<DecisionPointOptions>;
  readonly service?: Partial<ServiceOptions>;
  readonly holdAbove?: number;
  readonly signals?: SignalSettings;
  /** Replaces parts of what events change, such as by ones that fail. */
  readonly wrapTarget?: (target: SessionTarget) => SessionTarget;
  readonly wrapSignals?: (store: SignalStore) => SignalStore;
  /** Replaces parts of the store, such as by ones that fail. */
  readonly wrapStore?: (store: Store) => Store;
  /** The folder of the state; default: a new one, which is removed in the end. */
  readonly folder?: string;
}

export interface Harness {
  readonly url: string;
  readonly point: DecisionPoint;
  readonly activation: Activation;
  readonly service: Service;
  readonly store: Store;
  /** undefined without settings. */
  readonly signals: Signals | undefined;
  readonly warnings: readonly string[];
  readonly call: (method: string, path: string, body?: unknown, headers?: object) => Promise<Reply>;
  readonly post: (path: string, body: unknown, headers?: object) => Promise<Reply>;
  readonly close: () => Promise<void>;
}

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  // Tests read members of many kinds of bodies.
  // biome-ignore lint/suspicious/noExplicitAny: see above
  readonly body: any;
}

export async function openHarness(options: HarnessOptions): Promise<Harness> {
  const { policy, entities, holdAbove, wrapStore = (given) => given } = options;
  const { wrapSignals = (given: SignalStore) => given } = options;
  const { wrapTarget = (given: SessionTarget) => given } = options;
  const module = typeof policy === 'string' ? await compileForGuard(policy) : policy;
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'nhipol-service-'));
  const warnings: string[] = [];
  const onWarning = (warning: string) => warnings.push(warning);
  const store = wrapStore(sqliteStore(join(folder, 'state.db')));
  const metrics = createMetrics();
  const point = await DecisionPoint.open({
    module,
    store,
    observer: metrics,
    onWarning,
    inventory: entities && createInventory(entities),
    ...options.point,
  });
  const activation = new Activation({
    point,
    onWarning,
    ...(holdAbove === undefined ? {} : { holdAbove }),
  });
  let url = '';
  const signalStore = options.signals && wrapSignals(sqliteSignals(join(folder, 'state.db')));
  const signals =
    signalStore &&
    options.signals &&
    point.sessions.signals &&
    (await Signals.open({
      settings: options.signals,
      sessions: {
        ...point.sessions.signals,
        target: wrapTarget(point.sessions.signals.target),
      },
      policy: () => point.policy,
      store: signalStore,
      url: () => url,
      observer: metrics,
      onWarning,
      now: options.point?.clock?.now ?? Date.now,
    }));
  const service = await listenService({
    point,
    activation,
    metrics,
    onWarning,
    access: createAccess(undefined),
    host: '127.0.0.1',
    port: 0,
    addRoutes: (app, access, admissions) => {
      if (signals === undefined) return;
      addSignals(app, access, admissions, signals);
      const { transmitter } = signals;
      addTransmitter(app, access, admissions, transmitter);
    },
    ...options.service,
  });
  url = `http://127.0.0.1:${service.port}`;
  signals?.start();
  const call: Harness['call'] = async (method, path, body, headers = {}) => {
    const content = body === undefined ? {} : { 'content-type': 'application/json' };
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { ...content, ...headers },
      ...(body === undefined ? {} : { body: encodeBody(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: tryParse(text) };
  };
  return {
    url,
    point,
    activation,
    service,
    store,
    signals,
    warnings,
    call,
    post: (path, body, headers) => call('POST', path, body, headers),
    close: async () => {
      await service.close();
      await signals?.end();
      await point.close();
      await signalStore?.close();
      store.close();
      if (options.folder === undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The text of a policy next to the tests of the service. */
export function policyText(path: string): string {
  return readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
}

function encodeBody(body: unknown): string | Uint8Array<ArrayBuffer> {
  if (typeof body === 'string') return body;
  return body instanceof Uint8Array ? new Uint8Array(body) : JSON.stringify(body);
}

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
