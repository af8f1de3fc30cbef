// The guard of one server of MCP: an engine with a relay. A transport gives it messages.

import { randomUUID } from 'node:crypto';
import type { Abilities } from '../engine/abilities.ts';
import type { Identity } from '../engine/call.ts';
import { Engine, type Mode } from '../engine/engine.ts';
import type { DecisionLog } from '../log/log-file.ts';
import type { Store } from '../store/store.ts';
import { Inventory, type Pins } from './inventory.ts';
import { Relay } from './relay.ts';
import type { AskMode, RelayOptions } from './relay-options.ts';
import { createRelayState } from './relay-state.ts';

export interface GuardOptions {
  /** A policy compiled with sessions. */
  readonly module: Uint8Array;
  readonly abilities: Abilities;
  readonly store: Store;
  readonly log: DecisionLog | undefined;
  readonly mode: Mode;
  readonly identity: Identity;
  /** Facts of the context. */
  readonly context: object;
  /** The name of the server: the first part of the names of actions, and the id of the resource. */
  readonly server: string;
  /** A session that continues after a restart; undefined: a new one. */
  readonly session: string | undefined;
  /** The digests of the reviewed tools; undefined: a tool is as reviewed when it is listed for the first time. */
  readonly pins: Pins | undefined;
  readonly ask: AskMode;
  /** How long a call waits for a person at a terminal, in milliseconds. */
  readonly askTimeout: number;
  readonly refusal: 'result' | 'error';
  readonly onRevoked: (reason: string) => void;
  readonly onWarning: (warning: string) => void;
}

export class Guard {
  readonly #engine: Engine;
  readonly #relayOptions: RelayOptions;
  readonly #relays = new Set<Relay>();

  private constructor(engine: Engine, options: GuardOptions) {
    const { identity, context, server, session, pins } = options;
    this.#engine = engine;
    const id = session ?? `${server}-${randomUUID()}`;
    this.#relayOptions = {
      ...options,
      resource: { type: 'mcp_server', id: server },
      openSession: () => engine.get(id) ?? engine.open({ id, identity, context, server }),
      inventory: new Inventory(pins),
      state: createRelayState(),
      now: () => Date.now(),
    };
  }

  /** Rejects with a `LoadError` if the module is not a policy with sessions. */
  static async open(options: GuardOptions): Promise<Guard> {
    const engine = new Engine({ ...options, entryPoint: 'guard' });
    if (options.session !== undefined) await engine.persist();
    return new Guard(engine, options);
  }

  /** A relay for the messages of one client. All of them are calls of the same session. */
  connect(): Relay {
    const relay = new Relay(this.#relayOptions);
    this.#relays.add(relay);
    return relay;
  }

  /** The client of a relay ended. */
  disconnect(relay: Relay): void {
    this.#relays.delete(relay);
    relay.close();
  }

  /** Replaces the policy; calls that run are decided again. Throws if it cannot be; then the previous policy stays. */
  activate(module: Uint8Array, abilities: Abilities): void {
    this.#engine.activate(module, abilities);
    for (const relay of this.#relays) relay.recheck();
  }

  close(): void {
    for (const relay of [...this.#relays]) this.disconnect(relay);
    this.#engine.close();
  }
}
