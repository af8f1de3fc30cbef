// Reads a JSON-RPC 2.0 message: takes the bytes of one message, and returns it with its kind, or an error to answer
// with. Only what every implementation reads in the same way is a message: batches, unknown or look-alike members,
// repeated names, invalid UTF-8, carriage returns and other spellings of an id are refused.

import { isMembers, type Members } from '../../json/members.ts';
import { foldName, type JsonSpan, type ReadJson, readUnambiguous } from '../../json/unambiguous.ts';
import { hasInnerCarriageReturn } from './framing.ts';

/** JSON-RPC 2.0, section 4: a string or a number; MCP excludes null and fractions. */
export type MessageId = string | number;

interface Part {
  readonly text: string;
  readonly spans: ReadonlyMap<string, JsonSpan>;
}

export interface RequestMessage extends Part {
  readonly kind: 'request';
  readonly id: MessageId;
  readonly method: string;
  readonly params: Members;
}

export interface NotificationMessage extends Part {
  readonly kind: 'notification';
  readonly method: string;
  readonly params: Members;
}

export interface ResponseMessage extends Part {
  readonly kind: 'response';
  /** null: the answer to a message that could not be read. */
  readonly id: MessageId | null;
  readonly result: Members | undefined;
  readonly error: unknown;
}

export type Message = RequestMessage | NotificationMessage | ResponseMessage;

/** A message that is refused, as a JSON-RPC error. */
export interface MessageProblem {
  readonly kind: 'problem';
  readonly code: number;
  readonly text: string;
  /** The id to answer to, if it could be read. */
  readonly id: MessageId | undefined;
  /** Whether it is an answer to a request with this id. */
  readonly isResponse: boolean;
}

/** JSON-RPC 2.0, section 5.1. */
export const errorCodes = {
  parse: -32700,
  invalidRequest: -32600,
  methodNotFound: -32601,
  invalidParams: -32602,
  internal: -32603,
  /** OpenID AuthZEN, COAZ-MCP binding: the request was denied. */
  denied: -32001,
  /** MCP 2026-07-28: headers and body differ. */
  headerMismatch: -32020,
} as const;

const envelope: ReadonlySet<string> = new Set([
  'jsonrpc',
  'id',
  'method',
  'params',
  'result',
  'error',
]);

export function readMessage(bytes: Uint8Array): Message | MessageProblem {
  if (hasInnerCarriageReturn(bytes)) {
    return createInvalid(
      'a carriage return within a message ends a line for some readers',
      undefined,
    );
  }
  const read = readUnambiguous(bytes);
  if ('problem' in read) {
    const isParse = read.problem.includes('not valid');
    return createProblem(
      isParse ? errorCodes.parse : errorCodes.invalidRequest,
      read.problem,
      undefined,
    );
  }
  const { value } = read;
  if (Array.isArray(value)) return createInvalid('batches are not supported', undefined);
  if (!isMembers(value)) return createInvalid('a message must be an object', undefined);
  const id = isId(value.id) && isPlain(value.id, read) ? value.id : undefined;
  const unknown = Object.keys(value).find((name) => !envelope.has(name));
  if (unknown !== undefined) return createInvalid(`unknown member ${JSON.stringify(unknown)}`, id);
  if (value.jsonrpc !== '2.0') return createInvalid('`jsonrpc` must be "2.0"', id);
  if ('method' in value) return parseCall(read, value, id);
  const answer = parseResponse(read, value, id);
  return answer.kind === 'problem' ? { ...answer, isResponse: true } : answer;
}

function parseCall(
  read: ReadJson,
  value: Members,
  id: MessageId | undefined,
): RequestMessage | NotificationMessage | MessageProblem {
  const { method, params = {} } = value;
  if (typeof method !== 'string') return createInvalid('`method` must be a string', id);
  if (!isMembers(params)) return createInvalid('`params` must be an object', id);
  if ('result' in value || 'error' in value) return createInvalid('a request has no result', id);
  const alike = Object.keys(params).find((name) => paramNames.isLookAlike(name));
  if (alike !== undefined) {
    return createInvalid(`\`params\` has a member ${JSON.stringify(alike)} of unusual case`, id);
  }
  const { text, spans } = read;
  if (!('id' in value)) return { kind: 'notification', method, params, text, spans };
  if (id === undefined) return createInvalid('`id` must be a string or an integer', undefined);
  return { kind: 'request', id, method, params, text, spans };
}

function parseResponse(
  { text, spans }: ReadJson,
  value: Members,
  id: MessageId | undefined,
): ResponseMessage | MessageProblem {
  const { result, error } = value;
  if ('params' in value) return createInvalid('a response has no `params`', id);
  if ('result' in value === 'error' in value) {
    return createInvalid('a response has either `result` or `error`', id);
  }
  if ('result' in value && !isMembers(result))
    return createInvalid('`result` must be an object', id);
  if (id === undefined && !(value.id === null && 'error' in value)) {
    return createInvalid('`id` must be a string or an integer', undefined);
  }
  const members = isMembers(result) ? result : undefined;
  const alike = Object.keys(members ?? {}).find((name) => resultNames.isLookAlike(name));
  if (alike !== undefined) {
    return createInvalid(`\`result\` has a member ${JSON.stringify(alike)} of unusual case`, id);
  }
  return { kind: 'response', id: id ?? null, result: members, error, text, spans };
}

/** Names that decide what a message does. Another parser could read a look-alike as one of them. */
class DecidingNames {
  readonly #names: ReadonlySet<string>;
  readonly #folded: ReadonlySet<string>;

  constructor(names: readonly string[]) {
    this.#names = new Set(names);
    this.#folded = new Set(names.map(foldName));
  }

  isLookAlike(name: string): boolean {
    return !this.#names.has(name) && this.#folded.has(foldName(name));
  }
}

const paramNames = new DecidingNames([
  'name',
  'arguments',
  'uri',
  'ref',
  'argument',
  'requestState',
  'inputResponses',
  'requestId',
  'taskId',
  'protocolVersion',
  'capabilities',
  '_meta',
  'cursor',
  'task',
  'progressToken',
  'inputRequests',
]);
const resultNames = new DecidingNames([
  'resultType',
  'inputRequests',
  'requestState',
  'isError',
  'content',
  'structuredContent',
  'task',
  'tools',
  'resources',
  'prompts',
  'nextCursor',
  'protocolVersion',
  'capabilities',
]);

export function isId(value: unknown): value is MessageId {
  return typeof value === 'string' || Number.isSafeInteger(value);
}

/** Whether a number is spelled as an integer: others read `1.0`, `1e0` and `-0` as another id, or answer with another. */
function isPlain(id: MessageId, { text, spans }: ReadJson): boolean {
  const span = spans.get('id');
  return typeof id === 'string' || text.slice(span?.start, span?.end) === String(id);
}

/** Distinguishes the number 1 from the string "1". */
export function buildIdKey(id: MessageId): string {
  return JSON.stringify(id);
}

/** The keys of the ids that some readers take for the same one: they read the string "1" as the number 1. */
export function listIdSpellings(id: MessageId): readonly string[] {
  const text = String(id);
  const isNumber = /^-?\d+$/.test(text);
  return [...(isNumber ? [text] : []), JSON.stringify(text)];
}

function createInvalid(text: string, id: MessageId | undefined): MessageProblem {
  return createProblem(errorCodes.invalidRequest, text, id);
}

function createProblem(code: number, text: string, id: MessageId | undefined): MessageProblem {
  return { kind: 'problem', code, text, id, isResponse: false };
}
