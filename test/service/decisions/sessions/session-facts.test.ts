// Facts of the service in sessions that callers with several credentials use: they belong to the credential whose action is
// decided, and never come from another one.

import {
  createVouchedFacts,
  type Members,
  type SessionCaller,
  serviceItself,
} from '@nhipol/service';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { attack } from '../../../attacks/attack.ts';
import { compileForGuard } from '../../guard/guard-policy.ts';
import { type Harness, openHarness } from '../service-harness.ts';

const policy = `
policy test.facts version "1.0.0"
subject ai_agent { team?: String, owner?: String }
action read {}
resource file { team?: String }
context {
  time: Timestamp, note?: String
  client?: { id?: String, admin?: Bool, label?: String }
}
for ai_agent doing read on file {
  permit admins when context.client.admin is true
  permit own_team when resource.team is subject.team
}
`;
const mapping = {
  subject: { properties: { team: '$token.?team' } },
  context: { client: { id: '$token.?client_id', admin: '$token.?admin' } },
};
const agent = { type: 'ai_agent', id: 'a' };
const read = {
  action: { name: 'read' },
  resource: { type: 'file', id: 'f', properties: { team: 'ops' } },
};
const caller: SessionCaller = { id: 'key:gateway', isOperator: true };

let module: Uint8Array;
let harness: Harness;
beforeAll(async () => {
  module = await compileForGuard(policy);
});
beforeEach(async () => {
  harness = await openHarness({ policy: module, point: { facts: createVouchedFacts(mapping) } });
});
afterEach(async () => {
  await harness.close();
});

/** Requests with the claims of a token, or with a key if they are `undefined`. */
const createQuery = (token: Members | undefined) => ({
  caller,
  ...(token === undefined ? {} : { evidence: { token, peer: {} } }),
});
async function open(token: Members, context: Members = {}): Promise<void> {
  const request = { subject: agent, context };
  const { id: _, ...facts } = harness.point.completeRequest(request, createQuery(token));
  await harness.point.sessions.open(caller, 's', facts);
}
const evaluate = (token: Members | undefined, context: Members = {}) =>
  harness.point.evaluateShown(
    { subject: agent, ...read, context },
    { ...createQuery(token), session: 's' },
  );
const decide = (token: Members | undefined, context: Members = {}) =>
  harness.point.decideInSession('s', { ...read, context }, createQuery(token));
const preview = (token: Members | undefined, context: Members = {}) =>
  harness.point.preview(
    { subject: agent, ...read, context },
    { ...createQuery(token), session: 's' },
  );
const ways = [evaluate, decide, preview];
const facts = async () => harness.point.sessions.request(serviceItself, 's');

const admin = { client_id: 'A', admin: true };
attack('http-facts-of-another-token', async () => {
  await open(admin, { client: { label: 'desk' } });
  for (const way of ways) {
    expect([way.name, (await way(admin)).decision]).toEqual([way.name, true]);
    // The member is absent, false, or there is no token at all; what the caller states does not count.
    for (const token of [{ client_id: 'B' }, { client_id: 'B', admin: false }, {}, undefined]) {
      const claimed = { client: { id: 'A', admin: true } };
      expect([way.name, token, (await way(token, claimed)).decision]).toEqual([
        way.name,
        token,
        false,
      ]);
      expect([way.name, token, (await way(token, { client: null })).decision]).toEqual([
        way.name,
        token,
        false,
      ]);
    }
    expect([way.name, (await way(admin)).decision]).toEqual([way.name, true]);
  }
  await harness.point.sessions.close(caller, 's');
  // So are those of the subject.
  await open({ team: 'ops' });
  for (const way of ways) {
    expect([way.name, (await way({ team: 'ops' })).decision]).toEqual([way.name, true]);
    for (const token of [{ team: 'web' }, {}, undefined]) {
      expect([way.name, token, (await way(token)).decision]).toEqual([way.name, token, false]);
    }
  }
});

test('a session has the facts of the credential whose action was decided last', async () => {
  await open(admin);
  expect((await facts()).context).toEqual({ client: { id: 'A', admin: true } });
  await decide({ client_id: 'B', team: 'web' }, { note: 'x' });
  const { subject, context } = await facts();
  expect(context).toEqual({ client: { id: 'B' }, note: 'x' });
  expect(subject).toMatchObject({ properties: { team: 'web' } });
  // Its answer changes neither by time nor by a search, as long as nothing else does.
  await preview(admin);
  expect((await harness.point.sessions.view(caller, 's')).answer.decision).toBe(false);
  await evaluate(undefined);
  expect((await facts()).context).toEqual({ note: 'x' });
});

test('a change of a session leaves the facts of the service', async () => {
  await open(admin);
  await evaluate(admin);
  const part = { context: { client: { id: 'C', admin: null, label: 'desk' } } };
  for (const change of [
    part,
    { context: { client: null } },
    { subject: { properties: { team: 'ops' } } },
  ]) {
    const { body } = await harness.call('PATCH', '/sessions/s', change);
    expect(body.decision).toBe(true);
  }
  const { subject, context } = await facts();
  expect(context).toEqual({ client: { id: 'A', admin: true, label: 'desk' } });
  expect(subject).toMatchObject({ properties: {} });
});

test('a credential with another subject does not decide in the session', async () => {
  await harness.close();
  const facts = createVouchedFacts({ subject: { id: '$token.?sub' } });
  harness = await openHarness({ policy: module, point: { facts } });
  await open({ sub: 'a' });
  expect((await decide({ sub: 'b' })).context?.reasons).toEqual(['other_subject']);
  expect((await evaluate({ sub: 'b' })).context?.reasons).toEqual(['other_subject']);
  expect((await decide({ sub: 'a' })).context?.reasons).toEqual(['default_deny']);
});
