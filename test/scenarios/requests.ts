// The five scenarios: the path of each policy, and a generator of requests that exercise every row of its table.
// Instants are near the boundaries that the rows name.

import { readFileSync } from 'node:fs';
import type { Json, Kind } from './facts.ts';
import type { ScenarioName } from './oracle.ts';
import { type Choice, put, type Recipe, randomRequest } from './random-request.ts';

export interface Scenario {
  readonly name: ScenarioName;
  /** From the repository's root. */
  readonly policy: string;
  /** The same seed gives the same request. */
  readonly request: (seed: number) => Json;
}

const root = new URL('../../', import.meta.url);

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** Milliseconds before (or, if negative, after) an instant. */
function ago(at: string, ...distances: readonly number[]): readonly string[] {
  return distances.map((distance) => new Date(Date.parse(at) - distance).toISOString());
}

/** Just inside and just outside of a limit, of the clock skew, and far away. */
function aged(at: string, ...limits: readonly number[]): readonly string[] {
  const edges = limits.flatMap((limit) => [limit - 1, limit, limit + 1]);
  return ago(at, 0, -minute, -minute - 1, -hour, ...edges, 400 * day);
}

function expiring(at: string): readonly string[] {
  return ago(at, -1, 0, 1, -hour, hour, 400 * day);
}

/** The same instant in other notations, and a little later. */
function listSpellings(at: string): readonly string[] {
  const shifted = new Date(Date.parse(at) + 5.5 * hour).toISOString().replace('Z', '+05:30');
  const [later = ''] = ago(at, -second);
  return [at, shifted, at.replace(':00Z', 'Z'), at.replace('Z', '.0009Z'), later];
}

function choice(kind: Kind) {
  return (path: string, ...values: readonly Json[]): Choice => ({
    path: inRequest(path),
    kind,
    values,
  });
}

/** `subject.owner` is `subject.properties.owner` in JSON. */
function inRequest(path: string): string {
  const [first = '', second = ''] = path.split('.');
  const own = first === 'context' || ['type', 'id', 'name'].includes(second);
  return own ? path : path.replace('.', '.properties.');
}

function variant(baseline: Json, changes: Readonly<Record<string, Json>>): Json {
  return Object.entries(changes).reduce(
    (request, [path, value]) => put(request, inRequest(path).split('.'), value),
    baseline,
  );
}

const text = choice('text');
const flag = choice('flag');
const count = choice('count');
const instant = choice('instant');
const texts = choice('texts');
const object = choice('object');

const riskLevels = ['LOW', 'MEDIUM', 'HIGH', 'low', 'SEVERE'];
const privileges = ['read', 'write', 'admin', 'root', ''];
const lifecycle = text(
  'subject.lifecycle_state',
  'active',
  'suspended',
  'decommissioned',
  'Active',
);
const exposed = flag('subject.credential.exposed', true, false);
const sessionRevoked = object(
  'context.events.session-revoked',
  {},
  { event_timestamp: 1_772_540_000 },
);
const who = [
  text('subject.type', 'ai_agent', 'ci_job', 'api_client', 'workload', 'service_account', 'user'),
  text('subject.id', 'someone-else'),
  text('resource.type', 'something_else'),
];

