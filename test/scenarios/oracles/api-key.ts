// An API key and its anomalies: its table, row by row.

import type { Facts } from '../facts.ts';
import {
  type Certainty,
  credentialExposed,
  type Effect,
  identityNotActive,
  oracle,
  type Row,
  readPrivilege,
  sessionRevoked,
} from './table.ts';

const day = 86_400_000;

export const apiKey = oracle({
  subject: 'api_client',
  schema: {
    members: {
      'subject.properties.spiffe_id': 'text',
      'subject.properties.lifecycle_state': 'text',
      'subject.properties.credential.last_rotated_at': 'instant',
      'subject.properties.credential.exposed': 'flag',
      'subject.properties.credential.scopes': 'texts',
      'subject.properties.credential.bound_workload': 'text',
      'action.properties.privilege': 'text',
      'context.time': 'instant',
      'context.session.baseline.countries': 'texts',
      'context.network.country': 'text',
      'context.network.geo_velocity_kmh': 'count',
      'context.behavior.escalation_attempts_15m': 'count',
      'context.events.session-revoked': 'object',
    },
    required: ['context.time', 'subject.properties.credential.last_rotated_at'],
  },
  revokes: (facts) => [
    sessionRevoked(facts),
    credentialExposed(facts),
    ...anomalies(facts).filter(([effect]) => effect === 'revoke'),
  ],
  rest: (facts) => {
    const scopes = facts.texts('subject.properties.credential.scopes') ?? [];
    const rotated = facts.instant('subject.properties.credential.last_rotated_at') ?? 0;
    const age = (facts.now ?? 0) - rotated;
    const reads = readPrivilege(facts) === 'read';
    return [
      ...anomalies(facts).filter(([effect]) => effect !== 'revoke'),
      identityNotActive(facts),
      ['deny', 'insufficient_scope', !scopes.includes(facts.text('action.name') ?? '')],
      ['deny', 'credential_too_old', age > 365 * day || age < -60_000],
      [reads ? 'narrow' : 'deny', 'rotation_overdue', age > 90 * day && age <= 365 * day],
      ['permit', 'key_healthy', true],
    ];
  },
});

function anomalies(facts: Facts): readonly Row[] {
  const counted = [
    { reason: 'anomaly_geo', weight: 1, is: unusualPlace(facts) },
    { reason: 'anomaly_workload_mismatch', weight: 2, is: otherWorkload(facts) },
    { reason: 'anomaly_privilege_escalation', weight: 2, is: escalation(facts) },
  ];
  const certain = counted.filter(({ is }) => is === 'yes');
  const possible = counted.filter(({ is }) => is !== 'no');
  const sum = (list: typeof counted) => list.reduce((total, { weight }) => total + weight, 0);
  const rows = (effect: Effect, list: typeof counted) =>
    list.map(({ reason }): Row => [effect, reason, true]);
  if (sum(certain) >= 4) return rows('revoke', certain);
  if (sum(possible) >= 2) return rows('deny', possible);
  return rows(readPrivilege(facts) === 'read' ? 'narrow' : 'deny', possible);
}

function disjoin(...parts: readonly Certainty[]): Certainty {
  return parts.includes('yes') ? 'yes' : parts.includes('unclear') ? 'unclear' : 'no';
}

function unusualPlace(facts: Facts): Certainty {
  const country = facts.text('context.network.country');
  const baseline = facts.texts('context.session.baseline.countries');
  const speed = facts.count('context.network.geo_velocity_kmh');
  const place =
    facts.state('context.network.country') === 'absent'
      ? 'yes'
      : country === undefined || baseline === undefined
        ? 'unclear'
        : baseline.includes(country)
          ? 'no'
          : 'yes';
  return disjoin(place, speed === undefined ? 'unclear' : speed > 900 ? 'yes' : 'no');
}

function otherWorkload(facts: Facts): Certainty {
  const [presented, bound] = [
    'subject.properties.spiffe_id',
    'subject.properties.credential.bound_workload',
  ].map((path) => ({ id: facts.spiffeId(path), isReadable: facts.state(path) !== 'faulty' }));
  const nameless = [presented, bound].some((one) => one?.isReadable && one.id === undefined);
  if (nameless) return 'yes';
  if (presented?.id === undefined || bound?.id === undefined) return 'unclear';
  return presented.id === bound.id ? 'no' : 'yes';
}

function escalation(facts: Facts): Certainty {
  const attempts = facts.count('context.behavior.escalation_attempts_15m');
  return attempts === undefined ? 'unclear' : attempts >= 1 ? 'yes' : 'no';
}
