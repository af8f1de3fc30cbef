// Diagnostics about tests: requests, fixtures and rows.

import { pluralize } from '../../support/words.ts';
import type { Entry } from './entry.ts';

const request =
  '{ subject: { type: a, id: b }, action: { name: c }, resource: { type: d, id: e }, context: {} }';
const rule = 'context { n?: Int }\nfor any { permit ok otherwise }';
const rows = (each: string) => `policy p\n${rule}\ntest "t" { request ${request} ${each} }`;

export const testMessages = {
  'bad-test': {
    severity: 'error',
    message: (p: { why: string }) => `${p.why}`,
    help: 'a test has a complete request, `{ … }` or `from "file.json"`, and changes its members',
    why: 'A test sends what a host would send, and changes only what the policy declares. A change without effect would let the test pass for the wrong reason.',
    avoid:
      'policy p\nfor any { permit ok otherwise }\ntest "t" { request from "nowhere.json" expect permit }',
    prefer:
      'policy p\nfor any { permit ok otherwise }\ntest "t" { request { "subject": { "type": "a", "id": "b" }, "action": { "name": "c" }, "resource": { "type": "d", "id": "e" } } expect permit }',
  },
  'ignored-member': {
    severity: 'error',
    message: (p: { name: string; within: string }) => `\`${p.name}\` in ${p.within} is ignored`,
    help: 'write it in `properties`',
    why: 'A host reads `type` and `id`, or `name`, of a subject, an action or a resource, and what is in `properties`. A test with a property outside of `properties` shows the answer without that property.',
    avoid:
      'policy p\nsubject a { team?: String }\nsubject any { team?: String }\nfor any { permit ok when subject.team is "x" }\ntest "t" { request { subject: { type: a, id: b, team: "x" }, action: { name: c }, resource: { type: d, id: e } } expect deny }',
    prefer:
      'policy p\nsubject a { team?: String }\nsubject any { team?: String }\nfor any { permit ok when subject.team is "x" }\ntest "t" { request { subject: { type: a, id: b, properties: { team: "x" } }, action: { name: c }, resource: { type: d, id: e } } expect permit }',
  },
  'unknown-fixture': {
    severity: 'error',
    message: (p: { name: string }) => `unknown fixture \`${p.name}\``,
    help: 'declare it: `fixture name from "file.json"`; write the path of a file in quotes',
    absent: (p: { name: string }) => p.name,
    why: 'A fixture is a request that several tests share. Without it the test has no request.',
    avoid: `policy p\n${rule}\ntest "t" { request from baseline expect permit }`,
    prefer: `policy p\n${rule}\nfixture baseline ${request}\ntest "t" { request from baseline expect permit }`,
  },
  'no-rows': {
    severity: 'error',
    message: (_: Record<never, never>) => '`each` has no rows',
    help: 'add a row, with a cell for each path and the expected outcome: `5 expect permit`',
    why: 'Each row is a test. Without rows nothing is tested, although the policy appears to have a test.',
    avoid: rows('each context.n {}'),
    prefer: rows('each context.n { 5 expect permit }'),
  },
  'wrong-cells': {
    severity: 'error',
    message: (p: { cells: number; columns: number }) =>
      `expected ${pluralize(p.columns, 'cell')}, one for each path after \`each\`, found ${p.cells}`,
    help: 'write a cell for each path, in their order; `missing` removes a member',
    why: 'Each cell is the value of the path in its column. With a different number of cells it is unclear which value belongs to which path.',
    avoid: rows('each context.n, action.name { 5 expect permit }'),
    prefer: rows('each context.n, action.name { 5, read expect permit }'),
  },
  'duplicate-column': {
    severity: 'error',
    message: (p: { name: string }) => `\`${p.name}\` is listed twice`,
    help: 'remove one of them, with its cells',
    why: 'Both columns set the same member, and only the second one would take effect. The first cell of each row would not be tested.',
    avoid: rows('each context.n, context.n { 5, 6 expect permit }'),
    prefer: rows('each context.n { 5 expect permit 6 expect permit }'),
  },
  'duplicate-row': {
    severity: 'error',
    message: (_: Record<never, never>) => 'another row has the same cells',
    help: 'remove one of them, or change the cell that should differ',
    why: 'Two rows with the same cells send the same request: the second one shows nothing new, or the two can never pass together. It is usually a copy that was not edited.',
    avoid: rows('each context.n { 5 expect permit 5 expect permit }'),
    prefer: rows('each context.n { 5 expect permit 6 expect permit }'),
  },
} satisfies Record<string, Entry>;
