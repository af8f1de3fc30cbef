// Answers as callers get them: plain data, which `JSON.stringify` writes as the AuthZEN response.

import type { Answer } from '../contract/index.ts';
import { getExactDigits } from '../json/exact-decimal.ts';
import { type AuthZenResponse, toAuthZen } from './authzen.ts';

/** The same answer, which `JSON.stringify` writes as an AuthZEN evaluation response. */
export function toGivenAnswer(answer: Answer): Answer {
  return new GivenAnswer(answer, answer.validUntil);
}

/** The same answer with another end. */
export function changeValidity(answer: Answer, validUntil: number | undefined): Answer {
  return new GivenAnswer(answer, validUntil);
}

/** Member by member, which engines do faster than spreading. */
class GivenAnswer implements Answer {
  readonly effect: Answer['effect'];
  readonly decision: boolean;
  readonly reasons: Answer['reasons'];
  readonly reasonDetails: Answer['reasonDetails'];
  readonly constraints: Answer['constraints'];
  readonly lower: Answer['lower'];
  readonly obligations: Answer['obligations'];
  readonly accessRequest: Answer['accessRequest'];
  readonly validUntil: number | undefined;
  readonly read: Answer['read'];
  readonly singleUse: boolean;
  readonly callDigest: string | undefined;
  readonly error: Answer['error'];

  constructor(answer: Answer, validUntil: number | undefined) {
    this.effect = answer.effect;
    this.decision = answer.decision;
    this.reasons = answer.reasons;
    this.reasonDetails = answer.reasonDetails;
    this.constraints = answer.constraints;
    this.lower = answer.lower;
    this.obligations = answer.obligations;
    this.accessRequest = answer.accessRequest;
    this.validUntil = validUntil;
    this.read = answer.read;
    this.singleUse = answer.singleUse;
    this.callDigest = answer.callDigest;
    this.error = answer.error;
  }

  toJSON(): AuthZenResponse {
    return copyWritable(toAuthZen(this)) as AuthZenResponse;
  }
}

/** Comparisons should see an answer as plain data. */
Object.defineProperty(GivenAnswer.prototype, 'constructor', { value: Object });

/** ECMAScript 2026; in Node since 22. */
const { rawJSON } = JSON as { readonly rawJSON?: (text: string) => unknown };

/**
 * Numbers that JavaScript cannot represent become JSON numbers with their digits, or strings if the engine cannot
 * write these.
 */
function copyWritable(value: unknown): unknown {
  if (typeof value === 'bigint') {
    return BigInt.asIntN(53, value) === value ? Number(value) : toRawNumber(String(value));
  }
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(copyWritable);
  const digits = getExactDigits(value);
  if (digits !== undefined) return toRawNumber(digits);
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [name, copyWritable(each)]),
  );
}

function toRawNumber(digits: string): unknown {
  return rawJSON === undefined ? digits : rawJSON(digits);
}
