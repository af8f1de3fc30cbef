// A session as an object: it acts on the session that `open` or `restore` returned, and on no later one of its id.

import { compile } from '@nhipol/compiler';
import { createSessions, load, SessionError } from '@nhipol/runtime';
import { beforeAll, expect, test } from 'vitest';
import { checkPolicy } from '../../support/checking.ts';
import { assemble } from '../../support/modules/assembler.ts';

let wasm: Uint8Array;
beforeAll(async () => {
  const policy = checkPolicy(`policy p
    subject agent {}
    action any {}
    resource any {}
    context { risk?: Int }
    signals { left: {} }
    for agent {
      permit works when context.risk < 50
      deny again when once(allowed doing pay)
      revoke ended when once(signal "left")
    }`);
  ({ wasm } = await compile(policy, assemble, { sessions: true }));
});

const request = {
  subject: { type: 'agent', id: 'a' },
  action: { name: 'read' },
  resource: { type: 'r', id: 'r' },
  context: { risk: 1 },
};

const openSessions = () =>
  createSessions(load(wasm), { clock: { now: () => 0, at: () => () => {} } });

test('decides, changes facts and records signals', () => {
  const session = openSessions().open('s', request);
  expect(session.decide().effect).toBe('permit');
  session.patch('context.risk', 60);
  expect(session.reevaluate().effect).toBe('deny');
  session.patch({ context: { risk: 2 } });
  expect(session.decide({ action: { name: 'pay' } }).effect).toBe('permit');
  expect(session.decide().reasons).toEqual(['again']);
  session.replace({ context: {} });
  session.record('left');
  expect(session.decide().effect).toBe('revoke');
  expect(session.signal.aborted).toBe(true);
});

test('is the same object for `open` and `get`', () => {
  const sessions = openSessions();
  const session = sessions.open('s', request);
  expect(sessions.get('s')).toBe(session);
  expect(sessions.get('t')).toBeUndefined();
  expect([sessions.ids(), sessions.size]).toEqual([['s'], 1]);
});

test('denies decisions and throws for changes after it was closed', () => {
  const session = openSessions().open('s', request);
  const { signal } = session;
  session.close();
  session.close();
  expect([session.isOpen, signal.aborted]).toEqual([false, true]);
  expect(session.decide()).toMatchObject({ effect: 'deny', error: { code: 'no_session' } });
  expect(session.reevaluate()).toMatchObject({ effect: 'deny', error: { code: 'no_session' } });
  for (const change of [
    () => session.patch('context.risk', 1),
    () => session.patch({}),
    () => session.replace({}),
    () => session.record('left'),
    () => session.grant({ digest: '', expiresAt: 1 }),
    () => session.snapshot(),
  ]) {
    expect(change).toThrow(SessionError);
  }
});

test('does not act on a later session of its id', () => {
  const sessions = openSessions();
  const former = sessions.open('s', request);
  former.close();
  const session = sessions.open('s', request);
  expect(former.decide().effect).toBe('deny');
  expect(() => former.record('left')).toThrow('expected the id of an open session');
  former.close();
  expect([session.isOpen, session.decide().effect]).toEqual([true, 'permit']);
});

test('continues after it was restored, and after another policy was activated', () => {
  const sessions = openSessions();
  const first = sessions.open('s', request);
  first.decide({ action: { name: 'pay' } });
  const snapshot = first.snapshot();
  first.close();
  const { session, mismatch } = sessions.restore(snapshot);
  expect(mismatch).toBeUndefined();
  expect(sessions.get('s')).toBe(session);
  sessions.preview(load(wasm)).activate();
  expect([session.isOpen, session.decide().reasons]).toEqual([true, ['again']]);
});

test('a decision by id is denied if there is no session', () => {
  const sessions = openSessions();
  sessions.open('s', request);
  expect(sessions.decide('s').effect).toBe('permit');
  expect(sessions.decide('t')).toMatchObject({ effect: 'deny', error: { code: 'no_session' } });
});
