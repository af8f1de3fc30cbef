import { checkPolicyFiles } from '@nhipol/cli';
import { compile } from '@nhipol/compiler';
import { type Answer, load } from '@nhipol/runtime';
import picocolors from 'picocolors';
import { expect, test } from 'vitest';
import { answerSituation } from '../../examples/tour/answer.ts';
import {
  clockTime,
  duration,
  introduction,
  paintEffect,
  readTime,
  showDecision,
  showRead,
  showValidity,
  width,
  wrap,
} from '../../examples/tour/show.ts';
import { findPlace, listSituations } from '../../examples/tour/situations.ts';
import { assemble } from '../support/modules/assembler.ts';
import { examples } from '../support/policies/examples.ts';

const plain = picocolors.createColors(false);
const now = BigInt(Date.parse('2026-03-03T10:00:00Z'));

const answer: Answer = {
  effect: 'permit',
  decision: true,
  reasons: ['scope_confirmed'],
  reasonDetails: [
    {
      id: 'scope_confirmed',
      effect: 'permit',
      message: undefined,
      firedOn: 'true',
      unknown: [],
      source: undefined,
    },
  ],
  constraints: {},
  lower: {},
  obligations: [],
  accessRequest: undefined,
  singleUse: false,
  callDigest: undefined,
  validUntil: Number(now) + 240_001,
  read: ['action.name', 'context.risk.level', 'context.risk.observed_at', 'table.tool_scopes'],
  error: undefined,
};

test('shows a permit with its reason, its end and the facts that it read', () => {
  const shown = { words: 'The agent reads a customer record.', now, answer };
  expect(showDecision(shown, [], plain)).toEqual([
    '  10:00:00  The agent reads a customer record.',
    '            permit     scope_confirmed',
    '                       valid until 10:04:00 (4 min)',
    '                       read action (1 fact), context (1), table (1)',
  ]);
});

test('shows a narrow with its constraints, and durations with units', () => {
  const [reason] = answer.reasonDetails;
  const narrow: Answer = {
    ...answer,
    effect: 'narrow',
    reasonDetails: reason === undefined ? [] : [{ ...reason, effect: 'narrow', message: 'slowly' }],
    constraints: { max_rows: 100, privileges: ['read', 'list'], ttl: 90 },
    read: ['action.name'],
  };
  const declared = [{ name: 'ttl', type: { kind: 'Duration' }, merge: 'smallest wins' }] as const;
  expect(showDecision({ words: 'It reads.', now, answer: narrow }, declared, plain)).toEqual([
    '  10:00:00  It reads.',
    '            narrow     scope_confirmed: slowly',
    '                       within max_rows = 100, privileges = { read, list }, ttl = 1 min 30 s',
    '                       valid until 10:04:00 (4 min)',
    '                       read action (1 fact)',
  ]);
});

test('shows the unknown value of a reason, and wraps long lines', () => {
  const reason: Answer['reasonDetails'][number] = {
    id: 'risk_unknown',
    effect: 'deny',
    message: 'no risk level from the last five minutes is known to anyone who was asked for it',
    firedOn: 'unknown',
    unknown: ['context.risk.level'],
    source: undefined,
  };
  const deny: Answer = { ...answer, effect: 'deny', reasonDetails: [reason], read: ['context'] };
  const lines = showDecision({ words: 'It reads.', now, answer: deny }, [], plain);
  expect(lines.slice(1, 3)).toEqual([
    '            deny       risk_unknown: no risk level from the last five minutes is known to anyone',
    '                         who was asked for it (unknown: context.risk.level)',
  ]);
  expect(lines.filter((line) => line.length > width)).toEqual([]);
});

test('colors effects only if colors are enabled', () => {
  const colored = picocolors.createColors(true);
  expect(paintEffect('deny', plain)('deny')).toBe('deny');
  expect(paintEffect('deny', colored)('deny')).toBe(colored.bold(colored.red('deny')));
  const effects = ['permit', 'narrow', 'challenge', 'deny', 'revoke'] as const;
  expect(new Set(effects.map((effect) => paintEffect(effect, colored)('x'))).size).toBe(5);
});

test.for([
  ['permit', Number(now) + 60_000, 'valid until 10:01:00 (1 min)'],
  ['permit', Number(now) + 86_400_000, 'valid until 2026-03-04 10:00:00 (1 d)'],
  ['deny', undefined, 'valid until a fact changes'],
  ['revoke', undefined, 'the session is over'],
] as const)('shows the validity of a %s until %s', ([effect, validUntil, expected]) => {
  expect(showValidity({ ...answer, effect, validUntil }, now)).toBe(expected);
});

test.for([
  [1n, '1 ms'],
  [1_000n, '1 s'],
  [59_999n, '59 s'],
  [290_001n, '4 min 50 s'],
  [5_700_000n, '1 h 35 min'],
  [86_400_000n, '1 d'],
  [90_061_000n, '1 d 1 h'],
] as const)('writes %s ms as %s', ([milliseconds, expected]) => {
  expect(duration(milliseconds)).toBe(expected);
});

test('counts the facts that were read, per part of the request', () => {
  const read = ['action.name', 'action.tool.name', 'action.tool.server', 'context.time'];
  const more = ['resource.owner', 'subject.id', 'table.scopes'];
  expect(showRead([...read, ...more])).toEqual([
    'read subject (1 fact), action (2), resource (1), context (1), table (1)',
  ]);
  const terms = ['once(signal "a.b")', 'once(signal "a.c")'];
  expect(showRead(['subject.type', ...terms])).toEqual(['read subject (1 fact), history (2)']);
  expect(showRead([])).toEqual([]);
});

test('truncates the time of day to seconds', () => {
  expect(clockTime(now + 59_999n)).toBe('10:00:59');
});

test('reads the time of a request', () => {
  expect(readTime('{"context":{"time":"2026-03-03T10:00:00Z"}}')).toBe(now);
  expect(readTime('{}')).toBe(0n);
});

test('wraps lines at spaces, and does not split long words', () => {
  expect(wrap('one two three', 7)).toEqual(['one two', 'three']);
  expect(wrap('one incomprehensible', 7)).toEqual(['one', 'incomprehensible']);
});

test('introduces a policy with its first comment', () => {
  expect(introduction('// One.\n// Two.\n\npolicy p\n// Three.\n')).toBe('One. Two.');
});

test.for(examples)('$name has a place in the tour, and three situations', async ({ path }) => {
  const { policy } = await checkPolicyFiles(path);
  if (policy === undefined) throw new Error(`${path} does not check`);
  expect(findPlace(policy)).toBeLessThan(examples.length);
  expect(listSituations(policy)).toHaveLength(3);
});

test('a situation of a session is answered as its test expects', async () => {
  const { policy } = await checkPolicyFiles('examples/agent-trifecta/policy.nhipol');
  if (policy === undefined) throw new Error('it does not check');
  const module = load((await compile(policy, assemble, { version: '0' })).wasm);
  const answers = listSituations(policy).map((situation) => answerSituation(module, situation));
  expect(answers.map(({ effect, reasons }) => [effect, ...reasons])).toEqual([
    ['permit', 'goes_out'],
    ['deny', 'way_out_closed'],
    ['revoke', 'keeps_trying'],
  ]);
});
