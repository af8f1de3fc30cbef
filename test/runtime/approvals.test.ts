// Challenges that end: an approval is valid for one call and until its end, for no other call and no longer, in
// decisions of single requests and in sessions.

import { compile } from '@nhipol/compiler';
import { load, type Policy, SessionError, toAuthZen } from '@nhipol/runtime';
import { callDigest } from '@nhipol/runtime/call-digest';
import { beforeAll, expect, test } from 'vitest';
import { createRegistry } from '../../runtime/sessions/create-sessions.ts';
import { checkPolicy } from '../support/checking.ts';
import { assemble } from '../support/modules/assembler.ts';

const source = `policy test.approvals

use nhi.{ Approval }
use nhi.{ is_approved }

subject agent {}
action any { amount?: Int }
resource any { owner?: String }
context { time: Timestamp, call_digest?: String, approvals?: List<Approval>, risk: Int = 0 }

for agent {
  permit works otherwise
  challenge needs_approval when not is_approved(context.approvals, context.call_digest)
}`;

let wasm: Uint8Array = new Uint8Array();
let policy: Policy;
beforeAll(async () => {
  ({ wasm } = await compile(checkPolicy(source), assemble, { sessions: true }));
  policy = load(wasm);
});

const start = Date.parse('2026-03-03T10:00:00Z');
const minute = 60_000;

const subject = { type: 'agent', id: 'a1' };
const action = { name: 'pay', properties: { amount: 5, note: 'rent' } };
const resource = { type: 'account', id: 'b1', properties: { owner: 'o' } };
const call = { action, resource };

function computeDigest(asked: object): string {
  const digest = callDigest(JSON.stringify({ subject, ...call, ...asked }), 'test.approvals');
  if (digest === undefined) throw new Error('no digest');
  return digest;
}

function createRequest(context: object, asked: object = {}) {
  return { subject, ...call, ...asked, context };
}

function approval(digest: string, lasts = 10 * minute) {
  return { digest, expires_at: new Date(start + lasts).toISOString() };
}

/** The effects of a request, as an object and as JSON. */
function listEffects(request: object, now = start) {
  return [policy.decide(request, { now }), policy.decideJson(JSON.stringify(request), { now })].map(
    ({ effect }) => effect,
  );
}

const others: readonly (readonly [string, object])[] = [
  ['another action', { action: { ...action, name: 'refund' } }],
  ['another argument', { action: { ...action, properties: { amount: 6, note: 'rent' } } }],
  ['another undeclared one', { action: { ...action, properties: { amount: 5, note: 'loan' } } }],
  [
    'one undeclared argument more',
    { action: { ...action, properties: { amount: 5, note: 'rent', to: 'x' } } },
  ],
  ['one argument less', { action: { ...action, properties: { amount: 5 } } }],
  ['something beside the arguments', { action: { ...action, to: 'x' } }],
  ['another resource', { resource: { ...resource, id: 'b2' } }],
  ['a resource of another type', { resource: { ...resource, type: 'card' } }],
  ['another of its properties', { resource: { ...resource, properties: { owner: 'p' } } }],
];

test('a challenge contains the digest of the call, and its approval is valid until its end', () => {
  const challenged = policy.decide(createRequest({}), { now: start });
  expect(challenged.effect).toBe('challenge');
  expect(challenged.callDigest).toBe(computeDigest({}));
  expect(toAuthZen(challenged).context.call_digest).toBe(computeDigest({}));
  const approved = createRequest({ approvals: [approval(computeDigest({}))] });
  expect(listEffects(approved)).toEqual(['permit', 'permit']);
  const permitted = policy.decide(approved, { now: start });
  expect(permitted.callDigest).toBeUndefined();
  expect(permitted.validUntil).toBe(start + 10 * minute);
  expect(listEffects(approved, start + 10 * minute - 1)).toEqual(['permit', 'permit']);
  expect(listEffects(approved, start + 10 * minute)).toEqual(['challenge', 'challenge']);
});

