// Verifies security event tokens (RFC 8417, as profiled by SSF 1.0, section 4): takes a compact token, and returns its
// events. Throws a `SetError` for a token that is not acceptable, and a `KeysUnavailableError` if that is unknown.

import {
  errors,
  type JSONWebKeySet,
  type JWTPayload,
  type JWTVerifyOptions,
  jwtVerify,
} from 'jose';
import { isMembers } from '../../json/members.ts';
import type { Destinations } from '../../support/destinations.ts';
import { formatErrorMessage } from '../../support/message-of.ts';
import { createKeySource } from '../../tokens/issuer-keys.ts';
import { areKeysUnavailable, tokenAlgorithms } from '../../tokens/verify-token.ts';
import { SubjectError } from '../subjects/identifier.ts';
import { readSubject } from '../subjects/subject.ts';
import { streamEvents } from './event-types.ts';
import {
  KeysUnavailableError,
  type SecurityEvent,
  SetError,
  type SetErrorCode,
} from './security-event.ts';

export interface SetTrust {
  readonly issuer: string;
  readonly audience: string | readonly string[];
  readonly keys: URL | JSONWebKeySet;
  /** Where the request for the keys may go. */
  readonly destinations: (url: URL) => Destinations;
  readonly algorithms: readonly string[];
  /** The members of complex subjects that can be compared. */
  readonly members: ReadonlySet<string>;
  /** The members of complex subjects without which an event must be discarded. */
  readonly criticalMembers: readonly string[];
  readonly now: () => number;
}

export interface VerifiedSet {
  readonly issuer: string;
  readonly jti: string;
  readonly events: readonly SecurityEvent[];
}

export type SetVerifier = (token: string) => Promise<VerifiedSet>;

/** The longest token, in characters, and the maximum number of events in one. */
const maxSetLength = 65_536;
const maxEvents = 100;

export function setVerifier(trust: SetTrust): SetVerifier {
  const keys = createKeySource(trust.keys, trust.destinations);
  const { issuer, audience } = trust;
  const options: JWTVerifyOptions = {
    issuer,
    audience: typeof audience === 'string' ? audience : [...audience],
    algorithms: trust.algorithms.filter((algorithm) => tokenAlgorithms.includes(algorithm)),
    typ: 'secevent+jwt',
    requiredClaims: ['iat', 'jti'],
  };
  return async (token) => {
    if (token.length > maxSetLength) {
      throw new SetError('invalid_request', `the token is longer than ${maxSetLength} characters`);
    }
    let payload: JWTPayload;
    try {
      ({ payload } = await jwtVerify(token, keys, options));
    } catch (error) {
      throw toError(error);
    }
    return { issuer, jti: readJti(payload), events: readEvents(payload, trust) };
  };
}

function toError(error: unknown): Error {
  if (areKeysUnavailable(error)) return new KeysUnavailableError(formatErrorMessage(error));
  return new SetError(readErrorCode(error), formatErrorMessage(error));
}

function readErrorCode(error: unknown): SetErrorCode {
  if (error instanceof errors.JWTClaimValidationFailed) {
    if (error.claim === 'iss') return 'invalid_issuer';
    return error.claim === 'aud' ? 'invalid_audience' : 'invalid_request';
  }
  const isOfKey =
    error instanceof errors.JWSSignatureVerificationFailed ||
    error instanceof errors.JWKSNoMatchingKey ||
    error instanceof errors.JWKSMultipleMatchingKeys ||
    error instanceof errors.JOSEAlgNotAllowed;
  return isOfKey ? 'invalid_key' : 'invalid_request';
}

function readJti({ jti }: JWTPayload): string {
  if (typeof jti === 'string' && jti !== '') return jti;
  throw new SetError('invalid_request', 'jti: expected a string with characters');
}

function readEvents(payload: JWTPayload, trust: SetTrust): readonly SecurityEvent[] {
  const { events, iat, txn } = payload;
  for (const name of ['sub', 'exp']) {
    // An access token could otherwise be taken for a token with events, and the reverse.
    if (payload[name] !== undefined) {
      throw new SetError('invalid_request', `${name}: a security event token does not have it`);
    }
  }
  if (!isMembers(events)) throw new SetError('invalid_request', 'events: expected an object');
  const entries = Object.entries(events);
  if (entries.length === 0 || entries.length > maxEvents) {
    throw new SetError('invalid_request', `events: expected 1 to ${maxEvents} events`);
  }
  if (txn !== undefined && typeof txn !== 'string') {
    throw new SetError('invalid_request', 'txn: expected a string');
  }
  return entries.map(([type, claims]) => {
    if (!isMembers(claims)) {
      throw new SetError('invalid_request', `events[${JSON.stringify(type)}]: expected an object`);
    }
    const { issuer, now } = trust;
    const { event_timestamp: at = iat } = claims;
    if (typeof at !== 'number' || !Number.isFinite(at) || at < 0) {
      throw new SetError('invalid_request', 'event_timestamp: expected seconds since the epoch');
    }
    const time = Math.min(at * 1_000, now());
    return {
      issuer,
      jti: readJti(payload),
      txn,
      type,
      time,
      claims,
      subject: readEventSubject(type, payload.sub_id ?? claims.subject, trust),
    };
  });
}

/** Before SSF 1.0 the subject was a member of the event. */
function readEventSubject(
  type: string,
  subject: unknown,
  trust: SetTrust,
): SecurityEvent['subject'] {
  if (type === streamEvents.verification || type === streamEvents.streamUpdated) {
    return isMembers(subject) ? subject : undefined;
  }
  try {
    const read = readSubject(subject);
    if (read.kind === 'complex') expectCritical([...read.members.keys()], trust);
    return subject as SecurityEvent['subject'];
  } catch (error) {
    if (error instanceof SubjectError) throw new SetError('invalid_request', error.message);
    throw error;
  }
}

/** An event about a critical member that cannot be compared is discarded (SSF 1.0, section 7.1). */
function expectCritical(names: readonly string[], { members, criticalMembers }: SetTrust): void {
  const unknown = names.find((name) => criticalMembers.includes(name) && !members.has(name));
  if (unknown === undefined) return;
  throw new SetError('invalid_request', `sub_id.${unknown}: this critical member is not supported`);
}