const recipes: Readonly<Record<ScenarioName, (baseline: Json) => Recipe>> = {
  'support-agent': (baseline) => {
    const now = '2026-03-03T10:00:00Z';
    const scopes = [
      [],
      ['crm.read'],
      ['crm.export'],
      ['crm.read', 'crm.export', 'crm.write', 'kb.search'],
    ];
    return {
      baselines: [
        baseline,
        variant(baseline, { 'resource.sensitivity': 'confidential' }),
        variant(baseline, { 'context.risk.level': 'MEDIUM' }),
        variant(baseline, { 'action.tool.name': 'crm.export_all' }),
      ],
      choices: [
        ...who,
        text('action.name', 'tools/list'),
        lifecycle,
        exposed,
        sessionRevoked,
        text('subject.attestation.status', 'affirming', 'warning', 'contraindicated', 'none', 'ok'),
        instant('subject.attestation.observed_at', ...aged(now, 5 * minute)),
        instant('subject.credential.expires_at', ...expiring(now)),
        texts('subject.credential.audience', [], ['https://mcp.hr.acme.example']),
        texts('subject.credential.scopes', ...scopes),
        texts('subject.on_behalf_of.scopes', ...scopes),
        {
          path: 'subject.properties.actor_chain',
          kind: 'objects',
          values: [[], [{}, {}, {}], [{}, {}, {}, {}]],
        },
        text('action.tool.server', 'https://mcp.hr.acme.example', 'https://mcp.crm.acme.example'),
        text(
          'action.tool.name',
          'crm.export_all',
          'crm.update_customer',
          'kb.search',
          'shell.exec',
          'toString',
        ),
        text('action.tool.name', 'crm.export_all', 'crm.update_customer'),
        text('action.privilege', ...privileges),
        texts('action.required_scopes', []),
        text('resource.sensitivity', 'public', 'internal', 'confidential', 'restricted', 'secret'),
        text('resource.sensitivity', 'confidential'),
        instant('context.time', ...listSpellings(now)),
        text('context.risk.level', ...riskLevels),
        text('context.risk.level', 'MEDIUM', 'HIGH'),
        instant('context.risk.observed_at', ...aged(now, 5 * minute)),
        texts('context.session.approved_scopes', ...scopes),
        texts('context.session.requestable_scopes', ...scopes),
      ],
    };
  },
  'ci-deploy': (baseline) => {
    const now = '2026-03-03T22:15:00Z';
    const window = ['2026-03-03T22:00:00Z', '2026-03-03T23:00:00Z'];
    return {
      baselines: [
        baseline,
        variant(baseline, {
          'context.time': '2026-03-04T03:00:00Z',
          'context.change.type': 'emergency',
          'context.change.approvers': ['user:frank', 'user:gina'],
        }),
      ],
      choices: [
        ...who,
        text('action.name', 'secrets.write', 'secrets.read', 'Secrets.Read'),
        exposed,
        sessionRevoked,
        flag('subject.interactive', true, false),
        instant('subject.credential.expires_at', ...expiring(now)),
        text('subject.ci.ref', 'refs/heads/main', 'refs/heads/dev', 'refs/tags/main'),
        flag('subject.ci.ref_protected', true, false),
        text(
          'subject.ci.event_name',
          'push',
          'pull_request',
          'pull_request_target',
          'schedule',
          '',
        ),
        text('subject.ci.environment', 'production', 'staging'),
        text(
          'subject.ci.workflow_ref',
          'acme/payments/.github/workflows/deploy.yml@refs/heads/dev',
        ),
        text('resource.service', 'payments', 'ledger'),
        instant(
          'context.time',
          ...listSpellings(now),
          ...window.flatMap((edge) => ago(edge, -1, 0, 1)),
        ),
        instant('context.time', '2026-03-03T21:59:59Z', '2026-03-04T03:00:00Z'),
        count('context.behavior.calls_per_min', 0, 30, 31, 45, -1, 1e30),
        object('context.change', {}),
        text('context.change.status', 'approved', 'pending', 'rejected', 'closed', 'Approved'),
        text('context.change.type', 'standard', 'normal', 'emergency', 'urgent'),
        text('context.change.type', 'emergency'),
        text('context.change.service', 'payments', 'ledger'),
        text('context.change.requester', 'user:erin', 'user:frank', 'user:gina'),
        texts(
          'context.change.approvers',
          [],
          ['user:frank', 'user:gina'],
          ['user:frank', 'user:frank'],
          ['user:erin', 'user:frank'],
        ),
        texts('context.change.approvers', ['user:frank', 'user:gina']),
        instant('context.change.window.start', ...ago(now, -1, 0, 1, hour)),
        instant('context.change.window.end', ...ago(now, -1, 0, 1, -hour)),
        text('context.change.artifact_digest', 'sha256:aa11', 'sha256:bb22'),
        text('context.deployment.artifact_digest', 'sha256:aa11', 'sha256:bb22'),
      ],
    };
  },
  'api-key': (baseline) => {
    const now = '2026-03-03T12:00:00Z';
    const ids = [
      'spiffe://acme.example/ns/billing/sa/exporter',
      'spiffe://acme.example/ns/sandbox/sa/notebook',
      'spiffe://ACME.example/ns/billing/sa/exporter',
      'billing-exporter',
    ];
    return {
      baselines: [baseline, variant(baseline, { 'context.network.country': 'BR' })],
      choices: [
        ...who,
        text('action.name', 'invoices.write', 'invoices.delete'),
        lifecycle,
        exposed,
        sessionRevoked,
        text('subject.spiffe_id', ...ids),
        text('subject.credential.bound_workload', ...ids),
        instant('subject.credential.last_rotated_at', ...aged(now, 90 * day, 365 * day)),
        instant('subject.credential.last_rotated_at', ...aged(now, 90 * day, 365 * day)),
        texts('subject.credential.scopes', [], ['invoices.write'], ['invoices.read']),
        text('action.privilege', ...privileges),
        instant('context.time', ...listSpellings(now)),
        texts('context.session.baseline.countries', [], ['BR'], ['DE', 'DE']),
        text('context.network.country', 'DE', 'NL', 'BR', 'de', ''),
        count('context.network.geo_velocity_kmh', 0, 900, 901, 5000, 1e30),
        count('context.behavior.escalation_attempts_15m', 0, 1, 3, -1, 1e30),
        count('context.behavior.escalation_attempts_15m', 1, 2),
      ],
    };
  },
  'federated-workload': (baseline) => {
    const now = '2026-03-03T09:00:00Z';
    return {
      baselines: [
        baseline,
        variant(baseline, { 'resource.trust_domain': 'staging.acme.example' }),
        variant(baseline, { 'subject.attestation.status': 'warning' }),
      ],
      choices: [
        ...who,
        text('action.name', 'queue.delete', 'queue.publish'),
        sessionRevoked,
        text(
          'subject.spiffe_id',
          'spiffe://prod.acme.example/ns/etl/sa/loader',
          'spiffe://dev.acme.example/ns/etl/sa/loader',
          'spiffe://staging.acme.example',
          'spiffe://staging.acme.example/ns/etl/sa%2Floader',
          'spiffe://staging.acme.example/ns//loader',
          'spiffe://staging.acme.example/ns/../loader',
          'spiffe://staging.acme.example/ns/',
          'spiffe://staging.acme.example:8443/ns',
          'spiffe://Staging.acme.example/ns',
          'SPIFFE://staging.acme.example/ns',
          'spiffe://',
          '',
        ),
        texts(
          'subject.active_environments',
          [],
          ['prod'],
          ['staging', 'staging'],
          ['staging', 'prod'],
        ),
        text('subject.attestation.status', 'affirming', 'warning', 'contraindicated', 'none', 'ok'),
        text('subject.attestation.status', 'warning', 'contraindicated'),
        instant('subject.attestation.observed_at', ...aged(now, 5 * minute, hour)),
        text('subject.attestation.measurement', 'sha256:m1', 'sha256:m2'),
        instant(
          'subject.credential.issued_at',
          ...ago(now, 30 * minute - 1, 30 * minute, 30 * minute + 1, day),
        ),
        instant('subject.credential.expires_at', ...expiring(now)),
        text(
          'resource.trust_domain',
          'prod.acme.example',
          'staging.acme.example',
          'Prod.acme.example',
          '',
        ),
        text('resource.trust_domain', 'staging.acme.example'),
        instant('context.time', ...listSpellings(now)),
        text('context.session.baseline.measurement', 'sha256:m1', 'sha256:m2'),
        instant('context.federation.bundle_fetched_at', ...aged(now, hour)),
      ],
    };
  },
  'admin-bot': (baseline) => {
    const now = '2026-03-03T15:00:00Z';
    const started = Date.parse('2026-03-03T14:40:00Z') / second;
    return {
      baselines: [
        baseline,
        variant(baseline, { 'action.privilege': 'read' }),
        variant(baseline, { 'context.events.session-revoked': { event_timestamp: started - 60 } }),
      ],
      choices: [
        ...who,
        text('action.name', 'iam.role.get'),
        text('action.privilege', ...privileges),
        text('action.privilege', 'read', 'write'),
        exposed,
        text('subject.credential.binding', 'none', 'mtls', 'dpop', 'wit', 'tls'),
        instant('subject.credential.expires_at', ...expiring(now)),
        instant('context.time', ...listSpellings(now)),
        instant('context.session.started_at', ...aged(now, hour)),
        text('context.risk.level', ...riskLevels),
        text('context.risk.level', 'MEDIUM'),
        instant('context.risk.observed_at', ...aged(now, 5 * minute)),
        text('context.change.status', 'approved', 'pending', 'rejected', 'closed', 'waived'),
        text('context.change.requester', 'user:erin', 'user:frank'),
        texts('context.change.approvers', [], ['user:erin'], ['user:erin', 'user:frank']),
        count('context.behavior.admin_actions_15m', 0, 5, 6, 1e30),
        object('context.events.session-revoked', {}),
        {
          path: 'context.events.session-revoked.event_timestamp',
          kind: 'seconds',
          values: [started - 1, started - 0.5, started, started + 0.5, started + 1, 1e30, -1],
        },
        object('context.events.credential-change', {}, { credential_type: 'x509' }),
        text(
          'context.events.credential-change.change_type',
          'create',
          'update',
          'revoke',
          'delete',
          'rotate',
        ),
        object('context.events.assurance-level-change', {}),
        text(
          'context.events.assurance-level-change.change_direction',
          'increase',
          'decrease',
          'same',
        ),
      ],
    };
  },
};

function scenario(name: ScenarioName): Scenario {
  const fixture = new URL(`examples/${name}/fixtures/baseline.json`, root);
  const recipe = recipes[name](JSON.parse(readFileSync(fixture, 'utf8')) as Json);
  return {
    name,
    policy: `examples/${name}/policy.nhipol`,
    request: (seed) => randomRequest(recipe, seed),
  };
}

export const scenarios: readonly Scenario[] = [
  'support-agent',
  'ci-deploy',
  'api-key',
  'federated-workload',
  'admin-bot',
].map((name) => scenario(name as ScenarioName));
