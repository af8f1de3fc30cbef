// A rule revokes while the state cannot be written: the revocation is stored later, and nothing is permitted until then.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { displayText } from '@nhipol/language/support';
import { StateFile, type Store, sqliteStore } from '@nhipol/service';
import fc from 'fast-check';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { formatRevokeCommand } from '../../../cli/commands/guard/people/revoke-command.ts';
import { attack } from '../../attacks/attack.ts';
import { Harness, type HarnessOptions, readError } from '../relay/relay-harness.ts';
import { compileForGuard, guardPolicy } from './guard-policy.ts';

let module: Uint8Array;
beforeAll(async () => {
  module = await compileForGuard(guardPolicy);
});

let folder: string;
let state: StateFile;
let store: Store;
const open: Harness[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nhipol-pending-'));
  state = new StateFile(join(folder, 'state.db'));
  store = sqliteStore(state);
});
afterEach(async () => {
  for (const each of open.splice(0)) await each.engine.close();
  state.close();
  rmSync(folder, { recursive: true, force: true });
});

function harness(options: Partial<HarnessOptions> = {}): Harness {
  const made = new Harness({ module, store, refusal: 'error', ...options });
  open.push(made);
  return made;
}

/** No revocation fits into the database any more, as on a disk that is full. */
function fillDisk(): void {
  state.exec('PRAGMA max_page_count = 1');
  for (let length = 2_000, subject = 0; length >= 1; subject += 1) {
    try {
      store.revoke({
        subjectType: 'other',
        subjectId: `${subject}`,
        server: undefined,
        at: 0,
        reasons: [],
        message: 'x'.repeat(length),
      });
    } catch {
      length = Math.floor(length / 2);
    }
  }
}

function freeDisk(): void {
  state.exec('PRAGMA max_page_count = 1000000');
}

const laptop = { subjectType: 'ai_agent', subjectId: 'laptop', server: 'fs' };

attack('guard-revoke-while-disk-full', async () => {
  const relay = harness();
  relay.connect();
  relay.call(1, 'read', { path: '/work/a' });
  relay.complete(1);
  fillDisk();
  relay.call(2, 'leave', { why: 'done' });
  expect(store.revocationOf(laptop)).toBeUndefined();
  expect(relay.warnings).toEqual(['the revocation was not stored: database or disk is full']);
  freeDisk();
  await expect.poll(() => store.revocationOf(laptop), { timeout: 20_000 }).toBeDefined();
  const next = harness();
  const refused = next.call(1, 'read', { path: '/work/a' });
  expect(refused.server).toEqual([]);
  expect(readError(refused)?.message).toBe('not permitted: the agent left its task');
});

test('permits nothing to others while a revocation is not stored', async () => {
  const relay = harness();
  relay.connect();
  const other = relay.engine.open({
    id: 'other',
    identity: { type: 'ai_agent', id: 'other', properties: {} },
    context: {},
    server: 'fs',
  });
  const parts = { action: { name: 'fs:read', properties: { arguments: { path: '/work/a' } } } };
  const call = {
    parts: { ...parts, resource: { type: 'mcp_server', id: 'fs' } },
    text: JSON.stringify({ ...parts, resource: { type: 'mcp_server', id: 'fs' } }),
  };
  expect(other.decide(call).isPassed).toBe(true);
  fillDisk();
  relay.call(2, 'leave', { why: 'done' });
  const { isPassed, answer } = other.decide(call);
  expect([isPassed, answer.reasons]).toEqual([false, ['state_unavailable']]);
  freeDisk();
  await expect.poll(() => other.decide(call).isPassed, { timeout: 20_000 }).toBe(true);
});

test('stores a pending revocation when the guard ends', async () => {
  const relay = harness();
  relay.connect();
  fillDisk();
  relay.call(1, 'leave', { why: 'done' });
  freeDisk();
  await relay.engine.close();
  expect(store.revocationOf(laptop)).toBeDefined();
});

attack('guard-revoke-command', async () => {
  const relay = harness({
    subject: 'a;touch pwned',
    revokeCommand: formatRevokeCommand('/a b/s.db'),
  });
  relay.connect();
  fillDisk();
  relay.call(1, 'leave', { why: 'done' });
  await relay.engine.close();
  expect(relay.warnings.at(-1)).toBe(
    "the revocation is not stored: database or disk is full: run `nhipol guard revoke 'ai_agent:a;touch pwned' --server fs --state '/a b/s.db'`",
  );
});

const word = fc.oneof(
  fc.string({ unit: 'binary-ascii' }),
  fc.string({
    unit: fc.constantFrom('a', '-', "'", '\\', '%', ' ', '$', '\u202e', '\u200b', '\n', '\t', 'ä'),
  }),
);

test('a shell reads each word of the command, as it is shown, as it was', () => {
  fc.assert(
    fc.property(word, word, (subjectId, state) => {
      fc.pre(!`${subjectId}${state}`.includes('\0'));
      const revocation = { subjectType: 'ai_agent', subjectId, server: undefined };
      const command = formatRevokeCommand(state)(revocation);
      if (command === undefined) {
        expect([subjectId.endsWith('\n'), state.endsWith('\n')]).toContain(true);
        return;
      }
      expect(displayText(command)).toBe(command);
      const read = execFileSync('sh', ['-c', `printf '%s\\0' ${command}`], { encoding: 'utf8' });
      const words = ['nhipol', 'guard', 'revoke', `ai_agent:${subjectId}`, '--state', state];
      expect(read.split('\0').slice(0, -1)).toEqual(words);
    }),
    { numRuns: 100 },
  );
});
