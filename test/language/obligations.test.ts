// What the checker says of obligations, of the constraints that paths are limited by, and of the
// reasons that tests expect: each mistake as its code, the text that it underlines and its message.

import { expect, test } from 'vitest';
import { checked } from '../support/checking.ts';

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

function asking(rule: string): string {
  return `${declared}for agent { permit ok otherwise\n${rule} }`;
}

test.each([
  [
    'an obligation',
    asking('deny d with pagee { team: "a" }'),
    'unknown-obligation «pagee» unknown obligation `pagee`: did you mean `page`?',
  ],
  [
    'a member',
    asking('deny d with page { tem: "a" }'),
    'unknown-member «tem» `page` has no member `tem`: did you mean `team`?',
  ],
  [
    'a member that is left out',
    asking('deny d with page { note: "a" }'),
    'missing-member «page» `page` is missing `team`',
  ],
  [
    'a member of the wrong type',
    asking('deny d with page { team: 5 }'),
    'wrong-type «5» expected String, found Int',
  ],
  [
    'a member twice',
    asking('deny d with page { team: "a", team: "b" }'),
    'duplicate-setting «team» `team` is set twice',
  ],
  [
    'a value that moves with the clock',
    asking('deny d with page { team: "a", lines: if age(context.time) > 1m then 1 else 2 }'),
    'time-not-traceable «age(context.time)» the compiler cannot determine when this changes with time',
  ],
  [
    'a value that goes stale',
    asking('deny d with page { team: context.risk.score }'),
    'time-not-traceable «context.risk.score» the compiler cannot determine when this changes with time',
  ],
  [
    'a step-up of a deny',
    asking('deny d with step_up { acr_value: "a" }'),
    'misplaced-obligation «step_up» a deny cannot require `step_up`, which is a step-up',
  ],
  [
    'the end of a session by a deny',
    asking('deny d with end { subject: "a" }'),
    'misplaced-obligation «end» a deny cannot require `end`, which is a session_termination',
  ],
  [
    'a permit by a stale value',
    asking('permit p otherwise with page { team: latest(context.risk.score) }'),
    'latest-in-permit «latest(context.risk.score)» a permit cannot depend on a stale value',
  ],
  [
    'an obligation without a type',
    'policy p\nobligation stepup { acr_value: String }',
    'bad-obligation «stepup» `stepup` has no obligation type: did you mean `step_up`?',
  ],
  [
    'a type',
    'policy p\nobligation a: custm {}',
    'bad-obligation «custm» unknown obligation type `custm`: did you mean `custom`?',
  ],
  [
    'a type without what it needs',
    'policy p\nobligation a: notification { to: String }',
    'bad-obligation «a» `notification` needs a member `body: String`',
  ],
  [
    'what a type needs, made optional',
    'policy p\nobligation a: step_up { acr_value?: String }',
    'bad-obligation «acr_value» `step_up` needs a member `acr_value: String`',
  ],
  [
    'what a type knows otherwise',
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
    'an access request of a deny',
    asking('deny d with ask'),
    'misplaced-obligation «ask» a deny cannot require `ask`, which is an access_request',
  ],
  [
    'an access request that has no end',
    'policy p\nobligation a: access_request { template: String }',
    'bad-obligation «a» `access_request` needs a member `expires_in: Duration`',
  ],
  [
    'a member that the profile does not know',
    'policy p\nobligation a: access_request { expires_in: Duration, templat: String }',
    'bad-obligation «templat» `access_request` has no member `templat`: did you mean `template`?',
  ],
  [
    'a member that the answer tells by itself',
    'policy p\nobligation a: access_request { expires_in: Duration, expires_at: Timestamp }',
    'bad-obligation «expires_at» `access_request` has no member `expires_at`: did you mean `expires_in`?',
  ],
  [
    'an access request for no time',
    asking('challenge c with ask { expires_in: 0s }'),
    'bad-access-request «0s» an access request expires after 1 millisecond to 100 years',
  ],
  [
    'an access request for more than can be told',
    asking('challenge c with ask { expires_in: 36525d + 1ms }'),
    'bad-access-request «36525d + 1ms» an access request expires after 1 millisecond to 100 years',
  ],
  [
    'an access request whose default is below zero',
    'policy p\ncontext { time: Timestamp }\nobligation a: access_request { expires_in: Duration = -10m }\nfor any { challenge c with a }',
    'bad-access-request «expires_in» an access request expires after 1 millisecond to 100 years',
  ],
  [
    'a second access request',
    asking('challenge c with ask { template: "a" }, ask { template: "b" }'),
    'bad-access-request «ask { template: "b" }» a rule can have only one access request',
  ],
  [
    'an access request without an instant',
    'policy p\nobligation a: access_request { expires_in: Duration }\nfor any { challenge c with a { expires_in: 10m } }',
    'undeclared-time «a { expires_in: 10m }» an access request needs the instant of evaluation',
  ],
  [
    'an access request that moves with the clock',
    asking('challenge c with ask { expires_in: 2026-01-01T00:00:00Z - context.time }'),
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
    'a test that expects what the request says',
    `${declared}for agent { permit fine otherwise }\ntest "t" { request ${request} expect permit with page { team: subject.team } }`,
    'not-constant «subject.team» this must be known when the policy is compiled',
  ],
  [
    'the path of a constraint',
    `${declared}constraint rows: Int limits action.row\nfor agent { narrow n to { rows: 1 } }`,
    'unknown-member «row» `action` has no member `row`: did you mean `rows`?',
  ],
  [
    'the type of that path',
    `${declared}constraint rows: Int limits subject.team`,
    'wrong-type «subject.team» expected Int, found String',
  ],
  [
    'a constraint on all of an action',
    `${declared}constraint rows: Int limits action`,
    'wrong-type «action» expected a member of the request, found the whole `action`',
  ],
  [
    'a constraint that lists cannot keep',
    'policy p\nconstraint a: List<Int> must agree',
    'bad-constraint «List<Int>» `must agree` takes a scalar, an enum or a set, found List<Int>',
  ],
])('%s', (_, text, expected) => {
  expect(checked(text).found).toEqual([expected]);
});

test('an enum serves where a type wants a string', () => {
  const text =
    'policy p\nenum Acr { silver, gold }\nobligation step_up { acr_value: Acr }\nfor any { challenge c with step_up { acr_value: gold } }';
  expect(checked(text).found).toEqual([]);
});

test('an access request that nobody asks for needs no instant', () => {
  const text =
    'policy p\nobligation a: access_request { expires_in: Duration }\nfor any { challenge c }';
  expect(checked(text).found).toEqual([]);
});

test('a narrow may ask for obligations alone', () => {
  expect(checked(asking('narrow n with page { team: "a" }')).found).toEqual([]);
});
