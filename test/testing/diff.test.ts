// The differences between two versions of a policy: the kinds of changes and their direction, their causes, and
// that sampling finds and shrinks them.

import { fillTable } from '@nhipol/language';
import type { PolicyModel } from '@nhipol/language/model';
import {
  type DiffCause,
  type DiffChange,
  diff,
  LogDiff,
  type PolicyDiff,
} from '@nhipol/testing/diff';
import { describe, expect, test } from 'vitest';
import { checkPolicy } from '../support/checking.ts';

const head = `policy p
enum Level { low < high }
subject agent { age: Int = 0, level?: Level, tags: Set<String> = {} }
context { time: Timestamp }
constraint rows: Int smallest wins
constraint pause: Duration largest wins
constraint columns: Set<String> intersects
constraint region: String must agree
constraint from: Timestamp smallest wins
constraint top: Level smallest wins
constraint share: Decimal smallest wins
obligation tell: notification { to: String, body: String }
obligation ask: access_request { template: String, expires_in: Duration }
`;
const withRules = (rules: string, declared = head) =>
  checkPolicy(`${declared}for agent {\n${rules}\n}`);

const at = '2026-03-03T10:00:00Z';
const asking = (properties: object = {}, context: object = {}) =>
  JSON.stringify({
    subject: { type: 'agent', id: 'a', properties },
    action: { name: 'x' },
    resource: { type: 'r', id: 'i' },
    context: { time: at, ...context },
  });

function onRequests(
  before: PolicyModel,
  after: PolicyModel,
  requests: readonly string[],
): PolicyDiff {
  const log = new LogDiff(before, after);
  for (const [index, request] of requests.entries()) {
    log.add(new TextEncoder().encode(request), { now: 0n, precedence: 'request' }, index + 1);
  }
  return log.result;
}

/** Returns the change for one request as a line. */
function kind(before: string, after: string, request = asking()): string {
  const { changes } = onRequests(withRules(before), withRules(after), [request]);
  return changes.map(describeChange).join('; ');
}

function describeChange({ before, after, aspect, direction }: DiffChange): string {
  return [before, after, ...(aspect === undefined ? [] : [aspect]), direction].join(' ');
}

function describeCauses({ examples }: DiffChange): readonly string[] {
  return examples.map(({ causes }) => causes.map(causeWords).join(', '));
}

function causeWords(cause: DiffCause): string {
  if (cause.kind === 'request') return `${cause.refusedBy} refuses ${cause.error.path}`;
  const { rule, effect, now, edit = 'as before' } = cause;
  return `${rule.id}:${rule.line} ${effect} ${now} ${edit}`;
}

