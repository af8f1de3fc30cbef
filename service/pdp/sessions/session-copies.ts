// Decides actions in copies of sessions, so that nothing becomes history, and no approval, timer or listener takes part.

import {
  type Answer,
  type Clock,
  createSessions,
  type Session,
  type Sessions,
} from '@nhipol/runtime';
import { createRefusalAnswer } from '../../engine/answers.ts';
import type { PolicyModule } from '../../engine/policy-module.ts';

export class SessionCopies {
  readonly #clock: Clock;
  /** Where copies are restored, for the policy that they are decided by. */
  #place: { readonly module: PolicyModule; readonly sessions: Sessions } | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * The answer to a query, JSON, in a session as it is now, after a change of its facts. The events of other sessions, which a copy does not have, can
   * only deny what the copy permits.
   */
  decide(module: PolicyModule, session: Session, query: string, change?: string): Answer {
    const sessions = this.#listSessions(module);
    const { hasSharedEvents } = module;
    try {
      if (hasSharedEvents && !session.could(query).possible) {
        return createRefusalAnswer(
          'other_sessions',
          'the events of other sessions restrict the action',
        );
      }
      const copy = sessions.restore(session.snapshot()).session;
      try {
        if (change !== undefined) copy.patchJson(change);
        return copy.decide(query);
      } finally {
        copy.close();
      }
    } finally {
      // Events that sessions share would stay after the copy.
      if (hasSharedEvents) this.end();
    }
  }

  #listSessions(module: PolicyModule): Sessions {
    if (this.#place?.module !== module) {
      this.end();
      this.#place = { module, sessions: createSessions(module.policy, { clock: this.#clock }) };
    }
    return this.#place.sessions;
  }

  end(): void {
    this.#place?.sessions.end();
    this.#place = undefined;
  }
}
