// The relay between a client and a server of MCP: takes each message of one and decides whether the other gets it. A
// message that is passed on is passed on byte for byte. An id is reserved until the other side answered. It knows no
// transport.

import { explanationOf, isFailure } from '../engine/answers.ts';
import type { Call } from '../engine/call.ts';
import type { EngineSession } from '../engine/engine-session.ts';
import { isMembers, type Members } from '../json/members.ts';
import { replaceLoneSurrogates } from '../json/surrogates.ts';
import { MappingError } from '../mapping/mapping-error.ts';
import { messageOf } from '../support/message-of.ts';
import type { ListName } from './call-mapping.ts';
import type { ClientFacts } from './client.ts';
import {
  errorCodes,
  idKey,
  isId,
  type Message,
  type MessageId,
  type MessageProblem,
  type NotificationMessage,
  type RequestMessage,
  type ResponseMessage,
  readMessage,
} from './message.ts';
import {
  hasText,
  isEmptyList,
  isKnownNotification,
  type Method,
  requestMethod,
  type Sender,
} from './methods.ts';
import { maxOpenRequests, OpenRequests } from './open-requests.ts';
import { RelayWork } from './open-work.ts';
import { recordEnd, resultOf, unrecorded } from './outcome.ts';
import type { Peer } from './peer.ts';
import { usableItems } from './possible.ts';
import { ProgressTokens } from './progress-tokens.ts';
import type { RelayOptions } from './relay-options.ts';
import { cancellation, errorReply, mappingText } from './replies.ts';
import { withServerState } from './resumed.ts';
import { traitsOf } from './revision.ts';
import { hasQuestions, isResumable, ServerQuestions } from './server-questions.ts';
import { ToolCalls } from './tool-calls.ts';
import { ToolLister } from './tool-lister.ts';

/** A request of the client that the server has not answered yet. */
interface Pending {
  readonly request: RequestMessage;
  readonly method: Method;
  /** The client when it sent the request. */
  readonly facts: ClientFacts;
}

export class Relay {
  readonly #options: RelayOptions;
  #session: EngineSession | undefined;
  #stopListening = () => {};
  #leaveSession = () => {};
  #isClosed = false;
  /** Requests of the client, and of the server, that are not answered yet. */
  readonly #fromClient = new OpenRequests<Pending>();
  readonly #fromServer = new OpenRequests<true>();
  readonly #clientProgress = new ProgressTokens();
  readonly #serverProgress = new ProgressTokens();
  /** The notifications of the server as calls, by their methods. */
  readonly #notifications = new Map<string, Call>();
  readonly #lister: ToolLister;
  readonly #calls: ToolCalls;
  readonly #serverQuestions: ServerQuestions;
  readonly #work: RelayWork;
  /** The capabilities that the client stated when it connected. */
  #capabilities: Members | undefined;
  /** The client, as the transport vouches for it now. */
  #facts: ClientFacts;

