// Approvals by people at a terminal: of exactly the call that they have seen, once, while it waits.

import { join } from 'node:path';
import { sqliteStore } from '@nhipol/service';
import fc from 'fast-check';
import Database from 'libsql';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import {
  type ApprovalRequest,
  maxWaiting,
  type Store,
  type StoredApproval,
} from '../../../../service/store/store.ts';
import { escapeVisibly, printVisibleJson } from '../../../../service/support/visible-text.ts';
import { attack } from '../../../attacks/attack.ts';
import { Folder } from '../../../support/system/run-cli.ts';
import { Harness, resultText, temporaryStore } from '../../relay/relay-harness.ts';
import { compileForGuard, guardPolicy } from '../guard-policy.ts';

let module: Uint8Array;
beforeAll(async () => {
  module = await compileForGuard(guardPolicy);
});

let folder: Folder;
let store: Store;
beforeEach(() => {
  folder = new Folder();
  store = sqliteStore(join(folder.path, 'state.db'));
});
afterEach(() => {
  store.close();
  folder[Symbol.dispose]();
});

const minute = 60_000;

function request(id: string, changed: Partial<ApprovalRequest> = {}): ApprovalRequest {
  const now = Date.now();
  return {
    id,
    digest: `sha-256:${id}`,
    subject: 'ai_agent a',
    reason: 'writes need an approval',
    summary: `ai_agent a wants to call write of fs\n{}`,
    requestedAt: now,
    expiresAt: now + minute,
    ...changed,
  };
}

const createApproval = ({ id, digest, expiresAt }: ApprovalRequest, grantedAt = Date.now()) =>
  ({ id, digest, channel: 'terminal', approver: 'eve', grantedAt, expiresAt }) as const;

const approve = (args: readonly string[], stdin?: readonly string[]) =>
  folder.run(
    ['guard', 'approve', ...args, '--state', '@state.db'],
    stdin === undefined ? {} : { stdin, terminal: true },
  );

attack('guard-approve-prefix', async () => {
  store.request(request('7f3a'));
  store.request(request('7f3b'));
  store.request(request('8'));
  for (const id of ['7f', '7', '']) {
    const { code, out, err } = await approve([id], ['y\n']);
    expect([code, out]).toEqual([2, '']);
    if (id !== '') expect(err).toContain('7f3a');
  }
  expect(await approve(['9'], ['y\n'])).toMatchObject({ code: 2 });
  expect(store.pending(Date.now())).toHaveLength(3);
  expect(await approve(['7f3a'], ['y\n'])).toMatchObject({ code: 0 });
  expect(store.stateOf('7f3a')).toBe('approved');
});

