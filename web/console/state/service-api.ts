// The calls of a service that the console needs. They reject with a `ServiceError`.

import {
  ServiceClient,
  type ServiceEvent,
  type SessionDetails,
  type SessionState,
} from '@nhipol/service/client';
import { Transport } from '@nhipol/service/client/transport';

export interface PolicyName {
  readonly name: string;
  readonly version: string;
  /** SHA-256 of its module. */
  readonly digest: string;
}

export interface HeldPolicySummary {
  /** Identifies the policy together with its tables. */
  readonly digest: string;
  readonly policy: PolicyName;
  /** Such as `42 permit → narrow, 955 as before`. */
  readonly changes: string;
  /** The share of sessions whose answer would change, 0 to 1. */
  readonly share: number;
}

/** The policies of a service; `sessions`: the number that is open. */
export interface PolicyState {
  readonly active: PolicyName;
  readonly activated_at: string;
  readonly sessions: number;
  readonly held: HeldPolicySummary | null;
  /** The active policy with other tables, if they were held back with another policy. */
  readonly held_tables: HeldPolicySummary | null;
}

export class ServiceApi {
  readonly #client: ServiceClient;
  readonly #transport: Transport;

  /** `key`: undefined for a service that everybody may call. */
  constructor(url: string, key: string | undefined) {
    const options = key === undefined ? { url } : { url, credentials: { key } };
    this.#client = new ServiceClient(options);
    this.#transport = new Transport(options);
  }

  /** The first sessions in the order of their ids. */
  async sessions(limit: number): Promise<readonly SessionState[]> {
    const sessionStates: SessionState[] = [];
    for await (const session of this.#client.sessions()) {
      sessionStates.push(session);
      if (sessionStates.length >= limit) break;
    }
    return sessionStates;
  }

  session(id: string): Promise<SessionDetails> {
    return this.#client.session(id).read();
  }

  /** The changes of all sessions, until the signal is aborted. */
  changes(signal: AbortSignal): AsyncGenerator<ServiceEvent, void> {
    return this.#client.changes({ signal });
  }

  async policy(): Promise<PolicyState> {
    return (await this.#transport.send({ method: 'GET', path: '/policy' })) as PolicyState;
  }

  /** Activates the policy that was held back, if it still is, and returns which answers changed. */
  async activate({ digest }: HeldPolicySummary): Promise<string> {
    const call = { method: 'POST', path: '/policy/activate', body: { digest } } as const;
    const { changes } = (await this.#transport.send(call)) as { readonly changes: string };
    return changes;
  }
}
