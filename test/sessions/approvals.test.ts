// Approvals in `test` blocks, with the evaluator and with a module with sessions: what `granted` adds, where it is
// rejected, and that an approval can be restricted to a single use.

import { compile } from '@nhipol/compiler';
import { load } from '@nhipol/runtime';
import {
  createEvaluatorTestEngine,
  createModuleTestEngine,
  runTests,
  validate,
} from '@nhipol/testing';
import { expect, test } from 'vitest';
import { createRegistry } from '../../runtime/sessions/create-sessions.ts';
import { checkPolicy, checkText } from '../support/checking.ts';
import { assemble } from '../support/modules/assembler.ts';

const rules = `
for agent {
  permit works otherwise
  challenge needs_approval when not is_approved(context.approvals, context.call_digest)
}`;
const head = `policy p
use nhi.{ Approval }
use nhi.{ is_approved, is_approved_by_someone_other_than }
subject agent {}
action any { amount?: Int }
context { time: Timestamp, call_digest?: String, approvals?: List<Approval> }
`;
const writeQuery = (context = 'time: 2026-03-03T10:00:00Z') =>
  `{ subject: { type: agent, id: a }, action: { name: pay, properties: { amount: 5, to: x } },
    resource: { type: account, id: b }, context: { ${context} } }`;

const forBoth = [
  'expect challenge because needs_approval then granted for 10m expect permit until 2026-03-03T10:10:00Z',
  'granted for 1ms expect permit then at 2026-03-03T10:00:00.001Z expect challenge',
  // The latest query is approved, and not that of the step.
  'granted for 10m with { action.amount = 6 } expect challenge then with { action.amount = 5 } expect permit',
  'with { action.amount = 6 } expect challenge then granted for 10m with { action.amount = 5 } expect challenge',
  'granted for 10m granted for 5m expect permit until 2026-03-03T10:10:00Z',
  'granted for 5m granted for 10m expect permit until 2026-03-03T10:10:00Z',
  'granted for 10m with { context.approvals = [] } expect challenge',
  // A call without a digest cannot be approved.
  'with { action.amount = 9007199254740993 } expect challenge then granted for 10m expect challenge',
];
const tests = forBoth.flatMap((steps, index) => [
  `test "r${index}" { request ${writeQuery()} ${steps} }`,
  `test "s${index}" { session ${writeQuery()} ${steps} }`,
]);
const once = `
for agent doing "pay" {
  deny paid when once(allowed doing "pay" per context.call_digest up to 4)
  deny owner_alone
    when not is_approved_by_someone_other_than(context.approvals, context.call_digest, "ada")
    and action.amount > 10
}
test "once" { session ${writeQuery()}
  ask expect challenge
  then granted for 10m by "ada" ask expect permit
  then ask expect deny because paid
  then ask with { action.amount = 11 } expect deny because owner_alone
  then granted for 10m by "ada" expect deny because owner_alone
  then granted for 10m by "eve" ask expect permit
  then ask expect deny because paid
  then with { resource.id = c } expect deny because owner_alone
  then with { resource.id = b, action.amount = 5 } expect deny because paid
}`;

// Each step of a session has an instant.
tests.push(
  `test "t" { session ${writeQuery('')} at 2026-03-03T10:00:00Z expect challenge
    then after 1m granted for 1m expect permit until 2026-03-03T10:02:00Z }`,
);

const policy = checkPolicy(`${head}${rules}${tests.join('\n')}`);
const counted = checkPolicy(`${head}${rules}${once}`);

test.each([policy, counted])('a call is granted, in both engines', async (each) => {
  const failed = runTests(each, createEvaluatorTestEngine(each)).flatMap(
    ({ test: { name }, failures }) => failures.map(({ differences }) => [name, differences]),
  );
  expect(failed).toEqual([]);
  const { wasm } = await compile(each, assemble, { sessions: true });
  const module = load(wasm);
  const byModule = runTests(each, createModuleTestEngine(module));
  expect(byModule.filter(({ passed }) => !passed)).toEqual([]);
  expect(byModule).toHaveLength(each.tests.length);
  expect(validate(each, wasm).disagreements).toEqual([]);
});

test('a decision counts for its own call, even if the next one differs in a part', async () => {
  const { wasm } = await compile(counted, assemble);
  const sessions = createRegistry(load(wasm), {
    clock: { now: () => Date.parse('2026-03-03T10:00:00Z'), at: () => () => {} },
  });
  sessions.open('s', {
    subject: { type: 'agent', id: 'a' },
    action: { name: 'pay', properties: { amount: 5, to: 'x' } },
    resource: { type: 'account', id: 'b' },
    context: {},
  });
  const { callDigest: digest = '' } = sessions.decide('s');
  sessions.grant('s', { digest, expiresAt: Date.parse('2026-03-03T11:00:00Z') });
  expect(sessions.decide('s').effect).toBe('permit');
  const action = (to: string) => ({ action: { name: 'pay', properties: { amount: 5, to } } });
  sessions.replace('s', action('y'));
  expect(sessions.reevaluate('s').reasons).toEqual(['needs_approval']);
  sessions.replace('s', action('x'));
  expect(sessions.reevaluate('s').reasons).toEqual(['paid']);
  // Whether a call without a digest was decided before is unknown.
  sessions.patch('s', { action: { properties: { to: 'y' } } });
  expect(sessions.reevaluate('s').reasons).toEqual(['paid']);
});

test.each([
  [
    head.replace('call_digest?: String, ', ''),
    `request ${writeQuery()} granted for 1m expect permit`,
    'bad-test «granted for 1m» the policy does not use approvals',
  ],
  [
    head.replace('List<Approval>', 'List<{ digest?: String }>'),
    `request ${writeQuery()} granted for 1m by "ada" expect permit`,
    'bad-test «granted for 1m by "ada"» the policy does not use approvals',
  ],
  [
    head,
    `request ${writeQuery('')} granted for 1m expect permit`,
    'bad-test «granted for 1m» the approval has no time: set `context.time`, or `at` in this step',
  ],
  [
    head,
    `request ${writeQuery()} granted expect permit`,
    'syntax-error «expect» expected `for`, found `expect`',
  ],
  [
    head,
    `request ${writeQuery()} granted for ever expect permit`,
    'syntax-error «ever» expected a duration, found `ever`',
  ],
])('rejects an invalid `granted` (%#)', (declared, body, message) => {
  const { found } = checkText(
    `${declared}for agent { permit works otherwise } test "t" { ${body} }`,
  );
  expect(found.filter((each) => !each.startsWith('unused'))).toEqual([message]);
});
