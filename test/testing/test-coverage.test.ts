// Coverage of a policy by tests: its points, their possible outcomes, and those that the tests produced.

import type { PolicyModel } from '@nhipol/language/model';
import { coverByTests } from '@nhipol/testing/coverage';
import { expect, test } from 'vitest';
import { checkPolicy } from '../support/checking.ts';

const head = `policy p version "1.0.0"
enum Level { low < high }
record Item { kind: Bool, note?: String }
subject agent { active: Bool = true, level?: Level, rows: Int(0..10), items: List<Item> = [] }
action any { amount?: Int(0..100) }
context { time: Timestamp }
constraint rows: Int smallest wins
constraint amount: Int limits action.amount
`;

const request = (members: string) => `request {
  "subject": { "type": "agent", "id": "a", "properties": { "rows": 5 } },
  "action": { "name": "read" },
  "resource": { "type": "file", "id": "f" },
  "context": { "time": "2026-01-05T12:00:00Z" }
} ${members}`;

/** Steps that change the request, each with its expected effect. */
function writeTest(...steps: readonly (readonly [changes: string, effect: string])[]): string {
  const written = steps.map(
    ([changes, effect], index) =>
      `${index === 0 ? '' : 'then '}${changes === '' ? '' : `with { ${changes} } `}expect ${effect}`,
  );
  return `test "t" { ${request(written.join('\n'))} }\n`;
}

/** `deny a: x > 3: true 1, false 2`, a line for each point of the policy's own files. */
function describeCoverage(
  text: string,
  others: Readonly<Record<string, string>> = {},
): readonly string[] {
  return describePoints(checkPolicy(head + text, others));
}

function describePoints(policy: PolicyModel): readonly string[] {
  return coverByTests(policy).files.flatMap(({ points }) =>
    points.map(({ kind, effect, name, of, outcomes }) => {
      const what =
        kind === 'rule' ? `${effect} ${name}` : kind === 'band' ? `${name} ${effect}` : name;
      const owner = of.length === 0 ? '' : `${of.join(', ')}: `;
      return `${owner}${what}: ${outcomes.map(({ outcome, times }) => `${outcome} ${times}`).join(', ')}`;
    }),
  );
}

test('a rule has its condition and the parts of that', () => {
  const text = `for agent {
  permit acts when subject.active and (action.name is "read" or not (subject.rows > 3))
}
${writeTest(['', 'permit'], ['subject.rows = 2', 'permit'], ['subject.active = false', 'deny'])}`;
  expect(describeCoverage(text)).toEqual([
    'permit acts: fired 2',
    'permit acts: subject.active: true 2, false 1',
    'permit acts: action.name is "read": true 3, false 0',
    // A number outside of its range is unknown.
    'permit acts: (subject.rows > 3): true 1, false 2, unknown 0',
  ]);
});

test('impossible outcomes are not required', () => {
  const text = `const on = true
for agent {
  permit acts otherwise
  deny never when subject.level is low and subject.level is high
  deny a when on and subject.level is missing
  deny b when known(subject.level) and size(subject.items) >= 0
  deny c when subject.id in { "x" }, if unknown skip
}
for agent doing "write" { deny d when action.name is "read" or subject.active }
`;
  expect(describeCoverage(text)).toEqual([
    'permit acts: fired 0',
    // It also fires if the level is unknown.
    'deny never: fired 0',
    'deny never: subject.level is low: true 0, false 0, unknown 0',
    'deny never: subject.level is high: true 0, false 0, unknown 0',
    'deny a: fired 0',
    'deny a: subject.level is missing: true 0, false 0',
    'deny b: fired 0',
    'deny b: known(subject.level): true 0, false 0',
    'deny b: size(subject.items) >= 0: true 0',
    'deny c: fired 0',
    'deny c: subject.id in { "x" }: true 0, false 0',
    'deny d: fired 0',
    'deny d: action.name is "read": false 0',
    'deny d: subject.active: true 0, false 0',
  ]);
});

test('a revoke and a narrow have two outcomes', () => {
  const text = `for agent {
  permit acts otherwise
  revoke gone when subject.level is high
  narrow few to { rows: 3 }
  narrow small when subject.active to { amount: 50 } or deny unless subject.rows > 1
}
${writeTest(['action.amount = 50, subject.level = low', 'narrow'], ['action.amount = 51', 'deny'], ['subject.level = missing, action.amount = 1', 'deny'])}`;
  expect(describeCoverage(text)).toEqual([
    'permit acts: fired 3',
    'revoke gone: fired 0, denied 1',
    'revoke gone: subject.level is high: true 0, false 2, unknown 1',
    'narrow few: fired 3',
    'narrow small: fired 2, denied 1',
    'narrow small: subject.active: true 3, false 0',
    'narrow small: subject.rows > 1: true 3, false 0, unknown 0',
  ]);
});

