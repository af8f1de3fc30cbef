// The vocabulary `nhi`: it has no errors, every declaration is documented, every member may be missing from a request,
// and a policy that uses it passes its tests.

import { readFileSync } from 'node:fs';
import { check, Reporter } from '@nhipol/language';
import { print } from '@nhipol/language/format';
import { parse } from '@nhipol/language/syntax';
import { createEvaluatorTestEngine, runTests } from '@nhipol/testing';
import { expect, test } from 'vitest';
import { nhiSources } from '../../../language/vocabulary/nhi.generated.ts';
import { checkPolicy } from '../../support/checking.ts';

const files = [...nhiSources].map(([name, text]) => {
  const reporter = new Reporter();
  const node = parse(name, text, reporter);
  return { name, text, node, diagnostics: reporter.diagnostics };
});
const declarations = files.flatMap(({ name, text, node }) =>
  node.items
    .filter((item) => item.kind !== 'Use')
    .map((item) => ({
      item,
      label: `${name}: ${'name' in item && item.name?.kind === 'Name' ? item.name.text : item.kind}`,
      text,
    })),
);

test('contains only enums, records, predicates and functions', () => {
  expect(files.flatMap(({ diagnostics }) => diagnostics)).toEqual([]);
  const kinds = new Set(declarations.map(({ item }) => item.kind));
  expect([...kinds].sort()).toEqual(['Enum', 'Function', 'Record']);
  expect(declarations.length).toBeGreaterThan(25);
});

test.each(declarations)('$label has a comment before it', ({ item, text }) => {
  const before = text.slice(0, item.span.start).trimEnd().split('\n').at(-1);
  expect(before).toMatch(/^\/\/ /);
});

test('docs/language/files.md lists each name', () => {
  const page = readFileSync(new URL('../../../docs/language/files.md', import.meta.url), 'utf8');
  const names = declarations.flatMap(({ item }) =>
    'name' in item && item.name !== undefined && 'text' in item.name ? [item.name.text] : [],
  );
  expect(names.length).toBe(declarations.length);
  expect(names.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
});

test('no member of a record is required', () => {
  const required = declarations.flatMap(({ item, label }) =>
    item.kind === 'Record'
      ? item.type.members
          .filter((member) => !member.optional && member.default === undefined)
          .map((member) => `${label}.${member.name.text}`)
      : [],
  );
  expect(required).toEqual([]);
});

test('printing it results in a valid source', () => {
  for (const { node } of files) {
    const reporter = new Reporter();
    parse('p.nhipol', print(node), reporter);
    expect(reporter.diagnostics).toEqual([]);
  }
});

test('every predicate and function can be called with the declared records', () => {
  const { rules } = checkPolicy(`policy p
use nhi
subject agent {
  owner?: String
  credential?: Credential
  actor_chain: List<Actor> = []
  third_party?: ThirdParty
  attestation?: Attestation fresh 5m
  posture?: Posture fresh 1h
  on_behalf_of?: Principal
  state?: LifecycleState
}
action any { privilege?: Privilege, tool?: Tool }
resource any { sensitivity?: Sensitivity }
context {
  time: Timestamp
  change?: Change
  risk?: Risk fresh 5m
  assurance?: Assurance fresh 1h
  session?: Session
  events?: Events
  trigger?: Trigger
  call_digest?: String
  approvals?: List<Approval>
}
for agent {
  deny a when is_expired(subject.credential)
  deny b when is_bearer(subject.credential)
  deny c when actors_in(subject.actor_chain) > 3
  deny d when not is_open(context.change.window)
  deny e when not is_approved_by_another(context.change)
  deny f when not is_approved(context.approvals, context.call_digest)
  deny g
    when not is_approved_by_someone_other_than(context.approvals, context.call_digest, subject.owner)
  deny h
    when not is_approved_by_two_people_other_than(
      context.approvals, context.call_digest, subject.owner)
  deny i when not is_approved_for_one_call(context.approvals, context.call_digest, true, context.time)
}`);
  const called = declarations.filter(({ item }) => item.kind === 'Function');
  expect(rules).toHaveLength(called.length);
});

test('a policy that uses it passes its tests', () => {
  const folder = new URL('../../cases/names/vocabulary/', import.meta.url);
  const paths = ['policy.nhipol', 'tool-scopes.json', 'fixtures/support-agent.json'];
  const sources = new Map(paths.map((path) => [path, readFileSync(new URL(path, folder), 'utf8')]));
  const { policy, diagnostics } = check('policy.nhipol', sources);
  expect(diagnostics).toEqual([]);
  if (policy === undefined) return expect.fail('no policy');
  const results = runTests(policy, createEvaluatorTestEngine(policy));
  expect(results.map(({ failures }) => failures)).toEqual([[], []]);
});
