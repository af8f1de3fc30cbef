// A CI job that reads secrets: its table, row by row.

import type { Facts } from '../facts.ts';
import { credentialExpired, credentialExposed, oracle, type Row, sessionRevoked } from './table.ts';

export const ciDeploy = oracle({
  subject: 'ci_job',
  schema: {
    members: {
      'subject.properties.interactive': 'flag',
      'subject.properties.credential.expires_at': 'instant',
      'subject.properties.credential.exposed': 'flag',
      'subject.properties.ci.ref': 'text',
      'subject.properties.ci.ref_protected': 'flag',
      'subject.properties.ci.event_name': 'text',
      'subject.properties.ci.environment': 'text',
      'subject.properties.ci.workflow_ref': 'text',
      'resource.properties.service': 'text',
      'context.time': 'instant',
      'context.behavior.calls_per_min': 'count',
      'context.change.status': 'text',
      'context.change.type': 'text',
      'context.change.service': 'text',
      'context.change.requester': 'text',
      'context.change.approvers': 'texts',
      'context.change.window.start': 'instant',
      'context.change.window.end': 'instant',
      'context.change.artifact_digest': 'text',
      'context.deployment.artifact_digest': 'text',
      'context.events.session-revoked': 'object',
    },
    required: ['context.time', 'subject.properties.credential.expires_at'],
  },
  revokes: (facts) => [sessionRevoked(facts), credentialExposed(facts)],
  rest: (facts) => {
    const triggeredBy = facts.text('subject.properties.ci.event_name');
    const calls = facts.count('context.behavior.calls_per_min');
    const trusted =
      facts.text('subject.properties.ci.ref') === 'refs/heads/main' &&
      facts.flag('subject.properties.ci.ref_protected') === true &&
      triggeredBy !== undefined &&
      !['pull_request', 'pull_request_target'].includes(triggeredBy) &&
      facts.text('subject.properties.ci.workflow_ref') ===
        'acme/payments/.github/workflows/deploy.yml@refs/heads/main';
    const environment = facts.text('subject.properties.ci.environment');
    const interactive = facts.flag('subject.properties.interactive');
    const ticket = facts.state('context.change') === 'present';
    return [
      credentialExpired(facts),
      ['deny', 'action_not_allowed', facts.text('action.name') !== 'secrets.read'],
      ['deny', 'untrusted_workflow', !trusted],
      ['deny', 'environment_mismatch', environment !== 'production'],
      ['deny', 'human_use_of_nhi', interactive !== false],
      ['deny', 'rate_exceeded', calls === undefined || calls > 30],
      ['deny', 'change_missing', !ticket],
      ...(ticket ? underTicket(facts) : []),
      ['permit', 'approved_change_in_window', true],
    ];
  },
});

function underTicket(facts: Facts): readonly Row[] {
  const same = (first: string, second: string) =>
    facts.text(first) !== undefined && facts.text(first) === facts.text(second);
  const now = facts.now ?? 0;
  const start = facts.instant('context.change.window.start');
  const end = facts.instant('context.change.window.end');
  const inside = start !== undefined && end !== undefined && start <= now && now < end;
  const requester = facts.text('context.change.requester');
  const others = (facts.texts('context.change.approvers') ?? []).filter((one) => one !== requester);
  const emergency =
    facts.text('context.change.type') === 'emergency' &&
    requester !== undefined &&
    others.length >= 2;
  return [
    ['deny', 'change_not_approved', facts.text('context.change.status') !== 'approved'],
    [
      'deny',
      'change_scope_mismatch',
      !same('context.change.service', 'resource.properties.service'),
    ],
    [
      'deny',
      'artifact_mismatch',
      !same('context.change.artifact_digest', 'context.deployment.artifact_digest'),
    ],
    ['narrow', 'emergency_change', !inside && emergency],
    ['deny', 'outside_deployment_window', !inside && !emergency],
  ];
}
