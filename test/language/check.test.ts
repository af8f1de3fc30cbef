// The errors of the checker: each as its code, the underlined source, its message and its suggestion.

import { expect, test } from 'vitest';
import { checkText } from '../support/checking.ts';

const request =
  '{ "subject": { "type": "a", "id": "b" }, "action": { "name": "c" }, "resource": { "type": "d", "id": "e" } }';

/** A policy with the declarations and one permit. */
function permitting(declarations: string, condition: string): string {
  return `policy p\n${declarations}\nfor any { permit ok when ${condition} }`;
}

test.each([
  [
    'a member',
    permitting('context { exposed?: Bool }', 'context.expose'),
    'unknown-member «expose» `context` has no member `expose`: did you mean `exposed`?',
  ],
  [
    'a member of a named record',
    permitting('record Risk { level?: Int }\ncontext { risk?: Risk }', 'context.risk.lvel is 1'),
    'unknown-member «lvel» `Risk` has no member `lvel`: did you mean `level`?',
  ],
  [
    'a member of a list’s records',
    permitting(
      'context { list?: List<{ age?: Int }> }',
      'any x in context.list satisfies x.agee is 1',
    ),
    'unknown-member «agee» `context.list[]` has no member `agee`: did you mean `age`?',
  ],
  [
    'a member of an enum',
    permitting('enum Level { LOW < HIGH }\ncontext { level?: Level }', 'context.level is HIHG'),
    'unknown-name «HIHG» unknown name `HIHG`: did you mean `HIGH`?',
  ],
  [
    'a member of an enum in a set',
    permitting('enum Level { LOW < HIGH }\ncontext { level?: Level }', 'context.level in { LO }'),
    'unknown-name «LO» unknown name `LO`: did you mean `LOW`?',
  ],
  [
    'a member of an enum by its name',
    permitting('enum Level { LOW < HIGH }', 'Level.HIGHT is HIGH'),
    'unknown-member «HIGHT» `Level` has no member `HIGHT`: did you mean `HIGH`?',
  ],
  [
    'a type',
    'policy p\ncontext { a?: Timestmp }',
    'unknown-type «Timestmp» unknown type `Timestmp`: did you mean `Timestamp`?',
  ],
  [
    'a subject',
    'policy p\nsubject ai_agent {}\nfor ai_agnet { deny no }',
    'unknown-subject «ai_agnet» unknown subject type `ai_agnet`: did you mean `ai_agent`?',
  ],
  [
    'a function',
    permitting('context { s?: String }', 'lenght(context.s) > 1'),
    'unknown-function «lenght» unknown function `lenght`: did you mean `length`?',
  ],
  [
    'a table',
    permitting('table prices: String -> Int { "tea": 2 }', 'price["tea"] is 2'),
    'unknown-table «price» unknown table `price`: did you mean `prices`?',
  ],
  [
    'a constraint',
    'policy p\nconstraint max_rows: Int smallest wins\nfor any { narrow n to { max_row: 5 } }',
    'unknown-constraint «max_row» unknown constraint `max_row`: did you mean `max_rows`?',
  ],
  [
    'a constant',
    permitting('const limit = 5', 'limt > 3'),
    'unknown-name «limt» unknown name `limt`: did you mean `limit`?',
  ],
  [
    'a name of another file',
    'policy p\nuse { Levle } from "names.nhipol"',
    'unknown-import «Levle» `names.nhipol` does not export `Levle`: did you mean `Level`?',
  ],
])('suggests the correct name of %s', (_, policy, message) => {
  expect(checkText(policy, { 'names.nhipol': 'enum Level { LOW < HIGH }' }).found).toEqual([
    message,
  ]);
});

test('suggests nothing if no name is similar', () => {
  expect(checkText(permitting('context { level?: Int }', 'context.zzz is 1')).found).toEqual([
    'unknown-member «zzz» `context` has no member `zzz`',
  ]);
});

