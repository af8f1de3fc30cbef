// Errors in obligations, in constraints that limit paths, and in the reasons that tests expect: each as its code,
// the underlined source and its message.

import { expect, test } from 'vitest';
import { checkText } from '../support/checking.ts';

const declared = `policy p
subject agent { team?: String }
action any { rows?: Int }
context { time: Timestamp, risk?: { score?: String, observed_at?: Timestamp } fresh 5m }
obligation step_up { acr_value: String }
obligation page: custom { team: String, lines: Int = 1, note?: String }
obligation end: session_termination { subject: String }
obligation ask: access_request { template?: String, expires_in: Duration = 10m }
`;
const request =
  '{ "subject": { "type": "a", "id": "b" }, "action": { "name": "c" }, "resource": { "type": "d", "id": "e" } }';

function writePolicy(rule: string): string {
  return `${declared}for agent { permit ok otherwise\n${rule} }`;
}

test.each([
  [
    'the name of an obligation',
    writePolicy('deny d with pagee { team: "a" }'),
    'unknown-obligation «pagee» unknown obligation `pagee`: did you mean `page`?',
  ],
  [
    'the name of a member',
    writePolicy('deny d with page { tem: "a" }'),
    'unknown-member «tem» `page` has no member `tem`: did you mean `team`?',
  ],
  [
    'a missing member',
    writePolicy('deny d with page { note: "a" }'),
    'missing-member «page» `page` is missing `team`',
  ],
  [
    'a member of the wrong type',
    writePolicy('deny d with page { team: 5 }'),
    'wrong-type «5» expected String, found Int',
  ],
  [
    'a duplicate member',
    writePolicy('deny d with page { team: "a", team: "b" }'),
    'duplicate-setting «team» `team` is set twice',
  ],
  [
    'a value that changes with time',
    writePolicy('deny d with page { team: "a", lines: if age(context.time) > 1m then 1 else 2 }'),
    'time-not-traceable «age(context.time)» the compiler cannot determine when this changes with time',
  ],
  [
    'a value that becomes stale',
    writePolicy('deny d with page { team: context.risk.score }'),
    'time-not-traceable «context.risk.score» the compiler cannot determine when this changes with time',
  ],
  [
    'a step-up required by a deny',
    writePolicy('deny d with step_up { acr_value: "a" }'),
    'misplaced-obligation «step_up» a deny cannot require `step_up`, which is a step-up',
  ],
  [
    'a session termination required by a deny',
    writePolicy('deny d with end { subject: "a" }'),
    'misplaced-obligation «end» a deny cannot require `end`, which is a session_termination',
  ],
  [
    'a stale value in an obligation of a permit',
    writePolicy('permit p otherwise with page { team: latest(context.risk.score) }'),
    'latest-in-permit «latest(context.risk.score)» a permit cannot depend on a stale value',
  ],
  [
    'an obligation without a type',
    'policy p\nobligation stepup { acr_value: String }',
    'bad-obligation «stepup» `stepup` has no obligation type: did you mean `step_up`?',
  ],
  [
    'an unknown type',
    'policy p\nobligation a: custm {}',
    'bad-obligation «custm» unknown obligation type `custm`: did you mean `custom`?',
  ],
  [
    'a type without a required member',
    'policy p\nobligation a: notification { to: String }',
    'bad-obligation «a» `notification` needs a member `body: String`',
  ],
  [
    'a required member that is optional',
    'policy p\nobligation a: step_up { acr_value?: String }',
    'bad-obligation «acr_value» `step_up` needs a member `acr_value: String`',
  ],
  [
    'a member with another type than the obligation type requires',
    'policy p\nobligation a: step_up { acr_value: String, max_age?: Int }',
    'bad-obligation «max_age» `step_up` needs a member `max_age: Duration`',
  ],
  [
    'a record in an obligation',
    'policy p\nobligation a: custom { b: { c: Int } }',
    'bad-obligation «b» a member of an obligation must be a scalar without a range, an enum, or a set of them',
  ],
  [
    'a range in an obligation',
    'policy p\nobligation a: custom { b: Set<Int(0..9)> }',
    'bad-obligation «b» a member of an obligation must be a scalar without a range, an enum, or a set of them',
  ],
  [
    'an access request required by a deny',
    writePolicy('deny d with ask'),
    'misplaced-obligation «ask» a deny cannot require `ask`, which is an access_request',
  ],
  [
    'an access request without `expires_in`',
    'policy p\nobligation a: access_request { template: String }',
    'bad-obligation «a» `access_request` needs a member `expires_in: Duration`',
  ],
  [
    'an unknown member of an access request',
    'policy p\nobligation a: access_request { expires_in: Duration, templat: String }',
    'bad-obligation «templat» `access_request` has no member `templat`: did you mean `template`?',
  ],
  [
    'a member that the answer sets itself',
    'policy p\nobligation a: access_request { expires_in: Duration, expires_at: Timestamp }',
    'bad-obligation «expires_at» `access_request` has no member `expires_at`: did you mean `expires_in`?',
  ],
  [
    'an access request that expires at once',
    writePolicy('challenge c with ask { expires_in: 0s }'),
    'bad-access-request «0s» an access request expires after 1 millisecond to 100 years',
  ],
  [
    'an access request that expires too late',
    writePolicy('challenge c with ask { expires_in: 36525d + 1ms }'),
    'bad-access-request «36525d + 1ms» an access request expires after 1 millisecond to 100 years',
  ],
  [
    'an access request with a negative default',
    'policy p\ncontext { time: Timestamp }\nobligation a: access_request { expires_in: Duration = -10m }\nfor any { challenge c with a }',
    'bad-access-request «expires_in» an access request expires after 1 millisecond to 100 years',
  ],
  [
    'a second access request',
    writePolicy('challenge c with ask { template: "a" }, ask { template: "b" }'),
    'bad-access-request «ask { template: "b" }» a rule can have only one access request',
  ],
  [
    'an access request without `context.time`',
    'policy p\nobligation a: access_request { expires_in: Duration }\nfor any { challenge c with a { expires_in: 10m } }',
    'undeclared-time «a { expires_in: 10m }» an access request needs the instant of evaluation',
  ],
  [
    'an access request whose duration changes with time',
    writePolicy('challenge c with ask { expires_in: 2026-01-01T00:00:00Z - context.time }'),
    'time-not-traceable «2026-01-01T00:00:00Z - context.time» the compiler cannot determine when this changes with time',
  ],
  [
    'a reason that a test expects',
    `${declared}for agent { permit fine otherwise }\ntest "t" { request ${request} expect permit because fin }`,
    'unknown-reason «fin» unknown reason `fin`: did you mean `fine`?',
  ],
  [
    'an obligation that a test expects',
    `${declared}for agent { permit fine otherwise }\ntest "t" { request ${request} expect permit with pge }`,
    'unknown-obligation «pge» unknown obligation `pge`: did you mean `page`?',
  ],
  [
    'a test that expects a value of the request',
    `${declared}for agent { permit fine otherwise }\ntest "t" { request ${request} expect permit with page { team: subject.team } }`,
    'not-constant «subject.team» this must be known when the policy is compiled',
  ],
  [
    'the path of a constraint',
    `${declared}constraint rows: Int limits action.row\nfor agent { narrow n to { rows: 1 } }`,
    'unknown-member «row» `action` has no member `row`: did you mean `rows`?',
  ],
  [
    'the type of the path of a constraint',
    `${declared}constraint rows: Int limits subject.team`,
    'wrong-type «subject.team» expected Int, found String',
  ],
  [
    'a constraint that limits a whole action',
    `${declared}constraint rows: Int limits action`,
    'wrong-type «action» expected a member of the request, found the whole `action`',
  ],
  [
    'a merge rule that does not apply to lists',
    'policy p\nconstraint a: List<Int> must agree',
    'bad-constraint «List<Int>» `must agree` takes a scalar, an enum or a set, found List<Int>',
  ],
])('reports the error in %s', (_, text, expected) => {
  expect(checkText(text).found).toEqual([expected]);
});

test('an enum is accepted where an obligation type requires a string', () => {
  const text =
    'policy p\nenum Acr { silver, gold }\nobligation step_up { acr_value: Acr }\nfor any { challenge c with step_up { acr_value: gold } }';
  expect(checkText(text).found).toEqual([]);
});

test('an unused access request does not need the instant of evaluation', () => {
  const text =
    'policy p\nobligation a: access_request { expires_in: Duration }\nfor any { challenge c }';
  expect(checkText(text).found).toEqual([]);
});

test('a narrow can have obligations without constraints', () => {
  expect(checkText(writePolicy('narrow n with page { team: "a" }')).found).toEqual([]);
});
