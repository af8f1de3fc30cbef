// Control coverage: ids find their controls in each spelling, and a rule is tested if and only if it is a reason
// in a passing test.

import { computeControlCoverage } from '@nhipol/reporting';
import { expect, test } from 'vitest';
import { findControl, frameworks } from '../../assurance/reporting/public.ts';
import { checkPolicy } from '../support/checking.ts';
import { testFile, testText } from '../support/pages/reporting.ts';
import { examples } from '../support/policies/examples.ts';

const controls = frameworks.flatMap((framework) => framework.controls);

test('each control has a unique id and title, and the id can be written in a policy', () => {
  expect(new Set(controls.map(({ id }) => id)).size).toBe(controls.length);
  for (const control of controls) {
    expect(control.title).not.toBe('');
    expect(control.description).toMatch(/\.$/);
    const { rules } = checkPolicy(`policy p
      subject any {}
      for any { permit all otherwise covers ${control.id} }`);
    expect(findControl(rules[0]?.covers[0] ?? '')?.control).toBe(control);
  }
});

test('frameworks contain all of their controls', () => {
  const count = (start: string) => controls.filter(({ id }) => id.startsWith(start)).length;
  expect([count('NHI'), count('ASI'), count('PR.AA'), count('SP800-207')]).toEqual([10, 10, 6, 7]);
});

test.for([
  ['NHI5', 'NHI5:2025'],
  ['NHI10', 'NHI10:2025'],
  ['ASI02:2026', 'ASI02'],
  ['PR.AA-5', 'PR.AA-05'],
  ['SP-800-207:T6', 'SP800-207:T6'],
  ['800-207:6', 'SP800-207:T6'],
] as const)('%s identifies the control %s', ([written, id]) => {
  expect(findControl(written)?.control.id).toBe(id);
});

test.for(['NHI11', 'NHI5:2024', 'nhi5:2025', 'ASI11', 'ASI2', 'PR.AC-4', 'SP800-207:T8', ''])(
  '`%s` identifies no control',
  (written) => {
    expect(findControl(written)).toBeUndefined();
  },
);

test.for(examples)('$name covers controls of known frameworks only', async ({ path }) => {
  const { other, policies } = computeControlCoverage([await testFile(path)]);
  expect(other).toEqual([]);
  expect(policies[0]).toMatchObject({ failed: 0 });
});

const head = `policy p
  subject bot { old: Bool = false, bad: Bool = false }
  for bot {
    permit acts otherwise covers ASI01
    deny off when subject.old covers ASI02, ASI03
    deny off when subject.bad covers ASI02, unheard_of
  }`;

function withTest(properties: string, expected: string): string {
  return `${head}
  test "t" {
    request { subject: { type: bot, id: b, properties: ${properties} },
      action: { name: a }, resource: { type: r, id: r } }
    expect ${expected}
  }`;
}

function statuses(text: string): readonly string[] {
  const { frameworks: found } = computeControlCoverage([testText(text)]);
  const agentic = found.find(({ framework }) => framework.id === 'owasp-agentic');
  return (agentic?.controls ?? []).slice(0, 4).map(({ status }) => status);
}

test('without tests, controls are covered or have no rule', () => {
  expect(statuses(head)).toEqual(['covered', 'covered', 'covered', 'none']);
});

test('only the rule that fired is tested if another has the same id', () => {
  expect(statuses(withTest('{ old: true }', 'deny because off'))).toEqual([
    'covered',
    'covered',
    'tested',
    'none',
  ]);
});

test('a control is tested if all its rules are', () => {
  expect(statuses(withTest('{ old: true, bad: true }', 'deny'))).toEqual([
    'covered',
    'tested',
    'tested',
    'none',
  ]);
});

test('a failing test does not count', () => {
  expect(statuses(withTest('{ old: true }', 'permit'))).toEqual([
    'covered',
    'covered',
    'covered',
    'none',
  ]);
});

test('rules of several policies cover a control, ordered by policy', () => {
  const other = testText('policy q\nsubject any {}\nfor any { permit all otherwise covers ASI01 }');
  const { frameworks: found } = computeControlCoverage([testText(head), other]);
  const rules = found
    .flatMap((each) => each.controls)
    .find(({ control }) => control.id === 'ASI01');
  expect(rules?.rules.map(({ policy, id }) => `${policy} ${id}`)).toEqual(['p acts', 'q all']);
});

test('lists an id of no framework as written', () => {
  const { other } = computeControlCoverage([testText(head)]);
  expect(other.map(({ control, rules }) => [control.id, rules.length])).toEqual([
    ['unheard_of', 1],
  ]);
});

test('two spellings of a control on one rule count once', () => {
  const text =
    'policy p\nsubject any {}\nfor any { permit all otherwise covers ASI01, ASI01:2026 }';
  const { frameworks: found } = computeControlCoverage([testText(text)]);
  expect(found[1]?.controls[0]?.rules.length).toBe(1);
});
