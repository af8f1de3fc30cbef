// The state that all relays of a guard have in common: since 2026-07-28, the requests of one client need not come by the
// same connection.

import type { Call } from '../engine/call.ts';
import type { EngineSession, UsedApproval } from '../engine/engine-session.ts';
import { AnsweredQuestions } from './questions/answered-questions.ts';
import type { ApprovalQuestion } from './questions/asking.ts';
import { createSealer, type Sealer } from './questions/seal.ts';
import { ServerTasks } from './tasks/server-tasks.ts';
import { OpenWorks } from './work/open-work.ts';

/** The state that a client returns with the answer of its user. */
export interface QuestionState {
  readonly question: ApprovalQuestion;
  readonly session: string;
}

/** The state for the next round of a request whose server requires input. */
export interface ServerState {
  readonly id: string;
  readonly digest: string | undefined;
  /** The server's own state. */
  readonly state: string | undefined;
  /** The names of the questions. */
  readonly asked: readonly string[];
  /** The approval that permitted this round also permits the next one, once. */
  readonly approval: UsedApproval | undefined;
}

export interface RelayState {
  readonly questions: Sealer<QuestionState>;
  readonly serverStates: Sealer<ServerState>;
  readonly answered: AnsweredQuestions;
  readonly serverTasks: ServerTasks;
  readonly openWorks: OpenWorks;
  /** The sessions whose tasks are decided again. */
  readonly watched: WeakSet<EngineSession>;
  /** When something of a call was last recorded as delivered. */
  readonly delivered: WeakMap<Call, number>;
  /** Why the guard ends, so that nothing passes any more, or `undefined` if it goes on. */
  endReason: string | undefined;
}

export function createRelayState(): RelayState {
  return {
    questions: createSealer(),
    serverStates: createSealer(),
    answered: new AnsweredQuestions(),
    watched: new WeakSet(),
    serverTasks: new ServerTasks(),
    openWorks: new OpenWorks(),
    delivered: new WeakMap(),
    endReason: undefined,
  };
}
