// Parses the response that a module wrote into an answer. Throws if it is not a response as ABI.md describes it: it is
// then never taken for an answer.

import {
  type Answer,
  type AnswerAccessRequest,
  type AnswerError,
  type AnswerObligation,
  effects,
  exactDecimal,
  type JsonValue,
  type ReasonDetail,
  violations,
} from '../contract/index.ts';
import { parseExact } from '../json/parse-exact.ts';
import { type Check, count, list, map, optional, record, text, texts } from '../module/checks.ts';
import { misread } from '../module/engine-failure.ts';
import { showSeconds } from '../module/show.ts';
import type { AuthZenReason, AuthZenResponse } from './authzen.ts';
import { givenAnswer } from './given-answer.ts';

const isEffect: Check = (value) => effects.some((name) => name === value);
const isValue: Check = () => true;
const isResponse = record({
  decision: (value) => typeof value === 'boolean',
  context: record({
    effect: isEffect,
    reasons: texts,
    reason_details: list(
      record({
        id: text,
        effect: isEffect,
        message: optional(text),
        fired_on: (value) => value === 'true' || value === 'unknown',
        unknown: optional(texts),
        source: optional(record({ file: text, line: count, column: count })),
      }),
    ),
    constraints: optional(map(isValue)),
    lower: optional(map(isValue)),
    obligations: optional(
      list(record({ type: text, properties: map(isValue), name: text, reasons: texts })),
    ),
    access_request: optional(map(isValue)),
    reason: optional(text),
    evaluated_at: optional(text),
    access_request_name: optional(text),
    read: texts,
    single_use: optional((value) => value === true),
    call_digest: optional(text),
    error: optional(record({ code: text, path: text, expected: text, found: text, offset: count })),
  }),
});

/** `validUntil`: the end of the answer, in milliseconds; undefined: none. */
export function parseResponse(response: string, validUntil: number | undefined): Answer {
  const { decision, context } = read(response);
  const { effect, constraints = {}, lower = {}, obligations = [], error } = context;
  return givenAnswer({
    effect,
    decision,
    reasons: context.reasons,
    reasonDetails: context.reason_details.map(toDetail),
    constraints,
    lower,
    obligations: obligations.map(toObligation),
    accessRequest: toAccessRequest(context),
    validUntil,
    read: context.read,
    singleUse: context.single_use ?? false,
    callDigest: context.call_digest,
    error: error && toError(error),
  });
}

function read(response: string): AuthZenResponse {
  let value: unknown;
  try {
    value = parseExact(response);
  } catch {
    throw misread(violations.invalidResponse);
  }
  if (!isResponse(value)) throw misread(violations.invalidResponse);
  return value as AuthZenResponse;
}

function toDetail({ id, effect, message, fired_on, unknown, source }: AuthZenReason): ReasonDetail {
  return {
    id,
    effect,
    message,
    firedOn: fired_on,
    unknown: unknown ?? [],
    source: source && { file: source.file, line: source.line, column: source.column },
  };
}

function toObligation({
  name,
  type,
  properties,
  reasons,
}: NonNullable<AuthZenResponse['context']['obligations']>[number]): AnswerObligation {
  return { name, type, properties, reasons };
}

function toAccessRequest({
  access_request: request,
  reason,
  evaluated_at: evaluated,
  access_request_name: name,
}: AuthZenResponse['context']): AnswerAccessRequest | undefined {
  if (request === undefined) return undefined;
  const { expires_at: end, ...properties } = request as Readonly<Record<string, JsonValue>>;
  const isWhole = name !== undefined && reason !== undefined && evaluated !== undefined;
  if (!isWhole || typeof end !== 'string') throw misread(violations.invalidResponse);
  const [evaluatedAt, expiresAt] = [instantOf(evaluated), instantOf(end)];
  const all = { ...properties, expires_in: exactDecimal(showSeconds(expiresAt - evaluatedAt)) };
  return { name, properties: byName(all), reason, evaluatedAt, expiresAt };
}

function byName(members: Readonly<Record<string, JsonValue>>): Readonly<Record<string, JsonValue>> {
  return Object.fromEntries(Object.entries(members).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The milliseconds of an instant in RFC 3339, or of `…ms`, which stands for those that it cannot express. */
function instantOf(written: string): bigint {
  const [, digits] = /^(-?\d+)ms$/.exec(written) ?? [];
  const milliseconds = digits === undefined ? Date.parse(written) : Number(digits);
  if (Number.isNaN(milliseconds)) throw misread(violations.invalidInstant);
  return digits === undefined ? BigInt(milliseconds) : BigInt(digits);
}

function toError({ code, path, expected, found, offset }: AnswerError): AnswerError {
  return { code, path, expected, found, offset };
}
