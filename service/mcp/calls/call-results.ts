// The answers of the server to calls of tools: records their outcomes, decides the questions in them, and sends the client what
// the constraints of the call leave of a result.

import type { Call } from '../../engine/call.ts';
import type { EngineSession } from '../../engine/engine-session.ts';
import { numberProblem } from '../../json/exact.ts';
import { isMembers } from '../../json/members.ts';
import { digestOf } from '../decide-all.ts';
import type { Passage } from '../gate.ts';
import { limitedResult } from '../limited-result.ts';
import type { ResponseMessage } from '../message.ts';
import { Deliveries, recordEnd, resultOf, unrecorded } from '../outcome.ts';
import { hasQuestions } from '../server-questions.ts';
import type { CallParts } from './call-decisions.ts';
import type { RunningCall } from './given-call.ts';

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
    called: RunningCall,
    message: ResponseMessage,
    bytes: Uint8Array,
    passage: Passage,
  ): void {
    const running = { ...called, passage };
    const { calls, isAwaited } = running;
    if (hasQuestions(message)) {
      if (isAwaited) this.#passQuestions(running, message, bytes);
      return;
    }
    this.#rememberTask(message, called);
    const result = { ...resultOf(message, bytes.length), isDelivered: isAwaited };
    const isRecorded = recordEnd(this.#session, calls, result);
    if (!isAwaited) return;
    if (isRecorded) this.#sendResult(running, message, bytes);
    else this.#parts.refuse(running, passage.closedReason ?? unrecorded);
  }

  get #session(): EngineSession {
    return this.#parts.session();
  }

  /** Sends the client an answer to its call, or the reason why it is not served any more. */
  #send(running: RunningCall, answer: Uint8Array | string): void {
    const { passage } = running;
    if (passage.passToClient(answer)) return;
    this.#withhold(running, passage.closedReason ?? '');
  }

  #withhold(running: RunningCall, problem: string): void {
    this.#session.refused(`the result of ${String(running.message.params.name)}: ${problem}`);
    this.#parts.refuse(running, problem);
  }

  #passQuestions(running: RunningCall, message: ResponseMessage, bytes: Uint8Array): void {
    const { calls, approval, traits, facts, passage } = running;
    const { questions, refuse } = this.#parts;
    const isRecorded = this.recordDelivery(calls, bytes.length);
    const { closedReason } = passage;
    if (!isRecorded || closedReason !== undefined) {
      refuse(running, closedReason ?? unrecorded);
      return;
    }
    const digest = digestOf(calls, this.#session);
    const { isStateless } = traits;
    const request = { method: 'tools/call', isStateless, digest, approval, facts };
    const passed = questions.pass(message, request);
    if (typeof passed === 'object') refuse(running, passed.problem);
    else this.#send(running, passed === 'same' ? bytes : passed);
  }

  #rememberTask({ result }: ResponseMessage, running: RunningCall): void {
    const task = isMembers(result?.task) ? result.task : result;
    if (typeof task?.taskId !== 'string') return;
    const { calls, message, passage, approval, permission } = running;
    const given = { session: this.#session, params: message.params, passage, calls, approval };
    const { validUntil } = permission;
    const { serverTasks } = this.#parts.options.state;
    serverTasks.add(task.taskId, { ...given, validUntil }, running.isAwaited);
  }

  /** Sends what the constraints of the call leave of its result. */
  #sendResult(running: RunningCall, given: ResponseMessage, bytes: Uint8Array): void {
    const { id, result, text } = given;
    const { permission } = running;
    const { mode, resultLimits } = this.#parts.options;
    const limited =
      mode === 'observe' ? undefined : limitedResult(result, permission.constraints, resultLimits);
    if (limited === undefined) {
      this.#send(running, bytes);
    } else if (typeof limited === 'string') {
      this.#withhold(running, limited);
    } else if (numberProblem(text) !== undefined) {
      this.#withhold(running, `a limited result cannot be passed on: ${numberProblem(text)}`);
    } else {
      this.#send(running, JSON.stringify({ jsonrpc: '2.0', id, result: limited }));
    }
  }
}
