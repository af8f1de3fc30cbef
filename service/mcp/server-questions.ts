// Questions of the server to the user of the client, by a result (since 2026-07-28). Each is decided like a request of the
// server. The state that the server wants back is sealed, so that a client cannot use it for another call, and a server
// cannot forge the state of the guard.

import { explanationOf } from '../engine/answers.ts';
import type { EngineSession } from '../engine/engine-session.ts';
import { isMembers } from '../json/members.ts';
import type { ClientFacts } from './client.ts';
import type { ResponseMessage } from './message.ts';
import { requestMethod } from './methods.ts';
import type { RelayOptions } from './relay-options.ts';
import type { ServerState } from './relay-state.ts';

export class ServerQuestions {
  readonly #options: RelayOptions;
  readonly #session: () => EngineSession;

  constructor(options: RelayOptions, session: () => EngineSession) {
    this.#options = options;
    this.#session = session;
  }

  /** The result that the client gets, or why it gets none. */
  pass(
    { id, result }: ResponseMessage,
    { digest, approval }: Omit<ServerState, 'state'>,
    facts: ClientFacts,
  ): string | { readonly problem: string } {
    const { inputRequests, requestState } = result ?? {};
    const asked = isMembers(inputRequests) ? Object.values(inputRequests) : [];
    for (const each of asked) {
      const problem = this.#problemOf(each, facts);
      if (problem !== undefined) return { problem };
    }
    const state = typeof requestState === 'string' ? requestState : undefined;
    const sealed = this.#options.state.serverStates.seal({ digest, state, approval });
    return JSON.stringify({ jsonrpc: '2.0', id, result: { ...result, requestState: sealed } });
  }

  /** The state of the server for the next round of the call; undefined: it is not of this call. */
  open(sealed: unknown, digest: string | undefined): ServerState | undefined {
    const state = this.#options.state.serverStates.open(sealed);
    return state !== undefined && state.digest === digest && digest !== undefined
      ? state
      : undefined;
  }

  #problemOf(asked: unknown, facts: ClientFacts): string | undefined {
    const { method, params = {} } = isMembers(asked) ? asked : {};
    if (typeof method !== 'string' || !isMembers(params))
      return 'the server requests input in an unknown form';
    const known = requestMethod('server', method);
    if (known === undefined)
      return `the server requests input by ${method}, which the guard does not know`;
    if (known.handling === 'pass') return undefined;
    const call = this.#options.mapping.methodCall('server', method, params, facts);
    const { isPassed, answer } = this.#session().decide(call);
    return isPassed ? undefined : explanationOf(answer);
  }
}
