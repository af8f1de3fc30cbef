// An AI agent that calls tools: its table, row by row.

import type { Facts } from '../facts.ts';
import {
  credentialExpired,
  credentialExposed,
  freshRisk,
  identityNotActive,
  oracle,
  type Row,
  readPrivilege,
  riskHigh,
  sessionRevoked,
} from './table.ts';

const sensitivities = ['public', 'internal', 'confidential', 'restricted'];

const within = (part: readonly string[], whole: readonly string[]) =>
  part.every((each) => whole.includes(each));

const catalogue: Readonly<Record<string, readonly string[]>> = {
  'crm.get_customer': ['crm.read'],
  'crm.export_all': ['crm.export'],
  'crm.update_customer': ['crm.write'],
  'kb.search': ['kb.search'],
};

export const supportAgent = oracle({
  subject: 'ai_agent',
  action: 'tools/call',
  schema: {
    members: {
      'subject.properties.lifecycle_state': 'text',
      'subject.properties.attestation.status': 'text',
      'subject.properties.attestation.observed_at': 'instant',
      'subject.properties.credential.expires_at': 'instant',
      'subject.properties.credential.exposed': 'flag',
      'subject.properties.credential.audience': 'texts',
      'subject.properties.credential.scopes': 'texts',
      'subject.properties.on_behalf_of.scopes': 'texts',
      'subject.properties.actor_chain': 'objects',
      'action.properties.tool.server': 'text',
      'action.properties.tool.name': 'text',
      'action.properties.privilege': 'text',
      'resource.properties.sensitivity': 'text',
      'context.time': 'instant',
      'context.risk.level': 'text',
      'context.risk.observed_at': 'instant',
      'context.session.approved_scopes': 'texts',
      'context.session.requestable_scopes': 'texts',
      'context.events.session-revoked': 'object',
    },
    required: ['context.time', 'subject.properties.credential.expires_at'],
  },
  revokes: (facts) => [sessionRevoked(facts), riskHigh(facts), credentialExposed(facts)],
  rest: (facts) => {
    const tool = facts.text('action.properties.tool.name');
    const required =
      tool !== undefined && Object.hasOwn(catalogue, tool) ? catalogue[tool] : undefined;
    const server = facts.text('action.properties.tool.server');
    const audience = facts.texts('subject.properties.credential.audience') ?? [];
    return [
      identityNotActive(facts),
      credentialExpired(facts),
      ['deny', 'audience_mismatch', server === undefined || !audience.includes(server)],
      ['deny', 'unknown_tool', required === undefined],
      ...(required === undefined ? [] : judgeTool(facts, required)),
    ];
  },
});

function judgeTool(facts: Facts, required: readonly string[]): readonly Row[] {
  const approved = facts.texts('context.session.approved_scopes') ?? [];
  const grantable = [...approved, ...(facts.texts('context.session.requestable_scopes') ?? [])];
  const ofCredential = facts.texts('subject.properties.credential.scopes') ?? [];
  const ofPrincipal = facts.texts('subject.properties.on_behalf_of.scopes') ?? [];
  const sensitivity = facts.readChoice('resource.properties.sensitivity', sensitivities);
  const attested =
    facts.text('subject.properties.attestation.status') === 'affirming' &&
    !facts.isOlder(300, 'subject.properties.attestation.observed_at');
  const reads = readPrivilege(facts) === 'read';
  const harmless = sensitivity === 'public' || sensitivity === 'internal';
  const risk = freshRisk(facts);
  return [
    ['deny', 'delegation_too_deep', (facts.length('subject.properties.actor_chain') ?? 0) > 3],
    ['deny', 'principal_lacks_scope', !within(required, ofPrincipal)],
    ['challenge', 'scope_not_approved', !within(required, approved) && within(required, grantable)],
    ['deny', 'scope_not_grantable', !within(required, grantable)],
    ['deny', 'insufficient_scope', within(required, approved) && !within(required, ofCredential)],
    [
      'deny',
      'sensitivity_exceeds_clearance',
      sensitivity === undefined || sensitivity === 'restricted',
    ],
    // An unknown sensitivity may be confidential.
    [
      'deny',
      'attestation_required',
      (sensitivity === undefined || sensitivity === 'confidential') && !attested,
    ],
    [reads && harmless ? 'narrow' : 'deny', 'risk_unknown', risk === undefined],
    [reads ? 'narrow' : 'deny', 'risk_medium', risk === 'MEDIUM'],
    ['permit', 'scope_confirmed', true],
  ];
}