  constructor(options: RelayOptions, facts: ClientFacts) {
    this.#options = options;
    this.#facts = facts;
    this.#lister = new ToolLister(options.inventory);
    this.#calls = new ToolCalls(options, this.#lister, () => this.#opened());
    this.#serverQuestions = new ServerQuestions(options, () => this.#opened());
    this.#work = new RelayWork(options.state.openWorks, () => ({
      requests: this.#fromClient.size + this.#calls.size,
      bytes: this.#fromClient.bytes + this.#calls.bytes,
    }));
  }

  /**
   * Takes the facts of the client, which may be newer than those before. Returns false if they are of another subject:
   * then its messages are not those of this client.
   */
  identify(facts: ClientFacts): boolean {
    const { sessionOf } = this.#options.mapping;
    const [known, given] = [sessionOf(this.#facts), sessionOf(facts)];
    if (given.type !== known.type || given.id !== known.id) return false;
    this.#facts = facts;
    return true;
  }

  /** Takes one message of the client, without the line feed. */
  fromClient(bytes: Uint8Array, client: Peer, server: Peer): void {
    const message = readMessage(bytes);
    try {
      this.#expectOpen();
      this.#openRevoked();
      this.#takeFromClient(message, bytes, client, server);
    } catch (error) {
      this.#fail(error);
      if (message.kind !== 'request') return;
      const isMapping = error instanceof MappingError;
      const code = isMapping ? errorCodes.invalidParams : errorCodes.internal;
      const text = isMapping ? mappingText(error) : `not permitted: ${messageOf(error)}`;
      client.send(errorReply(message.id, code, text));
    } finally {
      this.#work.count();
    }
  }

  #expectOpen(): void {
    if (this.#isClosed) throw new Error('the connection has ended');
  }

  #takeFromClient(
    message: Message | MessageProblem,
    bytes: Uint8Array,
    client: Peer,
    server: Peer,
  ): void {
    switch (message.kind) {
      case 'problem':
        this.#refuseUnread(message, client);
        break;
      case 'request':
        this.#clientRequest(message, bytes, client, server);
        break;
      case 'notification':
        this.#clientNotification(message, bytes, client, server);
        break;
      case 'response':
        this.#clientResponse(message, bytes, server);
        break;
    }
  }

  /** Takes one message of the server, without the line feed. */
  fromServer(given: Uint8Array, client: Peer, server: Peer): void {
    // A text that was cut within a character must not leave the client without an answer.
    const bytes = replaceLoneSurrogates(given);
    const message = readMessage(bytes);
    try {
      this.#openRevoked();
      this.#takeFromServer(message, bytes, client, server);
    } catch (error) {
      this.#fail(error);
      if (message.kind !== 'request') return;
      server.send(
        errorReply(message.id, errorCodes.internal, `not permitted: ${messageOf(error)}`),
      );
    } finally {
      this.#work.count();
    }
  }

  /** The message is not passed on. */
  #fail(error: unknown): void {
    this.#options.onWarning(`refused a message: ${messageOf(error)}`);
  }

  #takeFromServer(
    message: Message | MessageProblem,
    bytes: Uint8Array,
    client: Peer,
    server: Peer,
  ): void {
    switch (message.kind) {
      case 'problem':
        this.#options.onWarning(`dropped a message of the server: ${message.text}`);
        this.#answerUnread(message, client, server);
        break;
      case 'request':
        this.#serverRequest(message, bytes, client, server);
        break;
      case 'notification':
        this.#serverNotification(message, bytes, client);
        break;
      case 'response':
        this.#serverResponse(message, bytes, client, server);
        break;
    }
  }

  /** The client gets an error instead of an answer that is not passed on. */
  #answerUnread({ id, text, isResponse }: MessageProblem, client: Peer, server: Peer): void {
    if (!isResponse || id === undefined) return;
    const reply = errorReply(
      id,
      errorCodes.internal,
      `the answer of the server is invalid: ${text}`,
    );
    this.fromServer(Buffer.from(reply), client, server);
  }

  /** Takes what the client stated when it connected by another relay. */
  adoptCapabilities(other: Relay): void {
    this.#capabilities = other.#capabilities ?? this.#capabilities;
  }

  /** Whether the session was opened and is revoked. */
  get isRevoked(): boolean {
    return this.#session?.revocation !== undefined;
  }

  /** Whether the client is revoked, also if it has used nothing yet. */
  checkRevocation(): boolean {
    this.#openRevoked();
    return this.isRevoked;
  }

  /** Whether the server has answered all requests that it got. */
  get isIdle(): boolean {
    return this.#fromClient.awaited.length === 0 && this.#calls.isIdle;
  }

  /** The client may no longer wait for the answer to a request: it gets an error, and the server a cancellation. */
  stop(id: MessageId, reason: string, client: Peer, server: Peer): void {
    try {
      const isCall = this.#calls.stopOne(id, reason);
      const isPending = !isCall && this.#fromClient.abandon(id);
      if (isPending) {
        server.send(cancellation(id, reason));
        client.send(errorReply(id, errorCodes.denied, `not permitted: ${reason}`));
      }
      if (isCall || isPending) this.#session?.refused(`the request ${idKey(id)}: ${reason}`);
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#work.count();
    }
  }

  /** The server ended: what waits for it fails. */
  serverEnded(client: Peer): void {
    this.#calls.serverEnded();
    for (const { request } of this.#fromClient.awaited) {
      client.send(errorReply(request.id, errorCodes.internal, 'the server ended'));
    }
    this.#fromClient.clear();
    this.#work.count();
  }

  /** The client ended: its calls are cancelled. What the server still answers is recorded, and reaches nobody. */
  close(): void {
    this.#isClosed = true;
    this.#stopListening();
    this.#calls.end('the client ended');
    this.#leaveIfAnswered();
    this.#work.count();
  }

  #leaveIfAnswered(): void {
    if (this.#isClosed && this.#calls.running.length === 0) this.#leaveSession();
  }

  /** Whose requests count together. */
  get #subject(): string {
    const { type, id } = this.#options.mapping.sessionOf(this.#facts);
    return JSON.stringify([type, id]);
  }

  /** The session of a client that is revoked opens with its first message, so that its server is stopped. */
  #openRevoked(): void {
    if (this.#session === undefined && this.#options.isRevoked(this.#facts)) this.#opened();
  }

  #opened(): EngineSession {
    if (this.#session !== undefined) return this.#session;
    const session = this.#options.openSession(this.#facts);
    this.#session = session;
    const stop = () => {
      this.#calls.end(session.revokedReason);
      if (session.revocation !== undefined) this.#options.onRevoked(session.revokedReason);
    };
    if (session.signal.aborted) queueMicrotask(stop);
    else session.signal.addEventListener('abort', stop, { once: true });
    // Many relays can share a session.
    this.#stopListening = () => session.signal.removeEventListener('abort', stop);
    this.#leaveSession = session.join({
      calls: () => this.#calls.running,
      recheck: (trigger) => this.#calls.recheckAll(trigger),
    });
    this.#watchTasks(session);
    return session;
  }

  /** The tasks of a session do not end with the connection. */
  #watchTasks(session: EngineSession): void {
    const { serverTasks, watched } = this.#options.state;
    if (watched.has(session)) return;
    watched.add(session);
    session.signal.addEventListener('abort', () => serverTasks.sessionEnded(session));
    session.join({
      calls: () => [],
      recheck: (trigger) => serverTasks.recheck(session, trigger),
    });
  }

  #refuseUnread({ id, code, text }: MessageProblem, client: Peer): void {
    this.#opened().refused(text);
    client.send(errorReply(id, code, text));
  }

  #clientRequest(message: RequestMessage, bytes: Uint8Array, client: Peer, server: Peer): void {
    const { id, method: name, params } = message;
    const method = requestMethod('client', name);
    if (method === undefined) {
      this.#opened().refused(`unknown method ${name}`);
      client.send(errorReply(id, errorCodes.methodNotFound, `the guard does not know ${name}`));
      return;
    }
    const problem = this.#openProblem(message);
    if (problem !== undefined) {
      this.#opened().refused(`${name} ${idKey(id)}: ${problem}`);
      client.send(errorReply(id, errorCodes.invalidRequest, problem));
      return;
    }
    // A client may start a server only to learn its revision: a session opens with the first use of something.
    const isUse = method.handling !== 'pass' || this.#isDecided(name, method);
    const session = isUse ? this.#opened() : this.#session;
    if (session !== undefined && this.#isClosedFor(method, session)) {
      this.#refuseClosed(message, method, session, client);
      return;
    }
    const stopped = this.#stoppedTask(message);
    if (stopped !== undefined) {
      this.#opened().refused(`${name} ${idKey(id)}: ${stopped}`);
      client.send(errorReply(id, errorCodes.denied, `not permitted: ${stopped}`));
      return;
    }
    if (method.handling === 'call') {
      const traits = traitsOf(params, this.#capabilities);
      this.#calls.call({ message, bytes, traits, facts: this.#facts, client, server });
      return;
    }
    if (this.#isDecided(name, method) && !this.#isPermitted('client', message, client)) return;
    const resumed = this.#resumed(message, bytes, client);
    if (resumed === undefined) return;
    if (name === 'initialize') {
      this.#capabilities = isMembers(params.capabilities) ? params.capabilities : {};
    }
    this.#fromClient.add(id, { request: message, method, facts: this.#facts }, bytes.length);
    server.send(resumed);
  }

  /** Why the request cannot be taken while others are open; undefined: it can. */
  #openProblem({ id, params }: RequestMessage): string | undefined {
    const isOpen = (other: MessageId) => this.#fromClient.has(other) || this.#calls.isOpen(other);
    if (isOpen(id)) return 'a request with this id is in use';
    const problem = this.#work.problemOf(this.#subject);
    if (problem !== undefined) return problem;
    const isNew = this.#clientProgress.start(id, params, isOpen);
    return isNew ? undefined : 'a request with this progress token is in use';
  }

  /**
   * The request as the server gets it: with its own state, if the client sends it again with answers. undefined: the
   * state is of another request, and the client got an error.
   */
  #resumed(
    message: RequestMessage,
    bytes: Uint8Array,
    client: Peer,
  ): Uint8Array | string | undefined {
    const { id, method, params } = message;
    const hasAnswers = 'inputResponses' in params && method !== 'tasks/update';
    if (!hasAnswers && !('requestState' in params)) return bytes;
    const digest = isResumable(method) ? this.#digestOf(message, this.#facts) : undefined;
    const state = this.#serverQuestions.open(params, digest);
    if (state !== undefined) return withServerState(message, state.state);
    const text = 'the request state is not of this request';
    this.#opened().refused(`${method}: ${text}`);
    client.send(errorReply(id, errorCodes.denied, `not permitted: ${text}`));
    return undefined;
  }

  #digestOf({ method, params }: RequestMessage, facts: ClientFacts): string | undefined {
    const call = this.#options.mapping.methodCall('client', method, params, facts);
    return this.#opened().digestOf(call);
  }

  /** A call is decided, also while it is unknown whether access was revoked. */
  #isClosedFor({ handling }: Method, session: EngineSession): boolean {
    return handling === 'call'
      ? session.revocation !== undefined
      : session.closedReason !== undefined;
  }

  /** Why a request about a task is refused: the task was stopped; undefined: it was not. */
  #stoppedTask({ method, params }: RequestMessage): string | undefined {
    if (!method.startsWith('tasks/') || method === 'tasks/cancel') return undefined;
    return this.#options.state.serverTasks.stoppedReason(params.taskId);
  }

  #refuseClosed(
    message: RequestMessage,
    method: Method,
    session: EngineSession,
    client: Peer,
  ): void {
    if (method.handling === 'call') {
      const traits = traitsOf(message.params, this.#capabilities);
      this.#calls.refuseRevoked(message, traits, client);
      return;
    }
    const text = session.closedReason ?? session.revokedReason;
    session.refused(`${message.method}: ${text}`);
    client.send(errorReply(message.id, errorCodes.denied, `not permitted: ${text}`));
  }

  #isDecided(name: string, { handling }: Method): boolean {
    return handling === 'decide' || (this.#options.mapping.decidesAll && name !== 'ping');
  }

  /** Decides a method that is not `tools/call`. If it is refused, the sender gets an error. */
  #isPermitted(from: Sender, message: RequestMessage, sender: Peer): boolean {
    const { id, method, params, text: sent } = message;
    const session = this.#opened();
    let call: Call;
    try {
      call = { ...this.#options.mapping.methodCall(from, method, params, this.#facts), sent };
    } catch (error) {
      if (!(error instanceof MappingError)) throw error;
      session.refused(`${method}: ${error.message}`);
      if (this.#options.mode === 'observe') return true;
      sender.send(errorReply(id, errorCodes.invalidParams, mappingText(error)));
      return false;
    }
    const { isPassed, answer } = session.decide(call);
    const { mode, resultLimits } = this.#options;
    const limit = Object.keys(answer.constraints).find((name) => resultLimits.has(name));
    if (isPassed && limit !== undefined && mode === 'enforce') {
      // Only results of tools have structured content.
      const problem = `\`${limit}\` cannot be applied to its result`;
      session.refused(`${method}: ${problem}`);
      sender.send(errorReply(id, errorCodes.denied, `not permitted: ${problem}`));
      return false;
    }
    if (isPassed) return true;
    const code = isFailure(answer) ? errorCodes.internal : errorCodes.denied;
    sender.send(errorReply(id, code, `not permitted: ${explanationOf(answer)}`));
    return false;
  }

  #clientNotification(
    { method, params }: NotificationMessage,
    bytes: Uint8Array,
    client: Peer,
    server: Peer,
  ): void {
    if (!isKnownNotification('client', method)) {
      // A call without an id would run, and nobody would get its answer.
      this.#opened().refused(`unknown notification ${method}`);
      return;
    }
    if (this.#closedReason !== undefined) return;
    if (method === 'notifications/cancelled' && !this.#cancel(params, client)) return;
    if (method === 'notifications/progress') {
      const isAwaited = (id: MessageId) => this.#fromServer.find(id) !== undefined;
      if (!this.#serverProgress.accepts(params, isAwaited)) return;
    }
    server.send(bytes);
  }

  /** Cancels a request of the client. Returns whether the server has to stop it. */
  #cancel({ requestId }: Members, client: Peer): boolean {
    if (!isId(requestId)) return false;
    return this.#calls.cancel(requestId, client) || this.#fromClient.abandon(requestId);
  }

  #clientResponse(message: ResponseMessage, bytes: Uint8Array, server: Peer): void {
    if (this.#calls.answer(message)) return;
    const request = message.id === null ? undefined : this.#fromServer.take(message.id);
    if (this.#closedReason !== undefined) {
      this.#opened().refused(`a response to a question of the server: ${this.#closedReason}`);
      return;
    }
    if (request === undefined) {
      this.#opened().refused('a response to no request');
      return;
    }
    if (message.id !== null) this.#serverProgress.end(message.id, isTask(message));
    // The server does not expect the answer to a request that it cancelled.
    if (request !== 'abandoned') server.send(bytes);
  }

  /** Why nothing passes in either direction; undefined: it does, as far as it is permitted. */
  get #closedReason(): string | undefined {
    return this.#session?.closedReason;
  }

  #serverRequest(message: RequestMessage, bytes: Uint8Array, client: Peer, server: Peer): void {
    const { id, method: name } = message;
    if (this.#closedReason !== undefined) {
      server.send(errorReply(id, errorCodes.denied, `not permitted: ${this.#closedReason}`));
      return;
    }
    const method = requestMethod('server', name);
    if (method === undefined) {
      this.#opened().refused(`unknown method ${name} of the server`);
      server.send(errorReply(id, errorCodes.methodNotFound, `the guard does not know ${name}`));
      return;
    }
    const problem = this.#serverOpenProblem(message);
    if (problem !== undefined) {
      this.#opened().refused(`${name} ${idKey(id)} of the server: ${problem}`);
      server.send(errorReply(id, errorCodes.invalidRequest, problem));
      return;
    }
    if (method.handling === 'decide' && !this.#isPermitted('server', message, server)) return;
    if (method.handling === 'decide') {
      const call = this.#options.mapping.methodCall('server', name, message.params, this.#facts);
      const isRecorded = this.#deliver(call, message, bytes);
      if (this.#closedReason !== undefined) {
        server.send(errorReply(id, errorCodes.denied, `not permitted: ${this.#closedReason}`));
        return;
      }
      if (!isRecorded) {
        server.send(errorReply(id, errorCodes.internal, `not permitted: ${unrecorded}`));
        return;
      }
    }
    this.#fromServer.add(id, true);
    client.send(bytes);
  }

  #serverOpenProblem({ id, params }: RequestMessage): string | undefined {
    const isOpen = (other: MessageId) => this.#fromServer.has(other);
    if (isOpen(id) || this.#calls.isAsking(id)) return 'a request with this id is in use';
    const open = this.#fromServer.size;
    if (open >= maxOpenRequests) return `the client has not answered ${open} requests`;
    const isNew = this.#serverProgress.start(id, params, isOpen);
    return isNew ? undefined : 'a request with this progress token is in use';
  }

  #serverNotification(message: NotificationMessage, bytes: Uint8Array, client: Peer): void {
    const { method, params } = message;
    // A server that the guard cannot stop goes on to send.
    if (this.#closedReason !== undefined) return;
    if (!isKnownNotification('server', method)) {
      this.#opened().refused(`unknown notification ${method} of the server`);
      return;
    }
    const { requestId, inputRequests } = params;
    if (
      method === 'notifications/cancelled' &&
      !(isId(requestId) && this.#fromServer.abandon(requestId))
    )
      return;
    if (method === 'notifications/progress') {
      const isAwaited = (id: MessageId) =>
        this.#calls.isAwaited(id) || this.#fromClient.find(id) !== undefined;
      if (!this.#clientProgress.accepts(params, isAwaited)) return;
    }
    if (inputRequests !== undefined) {
      const problem = this.#serverQuestions.problemOf(inputRequests, this.#facts);
      if (problem !== undefined) {
        this.#opened().refused(`${method} of the server: ${problem}`);
        return;
      }
    }
    const { serverTasks } = this.#options.state;
    if (method === 'notifications/tasks/status') {
      serverTasks.stated(params.taskId, params);
      if (serverTasks.stoppedReason(params.taskId) !== undefined) return;
    }
    if (method === 'notifications/tools/list_changed') this.#options.inventory.forget();
    const isText = hasText(method) && (this.#session !== undefined || this.#hasSession());
    const isRecorded = !isText || this.#deliver(this.#notificationOf(method), message, bytes);
    if (isRecorded && this.#closedReason === undefined) client.send(bytes);
  }

  /** Before the first use of anything, nothing is recorded. */
  #hasSession(): boolean {
    return this.#options.hasSession(this.#facts);
  }

  /** The notifications with a method are about one call, so that many of them are not recorded one by one. */
  #notificationOf(method: string): Call {
    const { mapping } = this.#options;
    const call =
      this.#notifications.get(method) ?? mapping.methodCall('server', method, {}, this.#facts);
    this.#notifications.set(method, call);
    return call;
  }

  /** Records a message of the server that is not an answer. Returns whether the client may get it. */
  #deliver(call: Call, { params }: { readonly params: Members }, bytes: Uint8Array): boolean {
    return this.#calls.deliver([call, ...this.#calls.callsOfTask(params)], bytes.length);
  }

  #serverResponse(message: ResponseMessage, bytes: Uint8Array, client: Peer, server: Peer): void {
    const { id } = message;
    if (id === null) {
      this.#options.onWarning('the server could not read a message');
      return;
    }
    if (this.#lister.answer(message, server)) return;
    if (this.#options.state.serverTasks.isAnsweredBy(message)) return;
    this.#clientProgress.end(id, isTask(message));
    if (this.#calls.complete(message, bytes, client)) {
      this.#leaveIfAnswered();
      return;
    }
    const pending = this.#fromClient.take(id);
    if (pending === undefined) {
      this.#options.onWarning('dropped a response of the server to no request');
      return;
    }
    // The client does not expect the answer to a request that it cancelled.
    if (pending === 'abandoned') return;
    const { request, method } = pending;
    const hasOutcome = method.delivers && !isEmptyList(method, message);
    const isRecorded = !hasOutcome || this.#ended(pending, message, bytes);
    this.#noteTask(request, message);
    const refused = this.#closedReason ?? this.#stoppedTask(request);
    if (refused !== undefined) {
      client.send(errorReply(request.id, errorCodes.denied, `not permitted: ${refused}`));
      return;
    }
    if (!isRecorded) {
      client.send(errorReply(request.id, errorCodes.internal, `not permitted: ${unrecorded}`));
      return;
    }
    if (hasQuestions(message)) {
      this.#passQuestions(message, bytes, pending, client);
      return;
    }
    const { list } = method;
    const filtered = list && this.#filtered(message, list);
    client.send(filtered ?? bytes);
  }

  /** A task ends with the state that the server states, or with its result. */
  #noteTask({ method, params }: RequestMessage, { result }: ResponseMessage): void {
    const { serverTasks } = this.#options.state;
    if (method === 'tasks/get' && result !== undefined) serverTasks.stated(params.taskId, result);
    if (method === 'tasks/result') serverTasks.stated(params.taskId, { status: 'completed' });
  }

  #passQuestions(
    message: ResponseMessage,
    bytes: Uint8Array,
    { request, facts }: Pending,
    client: Peer,
  ): void {
    const { id, method, params } = request;
    const { isStateless } = traitsOf(params, this.#capabilities);
    const digest = isResumable(method) ? this.#digestOf(request, facts) : undefined;
    const asking = { method, isStateless, digest, approval: undefined, facts };
    const passed = this.#serverQuestions.pass(message, asking);
    if (typeof passed === 'object') {
      this.#opened().refused(`the answer to ${method}: ${passed.problem}`);
      client.send(errorReply(id, errorCodes.denied, `not permitted: ${passed.problem}`));
    } else {
      client.send(passed === 'same' ? bytes : passed);
    }
  }

  /** Records the outcome of a method that is not `tools/call`. Returns whether the client may get the answer. */
  #ended({ request, facts }: Pending, message: ResponseMessage, bytes: Uint8Array): boolean {
    const { mapping, mode } = this.#options;
    const { method, params } = request;
    let call: Call;
    try {
      call = mapping.methodCall('client', method, params, facts);
    } catch (error) {
      if (!(error instanceof MappingError)) throw error;
      return mode === 'observe';
    }
    const size = bytes.length;
    const ofTask = this.#calls.deliverAbout(this.#calls.callsOfTask(params), size);
    const isRecorded = hasQuestions(message)
      ? this.#calls.deliverAbout([call], size)
      : recordEnd(this.#opened(), [call], { ...resultOf(message, size), isDelivered: true });
    return ofTask && isRecorded;
  }

  /** The response without items that could never be used; undefined: all of them could. */
  #filtered({ id, result }: ResponseMessage, list: ListName): string | undefined {
    const items = result?.[list];
    if (result === undefined || !Array.isArray(items)) return undefined;
    const { inventory, mode } = this.#options;
    if (list === 'tools') inventory.list(items);
    if (mode === 'observe') return undefined;
    const usable = usableItems(list, items, this.#options, this.#opened(), this.#facts);
    if (usable.length === items.length) return undefined;
    return JSON.stringify({ jsonrpc: '2.0', id, result: { ...result, [list]: usable } });
  }
}

/** Whether what was requested goes on as a task. */
function isTask({ result }: ResponseMessage): boolean {
  return result?.task !== undefined || result?.resultType === 'task';
}