test.for(others)('an approval is not valid for %s', ([, asked]) => {
  const context = { approvals: [approval(computeDigest({}))] };
  expect(listEffects(createRequest(context, asked))).toEqual(['challenge', 'challenge']);
  const answer = policy.decide(createRequest(context, asked), { now: start });
  expect(answer.callDigest).toBe(computeDigest(asked));
});

const alice = { type: 'user', id: 'alice', scopes: ['pay'] };
const callers: readonly (readonly [string, object])[] = [
  ['another agent', { ...subject, id: 'a2' }],
  ['the same agent for a principal', { ...subject, properties: { on_behalf_of: alice } }],
  [
    'the same agent for a principal that is a string',
    { ...subject, properties: { on_behalf_of: 'alice' } },
  ],
];

test.for(callers)('an approval is not valid for %s', ([, other]) => {
  const context = { approvals: [approval(computeDigest({}))] };
  const asked = { subject: other };
  expect(listEffects(createRequest(context, asked))).toEqual(['challenge', 'challenge']);
  expect(policy.decide(createRequest(context, asked), { now: start }).callDigest).toBe(
    computeDigest(asked),
  );
  const own = { approvals: [approval(computeDigest(asked))] };
  expect(listEffects(createRequest(own, asked))).toEqual(['permit', 'permit']);
  expect(listEffects(createRequest(own))).toEqual(['challenge', 'challenge']);
});

test('an approval for one principal is not valid for another, and survives new tokens, scopes and actors', () => {
  const createDelegation = (principal: object, more: object = {}) => ({
    subject: { ...subject, properties: { ...more, on_behalf_of: principal } },
  });
  const context = { approvals: [approval(computeDigest(createDelegation(alice)))] };
  const refreshed = createDelegation(
    { ...alice, scopes: ['pay', 'read'], exp: 5 },
    {
      token: { expires_at: '2026-03-03T11:00:00Z' },
      actor_chain: [{ sub: 'b' }, { sub: 'c' }],
    },
  );
  for (const same of [createDelegation(alice), refreshed])
    expect(listEffects(createRequest(context, same))).toEqual(['permit', 'permit']);
  for (const other of [
    createDelegation({ ...alice, id: 'mallory' }),
    createDelegation({ ...alice, type: 'group' }),
  ])
    expect(listEffects(createRequest(context, other))).toEqual(['challenge', 'challenge']);
});

test('an approval is not valid under another policy', async () => {
  const renamed = await compile(
    checkPolicy(source.replace('test.approvals', 'test.other')),
    assemble,
  );
  const other = load(renamed.wasm);
  const context = { approvals: [approval(computeDigest({}))] };
  expect(other.decide(createRequest(context), { now: start }).effect).toBe('challenge');
  expect(other.decideJson(JSON.stringify(createRequest(context)), { now: start }).effect).toBe(
    'challenge',
  );
});

test('a number in the principal that JSON cannot represent makes the request invalid', () => {
  const properties = { on_behalf_of: { id: 'alice', limit: Number.POSITIVE_INFINITY } };
  const answer = policy.decide(createRequest({}, { subject: { ...subject, properties } }));
  expect(answer.reasons).toEqual(['invalid_request']);
  expect(answer.error).toMatchObject({ path: '$.subject.properties.on_behalf_of.limit' });
});

test('only the host sets the digest', () => {
  const [, other] = others[1] as [string, object];
  const context = { call_digest: computeDigest({}), approvals: [approval(computeDigest({}))] };
  expect(listEffects(createRequest(context, other))).toEqual(['challenge', 'challenge']);
  expect(policy.decideMany([createRequest(context, other)], { now: start })[0]?.effect).toBe(
    'challenge',
  );
  // Tests and replays also use the instant of the request.
  const own = { now: start, clock: 'request' } as const;
  expect(policy.decide(createRequest(context, other), own).effect).toBe('permit');
  expect(policy.decideJson(JSON.stringify(createRequest(context, other)), own).effect).toBe(
    'permit',
  );
  expect(policy.decide(createRequest({ approvals: context.approvals }), own).effect).toBe('permit');
});

