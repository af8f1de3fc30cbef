// The answers of the server to calls of tools: records their outcomes, decides the questions in them, and sends the client what
// the constraints of the call leave of a result.

import type { Call } from '../../engine/call.ts';
import type { EngineSession } from '../../engine/engine-session.ts';
import { findNumberProblem } from '../../json/exact.ts';
import { isMembers, type Members } from '../../json/members.ts';
import { readStartedTask, readTask } from '../messages/is-task.ts';
import type { Passage } from '../passage.ts';
import type { ResponseMessage } from '../protocol/message.ts';
import { hasQuestions } from '../questions/server-questions.ts';
import type { StartedTask } from '../tasks/server-tasks.ts';
import type { CallParts } from './call-decisions.ts';
import { computeCallsDigest } from './decide-all.ts';
import type { AnsweredCall } from './given-call.ts';
import { limitProblem, limitResult } from './limited-result.ts';
import { Deliveries, recordEnd, toResult, unrecorded } from './outcome.ts';
import type { Permission } from './permission.ts';

export class CallResults {
  readonly #parts: CallParts;
  readonly #deliveries: Deliveries;

  constructor(parts: CallParts) {
    this.#parts = parts;
    this.#deliveries = new Deliveries(parts.session, parts.options);
  }

  /** Records a message of the server about calls. Returns whether the client may get it. */
  recordDelivery(calls: readonly Call[], bytes: number): boolean {
    return this.#deliveries.record(calls, bytes);
  }

  /** `passage`: where the answer goes, which may be another connection of the client than that of the call. */
  complete(
    called: AnsweredCall,
    message: ResponseMessage,
    bytes: Uint8Array,
    passage: Passage,
  ): void {
    const { serverTasks } = this.#parts.options.state;
    const task = readStartedTask(message);
    if (task !== undefined) this.#rememberTask(task, called);
    this.#answer(called, message, bytes, passage);
    // A task that ended at once is refused like its call.
    if (task !== undefined)
      serverTasks.storeState(this.#session, task.id, readTask(message.result ?? {}));
  }

  #answer(
    called: AnsweredCall,
    message: ResponseMessage,
    bytes: Uint8Array,
    passage: Passage,
  ): void {
    const running = { ...called, passage };
    const { calls, work } = running;
    const { isAwaited } = work;
    if (hasQuestions(message)) {
      if (isAwaited) this.#passQuestions(running, message, bytes);
      return;
    }
    const { withheldReason } = passage;
    const isDelivered = isAwaited && withheldReason === undefined;
    const result = { ...toResult(message, bytes.length), isDelivered };
    const isRecorded = recordEnd(this.#session, calls, result);
    if (!isAwaited) return;
    if (withheldReason !== undefined) this.#withhold(running, message, withheldReason);
    else if (isRecorded) this.#sendResult(running, message, bytes);
    else this.#refuse(running, message, passage.withheldReason ?? unrecorded);
  }

  get #session(): EngineSession {
    return this.#parts.session();
  }

