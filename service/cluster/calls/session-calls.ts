// Calls about a session by its id: finds its partition first. Throws a `Problem`.

import { createRefusalAnswer } from '../../engine/answers.ts';
import { Problem } from '../../pdp/problem.ts';
import type { SessionCaller } from '../../pdp/sessions/session-caller.ts';
import { formatErrorMessage } from '../../support/message-of.ts';
import type { Directory } from './directory.ts';
import type { OwnerCall } from './wire.ts';

export interface SessionCallsOptions {
  readonly directory: Directory;
  /** Calls the owner of a partition. */
  readonly call: (index: number, call: OwnerCall) => Promise<unknown>;
  /** The partition of this node that has a session. */
  readonly findPartition: (id: string) => number | undefined;
}

export class SessionCalls {
  readonly #options: SessionCallsOptions;

  constructor(options: SessionCallsOptions) {
    this.#options = options;
  }

  /** Calls the owner of a session. */
  async call(
    operation: string,
    by: SessionCaller,
    id: string,
    ...given: readonly unknown[]
  ): Promise<unknown> {
    const call = { operation, by, id, given };
    const index = this.#options.findPartition(id) ?? (await this.#find(id, false));
    if (index === undefined) return throwMissing(operation);
    try {
      return await this.#options.call(index, call);
    } catch (error) {
      if (!(error instanceof Problem) || error.details.code !== 'no_session') throw error;
      // The id may have been given to a session of another identity.
      const current = await this.#find(id, true);
      if (current === undefined || current === index) throw error;
      return this.#options.call(current, call);
    }
  }

  async #find(id: string, isFresh: boolean): Promise<number | undefined> {
    try {
      return await this.#options.directory.find(id, isFresh);
    } catch (error) {
      throw new Problem(503, `the cluster cannot be reached: ${formatErrorMessage(error)}`, {
        code: 'state_unavailable',
      });
    }
  }
}

/** As a node that has all sessions answers. */
function throwMissing(operation: string): unknown {
  if (operation === 'request') return {};
  if (operation === 'decideFor' || operation === 'consider')
    return createRefusalAnswer('no_session', 'no session with this id is open');
  throw new Problem(404, 'no session with this id is open', { code: 'no_session' });
}