test('a digest applies to one request only', () => {
  const context = { approvals: [approval(computeDigest({}))] };
  expect(listEffects(createRequest(context))).toEqual(['permit', 'permit']);
  const odd = `{"subject":{"type":"agent","id":"a1"},"action":{"name":"pay","properties":{"n":9007199254740993}},
    "resource":{"type":"account","id":"b1"},"context":${JSON.stringify(context)}}`;
  const answer = policy.decideJson(odd, { now: start });
  expect(answer.effect).toBe('challenge');
  expect(answer.callDigest).toBeUndefined();
  expect(answer.reasonDetails[0]?.unknown).toContain('context.call_digest');
});

test('a query made while a request is read has its own digest', () => {
  const context = { approvals: [approval(computeDigest({}))] };
  const [, other] = others[1] as [string, object];
  const nested = createRequest(context, other);
  let asks = 0;
  Object.defineProperty(nested, 'subject', {
    enumerable: true,
    get: () => {
      asks += 1;
      expect(policy.decide(createRequest(context), { now: start }).effect).toBe('permit');
      return subject;
    },
  });
  expect(policy.decide(nested, { now: start }).effect).toBe('challenge');
  expect(asks).toBeGreaterThan(0);
});

test('a request that is not JSON cannot be approved', () => {
  const properties = { amount: 5, rate: Number.NaN };
  const answer = policy.decide(createRequest({}, { action: { name: 'pay', properties } }));
  expect(answer.reasons).toEqual(['invalid_request']);
  expect(answer.error).toMatchObject({ path: '$.action.properties.rate', found: 'NaN' });
  const throwing = createRequest(
    {},
    {
      action: {
        ...action,
        get properties() {
          throw new Error();
        },
      },
    },
  );
  expect(policy.decide(throwing).reasons).toEqual(['engine_error']);
});

test('again at another instant it is the same call', () => {
  const approved = createRequest({ approvals: [approval(computeDigest({}))] });
  for (const ask of [
    () => policy.decide(approved, { now: start }),
    () => policy.decideJson(JSON.stringify(approved), { now: start }),
  ]) {
    expect(ask().effect).toBe('permit');
    const later = policy.again(start + 10 * minute);
    expect([later.effect, later.callDigest]).toEqual(['challenge', computeDigest({})]);
  }
});

// --- sessions ------------------------------------------------------------------------------------

function open(context: object = {}) {
  let now = start;
  const clock = { now: () => now, at: () => () => {} };
  const sessions = createRegistry(policy, { clock });
  sessions.open('s', createRequest(context));
  const notified: string[] = [];
  for (const kind of ['challenged', 'restored'] as const)
    sessions.on(kind, ({ answer }) => notified.push(`${kind}: ${answer.reasons}`));
  const advanceClock = (instant: number) => {
    now = instant;
    sessions.sweep();
  };
  return { sessions, notified, advanceClock };
}

test('granted, permitted, ended, challenged', async () => {
  const { sessions, notified, advanceClock } = open();
  const changes = sessions.changes();
  const { effect, callDigest: digest = '' } = sessions.decide('s');
  expect([effect, digest]).toEqual(['challenge', computeDigest({})]);
  const granted = sessions.grant('s', { digest, expiresAt: start + 10 * minute, approver: 'ada' });
  expect(granted.effect).toBe('permit');
  expect(granted.validUntil).toBe(start + 10 * minute);
  expect(notified).toEqual(['restored: works']);
  expect((await changes.next()).value).toMatchObject({ id: 's', before: 'challenge' });
  advanceClock(start + 10 * minute);
  expect(notified).toEqual(['restored: works', 'challenged: needs_approval']);
  expect(sessions.reevaluate('s').callDigest).toBe(computeDigest({}));
});