test('the condition of a group and a `given` are listed once, at their positions', () => {
  const text = `for agent when subject.active {
  given level = subject.level {
    permit acts when level is low
    deny no when level is high
  } otherwise {
    deny unsure
  }
}
${writeTest(['subject.level = low', 'permit'], ['subject.level = missing', 'deny'])}`;
  expect(describeCoverage(text)).toEqual([
    'permit acts, deny no, deny unsure: subject.active: true 2, false 0',
    'permit acts, deny no, deny unsure: known(subject.level): true 1, false 1',
    'permit acts: fired 1',
    'permit acts: level is low: true 1, false 0, unknown 1',
    'deny no: fired 0',
    'deny no: level is high: true 0, false 1, unknown 1',
    'deny unsure: fired 1',
  ]);
});

test('a predicate, a `let` and an argument are listed at their positions', () => {
  const text = `predicate over(limit: Int, strict: Bool) = subject.rows > limit and strict
for agent {
  let many = subject.rows > 8
  permit acts when not many
  deny a when over(4, subject.active)
  deny b when over(7, subject.id is "b") or many
}
${writeTest(['', 'deny'], ['subject.rows = 9', 'deny'])}`.replace(
    'subject.rows >',
    'context.time < 2026-01-01T00:00:00Z or 1 <',
  );
  expect(describeCoverage(text)).toEqual([
    'deny a, deny b: context.time < 2026-01-01T00:00:00Z: true 0, false 2',
    'deny a, deny b: 1 < limit: true 2',
    'permit acts, deny b: subject.rows > 8: true 1, false 1, unknown 0',
    'permit acts: fired 1',
    'deny a: fired 2',
    'deny a: subject.active: true 2, false 0',
    'deny b: fired 1',
    'deny b: subject.id is "b": true 0, false 2',
  ]);
});

test('`implies`, `not in` with a window and `if` are listed as written', () => {
  const text = `window days = Mon..Fri 09:00..17:00 in "UTC"
for agent {
  permit acts when (context.time not in days implies subject.active)
    and (if subject.id is "a" then subject.rows > 3 else subject.rows > 4)
  deny late when context.time not in days or not (subject.id matches glob"a*")
}
${writeTest(['', 'permit'])}`;
  expect(describeCoverage(text)).toEqual([
    'permit acts: fired 1',
    'permit acts: context.time not in days: true 0, false 1',
    'permit acts: subject.active: true 1, false 0',
    'permit acts: subject.id is "a": true 1, false 0',
    'permit acts: subject.rows > 3: true 1, false 0, unknown 0',
    'permit acts: subject.rows > 4: true 1, false 0, unknown 0',
    'deny late: fired 0',
    'deny late: context.time not in days: true 0, false 1',
    'deny late: (subject.id matches glob"a*"): true 1, false 0',
  ]);
});

test('a quantifier is listed with its condition for each element', () => {
  const text = `for agent {
  permit acts when any item in subject.items satisfies item.kind and item.note is "x"
}
${writeTest(['subject.items = [{ kind: true }, { kind: false, note: "x" }]', 'deny'])}`;
  expect(describeCoverage(text)).toEqual([
    'permit acts: fired 0',
    'permit acts: any item in subject.items satisfies item.kind and item.note is "x": true 0, false 0, unknown 1',
    'permit acts: item.kind: true 1, false 1',
    'permit acts: item.note is "x": true 1, false 0, unknown 1',
  ]);
});

test('a failed lookup makes a condition unknown', () => {
  const text = `table grade: String -> Level from "grade.json"
for agent {
  permit acts when grade[subject.id] is low
  narrow few to { rows: (if subject.active then 3 else 4) } or deny unless (grade[subject.id] else high) is high
}
${writeTest(['', 'deny'], ['subject.id = "z"', 'deny'])}`;
  expect(describeCoverage(text, { 'grade.json': '{ "a": "low" }' })).toEqual([
    'permit acts: fired 1',
    'permit acts: grade[subject.id] is low: true 1, false 0, unknown 1',
    'narrow few: fired 1, denied 1',
    'narrow few: subject.active: true 2, false 0',
    'narrow few: (grade[subject.id] else high) is high: true 1, false 1',
  ]);
});

