// The events of CAEP for a change of a session: a revoke is session-revoked, and other effects that are configured are
// token-claims-change with the new answer.

import { type Answer, type SessionChange, toAuthZen } from '@nhipol/runtime';
import { explainAnswer } from '../../engine/answers.ts';
import type { Members } from '../../json/members.ts';
import { isMembers } from '../../json/members.ts';
import { absent } from '../../mapping/expression.ts';
import { compileTemplate } from '../../mapping/template.ts';
import { formatEventUri } from '../sets/event-types.ts';
import { anyMember, type SessionIdentifiers } from '../subjects/session-identifiers.ts';

export interface SentEvent {
  readonly type: string;
  readonly subject: Members;
  readonly claims: Members;
  /** The transaction of the cause. */
  readonly txn: string | undefined;
}

export type ChangeEvents = readonly SentEvent[];

export interface ChangeContext {
  /** The facts of the session. */
  readonly request: Members;
  readonly txn: string | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

export interface ChangeEventOptions {
  readonly effects: readonly string[];
  readonly language: string;
  readonly subject: Members | undefined;
  readonly identifiers: SessionIdentifiers;
}

const revoked = formatEventUri('session-revoked');
const changed = formatEventUri('token-claims-change');

/** The events that a transmitter may send. */
export function listEventTypes(effects: readonly string[]): readonly string[] {
  return effects.length === 0 ? [revoked] : [revoked, changed];
}

/** Throws a `MappingError` for a subject whose expressions are not valid. */
export function changeEvents(
  options: ChangeEventOptions,
): (change: SessionChange, context: ChangeContext) => ChangeEvents {
  const { effects, language, identifiers } = options;
  const template = options.subject && compileTemplate(options.subject);
  return ({ id, before, answer }, { request, txn, now }) => {
    const { effect } = answer;
    const isRevoked = effect === 'revoke';
    if (!isRevoked && !effects.includes(effect) && !effects.includes(before)) return [];
    const { subject = {}, context = {} } = request;
    const mapped = template?.({ token: {}, session: { id, subject, context } }, true);
    const about = isMembers(mapped)
      ? mapped
      : createComplexSubject(identifiers.identifiers(id, request));
    return [
      {
        type: isRevoked ? revoked : changed,
        subject: withoutAbsent(about),
        claims: {
          ...createCommonClaims(answer, language, now),
          ...(isRevoked ? {} : { claims: createAnswerClaims(answer) }),
        },
        txn: txn ?? `nhipol:${id}:${now}`,
      },
    ];
  };
}

function createCommonClaims(answer: Answer, language: string, now: number): Members {
  const messages = answer.reasonDetails.flatMap(({ message = [] }) => message);
  const reason = messages.join('; ') || answer.reasons.join(', ') || explainAnswer(answer);
  return {
    event_timestamp: Math.floor(now / 1_000),
    initiating_entity: 'policy',
    ...(reason === '' ? {} : { reason_admin: { [language]: reason } }),
  };
}

function createAnswerClaims(answer: Answer): Members {
  const { decision, context } = toAuthZen(answer);
  const { effect, reasons, valid_until: until } = context;
  return {
    authorization: {
      decision,
      effect,
      reasons,
      ...(until === undefined ? {} : { valid_until: until }),
    },
  };
}

/** The first identifier of each member; one that may be of any member is that of the application. */
function createComplexSubject(identifiers: ReadonlyMap<string, readonly Members[]>): Members {
  const members = [...identifiers].flatMap(([member, [first]]) =>
    first === undefined ? [] : [[member === anyMember ? 'application' : member, first] as const],
  );
  return { format: 'complex', ...Object.fromEntries(members) };
}

function withoutAbsent(members: Members): Members {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== absent));
}