test.for(others)('in a session an approval is not valid for %s either', ([, asked]) => {
  const { sessions } = open();
  sessions.decide('s');
  sessions.grant('s', { digest: computeDigest({}), expiresAt: new Date(start + minute) });
  expect(sessions.decide('s').effect).toBe('permit');
  const answer = sessions.decide('s', asked);
  expect([answer.effect, answer.callDigest]).toEqual(['challenge', computeDigest(asked)]);
  expect(sessions.decide('s', call).effect).toBe('permit');
  expect(
    sessions.decide('s', { ...asked, context: { call_digest: computeDigest({}) } }).effect,
  ).toBe('challenge');
});

test('the next query may be approved in advance', () => {
  const { sessions } = open();
  const [, next] = others[0] as [string, object];
  expect(
    sessions.grant('s', { digest: computeDigest(next), expiresAt: start + minute }).effect,
  ).toBe('challenge');
  expect(sessions.decide('s', next).effect).toBe('permit');
});

/** No digest, and so no approval. */
const unapproved = { effect: 'challenge', callDigest: undefined };

test('a part of a call that was changed in part is known again once it is sent as a whole', () => {
  const { sessions } = open({ approvals: [approval(computeDigest({}))] });
  expect(sessions.decide('s').effect).toBe('permit');
  sessions.patch('s', 'action.amount', 5);
  expect(sessions.decide('s')).toMatchObject(unapproved);
  sessions.replace('s', { resource });
  expect(sessions.decide('s')).toMatchObject(unapproved);
  sessions.replace('s', { action });
  expect(sessions.decide('s').effect).toBe('permit');
  sessions.patch('s', 'resource.owner', 'o');
  expect(sessions.decide('s')).toMatchObject(unapproved);
  sessions.replace('s', { resource });
  expect(sessions.decide('s').effect).toBe('permit');
  sessions.patch('s', { action });
  expect(sessions.decide('s')).toMatchObject(unapproved);
  expect(sessions.decide('s', { action }).effect).toBe('permit');
});

test('a patch of the context leaves the digest as it is', () => {
  const { sessions } = open({ approvals: [approval(computeDigest({}))] });
  sessions.patch('s', { context: { risk: 3, call_digest: 'sha-256:0' } });
  sessions.patch('s', 'context.risk', 4);
  expect(sessions.decide('s').effect).toBe('permit');
  sessions.replace('s', { context: { approvals: [approval(computeDigest({}))] } });
  expect(sessions.decide('s').effect).toBe('permit');
  expect(() => sessions.patch('s', { action: { properties: { amount: 'x' } } })).toThrow();
  expect(sessions.decide('s').effect).toBe('permit');
  expect(sessions.decide('s', { context: { approvals: null } }).effect).toBe('challenge');
});