test('a score has its counts and its bands', () => {
  const text = `for agent {
  permit acts otherwise
  score odd {
    rows counts 1 when subject.rows > 3
    level counts 2 when subject.level is high
    from 1 narrow to { rows: 3 }
    from 2 deny
    from 3 revoke
    from 4 revoke
  }
}
${writeTest(['subject.level = low', 'narrow'], ['subject.level = missing', 'deny'], ['subject.level = high', 'revoke'])}`.replace(
    '    from 4 revoke\n',
    '',
  );
  expect(describeCoverage(text)).toEqual([
    'permit acts: fired 3',
    'odd: rows: fired 3',
    'score odd: subject.rows > 3: true 3, false 0, unknown 0',
    'odd: level: fired 2',
    'score odd: subject.level is high: true 1, false 1, unknown 1',
    'odd: from 1 narrow: fired 1',
    'odd: from 2 deny: fired 0',
    'odd: from 3 revoke: fired 1, denied 1',
  ]);
});

test('a band that no sum reaches has no outcomes', () => {
  const text = `for agent {
  permit acts otherwise
  score odd {
    rows counts 2 when subject.id is "b"
    level counts 2 when subject.active
    from 1 narrow to { rows: 3 }
    from 2 challenge
    from 3 deny
  }
}
`;
  expect(describeCoverage(text).filter((line) => line.startsWith('odd: from'))).toEqual([
    'odd: from 1 narrow: ',
    'odd: from 2 challenge: fired 0',
    'odd: from 3 deny: fired 0',
  ]);
});

test('an invalid request counts for nothing, since hardly anything is evaluated', () => {
  const text = `for agent { revoke gone when subject.active  permit acts when subject.rows > 3 }
${writeTest(['subject.rows = "many"', 'revoke'])}`;
  expect(describeCoverage(text)).toEqual([
    'revoke gone: fired 0',
    'revoke gone: subject.active: true 0, false 0',
    'permit acts: fired 0',
    'permit acts: subject.rows > 3: true 0, false 0, unknown 0',
  ]);
});

test('sessions cover the conditions of their events', () => {
  const text = `for agent {
  permit acts otherwise
  deny again when once(allowed doing "read" where event.action.amount > 5 or event.resource.id is "g")
}
test "t" {
  session { ${request('').slice('request {'.length).trimEnd()}
  ask expect permit
  then ask with { action.amount = 6 } expect deny
}
`;
  expect(describeCoverage(text)).toEqual([
    'permit acts: fired 2',
    'deny again: fired 1',
    'deny again: once(allowed doing "read" where event.action.amount > 5 or event.resource.id is "g"): true 0, false 1, unknown 1',
    'deny again: event.action.amount > 5: true 0, false 0, unknown 1',
    'deny again: event.resource.id is "g": true 0, false 1',
  ]);
});

test('a predicate of the vocabulary is one condition, and another file has its own points', () => {
  const text = `use nhi.{ Approval, is_approved }
use { is_odd } from "odd.nhipol"
for agent doing "pay" {
  permit acts when is_approved(subject.approvals, "d") and is_odd()
}
`;
  const policy = checkPolicy(
    head
      .replace('items:', 'approvals: List<Approval> = [], items:')
      .replace('enum', `${text.split('\n').slice(0, 2).join('\n')}\nenum`) +
      text.split('\n').slice(2).join('\n'),
    { 'odd.nhipol': 'predicate is_odd() = context.time > 2026-01-01T00:00:00Z\n' },
  );
  expect(
    coverByTests(policy).files.map(({ path, points }) => [path, points.map(({ name }) => name)]),
  ).toEqual([
    ['odd.nhipol', ['context.time > 2026-01-01T00:00:00Z']],
    ['p.nhipol', ['acts', 'is_approved(subject.approvals, "d")']],
  ]);
});

test('only the given tests count, and the data can be sent to another thread', () => {
  const policy = checkPolicy(`${head}for agent { permit acts when subject.active }
${writeTest(['', 'permit'])}`);
  expect(
    coverByTests(policy, { tests: [] }).files[0]?.points.map(({ outcomes }) => outcomes),
  ).toEqual([
    [{ outcome: 'fired', times: 0 }],
    [
      { outcome: 'true', times: 0 },
      { outcome: 'false', times: 0 },
    ],
  ]);
  const coverage = coverByTests(policy);
  expect(structuredClone(coverage)).toEqual(coverage);
  expect(coverage).toMatchObject({ name: 'p', version: '1.0.0', path: 'p.nhipol' });
});

test('a request without a time is evaluated at the given instant', () => {
  const text = `${head}for agent { permit acts when context.time > 2026-01-01T00:00:00Z }
${writeTest(['', 'permit'])}`.replace(
    '"context": { "time": "2026-01-05T12:00:00Z" }',
    '"context": {}',
  );
  const policy = checkPolicy(text);
  const countFired = (otherwise?: bigint) =>
    coverByTests(policy, { otherwise }).files[0]?.points[0]?.outcomes;
  expect(countFired()).toEqual([{ outcome: 'fired', times: 0 }]);
  expect(countFired(BigInt(Date.UTC(2026, 1)))).toEqual([{ outcome: 'fired', times: 1 }]);
});
