// Decides the calls of tools, also those that a client sends again with answers, and those with lower values that a policy offers.

import { randomUUID } from 'node:crypto';
import { explainAnswer } from '../../engine/answers.ts';
import type { Call } from '../../engine/call.ts';
import type { EngineSession } from '../../engine/engine-session.ts';
import { isMembers } from '../../json/members.ts';
import type { Trigger } from '../../log/entry.ts';
import { MappingError } from '../../mapping/mapping-error.ts';
import { errorCodes, type RequestMessage } from '../protocol/message.ts';
import { createErrorResponse, describeMappingError } from '../protocol/replies.ts';
import { isApproved } from '../questions/asking.ts';
import { withoutAnswers, withServerState } from '../questions/resumed.ts';
import type { ServerQuestions } from '../questions/server-questions.ts';
import type { RelayOptions } from '../relay-options.ts';
import type { QuestionState } from '../relay-state.ts';
import type { KnownTool, ToolState } from '../tools/inventory.ts';
import type { ToolLister } from '../tools/tool-lister.ts';
import { AskedCalls, questionName } from './asked-calls.ts';
import { createUnknownTool, findCallProblem } from './check-call.ts';
import { computeCallsDigest, decideAll } from './decide-all.ts';
import { type DecidedCall, type GivenCall, readTrace } from './given-call.ts';
import { lowerMessage } from './lowered.ts';
import type { RefuseCall } from './refuse-call.ts';
import type { RunningCalls } from './running-calls.ts';

const approvalGone = 'the approval was used or has expired';

export interface CallParts {
  readonly options: RelayOptions;
  readonly session: () => EngineSession;
  readonly lister: ToolLister;
  readonly questions: ServerQuestions;
  readonly running: RunningCalls;
  readonly refuse: RefuseCall;
}

export class CallDecisions {
  readonly #parts: CallParts;
  /** The calls that a person has to approve. */
  readonly asked: AskedCalls;

  constructor(parts: CallParts) {
    this.#parts = parts;
    const { options, session, refuse } = parts;
    this.asked = new AskedCalls(options, session, refuse, (decidedCall) =>
      this.#decide(decidedCall, 'approval'),
    );
  }

  /** Decides a call of a tool in its state, and sends it to the server if it is permitted. */
  start(given: GivenCall, name: string, state: ToolState): void {
    const { message } = given;
    const { options, lister, refuse } = this.#parts;
    const problem = findCallProblem(message, name, state, lister);
    if (problem !== undefined) this.#session.logRefusal(`${name}: ${problem}`);
    if (problem !== undefined && options.mode === 'enforce') {
      refuse(given, problem);
      return;
    }
    const tool = state.kind === 'known' ? state.tool : createUnknownTool(name);
    const calls = this.#mapCalls(given, tool);
    if (calls === undefined) return;
    const { params } = message;
    if ('requestState' in params || 'inputResponses' in params) this.#resume(given, calls);
    else this.#decide({ ...given, calls, approval: undefined }, 'request');
  }

  get #session(): EngineSession {
    return this.#parts.session();
  }

  /** Returns the decisions that a call needs, or `undefined` if there are none, and the client got an error. */
  #mapCalls({ message, facts, passage }: GivenCall, tool: KnownTool): readonly Call[] | undefined {
    const { mapping, mode } = this.#parts.options;
    try {
      return mapping.toolCalls(message, tool, facts);
    } catch (error) {
      if (!(error instanceof MappingError)) throw error;
      this.#session.logRefusal(`${tool.name}: ${error.message}`);
      if (mode === 'observe') return [];
      passage.tellClient(
        createErrorResponse(message.id, errorCodes.invalidParams, describeMappingError(error)),
      );
      return undefined;
    }
  }

  /** The client sends a call again, with the answers of its user to a question of the guard or of the server. */
  #resume(given: GivenCall, calls: readonly Call[]): void {
    const { requestState } = given.message.params;
    const digest = computeCallsDigest(calls, this.#session);
    const state = this.#parts.options.state.questions.open(requestState);
    if (state === undefined) this.#resumeServer(given, calls, digest);
    else this.#resumeQuestion(given, calls, digest, state);
  }

  #resumeQuestion(
    given: GivenCall,
    calls: readonly Call[],
    digest: string | undefined,
    { question, session: opened }: QuestionState,
  ): void {
    const session = this.#session;
    const { options, refuse } = this.#parts;
    const { answered } = options.state;
    const now = options.now();
    const isFor = question.digest === digest && opened === session.id;
    const isNew = !answered.has(question.id) && question.expiresAt > now;
    if (!isFor || !isNew) {
      session.logRefusal('an approval that is for another call, used, or expired');
      refuse(given, isFor ? approvalGone : 'the approval is for another call');
      return;
    }
    answered.add(question, now);
    const { inputResponses } = given.message.params;
    const answer = isMembers(inputResponses) ? inputResponses[questionName] : undefined;
    const bytes = withoutAnswers(given.message);
    const decided = { ...given, bytes, calls, approval: undefined };
    this.asked.answer(decided, question, isApproved(answer));
  }

  #resumeServer(given: GivenCall, calls: readonly Call[], digest: string | undefined): void {
    const session = this.#session;
    const { options, questions, refuse } = this.#parts;
    const resumed = questions.open(given.message.params, digest);
    if (resumed === undefined) {
      session.logRefusal('a request state that is not of this call');
      refuse(given, 'the request state is not of this call');
      return;
    }
    const bytes = withServerState(given.message, resumed.state);
    const { id, approval } = resumed;
    if (approval !== undefined && digest !== undefined) {
      const { answered } = options.state;
      const now = options.now();
      const { expiresAt } = approval.stored;
      if (answered.has(id) || expiresAt <= now) {
        session.logRefusal('a request state whose approval was used, or has expired');
        refuse(given, approvalGone);
        return;
      }
      answered.add({ id, expiresAt }, now);
      session.noteAnswer(digest, 'approved', { ...approval.stored, id: randomUUID() });
    }
    this.#decide({ ...given, bytes, calls, approval }, 'request');
  }

  #decide(decidedCall: DecidedCall, trigger: Trigger): void {
    const { message, calls } = decidedCall;
    const { running, refuse } = this.#parts;
    const traceId = readTrace(message.params);
    const { refused, permits } = decideAll(this.#session, calls, { trigger, traceId });
    if (refused === undefined) {
      running.start(decidedCall, permits);
    } else if (refused.answer.effect === 'challenge' && trigger === 'request') {
      this.asked.ask(decidedCall, refused);
    } else {
      const lower = lowerMessage(message, refused.answer);
      if (lower === undefined || !this.#passLowered(decidedCall, lower)) {
        refuse(decidedCall, explainAnswer(refused.answer), refused.answer);
      }
    }
  }

  /** Decides the call with the values that the policy offers, and passes it on if it is permitted. */
  #passLowered(decidedCall: DecidedCall, lower: RequestMessage): boolean {
    const { options, lister, running } = this.#parts;
    const name = String(lower.params.name);
    const state = options.inventory.find(name);
    if (state.kind !== 'known' || findCallProblem(lower, name, state, lister) !== undefined) {
      return false;
    }
    const calls = this.#mapCalls({ ...decidedCall, message: lower }, state.tool);
    if (calls === undefined) return true;
    const traceId = readTrace(lower.params);
    const { refused, permits } = decideAll(this.#session, calls, { isLowered: true, traceId });
    if (refused !== undefined) return false;
    running.start({ ...decidedCall, message: lower, bytes: lower.text, calls }, permits);
    return true;
  }
}
