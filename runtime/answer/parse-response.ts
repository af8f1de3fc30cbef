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
import {
  allowAbsent,
  type Check,
  count,
  isString,
  isStringList,
  list,
  map,
  record,
} from '../module/checks.ts';
import { createMisreadFailure } from '../module/engine-failure.ts';
import { showSeconds } from '../module/show.ts';
import type { AuthZenReason, AuthZenResponse } from './authzen.ts';
import { toGivenAnswer } from './given-answer.ts';

const isEffect: Check = (value) => effects.some((name) => name === value);
const isValue: Check = () => true;
const isResponse = record({
  decision: (value) => typeof value === 'boolean',
  context: record({
    effect: isEffect,
    reasons: isStringList,
    reason_details: list(
      record({
        id: isString,
        effect: isEffect,
        message: allowAbsent(isString),
        fired_on: (value) => value === 'true' || value === 'unknown',
        unknown: allowAbsent(isStringList),
        source: allowAbsent(record({ file: isString, line: count, column: count })),
      }),
    ),
    constraints: allowAbsent(map(isValue)),
    lower: allowAbsent(map(isValue)),
    obligations: allowAbsent(
      list(
        record({ type: isString, properties: map(isValue), name: isString, reasons: isStringList }),
      ),
    ),
    access_request: allowAbsent(map(isValue)),
    reason: allowAbsent(isString),
    evaluated_at: allowAbsent(isString),
    access_request_name: allowAbsent(isString),
    read: isStringList,
    single_use: allowAbsent((value) => value === true),
    call_digest: allowAbsent(isString),
    error: allowAbsent(
      record({
        code: isString,
        path: isString,
        expected: isString,
        found: isString,
        offset: count,
      }),
    ),
  }),
});

/** `validUntil`: the end of the answer, in milliseconds, or `undefined` if there is none. */
export function parseResponse(response: string, validUntil: number | undefined): Answer {
  const { decision, context } = read(response);
  const { effect, constraints = {}, lower = {}, obligations = [], error } = context;
  return toGivenAnswer({
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
    throw createMisreadFailure(violations.invalidResponse);
  }
  if (!isResponse(value)) throw createMisreadFailure(violations.invalidResponse);
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
  if (!isWhole || typeof end !== 'string') throw createMisreadFailure(violations.invalidResponse);
  const [evaluatedAt, expiresAt] = [parseWrittenInstant(evaluated), parseWrittenInstant(end)];
  const all = { ...properties, expires_in: exactDecimal(showSeconds(expiresAt - evaluatedAt)) };
  return { name, properties: sortByName(all), reason, evaluatedAt, expiresAt };
}

function sortByName(
  members: Readonly<Record<string, JsonValue>>,
): Readonly<Record<string, JsonValue>> {
  return Object.fromEntries(Object.entries(members).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The milliseconds of an instant in RFC 3339, or of `…ms`, which stands for those that it cannot express. */
function parseWrittenInstant(written: string): bigint {
  const [, digits] = /^(-?\d+)ms$/.exec(written) ?? [];
  const milliseconds = digits === undefined ? Date.parse(written) : Number(digits);
  if (Number.isNaN(milliseconds)) throw createMisreadFailure(violations.invalidInstant);
  return digits === undefined ? BigInt(milliseconds) : BigInt(digits);
}

function toError({ code, path, expected, found, offset }: AnswerError): AnswerError {
  return { code, path, expected, found, offset };
}
