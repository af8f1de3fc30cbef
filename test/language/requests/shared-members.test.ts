// Members that only some subject types, actions or resource types of a group declare, or that they declare in records
// with different other members.

import { compile } from '@nhipol/compiler';
import { could, evaluate } from '@nhipol/language';
import { load } from '@nhipol/runtime';
import { createEvaluatorSessions, noTables } from '@nhipol/testing';
import { describe, expect, test } from 'vitest';
import { createModuleSessions } from '../../../assurance/testing/runner/sessions.ts';
import { checkPolicy, checkText } from '../../support/checking.ts';
import { assemble } from '../../support/modules/assembler.ts';
import { type Ask, evaluator, loadPolicies, modules } from '../../support/modules/engines.ts';

const tools = `policy p
subject agent { name?: String }
subject job {}
resource server {}
action "fs.read" { arguments: { path: String, head?: Int, options?: { lines: Int } } }
action "fs.write" { arguments: { path?: String, content: String, options?: { mode: Int } } }
action "git.log" { arguments?: { paths: Set<String>, head: Int } }
action "ping" {}
predicate in_home(path: String) = path under "/home"
predicate names_a_path(call: { arguments: { path?: String } }) = call.arguments.path is present
let first = action.arguments.head
`;

const withoutLet = tools.replace('let first = action.arguments.head\n', '');

/** A request of an agent that takes the action. */
function encodeRequest(action: object): Uint8Array {
  const request = {
    subject: { type: 'agent', id: 'a1', properties: { name: 'agent-a' } },
    action,
    resource: { type: 'server', id: 's1' },
  };
  return new TextEncoder().encode(JSON.stringify(request));
}

/** A policy that permits everything unless the condition is true; `unknown` if it is unknown. */
function judging(scope: string, condition: string): string {
  return `${tools}for ${scope} {
  permit all otherwise
  deny holds when ${condition}, if unknown skip
  challenge unknown when not known(${condition})
}`;
}

const readHome = { path: '/home/a', head: 3, options: { lines: 4 } };

const rows: readonly (readonly [string, string, string, unknown, string])[] = [
  [
    'agent doing "fs.read", "fs.write"',
    'in_home(action.arguments.path)',
    'fs.read',
    readHome,
    'deny',
  ],
  [
    'agent doing "fs.read", "fs.write"',
    'in_home(action.arguments.path)',
    'fs.write',
    { content: '' },
    'challenge',
  ],
  [
    'agent doing "fs.read", "fs.write"',
    'action.arguments.path is missing',
    'fs.write',
    { content: '' },
    'deny',
  ],
  [
    'agent doing "fs.read", "fs.write"',
    'action.arguments.head is missing',
    'fs.write',
    { content: '', head: 5 },
    'deny',
  ],
  ['agent doing "fs.read", "fs.write"', 'action.arguments.head > 2', 'fs.read', readHome, 'deny'],
  [
    'agent doing "fs.read", "fs.write"',
    'action.arguments.head > 2',
    'fs.write',
    { content: '', head: 5 },
    'challenge',
  ],
  [
    'agent doing "fs.read", "fs.write"',
    'action.arguments.options.lines is 4',
    'fs.read',
    readHome,
    'deny',
  ],
  [
    'agent doing "fs.read", "fs.write"',
    'action.arguments.options.lines is missing',
    'fs.write',
    { content: '', options: { mode: 1 } },
    'deny',
  ],
  [
    'agent doing "fs.read", "fs.write"',
    'names_a_path(action)',
    'fs.write',
    { content: '', path: '/x' },
    'deny',
  ],
  ['any', 'first is 3', 'fs.read', readHome, 'deny'],
  ['any', 'first is 3', 'git.log', { paths: [], head: 3 }, 'deny'],
  ['any', 'first is missing', 'ping', undefined, 'deny'],
  ['any', 'first is missing', 'unheard_of', { head: 3 }, 'deny'],
  ['any', 'first is missing', 'git.log', undefined, 'deny'],
  ['any', 'action.arguments is missing', 'git.log', undefined, 'deny'],
  ['any', '"a" in action.arguments.paths', 'git.log', { paths: ['a'], head: 3 }, 'deny'],
  ['any', 'subject.name is "agent-a"', 'ping', undefined, 'deny'],
];

const engines: readonly (readonly [string, readonly Ask[]])[] = await (async () => {
  const policies = rows.map(([scope, condition]) => checkPolicy(judging(scope, condition)));
  return [
    ['evaluator', policies.map(evaluator)],
    ['module', await modules(policies)],
  ] as const;
})();

