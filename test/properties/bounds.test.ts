// No request takes more steps or memory than the manifest of a module states: for the examples and
// generated programs, with every plan, and generated and hostile requests in sequence, because a module
// learns the shapes of requests. The bounds are also useful: requests made to take long come close to
// them.

import { requestLimits } from '@nhipol/runtime/abi';
import { createRequestArbitrary, noTables } from '@nhipol/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createHostileRequests } from '../support/arbitraries/hostile.ts';
import { programs } from '../support/arbitraries/program-arbitrary.ts';
import { runs, times } from '../support/budget.ts';
import { checkPolicy } from '../support/checking.ts';
import { createCachedAssembler } from '../support/modules/assembler.ts';
import { type CountedModule, compileCounted } from '../support/modules/step-counter.ts';
import { largePolicy } from '../support/policies/large-policy.ts';
import { layouts } from '../support/policies/layouts.ts';
import { examples, seed, separate, strict } from '../support/policies/property-policies.ts';

const setting = (name: string, defaultValue: number) => Number(process.env[name] ?? defaultValue);
const count = setting('NHIPOL_PROGRAMS', runs(12));
const requests = setting('NHIPOL_REQUESTS', runs(24, 8));

const questions = ['decide', 'again', 'respond', 'could'] as const;

const policies = [
  ...[...examples, strict, separate].map(([, policy]) => policy),
  ...(['few', 'own'] as const).map((constants) =>
    checkPolicy(largePolicy({ rules: 300, grouped: constants === 'few', constants })),
  ),
  ...fc
    .sample(programs, { numRuns: count, seed })
    .map(({ text, others }) => checkPolicy(text, others)),
];

/** The bound for the smallest length in the manifest that is at least the length of the request. */
function computeBound({ manifest }: CountedModule, text: string) {
  const bytes = new TextEncoder().encode(text).length;
  const { steps, could: couldSteps = [] } = manifest.bounds ?? expect.fail('no bounds');
  const [, decide, again, respond] =
    steps.find(([most]) => bytes <= most) ?? steps.at(-1) ?? expect.fail('no bounds');
  const [, could = 0] = couldSteps.find(([most]) => bytes <= most) ?? couldSteps.at(-1) ?? [];
  return { decide, again, respond, could };
}

/** Repeats the request until it is learned, then changes its end. */
function repeatRequest(text: string): readonly string[] {
  return [text, text, text, `${text} `];
}

/** Plans that are not shipped get a third of the policies each, unless all runs are wanted. */
const chosen = layouts.map((each, number) => ({
  ...each,
  policies: policies.filter((_, at) => number === 0 || times >= 1 || at % 3 === number),
}));

test.each(chosen)(
  'no request takes more steps than its bound, $layout',
  async ({ optimize, planning, policies }) => {
    const modules = await compileCounted(policies, createCachedAssembler(optimize), planning, true);
    for (const [index, module] of modules.entries()) {
      const policy = policies[index] ?? expect.fail('a policy got lost');
      const samples = fc.sample(createRequestArbitrary(policy), {
        numRuns: requests,
        seed: seed + index,
      });
      for (const [at, request] of samples.entries()) {
        const hostile =
          at % 4 === 0 ? createHostileRequests(request.text, at / 4).flatMap(repeatRequest) : [];
        for (const text of [request.text, ...hostile]) {
          const steps = module.steps({ ...request, text });
          const bound = computeBound(module, text);
          for (const question of questions) {
            const message = `${policy.name}, ${question}: ${text.slice(0, 400)}`;
            expect(steps[question], message).toBeLessThanOrEqual(bound[question]);
          }
        }
      }
    }
  },
  600_000,
);

/** A request of maximum length, with repeated contents of the member, or of one that is not declared. */
function dense(
  bytes: number,
  part: (at: number) => string,
  { most = requestLimits.elements, brackets = '[]' }: { most?: number; brackets?: string } = {},
): string {
  const around = (list: string) =>
    `{"action":{"name":"act"},"resource":{"type":"r","id":"1"},"context":{"time":"2026-03-03T10:00:00Z"},"subject":{"type":"agent","id":"1","properties":{"member":${list}}}}`;
  const parts: string[] = [];
  let room = bytes - around('[]').length - 2;
  for (let at = 0; at < most; at += 1) {
    room -= part(at).length + 1;
    if (room < 0) break;
    parts.push(part(at));
  }
  return around(`${brackets[0]}${parts.join()}${brackets[1]}`);
}

const letters = 'abcdefghijklmnop';
const short = (at: number) => `"a${letters[at >> 4]}${letters[at & 15]}"`;
/** More than eight bytes, with the difference after them. */
const long = (at: number) => `"aaaaaaaa${letters[at >> 4]}${letters[at & 15]}"`;
/** The maximum number of members of a record, with names that differ in their last letter. */
const alike = (type: string) =>
  [...'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ01234567']
    .map((letter) => `aa${letter}${type}`)
    .join(', ');
const tags = () => `{"tags":[${Array.from({ length: 256 }, (_, at) => short(at)).join()}]}`;