test('a patch of the subject changes the caller only if it contains all of it', () => {
  const { sessions } = open({ approvals: [approval(computeDigest({}))] });
  const computePatchedDigest = (part: object) => {
    sessions.patch('s', part);
    const answer = sessions.decide('s');
    return answer.effect === 'permit' ? 'approved' : answer.callDigest;
  };
  const createDelegation = (principal: unknown) => ({
    subject: { ...subject, properties: { on_behalf_of: principal } },
  });
  expect(computePatchedDigest({ subject: { properties: { token: 'new' } } })).toBe('approved');
  expect(computePatchedDigest({ subject: { extra: 1, properties: {} } })).toBe('approved');
  expect(
    computePatchedDigest({ subject: { properties: { on_behalf_of: alice } } }),
  ).toBeUndefined();
  // It stays unknown, also after other changes.
  expect(computePatchedDigest({ subject: { properties: { token: 'new' } } })).toBeUndefined();
  expect(computePatchedDigest(createDelegation(alice))).toBe(
    computeDigest(createDelegation(alice)),
  );
  expect(computePatchedDigest(createDelegation('alice'))).toBe(
    computeDigest(createDelegation('alice')),
  );
  expect(computePatchedDigest(createDelegation(null))).toBe('approved');
  expect(computePatchedDigest({ subject: { ...subject, properties: null } })).toBe('approved');
  for (const part of [
    { id: 'a1' },
    { type: 'agent' },
    subject,
    { properties: null },
    // These could be merged with the members of the principal before.
    createDelegation({ id: 'alice' }).subject,
    createDelegation({ type: 'user', id: null }).subject,
    createDelegation({ type: { name: 'user' }, id: 'alice' }).subject,
    createDelegation({ email: 'alice@example.com' }).subject,
    { ...subject, properties: { on_behalf_of: 2n ** 60n + 1n } },
  ]) {
    expect(computePatchedDigest({ subject: part })).toBeUndefined();
    expect(computePatchedDigest(createDelegation(null))).toBe('approved');
  }
  sessions.replace('s', createDelegation({ email: 'alice@example.com' }));
  expect(sessions.decide('s').callDigest).toBe(
    computeDigest(createDelegation({ email: 'alice@example.com' })),
  );
  sessions.replace('s', { subject });
  expect(sessions.decide('s').effect).toBe('permit');
});

test('a call without a digest has one when it is replaced as a whole', () => {
  const { sessions } = open({ approvals: [approval(computeDigest({}))] });
  sessions.decide('s', { action: { name: 'pay', properties: { n: 2n ** 60n + 1n } } });
  expect(sessions.reevaluate('s').callDigest).toBeUndefined();
  sessions.patch('s', { action: { properties: { n: null } } });
  expect(sessions.reevaluate('s')).toMatchObject({ effect: 'challenge', callDigest: undefined });
  expect(sessions.decide('s', { action }).effect).toBe('permit');
});

test('a restored session has its digest and its approvals', () => {
  const { sessions } = open();
  const [, other] = others[0] as [string, object];
  sessions.grant('s', { digest: computeDigest({}), expiresAt: start + minute, approver: 'ada' });
  const text = sessions.snapshot('s');
  sessions.close('s');
  sessions.restore(text);
  expect(sessions.decide('s').effect).toBe('permit');
  sessions.patch('s', 'context.risk', 5);
  expect(sessions.decide('s').effect).toBe('permit');
  sessions.grant('s', { digest: computeDigest(other), expiresAt: start + minute });
  expect(sessions.decide('s').effect).toBe('permit');
  // The note, which the policy does not declare, is not merged.
  sessions.patch('s', 'action.amount', 5);
  expect(sessions.decide('s')).toMatchObject(unapproved);
  expect(sessions.decide('s', call).effect).toBe('permit');
  expect(sessions.decide('s', other).effect).toBe('permit');
});

test('a snapshot contains the forms of the call', () => {
  const { sessions } = open();
  const snapshot = () => JSON.parse(sessions.snapshot('s')).call;
  expect(snapshot()).toEqual({ action, resource, subject });
  expect(sessions.snapshot('s')).toContain(
    '"call":{"action":{"name":"pay","properties":{"amount":5,"note":"rent"}},"resource":{"id":"b1","properties":{"owner":"o"},"type":"account"},"subject":{"id":"a1","type":"agent"}}',
  );
  sessions.patch('s', 'action.amount', 6);
  expect(snapshot()).toEqual({ action: null, resource, subject });
  const text = sessions.snapshot('s');
  sessions.close('s');
  sessions.restore(text);
  expect(sessions.snapshot('s')).toBe(text);
  sessions.replace('s', { action, subject: { ...subject, properties: { on_behalf_of: alice } } });
  const principal = { id: 'alice', type: 'user' };
  expect(snapshot()).toEqual({
    action,
    resource,
    subject: { ...subject, on_behalf_of: principal },
  });
});

