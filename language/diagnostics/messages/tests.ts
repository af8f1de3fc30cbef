// Diagnostics of tests: their requests, fixtures and rows.

import { counted } from '../../support/words.ts';
import type { Entry } from './entry.ts';

const request =
  '{ subject: { type: a, id: b }, action: { name: c }, resource: { type: d, id: e }, context: {} }';
const rule = 'context { n?: Int }\nfor any { permit ok otherwise }';
const rows = (each: string) => `policy p\n${rule}\ntest "t" { request ${request} ${each} }`;

export const testMessages = {
  'bad-test': {
    severity: 'error',
    message: (p: { why: string }) => `${p.why}`,
    help: 'a test sends a whole request, `{ … }` or `from "file.json"`, and changes members of it',
    why: 'A test sends what a host would send, and changes only what the policy knows about. A change that reaches nothing would leave the test green for the wrong reason.',
    avoid:
      'policy p\nfor any { permit ok otherwise }\ntest "t" { request from "nowhere.json" expect permit }',
    prefer:
      'policy p\nfor any { permit ok otherwise }\ntest "t" { request { "subject": { "type": "a", "id": "b" }, "action": { "name": "c" }, "resource": { "type": "d", "id": "e" } } expect permit }',
  },
  'ignored-member': {
    severity: 'error',
    message: (p: { name: string; within: string }) => `\`${p.name}\` in ${p.within} is ignored`,
    help: 'write it in `properties`',
    why: 'Of a subject, an action or a resource a host reads `type` and `id`, or `name`, and what is in `properties`. A test that writes a property beside these shows how the policy answers without it.',
    avoid:
      'policy p\nsubject a { team?: String }\nsubject any { team?: String }\nfor any { permit ok when subject.team is "x" }\ntest "t" { request { subject: { type: a, id: b, team: "x" }, action: { name: c }, resource: { type: d, id: e } } expect deny }',
    prefer:
      'policy p\nsubject a { team?: String }\nsubject any { team?: String }\nfor any { permit ok when subject.team is "x" }\ntest "t" { request { subject: { type: a, id: b, properties: { team: "x" } }, action: { name: c }, resource: { type: d, id: e } } expect permit }',
  },
  'unknown-fixture': {
    severity: 'error',
    message: (p: { name: string }) => `no fixture \`${p.name}\` is declared`,
    help: 'declare it: `fixture name from "file.json"`; the path of a file stands in quotes',
    absent: (p: { name: string }) => p.name,
    why: 'A fixture is a request that several tests begin with. Without it the test has nothing to ask, and a test that asks nothing would show nothing.',
    avoid: `policy p\n${rule}\ntest "t" { request from baseline expect permit }`,
    prefer: `policy p\n${rule}\nfixture baseline ${request}\ntest "t" { request from baseline expect permit }`,
  },
  'no-rows': {
    severity: 'error',
    message: (_: Record<never, never>) => '`each` has no rows',
    help: 'add a row, a cell for each path and what to expect: `5 expect permit`',
    why: 'A row is a test. Without rows nothing is tested, though the policy looks as if something was.',
    avoid: rows('each context.n {}'),
    prefer: rows('each context.n { 5 expect permit }'),
  },
  'wrong-cells': {
    severity: 'error',
    message: (p: { cells: number; columns: number }) =>
      `${counted(p.cells, 'cell')} here, and ${counted(p.columns, 'path')} behind \`each\``,
    help: 'a row has a cell for each path, in their order; `missing` takes a member away',
    why: 'Each cell is what the path above it is set to. With a cell too many or too few nobody can tell which of them was meant.',
    avoid: rows('each context.n, action.name { 5 expect permit }'),
    prefer: rows('each context.n, action.name { 5, read expect permit }'),
  },
  'duplicate-column': {
    severity: 'error',
    message: (p: { name: string }) => `\`${p.name}\` is a column twice`,
    help: 'remove one of them, with its cells',
    why: 'Both set the same member, and only the second would count. What the first cell of each row says would be tested nowhere.',
    avoid: rows('each context.n, context.n { 5, 6 expect permit }'),
    prefer: rows('each context.n { 5 expect permit 6 expect permit }'),
  },
  'duplicate-row': {
    severity: 'error',
    message: (_: Record<never, never>) => 'another row has the same cells',
    help: 'remove one of them, or change the cell that was meant to differ',
    why: 'Two such rows ask the same, so that the second shows nothing, or can never pass along with the first. It usually is the rest of a copy that was to be changed.',
    avoid: rows('each context.n { 5 expect permit 5 expect permit }'),
    prefer: rows('each context.n { 5 expect permit 6 expect permit }'),
  },
} satisfies Record<string, Entry>;
