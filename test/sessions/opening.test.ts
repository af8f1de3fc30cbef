// Sessions that open with the subject and the context, before the first query is known.

import { compile } from '@nhipol/compiler';
import { load, type Policy, SessionError } from '@nhipol/runtime';
import { createEvaluatorSessions, noTables } from '@nhipol/testing';
import { beforeAll, expect, test } from 'vitest';
import { createModuleSessions } from '../../assurance/testing/runner/sessions.ts';
import { createRegistry } from '../../runtime/sessions/create-sessions.ts';
import { checkPolicy } from '../support/checking.ts';
import { assemble } from '../support/modules/assembler.ts';

const policies = {
  'judged by words': checkPolicy(`policy p
    subject agent { exposed: Bool = false }
    action any { tool?: String }
    for agent {
      permit works otherwise
      deny odd when action.tool is "odd", if unknown skip
      revoke exposed when subject.exposed
    }`),
  'judged by time and history': checkPolicy(`policy p
    subject agent { exposed: Bool = false, until?: Timestamp }
    action any { tool?: String }
    resource any { owner: String }
    context { time: Timestamp, risk: Int }
    for agent {
      permit works otherwise
      deny late when context.time >= subject.until, if unknown skip
      deny odd when action.tool is "odd", if unknown skip
      deny busy when count(decided, within 1m) >= 2
      revoke exposed when subject.exposed
    }`),
} as const;
type Name = keyof typeof policies;
const names = Object.keys(policies) as Name[];

const modules = new Map<Name, Policy>();
beforeAll(async () => {
  for (const name of names) {
    modules.set(name, load((await compile(policies[name], assemble, { sessions: true })).wasm));
  }
});

const clock = { now: () => 1_000_000, at: () => () => {} };
const openRegistry = (name: Name) => createRegistry(modules.get(name) as Policy, { clock });
const known = { subject: { type: 'agent', id: 'a' }, context: { risk: 1 } };
const asked = {
  action: { name: 'call' },
  resource: { type: 'file', id: 'f', properties: { owner: 'o' } },
};

test.each(names)('nothing is permitted before a query: %s', (name) => {
  const sessions = openRegistry(name);
  sessions.open('s', known);
  for (const answer of [sessions.decide('s'), sessions.reevaluate('s')]) {
    expect(answer).toMatchObject({
      effect: 'deny',
      reasons: ['invalid_request'],
      error: { code: 'missing', path: '$.action', found: 'nothing' },
    });
  }
  expect(sessions.sweep({ all: true })).toEqual([]);
  expect(sessions.decide('s', asked).effect).toBe('permit');
  expect(
    sessions.decide('s', { ...asked, action: { name: 'x', properties: { tool: 'odd' } } }).reasons,
  ).toContain('odd');
});

test.each(names)('the known facts may end the session before: %s', (name) => {
  const sessions = openRegistry(name);
  sessions.open('s', known);
  sessions.decide('s');
  sessions.patch('s', { subject: { properties: { exposed: true } } });
  expect(sessions.decide('s')).toMatchObject({ effect: 'revoke', reasons: ['exposed'] });
  sessions.open('t', { ...known, subject: { ...known.subject, properties: { exposed: true } } });
  expect(sessions.reevaluate('t')).toMatchObject({ effect: 'revoke', reasons: ['exposed'] });
});

test.each(names)('one part of the query is not enough: %s', (name) => {
  const sessions = openRegistry(name);
  sessions.open('s', { ...known, action: asked.action });
  expect(sessions.decide('s').error?.path).toBe('$.resource');
  expect(sessions.decide('s', { resource: asked.resource }).effect).toBe('permit');
});

test.each(names)('the session is restored from its snapshot: %s', (name) => {
  const sessions = openRegistry(name);
  sessions.open('s', known);
  const text = sessions.snapshot('s');
  expect(Object.keys(JSON.parse(text).request)).not.toContain('action');
  sessions.close('s');
  expect(sessions.restore(text)).toEqual({ id: 's', mismatch: undefined });
  expect(sessions.snapshot('s')).toBe(text);
  expect(sessions.decide('s').reasons).toEqual(['invalid_request']);
  expect(sessions.decide('s', asked).effect).toBe('permit');
});

test('subject and context are required', () => {
  const sessions = openRegistry('judged by time and history');
  const wrong = (request: object) => () => sessions.open('s', request);
  expect(wrong({ context: { risk: 1 } })).toThrow(/\$\.subject: expected an object, found nothing/);
  expect(wrong({ subject: known.subject })).toThrow(/\$\.context\.risk/);
  expect(wrong({ ...known, action: {} })).toThrow(/\$\.action\.name/);
  expect(wrong({ ...known, resource: { type: 'file', id: 'f' } })).toThrow(SessionError);
  expect(sessions.size).toBe(0);
});

test.each(names)('the evaluator gives the same answers: %s', (name) => {
  const request = JSON.stringify(known);
  const both = [
    createEvaluatorSessions(policies[name])(request, 0n),
    createModuleSessions(modules.get(name) as Policy)(request, 0n),
  ];
  const changes = ['action', 'resource'].map((root) => ({
    path: [root],
    json: JSON.stringify(asked[root as keyof typeof asked]),
  }));
  const answers = both.map((session) => {
    const before = [session.ask(1n), session.judge(2n)];
    session.change(changes, noTables);
    return [...before, session.ask(3n), session.ask(4n), session.ask(5n)];
  });
  const effects = answers.map((all) => all.map(({ effect, reasons }) => [effect, ...reasons]));
  expect(effects[1]).toEqual(effects[0]);
});
