// Declarations and types, before and after formatting.

import { expect, test } from 'vitest';
import { formatOrFail } from '../../support/pages/formatting.ts';

const pairs: readonly (readonly [string, string, string])[] = [
  ['a header', 'policy  acme . agent\nversion "1.0"', 'policy acme.agent version "1.0"\n'],
  [
    'imports',
    'use {A,B,}from "a.nhipol" use nhi . { Actor } use nhi use "b.nhipol"',
    'use { A, B } from "a.nhipol"\nuse nhi.{ Actor }\nuse nhi\nuse "b.nhipol"\n',
  ],
  [
    'enums',
    'enum A{x,y,} enum B { LOW<MEDIUM<HIGH ,else HIGH }',
    'enum A { x, y }\nenum B { LOW < MEDIUM < HIGH, else HIGH }\n',
  ],
  [
    'a long enum has as many members in a line as fit',
    `enum Kind { ${Array.from({ length: 14 }, (_, at) => `member_${at}`).join(', ')} }`,
    `enum Kind {
  member_0, member_1, member_2, member_3, member_4, member_5, member_6, member_7, member_8,
  member_9, member_10, member_11, member_12, member_13
}
`,
  ],
  [
    'a record on one line has commas',
    'record R { a : String b?:Int(0 .. 10)=5 , c: Set < Int > = {} , }',
    'record R { a: String, b?: Int(0..10) = 5, c: Set<Int> = {} }\n',
  ],
  [
    'a record over several lines has a line for each member, without commas',
    'subject agent {\n  a: String, b: Timestamp in  seconds }',
    'subject agent {\n  a: String\n  b: Timestamp in seconds\n}\n',
  ],
  [
    'a record that is too wide is split into lines',
    `record R { ${['a', 'b', 'c', 'd'].map((name) => `a_long_name_for_${name}?: Timestamp`).join(', ')} }`,
    `record R {
  a_long_name_for_a?: Timestamp
  a_long_name_for_b?: Timestamp
  a_long_name_for_c?: Timestamp
  a_long_name_for_d?: Timestamp
}
`,
  ],
  [
    'columns are not aligned',
    'action any          { a?:  Int }\naction "tools/call" { bc?: Int }\nresource any{}\ncontext {}',
    'action any { a?: Int }\naction "tools/call" { bc?: Int }\nresource any {}\ncontext {}\n',
  ],
  [
    'freshness and defaults',
    'context { risk?:{level?:Int}fresh 5m , on:Bool=false, list: List<R> = [ ] }',
    'context { risk?: { level?: Int } fresh 5m, on: Bool = false, list: List<R> = [] }\n',
  ],
  [
    'tables',
    `table a:String->Set<String>from "a.json" external table b : ( String,Level )->Int
table c: (String,Level) -> Int {("a",LOW):5,("b",HIGH):7,}
table d: String -> Int {
  "a": 1, "b": 2 }`,
    `table a: String -> Set<String> from "a.json"
external table b: (String, Level) -> Int
table c: (String, Level) -> Int { ("a", LOW): 5, ("b", HIGH): 7 }
table d: String -> Int {
  "a": 1,
  "b": 2
}
`,
  ],
  [
    'times of day as keys',
    'table t: Duration -> Int { 09:00 : 1, 09:00:15 : 2 }',
    'table t: Duration -> Int { 09:00: 1, 09:00:15: 2 }\n',
  ],
  [
    'constraints and obligations',
    `constraint ttl:Duration smallest   wins constraint p: P limits  action.p
obligation a:step_up{level:String="x"} obligation b {}`,
    `constraint ttl: Duration smallest wins
constraint p: P limits action.p
obligation a: step_up { level: String = "x" }
obligation b {}
`,
  ],
  [
    'windows',
    'window w=Mon .. Fri 09:00 .. 12:00 ,13:00..17:00,last Sat 09:00..12:00 in "Europe/Berlin"',
    'window w = Mon..Fri 09:00..12:00, 13:00..17:00, last Sat 09:00..12:00 in "Europe/Berlin"\n',
  ],
  [
    'a window in seasons',
    'window w=Mon .. Fri 09:00 .. 12:00 during 18  Dec .. 4 Jan ,29 Feb in "Europe/Berlin"',
    'window w = Mon..Fri 09:00..12:00 during 18 Dec..4 Jan, 29 Feb in "Europe/Berlin"\n',
  ],
  [
    'a window that is open all day in a season',
    'window w = during 1 Jul\n  in "UTC" except 2026-07-01',
    'window w = during 1 Jul in "UTC" except 2026-07-01\n',
  ],
  [
    'a long window has its seasons on the next line',
    'window w = Mon..Thu 09:00..12:00, 13:00..17:00, Fri 09:00..12:00, last Sat 09:00..12:00 during 18 Dec..4 Jan in "Europe/Berlin"',
    `window w = Mon..Thu 09:00..12:00, 13:00..17:00, Fri 09:00..12:00, last Sat 09:00..12:00
  during 18 Dec..4 Jan
  in "Europe/Berlin"
`,
  ],
  [
    'a long window has its exceptions on the next line',
    'window w = Mon..Fri 09:00..17:00, Sat 09:00..12:00 in "Europe/Berlin" except 2026-12-24..2027-01-02, 2026-05-01',
    `window w = Mon..Fri 09:00..17:00, Sat 09:00..12:00 in "Europe/Berlin"
  except 2026-12-24..2027-01-02, 2026-05-01
`,
  ],
  [
    'predicates and functions',
    `predicate small(n:Int,)=n<5 function twice( n : Int ):Int=n*2
predicate owns(who: { owner?: String }, what: { owner?: String }) = who.owner is what.owner and what.owner is present`,
    `predicate small(n: Int) = n < 5
function twice(n: Int): Int = n * 2
predicate owns(who: { owner?: String }, what: { owner?: String }) =
  who.owner is what.owner and what.owner is present
`,
  ],
];

test.for(pairs)('formats declarations: %s', ([, before, after]) => {
  expect(formatOrFail(before)).toBe(after);
  expect(formatOrFail(after)).toBe(after);
});