test.each([
  ['wrong-type «"x"» expected Int, found String', permitting('', '5 is "x"')],
  ['wrong-type «5» expected Bool, found Int', permitting('', 'true and 5')],
  ['wrong-type «"x"» expected Int, found String', permitting('', '5 in { 1, "x" }')],
  ['wrong-type «2» expected String, found Int', permitting('', '(if true then "a" else 2) is "a"')],
  ['wrong-operands «5 + "x"»', permitting('', '5 + "x" is 5')],
  ['wrong-operands «"a" within { "a" }»', permitting('', '"a" within { "a" }')],
  ['not-ordered «"a" < "b"»', permitting('', '"a" < "b"')],
  [
    'not-ordered «context.mood < calm»',
    permitting('enum Mood { calm, cross }\ncontext { mood?: Mood }', 'context.mood < calm'),
  ],
  ['not-comparable «{ 1 } is { 1 }»', permitting('', '{ 1 } is { 1 }')],
  [
    'not-a-value «context.box» a record is not a value',
    permitting('context { box?: { a?: Int } }', 'context.box is context.box'),
  ],
  ['wrong-arity «size({ 1 }, { 2 })»', permitting('', 'size({ 1 }, { 2 }) is 1')],
  [
    'wrong-arity «t["a"]» `t` takes 2 arguments, found 1',
    permitting('table t: (String, Int) -> Int { ("a", 1): 2 }', 't["a"] is 2'),
  ],
  [
    'time-not-traceable «context.time - end > end - context.time»',
    'policy p\ncontext { time: Timestamp, end?: Timestamp }\nfor any { let end = context.end\npermit ok when context.time - end > end - context.time }',
  ],
  [
    'time-not-traceable «age(context.a) - age(context.b)»',
    permitting(
      'context { time: Timestamp, a: Timestamp, b: Timestamp }',
      'age(context.a) - age(context.b) > 5m',
    ),
  ],
  [
    'time-not-traceable «once(allowed, within 1h)»',
    'policy p\ncontext { time: Timestamp }\nfor any { permit ok otherwise\ndeny no because "{once(allowed, within 1h)}" }',
  ],
  [
    'actor-chain-in-permit «subject.actor_chain.first»',
    'policy p\nsubject a { actor_chain: { first?: String } }\nfor a { permit ok when subject.actor_chain.first is "x" }',
  ],
  [
    'given-without-otherwise «level»',
    'policy p\ncontext { level?: Int }\nfor any { permit ok otherwise\ngiven level = context.level { score s { a counts 1 when level > 1 from 1 deny } } }',
  ],
])('reports %s', (message, policy) => {
  const { found } = checkText(policy);
  expect(found).toHaveLength(1);
  expect(found[0]?.slice(0, message.length)).toBe(message);
});

test('a duplicate refers to the first declaration', () => {
  const text = 'policy p\nconst limit = 1\nconst limit = 2';
  const [diagnostic] = checkText(text).diagnostics;
  expect(diagnostic?.span.start).toBe(text.lastIndexOf('limit'));
  expect(diagnostic?.related.map(({ span }) => span.start)).toEqual([text.indexOf('limit')]);
});

test('an unknown member refers to the declaration of its record, also in another file', () => {
  const { diagnostics } = checkText(
    'policy p\nuse { Risk } from "names.nhipol"\ncontext { risk?: Risk }\nfor any { deny no when context.risk.foo is 1 }',
    { 'names.nhipol': 'record Risk { level?: Int, score?: Int }' },
  );
  expect(diagnostics.map(({ related }) => related)).toMatchObject([
    [{ message: 'declared here with level, score', span: { file: 'names.nhipol' } }],
  ]);
});

