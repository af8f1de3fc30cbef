// Tests with rows: the tests that they expand to, their errors, and how they are formatted.

import { format } from '@nhipol/language/format';
import { createEvaluatorTestEngine, runTests } from '@nhipol/testing';
import { expect, test } from 'vitest';
import { checkPolicy, checkText, entry } from '../support/checking.ts';

const head = `policy p
enum Risk { LOW < MEDIUM < HIGH }
subject agent { level?: Int }
context { time: Timestamp, risk?: Risk, tag?: String }
external table quotas: String -> Int
for agent {
  permit ok when context.risk <= MEDIUM
  deny late when context.time >= 2026-03-03T12:00:00Z
  deny often when count(allowed) > 1, if unknown skip
  deny full when quotas[subject.id] < 1, if unknown skip
}
`;
const request =
  '{ subject: { type: agent, id: a }, action: { name: read }, resource: { type: r, id: i }, context: { time: 2026-03-03T10:00:00Z, risk: LOW } }';
const writeTest = (body: string) => `${head}test "t" { ${body} }`;

function results(body: string) {
  const policy = checkPolicy(writeTest(body));
  return runTests(policy, createEvaluatorTestEngine(policy));
}

test('each row is a test of its own, named after its cells and located at the row', () => {
  const rows = [
    'LOW, write expect permit because ok',
    'HIGH, "tools/call" expect permit',
    'missing, read expect deny because default_deny',
  ];
  const text = writeTest(
    `request ${request} with { subject.level = 2 } each context.risk, action.name { ${rows.join(' ')} }`,
  );
  const policy = checkPolicy(text);
  const found = runTests(policy, createEvaluatorTestEngine(policy));
  expect(found.map(({ test: { name }, passed }) => [name, passed])).toEqual([
    ['t: context.risk = LOW, action.name = write', true],
    ['t: context.risk = HIGH, action.name = "tools/call"', false],
    ['t: context.risk = missing, action.name = read', true],
  ]);
  for (const [index, { span, steps }] of policy.tests.entries()) {
    for (const place of [span, ...steps.map((step) => step.span)]) {
      expect(text.slice(place.start, place.end)).toBe(rows[index]);
    }
  }
  expect(policy.tests[0]?.steps[0]?.changes).toEqual([
    { path: ['subject', 'properties', 'level'], json: '2' },
    { path: ['context', 'risk'], json: '"LOW"' },
    { path: ['action', 'name'], json: '"write"' },
  ]);
});

test('the name of a row shows its cells as written, on one line', () => {
  const { tests } = checkPolicy(
    writeTest(`request ${request} each table.quotas, context."tag" {
      {
        a: 5, // for each  day
        "//b": 6
      }, "5   m" expect permit
    }`),
  );
  expect(tests.map(({ name }) => name)).toEqual([
    't: table.quotas = { a: 5, "//b": 6 }, context."tag" = "5   m"',
  ]);
});

test('a row does not depend on the rows before it', () => {
  const found = results(`request ${request} each context.risk, context.tag {
    HIGH, missing expect deny
    LOW, x expect permit
    LOW, missing expect permit
  }`);
  expect(found.map(({ passed }) => passed)).toEqual([true, true, true]);
});

test('a column can set the instant or a table', () => {
  const found = results(`request ${request} each at, table.quotas {
    2026-03-03T11:59:59.999Z, { a: 1 } expect permit until 2026-03-03T12:00:00Z
    2026-03-03T12:00:00Z, { a: 1 } expect deny because late
    2026-03-03T11:00:00Z, { a: 0 } expect deny because full
  }`);
  expect(found.map(({ test: { name }, passed }) => [name, passed])).toEqual([
    ['t: at 2026-03-03T11:59:59.999Z, table.quotas = { a: 1 }', true],
    ['t: at 2026-03-03T12:00:00Z, table.quotas = { a: 1 }', true],
    ['t: at 2026-03-03T11:00:00Z, table.quotas = { a: 0 }', true],
  ]);
});

test('each row of a session is a separate session', () => {
  const found = results(`session ${request} ask 2 times each context.tag {
    a expect permit
    b expect permit
    c expect permit
  }`);
  expect(found.map(({ passed }) => passed)).toEqual([true, true, true]);
  expect(
    results(`session ${request} ask 3 times each context.tag { a expect permit }`),
  ).toMatchObject([{ passed: false }]);
});

test.each([
  ['each context.rsk { LOW expect permit }', 'unknown-member «rsk»'],
  ['each action { LOW expect permit }', 'bad-test «LOW» `action` must be replaced by an object'],
  ['each context.risk { LOW expect permit because okay }', 'unknown-reason «okay»'],
  [
    'each context.risk { LOW, 5 expect permit }',
    'wrong-cells «LOW, 5» expected 1 cell, one for each path',
  ],
  [
    'each context.risk, context."risk" { LOW, LOW expect permit }',
    'duplicate-column «context."risk"» ',
  ],
  ['each context.tag { a expect permit "a" expect permit }', 'duplicate-row «"a"» another row'],
  ['each at { 5 expect permit }', 'bad-test «5» `at` takes an instant such as'],
  ['each at { missing expect permit }', 'bad-test «missing» `at` takes an instant such as'],
  [
    'at 2026-03-03T10:00:00Z each at { 2026-03-03T10:00:00Z expect permit }',
    'bad-test «2026-03-03T10:00:00Z» the instant is set by the column',
  ],
  ['ask each context.tag { a expect permit b expect permit }', 'bad-test «ask each'],
])('reports one error in %s', (body, expected) => {
  const { found } = checkText(writeTest(`request ${request} ${body}`));
  expect(found).toHaveLength(1);
  expect(found[0]).toContain(expected);
});

test.each([
  ['each { LOW expect permit }', 'syntax-error «{» expected a name, found `{`'],
  [
    'each context.risk { LOW permit }',
    'syntax-error «permit» expected `,` or `expect`, found `permit`',
  ],
  [
    'each context.risk { LOW expect permit } then expect permit',
    'syntax-error «then» expected `}`, found `then`',
  ],
  [
    'each context.risk { LOW expect permit = }',
    'syntax-error «=» expected a row such as `HIGH expect deny` or `}`, found `=`',
  ],
  [
    'eech context.risk { }',
    'syntax-error «eech» expected `expect` or `each`, found `eech`: did you mean `each`?',
  ],
])('reports the syntax error in %s', (body, expected) => {
  expect(checkText(writeTest(`request ${request} ${body}`)).found).toEqual([expected]);
});

const layout = (body: string) =>
  format(entry, `test "t" { request {} ${body} }`).text?.split('\n').slice(2, -2).join('\n');

test('the formatter aligns cells in columns and keeps comments in place', () => {
  const text = `  each context.risk, action.name {
    LOW,     write expect permit because ok // why
    // on its own

    missing, read  expect deny
  }`;
  const ragged = `each context.risk , action.name{LOW,write expect permit because ok // why
  // on its own

  missing , read expect deny }`;
  expect(layout(ragged)).toBe(text);
  expect(layout(text)).toBe(text);
});

test('the formatter does not align wide cells', () => {
  const wide = '"a path that is as long as it takes so that nothing fits beside it"';
  expect(layout(`each context.tag { ${wide} expect permit b expect deny }`)).toBe(
    `  each context.tag {\n    ${wide} expect permit\n    b expect deny\n  }`,
  );
});

test('an obligation before a row that starts with a brace keeps its braces', () => {
  const text = `  each context.o {
    { a: 1 } expect challenge with x {}
    { a: 2 } expect challenge with x
  }`;
  expect(layout(text)).toBe(text);
});
