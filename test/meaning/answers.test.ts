// The contents of answers, in both engines: constraints of two and three narrows merged by each rule, narrows and
// challenges that become `deny`, and obligations by effect. Expected values are derived from the description of the
// language.

import type { EvaluatedAnswer } from '@nhipol/language';
import { expect, test } from 'vitest';
import { checkPolicy } from '../support/checking.ts';
import { evaluator, modules } from '../support/modules/engines.ts';

const declarations = `policy answers version "1.0.0"
enum Level { LOW < MEDIUM < HIGH }
enum Zone { eu, us }
subject agent {}
action any { level?: Level, amount?: Int, span?: Duration, at?: Timestamp, tags?: Set<String>, levels?: Set<Level> }
context { n?: Int, s?: String, l?: Level, words?: Set<String>, on?: Bool }
constraint level: Level limits action.level
constraint amount: Int limits action.amount
constraint span: Duration limits action.span
constraint at: Timestamp limits action.at
constraint tags: Set<String> limits action.tags
constraint levels: Set<Level> limits action.levels
constraint least: Int smallest wins
constraint least_level: Level smallest wins
constraint most: Duration largest wins
constraint most_level: Level largest wins
constraint latest: Timestamp largest wins
constraint hosts: Set<String> intersects
constraint steps: Set<Int> intersects
constraint mode: String must agree
constraint zone: Zone must agree
constraint flag: Bool must agree
constraint words: Set<String> must agree
constraint numbers: Set<Int> must agree
obligation step_up { acr_value: String, amr_values?: Set<String> }
obligation tell: notification { to: String, body: String = "seen" }
obligation end: session_termination { subject: String }
obligation mark: custom { n?: Int, l?: Level, words?: Set<String>, on?: Bool, pause?: Duration }
`;

interface Expected {
  readonly effect: string;
  readonly reasons: string;
  readonly constraints?: object;
  /** As `name { properties } by reasons`. */
  readonly asks?: readonly string[];
  /** The reasons that fired on an unknown value, as `id: paths`. */
  readonly unknown?: readonly string[];
}

type Row = readonly [rules: string, action: object, context: object, expected: Expected];

const narrow = (constraints: object, reasons = 'a,b'): Expected => ({
  effect: 'narrow',
  reasons,
  constraints,
});
const createDeny = (reasons: string, unknown: readonly string[] = []): Expected => ({
  effect: 'deny',
  reasons,
  unknown,
});
const two = (a: string, b: string) => `narrow a to { ${a} }\nnarrow b to { ${b} }`;
const three = (a: string, b: string, c: string) => `${two(a, b)}\nnarrow c to { ${c} }`;

