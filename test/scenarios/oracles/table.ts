// The common parts of the scenarios' tables: the strictest row wins, a revoke must be certain, and an invalid
// request can only end a session. The rows that several tables share follow. Independent of the language, so that
// neither an error in a policy nor one in the language is hidden.

import { Facts, type Json, type Schema } from '../facts.ts';

export type Effect = 'permit' | 'narrow' | 'challenge' | 'deny' | 'revoke';

interface Verdict {
  readonly effect: Effect;
  /** In ASCII order, each once. */
  readonly reasons: readonly string[];
}

export type Oracle = (request: Json) => Verdict;

export type Row = readonly [effect: Effect, reason: string, fires: boolean];

export type Certainty = 'yes' | 'no' | 'unclear';

const strictness: readonly Effect[] = ['permit', 'narrow', 'challenge', 'deny', 'revoke'];

const privileges = ['read', 'write', 'admin'];
const riskLevels = ['LOW', 'MEDIUM', 'HIGH'];

function strictest(rows: readonly Row[]): Verdict {
  const fired = rows.filter(([, , fires]) => fires);
  const effect = strictness.findLast((each) => fired.some(([own]) => own === each));
  if (effect === undefined) return { effect: 'deny', reasons: ['default_deny'] };
  const reasons = fired.filter(([own]) => own === effect).map(([, reason]) => reason);
  return { effect, reasons: [...new Set(reasons)].sort() };
}

/** A revoke that is not certain only denies. */
export function revoke(reason: string, certainty: Certainty): Row {
  return [certainty === 'yes' ? 'revoke' : 'deny', reason, certainty !== 'no'];
}

/** An invalid request can only end a session. */
function faulty(revokes: readonly Row[]): Verdict {
  const certain = revokes.filter(([effect, , fires]) => fires && effect === 'revoke');
  return certain.length > 0 ? strictest(certain) : { effect: 'deny', reasons: ['invalid_request'] };
}

interface Scenario {
  readonly subject: string;
  readonly action?: string;
  readonly schema: Schema;
  readonly revokes: (facts: Facts) => readonly Row[];
  readonly rest: (facts: Facts) => readonly Row[];
}

export function oracle({ subject, action, schema, revokes, rest }: Scenario): Oracle {
  return (request) => {
    const about = new Facts(request, { members: {}, required: [] });
    const [isSubject, isAction] = [
      about.text('subject.type') === subject,
      action === undefined || about.text('action.name') === action,
    ];
    const facts = new Facts(request, filterSchema(schema, isSubject, isAction));
    const isInScope = isSubject && isAction;
    if (!facts.valid) return faulty(isInScope ? revokes(facts) : []);
    return strictest(isInScope ? [...revokes(facts), ...rest(facts)] : []);
  };
}

/** Members of another subject or action are ignored. */
function filterSchema(schema: Schema, isSubject: boolean, isAction: boolean): Schema {
  const counts = (path: string) =>
    (isSubject || !path.startsWith('subject.')) && (isAction || !path.startsWith('action.'));
  return {
    members: Object.fromEntries(Object.entries(schema.members).filter(([path]) => counts(path))),
    required: schema.required.filter(counts),
  };
}

// --- rows that several tables share ----------------------------------------------------------------

export const sessionEvent = 'context.events.session-revoked';

export function hasHappened(facts: Facts, path: string): Certainty {
  const state = facts.state(path);
  return state === 'present' ? 'yes' : state === 'absent' ? 'no' : 'unclear';
}

export function sessionRevoked(facts: Facts): Row {
  return revoke('session_revoked', hasHappened(facts, sessionEvent));
}

export function credentialExposed(facts: Facts): Row {
  const path = 'subject.properties.credential.exposed';
  const unclear = facts.state(path) === 'faulty';
  return revoke('credential_exposed', facts.flag(path) ? 'yes' : unclear ? 'unclear' : 'no');
}

export function riskHigh(facts: Facts): Row {
  return revoke('risk_high', facts.text('context.risk.level') === 'HIGH' ? 'yes' : 'no');
}

export function credentialExpired(facts: Facts): Row {
  const expires = facts.instant('subject.properties.credential.expires_at') ?? 0;
  return ['deny', 'credential_expired', (facts.now ?? 0) >= expires];
}

export function identityNotActive(facts: Facts): Row {
  const state = facts.text('subject.properties.lifecycle_state');
  return ['deny', 'identity_not_active', state !== 'active'];
}

/** Returns `undefined` if it is absent, unlisted or not from the last five minutes. */
export function freshRisk(facts: Facts): string | undefined {
  if (facts.isOlder(300, 'context.risk.observed_at')) return undefined;
  return facts.readChoice('context.risk.level', riskLevels);
}

export function readPrivilege(facts: Facts): string | undefined {
  return facts.readChoice('action.properties.privilege', privileges);
}
