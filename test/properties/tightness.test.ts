// In the scenarios `valid_until` is not early: the answer at that instant differs. Where it is early, one
// of two known reasons applies, which the case distinguishes. Each timed condition of the five policies
// decides once, in a request made for it.

import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import type { EvaluatedAnswer } from '@nhipol/language';
import { expect, test } from 'vitest';
import cases from '../scenarios/cases.json' with { type: 'json' };
import type { Json } from '../scenarios/facts.ts';
import type { ScenarioName } from '../scenarios/oracle.ts';
import { put } from '../scenarios/random-request.ts';
import { scenarios } from '../scenarios/requests.ts';
import { assemble } from '../support/modules/assembler.ts';
import { type Ask, evaluator, modules, toComparable } from '../support/modules/engines.ts';
import { examples, seed } from '../support/policies/property-policies.ts';

const byModule = await modules(
  examples.map(([, policy]) => policy),
  assemble,
);
const engines = new Map(
  examples.map(([name, policy], index): [string, readonly Ask[]] => [
    name,
    [evaluator(policy), byModule[index] ?? expect.fail('no module')],
  ]),
);

function getEngines(name: string): readonly Ask[] {
  return engines.get(name) ?? expect.fail(`no ${name}`);
}

const requests = 500;

function* generateRequests(name: ScenarioName): Iterable<Json> {
  const index = scenarios.findIndex((scenario) => scenario.name === name);
  for (const { id, request } of cases) if (id.startsWith(`S${index + 1}.`)) yield request as Json;
  for (let i = 0; i < requests; i += 1) yield scenarios[index]?.request(seed + i) as Json;
}

/**
 * The reason why an answer can be the same at its `valid_until`. The edge of a condition is that of its
 * three values, while a restricting rule fires on two of them; and a false `and` lasts until the latest
 * edge of the operands that make it false now, although another operand can make it false by then.
 */
function whyEarly(
  request: Json,
  before: EvaluatedAnswer,
  after: EvaluatedAnswer,
): string | undefined {
  if (!isDeepStrictEqual(before.reasonDetails, after.reasonDetails))
    return 'fires on another value';
  const { start = '', end = '' } =
    (request as { context?: { change?: { window?: { start?: string; end?: string } } } }).context
      ?.change?.window ?? {};
  return Date.parse(start) >= Date.parse(end) ? 'a window that ends before it starts' : undefined;
}

test.each(scenarios)('$name: the answer at `valid_until` differs', ({ name }) => {
  const seen = { tight: 0, early: 0 };
  for (const request of generateRequests(name)) {
    const text = JSON.stringify(request);
    for (const ask of getEngines(name)) {
      const before = ask(text);
      if (before.validUntil === undefined) continue;
      const after = ask(text, BigInt(before.validUntil));
      if (isDeepStrictEqual(toComparable(before), toComparable(after))) {
        seen.early += 1;
        expect(whyEarly(request, before, after), text).toBeDefined();
      } else seen.tight += 1;
    }
  }
  expect(seen.tight).toBeGreaterThan(requests);
  expect(seen.early).toBeLessThan(seen.tight / 20);
});

interface Row {
  readonly what: string;
  readonly scenario: ScenarioName;
  /** Changes to the baseline of the scenario, by JSON path. */
  readonly changes: Readonly<Record<string, Json>>;
  readonly before: string;
  readonly until: string;
  readonly after: string;
}

const expires = 'subject.properties.credential.expires_at';
const attested = 'subject.properties.attestation.observed_at';
const rotated = 'subject.properties.credential.last_rotated_at';
const observed = 'context.risk.observed_at';
const level = 'context.risk.level';
const sensitivity = 'resource.properties.sensitivity';
const started = 'context.session.started_at';
const fetched = 'context.federation.bundle_fetched_at';
const change = 'context.change';
const privilege = 'action.properties.privilege';

