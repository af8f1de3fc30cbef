// Calls of tools: decides each, asks a person where the policy requires it, watches it while it runs, and records its
// outcome. A call reaches the server only if it was permitted.

import { randomUUID } from 'node:crypto';
import type { Answer } from '@nhipol/runtime';
import { explanationOf, isFailure } from '../engine/answers.ts';
import type { Call } from '../engine/call.ts';
import type { Decision, EngineSession, UsedApproval } from '../engine/engine-session.ts';
import { numberProblem } from '../json/exact.ts';
import { isMembers, type Members } from '../json/members.ts';
import type { Trigger } from '../log/entry.ts';
import { MappingError } from '../mapping/mapping-error.ts';
import {
  approvalOf,
  fitsForm,
  formOf,
  isApproved,
  type Question,
  questionAbout,
  requestOf,
} from './asking.ts';
import type { ClientFacts } from './client.ts';
import { decideAll, digestOf } from './decide-all.ts';
import type { KnownTool, ToolState } from './inventory.ts';
import { limitedResult } from './limited-result.ts';
import { lowered } from './lowered.ts';
import {
  errorCodes,
  idKey,
  idSpellings,
  type MessageId,
  type RequestMessage,
  type ResponseMessage,
} from './message.ts';
import { Deliveries, recordEnd, resultOf, unrecorded } from './outcome.ts';
import type { Peer } from './peer.ts';
import { type Permission, permissionOf } from './permission.ts';
import type { RelayOptions } from './relay-options.ts';
import {
  cancellation,
  errorReply,
  inputRequired,
  mappingText,
  refusedResult,
  request,
} from './replies.ts';
import { withoutAnswers, withServerState } from './resumed.ts';
import type { ClientTraits } from './revision.ts';
import { hasQuestions, ServerQuestions } from './server-questions.ts';
import { TerminalQuestions } from './terminal-questions.ts';
import type { ToolLister } from './tool-lister.ts';

/** A call as the client sent it. */
export interface GivenCall {
  readonly message: RequestMessage;
  readonly bytes: Uint8Array | string;
  readonly traits: ClientTraits;
  /** The client, as the transport vouched for it when the call came. */
  readonly facts: ClientFacts;
  readonly client: Peer;
  readonly server: Peer;
}

/** A call that is decided: what the policy reads, and what the server gets. */
interface DecidedCall extends GivenCall {
  /** The decisions that it needs. */
  readonly calls: readonly Call[];
  /** The approval that permitted this call, or an earlier round of it. */
  readonly approval: UsedApproval | undefined;
}

const approvalGone = 'the approval was used or has expired';

/** A call that the server got and has not answered. */
interface RunningCall extends DecidedCall {
  permission: Permission;
  /** Whether the client waits for the answer: it was not cancelled or stopped. */
  isAwaited: boolean;
  timer: ReturnType<typeof setTimeout> | undefined;
}

interface AskedCall {
  readonly decided: DecidedCall;
  readonly question: Question;
}

/** The name of the guard's question among those of a result. */
const questionName = 'nhipol';
/** The longest delay of a timer, in milliseconds: 2^31 - 1. */
const maxDelay = 2_147_483_647;

export class ToolCalls {
  readonly #options: RelayOptions;
  readonly #lister: ToolLister;
  readonly #session: () => EngineSession;
  readonly #serverQuestions: ServerQuestions;
  readonly #terminal: TerminalQuestions<DecidedCall>;
  /** Calls by the ids of the client: those that wait for the list of tools, and those that run. */
  readonly #waiting = new Map<string, GivenCall>();
  readonly #running = new Map<string, RunningCall>();
  /** Calls whose user is being asked, by the id of the question. */
  readonly #asked = new Map<string, AskedCall>();
  readonly #deliveries: Deliveries;

  constructor(options: RelayOptions, lister: ToolLister, session: () => EngineSession) {
    this.#options = options;
    this.#lister = lister;
    this.#session = session;
    this.#serverQuestions = new ServerQuestions(options, session);
    this.#terminal = new TerminalQuestions(options);
    this.#deliveries = new Deliveries(session, options);
  }