const rows: readonly Row[] = [
  [two('level: HIGH', 'level: MEDIUM'), { level: 'LOW' }, {}, narrow({ level: 'MEDIUM' })],
  // A request outside of one narrow makes that one a deny; the other does not matter.
  [two('level: HIGH', 'level: MEDIUM'), { level: 'HIGH' }, {}, createDeny('b')],
  [
    two('level: HIGH', 'level: MEDIUM'),
    {},
    {},
    createDeny('a,b', ['a: action.level', 'b: action.level']),
  ],
  [two('amount: 5', 'amount: 9'), { amount: 5 }, {}, narrow({ amount: 5 })],
  [two('amount: 5', 'amount: 9'), { amount: 6 }, {}, createDeny('a')],
  [two('span: 5m', 'span: 250ms'), { span: 0.25 }, {}, narrow({ span: 0.25 })],
  [two('span: 5m', 'span: 250ms'), { span: 0.251 }, {}, createDeny('b')],
  [
    two('at: 2026-01-01T00:00:00Z', 'at: 2026-01-02T00:00:00Z'),
    { at: '2026-01-01T00:00:00Z' },
    {},
    narrow({ at: '2026-01-01T00:00:00.000Z' }),
  ],
  [
    three('tags: { "x", "y" }', 'tags: { "y", "z" }', 'tags: { "y" }'),
    { tags: ['y'] },
    {},
    narrow({ tags: ['y'] }, 'a,b,c'),
  ],
  // Any two have an element in common, but not all three.
  [
    three('tags: { "x", "y" }', 'tags: { "y", "z" }', 'tags: { "x", "z" }'),
    { tags: [] },
    {},
    createDeny('a,b,c'),
  ],
  [
    two('levels: { LOW, HIGH }', 'levels: { HIGH }'),
    { levels: ['HIGH'] },
    {},
    narrow({ levels: ['HIGH'] }),
  ],
  [two('levels: { LOW }', 'levels: { HIGH }'), { levels: [] }, {}, createDeny('a,b')],
  [three('least: 7', 'least: -2', 'least: 9'), {}, {}, narrow({ least: -2 }, 'a,b,c')],
  [two('least_level: HIGH', 'least_level: MEDIUM'), {}, {}, narrow({ least_level: 'MEDIUM' })],
  [three('most: 1s', 'most: 5m', 'most: 2s'), {}, {}, narrow({ most: 300 }, 'a,b,c')],
  [two('most_level: LOW', 'most_level: MEDIUM'), {}, {}, narrow({ most_level: 'MEDIUM' })],
  [
    two('latest: 2026-01-01T00:00:00Z', 'latest: 2026-01-02T00:00:00Z'),
    {},
    {},
    narrow({ latest: '2026-01-02T00:00:00.000Z' }),
  ],
  [
    three('steps: { 1, 2, 3 }', 'steps: { 3, 2 }', 'steps: { 2 }'),
    {},
    {},
    narrow({ steps: [2] }, 'a,b,c'),
  ],
  // Only the narrows with the conflicting constraint become a deny, which is enough to deny.
  [`${three('hosts: { "x" }', 'hosts: { "y" }', 'least: 5')}`, {}, {}, createDeny('a,b')],
  [
    `${two('mode: "x"', 'mode: "y"')}\ndeny d when context.on`,
    {},
    { on: true },
    createDeny('a,b,d'),
  ],
  [`narrow a to { hosts: context.words }`, {}, { words: [] }, narrow({ hosts: [] }, 'a')],
  [three('mode: "x"', 'mode: "x"', 'mode: "x"'), {}, {}, narrow({ mode: 'x' }, 'a,b,c')],
  [three('mode: "x"', 'mode: "x"', 'mode: "y"'), {}, {}, createDeny('a,b,c')],
  [two('zone: eu', 'zone: eu'), {}, {}, narrow({ zone: 'eu' })],
  [two('zone: eu', 'zone: us'), {}, {}, createDeny('a,b')],
  [two('flag: false', 'flag: context.on'), {}, { on: false }, narrow({ flag: false })],
  [two('flag: false', 'flag: context.on'), {}, { on: true }, createDeny('a,b')],
  [
    two('words: { "x", "y" }', 'words: context.words'),
    {},
    { words: ['y', 'x'] },
    narrow({ words: ['x', 'y'] }),
  ],
  [two('words: { "x", "y" }', 'words: context.words'), {}, { words: ['y'] }, createDeny('a,b')],
  [two('words: { "x" }', 'words: { "x", "y" }'), {}, {}, createDeny('a,b')],
  [two('numbers: { 1, 2 }', 'numbers: { 2, 1, 2 }'), {}, {}, narrow({ numbers: [1, 2] })],
  [two('numbers: { 1, 2 }', 'numbers: { 2, 3 }'), {}, {}, createDeny('a,b')],

  // An unknown value is reported, whatever the other constraints result in.
  ['narrow a to { least: context.n }', {}, {}, createDeny('a', ['a: context.n'])],
  ['narrow a to { least: context.n + 1 }', {}, { n: 9 }, narrow({ least: 10 }, 'a')],
  ['narrow a to { hosts: context.words }', {}, {}, createDeny('a', ['a: context.words'])],
  [
    'narrow a when context.on to { least: context.n }',
    {},
    {},
    createDeny('a', ['a: context.n,context.on']),
  ],
  [
    'narrow a when context.on to { least: context.n }',
    {},
    { on: false },
    { effect: 'permit', reasons: 'ok' },
  ],
  // The limit certainly fails, so the unknown value is irrelevant.
  ['narrow a to { amount: 5, least: context.n }', { amount: 6 }, {}, createDeny('a')],
  [
    'narrow a to { least: 5 } or deny unless context.on',
    {},
    {},
    createDeny('a', ['a: context.on']),
  ],
  ['narrow a to { least: 5 } or deny unless context.on', {}, { on: false }, createDeny('a')],

  // Obligations.
  [
    'narrow a with tell { to: "x" }',
    {},
    {},
    { effect: 'narrow', reasons: 'a', asks: ['tell {"body":"seen","to":"x"} by a'] },
  ],
  [
    'narrow a when context.on with tell { to: context.s }',
    {},
    {},
    createDeny('a', ['a: context.on,context.s']),
  ],
  [
    'narrow a with mark { n: context.n, l: HIGH, words: context.words, on: true, pause: 250ms }',
    {},
    { n: 9007199254740991, words: ['y', 'x'] },
    {
      effect: 'narrow',
      reasons: 'a',
      asks: [
        'mark {"l":"HIGH","n":9007199254740991,"on":true,"pause":0.25,"words":["x","y"]} by a',
      ],
    },
  ],
  [
    'permit p when context.on with tell { to: "x" }\npermit q otherwise with tell { to: context.s }',
    {},
    { on: true, s: 'x' },
    { effect: 'permit', reasons: 'ok,p,q', asks: ['tell {"body":"seen","to":"x"} by p,q'] },
  ],
  ['permit q otherwise with tell { to: context.s }', {}, {}, { effect: 'permit', reasons: 'ok' }],
  [
    'challenge a when context.n > 1 with step_up { acr_value: "x", amr_values: { "z", "y" } }\nchallenge b when context.n > 2',
    {},
    { n: 2 },
    {
      effect: 'challenge',
      reasons: 'a',
      asks: ['step_up {"acr_value":"x","amr_values":["y","z"]} by a'],
    },
  ],
  [
    'challenge a with step_up { acr_value: context.s }\nnarrow b with tell { to: "x" }',
    {},
    { s: 'x' },
    { effect: 'challenge', reasons: 'a', asks: ['step_up {"acr_value":"x"} by a'] },
  ],
  ['challenge a with step_up { acr_value: context.s }', {}, {}, createDeny('a', ['a: context.s'])],
  [
    'challenge a when context.on, if unknown skip with step_up { acr_value: context.s }',
    {},
    {},
    { effect: 'permit', reasons: 'ok' },
  ],
  [
    'deny a with tell { to: context.s }, tell { to: "x" }',
    {},
    {},
    { effect: 'deny', reasons: 'a', asks: ['tell {"body":"seen","to":"x"} by a'] },
  ],
  [
    'revoke a when context.on with end { subject: subject.id }\ndeny b with tell { to: "x" }',
    {},
    { on: true },
    { effect: 'revoke', reasons: 'a', asks: ['end {"subject":"a-1"} by a'] },
  ],
  [
    'revoke a when context.on with end { subject: subject.id }\ndeny b with tell { to: "x" }',
    {},
    {},
    {
      effect: 'deny',
      reasons: 'a,b',
      asks: ['tell {"body":"seen","to":"x"} by b'],
      unknown: ['a: context.on'],
    },
  ],
  // A narrow that becomes a deny because of another requires no obligation.
  [
    'narrow a to { mode: "x" } with tell { to: "x" }\nnarrow b to { mode: "y" }',
    {},
    {},
    createDeny('a,b'),
  ],
];