describe('kinds of changes', () => {
  const ok = 'permit ok otherwise';
  const narrow = (settings: string) => `${ok}\nnarrow n to { ${settings} }`;
  test.for([
    ['deny no', `${ok}`, 'deny permit looser'],
    [ok, `${ok}\ndeny no`, 'permit deny stricter'],
    [ok, narrow('rows: 1'), 'permit narrow stricter'],
    [`${ok}\nrevoke no`, ok, 'revoke permit looser'],
    [`${ok}\nrevoke no`, `${ok}\ndeny no`, 'revoke deny looser'],
    [`${ok}\nchallenge no`, narrow('rows: 1'), 'challenge narrow looser'],
    [narrow('rows: 1'), narrow('rows: 2'), 'narrow narrow wider constraints looser'],
    [narrow('rows: 2'), narrow('rows: 1'), 'narrow narrow narrower constraints stricter'],
    [narrow('pause: 2s'), narrow('pause: 1s'), 'narrow narrow wider constraints looser'],
    [narrow('share: 0.5'), narrow('share: 0.25'), 'narrow narrow narrower constraints stricter'],
    [narrow('top: low'), narrow('top: high'), 'narrow narrow wider constraints looser'],
    [
      narrow('from: 2026-01-01T00:00:00Z'),
      narrow('from: 2026-01-02T00:00:00Z'),
      'narrow narrow wider constraints looser',
    ],
    [
      narrow('columns: { "a" }'),
      narrow('columns: { "a", "b" }'),
      'narrow narrow wider constraints looser',
    ],
    [
      narrow('columns: { "a", "b" }'),
      narrow('columns: { "b" }'),
      'narrow narrow narrower constraints stricter',
    ],
    [
      narrow('columns: { "a" }'),
      narrow('columns: { "b" }'),
      'narrow narrow other constraints both',
    ],
    [narrow('region: "a"'), narrow('region: "b"'), 'narrow narrow other constraints both'],
    [narrow('rows: 1, region: "a"'), narrow('rows: 1'), 'narrow narrow wider constraints looser'],
    [
      narrow('rows: 1'),
      narrow('rows: 1, region: "a"'),
      'narrow narrow narrower constraints stricter',
    ],
    [
      narrow('rows: 1, pause: 1s'),
      narrow('rows: 2, pause: 2s'),
      'narrow narrow other constraints both',
    ],
    [`${ok} with tell { to: "a", body: "" }`, ok, 'permit permit fewer obligations looser'],
    [ok, `${ok} with tell { to: "a", body: "" }`, 'permit permit more obligations stricter'],
    [
      `${ok} with tell { to: "a", body: "" }`,
      `${ok} with tell { to: "b", body: "" }`,
      'permit permit other obligations both',
    ],
    [
      `${ok} with tell { to: "a", body: "" }`,
      `${ok}\nnarrow n to { rows: 1 }`,
      'permit narrow both',
    ],
    [`${ok} with tell { to: "a", body: "" }`, `${ok}\ndeny no`, 'permit deny stricter'],
    [
      `${ok}\nchallenge no with ask { template: "a", expires_in: 1m }`,
      `${ok}\nchallenge no with ask { template: "b", expires_in: 1m }`,
      'challenge challenge other access request neither',
    ],
    [ok, 'permit fine otherwise', 'permit permit other reasons neither'],
    [
      `${ok}\ndeny no because "a"`,
      `${ok}\ndeny no because "b"`,
      'deny deny other messages neither',
    ],
    [
      `permit ok when context.time < 2026-03-03T11:00:00Z`,
      `permit ok when context.time < 2026-03-03T12:00:00Z`,
      'permit permit holds longer neither',
    ],
    [
      ok,
      `permit ok when context.time < 2026-03-03T12:00:00Z`,
      'permit permit holds shorter neither',
    ],
  ] as const)('classifies the change from %s to %s', ([before, after, expected]) => {
    expect(kind(before, after)).toBe(expected);
  });

  test('the looser aspect names the kind, and both directions are reported', () => {
    expect(
      kind(
        `${ok}\nnarrow n to { rows: 2 } with tell { to: "a", body: "" }`,
        `${ok}\nnarrow n to { rows: 1 }`,
      ),
    ).toBe('narrow narrow fewer obligations both');
  });

  test('a constraint that is merged differently cannot be compared', () => {
    const rules = 'permit ok otherwise\nnarrow n to { rows: 1 }';
    const other = head.replace('rows: Int smallest wins', 'rows: Int largest wins');
    const { changes } = onRequests(withRules(rules), withRules(rules.replace('1', '2'), other), [
      asking(),
    ]);
    expect(changes.map(describeChange)).toEqual(['narrow narrow other constraints both']);
  });

  test('a request that one version rejects is a kind of its own', () => {
    const rules = 'permit ok otherwise';
    const [before, after] = [
      withRules(rules, head.replace('age: Int = 0', 'age: Int')),
      withRules(rules),
    ];
    const { changes } = onRequests(before, after, [asking(), asking({ age: 1 }), 'no JSON']);
    expect(changes.map(describeChange)).toEqual(['invalid permit looser']);
    expect(changes.map(describeCauses)).toEqual([['before refuses $.subject.properties.age']]);
    const back = onRequests(after, before, [asking()]).changes;
    expect(back.map(describeChange)).toEqual(['permit invalid stricter']);
    expect(back.map(describeCauses)).toEqual([['after refuses $.subject.properties.age']]);
  });
});

