// Predicates, functions and `let`s of files and rules: which are accepted, and the errors of the others.

import { expect, test } from 'vitest';
import { checkPolicy, checkText } from '../../support/checking.ts';

const head = `policy p
enum Level { LOW < HIGH }
subject agent { level?: Level, credential: { exposed: Bool = false, at?: Timestamp } }
subject job { credential: { exposed: Bool = false, at?: Timestamp } }
context { time: Timestamp, n?: Int, risk?: { level?: Level, observed_at?: Timestamp } fresh 5m }
`;

function checkDeclarations(declarations: string, condition = 'true', effect = 'deny') {
  return checkText(`${head}${declarations}\nfor agent { ${effect} x when ${condition} }`).found;
}

test.each([
  [
    'every kind of type',
    'predicate f(a: Int, b: Set<Int>, c: Level) = a in b and c is HIGH',
    'f(1, { 2 }, LOW)',
  ],
  ['no parameters', 'predicate f() = context.n is 1', 'f()'],
  ['a number in a range', 'predicate f(a: Int(0..10)) = a < 5', 'f(5) and f(10)'],
  ['a number that decides a comparison', 'predicate f(a: Int) = a < 5', 'f(size({ 1 })) or f(7)'],
  [
    'a record with more members',
    'predicate f(c: { exposed: Bool }) = c.exposed',
    'f(subject.credential)',
  ],
  [
    'a record within a root',
    'predicate f(who: { id: String, credential: { exposed: Bool } }) = who.credential.exposed and who.id is "x"',
    'f(subject)',
  ],
  ['the context', 'predicate f(c: { n?: Int }) = c.n is present', 'f(context)'],
  ['a call within a call', 'function f(a: Int): Int = a + 1', 'f(f(f(context.n))) is 3'],
  [
    'a result that is a record',
    'record C { exposed: Bool }\nfunction f(c: C): C = c',
    'f(subject.credential).exposed',
  ],
  [
    'an argument that changes with time',
    'predicate f(a: Timestamp, b: Timestamp) = a >= b',
    'f(context.time, subject.credential.at)',
  ],
  [
    'a predicate declared below its use',
    'let a = f(1)\npredicate f(n: Int) = n is b\nlet b = context.n',
    'a',
  ],
])('accepts parameters and arguments: %s', (_, declarations, condition) => {
  expect(checkDeclarations(declarations, condition)).toEqual([]);
});

test.each([
  [
    'an argument of another type',
    'predicate f(a: Int) = a is 1',
    'f("x")',
    'wrong-argument «"x"» `a` of `f` takes Int, found String: this is String',
  ],
  [
    'a record without a member',
    'predicate f(c: { owner?: String }) = c.owner is "x"',
    'f(subject.credential)',
    'wrong-argument «subject.credential» `c` of `f` takes { owner }, found { exposed, at }: it has no `owner`',
  ],
  [
    'a record with another default',
    'predicate f(c: { exposed: Bool = true }) = c.exposed',
    'f(subject.credential)',
    'wrong-argument «subject.credential» `c` of `f` takes { exposed }, found { exposed, at }: its `exposed` has another default',
  ],
  [
    'a record that stays fresh longer than the parameter',
    'predicate f(c: { risk?: { level?: Level, observed_at?: Timestamp } fresh 1m }) = c.risk.level is HIGH',
    'f(context)',
    'wrong-argument «context» `c` of `f` takes { risk }, found context: its `risk` has no `fresh`, or a shorter one',
  ],
  [
    'a record whose member may be out of range',
    'predicate f(c: { n?: Int(0..10) }) = c.n < 5',
    'f(context)',
    'wrong-argument «context» `c` of `f` takes { n }, found context: its `n` can be outside of `Int(0..10)`',
  ],
  [
    'too few arguments',
    'predicate f(a: Int, b: Int) = a is b',
    'f(1)',
    'wrong-arity «f(1)» `f` takes 2 arguments, found 1',
  ],
  [
    'a number that may be out of range',
    'predicate f(a: Int(0..10)) = a < 5',
    'f(context.n)',
    'wrong-argument «context.n» `a` of `f` takes Int(0..10), found Int: it can be outside of `Int(0..10)`',
  ],
  [
    'a constant that is out of range',
    'predicate f(a: Int(0..10)) = a < 5',
    'f(11)',
    'wrong-argument «11» `a` of `f` takes Int(0..10), found Int: it can be outside of `Int(0..10)`',
  ],
  [
    'a result that may be out of range',
    'function f(a: Int(0..10)): Int(0..10) = a + 1',
    'true',
    'wrong-type «a + 1» expected Int(0..10), found Int: it can be outside of `Int(0..10)`',
  ],
  [
    'an unknown function',
    'predicate healthy(a: Int) = a is 1',
    'healty(1)',
    'unknown-function «healty» unknown function `healty`: did you mean `healthy`?',
  ],
  [
    'a body of another type',
    'function f(a: Int): String = a + 1',
    'true',
    'wrong-type «a + 1» expected String, found Int: this is Int',
  ],
  [
    'a parameter as a member',
    'predicate f(a: Int) = a is present',
    'f(context.n)',
    'presence-of-value «a» only a member of the request can be present or missing',
  ],
  [
    'a parameter twice',
    'predicate f(a: Int, a: Int) = a is 1',
    'true',
    'duplicate-name «a» `a` is declared twice',
  ],
  [
    'a parameter that hides a constant',
    'const a = 1\npredicate f(a: Int) = a is 1',
    'true',
    'shadowed-name «a» `a` would hide a constant of the same name',
  ],
  [
    'a predicate with the name of a builtin',
    'predicate size(a: Int) = a is 1',
    'true',
    'shadowed-name «size» `size` would hide a function of the language of the same name',
  ],
  [
    'a constant that calls a function',
    'function f(a: Int): Int = a\nconst c = f(1)',
    'true',
    'not-constant «f(1)» this must be known when the policy is compiled',
  ],
  [
    'a body that reads a member that no subject has',
    'predicate f() = subject.levels is HIGH',
    'true',
    'unknown-member «levels» `subject` has no member `levels`: did you mean `level`?',
  ],
  [
    'a `let` that depends on itself',
    'let a = b + 1\nlet b = a + 1',
    'a is 1',
    'circular «a» `a` depends on itself: a → b → a',
  ],
  [
    'a constant that depends on itself',
    'const a = b\nconst b = a',
    'true',
    'circular «a» `a` depends on itself: a → b → a',
  ],
  [
    'a predicate that calls itself through others',
    'predicate f(n: Int) = g(n)\npredicate g(n: Int) = h(n)\npredicate h(n: Int) = g(n)',
    'f(1)',
    'circular «g» `g` depends on itself: g → h → g',
  ],
])('rejects %s', (_, declarations, condition, message) => {
  expect(checkDeclarations(declarations, condition)).toEqual([message]);
});

