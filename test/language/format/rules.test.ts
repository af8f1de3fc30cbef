// Groups, rules, scores and tests, before and after formatting.

import { expect, test } from 'vitest';
import { formatOrFail } from '../../support/pages/formatting.ts';

const pairs: readonly (readonly [string, string, string])[] = [
  [
    'a group has a line for each rule',
    'for a,"b c" doing x on y when z{permit p otherwise deny d}for any{}',
    `for a, "b c" doing x on y when z {
  permit p otherwise
  deny d
}
for any {}
`,
  ],
  [
    'each clause has a line, in the written order',
    `for any { narrow n when a , if unknown skip because "b" covers NHI5:2025,PR.AA-05 to{x:1,y:2} or deny unless b with w{text:"t"} where c=1,d=2 }`,
    `for any {
  narrow n when a, if unknown skip
    because "b"
    covers NHI5:2025, PR.AA-05
    to { x: 1, y: 2 }
    or deny unless b
    with w { text: "t" }
    where c = 1, d = 2
}
`,
  ],
  [
    'empty braces are omitted',
    'for any { narrow n to {} deny d with w {} }',
    `for any {
  narrow n
  deny d
    with w
}
`,
  ],
  [
    'a condition that is too wide for the line of its rule has one of its own',
    `for any { deny a_rule_with_quite_a_long_name when subject.first_member is "a value" and subject.second_member is 2 }`,
    `for any {
  deny a_rule_with_quite_a_long_name
    when subject.first_member is "a value" and subject.second_member is 2
}
`,
  ],
  [
    'one that is too wide for that has a line for each operand',
    `for any { deny d when subject.first_member is "a value" and subject.second_member is "a value" and not subject.third }`,
    `for any {
  deny d
    when subject.first_member is "a value"
    and subject.second_member is "a value"
    and not subject.third
}
`,
  ],
  [
    'the head of a group',
    `for agent doing something on something when subject.first_member is "a value" and subject.second_member { deny d }`,
    `for agent doing something on something
  when subject.first_member is "a value" and subject.second_member
{
  deny d
}
`,
  ],
  [
    'settings over several lines, and several obligations',
    `for any { narrow n to {
x: 1, y: 2 } with w { text: "a text that takes up some of the space" }, tell { to: "someone", body: "another text" } }`,
    `for any {
  narrow n
    to {
      x: 1,
      y: 2
    }
    with
      w { text: "a text that takes up some of the space" },
      tell { to: "someone", body: "another text" }
}
`,
  ],
  [
    'given and let',
    'for any { let x=1 given y=t[x]{permit p}otherwise ignore given z = a { } otherwise { deny d } }',
    `for any {
  let x = 1
  given y = t[x] {
    permit p
  } otherwise ignore
  given z = a {} otherwise {
    deny d
  }
}
`,
  ],
  [
    'a score, with its bands on a line each',
    `for any { score s { geo counts 1_0 when a because "x" covers B from 1 narrow to {ttl:5m} from 2 deny } }`,
    `for any {
  score s {
    geo counts 1_0 when a
      because "x"
      covers B
    from 1 narrow to { ttl: 5m }
    from 2 deny
  }
}
`,
  ],
  [
    'blank lines: one where there were some, none at the ends of braces',
    '\n\nconst a = 1\n\n\n\nconst b = 2\nconst c = 3\nfor any {\n\n  permit p\n\n\n  deny d\n\n}\n\n\n',
    `const a = 1

const b = 2
const c = 3
for any {
  permit p

  deny d
}
`,
  ],
  [
    'tests',
    `test "t" { request from "r.json" at 2026-12-25T00:00:00Z with{context.a=HIGH,subject.b=missing}
expect narrow because x,y with{ttl:60s}until 2026-12-25T01:00:00Z then with { context.a = -1 } expect deny then expect permit }`,
    `test "t" {
  request from "r.json"
  at 2026-12-25T00:00:00Z
  with { context.a = HIGH, subject.b = missing }
  expect narrow because x, y with { ttl: 60s } until 2026-12-25T01:00:00Z
  then with { context.a = -1 }
  expect deny
  then
  expect permit
}
`,
  ],
  [
    'requests, and expectations that are too wide',
    `test "t" { request { subject:{type:a,"id":"s"},list:[1,2,{x:60s}], none: { } ,on:true}
expect narrow because the_first_reason, the_second_reason with { first: "a long value", second: "another" }
then at 2026-12-25T00:00:00Z with { context.a_member = "a value", context.another_member = "another value" } expect deny }`,
    `test "t" {
  request { subject: { type: a, "id": "s" }, list: [1, 2, { x: 60s }], none: {}, on: true }
  expect narrow because the_first_reason, the_second_reason
    with { first: "a long value", second: "another" }
  then at 2026-12-25T00:00:00Z
  with { context.a_member = "a value", context.another_member = "another value" }
  expect deny
}
`,
  ],
];

test.for(pairs)('formats rules: %s', ([, before, after]) => {
  expect(formatOrFail(before)).toBe(after);
  expect(formatOrFail(after)).toBe(after);
});
