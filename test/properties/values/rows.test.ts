// Many similar rules: rows of families, found by their scopes and their index, have the meaning of each rule.
// Policies whose rules differ in their constants, with all kinds of indexes, get requests at and near
// these constants, with members that are missing, wrong or of another type; module and evaluator must
// agree.

import { isSameAnswer } from '@nhipol/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lower, plan } from '../../../compiler/public.ts';
import { runs } from '../../support/budget.ts';
import { checkPolicy } from '../../support/checking.ts';
import { createCachedAssembler } from '../../support/modules/assembler.ts';
import { evaluator, modules } from '../../support/modules/engines.ts';

const seed = Number(process.env.NHIPOL_SEED ?? 20_261_125);
const planning = { minMembers: 2, minIndexedRows: 3, maxFamilies: 64, maxUniqueShapes: 0 };

const header = `policy rows
enum Level { low < middle < high }
subject agent { owner?: String, level?: Level, ip?: Ip, path?: String, id_?: SpiffeId }
subject any { owner?: String, level?: Level, ip?: Ip, path?: String, id_?: SpiffeId }
action any {}
resource any { size?: Int }
context { time: Timestamp, risk?: Int(0..9), until?: Timestamp }
`;

const owners = ['a', 'ab', 'abc', 'abcdefgh', 'abcdefghi', 'team-zürich', 'x'.repeat(40), ''];
const sizes = [0n, 1n, -1n, 7n, 2n ** 40n, 2n ** 53n - 1n];
const ips = ['10.0.0.1', '10.0.0.255', '10.0.1.0', '10.1.0.0', '11.0.0.0', '255.255.255.255'];
const sixes = ['::', '::1', '2001:db8::1', '2001:db8:0:1::', 'ffff::', '::ffff:10.0.0.1'];
const networks = [
  '10.0.0.0/24',
  '10.0.0.0/25',
  '10.0.0.128/25',
  '10.0.0.0/8',
  '10.0.0.1/32',
  '0.0.0.0/0',
  '255.255.255.255/32',
  '2001:db8::/32',
  '2001:db8::/64',
  '::/0',
  '::1/128',
  'ffff::/16',
];
const paths = ['a', 'a/b', 'a/b/c', 'a/b/c/d', 'b', '', 'a//c', '/a', 'a/b/', 'ü/b/c', '/a/c'];
const globs = [
  'a',
  'a/*',
  'a/b',
  'a/b/*',
  'a/**',
  '*/b/c',
  '**/c',
  '**/a',
  '**/a/*',
  '/**/c',
  '/a',
  'a/?/c',
  '*',
  'a/{b,c}',
  'ü/*/c',
];
const ids = ['spiffe://p.example/a', 'spiffe://p.example/a/b', 'spiffe://q.example/a/b'];
const idPatterns = ['spiffe://p.example/a', 'spiffe://p.example/*', 'spiffe://q.example/a/**'];

/** Conditions of one form, which differ in a constant. */
const forms: readonly (readonly [
  form: (constant: string) => string,
  constants: readonly string[],
])[] = [
  [(text) => `subject.owner is ${text}`, owners.map((text) => JSON.stringify(text))],
  [(set) => `subject.owner in ${set}`, ['{ "a", "ab" }', '{ "ab" }', '{ "abc", "a" }', '{ "q" }']],
  [(level) => `subject.level is ${level}`, ['low', 'middle', 'high']],
  [(size) => `resource.size is ${size}`, sizes.map(String)],
  [(set) => `resource.size in ${set}`, ['{ 0, 1 }', '{ 1, 7 }', '{ 7 }', '{ -1 }']],
  [(network) => `subject.ip in ${network}`, networks],
  [(set) => `subject.ip in ${set}`, ['{ 10.0.0.0/24, ::/0 }', '{ 10.0.0.0/25 }', '{ 11.0.0.0/8 }']],
  [(glob) => `subject.path matches glob"${glob}"`, globs],
  [(pattern) => `subject.id_ matches spiffe"${pattern}"`, idPatterns],
  [(id) => `subject.id is ${id}`, ['"one"', '"two"', '"three"', '"four"']],
  [(risk) => `context.risk < ${risk}`, ['1', '3', '5', '8']],
];

const others = ['context.risk < 5', 'context.time < context.until', 'resource.size > 0', ''];
const scopes = [
  'for any',
  'for agent',
  'for agent, job',
  'for any doing read',
  'for job doing read, write',
];
const places = ['', ' on page', ' on page, table'];
const effects = ['permit', 'deny', 'revoke', 'challenge'];
const messages = ['', ' because "it is {context.risk} of {subject.id}"'];

interface Rows {
  readonly head: string;
  readonly effect: string;
  readonly form: number;
  readonly other: string;
  readonly skip: boolean;
  readonly message: string;
  readonly constants: readonly number[];
}

const rows: fc.Arbitrary<Rows> = fc.record({
  head: fc.tuple(fc.constantFrom(...scopes), fc.constantFrom(...places)).map(([a, b]) => a + b),
  effect: fc.constantFrom(...effects),
  form: fc.nat(forms.length - 1),
  other: fc.constantFrom(...others),
  skip: fc.boolean(),
  message: fc.constantFrom(...messages),
  constants: fc.array(fc.nat(20), { minLength: 1, maxLength: 9 }),
});

