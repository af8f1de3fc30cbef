// `could` of the JavaScript host: possibilities as callers get them, and what is not a request.

import { compile } from '@nhipol/compiler';
import { load, type Policy } from '@nhipol/runtime';
import { beforeAll, expect, test } from 'vitest';
import { checkPolicy } from '../../support/checking.ts';
import { assemble } from '../../support/modules/assembler.ts';

const source = checkPolicy(`policy p
subject agent { team?: String }
action read { rows: Int }
action "export" {}
resource record { owner?: String }
context { time: Timestamp, until?: Timestamp }
for agent doing read on record {
  permit own_team when subject.team is "support"
  permit own when resource.owner is subject.id
  deny over when context.time >= context.until, if unknown skip
}`);

let policy: Policy;
let deciding: Policy;
beforeAll(async () => {
  const [possible, other] = await Promise.all([
    compile(source, assemble, { possible: true }),
    compile(source, assemble),
  ]);
  [policy, deciding] = [load(possible.wasm), load(other.wasm)];
});

const action = { name: 'read' };
const resource = { type: 'record' };
const at = { now: 1000 };
const possible = { possible: true, reasons: [], validUntil: undefined, error: undefined };
const impossible = { ...possible, possible: false };

test.each<[string, unknown, object]>([
  ['types and names alone', { subject: { type: 'agent' }, action, resource }, possible],
  [
    'another team, with an open owner',
    { subject: { type: 'agent', properties: { team: 'sales' } }, action, resource },
    possible,
  ],
  [
    'another team and another owner',
    {
      subject: { type: 'agent', id: 'a', properties: { team: 'sales' } },
      action,
      resource: { type: 'record', properties: { owner: 'b' } },
    },
    { ...impossible, reasons: ['default_deny'] },
  ],
  [
    'null, which is absent',
    {
      subject: { type: 'agent', id: 'a', properties: { team: 'sales' } },
      action,
      resource: { type: 'record', properties: { owner: null } },
    },
    possible,
  ],
  [
    'an instant that is over',
    { subject: { type: 'agent' }, action, resource, context: { until: '1970-01-01T00:00:01Z' } },
    { ...impossible, reasons: ['over'] },
  ],
  [
    'an instant that is ahead',
    { subject: { type: 'agent' }, action, resource, context: { until: '1970-01-01T00:00:02Z' } },
    { ...possible, validUntil: 2000 },
  ],
  [
    'an action that no rule permits',
    { subject: { type: 'agent' }, action: { name: 'export' }, resource },
    { ...impossible, reasons: ['default_deny'] },
  ],
  [
    'a value of the wrong type',
    { subject: { type: 'agent' }, action: { ...action, properties: { rows: 'x' } }, resource },
    {
      ...impossible,
      reasons: ['invalid_request'],
      error: { code: 'wrong_type', path: '$.action.properties.rows' },
    },
  ],
  [
    'no name of an action',
    { subject: { type: 'agent' }, action: {}, resource },
    {
      ...impossible,
      reasons: ['invalid_request'],
      error: { code: 'missing', path: '$.action.name' },
    },
  ],
])('%s', (_, request, expected) => {
  expect(policy.could(request, at)).toMatchObject(expected);
  expect(policy.couldJson(JSON.stringify(request), at)).toEqual(policy.could(request, at));
});

test('the latest request of `could` cannot be decided again', () => {
  policy.could({ subject: { type: 'agent' }, action, resource }, at);
  expect(policy.again(1000)).toMatchObject({
    effect: 'deny',
    error: { expected: 'an earlier request', found: 'none' },
  });
});

test('`could` changes no later decision', () => {
  const request = {
    subject: { type: 'agent', id: 'a', properties: { team: 'support' } },
    action: { ...action, properties: { rows: 1 } },
    resource: { ...resource, id: 'r' },
    context: { until: '1970-01-01T00:00:02Z' },
  };
  const before = policy.decide(request, at);
  policy.could({ subject: { type: 'agent' }, action, resource }, at);
  expect(policy.decide(request, at)).toEqual(before);
  expect(policy.decideJson(JSON.stringify(request), at)).toEqual(before);
  expect(before.reasons).toEqual(['own_team']);
});

test.each([
  ['a number that JSON cannot represent', { subject: { type: 'agent', id: Number.NaN } }],
  ['a request that throws', Object.defineProperty({}, 'subject', { enumerable: true, get: fail })],
])('%s is not possible', (_, request) => {
  expect(policy.could(request, at).possible).toBe(false);
});

function fail(): never {
  throw new Error('no subject');
}

test('a module without `could` says so', () => {
  expect(deciding.could({ subject: { type: 'agent' }, action, resource }, at)).toEqual({
    ...impossible,
    reasons: ['engine_error'],
    error: {
      code: 'engine_error',
      path: '$',
      expected: 'a module that was compiled with `--possible`',
      found: 'one without the export `could`',
      offset: 0,
    },
  });
  expect(deciding.manifest.possible).toBeUndefined();
  expect(policy.manifest.possible).toBe(true);
});
