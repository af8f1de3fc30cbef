// Mistakes of people who know the language a little.

import type { Mistake } from './mistake.ts';

export const own: readonly Mistake[] = [
  {
    from: 'this language',
    title: 'a rule without a name',
    policy: `policy p
for any {
  permit when true
}
`,
  },
  {
    from: 'this language',
    title: 'a rule without a name, `otherwise`',
    policy: `policy p
for any {
  permit otherwise
}
`,
  },
  {
    from: 'this language',
    title: 'a rule without a name and a condition',
    grade: 'B',
    policy: `policy p
for any {
  permit
}
`,
  },
  {
    from: 'this language',
    title: 'a rule name in quotes',
    policy: `policy p
context { level: Int }
for any {
  deny "no" when context.level > 5
}
`,
  },
  {
    from: 'this language',
    title: 'a rule name with a hyphen',
    policy: `policy p
context { level: Int }
for any {
  deny too-high when context.level > 5
}
`,
  },
  {
    from: 'this language',
    title: 'a rule outside of a group',
    policy: `policy p
permit ok when subject.id is "a"
`,
  },
  {
    from: 'this language',
    title: 'a permit without a condition',
    policy: `policy p
for any {
  permit ok
}
`,
  },
  {
    from: 'this language',
    title: '`context.time.hour`',
    policy: `policy p
context { time: Timestamp }
for any {
  permit ok when context.time.hour >= 9
}
`,
  },
  {
    from: 'this language',
    title: '`context.time.weekday`',
    policy: `policy p
context { time: Timestamp }
for any {
  permit ok when context.time.weekday is Mon
}
`,
  },
  {
    from: 'this language',
    title: 'a member of a list of records',
    policy: `policy p
context { risks: List<{ level?: Int }> = [] }
for any {
  permit ok when context.risks.level is 5
}
`,
  },
  {
    from: 'this language',
    title: 'a count above the limit',
    policy: `policy p
context { time: Timestamp }
for any {
  permit ok otherwise
  deny no when count(allowed, within 1h) >= 5000
}
`,
  },
  {
    from: 'this language',
    title: 'a list of sets',
    policy: `policy p
context { rows?: List<Set<String>> }
for any { permit ok otherwise }
`,
  },
  {
    from: 'this language',
    title: 'a set of sets',
    policy: `policy p
context { rows?: Set<Set<String>> }
for any { permit ok otherwise }
`,
  },
  {
    from: 'this language',
    title: 'a set of records',
    policy: `policy p
context { rows?: Set<{ a?: Int }> }
for any { permit ok otherwise }
`,
  },
  {
    from: 'this language',
    title: '`or deny unless` with a permit',
    grade: 'B',
    policy: `policy p
context { level: Int }
for any {
  permit ok when context.level > 5 or deny unless context.level > 7
}
`,
  },
  {
    from: 'this language',
    title: 'a misspelled member',
    policy: `policy p
context { level: Int }
for any {
  permit ok when context.levl > 5
}
`,
  },
  {
    from: 'this language',
    title: 'an undeclared context',
    policy: `policy p
for any {
  permit ok when context.level > 5
}
`,
  },
  {
    from: 'this language',
    title: 'an undeclared `time`',
    policy: `policy p
context { seen?: Timestamp }
for any {
  permit ok when age(context.seen) < 5m
}
`,
  },
  {
    from: 'this language',
    title: 'a string compared with a number',
    grade: 'B',
    policy: `policy p
context { level: Int }
for any {
  permit ok when context.level is "5"
}
`,
  },
  {
    from: 'this language',
    title: 'a misspelled enum member in quotes',
    policy: `policy p
enum Region { "New York", London }
context { region?: Region }
for any { permit ok when context.region is "new york" }
`,
  },
  {
    from: 'this language',
    title: 'an unknown enum member',
    policy: `policy p
enum Level { low < high }
context { level?: Level }
for any { permit ok when context.level is hgih }
`,
  },
  {
    from: 'this language',
    title: 'a duration with a long unit',
    policy: `policy p
context { time: Timestamp, seen?: Timestamp }
for any {
  permit ok when age(context.seen) < 5min
}
`,
  },
  {
    from: 'this language',
    title: 'a duration with a space',
    policy: `policy p
context { time: Timestamp, seen?: Timestamp }
for any {
  permit ok when age(context.seen) < 5 minutes
}
`,
  },
  {
    from: 'this language',
    title: 'a number compared with a duration',
    policy: `policy p
context { time: Timestamp, seen?: Timestamp }
for any {
  permit ok when age(context.seen) < 300
}
`,
  },
  {
    from: 'this language',
    title: '`1 < x < 5`',
    policy: `policy p
context { level: Int }
for any {
  permit ok when 1 < context.level < 5
}
`,
  },
  {
    from: 'this language',
    title: '`is not present`',
    policy: `policy p
context { level?: Int }
for any {
  permit ok when context.level is not present
}
`,
  },
  {
    from: 'this language',
    title: '`given` without `otherwise`',
    policy: `policy p
context { level?: Int }
for any {
  permit ok otherwise
  given l = context.level { deny no when l > 5 }
}
`,
  },
  {
    from: 'this language',
    title: 'a record as a condition',
    grade: 'B',
    policy: `policy p
context { risk?: { level?: Int } }
for any {
  permit ok when context.risk
}
`,
  },
  {
    from: 'this language',
    title: '`narrow` without constraints',
    policy: `policy p
for any {
  permit ok otherwise
  narrow n
}
`,
  },
  {
    from: 'this language',
    title: 'an undeclared constraint',
    policy: `policy p
for any {
  permit ok otherwise
  narrow n to { ttl: 5m }
}
`,
  },
  {
    from: 'this language',
    title: '`to` after `deny`',
    grade: 'B',
    policy: `policy p
constraint ttl: Duration smallest wins
for any {
  permit ok otherwise
  deny no to { ttl: 5m }
}
`,
  },
  {
    from: 'this language',
    title: 'a constraint with `=`',
    policy: `policy p
constraint ttl: Duration smallest wins
for any {
  permit ok otherwise
  narrow n to { ttl = 5m }
}
`,
  },
  {
    from: 'this language',
    title: 'a constraint without a merge rule',
    grade: 'B',
    policy: `policy p
constraint ttl: Duration
for any {
  permit ok otherwise
  narrow n to { ttl: 5m }
}
`,
  },
  {
    from: 'this language',
    title: 'a member without a type',
    policy: `policy p
context { level }
for any { permit ok otherwise }
`,
  },
  {
    from: 'this language',
    title: 'an optional type',
    policy: `policy p
context { level: Int? }
for any { permit ok otherwise }
`,
  },
  {
    from: 'this language',
    title: 'a table with `=`',
    policy: `policy p
table levels: String -> Int { "a" = 1, "b": 0 }
for any { permit ok when levels[subject.id] > 0 }
`,
  },
  {
    from: 'this language',
    title: 'a table with `=>`',
    policy: `policy p
table levels: String => Int { "a": 1, "b": 0 }
for any { permit ok when levels[subject.id] > 0 }
`,
  },
  {
    from: 'this language',
    title: 'an undeclared table',
    policy: `policy p
for any {
  permit ok when levels[subject.id] is 1
}
`,
  },
  {
    from: 'this language',
    title: 'a window without a zone',
    grade: 'B',
    policy: `policy p
window office = Mon..Fri 09:00..17:00
context { time: Timestamp }
for any { permit ok when context.time in office }
`,
  },
  {
    from: 'this language',
    title: 'a window with `-`',
    policy: `policy p
window office = Mon-Fri 09:00-17:00 in "Europe/Berlin"
context { time: Timestamp }
for any { permit ok when context.time in office }
`,
  },
  {
    from: 'this language',
    title: 'a long weekday',
    policy: `policy p
window office = Monday..Friday 09:00..17:00 in "Europe/Berlin"
context { time: Timestamp }
for any { permit ok when context.time in office }
`,
  },
  {
    from: 'this language',
    title: 'a time with am',
    policy: `policy p
window office = Mon..Fri 9am..5pm in "Europe/Berlin"
context { time: Timestamp }
for any { permit ok when context.time in office }
`,
  },
  {
    from: 'this language',
    title: 'a time without a leading zero',
    policy: `policy p
window office = Mon..Fri 9:00..17:00 in "Europe/Berlin"
context { time: Timestamp }
for any { permit ok when context.time in office }
`,
  },
  {
    from: 'this language',
    title: '`import` of the vocabulary',
    policy: `policy p
use nhi
use "nhi"
for any { permit ok otherwise }
`,
  },
  {
    from: 'this language',
    title: 'a used name in quotes',
    policy: `policy p
use nhi.{ "Risk" }
for any { permit ok otherwise }
`,
  },
  {
    from: 'this language',
    title: 'a name of the vocabulary without `use`',
    policy: `policy p
context { risk?: Risk }
for any { permit ok otherwise }
`,
  },
  {
    from: 'this language',
    title: 'a test without `request`',
    policy: `policy p
subject agent {}
action read {}
resource doc {}
for any { permit ok when subject.id is "a" }
test "a" {
  subject: { type: agent, id: a }
  expect permit
}
`,
  },
  {
    from: 'this language',
    title: 'a test without `expect`',
    policy: `policy p
subject agent {}
action read {}
resource doc {}
for any { permit ok when subject.id is "a" }
test "a" {
  request { subject: { type: agent, id: a }, action: { name: read }, resource: { type: doc, id: d } }
  permit
}
`,
  },
  {
    from: 'this language',
    title: '`expect allow`',
    policy: `policy p
subject agent {}
action read {}
resource doc {}
for any { permit ok when subject.id is "a" }
test "a" {
  request { subject: { type: agent, id: a }, action: { name: read }, resource: { type: doc, id: d } }
  expect allow
}
`,
  },
  {
    from: 'this language',
    title: '`expect permit ok`',
    policy: `policy p
subject agent {}
action read {}
resource doc {}
for any { permit ok when subject.id is "a" }
test "a" {
  request { subject: { type: agent, id: a }, action: { name: read }, resource: { type: doc, id: d } }
  expect permit ok
}
`,
  },
  {
    from: 'this language',
    title: 'a test name without quotes',
    policy: `policy p
subject agent {}
action read {}
resource doc {}
for any { permit ok when subject.id is "a" }
test a {
  request { subject: { type: agent, id: a }, action: { name: read }, resource: { type: doc, id: d } }
  expect permit
}
`,
  },
  {
    from: 'this language',
    title: '`with` and `:` in a test',
    policy: `policy p
subject agent {}
action read {}
resource doc {}
for any { permit ok when subject.id is "a" }
test "a" {
  request { subject: { type: agent, id: a }, action: { name: read }, resource: { type: doc, id: d } }
  expect permit
  then with { subject.id: "b" }
  expect deny
}
`,
  },
  {
    from: 'this language',
    title: 'an unknown reason',
    grade: 'B',
    policy: `policy p
subject agent {}
action read {}
resource doc {}
for any { permit ok when subject.id is "a" }
test "a" {
  request { subject: { type: agent, id: a }, action: { name: read }, resource: { type: doc, id: d } }
  expect permit because okay
}
`,
  },
  {
    from: 'this language',
    title: 'history without a pattern',
    policy: `policy p
context { time: Timestamp }
for any {
  permit ok otherwise
  deny no when once()
}
`,
  },
  {
    from: 'this language',
    title: 'history with an effect',
    policy: `policy p
context { time: Timestamp }
for any {
  permit ok otherwise
  deny no when once(deny, within 1h)
}
`,
  },
  {
    from: 'this language',
    title: '`denied` as an event',
    policy: `policy p
context { time: Timestamp }
for any {
  permit ok otherwise
  deny no when count(denied, within 1h) > 3
}
`,
  },
  {
    from: 'this language',
    title: '`count(…)` without a comparison',
    policy: `policy p
context { time: Timestamp }
for any {
  permit ok otherwise
  deny no when count(refused)
}
`,
  },
  {
    from: 'this language',
    title: '`within` outside of the parentheses',
    policy: `policy p
context { time: Timestamp }
for any {
  permit ok otherwise
  deny no when count(refused) within 1h > 3
}
`,
  },
  {
    from: 'this language',
    title: '`if` without `else`',
    grade: 'B',
    policy: `policy p
context { level: Int }
for any {
  permit ok when if context.level > 5 then true
}
`,
  },
  {
    from: 'this language',
    title: '`else if`',
    policy: `policy p
context { level: Int }
for any {
  permit ok when if context.level > 5 then true elif false then true else false
}
`,
  },
  {
    from: 'this language',
    title: 'an unclosed string',
    policy: `policy p
for any {
  permit ok when action.name is "read
}
`,
  },
  {
    from: 'this language',
    title: 'a missing closing brace',
    grade: 'B',
    policy: `policy p
for any {
  permit ok when subject.id is "a"

for any {
  deny no when subject.id is "b"
}
`,
  },
  {
    from: 'this language',
    title: 'a comma between rules',
    policy: `policy p
for any {
  permit ok otherwise,
  deny no when subject.id is "b"
}
`,
  },
  {
    from: 'this language',
    title: 'a version without quotes',
    policy: `policy p version 1.0.0
for any { permit ok otherwise }
`,
  },
  {
    from: 'this language',
    title: 'a policy name in quotes',
    policy: `policy "p"
for any { permit ok otherwise }
`,
  },
  {
    from: 'this language',
    title: 'a policy name with a hyphen',
    policy: `policy acme-tools
for any { permit ok otherwise }
`,
  },
  {
    from: 'this language',
    title: 'no `policy` line',
    policy: `for any { permit ok otherwise }
`,
  },
  {
    from: 'this language',
    title: 'two rules in one',
    policy: `policy p
for any {
  permit ok when subject.id is "a" when action.name is "read"
}
`,
  },
  {
    from: 'this language',
    title: 'an address in quotes',
    policy: `policy p
context { ip?: Ip }
for any {
  permit ok when context.ip in "10.0.0.0/8"
}
`,
  },
  {
    from: 'this language',
    title: 'a function with the arguments swapped',
    grade: 'B',
    policy: `policy p
for any {
  permit ok when size(5) > 3
}
`,
  },
  {
    from: 'this language',
    title: 'recursion',
    grade: 'B',
    policy: `policy p
predicate even(n: Int) = n is 0 or even(n - 2)
for any { permit ok when even(4) }
`,
  },
  {
    from: 'this language',
    title: 'the key of a map as a member',
    policy: `policy p
resource any { labels: Map<String, String> }
for any {
  permit ok when resource.labels.team is "a"
}
`,
  },
  {
    from: 'this language',
    title: 'a key that is searched in a map',
    policy: `policy p
resource any { labels: Map<String, String> }
for any {
  permit ok when "team" in resource.labels
}
`,
  },
  {
    from: 'this language',
    title: 'two statements without `and`',
    policy: `policy p
context { level: Int }
for any {
  permit ok when context.level > 5 context.level < 9
}
`,
  },
];
