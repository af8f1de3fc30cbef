// Snapshots of sessions: facts and history, in a module that reads another module's snapshot, and crafted
// snapshots.

import { compile } from '@nhipol/compiler';
import { load, type Policy, SessionError } from '@nhipol/runtime';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRegistry } from '../../runtime/sessions/create-sessions.ts';
import { runs } from '../support/budget.ts';
import { checkPolicy } from '../support/checking.ts';
import { assemble } from '../support/modules/assembler.ts';
import { seed } from '../support/policies/property-policies.ts';

async function compileText(text: string): Promise<Policy> {
  const { wasm } = await compile(checkPolicy(text), assemble, { sessions: true });
  return load(wasm);
}

let now = 0;
const clock = { now: () => now, at: () => () => {} };

function openRegistry(policy: Policy) {
  now = Date.parse('2026-03-03T10:00:00Z');
  return createRegistry(policy, { clock });
}

const asked = {
  subject: { type: 'agent', id: 'a' },
  action: { name: 'call' },
  resource: { type: 'file', id: 'f' },
};

const typesPolicy = `policy p
enum Level { low < high }
subject agent {
  name?: String, count?: Int(0..100), share?: Decimal, isOn?: Bool, level?: Level, at?: Timestamp,
  seen?: Timestamp in seconds, life?: Duration, ip?: Ip, net?: Cidr, workload?: SpiffeId,
  tags?: Set<String>, levels?: Set<Level>, ports?: List<Int>,
  "odd name"?: { deep?: { x?: Int } }, chain?: List<{ sub: String, act?: { at?: Timestamp } }>
}
context { time: Timestamp }
for agent { permit works otherwise }`;

const types = await compileText(typesPolicy);

function restoreRequest(properties: object, policy = types): unknown {
  const sessions = openRegistry(policy);
  sessions.open('s', { ...asked, subject: { ...asked.subject, properties } });
  const text = sessions.snapshot('s');
  const others = openRegistry(policy);
  expect(others.restore(text)).toEqual({ id: 's', mismatch: undefined });
  expect(others.snapshot('s')).toBe(text);
  return JSON.parse(text).request.subject.properties;
}

test('each type is restored as written', () => {
  const properties = {
    name: 'a "quoted" \\ text\n\u0001 of é and 😀',
    count: 7,
    share: -0.000001,
    isOn: false,
    level: 'high',
    at: '0000-01-01T00:00:00.000Z',
    seen: 1772532000.25,
    life: 90.5,
    ip: '10.0.0.1',
    net: '10.0.0.0/8',
    workload: 'spiffe://prod.example/ci',
    tags: ['a', 'b'],
    levels: ['low'],
    ports: [1, 1, -9007199254740991],
    'odd name': { deep: { x: 0 } },
    chain: [{ sub: 's', act: { at: '9999-12-31T23:59:59.999Z' } }, { sub: 't' }],
  };
  expect(restoreRequest(properties)).toEqual(properties);
  expect(restoreRequest({ 'odd name': {}, tags: [], chain: [{ sub: '', act: {} }] })).toEqual({
    'odd name': {},
    tags: [],
    chain: [{ sub: '', act: {} }],
  });
  const addresses = { ip: '2001:db8::1', net: '::/0' };
  expect(restoreRequest(addresses)).toEqual(addresses);
  expect(restoreRequest({ isOn: true, share: 12.5, life: 0 })).toEqual({
    isOn: true,
    share: 12.5,
    life: 0,
  });
});

test('a value that is present but invalid stays so', () => {
  expect(
    restoreRequest({ count: 101, level: 'odd', ip: 'x', levels: ['low', 'odd'], workload: 'x' }),
  ).toEqual({
    count: ['unknown', 0],
    level: ['unknown', 0],
    ip: ['unknown', 0],
    levels: ['low', ['unknown', 0]],
    workload: ['unknown', 0],
  });
});

test('instants of all days are restored as written', () => {
  const [first, second] = [openRegistry(types), openRegistry(types)];
  const property = fc.property(
    fc.date({
      min: new Date('0000-01-01T00:00:00Z'),
      max: new Date('9999-12-31T23:59:59.999Z'),
      noInvalidDate: true,
    }),
    (date) => {
      const properties = { at: date.toISOString() };
      first.open('s', { ...asked, subject: { ...asked.subject, properties } });
      const text = first.snapshot('s');
      second.restore(text);
      expect(JSON.parse(second.snapshot('s')).request.subject.properties).toEqual(properties);
      for (const sessions of [first, second]) sessions.close('s');
    },
  );
  fc.assert(property, { numRuns: runs(2_000), seed });
});

// --- another policy ------------------------------------------------------------------------------