test.for([
  [
    'not canonical',
    '"call":{ "resource":RESOURCE , "action":{"properties":{"note":"rent","amount":5.0},"name":"p\\u0061y"},"subject":SUBJECT}',
    'permit',
  ],
  [
    'another action',
    '"call":{"action":{"name":"other"},"resource":RESOURCE,"subject":SUBJECT}',
    'challenge',
  ],
  ['a missing action', '"call":{"resource":RESOURCE,"subject":SUBJECT}', 'challenge'],
  [
    'an action twice',
    '"call":{"action":ACTION,"action":ACTION,"resource":RESOURCE,"subject":SUBJECT}',
    'challenge',
  ],
  [
    'a name twice',
    '"call":{"action":{"name":"pay","name":"pay"},"resource":RESOURCE,"subject":SUBJECT}',
    'challenge',
  ],
  [
    'a subject that is a string',
    '"call":{"action":ACTION,"resource":RESOURCE,"subject":"a1"}',
    'challenge',
  ],
  [
    'a number without a form',
    '"call":{"action":{"n":1e400},"resource":RESOURCE,"subject":SUBJECT}',
    'challenge',
  ],
  ['an array', '"call":[{"action":ACTION}]', 'challenge'],
  ['null', '"call":null', 'challenge'],
  ['a string', '"call":"ab\\"c"', 'challenge'],
  [
    'a long name',
    `"call":{"action":{"${'x'.repeat(900_000)}":1},"resource":RESOURCE,"subject":SUBJECT}`,
    'challenge',
  ],
  [
    'a long name of a part',
    `"call":{"${'x'.repeat(900_000)}":1,"action":ACTION,"resource":RESOURCE,"subject":SUBJECT}`,
    'challenge',
  ],
  [
    'many members',
    `"call":{"action":{${Array.from({ length: 90_000 }, (_, at) => `"${99_999 - at}":1e20`).join(',')}},"resource":RESOURCE,"subject":SUBJECT}`,
    'challenge',
  ],
  ['deep nesting', `"call":{"action":${'['.repeat(90)}${']'.repeat(90)}}`, 'no_snapshot'],
  ['not JSON', '"call":{"action":ACTION,"resource":RESOURCE,"subject":SUBJECT', 'no_snapshot'],
  ['no value', '"call":', 'no_snapshot'],
  ['a lone surrogate', '"call":"\\ud800"', 'no_snapshot'],
  ['a control character', '"call":"\u0001"', 'no_snapshot'],
] as const)('a tampered snapshot: %s', ([, changed, expected]) => {
  const { sessions } = open({ approvals: [approval(computeDigest({}))] });
  const text = sessions.snapshot('s');
  const whole = /"call":(\{"action":(.*),"resource":(.*),"subject":(.*)\}),"latest"/;
  const [, , own = '', ownResource = '', ownSubject = ''] = whole.exec(text) ?? [];
  const tampered = changed
    .replaceAll('ACTION', own)
    .replaceAll('RESOURCE', ownResource)
    .replaceAll('SUBJECT', ownSubject);
  sessions.close('s');
  const restore = () => sessions.restore(text.replace(whole, () => `${tampered},"latest"`));
  if (expected === 'no_snapshot') {
    expect(restore).toThrow(expect.objectContaining({ code: 'no_snapshot' }));
    sessions.restore(text);
    expect(sessions.decide('s').effect).toBe('permit');
    return;
  }
  restore();
  expect(sessions.decide('s').effect).toBe(expected);
  sessions.replace('s', { subject, action, resource });
  expect(sessions.decide('s').effect).toBe('permit');
});

