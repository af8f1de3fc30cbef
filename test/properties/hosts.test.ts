// Random inputs of sessions, also those that a policy refuses: evaluator and module refuse the same, and give the same
// answers, also in a session that a refused input has ended.

import { compile } from '@nhipol/compiler';
import { load } from '@nhipol/runtime';
import {
  createComparingHost,
  createEvaluatorHost,
  createModuleHost,
  type Host,
  HostsDisagree,
} from '@nhipol/testing/replay';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { JsonMembers, RequestChange } from '../../assurance/testing/generate/request-parts.ts';
import { runs } from '../support/budget.ts';
import { checkPolicy } from '../support/checking.ts';
import { assembleQuickly } from '../support/modules/assembler.ts';
import { seed } from '../support/policies/property-policies.ts';

const text = `policy hosts
subject agent { owner?: String }
action read { path?: String }
action write {}
resource file { owner?: String }
context { time: Timestamp, level?: Int, zone?: String }
signals { leaked: { by?: String } }
for agent {
  revoke leak when once(signal "leaked") because "it has leaked"
  revoke high when context.level > 90
}
for agent doing read on file {
  permit reads when context.zone is not "bad"
  deny often when count(refused, within 1h) > 5
}
for agent doing write on file {
  permit owns when resource.owner is subject.owner
}
`;
const policy = checkPolicy(text);
const { wasm } = await compile(policy, assembleQuickly, { sessions: true });

const context = fc.record<JsonMembers>(
  {
    level: fc.constantFrom(1, 91, 'high', null),
    zone: fc.constantFrom('ok', 'bad', 7, null),
  },
  { requiredKeys: [] },
);
const action = fc.constantFrom<JsonMembers>(
  { name: 'read' },
  { name: 'read', properties: { path: 1 } },
  { name: 'write' },
  { name: 'other' },
  {},
);
const resource = fc.constantFrom<JsonMembers>(
  { type: 'file', id: 'f' },
  { type: 'file', id: 'f', properties: { owner: 'o' } },
  { type: 'file', id: 'f', properties: { owner: 2 } },
  { type: 'disk', id: 'd' },
);
const parts = fc.record<JsonMembers>({ action, resource, context }, { requiredKeys: [] });
const given = { type: 'agent', id: 'a', properties: { owner: 'o' } };
const subject = fc.constantFrom<JsonMembers>({}, { subject: given });

type Input = (host: Host, now: bigint) => unknown;
const input: fc.Arbitrary<Input> = fc.oneof(
  parts.map((query) => (host: Host, now: bigint) => host.decide('s', query, now)),
  fc.constant((host: Host, now: bigint) => host.judge('s', now)),
  fc
    .record({ rest: parts, subject, isWhole: fc.boolean() })
    .map(({ rest, subject: own, isWhole }): Input => {
      // A change of a part leaves its type or name as it is.
      const part = isWhole ? { ...own, ...rest } : { context: rest.context ?? {} };
      const replaced = isWhole ? (Object.keys(part) as RequestChange['replaced']) : [];
      return (host, now) => host.change('s', { part, replaced }, now);
    }),
  fc.constantFrom<JsonMembers>({}, { by: 'x' }, { by: 1 }).map(
    (payload): Input =>
      (host, now) =>
        host.record('s', { name: 'leaked', payload, time: undefined }, now),
  ),
);

test('both engines answer the same after any inputs, also refused ones', () => {
  fc.assert(
    fc.property(parts, fc.array(input, { maxLength: 12 }), (rest, inputs) => {
      const host = createComparingHost(createEvaluatorHost(policy), createModuleHost(load(wasm)));
      if (host.open('s', { subject: given, ...rest }, 1_000n) !== undefined) return;
      for (const [index, each] of inputs.entries()) {
        const now = 2_000n + BigInt(index) * 1_000n;
        try {
          each(host, now);
        } catch (error) {
          // A module does not read what can no longer change a session.
          const isUnread = error instanceof HostsDisagree && error.module === undefined;
          if (!isUnread || host.judge('s', now).effect !== 'revoke') throw error;
        }
      }
    }),
    { seed, numRuns: runs(1_000, 100) },
  );
});

test('a session that a refused change ends does not keep the error of the change', () => {
  const host = createComparingHost(createEvaluatorHost(policy), createModuleHost(load(wasm)));
  host.open('s', { subject: given }, 1_000n);
  host.record('s', { name: 'leaked', payload: {}, time: undefined }, 2_000n);
  const change = { part: { context: { zone: 7 } }, replaced: [] };
  expect(host.change('s', change, 3_000n)).toMatchObject({ path: '$.context.zone' });
  const query = { action: { name: 'write' }, resource: { type: 'file', id: 'f' } };
  expect(host.decide('s', query, 4_000n)).toMatchObject({ reasons: ['leak'], error: undefined });
});
