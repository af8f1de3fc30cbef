// An administrative bot: its table, row by row.

import type { Facts } from '../facts.ts';
import {
  type Certainty,
  credentialExpired,
  credentialExposed,
  freshRisk,
  hasHappened,
  oracle,
  type Row,
  readPrivilege,
  revoke,
  riskHigh,
  sessionEvent,
} from './table.ts';

export const adminBot = oracle({
  subject: 'service_account',
  schema: {
    members: {
      'subject.properties.credential.expires_at': 'instant',
      'subject.properties.credential.exposed': 'flag',
      'subject.properties.credential.binding': 'text',
      'action.properties.privilege': 'text',
      'context.time': 'instant',
      'context.session.started_at': 'instant',
      'context.risk.level': 'text',
      'context.risk.observed_at': 'instant',
      'context.change.status': 'text',
      'context.change.requester': 'text',
      'context.change.approvers': 'texts',
      'context.behavior.admin_actions_15m': 'count',
      'context.events.session-revoked.event_timestamp': 'seconds',
      'context.events.credential-change.change_type': 'text',
      'context.events.assurance-level-change.change_direction': 'text',
    },
    required: [
      'context.time',
      'context.session.started_at',
      'subject.properties.credential.expires_at',
    ],
  },
  revokes: (facts) => [
    revoke('session_revoked', hasEnded(facts)),
    revoke('credential_revoked', credentialWithdrawn(facts)),
    riskHigh(facts),
    credentialExposed(facts),
  ],
  rest: (facts) => {
    const privilege = readPrivilege(facts);
    const risk = freshRisk(facts);
    const admin = privilege === undefined || privilege === 'admin';
    return [
      credentialExpired(facts),
      ...(admin ? administrative(facts, risk) : []),
      ['narrow', 'risk_unknown', !admin && risk === undefined],
      ['narrow', 'risk_elevated', !admin && risk === 'MEDIUM'],
      ['permit', 'session_trusted', true],
    ];
  },
});

function administrative(facts: Facts, risk: string | undefined): readonly Row[] {
  const binding = facts.readChoice('subject.properties.credential.binding', [
    'mtls',
    'dpop',
    'wit',
  ]);
  const approved = facts.text('context.change.status') === 'approved';
  const requester = facts.text('context.change.requester');
  const others = (facts.texts('context.change.approvers') ?? []).filter((one) => one !== requester);
  const change = 'context.events.assurance-level-change';
  const actions = facts.count('context.behavior.admin_actions_15m');
  return [
    ['deny', 'bearer_credential', binding === undefined],
    ['deny', 'change_not_approved', !approved],
    ['deny', 'separation_of_duties', approved && (requester === undefined || others.length === 0)],
    ['deny', 'risk_unknown', risk === undefined],
    ['challenge', 'risk_elevated', risk === 'MEDIUM'],
    [
      'challenge',
      'assurance_decreased',
      facts.state(change) === 'present' && facts.text(`${change}.change_direction`) !== 'increase',
    ],
    ['challenge', 'session_too_old', facts.isOlder(3600, 'context.session.started_at')],
    ['challenge', 'admin_burst', actions === undefined || actions > 5],
  ];
}

function hasEnded(facts: Facts): Certainty {
  const ended = hasHappened(facts, sessionEvent);
  if (ended !== 'yes') return ended;
  const at = facts.instant(`${sessionEvent}.event_timestamp`);
  const start = facts.instant('context.session.started_at');
  if (at === undefined || start === undefined) return 'unclear';
  return at >= start ? 'yes' : 'no';
}

function credentialWithdrawn(facts: Facts): Certainty {
  const path = 'context.events.credential-change';
  const changed = hasHappened(facts, path);
  if (changed !== 'yes') return changed;
  const kinds = ['create', 'update', 'revoke', 'delete'];
  const kind = facts.readChoice(`${path}.change_type`, kinds);
  if (kind === undefined) return 'unclear';
  return kind === 'revoke' || kind === 'delete' ? 'yes' : 'no';
}
