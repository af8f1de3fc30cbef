// A workload across trust domains: its table, row by row.

import type { Facts } from '../facts.ts';
import { credentialExpired, oracle, type Row, revoke, sessionRevoked } from './table.ts';

export const federatedWorkload = oracle({
  subject: 'workload',
  schema: {
    members: {
      'subject.properties.spiffe_id': 'text',
      'subject.properties.active_environments': 'texts',
      'subject.properties.attestation.status': 'text',
      'subject.properties.attestation.observed_at': 'instant',
      'subject.properties.attestation.measurement': 'text',
      'subject.properties.credential.issued_at': 'instant',
      'subject.properties.credential.expires_at': 'instant',
      'resource.properties.trust_domain': 'text',
      'context.time': 'instant',
      'context.session.baseline.measurement': 'text',
      'context.federation.bundle_fetched_at': 'instant',
      'context.events.session-revoked': 'object',
    },
    required: [
      'context.time',
      'subject.properties.credential.issued_at',
      'subject.properties.credential.expires_at',
    ],
  },
  revokes: (facts) => {
    const named = facts.spiffeId('subject.properties.spiffe_id') !== undefined;
    const refuted = facts.text('subject.properties.attestation.status') === 'contraindicated';
    return [
      sessionRevoked(facts),
      revoke('attestation_contraindicated', named && refuted ? 'yes' : 'no'),
    ];
  },
  rest: (facts) => {
    const id = facts.spiffeId('subject.properties.spiffe_id');
    return id === undefined
      ? [['deny', 'invalid_spiffe_id', true]]
      : judgeWorkload(facts, id.split('/')[2] ?? '');
  },
});

function judgeWorkload(facts: Facts, own: string): readonly Row[] {
  const attestation = 'subject.properties.attestation';
  const other = facts.text('resource.properties.trust_domain');
  const crossing = other !== own;
  const inMap = own === 'staging.acme.example' && other === 'prod.acme.example';
  const measurement = facts.text(`${attestation}.measurement`);
  const status = facts.readChoice(`${attestation}.status`, [
    'affirming',
    'warning',
    'contraindicated',
  ]);
  const credential = (name: string) => facts.instant(`subject.properties.credential.${name}`) ?? 0;
  const lifetime = credential('expires_at') - credential('issued_at');
  const environments = facts.texts('subject.properties.active_environments') ?? [];
  return [
    credentialExpired(facts),
    [
      'deny',
      'posture_drift',
      measurement === undefined ||
        measurement !== facts.text('context.session.baseline.measurement'),
    ],
    ['deny', 'identity_reused_across_environments', environments.length > 1],
    [
      'deny',
      'attestation_stale',
      status === undefined || facts.isOlder(crossing ? 300 : 3600, `${attestation}.observed_at`),
    ],
    ['deny', 'federation_not_allowed', crossing && !inMap],
    ['deny', 'action_not_federated', inMap && facts.text('action.name') !== 'queue.publish'],
    [
      'deny',
      'bundle_stale',
      crossing && facts.isOlder(3600, 'context.federation.bundle_fetched_at'),
    ],
    ['deny', 'svid_lifetime_too_long', crossing && lifetime > 3_600_000],
    ['narrow', 'attestation_warning', status === 'warning'],
    ['permit', crossing ? 'environment_move_allowed' : 'same_environment', true],
  ];
}
