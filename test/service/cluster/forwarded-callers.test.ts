// Calls that another node performs: while they wait there, the node where they arrived says whether their caller may still call.

import { afterEach, expect, test } from 'vitest';
import {
  ForwardedCallers,
  type ForwardedCallersOptions,
} from '../../../service/cluster/calls/forwarded-callers.ts';
import { Names } from '../../../service/cluster/records/names.ts';
import { isCurrent, type SessionCaller } from '../../../service/pdp/sessions/session-caller.ts';

type Answer = (error: null, message: object) => void;

/** Connections of two nodes, in this process. */
const listeners = new Map<string, Answer>();
const connection = {
  subscribe: (subject: string, { callback }: { readonly callback: Answer }) => {
    listeners.set(subject, callback);
    return { unsubscribe: () => listeners.delete(subject) };
  },
  request: async (subject: string, data: Uint8Array) => {
    const answer = listeners.get(subject);
    if (answer === undefined) throw new Error('no responders');
    return new Promise((resolve) => {
      answer(null, { data, respond: (reply: Uint8Array) => resolve({ data: reply }) });
    });
  },
} as unknown as ForwardedCallersOptions['connection'];
const openNode = (node: string) => {
  const options = { names: new Names('test'), lease: 1_000, onWarning: () => {} };
  return new ForwardedCallers({ ...options, connection, node });
};

const nodes = [openNode('one'), openNode('other')] as const;
afterEach(() => {
  listeners.clear();
});

test('a caller is identified again where its call arrived, and only until it is answered', async () => {
  const [one, other] = nodes;
  let isAllowed = true;
  const known = { id: 'key:ann', tenant: 'web', isOperator: false };
  const caller: SessionCaller = {
    ...known,
    standing: {
      isCurrent: () => isAllowed,
      identify: () => Promise.reject(new Error('the key was removed')),
    },
  };
  let kept: SessionCaller | undefined;
  await one.forward(caller, async (wire) => {
    const arrived = other.receive(JSON.parse(JSON.stringify(wire)));
    expect([arrived.id, arrived.tenant, isCurrent(arrived)]).toEqual(['key:ann', 'web', true]);
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(isCurrent(arrived)).toBe(false);
    const again = await arrived.standing?.identify();
    expect([again?.id, again && isCurrent(again)]).toEqual(['key:ann', true]);
    isAllowed = false;
    await expect(arrived.standing?.identify()).rejects.toThrow('the key was removed');
    isAllowed = true;
    kept = arrived;
  });
  await expect(kept?.standing?.identify()).rejects.toThrow('the call has ended');
  one.end();
  await expect(kept?.standing?.identify()).rejects.toThrow('cannot be identified again');
  // The process itself is never another one.
  await one.forward(known, async (wire) => expect(other.receive(wire).standing).toBeUndefined());
});