test('a fact with another type in the policy is invalid, and reported', async () => {
  const before = await compileText(`policy p
    subject agent { limit?: Int, owner?: { id?: String }, tier?: String }
    for agent { permit works otherwise }`);
  const after = await compileText(`policy p
    subject agent { limit: Bool, owner?: String, team: String, tier?: Set<String> }
    for agent {
      permit works when subject.tier is present or subject.owner is present or subject.limit
      deny no_limit when subject.limit
      deny no_team when subject.team is not "core"
    }`);
  const sessions = openRegistry(before);
  const properties = { limit: 1, owner: { id: 'o' }, tier: 'gold' };
  sessions.open('s', { ...asked, subject: { ...asked.subject, properties } });
  expect(sessions.decide('s').effect).toBe('permit');
  const text = sessions.snapshot('s');
  const others = openRegistry(after);
  const { mismatch } = others.restore(text);
  expect(mismatch).toMatchObject({ code: 'wrong_type', path: '$.subject.properties.limit' });
  expect(others.decide('s')).toMatchObject({ effect: 'deny', reasons: ['no_limit', 'no_team'] });
  // Again, because another policy can follow.
  const again = openRegistry(after);
  again.restore(others.snapshot('s'));
  expect(again.decide('s').reasons).toEqual(['no_limit', 'no_team']);
  again.patch('s', { subject: { properties: { limit: false, team: 'core', tier: ['gold'] } } });
  expect(again.decide('s').effect).toBe('permit');
});

test('a record replaces an invalid value', async () => {
  const before = await compileText(`policy p
    subject agent { owner?: String }
    for agent { permit works otherwise }`);
  const after = await compileText(`policy p
    subject agent { owner?: { id: String, team: String } }
    for agent { permit works when subject.owner.id is "o" and subject.owner.team is "t" }`);
  const sessions = openRegistry(before);
  sessions.open('s', { ...asked, subject: { ...asked.subject, properties: { owner: 'o' } } });
  const others = openRegistry(after);
  others.restore(sessions.snapshot('s'));
  const patch = (owner: object) => others.patch('s', { subject: { properties: { owner } } });
  expect(() => patch({ id: 'o' })).toThrow(/team/);
  patch({ id: 'o', team: 't' });
  expect(others.decide('s').effect).toBe('permit');
});

const revoking = (reasons: readonly string[]) => `policy p
  signals { leaked: {} }
  for any {
    permit works otherwise
    ${reasons.map((id) => `revoke ${id} when once(signal "leaked")`).join('\n')}
  }`;

test('a revoked session stays revoked, with the reasons that the policy has', async () => {
  const [both, one, none] = await Promise.all([
    compileText(revoking(['leaked', 'exposed'])),
    compileText(revoking(['exposed', 'another'])),
    compileText('policy p\nfor any { permit works otherwise }'),
  ]);
  const sessions = openRegistry(both);
  sessions.open('s', asked);
  sessions.record('s', 'leaked');
  expect(sessions.decide('s').reasons).toEqual(['exposed', 'leaked']);
  const restoreReasons = (policy: Policy) => {
    const others = openRegistry(policy);
    others.restore(sessions.snapshot('s'));
    const answer = others.decide('s');
    expect(answer.effect).toBe('revoke');
    expect(others.reevaluate('s')).toEqual(answer);
    return answer.reasons;
  };
  expect(restoreReasons(both)).toEqual(['exposed', 'leaked']);
  expect(restoreReasons(one)).toEqual(['exposed']);
  expect(restoreReasons(none)).toEqual(['revoked_before']);
});

// --- history that an intermediate policy does not have ---------------------------------------------

const remembering = `policy p
  context { time: Timestamp }
  signals { read: {} }
  for any {
    permit works otherwise
    deny tainted when once(signal "read", within 10m)
    deny busy when count(decided, within 1m) >= 3
  }`;
const forgetting = 'policy p\nfor any { permit works otherwise }';
const counting = `policy p
  context { time: Timestamp }
  for any {
    permit works otherwise
    deny busy when count(decided, within 1m) >= 3
  }`;

test('migrating back at once preserves history, and events in between make it unknown', async () => {
  const [first, without, partly] = await Promise.all(
    [remembering, forgetting, counting].map(compileText),
  );
  const via = (
    middle: Policy | undefined,
    between: (id: string, s: ReturnType<typeof openRegistry>) => void,
  ) => {
    const sessions = openRegistry(first as Policy);
    sessions.open('s', asked);
    sessions.decide('s');
    const others = openRegistry(middle as Policy);
    others.restore(sessions.snapshot('s'));
    between('s', others);
    const back = openRegistry(first as Policy);
    back.restore(others.snapshot('s'));
    return back.reevaluate('s');
  };
  const nothing = () => {};
  const decides = (id: string, sessions: ReturnType<typeof openRegistry>) => {
    sessions.decide(id);
  };
  expect(via(partly, nothing).effect).toBe('permit');
  // The decision is counted. It is unknown whether a signal was recorded.
  expect(via(partly, decides).reasons).toEqual(['tainted']);
  // Not counted.
  expect(via(without, nothing).reasons).toEqual(['busy', 'tainted']);
  const { validUntil } = via(without, nothing);
  expect(new Date(validUntil ?? Number.NaN).toISOString()).toBe('2026-03-03T10:01:00.001Z');
});

