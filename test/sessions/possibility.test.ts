// Possibility in sessions of the JavaScript host.

import { compile } from '@nhipol/compiler';
import { createSessions, load, type Policy } from '@nhipol/runtime';
import { expect, test } from 'vitest';
import { checkPolicy } from '../support/checking.ts';
import { assemble } from '../support/modules/assembler.ts';

const policy = checkPolicy(`policy p
subject agent { team?: String }
action call { tool: String, amount?: Int(0..) }
action any {}
resource any {}
context { time: Timestamp, level?: Int }
for agent doing call {
  permit own_team when subject.team is "support"
  deny busy when count(allowed doing call per action.tool up to 4, within 10s) >= 2
  deny over when sum(event.action.amount of allowed doing call) + action.amount > 100
  deny much when context.level > 5
}`);

async function compileModule(possible: boolean): Promise<Policy> {
  const { wasm } = await compile(policy, assemble, { sessions: true, possible });
  return load(wasm);
}

const [possible, decidesOnly] = [await compileModule(true), await compileModule(false)];
const clock = { now: () => Date.parse('2026-03-03T10:00:00Z'), at: () => () => {} };

function openSession(module: Policy) {
  const sessions = createSessions(module, { clock });
  const session = sessions.open('s', {
    subject: { type: 'agent', id: 'a', properties: { team: 'support' } },
    action: { name: 'call', properties: { tool: 't', amount: 30 } },
    resource: { type: 'file', id: 'f' },
    context: { level: 1 },
  });
  return { sessions, session };
}

const call = (properties?: object) => ({ action: { name: 'call', properties } });

test('an action is possible as long as the history of the session allows it', () => {
  const { session } = openSession(possible);
  const tools = ['t', 'u'];
  const listPossible = () => tools.filter((tool) => session.could(call({ tool })).possible);
  expect(listPossible()).toEqual(['t', 'u']);
  session.decide();
  expect(listPossible()).toEqual(['t', 'u']);
  // The second decision counts for the next one, and not for itself.
  expect(session.decide().effect).toBe('permit');
  expect(listPossible()).toEqual(['u']);
  expect(session.could().reasons).toEqual(['busy']);
  expect(session.reevaluate().effect).toBe('permit');
  expect(session.could(call({ amount: 41 })).reasons).toEqual(['over']);
  expect(session.could(call()).possible).toBe(true);
});

test('facts of the session are given, and changes of the context are not stored', () => {
  const { session } = openSession(possible);
  expect(session.could({ ...call(), context: { level: 9 } }).reasons).toEqual(['much']);
  expect(session.could(call()).possible).toBe(true);
  session.patch('context.level', 9);
  expect(session.could(call()).reasons).toEqual(['much']);
  expect(session.could({ ...call(), context: { level: null } }).possible).toBe(true);
  expect(session.could({ action: { name: 'other' } }).reasons).toEqual(['default_deny']);
});

test('an invalid query is impossible, with its error', () => {
  const { session } = openSession(possible);
  expect(session.could(call({ tool: 5 }))).toMatchObject({
    possible: false,
    error: { code: 'wrong_type', path: '$.action.properties.tool' },
  });
  expect(session.could({ action: { name: 'x'.repeat(70_000) } }).error?.code).toBe('too_large');
});

test('a session that was closed, or that is not open, is impossible', () => {
  const { sessions, session } = openSession(possible);
  session.close();
  expect(session.could()).toMatchObject({ possible: false, error: { code: 'no_session' } });
  expect(sessions.get('s')).toBeUndefined();
});

test('without the export it is an error, and the session remains', () => {
  const { session } = openSession(decidesOnly);
  expect(session.could(call())).toMatchObject({
    possible: false,
    reasons: ['engine_error'],
    error: { code: 'engine_error' },
  });
  expect(session.decide().effect).toBe('permit');
});