function writeRow(
  { head, effect, form, other, skip, message, constants }: Rows,
  at: number,
): string {
  const [write, known] = forms[form] ?? expect.fail('no form');
  const rest = other === '' ? '' : ` and ${other}`;
  const skips = skip && effect !== 'permit' ? ', if unknown skip' : '';
  const rules = constants.map((constant, row) => {
    const condition = write(known[constant % known.length] ?? '');
    return `  ${effect} r${at}_${row} when ${condition}${rest}${skips}${message}`;
  });
  return `${head} {\n${rules.join('\n')}\n}`;
}

const policies = fc
  .array(rows, { minLength: 4, maxLength: 10 })
  .map((all) => `${header}${all.map(writeRow).join('\n')}\n`);

const wrong = fc.constantFrom<unknown>(17, 'no such thing', null, [], {}, true);
const orWrong = (values: readonly unknown[]) =>
  fc.oneof({ weight: 12, arbitrary: fc.constantFrom(...values) }, { weight: 1, arbitrary: wrong });

const requests = fc
  .record({
    subject: fc.record({
      type: fc.constantFrom('agent', 'job', 'nobody'),
      id: fc.constantFrom('one', 'two', 'five'),
      properties: fc.record(
        {
          owner: orWrong([...owners, 'abcdefgj', 'ac']),
          level: orWrong(['low', 'middle', 'high']),
          ip: orWrong([...ips, ...sixes]),
          path: orWrong(paths),
          id_: orWrong(ids),
        },
        { requiredKeys: [] },
      ),
    }),
    action: fc.record({ name: fc.constantFrom('read', 'write', 'list') }),
    resource: fc.record({
      type: fc.constantFrom('page', 'table', 'view'),
      id: fc.constant('r'),
      properties: fc.record({ size: orWrong(sizes.map(Number)) }, { requiredKeys: [] }),
    }),
    context: fc.record(
      {
        time: fc.constant('2026-03-03T10:00:00Z'),
        risk: orWrong([0, 2, 4, 9]),
        until: orWrong(['2026-03-03T10:00:00Z', '2026-03-03T11:00:00Z']),
      },
      { requiredKeys: ['time'] },
    ),
  })
  .map((request) => JSON.stringify(request));

test('rows found by an index have the answers of the evaluator', { timeout: 300_000 }, async () => {
  const sample = fc
    .sample(policies, { numRuns: runs(40), seed })
    .map((text) => checkPolicy(text, {}));
  const indexKinds = sample.flatMap((policy) =>
    plan(lower(policy), planning).families.flatMap(({ discriminator }) => discriminator?.by ?? []),
  );
  expect([...new Set(indexKinds)].sort()).toEqual(['network', 'segments', 'text', 'word']);
  const byModule = await modules(sample, createCachedAssembler('none'), planning);
  const seen = new Set<string>();
  for (const [index, policy] of sample.entries()) {
    const ask = evaluator(policy);
    for (const request of fc.sample(requests, { numRuns: runs(250, 40), seed: seed + index })) {
      const [expected, found] = [ask(request), byModule[index]?.(request)];
      seen.add(expected.effect);
      if (found === undefined || !isSameAnswer(expected, found))
        expect({ request, found }).toEqual({ request, found: expected });
    }
  }
  expect([...seen].sort()).toEqual(['challenge', 'deny', 'permit', 'revoke']);
});

/** Networks, each as its first address and its prefix length. */
const drawnNetworks = fc.uniqueArray(
  fc
    .tuple(fc.nat(0xffff), fc.nat(0xffff), fc.integer({ min: 10, max: 32 }))
    .map(([high, low, bits]) => {
      const address = ((high % 6) * 2 ** 29 + (high % 3) * 65_536 + low) >>> 0;
      const first = bits === 32 ? address : (address >>> (32 - bits)) * 2 ** (32 - bits);
      return { first: first >>> 0, bits };
    }),
  { minLength: 400, maxLength: 400, selector: ({ first, bits }) => `${first}/${bits}` },
);

function formatAddress(address: number): string {
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join('.');
}

test('rows of many networks have the answers of the evaluator, at and near their boundaries', {
  timeout: 120_000,
}, async () => {
  const [networks = []] = fc.sample(drawnNetworks, { numRuns: 1, seed });
  const rules = networks.map(({ first, bits }, at) => {
    const condition = `subject.ip in ${formatAddress(first)}/${bits} and context.risk < ${at % 10}`;
    return `  ${at % 3 === 0 ? 'deny' : 'permit'} r${at} when ${condition}`;
  });
  const policy = checkPolicy(`${header}for any {\n${rules.join('\n')}\n}\n`);
  const [module] = await modules([policy], createCachedAssembler('none'));
  const ask = evaluator(policy);
  const addresses = networks.flatMap(({ first, bits }) => {
    const end = first + 2 ** (32 - bits);
    return [first - 1, first, end - 1, end].map((address) => formatAddress(address >>> 0));
  });
  for (const [at, ip] of [...addresses, ...sixes].entries()) {
    const request = JSON.stringify({
      subject: { type: 'agent', id: 'one', properties: { ip } },
      action: { name: 'read' },
      resource: { type: 'page', id: 'r' },
      context: { time: '2026-03-03T10:00:00Z', risk: at % 10 },
    });
    const [expected, found] = [ask(request), module?.(request)];
    if (found === undefined || !isSameAnswer(expected, found))
      expect({ request, found }).toEqual({ request, found: expected });
  }
});