// --- crafted snapshots ----------------------------------------------------------------------------

test('an invalid snapshot is rejected, and the module continues', async () => {
  const policy = await compileText(
    remembering
      .replace('read: {}', 'read: { by?: Set<String> }')
      .replace(
        'deny busy',
        'deny same when last(signal "read").by intersects { "a" }\n    deny again when once(decided per resource.id up to 3, within 5m)\n    deny busy',
      ),
  );
  const sessions = openRegistry(policy);
  sessions.open('s', asked);
  sessions.decide('s');
  sessions.record('s', 'read', { by: ['a', 'b'] });
  sessions.decide('s');
  const text = sessions.snapshot('s');
  const others = openRegistry(policy);
  for (const wrong of [
    '',
    '{}',
    'null',
    text.slice(1),
    text.slice(0, -1),
    `${text} `,
    '{"session":2}',
  ]) {
    expect(() => others.restore(wrong), wrong).toThrow(SessionError);
  }
  const place = fc.nat(text.length - 1);
  const property = fc.property(
    place,
    fc.constantFrom(...'0f9"{}[],:x'),
    place,
    (at, letter, cut) => {
      for (const wrong of [
        text.slice(0, at) + letter + text.slice(at + 1),
        text.slice(0, Math.min(at, cut)) + text.slice(Math.max(at, cut)),
      ]) {
        try {
          const { id } = others.restore(wrong);
          expect(['permit', 'deny']).toContain(others.decide(id).effect);
          others.close(id);
        } catch (error) {
          if (!(error instanceof SessionError)) throw error;
        }
      }
    },
  );
  fc.assert(property, { numRuns: runs(6_000), seed });
  others.restore(text);
  expect(others.reevaluate('s')).toEqual(sessions.reevaluate('s'));
});

test('an id that is in use is rejected', async () => {
  const sessions = openRegistry(types);
  sessions.open('s', asked);
  const text = sessions.snapshot('s');
  expect(() => sessions.restore(text)).toThrow(/an id that no open session has/);
  sessions.close('s');
  sessions.restore(text);
  expect(sessions.has('s')).toBe(true);
});

test('rules that share an id keep their reasons apart, and another policy knows them by their id', async () => {
  const policy = (rules: string) => `policy p
subject agent { risk: Int }
context { time: Timestamp }
for agent { permit works otherwise
${rules}
}`;
  const both = await compileText(
    policy(`revoke over when subject.risk is 1 because "first"
revoke over when subject.risk >= 2 because "second"`),
  );
  const one = await compileText(policy('revoke over when subject.risk > 0 because "only"'));
  const restoreMessages = (risk: number, restoring: Policy) => {
    const sessions = openRegistry(both);
    sessions.open('s', { ...asked, subject: { ...asked.subject, properties: { risk } } });
    expect(sessions.decide('s').effect).toBe('revoke');
    const others = openRegistry(restoring);
    others.restore(sessions.snapshot('s'));
    return others.reevaluate('s').reasonDetails.map(({ id, message }) => `${id}: ${message}`);
  };
  expect(restoreMessages(1, both)).toEqual(['over: first']);
  expect(restoreMessages(2, both)).toEqual(['over: second']);
  expect(restoreMessages(2, one)).toEqual(['over: only']);
});

test('a session is restored after another one got an answer with values of its request', async () => {
  const policy = await compileText(`policy p
subject agent {}
context { owner?: String }
obligation notice: notification { to: String, body: String }
for agent {
  permit works otherwise
  challenge asks when context.owner is present with notice { to: context.owner, body: "may it?" }
}`);
  const sessions = openRegistry(policy);
  sessions.open('plain', asked);
  sessions.open('owned', { ...asked, context: { owner: 'kim' } });
  const text = sessions.snapshot('plain');
  sessions.close('plain');
  expect(sessions.decide('owned')).toMatchObject({
    effect: 'challenge',
    obligations: [{ properties: { to: 'kim' } }],
  });
  expect(sessions.restore(text)).toEqual({ id: 'plain', mismatch: undefined });
  expect([sessions.decide('plain').effect, sessions.decide('owned').effect]).toEqual([
    'permit',
    'challenge',
  ]);
});
