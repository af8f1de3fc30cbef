// Rules that fail open by what events of a session do not have, by elements that an aggregate leaves out, and by strings
// that an enum reads as its `else`; and positions at which a missing value can only restrict.

import { expect, test } from 'vitest';
import { checkText } from '../../support/checking.ts';

const declared = `policy p
enum Risk { LOW < HIGH, else LOW }
enum Care { LOW < HIGH, else HIGH }
subject any { risk: Risk, care: Care, risks: Set<Risk> }
action any { amount?: Int(0..) }
resource any {}
context { time: Timestamp, items?: List<{ price?: Int, paid?: Bool, risk: Risk }> }
signals {
  "read": { source?: String, kept: Bool = false, risk: Risk }
  "other": { source?: String }
}
outcomes { "sent": { rows: Int(0..) = 0, to?: String } }
external table members: String -> Set<String>
external table owners: String -> Set<String>
constraint paths: Set<String> intersects
`;

/** The rules with a warning of this kind and what they do; empty for rules that are fine. */
function listWarnings(rules: string): readonly string[] {
  const { found, warned } = checkText(`${declared}for any {\n${rules}\n}`);
  expect(found).toEqual([]);
  return warned
    .filter((each) => each.startsWith('fails-open'))
    .map((each) => each.replace(/^fails-open «(.*)» the (.*): .*$/s, '$1 → $2'));
}

const granted = 'permit a otherwise\n';

test.each([
  // A deny that counts only events that have the member, or takes the default.
  [
    'deny x when once(signal "read" where event.source is present and event.source is not "in")',
    'event.source is present → deny `x` does not fire when `event.source` is absent',
  ],
  [
    'deny x when once(signal "read" where (event.source else "in") is not "in")',
    '(event.source else "in") is not "in" → deny `x` does not fire when `event.source` is unknown',
  ],
  [
    'deny x when count(signal "read" where event.kept) >= 2',
    'event.kept → deny `x` does not fire when `event.kept` is absent',
  ],
  [
    'deny x when sum(event.result.rows of outcome "sent") > 10',
    'event.result.rows → deny `x` does not fire when `event.result.rows` is absent',
  ],
  [
    'deny x when once(outcome "sent" where event.result.to is present and event.result.to is not "in")',
    'event.result.to is present → deny `x` does not fire when `event.result.to` is absent',
  ],
  [
    'deny x when once(allowed doing "pay" where event.action.amount is present and event.action.amount > 9)',
    'event.action.amount is present → deny `x` does not fire when `event.action.amount` is absent',
  ],
  [
    'deny x when once(signal "read" where event.risk is HIGH)',
    'event.risk → deny `x` does not fire when `event.risk` is not listed',
  ],
  // An event of the first pattern starts the restriction, and the newest one of the second pattern ends it.
  [
    'deny x when since(signal "read" where event.source is present and event.source is not "in", signal "other")',
    'event.source is present → deny `x` does not fire when `event.source` is absent',
  ],
  [
    'deny x when since(signal "read", signal "other" where event.source is missing)',
    'event.source is missing → deny `x` does not fire when `event.source` is absent',
  ],
  [
    'deny x when sum(v.price for v in context.items where v.price is present) > 9',
    'v.price → deny `x` does not fire when `context.items[].price` is unknown',
  ],
  [
    'deny x when sum(1 for item in context.items where (item.paid else true)) < 2',
    'sum(1 for item in context.items where (item.paid else true)) < 2 → deny `x` does not fire when `context.items[].paid` is unknown',
  ],
  [
    'deny x when sum(1 for item in context.items where item.paid is present and item.paid) > 2',
    'item.paid → deny `x` does not fire when `context.items[].paid` is unknown',
  ],
  [
    'deny x when subject.risk is HIGH',
    'subject.risk → deny `x` does not fire when `subject.risk` is not listed',
  ],
  [
    'deny x when any v in context.items satisfies v.risk is HIGH',
    'v.risk → deny `x` does not fire when `context.items[].risk` is not listed',
  ],
  [
    'deny x when HIGH in subject.risks',
    'subject.risks → deny `x` does not fire when `subject.risks[]` is not listed',
  ],
])('warns of %s', (rule, warning) => {
  expect(listWarnings(`${granted}${rule}`)).toEqual([warning]);
});

test.each([
  'deny x when once(signal "read" where event.source is not "in")',
  'deny x when once(signal "read" where event.source is missing or event.source is not "in")',
  'deny x when since(signal "read", signal "other" where event.source is "clean")',
  'deny x when count(signal "read") >= 2',
  'deny x when sum(v.price for v in context.items) > 9',
  'deny x when subject.care is HIGH',
  'deny x when subject.risk is LOW',
  'narrow x when any item in context.items satisfies (item.paid else true) to { paths: { "a" } }',
  'challenge x when if subject.id is "a" then not (any item in context.items satisfies item.paid is present) else (all item in context.items satisfies (item.paid else true))',
  // More elements count without the value.
  'deny x when sum(1 for item in context.items where (item.paid else true)) > 2',
  'deny x when not (2 > sum(1 for item in context.items where item.price is missing))',
])('%s restricts without the value', (rule) => {
  expect(listWarnings(`${granted}${rule}`)).toEqual([]);
});

test('an older event loses what the newest one has', () => {
  const older = 'not last(signal "read").kept or count(signal "read" where event.kept) is not 1';
  expect(listWarnings(`permit x when not (${older})`)).toEqual([
    'last(signal "read").kept → permit `x` fires when `event.kept` is absent',
  ]);
});

test('a permit by what an event does not have', () => {
  const pattern = 'signal "read" where event.source is missing or event.source is "in"';
  expect(listWarnings(`permit x when once(${pattern})`)).toEqual([
    'event.source is missing → permit `x` fires when `event.source` is absent',
  ]);
  expect(listWarnings('permit x when once(signal "read" where event.source is "in")')).toEqual([]);
});

/** Without the contents of a table, each has fewer elements, so that a permit can only be lost. */
test.each([
  'subject.id in (members[resource.id] else {})',
  'subject.id in ((members[resource.id] else {}) union (owners[resource.id] else {}))',
  'any g in (members[resource.id] else {}) satisfies subject.id in (owners[g] else {}) or subject.id in (members[g] else {})',
  'any g in ((members[resource.id] else {}) union { resource.id }) satisfies subject.id in (owners[g] else {})',
  '(members[resource.id] else {}) intersects (owners[resource.id] else {})',
])('a permit when %s is monotone', (condition) => {
  expect(listWarnings(`permit x when ${condition}`)).toEqual([]);
});

test.each([
  'subject.id not in (members[resource.id] else {})',
  'subject.id in ((owners[resource.id] else {}) minus (members[resource.id] else {}))',
  'all g in (members[resource.id] else {}) satisfies subject.id in (owners[g] else {})',
  'subject.id in (members[resource.id] else { "root" })',
])('a permit when %s is not monotone', (condition) => {
  expect(listWarnings(`permit x when ${condition}`)[0]).toContain(
    'permit `x` fires when `members[…]` is unknown',
  );
});
