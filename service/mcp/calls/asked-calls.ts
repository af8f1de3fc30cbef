// Calls that a person has to approve: the user of the client, by an elicitation or by the result of the call, or somebody at a
// terminal. An approved call is decided again.

import { randomUUID } from 'node:crypto';
import { explainAnswer } from '../../engine/answers.ts';
import type { Decision, EngineSession } from '../../engine/engine-session.ts';
import type { Passage } from '../passage.ts';
import { buildIdKey, type MessageId, type ResponseMessage } from '../protocol/message.ts';
import {
  createCancellationMessage,
  createInputRequired,
  createRequestMessage,
} from '../protocol/replies.ts';
import {
  type ApprovalQuestion,
  createApproval,
  createApprovalRequest,
  createForm,
  createQuestion,
  fitsForm,
  isApproved,
} from '../questions/asking.ts';
import { TerminalQuestions } from '../questions/terminal-questions.ts';
import type { RelayOptions } from '../relay-options.ts';
import type { DecidedCall } from './given-call.ts';
import type { RefuseCall } from './refuse-call.ts';

interface AskedCall {
  readonly decided: DecidedCall;
  readonly question: ApprovalQuestion;
}

/** The name of the guard's question among those of a result. */
export const questionName = 'nhipol';

export class AskedCalls {
  readonly #options: RelayOptions;
  readonly #session: () => EngineSession;
  readonly #refuse: RefuseCall;
  readonly #onApproved: (decidedCall: DecidedCall) => void;
  readonly #terminal: TerminalQuestions<DecidedCall>;
  /** Calls whose user is being asked, by the id of the question. */
  readonly #asked = new Map<string, AskedCall>();

  /** `onApproved`: called for an approved call, whose approval is stored. */
  constructor(
    options: RelayOptions,
    session: () => EngineSession,
    refuse: RefuseCall,
    onApproved: (decidedCall: DecidedCall) => void,
  ) {
    this.#options = options;
    this.#session = session;
    this.#refuse = refuse;
    this.#onApproved = onApproved;
    this.#terminal = new TerminalQuestions(options);
  }

  get size(): number {
    return this.#asked.size + this.#terminal.size;
  }

  get all(): readonly DecidedCall[] {
    const calls = [...this.#asked.values()].map(({ decided }) => decided);
    return [...calls, ...this.#terminal.calls];
  }

  /** Whether the call of the client with this id waits for a person. */
  has(key: string): boolean {
    return this.#terminal.has(key) || this.#findAsked(key) !== undefined;
  }

  /** Whether the guard asked the client with this id. */
  isAsking(id: MessageId): boolean {
    return typeof id === 'string' && this.#asked.has(id);
  }

  /** Asks a person about a call that was challenged, or refuses it. */
  ask(decidedCall: DecidedCall, decision: Decision): void {
    const { ask, now } = this.#options;
    const { message, traits, passage } = decidedCall;
    const session = this.#session();
    const { name: tool, arguments: values = {} } = message.params;
    const asked = { server: this.#options.server, tool: String(tool), arguments: values };
    const question = createQuestion(decision, session, asked, now());
    const reason = explainAnswer(decision.answer);
    const isInForm = question !== undefined && ask === 'elicitation' && fitsForm(question);
    if (question === undefined || ask === 'never') {
      this.#refuse(decidedCall, reason);
    } else if (isInForm && traits.canElicit && traits.isStateless) {
      const state = this.#options.state.questions.seal({ question, session: session.id });
      const form = { mode: 'form', ...createForm(question) };
      const result = createInputRequired(message.id, questionName, form, state);
      if (!passage.passToClient(result)) this.#refuse(decidedCall, passage.withheldReason ?? '');
    } else if (isInForm && traits.canElicit) {
      this.#elicit(decidedCall, question);
    } else {
      this.#askElsewhere(decidedCall, question, reason);
    }
  }

  #elicit(decided: DecidedCall, question: ApprovalQuestion): void {
    const id = `nhipol-${randomUUID()}`;
    this.#asked.set(id, { decided, question });
    const { passage } = decided;
    if (passage.passToClient(createRequestMessage(id, 'elicitation/create', createForm(question))))
      return;
    this.#asked.delete(id);
    this.#refuse(decided, passage.withheldReason ?? '');
  }

  /** Asks a person who is not the user of the client. */
  #askElsewhere(decidedCall: DecidedCall, question: ApprovalQuestion, reason: string): void {
    const session = this.#session();
    let id: string | undefined;
    try {
      id = this.#options.store.request(
        createApprovalRequest(question, session, this.#options.now()),
      );
    } catch (error) {
      this.#options.onWarning(`the request for an approval was not stored: ${String(error)}`);
      this.#refuse(decidedCall, reason);
      return;
    }
    if (id === undefined) {
      this.#refuse(decidedCall, `${reason}; too many calls wait for an approval already`);
      return;
    }
    const how = `${reason}. To approve it, run \`nhipol guard approve ${id}\``;
    if (this.#options.ask !== 'terminal') {
      this.#refuse(decidedCall, `${how}, then repeat the call`);
      return;
    }
    this.#options.onWarning(`${how}, or \`nhipol guard approve\` for all of them`);
    const isShared = id !== question.id;
    this.#terminal.wait(decidedCall, { ...question, id, isShared }, (state) => {
      if (state === 'approved') this.#onApproved(decidedCall);
      else
        this.#refuse(
          decidedCall,
          state === 'refused' ? `${reason}; it was refused` : `${how}, then repeat the call`,
        );
    });
  }

  /** Whether the message is the answer to a question of the guard. Nobody is approved by a client that may not be served. */
  takeAnswer(message: ResponseMessage, closedReason: string | undefined): boolean {
    const call = typeof message.id === 'string' ? this.#asked.get(message.id) : undefined;
    if (call === undefined) return false;
    this.#asked.delete(message.id as string);
    const { decided, question } = call;
    if (closedReason !== undefined) this.#refuse(decided, closedReason);
    else this.answer(decided, question, isApproved(message.result));
    return true;
  }

  /** The user of the client answered a question. */
  answer(decidedCall: DecidedCall, question: ApprovalQuestion, approved: boolean): void {
    const session = this.#session();
    const now = this.#options.now();
    if (!approved || question.expiresAt <= now) {
      session.noteAnswer(question.digest, approved ? 'expired' : 'refused');
      this.#refuse(decidedCall, approved ? 'the approval has expired' : 'a person refused it');
      return;
    }
    try {
      session.noteAnswer(question.digest, 'approved', createApproval(question, 'elicitation', now));
    } catch (error) {
      this.#options.onWarning(`the approval was not stored: ${String(error)}`);
      this.#refuse(decidedCall, 'the approval could not be stored');
      return;
    }
    this.#onApproved(decidedCall);
  }

  /** The client cancelled a call. Returns whether the call waited for a person. */
  cancel(key: string, passage: Passage): boolean {
    const asked = this.#findAsked(key);
    if (asked === undefined) return this.#terminal.cancel(key);
    this.#asked.delete(asked);
    passage.tellClient(createCancellationMessage(asked, 'the call was cancelled'));
    return true;
  }

  /** Refuses all of them. */
  end(reason: string): void {
    for (const { decided } of this.#asked.values()) this.#refuse(decided, reason);
    this.#asked.clear();
    this.#terminal.end((decidedCall) => this.#refuse(decidedCall, reason));
  }

  /** The id of the question about a call. */
  #findAsked(key: string): string | undefined {
    for (const [id, { decided }] of this.#asked) {
      if (buildIdKey(decided.message.id) === key) return id;
    }
    return undefined;
  }
}