test('a restored session still has its caller', () => {
  const { sessions } = open({ approvals: [approval(computeDigest({}))] });
  const move = () => {
    const text = sessions.snapshot('s');
    sessions.close('s');
    sessions.restore(text);
  };
  expect(sessions.decide('s').effect).toBe('permit');
  move();
  sessions.patch('s', { subject: { properties: { token: 'new' } } });
  expect(sessions.decide('s').effect).toBe('permit');
  sessions.patch('s', { subject: { id: 'a2' } });
  expect(sessions.decide('s')).toMatchObject({ effect: 'challenge', callDigest: undefined });
  const [caller, other] = [{ subject: { ...subject, id: 'a2' } }, others[0]?.[1] ?? {}];
  sessions.replace('s', caller);
  expect(sessions.decide('s', call).callDigest).toBe(computeDigest(caller));
  move();
  expect(sessions.decide('s', { ...call, ...other }).callDigest).toBe(
    computeDigest({ ...caller, ...other }),
  );
});

test('a session that migrates to a policy of another name loses its approvals', async () => {
  const compileNamed = async (name: string) => {
    const compiled = await compile(checkPolicy(source.replace('test.approvals', name)), assemble, {
      sessions: true,
    });
    return load(compiled.wasm);
  };
  const [other, same] = [await compileNamed('test.other'), await compileNamed('test.approvals')];
  const { sessions } = open({ approvals: [approval(computeDigest({}))] });
  expect(sessions.decide('s').effect).toBe('permit');
  expect(sessions.preview(same).changes).toEqual([]);
  const preview = sessions.preview(other);
  expect(preview.changes.map(({ after }) => after.effect)).toEqual(['challenge']);
  preview.activate();
  const moved = sessions.decide('s');
  expect(moved.effect).toBe('challenge');
  expect(moved.callDigest).toMatch(/^sha-256:/);
  expect(moved.callDigest).not.toBe(computeDigest({}));
  sessions.grant('s', { digest: moved.callDigest ?? '', expiresAt: start + minute });
  expect(sessions.decide('s').effect).toBe('permit');
  const text = sessions.snapshot('s');
  sessions.preview(policy).activate();
  expect(sessions.decide('s').effect).toBe('permit');
  // The digest is computed with the name of the policy that restores it.
  sessions.close('s');
  sessions.restore(text);
  expect(sessions.decide('s').effect).toBe('permit');
});

test('unknown members of a restored approval are not granted again', () => {
  const { sessions } = open({ approvals: [{ ...approval(computeDigest({})), note: 1 }] });
  const text = sessions
    .snapshot('s')
    .replace('"expires_at":"2026-03-03T10:10:00.000Z"', '"expires_at":["unknown",0]');
  sessions.close('s');
  sessions.restore(text);
  expect(sessions.decide('s').effect).toBe('challenge');
  const next = computeDigest({ action: { name: 'next' } });
  sessions.grant('s', { digest: next, expiresAt: start + minute });
  expect(JSON.parse(sessions.snapshot('s')).request.context.approvals).toMatchObject([
    { digest: next },
  ]);
});

test('under a policy without approvals the call is dropped', async () => {
  const plain = source
    .replace('call_digest?: String, approvals?: List<Approval>, ', '')
    .replace(/use .*|challenge .*/g, '');
  const { wasm: other } = await compile(checkPolicy(plain), assemble, { sessions: true });
  const { sessions } = open({ approvals: [approval(computeDigest({}))] });
  expect(sessions.decide('s').effect).toBe('permit');
  sessions.preview(load(other)).activate();
  expect(sessions.decide('s', others[1]?.[1]).effect).toBe('permit');
  sessions.preview(policy).activate();
  sessions.patch('s', { context: { approvals: [approval(computeDigest({}))] } });
  expect(sessions.decide('s')).toMatchObject(unapproved);
  expect(sessions.decide('s', call)).toMatchObject(unapproved);
  sessions.replace('s', { subject });
  expect(sessions.decide('s').effect).toBe('permit');
});