test('reports all errors of a policy in the order of the source', () => {
  const { found, policy } = checkText(`policy p
enum Level { LOW < HIGH, else MIDDLE }
subject agent { level?: Level, state: Bool = 5 }
context { risk?: { level?: Level } fresh 5m }
constraint rows: String smallest wins
table prices: String -> Int { "tea": 2, "tea": 3 }
for agent {
  permit all_of_it
  deny too_high when subject.level > 5
  narrow nothing
  challenge default_deny when subject.levle is HIGH
  given level = subject.level { deny low when level is LOW }
  score s { a counts 1 when true from 2 deny from 1 revoke }
}
test "t" { request from "nowhere.json" expect permit }
`);
  expect(policy).toBeUndefined();
  expect(found.map((line) => line.slice(0, line.indexOf('»') + 1))).toEqual([
    'bad-enum «MIDDLE»',
    'wrong-type «5»',
    'bad-fresh «5m»',
    'bad-constraint «String»',
    'bad-table «"tea"»',
    'permit-without-condition «all_of_it»',
    'wrong-type «5»',
    'narrow-without-constraint «nothing»',
    'reserved-name «default_deny»',
    'unknown-member «levle»',
    'given-without-otherwise «level»',
    'bad-score «1»',
    'bad-test «"nowhere.json"»',
  ]);
});

test.each([
  ['an operand', permitting('', 'not ((1 + true) * 2 > 3)'), 'wrong-operands «(1 + true)»'],
  [
    'a constant',
    'policy p\nconst c = 1 + true\nfor any { permit ok when c is 1\ndeny no when c > 2 }',
    'wrong-operands «1 + true»',
  ],
  [
    'a `let`',
    'policy p\ncontext { a?: Bool }\nfor any { let x = context.b\npermit ok when x\ndeny no when not x }',
    'unknown-member «b»',
  ],
  [
    'a `given`',
    'policy p\ncontext { a?: Bool }\nfor any { given x = context.b { permit ok when x } otherwise { deny no } }',
    'unknown-member «b»',
  ],
  [
    'a type of a member',
    permitting('context { a?: Strin }', 'context.a is "x"'),
    'unknown-type «Strin»',
  ],
  [
    'a subject type',
    'policy p\nsubject agent { a?: Bool }\nfor agnet { permit ok when subject.a }',
    'unknown-subject «agnet»',
  ],
  [
    'a file that is missing',
    'policy p\nuse { Level } from "nowhere.nhipol"\ncontext { a?: Level }\nfor any { permit ok when context.a is HIGH }',
    'missing-file «"nowhere.nhipol"»',
  ],
  ['a context', permitting('', 'context.a.b is context.a.c'), 'undeclared-context «context»'],
  [
    'a constraint',
    'policy p\nconstraint c: String smallest wins\nfor any { narrow n to { c: "x" } }',
    'bad-constraint «String»',
  ],
  [
    'a table',
    permitting('table t: String -> Int { "a": true }', 't["a"] is 1'),
    'wrong-type «true»',
  ],
  [
    'a member that is declared differently',
    'policy p\nsubject a { x?: Bool }\nsubject b { x?: Int }\nfor a, b { permit ok when subject.x }',
    'differing-member «x»',
  ],
  [
    'a change in a test',
    `policy p\nsubject a { name?: String }\nfor a { permit ok otherwise }\ntest "t" { request ${request} with { subject.nme = "x" } expect permit }`,
    'unknown-member «nme»',
  ],
  [
    'a constant that reads the request',
    permitting('context { a?: Int }\nconst c = context.a', 'c is 1'),
    'not-constant «context.a»',
  ],
])('reports one error for a mistake in %s', (_, policy, message) => {
  const { found } = checkText(policy);
  expect(found.map((line) => line.slice(0, line.indexOf('»') + 1))).toEqual([message]);
});

test('reports a missing file and returns no policy', () => {
  const { policy, found } = checkText('policy p\ntable t: String -> Int from "t.json"');
  expect(policy).toBeUndefined();
  expect(found).toEqual(['missing-file «"t.json"» cannot read `t.json`']);
});

test('a file cannot use names that it does not import', () => {
  const found = checkText('policy p\nuse { A } from "a.nhipol"\nconst c = inner', {
    'a.nhipol': 'const inner = 5\nenum A { x, y }',
  }).found;
  expect(found).toEqual(['unknown-name «inner» unknown name `inner`']);
});