describe.each(engines)('the %s', (_, asks) => {
  test.each(rows.map((row, index) => [...row, asks[index] as Ask] as const))(
    'decides for %s whether %s for %s %j: %s',
    (_scope, _condition, name, args, effect, ask) => {
      const properties = args === undefined ? {} : { arguments: args };
      expect(ask(encodeRequest({ name, properties })).effect).toBe(effect);
    },
  );
});

test.each([
  [
    'no action in the scope declares it',
    'doing "ping", "git.log"',
    'action.arguments.path is "x"',
    'unknown-member «path»',
  ],
  [
    'the types differ',
    'doing "fs.read", "other.read"',
    'action.arguments.path is present',
    'differing-member «path»',
  ],
  [
    'the ranges differ',
    'doing "fs.read", "other.read"',
    'action.arguments.head > 5',
    'differing-member «head»',
  ],
])('reports a member if %s', (_, scope, condition, message) => {
  const { found } =
    checkText(`${withoutLet}action "other.read" { arguments: { path: Set<String>, head?: Int(0..9) } }
for any ${scope} { permit ok when ${condition} }`);
  expect(found).toEqual([expect.stringContaining(message)]);
});

test('members that differ do not prevent others of the same record from being read', () => {
  const { found } = checkText(`policy p
action a { args: { x: String, n: Int } }
action b { args: { x: Int, n: Int } }
for any doing a, b { permit ok when action.args.n > 1 }
for any doing a { deny no when action.args.x is "x" }
for any doing b { deny no when action.args.x is 1 }`);
  expect(found).toEqual([]);
});

test('a permit does not fire and a deny fires for an action that does not declare what they read', () => {
  const policy = checkPolicy(`${tools}for any {
  permit small when action.arguments.head < 5
  deny large when action.arguments.head > 9
}`);
  const answer = evaluate(policy, encodeRequest({ name: 'ping' }), {
    now: undefined,
    precedence: 'request',
  });
  expect(answer.reasons).toEqual(['large']);
});

describe('whether a request could be permitted', async () => {
  const policy = checkPolicy(`${tools}for any { permit home when in_home(action.arguments.path) }`);
  const [module] = await loadPolicies([policy], undefined, undefined, { possible: true });

  test.each([
    ['fs.write', undefined, true],
    ['fs.write', { content: '' }, true],
    ['fs.write', { content: '', path: '/etc' }, false],
    ['git.log', undefined, false],
    ['fs.write', 'x', false],
    ['git.log', { head: 1 }, false],
    ['ping', undefined, false],
    ['unheard_of', undefined, false],
  ])('does not depend on members that %s does not declare, with %j: %s', (name, args, possible) => {
    const bytes = encodeRequest({ name, ...(args && { properties: { arguments: args } }) });
    const clock = { now: undefined, precedence: 'request' } as const;
    expect(could(policy, bytes, clock).possible).toBe(possible);
    expect(module?.couldJson(bytes, { now: 'request' }).possible).toBe(possible);
  });
});

test('a session forgets the members of an action once another one replaces it', async () => {
  const policy = checkPolicy(`${tools}context { time: Timestamp }
for any {
  permit all otherwise
  deny home when in_home(action.arguments.path), if unknown skip
  deny long when first > 9, if unknown skip
}`);
  const { wasm } = await compile(policy, assemble, { sessions: true });
  const request = {
    subject: { type: 'agent', id: 'a1' },
    action: { name: 'fs.read', properties: { arguments: { path: '/home/a', head: 10 } } },
    resource: { type: 'server', id: 's1' },
    context: {},
  };
  const changes = [
    { name: 'fs.write', properties: { arguments: { content: '' } } },
    { name: 'fs.write', properties: { arguments: { content: '', path: '/home/b' } } },
    { name: 'git.log', properties: { arguments: { paths: [], head: 11 } } },
    { name: 'ping' },
    { name: 'fs.read', properties: { arguments: { path: '/etc' } } },
  ];
  for (const open of [createEvaluatorSessions(policy), createModuleSessions(load(wasm))]) {
    const session = open(JSON.stringify(request), 0n);
    const reasons = [session.ask(1n).reasons];
    for (const action of changes) {
      session.change([{ path: ['action'], json: JSON.stringify(action) }], noTables);
      reasons.push(session.ask(2n).reasons);
    }
    expect(reasons).toEqual([['home', 'long'], ['all'], ['home'], ['long'], ['all'], ['all']]);
  }
});
