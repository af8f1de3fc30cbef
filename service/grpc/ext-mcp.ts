// ExtMcp of agentgateway (agentgateway.dev.ext_mcp): decides calls of MCP as the guard does. A call may go on with lower
// arguments; of a list, items that could never be used are removed. Every check gets an answer.

import { type Answer, stringify } from '@nhipol/runtime';
import type { Caller } from '../access/caller.ts';
import { findUnsupported } from '../engine/abilities.ts';
import { explainAnswer, isFailure } from '../engine/answers.ts';
import { readExactly } from '../json/exact.ts';
import { isMembers, type Members } from '../json/members.ts';
import type { Inputs } from '../mapping/expression.ts';
import { MappingError } from '../mapping/mapping-error.ts';
import { lowerArguments } from '../mcp/calls/lowered.ts';
import { findRequestMethod, listedItems } from '../mcp/protocol/methods.ts';
import { expectEvaluator, identifyProxyCaller, type ProxyCall } from './callers.ts';
import { type CheckOptions, type Decided, decideChecked, refuseRequest } from './decide.ts';
import { buildRefusalBody, buildUpstreamHeaders, createMetadata } from './ext-authz.ts';
import { addHeader, listForgeable } from './headers.ts';
import { type Struct, toMembers, toStruct } from './struct.ts';

interface Message {
  /** One name, or several for a method that goes to several servers. */
  readonly service_names?: readonly string[];
  readonly method?: string;
  /** The expressions of the gateway's configuration. */
  readonly metadata_context?: Struct;
}

export interface McpRequest extends Message {
  /** The parameters as JSON. */
  readonly mcp_request?: Buffer;
  readonly headers?: readonly McpHeader[];
}

export interface McpResponse extends Message {
  /** The result as JSON. */
  readonly mcp_response?: Buffer;
}

interface McpHeader {
  readonly key?: string;
  readonly value?: Buffer;
}

interface AuthorizationError {
  readonly code: number;
  readonly reason: string;
  readonly mcp_error?: Buffer;
}

interface Outcome {
  readonly pass?: object;
  readonly mutated?: Buffer;
  readonly error?: AuthorizationError;
}

export interface McpRequestResult extends Outcome {
  readonly header_mutation?: {
    readonly set: readonly McpHeader[];
    readonly remove: readonly string[];
  };
  readonly metadata?: Struct;
}

/** Codes of AuthorizationError. */
const permissionDenied = 1;
const invalid = 3;

/** Decides a request of a client. Rejects for a caller with too many requests only. */
export async function checkMcpRequest(
  request: McpRequest,
  call: ProxyCall,
  options: CheckOptions,
): Promise<McpRequestResult> {
  const { method = '' } = request;
  const clientMethod = findRequestMethod('client', method);
  if (clientMethod === undefined)
    return { error: { code: invalid, reason: `unknown method ${method}` } };
  if (clientMethod.handling === 'pass' || clientMethod.handling === 'list') {
    return runWhileAllowed(call, options, () => ({ pass: {} }));
  }
  const headers = readHeaders(request);
  const params = readParams(request);
  if (typeof params === 'string') {
    const refuse = () => {
      throw new MappingError(params);
    };
    return runWhileAllowed(call, options, refuse, invalid);
  }
  const decided = await decideParams({ request, params, headers }, call, options);
  if (decided.answer.decision) return createPermit(decided, headers, options, { pass: {} });
  const values = lowerArguments(
    isMembers(params.arguments) ? params.arguments : {},
    decided.answer,
  );
  if (values === undefined) return { error: toError(decided, options) };
  return lowerRequest(
    { request, params: { ...params, arguments: values }, headers },
    call,
    options,
    decided,
  );
}

/**
 * The outcome of what needs no decision, for a caller that may have requests decided. `code`: that of an error of the
 * message. Rejects for a caller with too many requests only.
 */
async function runWhileAllowed(
  call: ProxyCall,
  options: CheckOptions,
  outcome: () => Outcome,
  code: number = permissionDenied,
): Promise<Outcome> {
  let caller: Caller | undefined;
  try {
    caller = await identifyProxyCaller(options.access, call);
    expectEvaluator(caller);
    return outcome();
  } catch (error) {
    const decided = refuseRequest(options, 'ext_mcp', error, caller);
    const isUnreadable = caller !== undefined && error instanceof MappingError;
    return { error: toError(decided, options, isUnreadable ? code : permissionDenied) };
  }
}

interface Called {
  readonly request: Message;
  readonly params: Members;
  readonly headers: ReadonlyMap<string, string>;
}