const rows: readonly Row[] = [
  {
    what: 'the credential expires',
    scenario: 'support-agent',
    changes: { [expires]: '2026-03-03T10:00:30.250Z' },
    before: 'permit because scope_confirmed',
    until: '2026-03-03T10:00:30.250Z',
    after: 'deny because credential_expired',
  },
  {
    what: 'the risk level goes stale',
    scenario: 'support-agent',
    changes: {},
    before: 'permit because scope_confirmed',
    until: '2026-03-03T10:04:00.001Z',
    after: 'narrow because risk_unknown',
  },
  {
    what: 'a medium risk level goes stale',
    scenario: 'support-agent',
    changes: { [level]: 'MEDIUM' },
    before: 'narrow because risk_medium',
    until: '2026-03-03T10:04:00.001Z',
    after: 'narrow because risk_unknown',
  },
  {
    what: 'a risk level from the future may be believed',
    scenario: 'support-agent',
    changes: { [observed]: '2026-03-03T10:02:00Z' },
    before: 'narrow because risk_unknown',
    until: '2026-03-03T10:01:00Z',
    after: 'permit because scope_confirmed',
  },
  {
    what: 'the attestation goes stale',
    scenario: 'support-agent',
    changes: { [sensitivity]: 'confidential' },
    before: 'permit because scope_confirmed',
    until: '2026-03-03T10:03:00.001Z',
    after: 'deny because attestation_required',
  },
  {
    what: 'an attestation from the future may be believed',
    scenario: 'support-agent',
    changes: { [sensitivity]: 'confidential', [attested]: '2026-03-03T10:02:00Z' },
    before: 'deny because attestation_required',
    until: '2026-03-03T10:01:00Z',
    after: 'permit because scope_confirmed',
  },
  {
    what: 'the change window ends',
    scenario: 'ci-deploy',
    changes: {},
    before: 'permit because approved_change_in_window',
    until: '2026-03-03T23:00:00Z',
    after: 'deny because outside_deployment_window',
  },
  {
    what: 'the change window begins',
    scenario: 'ci-deploy',
    changes: { 'context.time': '2026-03-03T21:00:00Z' },
    before: 'deny because outside_deployment_window',
    until: '2026-03-03T22:00:00Z',
    after: 'permit because approved_change_in_window',
  },
  {
    what: 'an emergency, and the change window begins',
    scenario: 'ci-deploy',
    changes: {
      'context.time': '2026-03-03T21:00:00Z',
      [`${change}.type`]: 'emergency',
      [`${change}.approvers`]: ['user:frank', 'user:gina'],
    },
    before: 'narrow because emergency_change',
    until: '2026-03-03T22:00:00Z',
    after: 'permit because approved_change_in_window',
  },
  {
    what: 'the token expires',
    scenario: 'ci-deploy',
    changes: { [expires]: '2026-03-03T22:30:00Z' },
    before: 'permit because approved_change_in_window',
    until: '2026-03-03T22:30:00Z',
    after: 'deny because credential_expired',
  },
  {
    what: 'a rotation is due',
    scenario: 'api-key',
    changes: {},
    before: 'permit because key_healthy',
    until: '2026-04-15T12:00:00.001Z',
    after: 'narrow because rotation_overdue',
  },
  {
    what: 'a rotation is a year overdue',
    scenario: 'api-key',
    changes: { [rotated]: '2025-10-01T00:00:00Z' },
    before: 'narrow because rotation_overdue',
    until: '2026-10-01T00:00:00.001Z',
    after: 'deny because credential_too_old',
  },
  {
    what: 'a rotation in the future may be believed',
    scenario: 'api-key',
    changes: { [rotated]: '2026-03-03T13:00:00Z' },
    before: 'deny because credential_too_old',
    until: '2026-03-03T12:59:00Z',
    after: 'permit because key_healthy',
  },
  {
    what: 'the SVID expires',
    scenario: 'federated-workload',
    changes: { [expires]: '2026-03-03T09:02:00Z' },
    before: 'permit because environment_move_allowed',
    until: '2026-03-03T09:02:00Z',
    after: 'deny because credential_expired',
  },
  {
    what: 'abroad an attestation goes stale',
    scenario: 'federated-workload',
    changes: {},
    before: 'permit because environment_move_allowed',
    until: '2026-03-03T09:03:00.001Z',
    after: 'deny because attestation_stale',
  },
  {
    what: 'at home an attestation goes stale',
    scenario: 'federated-workload',
    changes: {
      'resource.properties.trust_domain': 'staging.acme.example',
      [attested]: '2026-03-03T08:20:00Z',
    },
    before: 'permit because same_environment',
    until: '2026-03-03T09:20:00.001Z',
    after: 'deny because attestation_stale',
  },
  {
    what: 'an attestation from the future may be believed',
    scenario: 'federated-workload',
    changes: { [attested]: '2026-03-03T09:02:00Z' },
    before: 'deny because attestation_stale',
    until: '2026-03-03T09:01:00Z',
    after: 'permit because environment_move_allowed',
  },
  {
    what: 'a bundle goes stale',
    scenario: 'federated-workload',
    changes: { [fetched]: '2026-03-03T08:02:00Z' },
    before: 'permit because environment_move_allowed',
    until: '2026-03-03T09:02:00.001Z',
    after: 'deny because bundle_stale',
  },
  {
    what: 'a bundle from the future may be believed',
    scenario: 'federated-workload',
    changes: { [fetched]: '2026-03-03T09:02:30Z' },
    before: 'deny because bundle_stale',
    until: '2026-03-03T09:01:30Z',
    after: 'permit because environment_move_allowed',
  },
  {
    what: 'the credential expires',
    scenario: 'admin-bot',
    changes: { [expires]: '2026-03-03T15:02:00Z' },
    before: 'permit because session_trusted',
    until: '2026-03-03T15:02:00Z',
    after: 'deny because credential_expired',
  },
  {
    what: 'the risk level goes stale',
    scenario: 'admin-bot',
    changes: {},
    before: 'permit because session_trusted',
    until: '2026-03-03T15:04:00.001Z',
    after: 'deny because risk_unknown',
  },
  {
    what: 'for a read the risk level goes stale',
    scenario: 'admin-bot',
    changes: { [privilege]: 'read' },
    before: 'permit because session_trusted',
    until: '2026-03-03T15:04:00.001Z',
    after: 'narrow because risk_unknown',
  },
  {
    what: 'a risk level from the future may be believed',
    scenario: 'admin-bot',
    changes: { [observed]: '2026-03-03T15:05:00Z' },
    before: 'deny because risk_unknown',
    until: '2026-03-03T15:04:00Z',
    after: 'permit because session_trusted',
  },
  {
    what: 'the session is an hour old',
    scenario: 'admin-bot',
    changes: { [started]: '2026-03-03T14:02:00Z' },
    before: 'permit because session_trusted',
    until: '2026-03-03T15:02:00.001Z',
    after: 'challenge because session_too_old',
  },
  {
    what: 'a session from the future may be believed',
    scenario: 'admin-bot',
    changes: { [started]: '2026-03-03T15:02:00Z' },
    before: 'challenge because session_too_old',
    until: '2026-03-03T15:01:00Z',
    after: 'permit because session_trusted',
  },
];

test.each(rows)('$scenario: $what at $until', ({ scenario, changes, before, until, after }) => {
  const fixture = `../../examples/${scenario}/fixtures/baseline.json`;
  const baseline = JSON.parse(readFileSync(new URL(fixture, import.meta.url), 'utf8')) as Json;
  const request = Object.entries(changes).reduce(
    (changed, [path, value]) => put(changed, path.split('.'), value),
    baseline,
  );
  const text = JSON.stringify(request);
  const instant = Date.parse(until);
  for (const ask of getEngines(scenario)) {
    const answer = ask(text);
    expect({ answer: summary(answer), until: answer.validUntil }).toEqual({
      answer: before,
      until: instant,
    });
    expect(toComparable(ask(text, BigInt(instant - 1)))).toEqual(toComparable(answer));
    expect(summary(ask(text, BigInt(instant)))).toBe(after);
  }
});

function summary({ effect, reasons }: EvaluatedAnswer): string {
  return `${effect} because ${reasons.join()}`;
}