describe('causes', () => {
  const cause = (before: string, after: string, request = asking()) =>
    onRequests(withRules(before), withRules(after), [request]).changes.flatMap(describeCauses);

  test('rules that no longer fire, that now fire and that were removed are causes', () => {
    const ok = 'permit ok otherwise';
    expect(
      cause(`${ok}\ndeny old when subject.age < 1`, `${ok}\ndeny old when subject.age < 0`),
    ).toEqual(['old:16 deny silent changed']);
    expect(cause(ok, `${ok}\ndeny young when subject.age < 1`)).toEqual([
      'young:16 deny fires added',
    ]);
    expect(cause(`${ok}\ndeny young when subject.age < 1`, ok)).toEqual([
      'young:16 deny silent removed',
    ]);
  });

  test('both the removed deny and the new permit are causes, and no other rule', () => {
    expect(
      cause(
        'deny no\ndeny never when subject.age > 5\nnarrow n to { rows: 1 }',
        'permit ok otherwise\ndeny never when subject.age > 5',
      ),
    ).toEqual(['no:15 deny silent removed, n:17 narrow silent removed, ok:15 permit fires added']);
  });

  test('a rule that fires in both with another text is a cause', () => {
    const narrow = (rows: number) =>
      `permit ok otherwise\nnarrow a to { rows: 9 }\nnarrow b to { rows: ${rows} }`;
    expect(cause(narrow(1), narrow(2))).toEqual(['b:17 narrow otherwise changed']);
  });

  test('an end by time is reported', () => {
    const until = (hour: number) =>
      `permit ok otherwise\ndeny late when context.time >= 2026-03-03T${hour}:00:00Z`;
    expect(cause(until(11), until(12))).toEqual(['late:16 deny otherwise changed']);
  });

  test('a changed score is a cause', () => {
    const score = (weight: number) =>
      `permit ok otherwise\nscore risk { young counts ${weight} when subject.age < 1\nfrom 5 deny }`;
    expect(cause(score(5), score(4))).toEqual(['risk:16 deny silent changed']);
  });
});

describe('edits', () => {
  const edits = (before: PolicyModel, after: PolicyModel) =>
    onRequests(before, after, []).edits.map(({ how, rule }) => `${how} ${rule.id}`);

  test('layout and the names of `let`s make no difference', () => {
    const before = withRules('let young = subject.age < 1\npermit ok when young covers A1');
    const after = withRules('let  few =  subject.age  < 1\n\n\npermit ok when few covers A2 // so');
    expect(edits(before, after)).toEqual([]);
    expect(diff(before, after, { samples: 10 })).toMatchObject({ isSame: true, asked: 0 });
  });

  test('the names that a rule uses are part of it', () => {
    const rules = 'permit ok when subject.level is high\npermit other when subject.age > 3';
    const after = withRules(rules, head.replace('low < high', 'low < middle < high'));
    expect(edits(withRules(rules), after)).toEqual(['changed ok']);
  });

  test('rules with the same id are distinguished', () => {
    const before = withRules('permit ok when subject.age > 3\npermit ok when subject.age < 1');
    const after = withRules('permit ok when subject.age < 1\npermit ok when subject.age > 4');
    expect(onRequests(before, after, []).edits).toMatchObject([
      { how: 'changed', rule: { line: 16 } },
    ]);
  });
});