attack('guard-approve-unseen', async () => {
  const relay = new Harness({ module, store, ask: 'elicitation' });
  relay.connect();
  const content = `${'harmless '.repeat(20_000)}rm -rf /`;
  const text = resultText(relay.call(1, 'write', { path: '/work/a', content })) ?? '';
  const [, id = ''] = /`nhipol guard approve ([^`]+)`/.exec(text) ?? [];
  expect(relay.toServer).toEqual([]);
  const [waiting] = store.pending(Date.now());
  const digest = waiting?.digest ?? '';
  for (const args of [[id], [id, '--yes', 'sha-256:1'], [id, '--yes', digest.slice(0, -1)]]) {
    expect(await approve(args)).toMatchObject({ code: 2, out: '' });
  }
  const refused = await approve([id], ['n\n']);
  expect(refused.out).toContain('refused: ');
  expect(refused.err).not.toContain('rm -rf /');
  relay.call(2, 'write', { path: '/work/a', content });
  const [again] = store.pending(Date.now());
  const pages = Array.from({ length: 100 }, () => '\n');
  const shown = await approve([again?.id ?? ''], [...pages, 'y\n']);
  expect(shown).toMatchObject({ code: 0, out: expect.stringContaining('approved: ') });
  expect(
    shown.err.replace(/\s*\d+ more lines?: press Enter to go on, or type n to refuse /g, ''),
  ).toContain('rm -rf /');
  const listed = request('listed');
  store.request(listed);
  expect((await approve([])).out).toContain(listed.digest);
  expect(await approve(['listed', '--yes', listed.digest])).toMatchObject({ code: 0 });
  relay.close();
});

attack('guard-approve-hidden', async () => {
  const relay = new Harness({ module, store, ask: 'terminal' });
  relay.connect();
  const path = '/work/\u202etxt.exe\u200b';
  const content = '\u001b[2J\u3164\ufe0f\u00a0\u{e0041}\u0085\r\n';
  relay.call(1, 'write', { path, content });
  const [waiting] = store.pending(Date.now());
  const hidden = /[^\n -~]/u;
  expect(waiting?.summary).not.toMatch(hidden);
  expect(waiting?.reason).not.toMatch(hidden);
  const json = waiting?.summary.slice(waiting.summary.indexOf('\n')) ?? '';
  expect(JSON.parse(json)).toEqual({ path, content });
  expect((await approve([], ['n\n'])).err).not.toMatch(hidden);
  relay.close();
});

test('a call is shown as JSON of the same value, without hidden characters', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.string({ unit: 'binary' }), (value, text) => {
      const shown = printVisibleJson([value, text]);
      expect(JSON.parse(shown)).toEqual(JSON.parse(JSON.stringify([value, text])));
      expect(`${shown.replaceAll('\n', '')}${escapeVisibly(text)}`).not.toMatch(
        /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Default_Ignorable_Code_Point}]/u,
      );
    }),
  );
});

attack('guard-approve-flood', () => {
  const relay = new Harness({ module, store, ask: 'terminal' });
  relay.connect();
  for (let id = 0; id < 3 * maxWaiting; id += 1) {
    relay.call(id, 'write', { path: `/work/${id % (2 * maxWaiting)}` });
  }
  expect(store.pending(Date.now())).toHaveLength(maxWaiting);
  expect(relay.toClient.at(-1)).toContain('too many calls wait for an approval already');
  const other = request('other', { subject: 'ai_agent b' });
  expect(store.request(other)).toBe('other');
  expect(store.pending(Date.now()).map(({ id }) => id)).toContain('other');
  relay.close();
});

attack('guard-approve-clock', () => {
  const place = temporaryStore();
  const [waiting, given] = [request('waiting'), request('given')];
  place.store.request(waiting);
  place.store.request(given);
  expect(place.store.approveRequest(createApproval(given))).toBe(true);
  expect(place.store.take('another', given.expiresAt)).toBeUndefined();
  place.store.close();
  const behind = sqliteStore(place.path);
  expect(behind.take(given.digest, Date.now())).toBeUndefined();
  expect(behind.pending(Date.now())).toEqual([]);
  expect(behind.approveRequest(createApproval(waiting))).toBe(false);
  behind.close();
});

test('an approval that expired less than a second ago stays expired, too', () => {
  const place = temporaryStore();
  const now = Date.now();
  const given = request('given', { requestedAt: now, expiresAt: now + 300 });
  place.store.request(given);
  expect(place.store.approveRequest(createApproval(given, now))).toBe(true);
  expect(place.store.take('another', now + 300)).toBeUndefined();
  place.store.close();
  const slow = sqliteStore(place.path);
  expect(slow.take(given.digest, now + 100)).toBeUndefined();
  slow.close();
});

attack('guard-approve-changed', async () => {
  const call = request('call');
  store.request(call);
  expect(store.approveRequest({ ...createApproval(call), digest: 'sha-256:other' })).toBe(false);
  const other = sqliteStore(join(folder.path, 'state.db'));
  expect([
    store.approveRequest(createApproval(call)),
    other.approveRequest(createApproval(call)),
  ]).toEqual([true, false]);
  expect(other.refuse('call')).toBe(false);
  expect([other.take(call.digest, Date.now())?.id, store.take(call.digest, Date.now())]).toEqual([
    'call',
    undefined,
  ]);
  other.close();
  const refused = request('refused');
  store.request(refused);
  store.refuse('refused');
  expect(await approve(['refused'], ['y\n'])).toMatchObject({ code: 2 });
  expect(store.approveRequest(createApproval(refused))).toBe(false);
  expect(store.take(refused.digest, Date.now())).toBeUndefined();
});

attack('guard-approve-revoked', () => {
  const [waiting, given] = [request('waiting'), request('given')];
  const other = request('other', { subject: 'ai_agent b' });
  for (const each of [waiting, given, other]) store.request(each);
  store.approveRequest(createApproval(given));
  store.approveRequest(createApproval(other));
  const scope = { subjectType: 'ai_agent', subjectId: 'a', server: undefined };
  store.revoke({ ...scope, at: Date.now(), reasons: [], message: undefined });
  store.lift(scope);
  expect(store.approveRequest(createApproval(waiting))).toBe(false);
  expect(store.take(given.digest, Date.now())).toBeUndefined();
  expect(store.take(other.digest, Date.now())?.id).toBe('other');
});

attack('guard-elicitation-revoked', () => {
  const granted: StoredApproval[] = [];
  const approve = (approval: StoredApproval) => {
    granted.push(approval);
    // As if another rule denied the call, so that the approval is not used.
  };
  const guard = new Harness({ module, store: { ...store, approve }, ask: 'elicitation' });
  guard.connect();
  const { id } = JSON.parse(guard.call(1, 'write', { path: '/work/a' }).client[0] ?? '');
  const result = { action: 'accept', content: { approve: true } };
  guard.client({ jsonrpc: '2.0', id, result });
  guard.close();
  const [approval] = granted;
  if (approval === undefined) throw new Error('nothing was approved');
  const scope = { subjectType: 'ai_agent', subjectId: 'laptop', server: undefined };
  for (const subjectId of ['laptop', 'other']) {
    store.approve({ ...approval, id: subjectId });
    const revoked = { ...scope, subjectId };
    store.revoke({ ...revoked, at: Date.now(), reasons: [], message: undefined });
    store.lift(revoked);
    const isLeft = store.take(approval.digest, Date.now()) !== undefined;
    expect([subjectId, isLeft]).toEqual([subjectId, subjectId === 'other']);
  }
});

test('a state of an earlier version gets the subjects of approvals', () => {
  const path = join(folder.path, 'earlier.db');
  sqliteStore(path).close();
  const database = new Database(path);
  database.exec('ALTER TABLE approvals DROP COLUMN subject');
  database.close();
  const opened = sqliteStore(path);
  opened.approve({ ...createApproval(request('given')), subject: 'ai_agent a' });
  expect(opened.take(request('given').digest, Date.now())?.subject).toBe('ai_agent a');
  opened.close();
});

test('an approval that was given while no guard ran permits the call after a restart', () => {
  const first = new Harness({ module, store, ask: 'elicitation' });
  first.connect({});
  first.call(1, 'write', { path: '/work/a' });
  first.close();
  const [waiting] = store.pending(Date.now());
  if (waiting === undefined) throw new Error('no call waits');
  expect(store.approveRequest(createApproval(waiting))).toBe(true);
  const second = new Harness({ module, store, ask: 'elicitation' });
  second.connect({});
  expect(second.call(1, 'write', { path: '/work/b' }).server).toEqual([]);
  expect(second.call(2, 'write', { path: '/work/a' }).server).toHaveLength(1);
  expect(second.call(3, 'write', { path: '/work/a' }).server).toEqual([]);
  second.close();
});
