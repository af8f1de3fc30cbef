// Envoy's external authorization (envoy.service.auth.v3): takes the attributes of a request, and returns whether it goes on,
// with headers for the upstream or the response to the client. Every check gets an answer.

import { type Answer, stringify } from '@nhipol/runtime';
import { findUnsupported } from '../engine/abilities.ts';
import { createRefusalAnswer, explainAnswer, isFailure } from '../engine/answers.ts';
import { problemTitles } from '../pdp/problem.ts';
import { type ContextForm, showAnswer } from '../pdp/requests/response.ts';
import { type CheckedAttributes, type CheckRequest, readAttributes } from './attributes.ts';
import type { ProxyCall } from './callers.ts';
import { type CheckOptions, type Decided, decideChecked } from './decide.ts';
import {
  escapeHeader,
  type HeaderValues,
  listForgeable,
  nameHeader,
  type OwnHeader,
} from './headers.ts';
import { type Struct, toStruct } from './struct.ts';

export interface CheckResponse {
  readonly status: { readonly code: number; readonly message?: string };
  readonly ok_response?: {
    readonly headers: readonly HeaderOption[];
    readonly headers_to_remove: readonly string[];
  };
  readonly denied_response?: {
    readonly status: { readonly code: number };
    readonly headers: readonly HeaderOption[];
    readonly body: string;
  };
  /** Under `envoy.filters.http.ext_authz`, for filters and access logs. */
  readonly dynamic_metadata: Struct;
}

interface HeaderOption {
  readonly header: { readonly key: string; readonly value: string };
  readonly append_action: number;
}

/** Codes of google.rpc.Status. */
const ok = 0;
const permissionDenied = 7;
/** HeaderAppendAction: replaces what a client sent. */
const overwrite = 2;
/** Envoy refuses headers of more than 16 KiB, and upstreams often of less. */
const maxConstraintsHeader = 8_192;

/** Rejects for a caller with too many requests only. */
export async function checkRequest(
  request: CheckRequest,
  call: ProxyCall,
  options: CheckOptions,
): Promise<CheckResponse> {
  const attributes = readAttributes(request);
  const decided = await decideChecked(options, call, {
    ...attributes,
    endpoint: 'ext_authz',
    mapping: options.mapping.extAuthz,
    restrict: (answer) => selectEnforceable(answer, options),
  });
  return checkResponse(decided, attributes, options);
}

function checkResponse(
  decided: Decided,
  { headers }: Pick<CheckedAttributes, 'headers'>,
  options: CheckOptions,
): CheckResponse {
  const dynamic_metadata = toStruct(createMetadata(decided));
  if (!decided.answer.decision) {
    return { ...denyRequest(decided, options.contextForm), dynamic_metadata };
  }
  const values = buildUpstreamHeaders(decided, options.mapping.headers);
  return {
    status: { code: ok },
    ok_response: {
      headers: toHeaderOptions(values),
      headers_to_remove: listForgeable(headers.keys(), values),
    },
    dynamic_metadata,
  };
}

/** Upstreams get all constraints; obligations are for the proxy, which carries out those that are named. */
function selectEnforceable(answer: Answer, { obligations }: CheckOptions): Answer {
  const constraints = new Set(Object.keys(answer.constraints));
  const refused = findUnsupported(answer, { obligations, constraints });
  if (refused !== undefined) return refused;
  if (printConstraints(answer).length <= maxConstraintsHeader) return answer;
  return createRefusalAnswer('not_enforceable', 'its constraints are too long for a header');
}

/** The decision as headers for an upstream. */
export function buildUpstreamHeaders(
  { answer, id, context }: Decided,
  names: ReadonlySet<OwnHeader>,
): HeaderValues {
  const { effect, constraints } = answer;
  const until = context.valid_until;
  const isNarrow = Object.keys(constraints).length > 0;
  const values: readonly (readonly [OwnHeader, string | undefined])[] = [
    ['effect', effect],
    ['decision-id', id],
    ['valid-until', until],
    ['constraints', isNarrow ? printConstraints(answer) : undefined],
  ];
  const set = values.flatMap(([name, value]) =>
    value === undefined || !names.has(name) ? [] : [[nameHeader(name), value] as const],
  );
  return new Map(set);
}

function printConstraints({ constraints }: Answer): string {
  return escapeHeader(stringify(constraints));
}

/** The decision for filters and access logs. */
export function createMetadata({ id, context }: Decided) {
  const { effect, reasons, constraints, obligations, valid_until } = context;
  return { effect, decision_id: id, reasons, constraints, obligations, valid_until };
}

function denyRequest(decided: Decided, form: ContextForm): Omit<CheckResponse, 'dynamic_metadata'> {
  const { answer, id } = decided;
  const status = isFailure(answer) ? 503 : 403;
  const headers = new Map([
    ['content-type', 'application/problem+json'],
    ['cache-control', 'no-store'],
    [nameHeader('decision-id'), id],
  ]);
  return {
    status: { code: permissionDenied, message: answer.reasons.join(', ') },
    denied_response: {
      status: { code: status },
      headers: toHeaderOptions(headers),
      body: stringify(buildRefusalBody(decided, status, form)),
    },
  };
}

/** A problem (RFC 9457) with the members of the response that concern a client that was refused. */
export function buildRefusalBody(
  { answer, id, context }: Decided,
  status: 403 | 503,
  form: ContextForm,
): object {
  const title = problemTitles[status];
  if (form !== 'full') {
    return { title, status, ...showAnswer(answer, form, id).context };
  }
  const { reason_details: _, read: __, error: ___, single_use: ____, ...rest } = context;
  return { title, status, detail: explainAnswer(answer), ...rest, evaluation_id: id };
}

function toHeaderOptions(values: HeaderValues): readonly HeaderOption[] {
  return [...values].map(([key, value]) => ({
    header: { key, value },
    append_action: overwrite,
  }));
}