  call(given: GivenCall): void {
    const { message, client, server } = given;
    const { name, arguments: values = {} } = message.params;
    if (typeof name !== 'string' || !isMembers(values)) {
      this.#session().refused('a call without a name or with invalid arguments');
      const text = 'a call has a `name`, a string, and `arguments`, an object';
      client.send(errorReply(message.id, errorCodes.invalidParams, text));
      return;
    }
    const state = this.#options.inventory.find(name);
    if (state.kind !== 'unlisted') {
      this.#start(given, name, state);
      return;
    }
    const key = idKey(message.id);
    this.#waiting.set(key, given);
    this.#lister.list(message.params, server, () => {
      // The call may be cancelled, and its id be that of another one.
      if (this.#waiting.get(key) !== given) return;
      this.#waiting.delete(key);
      this.#start(given, name, this.#options.inventory.find(name));
    });
  }

  /** Whether an id of the client is that of a call which the client or the server waits for, in any spelling. */
  isOpen(id: MessageId): boolean {
    return idSpellings(id).some(
      (key) =>
        this.#waiting.has(key) ||
        this.#running.has(key) ||
        this.#terminal.has(key) ||
        this.#askedAbout(key) !== undefined,
    );
  }

  /** Whether the server carries out a call whose answer the client waits for. */
  isAwaited(id: MessageId): boolean {
    return this.#running.get(idKey(id))?.isAwaited === true;
  }

  /** The number of calls that have no answer of the server. */
  get size(): number {
    return this.#waiting.size + this.#running.size + this.#asked.size + this.#terminal.size;
  }

  /** The length of these calls, in bytes. */
  get bytes(): number {
    const asked = [...this.#asked.values()].map(({ decided }) => decided);
    const all = [this.#waiting.values(), this.#running.values(), asked, this.#terminal.calls];
    let sum = 0;
    for (const calls of all) for (const { bytes } of calls) sum += bytes.length;
    return sum;
  }

  /** Whether no call waits for the server. */
  get isIdle(): boolean {
    return this.#waiting.size === 0 && ![...this.#running.values()].some((each) => each.isAwaited);
  }

  /** Whether the guard asked the client with this id. */
  isAsking(id: MessageId): boolean {
    return typeof id === 'string' && this.#asked.has(id);
  }

  refuseRevoked({ id, params, method }: RequestMessage, traits: ClientTraits, client: Peer): void {
    const session = this.#session();
    const text = session.revokedReason;
    session.refused(`${method} ${JSON.stringify(params.name)}: ${text}`);
    this.#sendRefusal(id, text, traits, client);
  }

  /** Cancels a call of the client. Returns whether the server has to stop it. */
  cancel(requestId: MessageId, client: Peer): boolean {
    const key = idKey(requestId);
    const asked = this.#askedAbout(key);
    if (asked !== undefined) {
      this.#asked.delete(asked);
      client.send(cancellation(asked, 'the call was cancelled'));
      return false;
    }
    if (this.#waiting.delete(key) || this.#terminal.cancel(key)) return false;
    const running = this.#running.get(key);
    return running !== undefined && this.#abandon(running);
  }

  /** Ends a call for another reason than a decision: its client gets a refusal. Returns whether the client waited for it. */
  stopOne(id: MessageId, reason: string): boolean {
    const key = idKey(id);
    const running = this.#running.get(key);
    if (running !== undefined) {
      const { isAwaited } = running;
      if (isAwaited) this.#stop(running, reason);
      return isAwaited;
    }
    const asked = this.#asked.get(this.#askedAbout(key) ?? '')?.decided;
    const waiting = [...this.#waiting.values(), ...this.#terminal.calls];
    const given = asked ?? waiting.find(({ message }) => idKey(message.id) === key);
    if (given === undefined) return false;
    this.cancel(id, given.client);
    this.#refuse(given, reason);
    return true;
  }

  /** The id of the question about a call. */
  #askedAbout(key: string): string | undefined {
    for (const [id, { decided }] of this.#asked) {
      if (idKey(decided.message.id) === key) return id;
    }
    return undefined;
  }

  /** Whether the message is the answer to a question of the guard. */
  answer(message: ResponseMessage): boolean {
    const asked = typeof message.id === 'string' ? this.#asked.get(message.id) : undefined;
    if (asked === undefined) return false;
    this.#asked.delete(message.id as string);
    const { decided, question } = asked;
    this.#answer(decided, question, isApproved(message.result));
    return true;
  }

  /**
   * Whether the message is the answer of the server to a call. `client`: where the answer goes, which may be another
   * connection of the client than that of the call.
   */
  complete(message: ResponseMessage, bytes: Uint8Array, client: Peer): boolean {
    const key = message.id === null ? '' : idKey(message.id);
    const called = this.#remove(key);
    if (called === undefined) return false;
    const running = { ...called, client };
    const { calls, isAwaited } = running;
    if (hasQuestions(message)) {
      if (isAwaited) this.#passQuestions(running, message, bytes);
      return true;
    }
    this.#rememberTask(message, running);
    const result = { ...resultOf(message, bytes.length), isDelivered: isAwaited };
    const session = this.#session();
    const isRecorded = recordEnd(session, calls, result);
    if (!isAwaited) return true;
    const { closedReason } = session;
    if (closedReason !== undefined) this.#refuse(running, closedReason);
    else if (isRecorded) this.#sendResult(running, message, bytes);
    else this.#refuse(running, unrecorded);
    return true;
  }

  #passQuestions(running: RunningCall, message: ResponseMessage, bytes: Uint8Array): void {
    const { calls, approval, traits, facts, client } = running;
    const isRecorded = this.#deliveries.record(calls, bytes.length);
    const { closedReason } = this.#session();
    if (!isRecorded || closedReason !== undefined) {
      this.#refuse(running, closedReason ?? unrecorded);
      return;
    }
    const digest = digestOf(calls, this.#session());
    const { isStateless } = traits;
    const request = { method: 'tools/call', isStateless, digest, approval, facts };
    const passed = this.#serverQuestions.pass(message, request);
    if (typeof passed === 'object') this.#refuse(running, passed.problem);
    else client.send(passed === 'same' ? bytes : passed);
  }

  /**
   * Records a message of the server that reaches the client now: it may be about each call that the server has not answered,
   * also if the client made it by another connection. `others`: the calls that it is about besides. Returns whether the
   * client may get it.
   */
  deliver(others: readonly Call[], bytes: number): boolean {
    return this.deliverAbout([...this.#session().runningCalls, ...others], bytes);
  }

  /** The calls that the server has not answered. */
  get running(): readonly Call[] {
    return [...this.#running.values()].flatMap(({ calls }) => calls);
  }

  /** The same for a message that is about these calls alone. */
  deliverAbout(calls: readonly Call[], bytes: number): boolean {
    return this.#deliveries.record(calls, bytes);
  }

  /** The calls that go on as the task that a message names. */
  callsOfTask({ taskId }: Members): readonly Call[] {
    return this.#options.state.serverTasks.callsOf(taskId);
  }

  #rememberTask({ result }: ResponseMessage, running: RunningCall): void {
    const task = isMembers(result?.task) ? result.task : result;
    if (typeof task?.taskId !== 'string') return;
    const { calls, message, server, approval, permission } = running;
    this.#options.state.serverTasks.add(task.taskId, {
      ...{ session: this.#session(), params: message.params, server, calls, approval },
      validUntil: permission.validUntil,
    });
  }

  /** Sends what the constraints of the call leave of its result. */
  #sendResult(running: RunningCall, given: ResponseMessage, bytes: Uint8Array): void {
    const { id, result, text } = given;
    const { client, permission } = running;
    const { mode, resultLimits } = this.#options;
    const limited =
      mode === 'observe' ? undefined : limitedResult(result, permission.constraints, resultLimits);
    if (limited === undefined) {
      client.send(bytes);
    } else if (typeof limited === 'string') {
      this.#withhold(running, limited);
    } else if (numberProblem(text) !== undefined) {
      this.#withhold(running, `a limited result cannot be passed on: ${numberProblem(text)}`);
    } else {
      client.send(JSON.stringify({ jsonrpc: '2.0', id, result: limited }));
    }
  }

  #withhold(running: RunningCall, problem: string): void {
    this.#session().refused(`the result of ${String(running.message.params.name)}: ${problem}`);
    this.#refuse(running, problem);
  }

  /** Decides all calls that run again: something changed that may restrict them. */
  recheckAll(trigger: Trigger): void {
    const all = [...this.#running.values()].filter(({ isAwaited }) => isAwaited);
    if (all.length === 0) return;
    this.#session().recheckTogether(() => {
      for (const running of all) this.#recheck(running, trigger);
    });
  }

  /** The server ended: it answers nothing any more. */
  serverEnded(): void {
    this.end('the server ended');
    this.#running.clear();
  }

  /** Stops what runs, and refuses what waits. */
  end(reason: string): void {
    for (const running of [...this.#running.values()]) {
      if (running.isAwaited) this.#stop(running, reason);
    }
    for (const { decided } of this.#asked.values()) this.#refuse(decided, reason);
    for (const given of this.#waiting.values()) this.#refuse(given, reason);
    this.#asked.clear();
    this.#waiting.clear();
    this.#lister.end();
    this.#terminal.end((decided) => this.#refuse(decided, reason));
  }

  #start(given: GivenCall, name: string, state: ToolState): void {
    const { message } = given;
    const session = this.#session();
    if (session.revocation !== undefined) {
      this.refuseRevoked(message, given.traits, given.client);
      return;
    }
    const problem = this.#problemOf(message, name, state);
    if (problem !== undefined) session.refused(`${name}: ${problem}`);
    if (problem !== undefined && this.#options.mode === 'enforce') {
      this.#refuse(given, problem);
      return;
    }
    const tool = state.kind === 'known' ? state.tool : unknownTool(name);
    const calls = this.#callsOf(given, tool);
    if (calls === undefined) return;
    if ('requestState' in message.params || 'inputResponses' in message.params)
      this.#resume(given, calls);
    else this.#decide({ ...given, calls, approval: undefined }, 'request');
  }

  /** undefined: there are none, and the client got an error. */
  #callsOf({ message, facts, client }: GivenCall, tool: KnownTool): readonly Call[] | undefined {
    try {
      return this.#options.mapping.toolCalls(message, tool, facts);
    } catch (error) {
      if (!(error instanceof MappingError)) throw error;
      this.#session().refused(`${tool.name}: ${error.message}`);
      if (this.#options.mode === 'observe') return [];
      client.send(errorReply(message.id, errorCodes.invalidParams, mappingText(error)));
      return undefined;
    }
  }

  #problemOf({ params }: RequestMessage, name: string, state: ToolState): string | undefined {
    switch (state.kind) {
      case 'unlisted': {
        const { problem } = this.#lister;
        return problem === undefined
          ? `the server does not list a tool ${JSON.stringify(name)}`
          : `the tools of the server cannot be listed: ${problem}`;
      }
      case 'unreviewed':
        return `the tool ${name} was not reviewed: add it with \`nhipol guard scan\``;
      case 'changed':
        return `the tool ${name} differs from the one that was reviewed: compare it with \`nhipol guard scan\``;
      case 'known': {
        const given = params.arguments;
        const problem = state.tool.check(isMembers(given) ? given : {});
        return problem === undefined ? undefined : `invalid arguments: ${problem}`;
      }
    }
  }

  /** The client sends a call again, with the answers of its user to a question of the guard or of the server. */
  #resume(given: GivenCall, calls: readonly Call[]): void {
    const { requestState, inputResponses } = given.message.params;
    const session = this.#session();
    const digest = digestOf(calls, session);
    const { questions, answered } = this.#options.state;
    const now = this.#options.now();
    const state = questions.open(requestState);
    if (state !== undefined) {
      const { question } = state;
      const isFor = question.digest === digest && state.session === session.id;
      const isNew = !answered.has(question.id) && question.expiresAt > now;
      if (!isFor || !isNew) {
        session.refused('an approval that is for another call, used, or expired');
        this.#refuse(given, isFor ? approvalGone : 'the approval is for another call');
        return;
      }
      answered.add(question, now);
      const answer = isMembers(inputResponses) ? inputResponses[questionName] : undefined;
      const bytes = withoutAnswers(given.message);
      this.#answer({ ...given, bytes, calls, approval: undefined }, question, isApproved(answer));
      return;
    }
    const resumed = this.#serverQuestions.open(given.message.params, digest);
    if (resumed === undefined) {
      session.refused('a request state that is not of this call');
      this.#refuse(given, 'the request state is not of this call');
      return;
    }
    const bytes = withServerState(given.message, resumed.state);
    const { id, approval } = resumed;
    if (approval !== undefined && digest !== undefined) {
      const { expiresAt } = approval.stored;
      if (answered.has(id) || expiresAt <= now) {
        session.refused('a request state whose approval was used, or has expired');
        this.#refuse(given, approvalGone);
        return;
      }
      answered.add({ id, expiresAt }, now);
      session.answered(digest, 'approved', { ...approval.stored, id: randomUUID() });
    }
    this.#decide({ ...given, bytes, calls, approval }, 'request');
  }

  #decide(decided: DecidedCall, trigger: Trigger): void {
    const { message, calls } = decided;
    const { refused, permits } = decideAll(this.#session(), calls, {
      trigger,
      traceId: traceIn(message.params),
    });
    if (refused === undefined) {
      this.#pass(decided, permits);
    } else if (refused.answer.effect === 'challenge' && trigger === 'request') {
      this.#ask(decided, refused);
    } else {
      const lower = lowered(message, refused.answer);
      if (lower === undefined || !this.#passLowered(decided, lower)) {
        this.#refuse(decided, explanationOf(refused.answer), refused.answer);
      }
    }
  }

  /** Decides the call with the values that the policy offers, and passes it on if it is permitted. */
  #passLowered(decided: DecidedCall, lower: RequestMessage): boolean {
    const name = String(lower.params.name);
    const state = this.#options.inventory.find(name);
    if (state.kind !== 'known' || this.#problemOf(lower, name, state) !== undefined) return false;
    const calls = this.#callsOf({ ...decided, message: lower }, state.tool);
    if (calls === undefined) return true;
    const traceId = traceIn(lower.params);
    const { refused, permits } = decideAll(this.#session(), calls, { isLowered: true, traceId });
    if (refused !== undefined) return false;
    this.#pass({ ...decided, message: lower, bytes: lower.text, calls }, permits);
    return true;
  }

  #pass(decided: DecidedCall, permits: readonly Decision[]): void {
    const permission = permissionOf(permits.map(({ answer }) => answer));
    if (permission === undefined) {
      this.#refuse(decided, 'its decisions limit it in different ways');
      return;
    }
    const approval = permits.find((each) => each.approval)?.approval ?? decided.approval;
    const running: RunningCall = {
      ...{ ...decided, approval, permission },
      isAwaited: true,
      timer: undefined,
    };
    this.#running.set(idKey(decided.message.id), running);
    this.#watch(running);
    decided.server.send(decided.bytes, permission);
  }

  /** Decides the call again when the first of its answers ends. */
  #watch(running: RunningCall): void {
    clearTimeout(running.timer);
    running.timer = undefined;
    const { validUntil } = running.permission;
    if (validUntil === undefined || this.#options.mode === 'observe') return;
    const delay = Math.min(Math.max(validUntil - this.#options.now(), 0), maxDelay);
    running.timer = setTimeout(() => this.#recheck(running, 'time'), delay);
    running.timer.unref();
  }

  #recheck(running: RunningCall, trigger: Trigger): void {
    if (!running.isAwaited || this.#running.get(idKey(running.message.id)) !== running) return;
    const session = this.#session();
    const answers: Answer[] = [];
    for (const call of running.calls) {
      const { isPassed, answer } = session.recheck(call, trigger, running.approval);
      if (!isPassed) {
        this.#stop(running, explanationOf(answer));
        return;
      }
      answers.push(answer);
    }
    const permission = permissionOf(answers);
    if (permission === undefined) {
      this.#stop(running, 'its decisions limit it in different ways');
      return;
    }
    running.permission = permission;
    this.#watch(running);
  }

  #stop(running: RunningCall, reason: string): void {
    const { message, server } = running;
    // A recheck that revokes has ended all calls already.
    if (!this.#abandon(running)) return;
    server.send(cancellation(message.id, reason));
    this.#refuse(running, `stopped while it ran: ${reason}`);
  }

  /** The client does not wait any more; the id stays reserved until the server answers. Returns whether it waited. */
  #abandon(running: RunningCall): boolean {
    if (!running.isAwaited) return false;
    clearTimeout(running.timer);
    running.isAwaited = false;
    return true;
  }

  /** The server answered. */
  #remove(key: string): RunningCall | undefined {
    const running = this.#running.get(key);
    if (running === undefined) return undefined;
    clearTimeout(running.timer);
    this.#running.delete(key);
    return running;
  }

  #ask(decided: DecidedCall, decision: Decision): void {
    const { ask, now } = this.#options;
    const { message, traits, client } = decided;
    const session = this.#session();
    const { name: tool, arguments: values = {} } = message.params;
    const asked = { server: this.#options.server, tool: String(tool), arguments: values };
    const question = questionAbout(decision, session, asked, now());
    const reason = explanationOf(decision.answer);
    const isInForm = question !== undefined && ask === 'elicitation' && fitsForm(question);
    if (question === undefined || ask === 'never') {
      this.#refuse(decided, reason);
    } else if (isInForm && traits.canElicit && traits.isStateless) {
      const state = this.#options.state.questions.seal({ question, session: session.id });
      const form = { mode: 'form', ...formOf(question) };
      client.send(inputRequired(message.id, questionName, form, state));
    } else if (isInForm && traits.canElicit) {
      const id = `nhipol-${randomUUID()}`;
      this.#asked.set(id, { decided, question });
      client.send(request(id, 'elicitation/create', formOf(question)));
    } else {
      this.#askElsewhere(decided, question, reason);
    }
  }

  /** Asks a person who is not the user of the client. */
  #askElsewhere(decided: DecidedCall, question: Question, reason: string): void {
    const session = this.#session();
    let id: string | undefined;
    try {
      id = this.#options.store.request(requestOf(question, session, this.#options.now()));
    } catch (error) {
      this.#options.onWarning(`the request for an approval was not stored: ${String(error)}`);
      this.#refuse(decided, reason);
      return;
    }
    if (id === undefined) {
      this.#refuse(decided, `${reason}; too many calls wait for an approval already`);
      return;
    }
    const how = `${reason}. To approve it, run \`nhipol guard approve ${id}\``;
    if (this.#options.ask !== 'terminal') {
      this.#refuse(decided, `${how}, then repeat the call`);
      return;
    }
    this.#options.onWarning(`${how}, or \`nhipol guard approve\` for all of them`);
    this.#terminal.wait(decided, { ...question, id }, (state) => {
      if (state === 'approved') this.#decide(decided, 'approval');
      else
        this.#refuse(
          decided,
          state === 'refused' ? `${reason}; it was refused` : `${how}, then repeat the call`,
        );
    });
  }

  /** The user of the client answered a question. */
  #answer(decided: DecidedCall, question: Question, approved: boolean): void {
    const session = this.#session();
    const now = this.#options.now();
    if (!approved || question.expiresAt <= now) {
      session.answered(question.digest, approved ? 'expired' : 'refused');
      this.#refuse(decided, approved ? 'the approval has expired' : 'a person refused it');
      return;
    }
    try {
      session.answered(question.digest, 'approved', approvalOf(question, 'elicitation', now));
    } catch (error) {
      this.#options.onWarning(`the approval was not stored: ${String(error)}`);
      this.#refuse(decided, 'the approval could not be stored');
      return;
    }
    this.#decide(decided, 'approval');
  }

  /** `answer`: the one that refused the call, if there is one. */
  #refuse({ message, traits, client }: GivenCall, reason: string, answer?: Answer): void {
    this.#sendRefusal(message.id, reason, traits, client, answer);
  }

  #sendRefusal(
    id: MessageId,
    reason: string,
    traits: ClientTraits,
    client: Peer,
    answer?: Answer,
  ): void {
    const text = `not permitted: ${reason}`;
    if (this.#options.refusal === 'result') {
      client.send(refusedResult(id, text, traits.isStateless));
      return;
    }
    const isFailed = answer !== undefined && isFailure(answer);
    client.send(errorReply(id, isFailed ? errorCodes.internal : errorCodes.denied, text));
  }
}

function unknownTool(name: string) {
  return {
    name,
    annotations: {},
    check: () => undefined,
    mapping: undefined,
    inputSchema: undefined,
  };
}

const traceparent = /^00-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/;

/** W3C trace context, carried in `_meta`. */
function traceIn({ _meta }: Members): string | undefined {
  const parent = isMembers(_meta) ? _meta.traceparent : undefined;
  return typeof parent === 'string' ? traceparent.exec(parent)?.[1] : undefined;
}
