// Sessions whose module fails: every session is denied from then on, and every sweep reports it.

import { load } from '@nhipol/runtime';
import { beforeAll, expect, test } from 'vitest';
import { createRegistry } from '../../../runtime/sessions/create-sessions.ts';
import type { SessionRegistry } from '../../../runtime/sessions/registry.ts';
import { assembleTrapping, failures } from '../../support/modules/trapping-module.ts';

const request = {
  subject: { type: 'agent', id: 'a' },
  action: { name: 'read' },
  resource: { type: 'file', id: 'f' },
  context: {},
};

let wasm = new Uint8Array();
beforeAll(async () => {
  wasm = Uint8Array.from(await assembleTrapping());
}, 60_000);

function openRegistry(): SessionRegistry {
  const sessions = createRegistry(load(wasm), { clock: { now: () => 1000, at: () => () => {} } });
  for (const id of ['one', 'two', 'three']) sessions.open(id, request);
  return sessions;
}

function sweep(sessions: SessionRegistry) {
  return sessions.sweep().map(({ id, before, answer }) => [id, before, answer.reasons.join()]);
}

const createFailures = (...ids: readonly string[]) => ids.map((id) => [id, 'deny', 'engine_error']);

test.each([
  ['sweep', failures.sweep],
  ['sweep that gives too many changes', failures.tooManyChanges],
  ['question when it is due', failures.due],
])('a %s that fails reports every session, and so does every later one', (_, fail) => {
  const sessions = openRegistry();
  expect(sessions.decide('one').effect).toBe('permit');
  expect(sweep(sessions)).toEqual([]);
  sessions.patch('one', { context: { fail } });
  const [first, ...others] = createFailures('one', 'two', 'three');
  expect(sweep(sessions)).toEqual([first?.with(1, 'permit'), ...others]);
  expect(sweep(sessions)).toEqual([first, ...others]);
  expect(sessions.decide('two').reasons).toEqual(['engine_error']);
});

test('a decision that fails denies all sessions until they are closed', () => {
  const sessions = openRegistry();
  sessions.patch('one', { context: { fail: failures.decide } });
  expect(sessions.decide('two').reasons).toEqual(['engine_error']);
  expect(sessions.reevaluate('one').reasons).toEqual(['engine_error']);
  expect(sweep(sessions)).toEqual(createFailures('one', 'two', 'three'));
  sessions.close('one');
  expect(sweep(sessions)).toEqual(createFailures('two', 'three'));
});