test('untraceable time is reported at the argument, with the related place in the body', () => {
  const text = `${head}function half(d: Duration): Duration = d / 2
for agent { deny x when half(context.time - subject.credential.at) > 5m }`;
  const { diagnostics, found: messages } = checkText(text);
  expect(messages).toEqual([
    'time-not-traceable «half(context.time - subject.credential.at)» the compiler cannot determine when this changes with time',
  ]);
  const [related] = diagnostics[0]?.related ?? [];
  expect(related && text.slice(related.span.start, related.span.end)).toBe('d / 2');
  expect(related?.message).toBe('in `half`');
});

test('untraceable time is reported at the outermost call', () => {
  const text = `${head}function half(d: Duration): Duration = d / 2
predicate soon(at: Timestamp) = half(context.time - at) > 5m
predicate later(d: Duration) = half(d) > 5m
for agent { deny x when later(context.time - subject.credential.at) }`;
  const { diagnostics, found: messages } = checkText(text);
  expect(messages).toEqual([
    'time-not-traceable «half(context.time - at)» the compiler cannot determine when this changes with time',
    'time-not-traceable «later(context.time - subject.credential.at)» the compiler cannot determine when this changes with time',
  ]);
  expect(diagnostics[1]?.related.map(({ message }) => message)).toEqual([
    'in `later`',
    'in `half`',
  ]);
});

test.each([
  ['predicate f() = latest(context.risk.level) is LOW', 'f()', 'latest-in-permit'],
  [
    'predicate g(r: { level?: Level }) = latest(r.level) is LOW\npredicate f() = g(context.risk)',
    'f()',
    'latest-in-permit',
  ],
  ['let a = latest(context.risk.level)', 'a is LOW', 'latest-in-permit'],
])('a permit cannot depend on stale values through %s', (declarations, condition, code) => {
  const [message = '', ...others] = checkDeclarations(declarations, condition, 'permit');
  expect([message.split(' ')[0], others]).toEqual([code, []]);
  expect(checkDeclarations(declarations, condition)).toEqual([]);
});

test('a permit cannot read earlier actors through a predicate', () => {
  const text = `policy p
use nhi.{ Actor, actors_in }
subject agent { actor_chain: List<Actor> = [] }
predicate deep(who: { actor_chain: List<Actor> = [] }) = actors_in(who.actor_chain) > 3
for agent { permit x when not deep(subject) }`;
  const { diagnostics } = checkText(text);
  expect(diagnostics.map(({ code }) => code)).toEqual(['actor-chain-in-permit']);
  expect(diagnostics[0]?.related.map(({ message }) => message)).toEqual([
    'this permit depends on it',
  ]);
  expect(checkText(text.replace('permit x', 'deny x')).found).toEqual([]);
});