  /** Sends the client an answer to its call, or the reason why it is not served any more. */
  #send(running: AnsweredCall, message: ResponseMessage, answer: Uint8Array | string): void {
    const { passage } = running;
    if (passage.passToClient(answer)) return;
    this.#withhold(running, message, passage.withheldReason ?? '');
  }

  #withhold(running: AnsweredCall, message: ResponseMessage, problem: string): void {
    this.#session.logRefusal(`the result of ${String(running.message.params.name)}: ${problem}`);
    this.#refuse(running, message, problem);
  }

  /** The client gets a refusal instead of the answer. A refused call does not go on as a task. */
  #refuse(running: AnsweredCall, message: ResponseMessage, problem: string): void {
    const { serverTasks } = this.#parts.options.state;
    const task = readStartedTask(message);
    if (task !== undefined) serverTasks.refuse(this.#session, task.id, problem);
    this.#parts.refuse(running, problem);
  }

  /** Why no answer but a result that can be limited may pass, or `undefined` if any may. */
  #limitProblem({ permission }: AnsweredCall): string | undefined {
    return limitProblem(permission, this.#parts.options);
  }

  #passQuestions(running: AnsweredCall, message: ResponseMessage, bytes: Uint8Array): void {
    const { calls, approval, traits, facts, passage } = running;
    const isRecorded = this.recordDelivery(calls, bytes.length);
    const { withheldReason } = passage;
    if (!isRecorded || withheldReason !== undefined) {
      this.#refuse(running, message, withheldReason ?? unrecorded);
      return;
    }
    const limit = this.#limitProblem(running);
    const responseMessage = limit === undefined ? message : selectQuestions(message);
    if (
      responseMessage === undefined ||
      (limit !== undefined && findNumberProblem(message.text) !== undefined)
    ) {
      this.#withhold(running, message, limit ?? '');
      return;
    }
    const digest = computeCallsDigest(calls, this.#session);
    const { isStateless } = traits;
    const request = { method: 'tools/call', isStateless, digest, approval, facts };
    const passed = this.#parts.questions.pass(responseMessage, request);
    if (typeof passed === 'object') this.#refuse(running, message, passed.problem);
    else if (passed !== 'same') this.#send(running, message, passed);
    else
      this.#send(
        running,
        message,
        responseMessage === message ? bytes : formatError(responseMessage),
      );
  }

  #rememberTask(task: StartedTask, running: AnsweredCall): void {
    const { calls, message, passage, approval, permission } = running;
    const work = { session: this.#session, params: message.params, passage, calls, approval };
    const given = { ...work, bytes: running.bytes.length };
    const { validUntil } = permission;
    const { options } = this.#parts;
    const findProblem = (newer: Permission) => limitProblem(newer, options);
    const stopped = running.work.isAwaited ? undefined : 'its call was stopped';
    options.state.serverTasks.add(task, { ...given, validUntil, problemOf: findProblem }, stopped);
  }

  /** Sends what the constraints of the call leave of its result. */
  #sendResult(running: AnsweredCall, given: ResponseMessage, bytes: Uint8Array): void {
    const { id, result, text } = given;
    const problem = this.#limitProblem(running);
    if (problem === undefined) {
      this.#send(running, given, bytes);
      return;
    }
    const { constraints } = running.permission;
    const limited =
      readStartedTask(given) === undefined
        ? limitResult(result, constraints, this.#parts.options.resultLimits)
        : problem;
    if (typeof limited === 'string') {
      this.#withhold(running, given, limited);
    } else if (findNumberProblem(text) !== undefined) {
      this.#withhold(
        running,
        given,
        `a limited result cannot be passed on: ${findNumberProblem(text)}`,
      );
    } else {
      this.#send(running, given, JSON.stringify({ jsonrpc: '2.0', id, result: limited }));
    }
  }
}

function formatError({ id, error }: ResponseMessage): string {
  return JSON.stringify({ jsonrpc: '2.0', id, error });
}

const questionMembers: ReadonlySet<string> = new Set([
  'resultType',
  'inputRequests',
  'requestState',
  '_meta',
]);
const errorMembers: ReadonlySet<string> = new Set(['code', 'message', 'data']);

/** The questions of an answer without texts that a constraint would limit, or `undefined` if it contains other members. */
function selectQuestions(message: ResponseMessage): ResponseMessage | undefined {
  const { result, error } = message;
  if (result !== undefined) {
    const { _meta, ...questions } = result;
    return hasOnly(result, questionMembers) ? { ...message, result: questions } : undefined;
  }
  if (!isMembers(error) || !isMembers(error.data) || !hasOnly(error, errorMembers))
    return undefined;
  const { elicitations, ...others } = error.data;
  if (Object.keys(others).length > 0) return undefined;
  const own = { code: urlRequired, message: 'the server requests input', data: { elicitations } };
  return { ...message, error: own };
}

/** MCP 2025-11-25: the client has to open addresses before it calls again. */
const urlRequired = -32042;

function hasOnly(members: Members, names: ReadonlySet<string>): boolean {
  return Object.keys(members).every((name) => names.has(name));
}