/** Decides the call with the values that the policy offers; `before`: the answer to the call as it is. */
async function lowerRequest(
  called: Called,
  call: ProxyCall,
  options: CheckOptions,
  before: Decided,
): Promise<McpRequestResult> {
  const decided = await decideParams(called, call, options);
  if (!decided.answer.decision) return { error: toError(before, options) };
  const mutated = Buffer.from(stringify(called.params));
  return createPermit(decided, called.headers, options, { mutated });
}

function decideParams(
  { request, params, headers }: Called,
  call: ProxyCall,
  options: CheckOptions,
) {
  const inputs = createInputs(request, params, headers);
  return decideChecked(options, call, {
    endpoint: 'ext_mcp',
    mapping: options.mapping.extMcp,
    inputs,
    headers,
    evidence: { token: inputs.token, peer: {} },
    restrict: (answer) => selectEnforceable(answer, options),
  });
}

/** Servers of MCP apply the constraints that are named; the others, and obligations, would be lost. */
function selectEnforceable(answer: Answer, { obligations, constraints }: CheckOptions): Answer {
  return findUnsupported(answer, { obligations, constraints: constraints() }) ?? answer;
}

function createPermit(
  decided: Decided,
  client: ReadonlyMap<string, string>,
  { mapping }: CheckOptions,
  outcome: Outcome,
): McpRequestResult {
  const values = buildUpstreamHeaders(decided, mapping.headers);
  const set = [...values].map(([key, value]) => ({ key, value: Buffer.from(value) }));
  const remove = listForgeable(client.keys(), values);
  return {
    ...outcome,
    header_mutation: { set, remove },
    metadata: toStruct(createMetadata(decided)),
  };
}

/** `mcp_error`: the data of the JSON-RPC error, for a client that reads more than the reason. */
function toError(
  decided: Decided,
  { contextForm }: CheckOptions,
  code: number = permissionDenied,
): AuthorizationError {
  const status = isFailure(decided.answer) ? 503 : 403;
  const reason = contextForm === 'full' ? explainAnswer(decided.answer) : 'not permitted';
  const body = buildRefusalBody(decided, status, contextForm);
  return { code, reason, mcp_error: Buffer.from(stringify(body)) };
}

/** Removes the items of a list that no arguments make usable. Rejects for a caller with too many requests only. */
export function checkMcpResponse(
  response: McpResponse,
  call: ProxyCall,
  options: CheckOptions,
): Promise<Outcome> {
  return runWhileAllowed(call, options, () => {
    const { list } = findRequestMethod('client', response.method ?? '') ?? {};
    if (list === undefined) return { pass: {} };
    const result = readResult(response);
    const items = result[list];
    if (!Array.isArray(items)) return { pass: {} };
    const usable = items.filter((item) => isUsable(item, list, response, options));
    if (usable.length === items.length) return { pass: {} };
    return { mutated: Buffer.from(JSON.stringify({ ...result, [list]: usable })) };
  });
}

function isUsable(
  item: unknown,
  list: keyof typeof listedItems,
  response: Message,
  { point, mapping }: CheckOptions,
): boolean {
  const { method, key } = listedItems[list];
  if (!isMembers(item)) return false;
  const inputs = createInputs({ ...response, method }, { [key]: item[key] }, new Map());
  const evidence = { token: inputs.token, peer: {} };
  return point.couldPermit(mapping.extMcp.part(inputs), { evidence });
}

function createInputs(
  { service_names: services = [], method = '', metadata_context: context }: Message,
  params: Members,
  headers: ReadonlyMap<string, string>,
): Inputs {
  const metadata = toMembers(context);
  const [service, ...others] = services;
  return {
    request: {
      method,
      services,
      ...(service === undefined || others.length > 0 ? {} : { service }),
      headers: Object.fromEntries(headers),
    },
    params,
    metadata,
    token: isMembers(metadata.token) ? metadata.token : {},
  };
}

/** The parameters, or why they cannot be decided. */
function readParams({ mcp_request: bytes }: McpRequest): Members | string {
  if (bytes === undefined || bytes.length === 0) return {};
  const read = readExactly(bytes);
  if ('problem' in read) return read.problem;
  return isMembers(read.value) ? read.value : 'the parameters are not an object';
}

function readResult({ mcp_response: bytes }: McpResponse): Members {
  const read = readExactly(bytes ?? Buffer.of());
  const problem = 'problem' in read ? read.problem : 'the result is not an object';
  if ('problem' in read || !isMembers(read.value)) throw new MappingError(problem);
  return read.value;
}

function readHeaders({ headers = [] }: McpRequest): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const { key = '', value } of headers) addHeader(found, key, value?.toString() ?? '');
  return found;
}