describe('sampling', () => {
  test('a change is found and shrunk to its cause', () => {
    const rules = (age: number) =>
      `permit ok when subject.level is low and "a" in subject.tags\ndeny old when subject.age > ${age}`;
    const found = diff(withRules(rules(40)), withRules(rules(41)), { samples: 600 });
    const [first] = found.changes;
    expect(first && describeChange(first)).toBe('deny permit looser');
    expect(first?.examples).toHaveLength(1);
    expect(first && describeCauses(first)).toEqual(['old:16 deny silent changed']);
    expect(JSON.parse(first?.examples[0]?.request ?? '')).toEqual({
      subject: { type: 'agent', id: 'x', properties: { age: 41, level: 'low', tags: ['a'] } },
      action: { name: expect.any(String) },
      resource: { type: expect.any(String), id: 'x' },
      context: { time: expect.any(String) },
    });
  });

  test('each cause has its example', () => {
    const before = withRules(
      'permit ok otherwise\ndeny a when subject.age > 40\ndeny b when subject.level is high',
    );
    const after = withRules('permit ok otherwise');
    const [first] = diff(before, after, { samples: 300 }).changes;
    expect(first && describeCauses(first)).toEqual([
      'b:17 deny silent removed',
      'a:16 deny silent removed',
    ]);
  });

  test('tables that one version does not have, and filled tables, are compared', () => {
    const table = 'external table limits: String -> Int\n';
    const rules = 'permit ok otherwise';
    const before = withRules(
      `${rules}\ndeny over when limits[subject.id] < 5, if unknown skip`,
      head + table,
    );
    const found = diff(before, withRules(rules), { samples: 400 });
    expect(found.changes.map(describeChange)).toContain('deny permit looser');
    expect([...(found.changes[0]?.examples[0]?.tables ?? [])]).not.toEqual([]);
    const filled = fillTable(before, 'limits', new TextEncoder().encode('{"a":9}'));
    if ('error' in filled) throw new Error('limits takes it');
    expect(diff(filled.policy, withRules(rules), { samples: 400 }).changes).toEqual([]);
  });

  test('equal policies are reported as such, with what was not examined', () => {
    const signals = head.replace('context', 'signals { failed: {} }\ncontext');
    const rules = 'permit ok otherwise\ndeny failing when once(signal "failed"), if unknown skip';
    const found = diff(
      withRules(rules, signals),
      withRules(
        `${rules}\ndeny no when subject.age > 3 and subject.age < 3, if unknown skip`,
        signals,
      ),
      { samples: 200 },
    );
    expect(found).toMatchObject({ asked: 200, isSame: false, changes: [] });
    expect(found.history).toEqual(['once(signal "failed")']);
  });

  test('history is compared in sessions, which shrink to a log', () => {
    const signals = head.replace('context', 'signals { failed: {}, seen: {} }\ncontext');
    const rules = (count: number) => `permit ok otherwise
deny failing when count(signal "failed", within 1m) >= ${count}, if unknown skip`;
    const found = diff(withRules(rules(3), signals), withRules(rules(4), signals), {
      samples: 1000,
    });
    expect(found.changes).toEqual([]);
    expect(found.sessions?.asked).toBe(200);
    const [change = expect.fail('no change')] = found.sessions?.changes ?? [];
    expect(change).toMatchObject({ before: 'deny', after: 'permit', direction: 'looser' });
    const [open = '', ...steps] = change.example.events.trimEnd().split('\n');
    expect(JSON.parse(open)).toMatchObject({ open: { subject: { type: 'agent' } } });
    const failed = { signal: 'failed', payload: {} };
    expect(steps.map((line): unknown => JSON.parse(line))).toMatchObject([
      failed,
      failed,
      failed,
      { decide: {} },
    ]);
  });

  test('history across sessions is compared in several of them', () => {
    const rules = (count: number) => `permit ok otherwise
deny elsewhere
  when count(decided across sessions per subject.id up to 8, within 1m) >= ${count}
    and not once(decided)`;
    const found = diff(withRules(rules(1)), withRules(rules(2)), { samples: 1000 });
    expect(found.changes).toEqual([]);
    const [change = expect.fail('no change')] = found.sessions?.changes ?? [];
    expect(change).toMatchObject({ before: 'deny', after: 'permit', direction: 'looser' });
    const lines = change.example.events.trimEnd().split('\n');
    expect(lines.map((line): unknown => JSON.parse(line))).toMatchObject([
      { session: 'example', open: {} },
      { session: 'example-second', open: {} },
      { session: 'example-second', decide: {} },
      { session: 'example', decide: {} },
    ]);
  });

  test('a signal that one version does not declare is left out', () => {
    const rules = 'permit ok otherwise\ndeny failing when once(signal "failed"), if unknown skip';
    const after = head.replace('context', 'signals { failed: {}, seen: {} }\ncontext');
    const before = head.replace('context', 'signals { failed: {} }\ncontext');
    const found = diff(
      withRules(rules, before),
      withRules(`${rules}\ndeny saw when once(signal "seen"), if unknown skip`, after),
      { samples: 500 },
    );
    expect(found.sessions).toEqual({ asked: 100, changes: [] });
  });

  test('the same seed finds the same', () => {
    const [before, after] = [
      withRules('permit ok when subject.age > 3'),
      withRules('permit ok when subject.age > 4'),
    ];
    const run = (seed: number) => diff(before, after, { samples: 200, seed });
    expect(run(7)).toEqual(run(7));
  });
});

test('for a session with several differences, another effect is shown', () => {
  // Late requests were narrowed before.
  const version = (rows: number, minutes: number) =>
    checkPolicy(`policy acme.work
subject agent {}
context { time: Timestamp }
constraint rows: Int smallest wins
for agent {
  permit works otherwise
  narrow few when subject.type is "agent" to { rows: ${rows} }
  deny late when once(allowed) and not once(allowed, within ${minutes}m), if unknown skip
}`);
  const found = diff(version(10, 1), version(20, 2), { samples: 200, seed: 1 });
  const kinds = found.sessions?.changes.map(
    ({ before, after, aspect, direction }) => `${before} ${after} ${aspect} ${direction}`,
  );
  expect(kinds).toContain('deny narrow undefined looser');
});