test('expired approvals make room for others', () => {
  const { sessions, advanceClock } = open({ approvals: [approval(computeDigest({}), minute)] });
  for (let at = 0; at < 255; at += 1) {
    const digest = computeDigest({ action: { name: `n${at}` } });
    sessions.grant('s', { digest, expiresAt: start + 2 * minute });
  }
  expect(sessions.decide('s').effect).toBe('permit');
  const digest = computeDigest({ action: { name: 'last' } });
  const grant = () => sessions.grant('s', { digest, expiresAt: start + 3 * minute });
  expect(grant).toThrow(/\$\.context\.approvals: expected at most 256 elements/);
  advanceClock(start + minute);
  grant();
  expect(sessions.decide('s').effect).toBe('challenge');
  expect(sessions.decide('s', { action: { name: 'last' } }).effect).toBe('permit');
  expect(sessions.decide('s', { action: { name: 'n7' } }).effect).toBe('permit');
});

test.for([
  [{ digest: 'abc' }, '$.digest', '`sha-256:` and 64 hexadecimal digits in lower case', '"abc"'],
  [
    { digest: 5 },
    '$.digest',
    '`sha-256:` and 64 hexadecimal digits in lower case',
    'another value',
  ],
  [{ expiresAt: Number.NaN }, '$.expiresAt', 'an instant in milliseconds', 'another value'],
  [{ grantedAt: 'now' }, '$.grantedAt', 'an instant in milliseconds', 'another value'],
  [
    { expiresAt: start },
    '$.expiresAt',
    'an instant after 2026-03-03T10:00:00.000Z',
    '2026-03-03T10:00:00.000Z',
  ],
] as const)('an invalid approval is rejected: %j', ([changes, path, expected, found]) => {
  const { sessions } = open();
  const fine = { digest: computeDigest({}), expiresAt: start + minute };
  const grant = () => sessions.grant('s', { ...fine, ...changes } as never);
  expect(grant).toThrow(SessionError);
  expect(grant).toThrow(
    expect.objectContaining({ session: 's', code: 'wrong_type', path, expected, found }),
  );
  expect(sessions.decide('s').effect).toBe('challenge');
});

test('a missing session and a policy without approvals are rejected', async () => {
  const { sessions } = open();
  const fine = { digest: computeDigest({}), expiresAt: start + minute };
  expect(() => sessions.grant('t', fine)).toThrow(expect.objectContaining({ code: 'no_session' }));
  const plain = source.replace('List<Approval>', 'List<{ digest?: String }>');
  const when = /when not .*/;
  const compiled = await compile(
    checkPolicy(plain.replace(when, 'when true').replace(/^use .*$/gm, '')),
    assemble,
    { sessions: true },
  );
  const without = createRegistry(load(compiled.wasm));
  without.open('s', createRequest({}));
  expect(() => without.grant('s', fine)).toThrow(
    expect.objectContaining({ code: 'no_approvals', path: '$.context.approvals' }),
  );
});

test('a member is read once, for the digest and for the facts', () => {
  let reads = 0;
  const counting = {
    name: 'pay',
    properties: {
      get amount() {
        reads += 1;
        return reads === 1 ? 5 : 5_000;
      },
    },
  };
  const answer = policy.decide(
    { subject, action: counting, resource, context: {} },
    { now: start },
  );
  expect(reads).toBe(1);
  expect(answer.callDigest).toBe(
    computeDigest({ action: { name: 'pay', properties: { amount: 5 } } }),
  );
  const throwing = {
    get name(): string {
      throw new Error('no name');
    },
  };
  expect(policy.decide({ subject, action: throwing, resource }).error?.found).toBe(
    'a request that throws when it is read',
  );
});

test('an element of a list is read once, for the digest and for the facts', () => {
  let reads = 0;
  const tags = ['a', 'b'];
  Object.defineProperty(tags, 1, {
    enumerable: true,
    get: () => {
      reads += 1;
      return reads === 1 ? 'b' : 'another';
    },
  });
  const answer = policy.decide(
    { subject, action: { name: 'pay', properties: { tags } }, resource, context: {} },
    { now: start },
  );
  expect(reads).toBe(1);
  expect(answer.callDigest).toBe(
    computeDigest({ action: { name: 'pay', properties: { tags: ['a', 'b'] } } }),
  );
});