test.each<[string, string, string, string]>([
  ['strings', 'Set<String>', dense(1024, long), 'size(subject.member) > 3'],
  ['numbers', 'Set<Int>', dense(1024, (at) => `${at}e9`), 'size(subject.member) > 3'],
  ['amounts', 'List<Decimal>', dense(1024, () => '9e9'), 'size(subject.member) > 3'],
  [
    'SPIFFE IDs',
    'List<SpiffeId>',
    dense(8192, () => `"spiffe:${'\\/a'.repeat(7)}"`),
    'size(subject.member) > 3',
  ],
  [
    'sets in lists',
    'List<{ tags?: Set<String> }>',
    dense(65_536, tags),
    'any each in subject.member satisfies size(each.tags) > 3',
  ],
  [
    'sets of sets',
    'Set<String>',
    dense(8192, long),
    'subject.member within subject.member union { "q" }',
  ],
  [
    'quantifiers in quantifiers',
    'Set<String>',
    dense(8192, short),
    'all a in subject.member satisfies any b in subject.member satisfies a is not b and (any c in subject.member satisfies c is a)',
  ],
  [
    'names that are almost declared',
    `{ ${alike('?: Int')} }`,
    dense(65_536, () => '"aa9" :1', { most: 65_536, brackets: '{}' }),
    'subject.member.aaa > 3',
  ],
  [
    'records without any members',
    `List<{ ${alike(': Int')} }>`,
    dense(1024, () => '{}'),
    'any each in subject.member satisfies each.aaa > 3',
  ],
  [
    'nested records without any members',
    `List<{ a?: { ${alike(': Int')} }, b?: { ${alike(': Int')} } }>`,
    dense(8192, () => '{"a":{},"b":{}}'),
    'any each in subject.member satisfies each.a.aaa > 3',
  ],
  [
    'undeclared members',
    'String',
    dense(65_536, () => '1 ', { most: 65_536 }).replace('member', 'other'),
    'subject.member is "x"',
  ],
])('a bound is tight: %s', async (_, member, text, condition) => {
  const policy = checkPolicy(`policy dense
subject agent { member?: ${member} }
action act {}
resource any {}
context { time: Timestamp }
for agent doing act { permit p when ${condition} }
`);
  const [module] = await compileCounted([policy]);
  if (module === undefined) expect.fail('no module');
  const bound = computeBound(module, text).decide;
  const steps = repeatRequest(text).map(
    (request) => module.steps({ text: request, now: undefined, tables: noTables }).decide,
  );
  expect(Math.max(...steps)).toBeLessThanOrEqual(bound);
  expect(Math.max(...steps)).toBeGreaterThan(bound / 10);
});

/** Values that take long to write in canonical form: `part` is repeated in an object or an array. */
const calls: readonly (readonly [string, string, (at: number) => string])[] = [
  ['numbers', '[]', () => '1'],
  ['zeros', '[]', () => '1e20'],
  ['strings', '[]', () => '""'],
  ['escapes', '[]', () => '"\\n\\u0001\\u00e4\\n\\n"'],
  ['names in reverse', '{}', (at) => `"${String(99_999 - at)}":1`],
  ['names that differ late', '{}', (at) => `"${'a'.repeat(40)}${(at * 7919) % 10_007}":1`],
  ['names of control characters', '{}', (at) => `"${'\\u0001'.repeat(9)}${999 - at}":1`],
  ['two long names', '{}', (at) => `"${at < 2 ? 'z'.repeat(15_000) + (2 - at) : 9999 - at}":1`],
  ['nested objects', '[]', () => '{"b":1,"a":{}}'],
];

test.each(layouts)(
  'no digest takes more steps than its bound, $layout',
  async ({ optimize, planning }) => {
    const policy = checkPolicy(`policy digests
subject agent {}
action any {}
resource any {}
context { call_digest?: String }
for any { permit p when context.call_digest is present }
`);
    const [module] = await compileCounted([policy], createCachedAssembler(optimize), planning);
    if (module === undefined) expect.fail('no module');
    for (const [name, brackets, part] of calls) {
      for (const bytes of [1024, 8192, 65_536]) {
        const text = dense(bytes, part, { most: 65_536, brackets }).replace(
          /"name":"act"\}(.*),"properties":\{"member":(.*)\}\}\}$/,
          '"name":"act","x":$2}$1}}',
        );
        const { decide } = module.steps({ text, now: undefined, tables: noTables });
        expect(decide, `${name}, ${bytes}`).toBeLessThanOrEqual(computeBound(module, text).decide);
      }
    }
  },
  600_000,
);

test('a module allocates its memory at the start, and only tables add to it', async () => {
  const request = dense(65_536, short, { most: 65_536 });
  const policy = checkPolicy(`policy tables
subject agent { member?: Set<String> }
action any {}
resource any {}
external table quotas: String -> Int
for agent doing any { permit p when size(subject.member union { "q" }) < quotas["a"] }
`);
  const [module] = await compileCounted([policy]);
  if (module === undefined) expect.fail('no module');
  const { memory_bytes: bytes } = module.manifest.bounds ?? expect.fail('no bounds');
  expect(module.memory()).toBe(bytes);
  module.steps({ text: request, now: undefined, tables: noTables });
  expect(module.memory()).toBe(bytes);
  const rows = Object.fromEntries(Array.from({ length: 20_000 }, (_, at) => [`k${at}`, at]));
  const tables = new Map([['quotas', JSON.stringify(rows)]]);
  module.steps({ text: request, now: undefined, tables });
  expect(module.memory()).toBeGreaterThan(bytes);
});