test('rejects calls that double at each step before it expands them', () => {
  const steps = Array.from(
    { length: 40 },
    (_, i) => `function f${i + 1}(n: Int): Int = f${i}(n) + f${i}(n + 1)`,
  );
  const [first = '', ...others] = checkDeclarations(
    `function f0(n: Int): Int = n\n${steps.join('\n')}`,
    'f40(1) > 5',
  );
  expect(first).toMatch(/^too-many «f\d+» more than 5000 expressions in a predicate or function/);
  expect(others.every((message) => message.startsWith('too-many'))).toBe(true);
});

test('limits chains of calls without a stack overflow', () => {
  const steps = Array.from(
    { length: 1000 },
    (_, i) => `function f${i + 1}(n: Int): Int = f${i}(n)`,
  );
  const declarations = [...steps].reverse().join('\n');
  const [first = ''] = checkDeclarations(
    `${declarations}\nfunction f0(n: Int): Int = n`,
    'f1000(1) > 5',
  );
  expect(first).toMatch(/^too-many «f\d+» more than (600 levels|100000 expressions)/);
  const nested = `${'f99('.repeat(90)}1${')'.repeat(90)}`;
  expect(
    checkDeclarations(
      `${steps.slice(0, 99).join('\n')}\nfunction f0(n: Int): Int = n`,
      `${nested} > 5`,
    )[0],
  ).toMatch(/^too-many «.*» more than 600 levels/);
});

test('limits all calls of a policy together', () => {
  const sum = Array.from({ length: 400 }, () => 'n').join(' + ');
  const rules = Array.from({ length: 150 }, (_, i) => `deny x${i} when f(${i}) > 5`);
  const text = `${head}function f(n: Int): Int = ${sum}\nfor any { ${rules.join('\n')} }`;
  expect(checkText(text).found[0]).toMatch(/more than 100000 expressions in all calls of a policy/);
});

test.each([
  ['subject', 'part of every request'],
  ['context', 'part of every request'],
  ['limit', 'a constant'],
  ['shared', 'a `let` of the file'],
  ['Level', 'an enum'],
  ['Actor', 'a record'],
  ['String', 'a type of the language'],
])('reports every declaration that would hide `%s`', (name, what) => {
  const declarations = `policy p\nconst limit = 5\nlet shared = action.name\nenum Level { a }\nrecord Actor {}\ncontext { set: Set<Int> = {} }`;
  const message = `shadowed-name «${name}» \`${name}\` would hide ${what} of the same name`;
  for (const rule of [
    `let ${name} = 1`,
    `deny x when true where ${name} = 1`,
    `given ${name} = 1 { permit y otherwise }`,
    `deny x when any ${name} in context.set satisfies true`,
  ]) {
    expect(checkText(`${declarations}\nfor any { ${rule} }`).found).toEqual([message]);
  }
});

test('names in `where` are visible in their rule only, and to the names after them', () => {
  const rule = 'deny x when b > 1 because "{b}" where a = context.n, b = a + 1';
  expect(checkDeclarations('', 'true')).toEqual([]);
  expect(checkText(`${head}for any { ${rule} }`).found).toEqual([]);
  expect(checkText(`${head}for any { ${rule}\ndeny y when a is 1 }`).found).toEqual([
    'unknown-name «a» unknown name `a`',
  ]);
});

test('`subject any` applies to every subject type without a declaration', () => {
  const any =
    'policy p\nsubject any { owner?: String }\nsubject agent { owner?: String, level?: Int }';
  expect(checkText(`${any}\nfor any { deny x when subject.owner is "a" }`).found).toEqual([]);
  expect(checkText(`${any}\nfor robot, agent { deny x when subject.owner is "a" }`).found).toEqual(
    [],
  );
  expect(
    checkText(`${any}\nlet owner = subject.owner\nfor any { deny x when owner is "a" }`).found,
  ).toEqual([]);
  expect(checkText(`${any}\nfor any { deny x when subject.level is 1 }`).found).toEqual([]);
  expect(checkText(`${any}\nfor robot { deny x when subject.level is 1 }`).found).toEqual([
    'unknown-member «level» `subject` has no member `level`',
  ]);
  expect(checkText(`${any}\nsubject any {}`).found).toEqual([
    'duplicate-name «subject any {}» `subject any` is declared twice',
  ]);
  expect(checkPolicy(any).anySubject?.members.size).toBe(1);
});