function summary({ effect, reasons, constraints, obligations, reasonDetails }: EvaluatedAnswer) {
  return {
    effect,
    reasons: reasons.join(),
    constraints,
    asks: obligations.map(
      ({ name, properties, reasons: by }) => `${name} ${JSON.stringify(properties)} by ${by}`,
    ),
    unknown: reasonDetails
      .filter(({ firedOn }) => firedOn === 'unknown')
      .map(({ id, unknown }) => `${id}: ${unknown}`),
  };
}

const policies = rows.map(([rules]) =>
  checkPolicy(`${declarations}for agent {\npermit ok otherwise\n${rules}\n}`),
);
const byModule = await modules(policies);

test.each(rows.map((row, index) => [...row, index] as const))(
  '%s, for action %j in context %j',
  (_rules, action, context, expected, index) => {
    const request = JSON.stringify({
      subject: { type: 'agent', id: 'a-1' },
      action: { name: 'act', properties: action },
      resource: { type: 'thing', id: 't' },
      context,
    });
    const whole = { constraints: {}, asks: [], unknown: [], ...expected };
    const policy = policies[index] ?? expect.fail('no policy');
    expect(summary(evaluator(policy)(request))).toEqual(whole);
    expect(summary((byModule[index] ?? expect.fail('no module'))(request))).toEqual(whole);
  },
);
